--- Statistics of requests, for Handle:stats().
local json = require "gumroad.emulator.http.json"
local text = require "gumroad.base.text"

local REMEMBERED = 200  -- requests
local REMEMBERED_BYTES = 65536  -- of each body

local Stats = {}
Stats.__index = Stats

function Stats.new()
  return setmetatable({ requests = 0, in_flight = 0, max_in_flight = 0, last_requests = {} }, Stats)
end

--- Resets everything but the count of requests in flight.
function Stats:reset()
  self.requests, self.max_in_flight, self.last_requests = 0, self.in_flight, {}
end

-- The headers without the token: only the scheme of Authorization is shown.
local function shown_headers(headers)
  local out = {}
  for name, value in pairs(headers) do out[name] = value end
  if out.authorization then out.authorization = out.authorization:match("^%S*") end
  return json.dict_of(out)
end

-- JSON holds text. Bytes that are not UTF-8 go as hex digits, from which Handle:stats makes bytes again.
local function body_of(bytes)
  if text.utf8(bytes) == bytes then return "body", bytes end
  return "body_hex", (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

--- Counts a request that has arrived.
-- @param raw table: method, path, query, body, headers
function Stats:begin(raw)
  local list = self.last_requests
  local name, body = body_of(raw.body:sub(1, REMEMBERED_BYTES))
  list[#list + 1] = json.dict("method", raw.method, "path", raw.path, "query", raw.query,
    name, body, "headers", shown_headers(raw.headers))
  if #list > REMEMBERED then table.remove(list, 1) end
  self.requests = self.requests + 1
  self.in_flight = self.in_flight + 1
  self.max_in_flight = math.max(self.max_in_flight, self.in_flight)
end

--- Counts a response that has been sent.
function Stats:finish()
  self.in_flight = self.in_flight - 1
end

return Stats
