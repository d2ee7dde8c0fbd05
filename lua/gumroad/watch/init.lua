--- Watching a shop: makes the webhooks, receives the pings, calls the handlers.
--
-- Gumroad gives a receiver 5 seconds. A handler that raises is answered with 503, so that
-- Gumroad sends the ping again: after 1, 3 and 10 minutes, then never. A handler that takes
-- longer than 5 seconds is called again for the same event; `event.key` tells.
local core = require "gumroad.core"
local hooks = require "gumroad.webhook.subscriptions"
local receiver = require "gumroad.webhook.receiver"
local webhook = require "gumroad.webhook"
local Error = require "gumroad.base.error"

local watch = {}

local OPTIONS = {
  url = "string", secret = "string", address = "string", port = "number", path = "string",
  on_error = "function", on_ready = "function", seller_id = "string", subscribe = "boolean",
}

local function check_options(options)
  if type(options) ~= "table" then Error.usage("watch: table expected, got %s", type(options)) end
  local known, handlers = {}, {}
  for name in pairs(OPTIONS) do known[name] = true end
  for name in pairs(webhook.EVENTS) do known[name] = true end
  for name, value in pairs(options) do
    local want = OPTIONS[name] or (webhook.EVENTS[name] and "function")
    if not want then Error.usage("watch: unknown option '%s'%s", tostring(name), Error.hint(name, known)) end
    if type(value) ~= want then Error.usage("watch: %s: %s expected, got %s", name, want, type(value)) end
    if webhook.EVENTS[name] then handlers[name] = value end
  end
  if next(handlers) == nil then Error.usage("watch: no handler is given, such as sale = function(sale) ... end") end
  local port = options.port or 0
  if not (port >= 0 and port < 65536 and port == math.floor(port)) then
    Error.usage("watch: port: a whole number from 0 to 65535 expected")
  end
  if not options.url then Error.usage("watch: url is missing: the address at which Gumroad reaches this program") end
  return handlers
end

--- The URL that Gumroad is told, and the part of it that a ping must bear: path and query,
-- the secret among them.
-- @param options url, secret and path of run
-- @param port the one that port 0 in the url stands for
function watch.addresses(options, port)
  local url = options.url:gsub("^(https?://[^/?#]*:)0%f[^%d]", "%1" .. port)
  if options.secret then
    url = url .. (url:find("?", 1, true) and "&" or "?") .. "secret=" .. core.percent_encode(options.secret)
  end
  local target = url:match("^%a+://[^/?#]+([^#]*)$") or ""
  if target == "" or target:sub(1, 1) == "?" then target = "/" .. target end
  if options.path then target = options.path .. (target:match("%?.*$") or "") end
  return url, target
end

-- One webhook for each event that has a handler.
local function subscribe(shop, handlers, url)
  local wanted = {}
  for name in pairs(handlers) do wanted[name] = url end
  return hooks.ensure(shop, wanted)
end

-- Events ----------------------------------------------------------------------------------

local Watcher = {}
Watcher.__index = Watcher

local function handle(self, event)
  local handler = self.handlers[event.type]
  if not handler then return 200 end  -- an event that nobody asked for
  local ok, raised = xpcall(function() handler(event.data, event, self) end, function(raised)
    return Error.is(raised) and raised or debug.traceback(tostring(raised), 2)
  end)
  if ok then return 200 end
  self.on_error(Error.is(raised) and raised or Error.new("invalid", tostring(raised)), event)
  return 503
end

--- Handles what has arrived; if nothing has, waits at most so many seconds for it.
function Watcher:step(seconds)
  self.receiver:step(seconds)
end

--- Ends run() after the request at hand.
function Watcher:stop()
  self.stopped = true
  self.receiver:stop()
end

--- Stops listening. The subscriptions stay.
function Watcher:close()
  self.receiver:close()
end

local function log_error(err, event)
  io.stderr:write("gumroad: ", event and event.key .. ": " or "", tostring(err), "\n")
end

local function expected_seller(shop, options)
  if options.seller_id then return options.seller_id end
  local user, err = shop.user:get()
  if not user then return nil, err end
  if type(user.user_id) == "string" then return user.user_id end
  return nil, Error.new("decode", "the server does not tell whose the token is: say so with seller_id")
end

--- Begins to listen, and makes the missing subscriptions.
-- @param shop    of gumroad.new
-- @param options see run
-- @return Watcher with step(seconds), stop(), close(), port | nil, error
function watch.new(shop, options)
  local handlers = check_options(options)
  local url = watch.addresses(options, 0)
  hooks.check_url(shop, "watch: url", url, options.subscribe == false)  -- told before anything is opened
  local self = setmetatable({ handlers = handlers, on_error = options.on_error or log_error }, Watcher)
  local open, wrong = receiver.new { address = options.address, port = options.port,
    on_event = function(event) return handle(self, event) end, on_refused = self.on_error }
  if not open then return nil, wrong end
  self.receiver, self.port = open, open.port
  local target
  self.url, target = watch.addresses(options, open.port)
  open:expect { target = target }
  local ok, err = expected_seller(shop, options)
  if ok then
    open:expect { seller_id = ok }
    if options.subscribe ~= false then ok, err = subscribe(shop, handlers, self.url) end
  end
  if not ok then
    self:close()
    return nil, err
  end
  return self
end

local IDLE = 60  -- seconds

--- Watches until a handler calls watcher:stop().
-- @param shop    of gumroad.new
-- @param options table:
--   url        what Gumroad is told: public, and hard to guess, as pings are not signed; a ping
--              must bear its path and query exactly. Port 0 in it stands for the one that
--              is listened on: "http://127.0.0.1:0/hook" for tries at home
--   secret     optional: added to the url's query
--   sale, refund, dispute, dispute_won, cancellation, subscription_updated,
--   subscription_ended, subscription_restarted
--              handlers: function(data, event, watcher), see gumroad.webhook.parse
--   address, port  where to listen, 127.0.0.1 and 8080 (0: any free one)
--   path       what a proxy in front makes of the url's path, if it changes it
--   seller_id  whose sales they must be; default: that of the token's user
--   subscribe  false: the subscriptions are there already
--   on_ready   function(watcher), when everything stands
--   on_error   function(error, event), for refused requests and handlers that raised;
--              default: a line on stderr
-- @return true | nil, error
function watch.run(shop, options)
  local watcher, err = watch.new(shop, options)
  if not watcher then return nil, err end
  local ok, raised = pcall(function()
    if options.on_ready then options.on_ready(watcher) end
    while not watcher.stopped do watcher:step(IDLE) end
  end)
  watcher:close()
  if not ok then error(raised, 0) end
  return true
end

return watch
