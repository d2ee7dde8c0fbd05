--- gumroad: script a Gumroad shop.
--
--     local gumroad = require "gumroad"
--     local shop = gumroad.new()            -- the token: GUMROAD_ACCESS_TOKEN
--     for sale in shop.sales:each { after = "2026-01-01" } do
--       print(sale.created_at, sale.email, sale.price)
--     end
local env = require "gumroad.base.env"
local loop = require "gumroad.loop"
local check_options = require("gumroad.base.options").check
local shops = require "gumroad.shop"
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local gumroad = { _VERSION = Client.VERSION }

-- Parts that not every script needs are loaded when they are first used.
local LAZY = { connections = "gumroad.connections", oauth = "gumroad.oauth", webhook = "gumroad.webhook" }
setmetatable(gumroad, {
  __index = function(self, name)
    local part = LAZY[name] and require(LAZY[name])
    rawset(self, name, part)
    return part
  end,
})

--- A shop, by its access token. Makes no request.
-- @param options table, all optional:
--   access_token     default: the variable GUMROAD_ACCESS_TOKEN; false: none, for the
--                    operations that need none (licenses.check and verify), in programs that users have
--   connection       { name, scope } of which the access token is, for what errors advise; gumroad.connect sets it
--   base_url         default: GUMROAD_API_BASE_URL, else https://api.gumroad.com
--   timeout          seconds for an attempt, 30; for a file that is uploaded: in which nothing moves
--   connect_timeout  seconds for its connection, 10
--   retries          attempts after the first, 2; only where repeating does no harm
--   max_size         bytes of an answer after decompression, 10 MiB
--   headers          table of more request headers
--   sleep            function(seconds) of a cooperative scheduler, such as copas.sleep
--   on_request       function { method, url, headers, body, attempt }, before each attempt; the
--                    token is not among the headers
--   on_response      function { method, url, status, headers, body, seconds, attempt, error }; body: as it came
-- @return shop, with a field for each resource of Gumroad's API (shop.sales:list(), ...). A misspelt
--   one raises, as does a misspelt method; any other name that is none of ours is nil
-- Raises a gumroad.Error of kind config where there is no token; an unknown option is an error.
function gumroad.new(options)
  return shops.new(options)
end

--- A shop, by the name of a connection that was made with `gumroad-lua login NAME`, or by
-- gumroad.oauth and gumroad.connections. Makes no request. Where GUMROAD_ACCESS_TOKEN is set,
-- its token is used, and no connection looked for: so a script runs on a server as it is.
-- @param name    optional; default: the only connection, or the one marked as default
-- @param options optional, those of gumroad.new; access_token is the connection's
-- Raises a gumroad.Error of kind config where there is no such connection, and where base_url or
-- GUMROAD_API_BASE_URL is of another server than the connection: its token goes to its own alone.
function gumroad.connect(name, options)
  if options ~= nil and type(options) ~= "table" then
    Error.usage("gumroad.connect: table expected, got %s", type(options))
  end
  if options and options.access_token ~= nil then Error.usage("gumroad.connect: access_token is the connection's") end
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
      Error.usage("all: an array of functions expected, but [%s] stands behind a gap", tostring(i))
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
-- @param functions array
-- @param options   { sleep = function } under a cooperative scheduler
-- @return table, table what each function returned first, and what second or raised as a
--   gumroad.Error, each at the function's own place. Any other raise is raised again.
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

-- What a shop can do that lies above gumroad.shop, loaded when it is first used ---------------

local Shop = shops.methods

--- Makes the webhooks that are missing, and no other; safe to repeat.
--     shop:ensure_webhooks { sale = "https://hooks.example.com/gumroad/7f3d0c5b9a" }
-- @param wanted  table, as of gumroad.webhook.subscriptions
-- @param options those of a call
-- @return table | nil, error, table or nil: what was done all the same
function Shop:ensure_webhooks(wanted, options)
  shops.check_self(self, "ensure_webhooks")
  return require("gumroad.webhook.subscriptions").ensure(self, wanted, options)
end

--- Webhooks: receives Gumroad's pings and calls a handler for each.
-- @param options those of gumroad.watch.run
-- @return true | nil, error
function Shop:watch(options)
  shops.check_self(self, "watch")
  return require("gumroad.watch").run(self, options)
end

return gumroad --[[@as gumroad]]
