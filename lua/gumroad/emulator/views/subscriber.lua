--- Subscribers in responses.
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local licenses = require "gumroad.emulator.shop.licenses"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local null, or_null = json.null, json.or_null

local Subscriber = json.shape {
  "id", "email", "product_id", "product_name", "user_id", "user_email", "purchase_ids",
  "created_at", "user_requested_cancellation_at", "charge_occurrence_count", "recurrence",
  "cancelled_at", "ended_at", "failed_at", "free_trial_ends_at", "status", "license_key",
}

local function status(shop, subscription)
  if subscription.status == "pending_cancellation" and not subscriptions.is_active(shop, subscription) then
    return "cancelled"
  end
  return subscription.status
end

local function reversed(list)
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

return function(shop, subscription)
  local buyer, license = subscription.buyer, licenses.of_subscription(shop, subscription)
  return Subscriber {
    id = subscription.id, product_id = subscription.product.id,
    email = buyer.account_id and buyer.account_email or subscription.email,
    product_name = subscription.product.name, user_id = or_null(buyer.account_id),
    user_email = buyer.account_id and buyer.account_email or null,
    purchase_ids = reversed(subscriptions.purchase_ids(shop, subscription)),
    created_at = format.iso(subscription.created), recurrence = subscription.recurrence,
    user_requested_cancellation_at = format.iso_or_null(subscription.cancel_requested),
    charge_occurrence_count = null, cancelled_at = format.iso_or_null(subscription.cancelled_at),
    ended_at = format.iso_or_null(subscription.ended_at),
    failed_at = format.iso_or_null(subscription.failed_at),
    free_trial_ends_at = null, status = status(shop, subscription),
    license_key = license and license.key,
  }
end
