--- Receives pings: listens on a port, checks requests at the gate, and passes on events.
local core = require "gumroad.core"
local delivery = require "gumroad.api.delivery"
local gate = require "gumroad.webhook.gate"
local reader = require "gumroad.webhook.reader"
local Error = require "gumroad.base.error"

local receiver = {}

local LARGE = 1048576        -- bytes
local MOST_TO_FINISH = 0.25  -- seconds for responses to what has arrived

local Receiver = {}
Receiver.__index = Receiver

-- Reports the requests that the listener refused because of their heads; returns how many.
local function report_refused(self)
  local count = 0
  for refused in function() return self.listener:refused() end do
    local others = refused.missed > 0 and (" (and %d before it)"):format(refused.missed) or ""
    count = count + 1
    self.on_refused(Error.new("invalid", "a request was refused: " .. refused.reason .. others))
  end
  return count
end

-- Returns whether the body is large, and what gate.body returns.
local function read_body(self, request)
  local body = request:body()
  return #body > LARGE, gate.body(self.expected, body, request:header("content-type"))
end

-- Returns the status to respond with, or nil if on_event responds later.
local function receive(self, request)
  local is_large, event, status, err, refused = read_body(self, request)
  if is_large then collectgarbage() end  -- its text, before the next one comes; Gumroad sends none that large
  if event then return self.on_event(event, request) end
  self.on_refused(err, refused)
  return status
end

-- Handles requests until there are no more; returns how many were handled or refused. Each step of the listener sends
-- the last response and may complete another request, for which the descriptor no longer becomes readable. So no
-- request may be left when we wait.
local function handle_all(self)
  local count = 0
  while not self.stopped do
    self.listener:step()
    count = count + report_refused(self)
    local request = self.listener:next()
    if not request then return count end
    count = count + 1
    self.current = request
    local status = receive(self, request)
    if status then request:answer(status) end
  end
  self.listener:step()  -- sends the last response
  return count
end

-- Stops listening. Nothing that has arrived goes without a response: Gumroad is to send it again.
local function finish(self)
  local listener, engine, give_up = self.listener, core.engine(), core.now() + MOST_TO_FINISH
  local fd = listener:fd()
  repeat
    listener:step()
    for request in function() return listener:next() end do request:answer(delivery.RETRY) end
    local _, ready = engine:step(0)
    local is_idle = listener:timeout() ~= 0 and not (ready and ready[fd])
  until is_idle or core.now() > give_up
  engine:unwatch(fd)
  listener:close()
  self.listener = nil
end

-- Like handle_all, but also if somebody raises, or closes us meanwhile.
local function handle_arrived(self)
  if not self.listener then return 0 end
  local was_busy = self.is_busy
  self.is_busy = true
  local ok, count = pcall(handle_all, self)
  self.is_busy = was_busy
  if not ok and self.current then self.current:answer(delivery.RETRY) end  -- unless it has a response
  self.current = nil
  if self.is_closing and not was_busy then finish(self) end
  if not ok then error(count, 0) end
  return count
end

--- Handles the requests that have arrived. If there are none, waits until something happens, at most that many
-- seconds; a transfer of the engine that goes on ends the wait too.
function Receiver:step(seconds)
  if handle_arrived(self) > 0 or not self.listener then return end
  core.engine():step(math.min(seconds, self.listener:timeout() or seconds))
  handle_arrived(self)
end

--- Adds to what is expected of a ping.
-- @param expected target, seller_id: see gumroad.webhook.gate
function Receiver:expect(expected)
  for name, value in pairs(expected) do self.expected[name] = value end
  self.listener:gate(gate.expected_head(self.expected))
end

--- Accepts no more requests after the current one.
function Receiver:stop()
  self.stopped = true
end

--- Stops listening; requests that have arrived get 503. If it is called while a request is handled, that one is
-- handled first. Safe to repeat.
function Receiver:close()
  self.stopped, self.is_closing = true, true
  if self.listener and not self.is_busy then finish(self) end
end

local function open(options)
  local ok, listener = pcall(require, "gumroad.listener")
  if not ok then return nil, "missing", listener end
  return listener.new(options)
end

--- Begins to listen.
-- @param options table:
--   address, port  where to listen (default: 127.0.0.1 and 8080); port 0 for any free one
--   max_connections, max_memory  see gumroad.listener
--   on_event    function(event, request) -> HTTP status; nil if it responds to the request itself, later
--   on_refused  function(error, event or nil), called after a response with 4xx; with the event if it is another
--               seller's
-- @return Receiver with step(seconds), stop(), close(), expect(expected), port. It accepts every ping until `expect`
--   is called | nil, error of kind config
function receiver.new(options)
  local listener, code, message = open { address = options.address or "127.0.0.1", port = options.port or 8080,
    max_connections = options.max_connections, max_memory = options.max_memory, max_body = reader.MAX_BYTES, gate = {} }
  if not listener then return nil, Error.new("config", message, { code = code }) end
  core.engine():watch(listener:fd())
  return setmetatable({ listener = listener, port = listener:port(), expected = {},
    on_event = options.on_event, on_refused = options.on_refused }, Receiver)
end

return receiver
