--- gumroad-lua listen: receives pings and prints the events as they come, until Ctrl-C.
local events = require "gumroad.cli.events"
local failure = require "gumroad.cli.failure"
local values = require "gumroad.cli.values"

local NAME = "gumroad-lua listen"
local IDLE = 60  -- seconds

local function configure(parser)
  local function option(name, argument, doc, convert)
    local element = parser:option(name, doc):argname(argument)
    return convert and element:convert(convert) or element
  end
  option("--port", "NUMBER", "Default: 8080; 0: any that is free.", values.whole("--port", 0, 65535))
  option("--address", "ADDRESS", "Of this machine; default: 127.0.0.1, :: is all of them.")
  option("--url", "URL", "Where this program is reached from outside: webhooks to it are made, and those that were "
    .. "made are removed at the end. Needs an access token with view_sales.")
  option("--subscribe", "EVENT,...", "The events of which webhooks are made; default: those of --events, else all.",
    events.list_reader("--subscribe"))
  option("--path", "PATH", "Take only pings with this path; default: that of --url, else any.")
  option("--secret", "TEXT", "Take only pings that have secret=TEXT in their query; @FILE or - so that nobody else on "
    .. "this machine sees it.", values.text)
  option("--events", "EVENT,...", "Print (and forward) only these; others are answered and forgotten.",
    events.list_reader("--events"))
  option("--forward", "URL", "Send each ping on to there, as it came. What is not taken there is answered so that "
    .. "Gumroad sends it again.")
  option("--count", "NUMBER", "End after so many events.", values.whole("--count", 1))
  parser:epilog("Ctrl-C ends it; that is no failure (exit code 0).")
end

local function check(args)
  if args.csv or args.plain or args.fields then
    failure.usage(NAME, "events are printed as lines, or with --json as a line of JSON each")
  end
  if args.path and args.path:sub(1, 1) ~= "/" then
    failure.usage(NAME, "option '--path': a path begins with /, got '%s'", args.path)
  end
  if args.subscribe and not args.url then
    failure.usage(NAME, "--subscribe needs --url: where Gumroad reaches this program")
  end
end

-- The address that pings are sent to, and the path and query that they must bear, if any.
local function addresses(args, port)
  local here = ("http://%s:%d"):format((args.address or "127.0.0.1"):gsub("^.*:.*$", "[%0]"), port)
  local secret = args.secret and args.secret:gsub("%s+$", "")  -- of a file, a line's end
  local url, target = require("gumroad.watch").addresses(
    { url = args.url or here .. (args.path or "/"), secret = secret, path = args.path }, port)
  local is_free = not (args.url or args.path or secret)
  return url, not is_free and target or nil, here .. (is_free and "" or target:match("^[^?]*"))
end

-- Webhooks ----------------------------------------------------------------------------------

local function make_webhooks(context, args, url)
  if not args.url then return {} end
  local wanted = {}
  for _, name in ipairs(args.subscribe or args.events or events.NAMES) do wanted[name] = url end
  local done, err = context.shop():ensure_webhooks(wanted)
  if not done then error(err, 0) end
  return done.made
end

local function remove_webhooks(context, made)
  for _, subscription in ipairs(made) do
    local done, err = context.shop().resource_subscriptions:delete(subscription.id)
    if not done then context.note("a webhook (%s) is still there: %s", subscription.resource_name, tostring(err)) end
  end
end

local function seller_of(context, args)
  if not args.url then return nil end
  local user, err = context.shop().user:get()
  if not user then error(err, 0) end
  return user.user_id
end

-- Events ------------------------------------------------------------------------------------

local Session = {}
Session.__index = Session

local function show(context, event)
  local event_line = require "gumroad.cli.event_line"
  context.write((context.args.json and event_line.json(event) or event_line.text(event, context.is_terminal)) .. "\n")
  local ok, why = io.stdout:flush()
  if not ok then failure.raise(1, "cannot write the output: " .. why) end
end

-- Whether an event is one of those that are asked for.
local function is_wanted(args, event)
  if not args.events then return true end
  for _, name in ipairs(args.events) do
    if name == event.type then return true end
  end
  return false
end

function Session:take(event, request)
  if not is_wanted(self.context.args, event) then return 200 end
  show(self.context, event)
  self.count = self.count + 1
  self.counts[event.type] = (self.counts[event.type] or 0) + 1
  if self.count == self.context.args.count then self.receiver:stop() end
  if not self.forwards then return 200 end
  return self.forwards:send(event, request)
end

-- What comes from outside stands in what is told of it.
local function note_safely(context, text)
  context.note("%s", require("gumroad.cli.width").safe(text))
end

function Session:refuse(err)
  self.refused = self.refused + 1
  note_safely(self.context, tostring(err))
end

local function new_forwards(context, url)
  if not url then return nil end
  local forwards, wrong = require("gumroad.cli.forward").new(url, function(event, message)
    note_safely(context, ("%s was not taken by %s, so Gumroad is asked to send it again: %s"):format(event.key,
      require("gumroad.cli.url").shown(url), message))
  end)
  if not forwards then failure.raise(3, wrong) end
  return forwards
end

local function new_session(context, args)
  local self = setmetatable({ context = context, count = 0, counts = {}, refused = 0,
    forwards = new_forwards(context, args.forward) }, Session)
  local open, err = require("gumroad.receiver").new { address = args.address, port = args.port,
    on_event = function(event, request) return self:take(event, request) end,
    on_refused = function(refused) self:refuse(refused) end }
  if not open then error(err, 0) end
  self.receiver = open
  return self
end

function Session:serve()
  while not self.receiver.stopped or self.forwards and self.forwards:is_busy() do
    self.receiver:step(IDLE)
    if self.forwards then self.forwards:collect() end
  end
end

-- Serves until --count or Ctrl-C.
function Session:run()
  local ok, raised = pcall(self.serve, self)
  if self.forwards then self.forwards:stop() end
  self.receiver:stop()
  self.receiver:step(0)  -- sends the last answers
  self.receiver:close()
  if not ok and not tostring(raised):find("interrupted!", 1, true) then error(raised, 0) end
end

function Session:summary()
  local parts = {}
  for name, count in pairs(self.counts) do parts[#parts + 1] = ("%d %s"):format(count, name) end
  table.sort(parts)
  return ("%d event%s received%s%s"):format(self.count, self.count == 1 and "" or "s",
    #parts > 0 and ": " .. table.concat(parts, ", ") or "",
    self.refused > 0 and ("; %d refused"):format(self.refused) or "")
end

return {
  name = "listen",
  summary = "Receive pings and print the events as they come.",
  configure = configure,
  run = function(context, args)
    check(args)
    local session = new_session(context, args)
    local url, target, here = addresses(args, session.receiver.port)
    session.receiver.target, session.receiver.seller_id = target, seller_of(context, args)
    local made = make_webhooks(context, args, url)
    context.note("listening on %s%s", here, args.secret and ", with the secret in the query" or "")
    session:run()
    remove_webhooks(context, made)
    context.note("%s", session:summary())
  end,
}
