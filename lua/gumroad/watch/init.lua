--- Watching a shop: makes the webhooks, receives the pings, calls the handlers.
--
-- Gumroad gives a receiver 5 seconds. A handler that raises is answered with 503, so that
-- Gumroad sends the ping again: after 1, 3 and 10 minutes, then never. A handler that takes
-- longer than 5 seconds is called again for the same event; `event.key` tells.
local core = require "gumroad.core"
local delivery = require "gumroad.api.delivery"
local dispatch = require "gumroad.watch.dispatch"
local events = require "gumroad.api.events"
local hooks = require "gumroad.webhook.subscriptions"
local printable = require("gumroad.base.text").printable
local receiver = require "gumroad.webhook.receiver"
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
  subscribe = { "boolean" }, on_ready = { "function" }, on_error = { "function" },
})

-- The handlers among checked options.
local function handlers_of(options)
  local handlers = {}
  for name in pairs(HANDLERS) do handlers[name] = options[name] end
  if next(handlers) == nil then Error.usage("watch: no handler is given, such as sale = function(sale) ... end") end
  return handlers
end

-- Where Gumroad is to send pings, the secret included.
local function public_url(options, port)
  local text = options.url
  local parts = url.parse(text)
  if parts and parts.port == 0 then text = url.with_port(text, port) end
  if not options.secret then return text end
  return text .. (text:find("?", 1, true) and "&" or "?") .. "secret=" .. core.percent_encode(options.secret)
end

--- The URL that Gumroad is told, and the part of it that a ping must bear: path and query,
-- the secret among them.
-- @param options url, secret and path of run
-- @param port the one that port 0 in the url stands for
function watch.addresses(options, port)
  local text = public_url(options, port)
  local parts = url.parse(text)
  parts.path = options.path or parts.path
  return text, url.target(parts)
end

local Watcher = {}
Watcher.__index = Watcher

local TAKEN = 200

local function handle(self, event)
  local done, err = dispatch(self.handlers, event, self)
  if done then return TAKEN end
  self.on_error(err, event)
  return delivery.RETRY
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

-- A line, and the places behind it where a handler raised something that is no error of ours.
local function log_error(err, event)
  io.stderr:write("gumroad: ", event and printable(event.key, MOST_OF_KEY) .. ": " or "", tostring(err), "\n")
  if err.traceback then io.stderr:write(err.traceback, "\n") end
end

-- Whose pings they must be | nil, error
local function expected_seller(shop, options)
  if options.seller_id then return options.seller_id end
  local user, err = shop.user:get()
  if not user then return nil, err end
  if type(user.user_id) == "string" then return user.user_id end
  return nil, Error.new("decode", "the server does not tell whose the token is: say so with seller_id")
end

-- One webhook for each event that has a handler.
local function subscribe(self, shop)
  local wanted = {}
  for name in pairs(self.handlers) do wanted[name] = self.url end
  return hooks.ensure(shop, wanted)
end

-- What Gumroad must know and say before pings come -> true | nil, error
local function prepare(self, shop, options)
  local seller_id, err = expected_seller(shop, options)
  if not seller_id then return nil, err end
  self.receiver:expect { seller_id = seller_id }
  if options.subscribe == false then return true end
  return subscribe(self, shop)
end

--- Begins to listen, and makes the missing subscriptions.
-- @param shop    of gumroad.new
-- @param options see run
-- @return Watcher with step(seconds), stop(), close(), url, port | nil, error
function watch.new(shop, options)
  options = Options.check("watch", KNOWN, options)
  local self = setmetatable({ handlers = handlers_of(options), on_error = options.on_error or log_error }, Watcher)
  hooks.check_url(shop, "watch: url", public_url(options, 0), options.subscribe == false)
  local open, err = receiver.new { address = options.address, port = options.port,
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

--- Watches until a handler calls watcher:stop().
-- @param shop    of gumroad.new
-- @param options table:
--   url        what Gumroad is told: public, and hard to guess, as pings are not signed; a ping
--              must bear its path and query exactly. Port 0 in it stands for the one that
--              is listened on: "http://127.0.0.1:0/hook" for tries at home
--   secret     optional: added to the url's query
--   sale, refund, ...  (the names in gumroad.api.events)
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
