--- Sends pings on as they came, side by side, and answers each as its target did.
local delivery = require "gumroad.api.delivery"
local core = require "gumroad.core"
local tables = require "gumroad.base.tables"
local http = require "gumroad.cli.http"

local TIMEOUT = delivery.TIMEOUT - 1  -- seconds, so that the response is still in time
local TAKEN, AGAIN = 200, delivery.RETRY

local Forwards = {}
Forwards.__index = Forwards

--- @param url where to
-- @param on_failure function(event, message): the target did not take it, and Gumroad will repeat it
-- @return Forwards | nil, message
function Forwards.new(url, on_failure)
  local request = { method = "POST", base_url = url, fresh = true, timeout = TIMEOUT, connect_timeout = TIMEOUT }
  local usable, wrong = http.add_bundle(request)
  if not usable then return nil, wrong end
  return setmetatable({ request = request, on_failure = on_failure, running = {} }, Forwards)
end

--- Begins to send one on.
-- @return HTTP status where that cannot be done, else nil: collect() answers the request
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
  if response and delivery.is_accepted(response.status) then return entry.request:answer(TAKEN) end
  entry.request:answer(AGAIN)
  self.on_failure(entry.event, response and "it answered " .. response.status or message)
end

--- Answers the requests whose targets have answered.
function Forwards:collect()
  for i = #self.running, 1, -1 do
    if self.running[i].transfer:done() then conclude(self, table.remove(self.running, i)) end
  end
end

--- Whether targets are still to answer.
function Forwards:is_busy()
  return #self.running > 0
end

--- Gives up what is under way: Gumroad is to send it again.
function Forwards:stop()
  for _, entry in ipairs(self.running) do
    entry.transfer:close()
    entry.request:answer(AGAIN)
  end
  self.running = {}
end

return Forwards
