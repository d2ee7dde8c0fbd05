--- What went wrong, as a table: testable by `kind`, readable by `tostring`.
--
-- @field kind        network, timeout, tls, auth, scope, not_found, invalid, rate_limit, server,
--                    decode, too_large, redirect, cancelled, config or outcome_unknown: a change was
--                    sent, and nobody knows whether it was carried out; it is never made again by itself
-- @field message     one line for a person, that says what to do where that is known
-- @field status      HTTP status, where there was an answer; 200 too: Gumroad says "not found" so
-- @field method      of the request
-- @field path        of the request, without its query (it may hold a buyer's address)
-- @field retryable   whether the same call may succeed later and is safe to repeat
-- @field cause       of outcome_unknown: the kind that it would be if the request only read
-- @field before, after  of outcome_unknown: the object as it was read, where that was done
-- @field sent        below HTTP: whether the server may have got the request
-- @field retry_after seconds that the server asked to wait
-- @field request_id  Gumroad's id of the request, to give to its support
-- @field attempts    how many times the request was made
-- @field code        OAuth's word for it, such as access_denied or invalid_grant; from the operating
--                    system no_space, denied, not_found, ...
-- @field curl_code   libcurl's number for a failure below HTTP
-- No field holds the access token.
local Error = { __name = "gumroad.Error" }
Error.__index = Error

function Error.__tostring(e)
  local where = e.method and (" [" .. e.method .. " " .. e.path
    .. (e.status and ", HTTP " .. e.status or "") .. "]") or ""
  return e.kind .. ": " .. e.message .. where
end

--- @return table an error of that kind
function Error.new(kind, message, fields)
  local e = setmetatable({ kind = kind, message = message }, Error)
  for name, value in pairs(fields or {}) do e[name] = value end
  return e
end

--- Whether a value is such an error.
function Error.is(value)
  return getmetatable(value) == Error
end

-- Where this library's own files are, as debug.getinfo names them.
local OWN = debug.getinfo(1, "S").source:match("^(.*)error%.lua$") or "@gumroad/"

local function is_own(info)
  return info.what == "C" or info.what == "tail" or info.source:sub(1, #OWN) == OWN
end

--- Raises what is the caller's mistake, a misspelt parameter say, at the caller's own line:
-- that of the innermost function that is not this library's.
function Error.usage(message, ...)
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and is_own(info) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  error(message:format(...), info and level or 2)
end

--- The name among `names` (keys of a table) that is spelt most like `name`, as a hint.
function Error.hint(name, names)
  local known = {}
  for candidate in pairs(names) do
    known[#known + 1] = candidate
    local a, b = tostring(candidate):lower(), tostring(name):lower()
    local same_letters = #a == #b and not a:gsub(".", function(c) return b:find(c, 1, true) and "" end):find(".")
    if same_letters or a == b .. "s" or b == a .. "s" or (#b > 3 and a:find(b, 1, true)) then
      return " (did you mean '" .. candidate .. "'?)"
    end
  end
  table.sort(known)
  return #known > 0 and " (known: " .. table.concat(known, ", ") .. ")" or " (none is known here)"
end

return Error
