--- A shop: a client, with each resource of Gumroad's API as a field. Higher rooms add methods (see gumroad) and
-- use the functions below.
-- @submodule gumroad
local api = require "gumroad.api"
local resources = require "gumroad.resources"
local check_options = require("gumroad.base.options").check
local urls = require "gumroad.base.url"
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

--- Checks the options of one call; see gumroad.client.
-- @local
function shops.call_options(shop, where, options)
  return clients[shop]:call_options(where, options)
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
  headers = { "table" }, json = {}, form = { "table" }, body = { { "string", "table" } },
}

--- Returns the path of a request, in any of the forms that people write; see gumroad.client.target.
-- @return path | nil if the text is a URL of another server
-- @local
function shops.path_of(shop, text)
  return Client.path_of(clients[shop].base_url, text)
end

local function foreign(shop, text)
  return nil, Error.new("config", ("the API is at %s (base_url), so nothing was sent to %s")
    :format(urls.shown(shops.base_url(shop)), urls.host(text) or "that URL"))
end

-- Returns the request for the client, and a table that gets status and headers of the response.
local function new_request(shop, path, given, options)
  local seen = {}
  options.headers = given.headers or options.headers
  if type(given.body) == "table" and given.form == nil then given.form, given.body = given.body, nil end
  local body, content_type = Client.body.read("request", given, options.headers or clients[shop].options.headers)
  local method = (given.method or "GET"):upper()
  return {
    method = method, path = Client.body.with_query("request", path, given.query),
    body = body, content_type = content_type, options = options, repeatable = method == "GET" or method == "HEAD",
    read = function(request, response, ...)
      seen.status, seen.headers = response.status, response.headers
      return Client.read(request, response, ...)
    end,
  }, seen
end

--- Makes any call of Gumroad's API.
--
--     local user, response = shop:request { url = "/v2/user" }
--     shop:request { method = "PUT", url = "/v2/products/" .. id, json = { name = "Ink" } }
-- @param request table:
--   url      "/v2/user"; "v2/user", "user" or a full URL of the API mean the same. No other server is ever asked
--   method   default: GET
--   query, headers  tables
--   json     a value to send as JSON; or form, a table to send as a form; or body, a text, whose Content-Type must
--            be among the headers, or a table, which is sent as a form
-- @param options optional, of this call: timeout, retries, ...
-- @return table the whole decoded response, including `success`; and { status, headers }, with the headers' names in
--   lower case | nil, error
function Shop:request(request, options)
  shops.check_self(self, "request")
  request = check_options("request", REQUEST, request, { noun = "field" })
  options = clients[self]:call_options("request", options)
  local path = shops.path_of(self, request.url)
  if not path then return foreign(self, request.url) end
  local prepared, seen = new_request(self, path, request, options)
  local body, err = clients[self]:call(prepared)
  if not body then return nil, err end
  return body, seen
end

return shops
