--- Forwards pings unchanged and side by side, and responds to each as its target did.
local delivery = require "gumroad.api.delivery"
local http = require "gumroad.client.http"
local tls = require "gumroad.client.tls"

local TIMEOUT = delivery.TIMEOUT - 1  -- seconds, so that our own response is still in time
local ACCEPTED, AGAIN = 200, delivery.RETRY

local Forwards = {}
Forwards.__index = Forwards

--- Makes a forwarder.
-- @param url address of the target
-- @param on_failure function(event, message), called if the target did not accept a ping, which Gumroad will repeat
-- @return Forwards | nil, message
function Forwards.new(url, on_failure)
  local _, wrong = tls.ca_file_for(url)
  if wrong then return nil, wrong end
  return setmetatable({ url = url, on_failure = on_failure, running = {} }, Forwards)
end

--- Begins to forward a ping.
-- @return HTTP status to respond with if that is impossible; nil if collect() responds later
function Forwards:send(event, request)
  local sending, err = http.start {
    url = self.url, body = request:body(), timeout = TIMEOUT, connect_timeout = TIMEOUT,
    headers = { ["Content-Type"] = request:header("content-type"), ["User-Agent"] = request:header("user-agent") },
  }
  if not sending then
    self.on_failure(event, err.message)
    return AGAIN
  end
  self.running[#self.running + 1] = { sending = sending, event = event, request = request }
end

local function conclude(self, entry)
  local response, err = entry.sending:result()
  if response and delivery.is_accepted(response.status) then return entry.request:answer(ACCEPTED) end
  entry.request:answer(AGAIN)
  self.on_failure(entry.event, response and "it responded with " .. response.status or err.message)
end

--- Responds to the pings whose targets have responded.
function Forwards:collect()
  for i = #self.running, 1, -1 do
    if self.running[i].sending:done() then conclude(self, table.remove(self.running, i)) end
  end
end

--- Tells whether some targets have not responded yet.
function Forwards:is_busy()
  return #self.running > 0
end

--- Gives up what is under way; Gumroad is asked to send it again.
function Forwards:stop()
  for _, entry in ipairs(self.running) do
    entry.sending:close()
    entry.request:answer(AGAIN)
  end
  self.running = {}
end

return Forwards
