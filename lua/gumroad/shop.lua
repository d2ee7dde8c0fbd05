--- A shop: a client, with each resource of Gumroad's API as a field. Higher rooms add methods (see gumroad) and
-- use the functions below.
-- @submodule gumroad
local api = require "gumroad.api"
local params = require "gumroad.resources.params"
local resources = require "gumroad.resources"
local check_options = require("gumroad.base.options").check
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local Shop = {}
local meta = {}
local clients = setmetatable({}, { __mode = "k" })  -- shop -> client; not in the shop, where printing it would show it

local shops = { methods = Shop }

local function known_names()
  local names = {}
  for name in pairs(Shop) do names[name] = true end
  for name in pairs(api) do names[name] = true end
  return names
end

-- As with resources, a misspelled name raises, and a name that resembles none is nil.
function meta.__index(shop, name)
  local value = Shop[name] or resources.get(clients[shop], name)
  if value == nil then Error.check_spelling("shop.", name, known_names()) end
  rawset(shop, name, value)
  return value
end

function meta.__tostring(shop)
  return (tostring(clients[shop]):gsub("^gumroad%.Client", "gumroad.Shop"))
end

--- Makes a shop.
-- @param options see gumroad.new
-- @local
function shops.new(options)
  local shop = setmetatable({}, meta)
  clients[shop] = Client.new(options)
  return shop
end

--- Returns the address of a shop's API, without the version.
-- @local
function shops.base_url(shop)
  return clients[shop].base_url
end

--- Tells whether a shop has an access token.
-- @local
function shops.has_token(shop)
  return clients[shop].secret and true or false
end

--- Returns the loop for a call that a shop makes here and now.
-- @return loop | nil, error: see gumroad.loop
-- @local
function shops.loop(shop)
  return clients[shop]:current_loop()
end

--- Raises if a method was called without a shop, as shop.watch { ... }, with a dot, does.
-- @local
function shops.check_self(shop, name)
  if not clients[shop] then Error.usage("%s: called with a dot; write shop:%s(...)", name, name) end
end

-- Any call ------------------------------------------------------------------------------------

local REQUEST = {
  method = { "string" }, url = { "string", required = ", such as \"/v2/user\"" }, query = { "table" },
  headers = { "table" }, body = { { "string", "table" } },
}

--- Makes any call of Gumroad's API.
--
--     shop:request { method = "GET", url = "/v2/user", query = {}, headers = {}, body = nil }
-- @param request table: url (a path that begins with "/"), method (default: GET), query and headers (tables),
--   body (a table is sent as a form; a string as it is, with the Content-Type from headers)
-- @param options optional, of this call: timeout, retries, ...
-- @return table the whole decoded response, including `success` | nil, error
function Shop:request(request, options)
  shops.check_self(self, "request")
  request = check_options("request", REQUEST, request, { noun = "field" })
  local call_options = Client.check_call_options("request", options)
  call_options.headers = request.headers or call_options.headers
  local method = (request.method or "GET"):upper()
  local out = { method = method, path = request.url, options = call_options,
    repeatable = method == "GET" or method == "HEAD" }
  if request.query and next(request.query) ~= nil then
    out.path = out.path .. (out.path:find("?", 1, true) and "&" or "?") .. params.form("request: query", request.query)
  end
  if type(request.body) == "table" then params.write_form("request: body", request.body, out)
  else out.body = request.body end
  return clients[self]:call(out)
end

return shops
