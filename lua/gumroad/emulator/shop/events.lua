--- Events that happen in a shop after the start. So that pings are sent, each function calls the shop's `emit` with
-- the name of the event, the sale or the subscription, and the fields of the ping about the event itself.
local buyers = require "gumroad.emulator.shop.buyers"
local catalog = require "gumroad.emulator.shop.catalog"
local json = require "gumroad.emulator.http.json"
local prices = require "gumroad.emulator.shop.prices"
local sales = require "gumroad.emulator.shop.sales"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local MONTH = 30 * 86400  -- seconds

local events = {}

local function named_buyer(shop, number, fields)
  local buyer = buyers.get(shop, shop.plain_buyers + shop.first_subscriptions + number)
  if fields.test then  -- the seller is the buyer
    buyer.email, buyer.account_email = shop.SELLER_EMAIL, shop.SELLER_EMAIL
    buyer.account_id = shop.user_id
  elseif fields.email then
    buyer.email, buyer.account_email, buyer.account_id = fields.email, fields.email, nil
  end
  buyer.name = fields.full_name or buyer.name
  return buyer
end

-- Makes a sale another charge of an existing subscription.
local function recur(shop, sale, subscription)
  sale.subscription, sale.recurring = subscription, true
  subscriptions.keep(shop, subscription)
  table.insert(subscription.extra_sales, sale)
end

-- Finds the product with an id or, without an id, the next product in turn.
local function product_to_sell(shop, id)
  if id then return catalog.find(shop, id) end
  local kinds = #shop.sellable
  return kinds > 0 and catalog.get(shop, shop.sellable[shop.sale_count % kinds + 1]) or nil
end

-- Creates a sale with the fields of a script. It is not part of the shop yet.
local function new_sale(shop, fields, product, subscription)
  local number = shop.sale_count + 1
  local buyer = subscription and subscription.buyer or named_buyer(shop, number, fields)
  local sale = sales.blank(shop, number, product, buyer)
  sale.created, sale.quantity = shop:time(), fields.quantity or 1
  sale.offer_code, sale.referrer = fields.offer_code, fields.referrer or "direct"
  sale.url_params = fields.url_params and json.dict_of(fields.url_params)
  sale.test, sale.preorder = fields.test, product.preorder or nil
  sale.unlisted = sale.test or sale.preorder
  if fields.variants then sale.variants = json.dict_of(fields.variants)
  else sales.choose_variants(shop, sale) end
  if fields.custom_fields then sale.custom_fields = json.dict_of(fields.custom_fields)
  else sales.fill_fields(shop, sale) end
  return sale
end

-- Adds a sale to the shop, as the newest one.
local function add(shop, sale)
  if sale.product.physical then sale.shipped = false end
  shop.sale_count = sale.number
  sale.product.sold_since = sale.product.sold_since + 1
  sales.keep(shop, sale)
end

-- Adds two sales: one to the giver, and a free one to the receiver, which is in no list and which the ping is about.
local function add_gift(shop, sale, receiver_email)
  sale.gifter_email, sale.giftee_email = sale.email, receiver_email
  add(shop, sale)
  local number = sale.number + 1
  local gift = sales.blank(shop, number, sale.product, named_buyer(shop, number, { email = receiver_email }))
  gift.created, gift.variants, gift.unlisted = sale.created, sale.variants, true
  prices.set(gift)
  gift.gift_price, gift.gifter_email = sale.price, sale.email
  gift.price, gift.fee, gift.listed_cents, gift.tax_cents = 0, 0, 0, 0
  add(shop, gift)
  shop.emit("sale", gift)
end

--- Makes a sale now and sends its ping.
-- @param fields all optional: `product_id` (default: each product in turn), `email`, `full_name`, `quantity`,
--   `variants`, `custom_fields` and `url_params` (tables or lists of pairs), `offer_code`, `referrer`, `test`
--   (true: the seller is the buyer, and lists leave it out), `subscription_id` (for a further charge), `gift_to`
--   (email address of the receiver)
-- @return the sale | nil, message
function events.sell(shop, fields)
  local subscription = fields.subscription_id and subscriptions.find(shop, fields.subscription_id)
  if fields.subscription_id and not subscription then return nil, "no such subscriber" end
  local product = subscription and subscription.product or product_to_sell(shop, fields.product_id)
  if not product then return nil, "no such product" end
  local sale = new_sale(shop, fields, product, subscription)
  if subscription then recur(shop, sale, subscription)
  elseif product.membership then sale.subscription = subscriptions.add(shop, sale) end
  prices.set(sale)
  if fields.gift_to then
    add_gift(shop, sale, fields.gift_to)
  else
    add(shop, sale)
    shop.emit("sale", sale)
  end
  return sale
end

local UNABLE = "The sale was unable to be modified."

--- Refunds a sale.
-- @param cents amount in the smallest unit of the product's currency (default: all that is left)
-- @return true | nil, the server's message
function events.refund(shop, sale, cents)
  local left = sale.listed_cents - sale.refunded_cents
  if sale.listed_cents == 0 then return nil, UNABLE end
  if left == 0 then return nil, "Purchase is already refunded." end
  if cents and cents > left then
    return nil, "Refund amount cannot be greater than the purchase price."
  end
  if cents and cents < 1 then return nil, UNABLE end
  sale.refund_tried, sale.refunded_cents = true, sale.refunded_cents + (cents or left)
  sales.keep(shop, sale)
  shop.emit("refund", sale)
  return true
end

--- Disputes a sale, or lets the seller win the dispute.
function events.dispute(shop, sale, won)
  sale.disputed, sale.dispute_won = true, won or false
  sales.keep(shop, sale)
  shop.emit(won and "dispute_won" or "dispute", sale)
  return true
end

-- Stores a subscription that was changed and sends the pings.
-- @param details the fields of the ping about the change, named as in gumroad.api.schema; times are Unix times
local function keep_and_emit(shop, name, subscription, details)
  subscriptions.keep(shop, subscription)
  shop.emit(name, subscription, details)
  return true
end

--- Cancels a subscription, as of the end of the paid month.
-- @param by "buyer" (default), "seller", "admin" or "payment_failures" (which ends it at once)
function events.cancel(shop, subscription, by)
  local now = shop:time()
  if by == "payment_failures" then
    subscription.status, subscription.failed_at = "failed_payment", now
    subscription.cancelled_at = now
  else
    subscription.status, subscription.cancel_requested = "pending_cancellation", now
    subscription.cancelled_at = now + MONTH
  end
  local why = by == "payment_failures" and "cancelled_due_to_payment_failures" or "cancelled_by_" .. (by or "buyer")
  return keep_and_emit(shop, "cancellation", subscription,
    { cancelled = true, cancelled_at = subscription.cancelled_at, [why] = true })
end

--- Ends a subscription now.
-- @param reason "cancelled" (default), "failed_payment" or "fixed_subscription_period_ended"
function events.finish(shop, subscription, reason)
  subscription.ended_at, subscription.status = shop:time(), reason or "cancelled"
  subscription.cancelled_at = subscription.cancelled_at or subscription.ended_at
  return keep_and_emit(shop, "subscription_ended", subscription,
    { ended_at = subscription.ended_at, ended_reason = subscription.status })
end

--- Restarts a subscription.
function events.restart(shop, subscription)
  subscription.ended_at, subscription.cancelled_at, subscription.failed_at = nil, nil, nil
  subscription.cancel_requested, subscription.status = nil, "alive"
  return keep_and_emit(shop, "subscription_restarted", subscription, { restarted_at = shop:time() })
end

local function plan(tier, recurrence, cents)
  return { tier = tier, recurrence = recurrence, price_cents = cents, quantity = 1 }
end

--- Changes the tier of a subscription: upgrades it, or downgrades it if `down` is true.
function events.change_plan(shop, subscription, down)
  local product = subscription.product
  local tiers = product.categories[1].options
  local low = plan(tiers[1], "monthly", product.price + tiers[1].difference)
  local high = plan(tiers[#tiers], "yearly",
    prices.MONTHS_OF_YEAR * (product.price + tiers[#tiers].difference))
  local change = {
    type = down and "downgrade" or "upgrade", old_plan = down and high or low,
    new_plan = down and low or high,
    effective_as_of = down and shop:time() + MONTH or shop:time(),
  }
  subscription.recurrence = change.new_plan.recurrence
  return keep_and_emit(shop, "subscription_updated", subscription, change)
end

local CANCELLERS = { buyer = true, seller = true, admin = true, payment_failures = true }

--- What triggers each event of a sale or a subscription, by its name in gumroad.api.events:
-- function(shop, record, params) -> true | nil, message. `params` come from a script.
events.triggers = {
  refund = function(shop, sale, params) return events.refund(shop, sale, params.amount_cents) end,
  dispute = function(shop, sale) return events.dispute(shop, sale) end,
  dispute_won = function(shop, sale) return events.dispute(shop, sale, true) end,
  cancellation = function(shop, subscription, params)
    return events.cancel(shop, subscription, CANCELLERS[params.by] and params.by)
  end,
  subscription_updated = function(shop, subscription, params)
    return events.change_plan(shop, subscription, params.type == "downgrade")
  end,
  subscription_ended = function(shop, subscription, params)
    return events.finish(shop, subscription, params.reason)
  end,
  subscription_restarted = events.restart,
}

return events
