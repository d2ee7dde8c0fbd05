--- gumroad: script a Gumroad shop.
--
--     local gumroad = require "gumroad"
--     local shop = gumroad.new()            -- the token: GUMROAD_ACCESS_TOKEN
--     for sale in shop.sales:each { after = "2026-01-01" } do
--       print(sale.created_at, sale.email, sale.price)
--     end
local api = require "gumroad.api"
local loop = require "gumroad.loop"
local params = require "gumroad.resources.params"
local resources = require "gumroad.resources"
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

local Shop = {}
local meta = {}
local clients = setmetatable({}, { __mode = "k" })  -- shop -> client, out of sight of who prints a shop

local function names_of_fields()
  local names = {}
  for name in pairs(Shop) do names[name] = true end
  for name in pairs(api) do names[name] = true end
  return names
end

-- As in resources.lua, a misspelt name raises, and one that is far from all of them is nil.
function meta.__index(shop, name)
  local value = Shop[name] or resources.get(clients[shop], name)
  if value == nil then Error.misspelt("shop.", name, names_of_fields()) end
  rawset(shop, name, value)
  return value
end

function meta.__tostring(shop)
  return (tostring(clients[shop]):gsub("^gumroad%.Client", "gumroad.Shop"))
end

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
  if options ~= nil and type(options) ~= "table" then
    Error.usage("gumroad.new: table expected, got %s", type(options))
  end
  local shop = setmetatable({}, meta)
  clients[shop] = Client.new(options)
  return shop
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
  if (os.getenv("GUMROAD_ACCESS_TOKEN") or "") ~= "" then return gumroad.new(options) end
  local all, err = gumroad.connections.options(name, options)
  if not all then error(err, 0) end
  return gumroad.new(all)
end

local function check_all(functions, options)
  if type(functions) ~= "table" then Error.usage("all: an array of functions expected, got %s", type(functions)) end
  for i, run in pairs(functions) do
    if type(run) ~= "function" then Error.usage("all: [%s]: function expected, got %s", tostring(i), type(run)) end
    if type(i) ~= "number" or (i ~= 1 and functions[i - 1] == nil) then
      Error.usage("all: an array of functions expected, but [%s] stands behind a gap", tostring(i))
    end
  end
  if type(options) ~= "table" then Error.usage("all: options: table expected, got %s", type(options)) end
  for name, value in pairs(options) do
    if name ~= "sleep" then Error.usage("all: unknown option '%s' (known: sleep)", tostring(name)) end
    if type(value) ~= "function" then Error.usage("all: sleep: function expected, got %s", type(value)) end
  end
end

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
  check_all(functions, options or {})
  local own = options and options.sleep and loop.cooperative(options.sleep)
  local waiting, err = loop.current(own)
  if not waiting then error(err, 0) end
  return waiting.all(functions)
end

-- shop.watch { ... }, with a dot, passes no shop.
local function check_self(shop, name)
  if not clients[shop] then Error.usage("%s: called with a dot; write shop:%s(...)", name, name) end
end

local REQUEST_FIELDS = { method = "string", url = "string", query = "table", headers = "table", body = true }

local function check_request(request)
  for name, value in pairs(request) do
    local want = REQUEST_FIELDS[name]
    if not want then Error.usage("request: unknown field '%s'%s", tostring(name), Error.hint(name, REQUEST_FIELDS)) end
    if want ~= true and type(value) ~= want then
      Error.usage("request: %s: %s expected, got %s", name, want, type(value))
    end
  end
  if not request.url then Error.usage("request: url is missing, such as \"/v2/user\"") end
  if request.body ~= nil and type(request.body) ~= "table" and type(request.body) ~= "string" then
    Error.usage("request: body: string or table expected, got %s", type(request.body))
  end
end

local function write_body(request, out)
  if type(request.body) == "string" then
    out.body = request.body
  elseif request.body then
    out.body, out.content_type = params.form("request: body", request.body), "application/x-www-form-urlencoded"
  end
end

--- Any call of Gumroad's API.
--
--     shop:request { method = "GET", url = "/v2/user", query = {}, headers = {}, body = nil }
-- @param request method (default GET), url (a path, beginning with "/"), query and headers
--   (tables), body: a table is sent as a form, a string as it is (say what it is in headers)
-- @param options those of a call: timeout, retries, ...
-- @return table the whole decoded answer, `success` included | nil, error
function Shop:request(request, options)
  check_self(self, "request")
  if type(request) ~= "table" then Error.usage("request: table expected, got %s", type(request)) end
  check_request(request)
  local call_options = Client.check_call_options("request", options)
  call_options.headers = request.headers or call_options.headers
  local method = (request.method or "GET"):upper()
  local out = { method = method, path = request.url, options = call_options,
    repeatable = method == "GET" or method == "HEAD" }
  if request.query and next(request.query) ~= nil then
    out.path = out.path .. (out.path:find("?", 1, true) and "&" or "?") .. params.form("request: query", request.query)
  end
  write_body(request, out)
  return clients[self]:call(out)
end

--- Makes the webhooks that are missing, and no other; safe to repeat.
--     shop:ensure_webhooks { sale = "https://hooks.example.com/gumroad/7f3d0c5b9a" }
-- @param wanted  table, as of gumroad.hooks.ensure
-- @param options those of a call
-- @return table | nil, error, table or nil: what was done all the same
function Shop:ensure_webhooks(wanted, options)
  check_self(self, "ensure_webhooks")
  return require("gumroad.webhook.subscriptions").ensure(self, wanted, options)
end

--- Webhooks: receives Gumroad's pings and calls a handler for each.
-- @param options those of gumroad.watch.run
-- @return true | nil, error
function Shop:watch(options)
  check_self(self, "watch")
  return require("gumroad.watch").run(self, options)
end

return gumroad --[[@as gumroad]]
