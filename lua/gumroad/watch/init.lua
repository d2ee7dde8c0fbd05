--- Watches a shop: creates webhooks, receives pings and calls handlers.
--
-- Gumroad waits 5 seconds for the response to a ping. If a handler raises, the response is 503, and Gumroad sends the
-- ping again after 1, 3 and 10 minutes; after that the event is lost. A handler that takes longer than 5 seconds is
-- called again for the same event, which has the same `event.key`.
local core = require "gumroad.core"
local delivery = require "gumroad.api.delivery"
local dispatch = require "gumroad.watch.dispatch"
local events = require "gumroad.api.events"
local address = require "gumroad.webhook.address"
local printable = require("gumroad.base.text").printable
local random = require "gumroad.base.random"
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
  subscribe = { "boolean" }, test = { "boolean" },
  on_ready = { "function" }, on_error = { "function" }, on_note = { "function" },
})

local AUTO, SECRET_BYTES, SHORTEST_SECRET = "auto", 16, 8

-- Returns the handlers among the options.
local function handlers_of(options)
  local handlers = {}
  for name in pairs(HANDLERS) do handlers[name] = options[name] end
  if next(handlers) == nil then Error.usage("watch: a handler is missing, such as sale = function(sale) ... end") end
  return handlers
end

-- Returns the URL to which Gumroad is to send pings, including the secret.
-- @param secret the secret, or "" for what comes before it
local function public_url(options, port, secret)
  local text = options.url
  local parts = url.parse(text)
  if parts and parts.port == 0 then text = url.with_port(text, port) end
  if not secret then return text end
  return text .. (text:find("?", 1, true) and "&" or "?") .. "secret=" .. core.percent_encode(secret)
end

--- Returns the URL for Gumroad's subscriptions, and the path and query that a ping must have. Both include the secret.
-- @param options url, secret and path, see run
-- @param port the port that replaces port 0 in the URL
function watch.addresses(options, port)
  local text = public_url(options, port, options.secret)
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

-- Raises a mistake of a handler at its own line: watcher.stop() instead of watcher:stop().
local function check_self(self, name)
  if getmetatable(self) ~= Watcher then Error.usage("watcher.%s: called with a dot; write watcher:%s()", name, name) end
end

local function handle(self, event)
  if event.test and not self.takes_tests then
    self.tests = self.tests + 1
    return TAKEN
  end
  local done, err = dispatch(self.handlers, event, self)
  local interrupted = is_interrupted(self)
  if interrupted then self:stop() end
  if done then return TAKEN end
  if not (interrupted and Error.is_interrupt(err)) then self.on_error(err, event) end
  return delivery.RETRY
end

--- Handles the pings that have arrived; if there are none, waits for one, at most that many seconds.
function Watcher:step(seconds)
  check_self(self, "step")
  self.receiver:step(seconds)
end

--- Ends run() after the current request.
function Watcher:stop()
  check_self(self, "stop")
  self.stopped = true
  self.receiver:stop()
end

--- Stops listening, and ends run() after the current request. Pings that have arrived get 503, so that Gumroad sends
-- them again. The webhooks stay.
function Watcher:close()
  check_self(self, "close")
  self.stopped = true
  self.receiver:close()
end

-- Prints a line, and the traceback if a handler raised something other than a gumroad.Error.
local function log_error(err, event)
  io.stderr:write("gumroad: ", event and printable(event.key, MOST_OF_KEY) .. ": " or "", tostring(err), "\n")
  if err.traceback then io.stderr:write(err.traceback, "\n") end
end

local function log_note(text)
  io.stderr:write("gumroad: ", text, "\n")
end

-- Returns the id of the seller whose pings are expected | nil, error
local function expected_seller(shop, options)
  if options.seller_id then return options.seller_id end
  local user, err = shop.user:get()
  if not user then return nil, err end
  if type(user.user_id) == "string" then return user.user_id end
  return nil, Error.new("decode", "the server does not say which seller the token belongs to: pass seller_id")
end

-- The addresses of subscriptions, each once, as they may be shown.
local function shown_addresses(list)
  local seen, shown = {}, {}
  for _, subscription in ipairs(list) do
    local text = subscription.post_url
    if not seen[text] then
      seen[text], shown[#shown + 1] = true, url.shown(text)
    end
  end
  return table.concat(shown, ", ")
end

local OTHERS = "the same events go to %s as well; if that is an old address of this program, end its webhooks with "
  .. "shop:ensure_webhooks { remove = URL } (watcher.others has the URLs)"

-- Creates a webhook for each event that has a handler.
local function subscribe(self, shop)
  local wanted = {}
  for name in pairs(self.handlers) do wanted[name] = self.url end
  local result, err = subscriptions.ensure(shop, wanted)
  if not result then return nil, err end
  self.others = result.others or {}
  if self.is_public and #self.others > 0 then self.on_note(OTHERS:format(shown_addresses(self.others))) end
  return true
end

-- Finds the secret that an earlier watch of the same address made, or makes one. Gumroad keeps it, with its webhooks.
-- @return secret | nil, error
local function auto_secret(self, shop, options)
  local names = tables.sorted_keys(self.handlers)
  local secret, err = subscriptions.find_secret(shop, names, public_url(options, self.port, ""))
  if secret or err then return secret, err end
  if options.subscribe == false then
    return nil, Error.new("config", "secret = \"auto\": there is no webhook for this address yet that has a secret; "
      .. "leave out subscribe = false")
  end
  secret = random.hex(SECRET_BYTES)
  if secret then return secret end
  return nil, Error.new("config", "secret = \"auto\": this system has no /dev/urandom; pass a secret")
end

local GUESSABLE = "the url can be guessed, and pings are not signed: anybody can send events to it; put something "
  .. "unguessable into it, or pass secret = \"auto\""

-- Decides which address pings have, and tells the receiver.
-- @return true | nil, error
local function set_address(self, shop, options)
  local own = tables.copy(options)
  if options.secret == AUTO then
    local err
    own.secret, err = auto_secret(self, shop, options)
    if not own.secret then return nil, err end
  end
  local target
  self.url, target = watch.addresses(own, self.port)
  self.receiver:expect { target = target }
  self.is_public = not address.is_private(url.host(self.url))
  local is_safe = own.secret and #own.secret >= SHORTEST_SECRET or not address.is_guessable(self.url)
  if self.is_public and not is_safe then self.on_note(GUESSABLE) end
  return true
end

-- Asks Gumroad for the seller's id and creates the webhooks -> true | nil, error
local function prepare(self, shop, options)
  local done, err = set_address(self, shop, options)
  if not done then return nil, err end
  local seller_id
  seller_id, err = expected_seller(shop, options)
  if not seller_id then return nil, err end
  self.receiver:expect { seller_id = seller_id }
  if options.subscribe == false then return true end
  return subscribe(self, shop)
end

--- Begins to listen and creates the missing webhooks.
-- @param shop    from gumroad.new
-- @param options see run
-- @return Watcher with step(seconds), stop(), close(), url, port, tests (how many test pings were not handed over) and
--   others (webhooks of the same events to other addresses) | nil, error
function watch.new(shop, options)
  options = Options.check("watch", KNOWN, options)
  local self = setmetatable({ handlers = handlers_of(options), on_error = options.on_error or log_error,
    on_note = options.on_note or log_note, takes_tests = options.test, tests = 0, others = {} }, Watcher)
  subscriptions.check_url(shop, "watch: url", public_url(options, 0, options.secret), options.subscribe == false)
  local open, err = receiver.new { address = options.address, port = options.port,
    max_connections = options.max_connections, max_memory = options.max_memory,
    on_event = function(event) return handle(self, event) end, on_refused = self.on_error }
  if not open then return nil, err end
  self.receiver, self.port = open, open.port
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
  if not on_ready then
    self.on_note(("listening on port %d for pings to %s"):format(self.port, url.shown(self.url)))
  end
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
--   secret     optional text to add to the URL's query; "auto" makes one that nobody guesses, and finds it again at
--              Gumroad the next time
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
--   test       true: handlers also get the seller's own test purchases and test pings, which are otherwise only
--              counted (watcher.tests)
--   on_ready   function(watcher), called when everything is set up
--   on_error   function(error, event), called for refused requests and for handlers that raised
--              (default: prints a line to stderr)
--   on_note    function(text), called with what you should know: where the program listens, unless there is on_ready;
--              that a public url can be guessed, or that an old address still gets the events (default: prints a line
--              to stderr)
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
