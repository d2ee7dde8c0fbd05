--- URLs as they may be shown: what guards a webhook stands in its path or query.
local url = {}

local KEPT = 4  -- characters of a long part of the path

local function shortened(segment)
  return #segment > 2 * KEPT and segment:sub(1, KEPT) .. "..." or segment
end

--- Scheme, host and port, and the beginnings of the path's parts.
function url.shown(text)
  local scheme, authority, rest = text:match("^(%a+://)([^/?#]*)(.*)$")
  if not scheme then return "(no URL)" end
  local path, query = rest:match("^([^?#]*)(.?)")
  return scheme .. authority:gsub("^.*@", "") .. path:gsub("[^/]+", shortened) .. (query ~= "" and "?..." or "")
end

return url
