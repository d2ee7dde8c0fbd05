--- The emulator's own requests, under /_emulator/: what a test does behind the API's back.
-- Each takes a JSON object and answers one; the handle's methods call them.
local json = require "gumroad.emulator.http.json"
local views = require "gumroad.emulator.views"

local control = {}

local function dict(...)
  local out = json.dict()
  for i = 1, select("#", ...), 2 do json.put(out, (select(i, ...)), (select(i + 1, ...))) end
  return out
end

local function with_sale(act)
  return function(server, params)
    local sale = server.shop:find_sale(params.sale_id or "")
    if not sale then return nil, "no such sale" end
    local done, message = act(server, sale, params)
    if not done then return nil, message end
    return views.sale(server.shop, sale)
  end
end

local function with_subscription(act)
  return function(server, params)
    local subscription = server.shop:find_subscription(params.subscriber_id or "")
    if not subscription then return nil, "no such subscriber" end
    act(server.shop, subscription, params)
    return views.subscriber(server.shop, subscription)
  end
end

function control.sell(server, params)
  local sale, message = server.shop:sell(params)
  if not sale then return nil, message end
  return views.sale(server.shop, sale)
end

control.refund = with_sale(function(server, sale, params)
  return server.shop:refund(sale, params.amount_cents)
end)

control.dispute = with_sale(function(server, sale)
  server.shop:dispute(sale)
  return true
end)

control.dispute_won = with_sale(function(server, sale)
  server.shop:dispute(sale, true)
  return true
end)

--- Sends the ping of a sale once more, as a seller can by hand.
control.resend = with_sale(function(server, sale)
  server.shop.emit("sale", sale)
  return true
end)

local CANCELLERS = { buyer = true, seller = true, admin = true, payment_failures = true }

control.cancellation = with_subscription(function(shop, subscription, params)
  shop:cancel(subscription, CANCELLERS[params.by] and params.by)
end)

control.subscription_ended = with_subscription(function(shop, subscription, params)
  shop:finish(subscription, params.reason)
end)

control.subscription_restarted = with_subscription(function(shop, subscription)
  shop:restart(subscription)
end)

control.subscription_updated = with_subscription(function(shop, subscription, params)
  shop:change_plan(subscription, params.type == "downgrade")
end)

--- A customer from elsewhere, with a licence and without a sale.
function control.import_customer(server, params)
  local product = server.shop:find_product(params.product_id or "")
  if not product then return nil, "no such product" end
  local _, licence = server.shop:import_customer(product, params.email or "imported@example.com")
  return dict("product_id", product.id, "license_key", licence.key)
end

function control.fault(server, params)
  local added, message = server.faults:add(params)
  if not added then return nil, message end
  return json.dict()
end

function control.clear_faults(server)
  server.faults:clear()
  return json.dict()
end

function control.settings_ping_url(server, params)
  server.pings:set_settings_url(params.url)
  return json.dict()
end

function control.test_ping(server, params)
  server.pings:test(params.url)
  return json.dict()
end

--- Makes a token good, for the main application or another one.
function control.grant(server, params)
  server.shop:grant(params.token, params.scopes, params.application or "main")
  return json.dict()
end

--- Revokes a token, as a user can in the settings.
function control.revoke(server, params)
  local token = server.shop.tokens[params.token]
  if not token then return nil, "no such token" end
  token.revoked = true
  return json.dict()
end

--- Moves the clock on.
function control.advance(server, params)
  server.shop.advanced = server.shop.advanced + params.seconds
  return json.dict()
end

--- Revokes an application, as a user can in the settings.
function control.revoke_application(server, params)
  if not server.grants.applications[params.client_id] then return nil, "no such application" end
  server.shop:revoke_application(params.client_id)
  server.grants:revoke_application(params.client_id)
  return json.dict()
end

--- The user types a device's code, and agrees or not.
function control.decide(server, params)
  local device = server.grants:waiting_device(params.user_code)
  if not device then return nil, "no device waits with that code" end
  device.decision = params.approve and "approved" or "denied"
  return json.dict()
end

function control.stats(server)
  local stats = server.stats
  return dict("requests", stats.requests, "in_flight", stats.in_flight,
    "max_in_flight", stats.max_in_flight, "connections", server.listener:connections(),
    "last_requests", stats.last_requests, "pings", server.pings.log,
    "pings_waiting", server.pings.waiting)
end

function control.reset_stats(server)
  server:reset_stats()
  return json.dict()
end

--- Answered when no ping is on its way any more.
function control.settle(server)
  return function()
    return server.pings.waiting == 0 and json.dict()
  end
end

function control.stop(server)
  server.stopping = true
  return json.dict()
end

return control
