--- Reads the path of a request in the forms that people write: "user", "v2/user", "/v2/user" or a full URL of the API.
local url = require "gumroad.base.url"

local function is_rooted(path)
  local head = path:match("^/([%w]+)")
  return (head == "v2" or head == "oauth") and path:find("^[/?]", #head + 2) ~= nil or path == "/v2"
end

-- Returns the path and query of a full URL below the API's address, or nil.
local function below(base_url, full)
  local parts, path_before = url.parse(full), url.parse(base_url).path .. "/"
  local target = parts and url.target(parts)
  if target and url.origin(full) == url.origin(base_url) and url.without_user(full) == full
    and target:sub(1, #path_before) == path_before then
    return target:sub(#path_before)
  end
end

--- Returns the path and query of a request.
-- @param base_url address of the API, without the version
-- @param text     a path, with or without "/" and the version in front; or a full URL
-- @return text that begins with "/v2" or "/oauth" | nil if the URL is not one of the API
return function(base_url, text)
  local path = text
  if url.is_absolute(text) then path = below(base_url, text) end
  if not path then return nil end
  if path:sub(1, 2) == "//" then return path end  -- refused by the core, with a reason
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  return is_rooted(path) and path or "/v2" .. path
end
