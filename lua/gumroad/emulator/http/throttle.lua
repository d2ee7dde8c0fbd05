--- Enforces the rate limits in gumroad.api.limits. A request that one level refuses is not counted by the next
-- levels.
local core = require "gumroad.core"
local limits = require "gumroad.api.limits"
local Grants = require "gumroad.emulator.oauth.grants"

-- The keys that requests are counted by. A request with the key nil is not counted.
local COUNTED_BY = {}

function COUNTED_BY.ip()
  return ""  -- on loopback, all requests come from one address
end

function COUNTED_BY.path(raw)
  return raw.path
end

function COUNTED_BY.token(raw)
  return raw.headers.authorization
end

function COUNTED_BY.path_and_token(raw)
  local token = raw.headers.authorization
  return token and raw.path .. " " .. token
end

function COUNTED_BY.late_page(raw)
  local page = (core.form_decode(raw.query or "") or {}).page
  return type(page) == "string" and (tonumber(page) or 0) > limits.LATE_PAGE and "" or nil
end

function COUNTED_BY.device_code(raw)
  local form = core.form_decode(raw.body) or {}
  return form.grant_type == Grants.DEVICE_GRANT and tostring(form.device_code) or nil
end

local Throttle = {}
Throttle.__index = Throttle

function Throttle.new()
  return setmetatable({ counts = {} }, Throttle)
end

-- The number of requests in the current time window, including this one.
local function count(self, key, seconds, time)
  local window, seen = math.floor(time / seconds), self.counts[key]
  if not seen or seen.window ~= window then
    seen = { window = window, number = 0 }
    self.counts[key] = seen
  end
  seen.number = seen.number + 1
  return seen.number
end

local function is_over(self, limit, key, time)
  for level = 1, limit.levels do
    local id = ("%s %s %s %d %s"):format(limit.method, limit.path, limit.by, level, key)
    local requests, seconds = limits.level(limit, level)
    if count(self, id, seconds, time) > requests then return true end
  end
end

--- Counts a request.
-- @param time Unix time
-- @return the response that refuses it, or nil
function Throttle:check(raw, time)
  for _, limit in ipairs(limits.matching(raw.method, raw.path)) do
    local key = COUNTED_BY[limit.by](raw)
    if key and is_over(self, limit, key, time) then
      return { status = 429, headers = { ["Content-Type"] = "text/plain" }, body = "Retry later\n" }
    end
  end
end

return Throttle
