--- Sales in responses.
local currency = require "gumroad.api.currency"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local licenses = require "gumroad.emulator.shop.licenses"
local parts = require "gumroad.emulator.views.sale_parts"

local null, or_null = json.null, json.or_null

local Sale = json.shape {
  "id", "email", "seller_id", "timestamp", "daystamp", "created_at", "product_name",
  "product_has_variants", "price", "gumroad_fee", "is_bundle_purchase",
  "is_bundle_product_purchase", "subscription_duration", "formatted_display_price",
  "formatted_total_price", "currency_symbol", "currency", "amount_refundable_in_currency",
  "product_id", "product_permalink", "refunded", "partially_refunded", "chargedback",
  "purchase_email", "giftee_email", "gifter_email", "full_name", "street_address", "city",
  "state", "zip_code", "country", "country_iso2", "paid", "has_variants", "variants",
  "variants_and_quantity", "has_custom_fields", "custom_fields", "order_id",
  "is_product_physical", "purchaser_id", "is_recurring_billing", "can_contact", "is_following",
  "disputed", "dispute_won", "is_additional_contribution", "discover_fee_charged",
  "is_upgrade_purchase", "is_more_like_this_recommended", "is_gift_sender_purchase",
  "is_gift_receiver_purchase", "referrer", "paypal_refund_expired", "tip_cents", "tax_cents",
  "shipping_cents", "tax_label", "tax_included_in_price", "access_revoked",
  "variants_price_cents", "review", "sent_abandoned_cart_email", "utm_source",
  "utm_medium", "utm_campaign", "buyer_presentment", "card", "product_rating", "reviews_count",
  "average_rating",
  "subscription_id", "cancelled", "dead", "ended", "free_trial_ended", "free_trial_ends_on",
  "recurring_charge", "is_preorder_authorization", "is_in_preorder_state", "shipped",
  "tracking_url", "offer_code", "affiliate", "discover_fee_percentage", "license_key", "license_id",
  "license_disabled", "license_uses", "is_multiseat_license", "sku_id", "sku_external_id",
  "formatted_shipping_amount", "quantity",
}
local Presentment = json.shape { "currency", "price_cents", "tip_cents", "seller_tax_cents",
  "gumroad_tax_cents", "shipping_cents", "total_cents", "fx_rate", "refunded_cents" }
local Affiliate = json.shape { "email", "amount" }

local function variants_and_quantity(sale)
  local names = {}
  for _, title in ipairs(sale.variants and json.keys(sale.variants) or {}) do
    names[#names + 1] = sale.variants[title]
  end
  if sale.quantity > 1 then names[#names + 1] = ("Qty: %d"):format(sale.quantity) end
  return #names > 0 and "(" .. table.concat(names, ", ") .. ")" or ""
end

local function what_was_bought(sale, now)
  local product = sale.product
  local price = format.price(sale.listed_cents, product.currency)
    .. format.recurrence(sale.subscription and sale.subscription.recurrence)
  return {
    id = sale.id, timestamp = format.ago(sale.created, now), created_at = format.iso(sale.created),
    daystamp = format.daystamp(sale.created), product_name = product.name,
    product_has_variants = #product.categories > 0, product_id = product.id,
    product_permalink = product.permalink, price = sale.price, gumroad_fee = sale.fee,
    is_bundle_purchase = false, is_bundle_product_purchase = false,
    formatted_display_price = price, formatted_total_price = price,
    currency_symbol = currency.symbol(product.currency), currency = product.currency,
    paid = sale.price ~= 0, has_variants = sale.variants ~= nil, variants = sale.variants,
    variants_and_quantity = variants_and_quantity(sale), order_id = sale.order_number,
    has_custom_fields = #json.keys(sale.custom_fields) > 0, custom_fields = sale.custom_fields,
    is_product_physical = product.physical, tip_cents = sale.tip_cents,
    tax_cents = sale.tax_cents, shipping_cents = sale.shipping_cents, card = parts.card(sale),
    variants_price_cents = sale.variants_cents * sale.quantity, quantity = sale.quantity,
    review = sale.review, product_rating = sale.review and 5 or null, reviews_count = 4,
    average_rating = 4.8,
    amount_refundable_in_currency = format.amount(sale.listed_cents - sale.refunded_cents,
      product.currency),
  }
end

-- What a buyer in Canada was charged.
local function presentment(sale)
  local rate = 0.7322
  local price, tip = math.floor(sale.price / rate), math.floor((sale.tip_cents or 0) / rate)
  local shipping = math.floor(sale.shipping_cents / rate)
  return Presentment { currency = "cad", price_cents = price, tip_cents = tip, seller_tax_cents = 0,
    gumroad_tax_cents = 0, shipping_cents = shipping, total_cents = price + tip + shipping,
    fx_rate = tostring(rate), refunded_cents = 0 }
end

local function add_buyer(out, shop, sale)
  local buyer = sale.buyer
  out.seller_id, out.purchase_email, out.referrer = shop.seller_id, sale.email, sale.referrer
  out.email = buyer.account_id and buyer.account_email or sale.email
  out.purchaser_id, out.full_name = buyer.account_id, buyer.name
  out.country, out.country_iso2 = buyer.country, buyer.country_code
  if buyer.state ~= "" then out.state = buyer.state end
  if buyer.country_code == "CA" and sale.price > 0 then
    out.buyer_presentment = presentment(sale)
  end
  if sale.product.physical then
    out.street_address, out.city, out.zip_code = buyer.street, buyer.city, buyer.zip_code
  end
end

local FLAGS = {
  can_contact = true, is_following = false, is_additional_contribution = false,
  is_upgrade_purchase = false, is_more_like_this_recommended = false,
  paypal_refund_expired = false, sent_abandoned_cart_email = false,
}

local function add_state(out, sale)
  for name, value in pairs(FLAGS) do out[name] = value end
  local left = sale.listed_cents - sale.refunded_cents
  out.access_revoked = sale.access_revoked or false
  if sale.refund_tried then out.refunded = left == 0 end
  out.partially_refunded = sale.refunded_cents > 0 and left > 0
  out.chargedback = sale.disputed and not sale.dispute_won
  out.disputed, out.dispute_won = sale.disputed, sale.dispute_won
  out.discover_fee_charged = sale.discovered or false
  if sale.discovered then out.discover_fee_percentage = 30 end
  out.is_recurring_billing = sale.subscription ~= nil
  out.giftee_email, out.gifter_email = sale.giftee_email, sale.gifter_email
  out.is_gift_sender_purchase = sale.giftee_email ~= nil
  out.is_gift_receiver_purchase = sale.gift_price ~= nil
  if sale.preorder then out.is_preorder_authorization, out.is_in_preorder_state = true, true end
  if sale.tax_cents > 0 then out.tax_label, out.tax_included_in_price = "VAT", false end
  if sale.newsletter then
    out.utm_source, out.utm_medium, out.utm_campaign = "newsletter", "email", "autumn"
  end
end

local function add_subscription(out, subscription, sale)
  out.subscription_duration, out.subscription_id = subscription.recurrence, subscription.id
  out.cancelled = subscription.cancelled_at ~= nil
  out.ended = subscription.ended_at ~= nil
  out.dead = out.ended or subscription.failed_at ~= nil
  out.free_trial_ended, out.free_trial_ends_on = false, null
  out.recurring_charge = sale.recurring or false
end

local function add_license(out, license)
  out.license_key, out.license_id = license.key, license.id
  out.license_disabled, out.license_uses = license.disabled, license.uses
  out.is_multiseat_license = false
end

local function add_shipping(out, shop, sale)
  out.sku_id = shop.rng:id("sku", sale.product.number)
  out.sku_external_id = out.sku_id
  out.formatted_shipping_amount = format.price(sale.shipping_cents, "usd")
end

--- A sale.
return function(shop, sale)
  local out = what_was_bought(sale, shop:time())
  add_buyer(out, shop, sale)
  add_state(out, sale)
  if sale.subscription then add_subscription(out, sale.subscription, sale) end
  local license = licenses.of_sale(shop, sale)
  if license then add_license(out, license) end
  if sale.shipped ~= nil then
    out.shipped, out.tracking_url = sale.shipped, or_null(sale.tracking_url)
  end
  if sale.product.physical then add_shipping(out, shop, sale) end
  out.offer_code = parts.offer_code(sale)
  if sale.affiliate_email then
    out.affiliate = Affiliate { email = sale.affiliate_email,
      amount = ("$%.2f"):format(sale.price / 1000) }
  end
  return Sale(out)
end
