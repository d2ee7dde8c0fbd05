--- gumroad: script a Gumroad shop.
--
--     local gumroad = require "gumroad"
--     local shop = gumroad.new()            -- reads the token from GUMROAD_ACCESS_TOKEN
--     for sale in shop.sales:each { after = "2026-01-01" } do
--       print(sale.created_at, sale.email, sale.price)
--     end
require("gumroad.base.c_modules").load_core()
local env = require "gumroad.base.env"
local loop = require "gumroad.loop"
local check_options = require("gumroad.base.options").check
local shops = require "gumroad.shop"
local Error = require "gumroad.base.error"

local gumroad = { _VERSION = require "gumroad.version" }

-- Parts that not every script needs are loaded when they are first used.
local LAZY = { connections = "gumroad.connections", http = "gumroad.client.http", oauth = "gumroad.oauth",
  sale = "gumroad.sale", webhook = "gumroad.webhook" }
setmetatable(gumroad, {
  __index = function(self, name)
    local part = LAZY[name] and require(LAZY[name])
    rawset(self, name, part)
    return part
  end,
})

--- Makes a shop from an access token. Sends no request.
-- @param options table, all optional:
--   access_token     the token (default: GUMROAD_ACCESS_TOKEN); false for none, which is enough for
--                    licenses.check and licenses.verify, in programs that people have
--   connection       { name, scope }: the connection that the token comes from, for advice in errors;
--                    gumroad.connect sets it
--   base_url         address of the API (default: GUMROAD_API_BASE_URL, or https://api.gumroad.com)
--   allow_http       true lets the token go over http to another machine, where others on the way can read it
--                    (default: whether GUMROAD_ALLOW_HTTP is "1"); to this machine it always may
--   timeout          seconds for one attempt (default: 30); during an upload, seconds without any progress
--   connect_timeout  seconds for connecting, of each attempt (default: 10)
--   retries          attempts after the first, made only if repeating does no harm (default: 2)
--   max_size         bytes of a response after decompression (default: 10 MiB)
--   max_values       objects, arrays, texts and other values in a response (default: 500,000)
--   headers          table of additional request headers
--   deadline         seconds for a whole call, with its repeats, its waits and all its requests (default: none);
--                    iterators have it for each page
--   cancel           what gumroad.canceller() returned; cancelling it ends the calls
--   pace             whether Gumroad's rate limits are kept before sending, for all shops of the process together
--                    (default: only at Gumroad's own address)
--   sleep            function(seconds) of a cooperative scheduler, such as copas.sleep
--   on_request       function { method, url, headers, body, attempt }, called before each attempt; the
--                    headers do not include the token
--   on_response      function { method, url, status, headers, body, seconds, attempt, error }, called after
--                    each attempt; body is as received
-- @return shop, with a field for each resource of Gumroad's API (shop.sales:list(), ...). A misspelled
--   resource or method raises; a name that resembles none is nil
-- Raises a gumroad.Error of kind config if there is no token. An unknown option is an error.
function gumroad.new(options)
  return shops.new(options)
end

--- Makes a shop from a stored connection: one made with `gumroad-lua login NAME`, or by gumroad.oauth and
-- gumroad.connections. Sends no request. If GUMROAD_ACCESS_TOKEN is set, its token is used instead, so that
-- the same script runs on a server without stored connections.
-- @param name    optional; default: the only connection, or the one marked as default
-- @param options optional, those of gumroad.new, without access_token
-- Raises a gumroad.Error of kind config if there is no such connection, or if base_url or GUMROAD_API_BASE_URL
-- names another server than the connection's, as its token is never sent elsewhere.
function gumroad.connect(name, options)
  if options ~= nil and type(options) ~= "table" then
    Error.usage("gumroad.connect: table expected, got %s", type(options))
  end
  if options and options.access_token ~= nil then
    Error.usage("gumroad.connect: access_token comes from the connection; to use another token, call gumroad.new")
  end
  if env.get "GUMROAD_ACCESS_TOKEN" then return gumroad.new(options) end
  local all, err = gumroad.connections.options(name, options)
  if not all then error(err, 0) end
  return gumroad.new(all)
end

local function check_functions(functions)
  if type(functions) ~= "table" then Error.usage("all: an array of functions expected, got %s", type(functions)) end
  for i, run in pairs(functions) do
    if type(run) ~= "function" then Error.usage("all: [%s]: function expected, got %s", tostring(i), type(run)) end
    if type(i) ~= "number" or (i ~= 1 and functions[i - 1] == nil) then
      Error.usage("all: an array of functions expected, but [%s] comes after a gap", tostring(i))
    end
  end
end

local OPTIONS_OF_ALL = { sleep = { "function" } }

--- Runs functions side by side: while one waits for Gumroad, the others go on.
--
--     local values, errors = gumroad.all {
--       function() return shop.products:list() end,
--       function() return shop.sales:list() end,
--     }
-- @param functions array of functions
-- @param options   optional: { sleep = function } under a cooperative scheduler
-- @return table, table the first result of each function, and its error: its second result if the first is nil or
--   false, or the gumroad.Error that it raised.
--   Each has the index of its function. Anything else that a function raises is raised again.
function gumroad.all(functions, options)
  check_functions(functions)
  if options ~= nil and type(options) ~= "table" then
    Error.usage("all: options: table expected, got %s", type(options))
  end
  local sleep = check_options("all", OPTIONS_OF_ALL, options).sleep
  local own = sleep and loop.cooperative(sleep)
  local waiting, err = loop.current(own)
  if not waiting then error(err, 0) end
  return waiting.all(functions)
end

--- Makes a handle that cancels calls: those that have it as their option `cancel`, those of a shop that was made with
-- it, and requests of gumroad.http.
--
--     local canceller = gumroad.canceller()
--     gumroad.all {
--       function() return shop.sales:list({ limit = 1000 }, { cancel = canceller }) end,
--       function() wait_for_a_key() canceller:cancel() end,
--     }
-- @return table: cancel() ends the calls that are under way and all later ones, with an error of kind cancelled, or
--   outcome_unknown if a change was sent already; `cancelled` says whether it was called
function gumroad.canceller()
  return loop.canceller()
end

--- Masks what on_request and on_response are given, so that it can be logged. Buyers, license keys and all fields
-- that are not known become "***"; a body that is neither JSON nor a form becomes its length.
-- @param shown table with any of method, url, status, headers, body, seconds, attempt and error
-- @return table a copy that can also be written as JSON: an error in it is a table of plain fields
function gumroad.masked(shown)
  return require("gumroad.client.mask")(shown)
end

-- Methods of a shop from higher rooms, loaded when they are first used ------------------------

local Shop = shops.methods

--- Creates the webhooks that are missing. Safe to repeat.
--     shop:ensure_webhooks { sale = "https://hooks.example.com/gumroad/7f3d0c5b9a" }
-- @param wanted  table from event to URL, see gumroad.webhook.subscriptions
-- @param options optional, of the calls: timeout, retries, ...
-- @return table | nil, error, and a table of what was done before the error, or nil
function Shop:ensure_webhooks(wanted, options)
  shops.check_self(self, "ensure_webhooks")
  return require("gumroad.webhook.subscriptions").ensure(self, wanted, options)
end

--- Creates webhooks, receives Gumroad's pings and calls a handler for each.
-- @param options see gumroad.watch
-- @return true | nil, error
function Shop:watch(options)
  shops.check_self(self, "watch")
  return require("gumroad.watch").run(self, options)
end

return gumroad --[[@as gumroad]]
