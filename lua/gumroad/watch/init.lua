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

local function handle(self, event)
  local done, err = dispatch(self.handlers, event, self)
  if done then return TAKEN end
  self.on_error(err, event)
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

--- Stops listening. The webhooks stay.
function Watcher:close()
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
-- @param shop    from gumroad.new
-- @param options table:
--   url        address to which Gumroad sends pings: public, and hard to guess, because pings are not
--              signed; a ping must have exactly its path and query. Port 0 stands for the port that
--              the program listens on, as in "http://127.0.0.1:0/hook", for tests at home
--   secret     optional text to add to the URL's query
--   sale, refund, ...  handlers by event, see gumroad.api.events: function(data, event, watcher), with data
--              and event from gumroad.webhook.parse
--   address, port  where to listen (default: 127.0.0.1 and 8080); port 0 for any free one
--   path       the URL's path as it arrives here, if a proxy in front changes it
--   seller_id  id of the seller whose pings are accepted (default: the owner of the token)
--   subscribe  false if the webhooks exist already
--   on_ready   function(watcher), called when everything is set up
--   on_error   function(error, event), called for refused requests and for handlers that raised
--              (default: prints a line to stderr)
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
