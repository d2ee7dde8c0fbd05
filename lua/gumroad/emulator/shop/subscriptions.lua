--- The subscriptions to memberships. Subscription number n (1 is the oldest) is computed from the seed and n until it
-- is changed.
local buyers = require "gumroad.emulator.shop.buyers"
local catalog = require "gumroad.emulator.shop.catalog"
local json = require "gumroad.emulator.http.json"
local timeline = require "gumroad.emulator.shop.timeline"

local DAY = 86400

local subscriptions = {}

--- Returns the Unix time at which subscription number n was created. It never decreases with n.
function subscriptions.created(shop, number)
  local changed = shop.subscriptions[number]
  return changed and changed.created or timeline.subscription_created(shop, number)
end

local STATUSES = { [0] = "pending_cancellation", "pending_cancellation", "pending_failure" }

local function make(shop, number)
  local status = STATUSES[shop.rng:roll("status", number, 20)] or "alive"
  local subscription = {
    number = number, id = shop.rng:id("subscription", number), status = status,
    created = timeline.subscription_created(shop, number), recurrence = shop.recurrence,
    product = catalog.get(shop, shop.membership_number), custom_fields = json.dict(), extra_sales = {},
    buyer = buyers.get(shop, shop.plain_buyers + number),
  }
  subscription.email = subscription.buyer.email
  if status == "pending_cancellation" then
    subscription.cancel_requested = shop.started_at - 5 * DAY
    subscription.cancelled_at = shop.started_at + 9 * DAY
  end
  return subscription
end

--- Returns subscription number n, or nil. Call `keep` after changing it.
function subscriptions.get(shop, number)
  if number < 1 or number > shop.subscription_count then return nil end
  return shop.subscriptions[number] or make(shop, number)
end

--- Stores a subscription that was changed.
function subscriptions.keep(shop, subscription)
  shop.subscriptions[subscription.number] = subscription
end

--- Adds the subscription that starts with a sale.
function subscriptions.add(shop, sale)
  local number = shop.subscription_count + 1
  local subscription = {
    number = number, id = shop.rng:id("subscription", number), created = sale.created,
    product = sale.product, status = "alive", recurrence = "monthly", buyer = sale.buyer,
    email = sale.email, custom_fields = sale.custom_fields, extra_sales = { sale },
  }
  shop.subscription_count = number
  subscriptions.keep(shop, subscription)
  return subscription
end

--- Finds a subscription by its id.
function subscriptions.find(shop, id)
  local number = shop.rng:number_of_id("subscription", id)
  return number and subscriptions.get(shop, number)
end

--- Returns the ids of a subscription's purchases, oldest first.
function subscriptions.purchase_ids(shop, subscription)
  local ids = {}
  for i, number in ipairs(timeline.sales_of_subscription(shop, subscription.number)) do
    ids[i] = shop.rng:id("sale", number)
  end
  for _, sale in ipairs(subscription.extra_sales) do ids[#ids + 1] = sale.id end
  return ids
end

--- Whether the list of subscribers contains it: it is active or has not ended yet.
function subscriptions.is_active(shop, subscription)
  return not subscription.ended_at
    and (not subscription.cancelled_at or subscription.cancelled_at > shop:time())
end

return subscriptions
