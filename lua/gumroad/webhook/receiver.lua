--- Receives pings: an open port, the gate at it, and events.
local core = require "gumroad.core"
local gate = require "gumroad.webhook.gate"
local Error = require "gumroad.base.error"

local receiver = {}

local Receiver = {}
Receiver.__index = Receiver

-- Tells of the requests that the listener refused by their heads; returns how many.
local function report_refused(self)
  local count = 0
  for refused in function() return self.listener:refused() end do
    local others = refused.missed > 0 and (" (and %d before it)"):format(refused.missed) or ""
    count = count + 1
    self.on_refused(Error.new("invalid", "a request was refused: " .. refused.reason .. others))
  end
  return count
end

-- The status to answer, or nil where it is given later.
local function receive(self, request)
  local event, status, err, refused = gate.body(self.expected, request:body(), request:header("content-type"))
  if event then return self.on_event(event, request) end
  self.on_refused(err, refused)
  return status
end

-- How many requests were handled or refused. Each step of the listener sends the answer before and may
-- complete another request, which no descriptor shows any more: none may be left when we wait.
local function handle_arrived(self)
  local count = 0
  while not self.stopped do
    self.listener:step()
    count = count + report_refused(self)
    local request = self.listener:next()
    if not request then return count end
    count = count + 1
    local status = receive(self, request)
    if status then request:answer(status) end
  end
  self.listener:step()  -- sends the last answer
  return count
end

--- Handles what has arrived; if nothing has, waits at most so many seconds for something to
-- happen, which may be a transfer of the engine.
function Receiver:step(seconds)
  if handle_arrived(self) > 0 then return end
  core.engine():step(math.min(seconds, self.listener:timeout() or seconds))
  handle_arrived(self)
end

--- Says what a ping must be, besides what was said before.
-- @param expected target, seller_id: see gumroad.webhook.gate
function Receiver:expect(expected)
  for name, value in pairs(expected) do self.expected[name] = value end
  self.listener:gate(gate.expected_head(self.expected))
end

--- Takes no more requests after the one at hand.
function Receiver:stop()
  self.stopped = true
end

--- Stops listening. Safe to repeat.
function Receiver:close()
  if not self.listener then return end
  core.engine():unwatch(self.listener:fd())
  self.listener:close()
  self.listener = nil
end

local function open(options)
  local ok, listener = pcall(require, "gumroad.listener")
  if not ok then return nil, "missing", listener end
  return listener.new(options)
end

--- Begins to listen.
-- @param options table:
--   address, port  127.0.0.1 and 8080; port 0: any free one
--   on_event    function(event, request) -> HTTP status; nil: it answers the request itself, later
--   on_refused  function(error, event or nil): a request was answered with 4xx; the event is another seller's
-- @return Receiver with step(seconds), stop(), close(), expect(expected), port; it takes every ping until it is
--   told what to expect | nil, error of kind config
function receiver.new(options)
  local listener, code, message = open { address = options.address or "127.0.0.1", port = options.port or 8080,
    max_connections = options.max_connections, max_memory = options.max_memory,
    gate = {} }
  if not listener then return nil, Error.new("config", message, { code = code }) end
  core.engine():watch(listener:fd())
  return setmetatable({ listener = listener, port = listener:port(), expected = {},
    on_event = options.on_event, on_refused = options.on_refused }, Receiver)
end

return receiver
