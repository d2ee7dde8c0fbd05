--- Receives pings: an open port, the checks that come before a body is looked at, and events.
local core = require "gumroad.core"
local webhook = require "gumroad.webhook"
local Error = require "gumroad.base.error"

local receiver = {}

local Receiver = {}
Receiver.__index = Receiver

local function target_of(request)
  local query = request:query()
  return request:path() .. (query and "?" .. query or "")
end

-- What must hold before a body is looked at. An answer other than 5xx loses the ping for
-- good, which is right for what is none.
local function refusal(self, request)
  if self.target and not core.equal(target_of(request), self.target) then return 404, "wrong path or secret" end
  if request:method() ~= "POST" then return 405, "method " .. request:method() .. ", not POST" end
end

local function is_from_other_seller(self, event)
  local id = event.data.seller_id
  if not self.seller_id or not id then return false end
  for _, name in ipairs(event.shadowed) do
    if name == "seller_id" then return false end  -- the buyer's text; it says nothing
  end
  return id ~= self.seller_id
end

-- The answer, or nil where it is given later.
local function receive(self, request)
  local status, why = refusal(self, request)
  if status then
    self.on_refused(Error.new("invalid", "a request was refused: " .. why))
    return status
  end
  local event, err = webhook.parse(request:body(), request:header("content-type"))
  if not event then
    self.on_refused(err)
    return 400
  end
  if is_from_other_seller(self, event) then
    self.on_refused(Error.new("invalid", "a ping of another seller was refused"), event)
    return 403
  end
  return self.on_event(event, request)
end

-- How many requests were handled. Each step of the listener sends the answer before and may
-- complete another request, which no descriptor shows any more: none may be left when we wait.
local function handle_arrived(self)
  local count = 0
  while not self.stopped do
    self.listener:step()
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
--   on_refused  function(error, event or nil): a request was answered with 4xx
-- @return table with step(seconds), stop(), close(), port, and to be set: target, the path and query
--   that a ping must bear (nil: any), seller_id, whose sales they must be (nil: anybody's)
--   | nil, error of kind config
function receiver.new(options)
  local listener, code, message = open { address = options.address or "127.0.0.1", port = options.port or 8080 }
  if not listener then return nil, Error.new("config", message, { code = code }) end
  core.engine():watch(listener:fd())
  return setmetatable({ listener = listener, port = listener:port(), on_event = options.on_event,
    on_refused = options.on_refused }, Receiver)
end

return receiver
