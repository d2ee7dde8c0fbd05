--- Control requests, under /_emulator/: what a test does to the shop without the API. Requests and responses are
-- JSON objects. The handle's methods send these requests.
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

-- Each action is function(server, params) and returns an object, a function that is called repeatedly until it
-- returns an object, or nil and a message.
local ACTIONS = {}

-- Actions on a sale or a subscription, which the response then shows: act(shop, sale, params), which may return
-- nil and a message.

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

for name, trigger in pairs(events.triggers) do
  ACTIONS[name] = (facts.named[name].object == facts.SALE and on_sale or on_subscription)(trigger)
end

--- Sends the ping of a sale again, as a seller can by hand.
ACTIONS.resend = on_sale(function(shop, sale)
  shop.emit("sale", sale)
  return true
end)

--- Imports a customer from another platform, who has a license but no sale.
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

--- Makes a token valid, for the main application or another one.
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

--- Advances the clock.
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

--- Approves or denies a device, as a user who types its code.
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

--- Responds when all pings have been delivered or given up.
function ACTIONS.settle(server)
  return function()
    return server.pings.waiting == 0 and json.dict()
  end
end

function ACTIONS.stop(server)
  server.stopping = true
  return json.dict()
end

--- Whether a path is that of a control request.
function control.is_for(path)
  return path:sub(1, #PREFIX) == PREFIX
end

local function params_of(body)
  if body == "" then return {} end
  local ok, value = pcall(base_json.decode, body)
  if ok and type(value) == "table" then return value end
end

--- Carries out a control request.
-- @return an object, or a function to call until it returns one | nil, message
function control.act(server, raw)
  local act, params = ACTIONS[raw.path:sub(#PREFIX + 1)], params_of(raw.body)
  if not act then return nil, "no such operation" end
  if not params then return nil, "the body is not a JSON object" end
  local ok, value, message = pcall(act, server, params)
  if not ok then return nil, tostring(value) end
  return value, message
end

return control
