--- The main part of `listen`: receives events, prints them, forwards them and counts them.
local event_line = require "gumroad.cli.commands.listen.event_line"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local printable = require("gumroad.base.text").printable
local receiver = require "gumroad.webhook.receiver"
local url = require "gumroad.base.url"
local watch = require "gumroad.watch"
local Error = require "gumroad.base.error"
local Forwards = require "gumroad.cli.commands.listen.forward"

local IDLE = 60  -- seconds
local ACCEPTED = 200
local MOST = 200  -- bytes of an event's key or type

local Session = {}
Session.__index = Session

local function show(context, event)
  context.write((context.args.json and event_line.json(event) or event_line.text(event, context.is_terminal)) .. "\n")
  local ok, why = io.stdout:flush()
  if not ok then failure.output(why) end
end

local function is_wanted(args, event)
  if not args.events then return true end
  for _, name in ipairs(args.events) do
    if name == event.type then return true end
  end
  return false
end

-- Handles an event; returns the status to respond with, or nil if that depends on the target of --forward.
local function take(self, event, request)
  if not is_wanted(self.context.args, event) then return ACCEPTED end
  show(self.context, event)
  self.count = self.count + 1
  self.counts[event.type] = (self.counts[event.type] or 0) + 1
  if self.count == self.context.args.count then self.receiver:stop() end
  if not self.forwards then return ACCEPTED end
  return self.forwards:send(event, request)
end

local function refuse(self, err)
  self.refused = self.refused + 1
  self.context.note("%s", tostring(err))
end

local function new_forwards(context, address)
  if not address then return nil end
  local forwards, wrong = Forwards.new(address, function(event, message)
    context.note("%s was not accepted by %s, so Gumroad is asked to send it again: %s", printable(event.key, MOST),
      url.shown(address), message)
  end)
  if not forwards then failure.raise(exit_codes.CONFIG, wrong) end
  return forwards
end

-- Returns the address to which pings are sent; the path and query that they must have, or nil; and the address on this
-- machine, without the secret.
local function addresses(args, port)
  local here = ("http://%s:%d"):format((args.address or "127.0.0.1"):gsub("^.*:.*$", "[%0]"), port)
  local secret = args.secret and (args.secret:match("^(.*%S)") or "")  -- a file ends with a line break
  local address, target = watch.addresses(
    { url = args.url or here .. (args.path or "/"), secret = secret, path = args.path }, port)
  local is_free = not (args.url or args.path or secret)
  return address, not is_free and target or nil, here .. (is_free and "" or target:match("^[^?]*"))
end

--- Begins to listen. If that is impossible, the command ends.
-- @param args of the command: address, port, url, path, secret, forward, events, count
-- @return table with `receiver`, `url` (the address to which pings are sent) and `here` (the address to show)
function Session.new(context, args)
  local self = setmetatable({ context = context, count = 0, counts = {}, refused = 0,
    forwards = new_forwards(context, args.forward) }, Session)
  local open, err = receiver.new { address = args.address, port = args.port,
    max_connections = args.max_connections, max_memory = args.max_memory,
    on_event = function(event, request) return take(self, event, request) end,
    on_refused = function(refused) refuse(self, refused) end }
  if not open then error(err, 0) end
  self.receiver = open
  local target
  self.url, target, self.here = addresses(args, open.port)
  open:expect { target = target }
  return self
end

local function serve(self)
  while not self.receiver.stopped or self.forwards and self.forwards:is_busy() do
    self.receiver:step(IDLE)
    if self.forwards then self.forwards:collect() end
  end
end

--- Serves until Ctrl-C, or until the number of events in --count is reached. Ctrl-C may come as early as in `begin`.
-- @param begin function() that does what comes before the first event, such as creating webhooks
-- @return nil, or what was raised
function Session:run(begin)
  local ok, raised = pcall(function()
    begin()
    serve(self)
  end)
  if self.forwards then self.forwards:stop() end
  self.receiver:stop()
  self.receiver:step(0)  -- sends the last responses
  self.receiver:close()
  if not ok and not Error.is_interrupt(raised) then return raised end
end

--- Says what was received.
function Session:summary()
  local parts = {}
  for name, count in pairs(self.counts) do parts[#parts + 1] = ("%d %s"):format(count, printable(name, MOST)) end
  table.sort(parts)
  return ("%d event%s received%s%s"):format(self.count, self.count == 1 and "" or "s",
    #parts > 0 and ": " .. table.concat(parts, ", ") or "",
    self.refused > 0 and ("; %d refused"):format(self.refused) or "")
end

return Session
