--- Gumroad's throttles: so many requests of a sort in a time, counted in windows that begin at
-- whole multiples of it. Most have levels, so that steady traffic is stopped far below the
-- headline: level n lets n times as many through in 8^n seconds. What one level refuses is not
-- counted by those behind it.
local core = require "gumroad.core"

local DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"

-- What requests are counted by. nil: this one is not counted.

local function per_ip()
  return ""  -- all of ours come from one
end

local function per_path(raw)
  return raw.path
end

local function per_token(raw)
  return raw.headers.authorization
end

local function per_path_and_token(raw)
  local token = per_token(raw)
  return token and raw.path .. " " .. token
end

local function late_pages(raw)
  local page = (core.form_decode(raw.query or "") or {}).page
  return type(page) == "string" and (tonumber(page) or 0) > 10 and "" or nil
end

local function device_polls(raw)
  local form = core.form_decode(raw.body) or {}
  return form.grant_type == DEVICE_CODE and tostring(form.device_code) or nil
end

local LEVELS, TOKEN_LEVELS = 5, 6

-- method, pattern of the path below the version, requests, seconds, levels, counted by
local RULES = {
  { "POST", "^/v2/products$", 10, 60, LEVELS, per_ip },
  { "PUT", "^/v2/products/[^/]+$", 30, 60, LEVELS, per_path },
  { "PUT", "^/v2/products/[^/]+$", 30, 60, TOKEN_LEVELS, per_path_and_token },
  { "POST", "^/v2/products/[^/]+/preview_custom_html$", 60, 60, LEVELS, per_path },
  { "POST", "^/v2/products/[^/]+/preview_custom_html$", 60, 60, TOKEN_LEVELS, per_path_and_token },
  { "POST", "^/v2/user/preview_custom_html$", 60, 60, LEVELS, per_path },
  { "POST", "^/v2/user/preview_custom_html$", 60, 60, TOKEN_LEVELS, per_path_and_token },
  { "PUT", "^/v2/user/custom_html$", 30, 60, LEVELS, per_path },
  { "PUT", "^/v2/user/custom_html$", 30, 60, TOKEN_LEVELS, per_path_and_token },
  { "POST", "^/v2/media$", 20, 600, 1, per_ip },
  { "POST", "^/v2/media$", 20, 600, 1, per_token },
  { "GET", "^/v2/sales$", 10, 1, 1, late_pages },
  { "POST", "^/oauth/token$", 3000, 60, LEVELS, per_ip },
  { "POST", "^/oauth/token$", 120, 60, LEVELS, device_polls },
  { "POST", "^/oauth/device/code$", 20, 60, LEVELS, per_ip },
}

local Throttle = {}
Throttle.__index = Throttle

function Throttle.new()
  return setmetatable({ counts = {} }, Throttle)
end

-- How many came in the present window, this one included.
local function count(self, key, seconds, time)
  local window, seen = math.floor(time / seconds), self.counts[key]
  if not seen or seen.window ~= window then
    seen = { window = window, number = 0 }
    self.counts[key] = seen
  end
  seen.number = seen.number + 1
  return seen.number
end

local function is_over(self, at, rule, key, time)
  local limit, seconds = rule[3], rule[4]
  for level = 1, rule[5] do
    local id = ("%d %d %s"):format(at, level, key)
    if count(self, id, level == 1 and seconds or 8 ^ level, time) > level * limit then return true end
  end
end

--- Counts a request.
-- @param time Unix time
-- @return the answer that refuses it, or nil
function Throttle:check(raw, time)
  local path, method = raw.path:gsub("^/api/v2", "/v2"):gsub("%.json$", ""), raw.method
  if method == "PATCH" then method = "PUT" end
  for at, rule in ipairs(RULES) do
    local key = rule[1] == method and path:find(rule[2]) and rule[6](raw)
    if key and is_over(self, at, rule, key, time) then
      return { status = 429, headers = { ["Content-Type"] = "text/plain" }, body = "Retry later\n" }
    end
  end
end

return Throttle
