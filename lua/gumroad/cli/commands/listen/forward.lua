--- Forwards pings unchanged and side by side, and responds to each as its target did.
local delivery = require "gumroad.api.delivery"
local core = require "gumroad.core"
local tables = require "gumroad.base.tables"
local http = require "gumroad.cli.http"

local TIMEOUT = delivery.TIMEOUT - 1  -- seconds, so that our own response is still in time
local ACCEPTED, AGAIN = 200, delivery.RETRY

local Forwards = {}
Forwards.__index = Forwards

--- Makes a forwarder.
-- @param url address of the target
-- @param on_failure function(event, message), called if the target did not accept a ping, which Gumroad will repeat
-- @return Forwards | nil, message
function Forwards.new(url, on_failure)
  local request = { method = "POST", base_url = url, fresh = true, timeout = TIMEOUT, connect_timeout = TIMEOUT }
  local usable, wrong = http.add_bundle(request)
  if not usable then return nil, wrong end
  return setmetatable({ request = request, on_failure = on_failure, running = {} }, Forwards)
end

--- Begins to forward a ping.
-- @return HTTP status to respond with if that is impossible; nil if collect() responds later
function Forwards:send(event, request)
  local transfer, _, message = core.engine():send(tables.copy(self.request, {
    body = request:body(),
    headers = { ["Content-Type"] = request:header("content-type"), ["User-Agent"] = request:header("user-agent") },
  }))
  if not transfer then
    self.on_failure(event, message)
    return AGAIN
  end
  self.running[#self.running + 1] = { transfer = transfer, event = event, request = request }
end

local function conclude(self, entry)
  local response, _, message = entry.transfer:result()
  if response and delivery.is_accepted(response.status) then return entry.request:answer(ACCEPTED) end
  entry.request:answer(AGAIN)
  self.on_failure(entry.event, response and "it responded with " .. response.status or message)
end

--- Responds to the pings whose targets have responded.
function Forwards:collect()
  for i = #self.running, 1, -1 do
    if self.running[i].transfer:done() then conclude(self, table.remove(self.running, i)) end
  end
end

--- Tells whether some targets have not responded yet.
function Forwards:is_busy()
  return #self.running > 0
end

--- Gives up what is under way; Gumroad is asked to send it again.
function Forwards:stop()
  for _, entry in ipairs(self.running) do
    entry.transfer:close()
    entry.request:answer(AGAIN)
  end
  self.running = {}
end

return Forwards
