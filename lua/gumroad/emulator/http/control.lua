--- The emulator's own requests, under /_emulator/: what a test does behind the API's back. Each takes a
-- JSON object and gives one; the handle's methods send them.
local access = require "gumroad.emulator.http.access"
local base_json = require "gumroad.base.json"
local catalog = require "gumroad.emulator.shop.catalog"
local events = require "gumroad.emulator.shop.events"
local facts = require "gumroad.api.events"
local json = require "gumroad.emulator.http.json"
local licenses = require "gumroad.emulator.shop.licenses"
local sale_view = require "gumroad.emulator.views.sale"
local sales = require "gumroad.emulator.shop.sales"
local subscriber_view = require "gumroad.emulator.views.subscriber"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local PREFIX = "/_emulator/"

local control = {}

-- Each is function(server, params) and returns an object; or a function that is asked again until it has
-- one; or nil and a message.
local ACTIONS = {}

-- Actions on a sale or a subscription, which is then shown: act(shop, sale, params), which may return nil
-- and a message.

local function on_sale(act)
  return function(server, params)
    local shop = server.shop
    local sale = sales.find(shop, params.sale_id or "")
    if not sale then return nil, "no such sale" end
    local done, message = act(shop, sale, params)
    if not done then return nil, message end
    return sale_view(shop, sale)
  end
end

local function on_subscription(act)
  return function(server, params)
    local shop = server.shop
    local subscription = subscriptions.find(shop, params.subscriber_id or "")
    if not subscription then return nil, "no such subscriber" end
    act(shop, subscription, params)
    return subscriber_view(shop, subscription)
  end
end

function ACTIONS.sell(server, params)
  local sale, message = events.sell(server.shop, params)
  if not sale then return nil, message end
  return sale_view(server.shop, sale)
end

for name, make in pairs(events.makers) do
  ACTIONS[name] = (facts.named[name].object == facts.SALE and on_sale or on_subscription)(make)
end

--- Sends the ping of a sale once more, as a seller can by hand.
ACTIONS.resend = on_sale(function(shop, sale)
  shop.emit("sale", sale)
  return true
end)

--- A customer from elsewhere, with a license and without a sale.
function ACTIONS.import_customer(server, params)
  local product = catalog.find(server.shop, params.product_id or "")
  if not product then return nil, "no such product" end
  local _, license = licenses.import_customer(server.shop, product, params.email or "imported@example.com")
  return json.dict("product_id", product.id, "license_key", license.key)
end

function ACTIONS.fault(server, params)
  local added, message = server.faults:add(params)
  if not added then return nil, message end
  return json.dict()
end

function ACTIONS.clear_faults(server)
  server.faults:clear()
  return json.dict()
end

function ACTIONS.settings_ping_url(server, params)
  server.pings:set_settings_url(params.url)
  return json.dict()
end

function ACTIONS.test_ping(server, params)
  server.pings:test(params.url)
  return json.dict()
end

--- Makes a token good, for the main application or another one.
function ACTIONS.grant(server, params)
  access.grant(server.shop, params.token, params.scopes, params.application or "main")
  return json.dict()
end

--- Revokes a token, as a user can in the settings.
function ACTIONS.revoke(server, params)
  local token = server.shop.tokens[params.token]
  if not token then return nil, "no such token" end
  token.revoked = true
  return json.dict()
end

--- Moves the clock on.
function ACTIONS.advance(server, params)
  server.shop.advanced = server.shop.advanced + params.seconds
  return json.dict()
end

--- Revokes an application, as a user can in the settings.
function ACTIONS.revoke_application(server, params)
  if not server.grants.applications[params.client_id] then return nil, "no such application" end
  access.revoke_application(server.shop, params.client_id)
  server.grants:revoke_application(params.client_id)
  return json.dict()
end

--- The user types a device's code, and agrees or not.
function ACTIONS.decide(server, params)
  local device = server.grants:waiting_device(params.user_code)
  if not device then return nil, "no device waits with that code" end
  device.decision = params.approve and "approved" or "denied"
  return json.dict()
end

function ACTIONS.stats(server)
  local stats = server.stats
  return json.dict("requests", stats.requests, "in_flight", stats.in_flight,
    "max_in_flight", stats.max_in_flight, "connections", server.listener:connections(),
    "last_requests", stats.last_requests, "pings", server.pings.log,
    "pings_waiting", server.pings.waiting)
end

function ACTIONS.reset_stats(server)
  server.stats:reset()
  server.pings.log = {}
  return json.dict()
end

--- Has its response when no ping is on its way any more.
function ACTIONS.settle(server)
  return function()
    return server.pings.waiting == 0 and json.dict()
  end
end

function ACTIONS.stop(server)
  server.stopping = true
  return json.dict()
end

--- Whether a path is one of the emulator's own.
function control.is_for(path)
  return path:sub(1, #PREFIX) == PREFIX
end

local function params_of(body)
  if body == "" then return {} end
  local ok, value = pcall(base_json.decode, body)
  if ok and type(value) == "table" then return value end
end

--- Does what a request asks for.
-- @return an object, or a function that is to be asked until it gives one | nil, message
function control.act(server, raw)
  local act, params = ACTIONS[raw.path:sub(#PREFIX + 1)], params_of(raw.body)
  if not act then return nil, "no such operation" end
  if not params then return nil, "the body is not a JSON object" end
  local ok, value, message = pcall(act, server, params)
  if not ok then return nil, tostring(value) end
  return value, message
end

return control
