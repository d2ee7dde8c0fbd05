--- Watches a shop: creates webhooks, receives pings and calls handlers.
--
-- Gumroad waits 5 seconds for the response to a ping. If a handler raises, the response is 503, and Gumroad sends the
-- ping again after 1, 3 and 10 minutes; after that the event is lost. A handler that takes longer than 5 seconds is
-- called again for the same event, which has the same `event.key`.
local core = require "gumroad.core"
local delivery = require "gumroad.api.delivery"
local dispatch = require "gumroad.watch.dispatch"
local events = require "gumroad.api.events"
local printable = require("gumroad.base.text").printable
local receiver = require "gumroad.webhook.receiver"
local subscriptions = require "gumroad.webhook.subscriptions"
local tables = require "gumroad.base.tables"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"
local Options = require "gumroad.base.options"

local watch = {}

local MOST_OF_KEY = 200  -- bytes of an event's key in a line of stderr

local HANDLERS = {}
for _, name in ipairs(events.names) do HANDLERS[name] = { "function" } end

local KNOWN = tables.copy(HANDLERS, {
  url = { "string", required = ": the address at which Gumroad reaches this program" },
  secret = { "string" }, path = { "string" }, seller_id = { "string" },
  address = { "string" }, port = { "number", whole = true, least = 0, most = 65535 },
  max_connections = { "number", whole = true, least = 1, most = 100000 },
  max_memory = { "number", whole = true, least = 1, most = 2 ^ 31 - 1 },
  subscribe = { "boolean" }, on_ready = { "function" }, on_error = { "function" },
})

-- Returns the handlers among the options.
local function handlers_of(options)
  local handlers = {}
  for name in pairs(HANDLERS) do handlers[name] = options[name] end
  if next(handlers) == nil then Error.usage("watch: a handler is missing, such as sale = function(sale) ... end") end
  return handlers
end

-- Returns the URL to which Gumroad is to send pings, including the secret.
local function public_url(options, port)
  local text = options.url
  local parts = url.parse(text)
  if parts and parts.port == 0 then text = url.with_port(text, port) end
  if not options.secret then return text end
  return text .. (text:find("?", 1, true) and "&" or "?") .. "secret=" .. core.percent_encode(options.secret)
end

--- Returns the URL for Gumroad's subscriptions, and the path and query that a ping must have. Both include the secret.
-- @param options url, secret and path, see run
-- @param port the port that replaces port 0 in the URL
function watch.addresses(options, port)
  local text = public_url(options, port)
  local parts = url.parse(text)
  parts.path = options.path or parts.path
  return text, url.target(parts)
end

local Watcher = {}
Watcher.__index = Watcher

local TAKEN = 200

-- Whether somebody asked the program to end.
local function is_interrupted(self)
  return self.signals ~= nil and self.signals:caught() ~= nil
end

local function handle(self, event)
  local done, err = dispatch(self.handlers, event, self)
  local interrupted = is_interrupted(self)
  if interrupted then self:stop() end
  if done then return TAKEN end
  if not (interrupted and Error.is_interrupt(err)) then self.on_error(err, event) end
  return delivery.RETRY
end

--- Handles the pings that have arrived; if there are none, waits for one, at most that many seconds.
function Watcher:step(seconds)
  self.receiver:step(seconds)
end

--- Ends run() after the current request.
function Watcher:stop()
  self.stopped = true
  self.receiver:stop()
end

--- Stops listening, and ends run() after the current request. Pings that have arrived get 503, so that Gumroad sends
-- them again. The webhooks stay.
function Watcher:close()
  self.stopped = true
  self.receiver:close()
end

-- Prints a line, and the traceback if a handler raised something other than a gumroad.Error.
local function log_error(err, event)
  io.stderr:write("gumroad: ", event and printable(event.key, MOST_OF_KEY) .. ": " or "", tostring(err), "\n")
  if err.traceback then io.stderr:write(err.traceback, "\n") end
end

-- Returns the id of the seller whose pings are expected | nil, error
local function expected_seller(shop, options)
  if options.seller_id then return options.seller_id end
  local user, err = shop.user:get()
  if not user then return nil, err end
  if type(user.user_id) == "string" then return user.user_id end
  return nil, Error.new("decode", "the server does not say which seller the token belongs to: pass seller_id")
end

-- Creates a webhook for each event that has a handler.
local function subscribe(self, shop)
  local wanted = {}
  for name in pairs(self.handlers) do wanted[name] = self.url end
  return subscriptions.ensure(shop, wanted)
end

-- Asks Gumroad for the seller's id and creates the webhooks -> true | nil, error
local function prepare(self, shop, options)
  local seller_id, err = expected_seller(shop, options)
  if not seller_id then return nil, err end
  self.receiver:expect { seller_id = seller_id }
  if options.subscribe == false then return true end
  return subscribe(self, shop)
end

--- Begins to listen and creates the missing webhooks.
-- @param shop    from gumroad.new
-- @param options see run
-- @return Watcher with step(seconds), stop(), close(), url, port | nil, error
function watch.new(shop, options)
  options = Options.check("watch", KNOWN, options)
  local self = setmetatable({ handlers = handlers_of(options), on_error = options.on_error or log_error }, Watcher)
  subscriptions.check_url(shop, "watch: url", public_url(options, 0), options.subscribe == false)
  local open, err = receiver.new { address = options.address, port = options.port,
    max_connections = options.max_connections, max_memory = options.max_memory,
    on_event = function(event) return handle(self, event) end, on_refused = self.on_error }
  if not open then return nil, err end
  local target
  self.receiver, self.port = open, open.port
  self.url, target = watch.addresses(options, open.port)
  open:expect { target = target }
  local ready
  ready, err = prepare(self, shop, options)
  if ready then return self end
  self:close()
  return nil, err
end

local IDLE = 60  -- seconds

-- From here on SIGINT and SIGTERM end the watch, not the program, where nobody else handles them.
local function note_signals(self)
  local ok, system = pcall(require, "gumroad.system")
  self.signals = ok and system.signals() or nil
  if self.signals then core.engine():watch(self.signals:fd()) end
end

local function obey_signals(self)
  if not self.signals then return end
  core.engine():unwatch(self.signals:fd())
  self.signals:close()
end

local function serve(self, on_ready)
  if on_ready then on_ready(self) end
  while not (self.stopped or is_interrupted(self)) do self:step(IDLE) end
end

--- Watches until a handler calls watcher:stop() or watcher:close(), or until Ctrl-C or SIGTERM; then the current
-- handler finishes first.
-- @param shop    from gumroad.new
-- @param options table:
--   url        address to which Gumroad sends pings: public, and hard to guess, because pings are not
--              signed; a ping must have its path and query. Port 0 stands for the port that
--              the program listens on, as in "http://127.0.0.1:0/hook", for tests at home
--   secret     optional text to add to the URL's query
--   sale, refund, ...  handlers by event, see gumroad.api.events: function(data, event, watcher), with data
--              and event from gumroad.webhook.parse
--   address, port  where to listen (default: 127.0.0.1 and 8080); port 0 for any free one
--   path       the URL's path as it arrives here, if a proxy in front changes it; not needed for what proxies do by
--              themselves, such as decoding %7E
--   max_connections  open connections (default: 1024, or fewer if the process may not have that many descriptors);
--              more clients wait
--   max_memory bytes of memory for the bodies of pings that are arriving or not yet handled (default: 67108864); more
--              pings wait
--   seller_id  id of the seller whose pings are accepted (default: the owner of the token)
--   subscribe  false if the webhooks exist already
--   on_ready   function(watcher), called when everything is set up
--   on_error   function(error, event), called for refused requests and for handlers that raised
--              (default: prints a line to stderr)
-- @return true | nil, error
function watch.run(shop, options)
  local watcher, err = watch.new(shop, options)
  if not watcher then return nil, err end
  note_signals(watcher)
  local ok, raised = pcall(serve, watcher, options.on_ready)
  local interrupted = is_interrupted(watcher)
  watcher:close()
  obey_signals(watcher)
  if not ok and not interrupted then error(raised, 0) end
  return true
end

return watch
