--- The payloads of pings, with their fields in the server's order.
local events = require "gumroad.api.events"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local licenses = require "gumroad.emulator.shop.licenses"
local links = require "gumroad.emulator.views.links"
local parts = require "gumroad.emulator.views.sale_parts"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local null, or_null, put = json.null, json.or_null, json.put

local payloads = {}

local ADDRESS = { "full_name", "street_address", "country", "state", "zip_code", "city" }

local function put_shipping(out, sale)
  local buyer, information = sale.buyer, json.dict()
  local values = { full_name = buyer.name, street_address = buyer.street, country = buyer.country,
    state = buyer.state, zip_code = buyer.zip_code, city = buyer.city }
  for _, name in ipairs(ADDRESS) do
    put(out, name, values[name])
    put(information, name, values[name])
  end
  put(out, "shipping_information", information)
end

local function put_sale(out, shop, sale)
  local product = sale.product
  put(out, "seller_id", shop.seller_id, "product_id", product.id,
    "product_name", product.name, "permalink", product.custom_permalink or product.permalink,
    "product_permalink", links.product(product), "short_product_id", product.permalink,
    "email", sale.email, "price", sale.price, "gumroad_fee", sale.fee,
    "currency", product.currency, "quantity", sale.quantity,
    "discover_fee_charged", sale.discovered or false, "can_contact", true,
    "referrer", sale.referrer, "card", parts.card(sale),
    "order_number", sale.order_number, "sale_id", sale.id,
    "sale_timestamp", format.iso(sale.created), "full_name", sale.buyer.name,
    "purchaser_id", sale.buyer.account_id,
    "subscription_id", sale.subscription and sale.subscription.id,
    "affiliate_credit_amount_cents", sale.affiliate_email and math.floor(sale.price / 10))
end

-- Custom fields are also put at the top level, where they overwrite earlier fields of the same name. Later fields
-- overwrite them.
local function put_custom_fields(out, sale)
  local fields = sale.custom_fields
  if #json.keys(fields) == 0 then return end
  if not sale.recurring then
    for _, name in ipairs(json.keys(fields)) do put(out, name, fields[name]) end
  end
  put(out, "custom_fields", fields)
end

local function put_rest(out, shop, sale)
  local license = licenses.of_sale(shop, sale)
  put(out, "license_key", license and license.key)
  if license and sale.subscription then put(out, "is_multiseat_license", false) end
  put(out, "ip_country", sale.buyer.country)
  if sale.product.physical then put(out, "shipping_rate", sale.shipping_cents) end
  put(out, "recurrence", sale.subscription and sale.subscription.recurrence,
    "affiliate", sale.affiliate_email, "is_gift_receiver_purchase", sale.gift_price ~= nil)
  if sale.gift_price then
    put(out, "gift_price", sale.gift_price, "gifter_email", sale.gifter_email)
  end
  if sale.product.physical then put(out, "sku_id", shop.rng:id("sku", sale.product.number)) end
end

-- nil instead of false: such keys are then absent
local function only(value)
  return value or nil
end

--- Returns the payload of sale, refund, dispute and dispute_won.
-- @param resource_name nil for a test ping from the settings
function payloads.sale(shop, sale, resource_name)
  local out = json.dict()
  put_sale(out, shop, sale)
  if resource_name == "sale" and not sale.recurring then put(out, "url_params", sale.url_params) end
  put(out, "variants", sale.variants, "offer_code", sale.offer_code,
    "test", only(sale.test), "is_recurring_charge", only(sale.recurring),
    "is_preorder_authorization", only(sale.preorder))
  if sale.product.physical then put_shipping(out, sale) end
  put_custom_fields(out, sale)
  put_rest(out, shop, sale)
  put(out, "refunded", sale.refund_tried and sale.refunded_cents == sale.listed_cents or false,
    "resource_name", resource_name, "disputed", sale.disputed, "dispute_won", sale.dispute_won)
  return out
end

local function field_texts(fields)
  local out = {}
  for i, name in ipairs(json.keys(fields)) do out[i] = ("%s: %s"):format(name, tostring(fields[name])) end
  return out
end

local function variant_names(variants)
  if not variants then return "" end
  local names = {}
  for i, title in ipairs(json.keys(variants)) do names[i] = variants[title] end
  return "(" .. table.concat(names, ", ") .. ")"
end

--- Returns the sale in a response about a license: the fields of its ping, some of them in another form.
function payloads.license(shop, sale)
  local out, subscription = payloads.sale(shop, sale), sale.subscription
  put(out, "variants", variant_names(sale.variants), "id", sale.id,
    "created_at", format.iso(sale.created), "custom_fields", field_texts(sale.custom_fields))
  if subscription then
    put(out, "subscription_ended_at", format.iso_or_null(subscription.ended_at),
      "subscription_cancelled_at", format.iso_or_null(subscription.cancelled_at),
      "subscription_failed_at", format.iso_or_null(subscription.failed_at))
  else
    put(out, "chargebacked", sale.disputed and not sale.dispute_won)
  end
  put(out, "offer_code", parts.offer_code(sale))
  return out
end

local Plan = json.shape { "tier", "recurrence", "price_cents", "quantity" }
local Tier = json.shape { "id", "name" }

local function plan(of)
  return Plan { tier = Tier { id = of.tier.id, name = of.tier.name }, recurrence = of.recurrence,
    price_cents = of.price_cents, quantity = of.quantity }
end

-- Converts a detail of an event to its type in the schema. A number for a string is a Unix time.
local function to_type(value, type_wanted)
  if type_wanted.name == "string" and type(value) == "number" then return format.iso(value) end
  return type_wanted.name == "plan" and plan(value) or value
end

local function subscription_values(shop, subscription, resource_name)
  local product, license = subscription.product, licenses.of_subscription(shop, subscription)
  local custom_fields = subscription.custom_fields
  return {
    subscription_id = subscription.id, product_id = product.id, product_name = product.name,
    user_id = or_null(subscription.buyer.account_id), user_email = subscription.email,
    purchase_ids = subscriptions.purchase_ids(shop, subscription), created_at = format.iso(subscription.created),
    charge_occurrence_count = null, recurrence = subscription.recurrence, free_trial_ends_at = null,
    resource_name = resource_name, custom_fields = #json.keys(custom_fields) > 0 and custom_fields or nil,
    license_key = license and license.key,
  }
end

--- Returns the payload of an event of a subscription. Its fields are in the schema's order.
-- @param details the fields about the event itself, as passed to the shop's `emit`
function payloads.subscription(shop, subscription, resource_name, details)
  local out, values = json.dict(), subscription_values(shop, subscription, resource_name)
  for _, field in ipairs(schema[events.SUBSCRIPTION]) do
    local name = field[1]
    local value = details[name]
    if value == nil then value = values[name] else value = to_type(value, read_type(field[2])) end
    put(out, name, value)
  end
  return out
end

return payloads
