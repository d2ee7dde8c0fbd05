--- What happens in the shop after it was opened: methods of gumroad.emulator.shop. Each calls
-- `emit` with the name of the event and the sale or subscription, so that pings are sent.
local json = require "gumroad.emulator.http.json"

local MONTH = 30 * 86400  -- seconds

local events = {}

local function new_subscription(self, sale)
  local number = self.subscription_count + 1
  local subscription = {
    number = number, id = self:id("subscription", number), created = sale.created,
    product = sale.product, status = "alive", recurrence = "monthly", buyer = sale.buyer,
    email = sale.email, custom_fields = sale.custom_fields, extra_sales = { sale },
  }
  self.subscription_count = number
  self:keep_subscription(subscription)
  return subscription
end

local function named_buyer(self, number, fields)
  local buyer = self:buyer(self.plain_buyers + self.first_subscriptions + number)
  if fields.test then  -- the seller buys
    buyer.email, buyer.account_email = self.SELLER_EMAIL, self.SELLER_EMAIL
    buyer.account_id = self.user_id
  elseif fields.email then
    buyer.email, buyer.account_email, buyer.account_id = fields.email, fields.email, nil
  end
  buyer.name = fields.full_name or buyer.name
  return buyer
end

-- A new charge of a subscription that is there already.
local function recur(self, sale, subscription)
  sale.subscription, sale.recurring = subscription, true
  self:keep_subscription(subscription)
  table.insert(subscription.extra_sales, sale)
end

--- The product of that id or, without one, the next in turn.
function events:product_to_sell(id)
  if id then return self:find_product(id) end
  local kinds = #self.sellable
  return kinds > 0 and self:product(self.sellable[self.sale_count % kinds + 1]) or nil
end

-- The order that a script asks for, not yet part of the shop.
local function order(self, fields, product, subscription)
  local number = self.sale_count + 1
  local buyer = subscription and subscription.buyer or named_buyer(self, number, fields)
  local sale = self:blank_sale(number, product, buyer)
  sale.created, sale.quantity = self:time(), fields.quantity or 1
  sale.offer_code, sale.referrer = fields.offer_code, fields.referrer or "direct"
  sale.url_params = fields.url_params and json.dict_of(fields.url_params)
  sale.test, sale.preorder = fields.test, product.preorder or nil
  sale.unlisted = sale.test or sale.preorder
  if fields.variants then sale.variants = json.dict_of(fields.variants)
  else self:choose_variants(sale) end
  if fields.custom_fields then sale.custom_fields = json.dict_of(fields.custom_fields)
  else self:answer_fields(sale) end
  return sale
end

-- Makes a sale the newest of the shop.
local function enter(self, sale)
  if sale.product.physical then sale.shipped = false end
  self.sale_count = sale.number
  sale.product.sold_since = sale.product.sold_since + 1
  self:keep_sale(sale)
end

-- Besides the sale to the giver, one to the receiver: free, in no list, and told of by the ping.
local function enter_gift(self, sale, receiver_email)
  sale.gifter_email, sale.giftee_email = sale.email, receiver_email
  enter(self, sale)
  local gift = self:blank_sale(sale.number + 1, sale.product,
    named_buyer(self, sale.number + 1, { email = receiver_email }))
  gift.created, gift.variants, gift.unlisted = sale.created, sale.variants, true
  self:price_sale(gift)
  gift.gift_price, gift.gifter_email = sale.price, sale.email
  gift.price, gift.fee, gift.listed_cents, gift.tax_cents = 0, 0, 0, 0
  enter(self, gift)
  self.emit("sale", gift)
end

--- Sells something now: the sale is the newest, and its ping is sent.
-- @param fields all optional: `product_id` (default: each in turn), `email`, `full_name`,
--   `quantity`, `variants`, `custom_fields` and `url_params` (tables or lists of pairs),
--   `offer_code`, `referrer`, `test` (true: the seller buys; unlisted), `subscription_id`
--   (a further charge), `gift_to` (the receiver's email)
-- @return the sale, or nil and a message
function events:sell(fields)
  local subscription = fields.subscription_id and self:find_subscription(fields.subscription_id)
  if fields.subscription_id and not subscription then return nil, "no such subscriber" end
  local product = subscription and subscription.product or self:product_to_sell(fields.product_id)
  if not product then return nil, "no such product" end
  local sale = order(self, fields, product, subscription)
  if subscription then recur(self, sale, subscription)
  elseif product.membership then sale.subscription = new_subscription(self, sale) end
  self:price_sale(sale)
  if fields.gift_to then
    enter_gift(self, sale, fields.gift_to)
  else
    enter(self, sale)
    self.emit("sale", sale)
  end
  return sale
end

--- Refunds a sale.
-- @param cents smallest units of the listed currency; nil: all that is left
-- @return true, or nil and the server's message
function events:refund(sale, cents)
  local left = sale.listed_cents - sale.refunded_cents
  if sale.listed_cents == 0 then return nil, "The sale was unable to be modified." end
  if left == 0 then return nil, "Purchase is already refunded." end
  if cents and cents > left then
    return nil, "Refund amount cannot be greater than the purchase price."
  end
  if cents and cents < 1 then return nil, "The sale was unable to be modified." end
  sale.refund_tried, sale.refunded_cents = true, sale.refunded_cents + (cents or left)
  self:keep_sale(sale)
  self.emit("refund", sale)
  return true
end

--- A buyer disputes a charge, or the seller wins the dispute.
function events:dispute(sale, won)
  sale.disputed, sale.dispute_won = true, won or false
  self:keep_sale(sale)
  self.emit(won and "dispute_won" or "dispute", sale)
end

--- Cancels a subscription at the end of the paid month.
-- @param by "buyer" (default), "seller", "admin" or "payment_failures" (ends at once)
function events:cancel(subscription, by)
  local now = self:time()
  subscription.cancelled_by = by or "buyer"
  if by == "payment_failures" then
    subscription.status, subscription.failed_at = "failed_payment", now
    subscription.cancelled_at = now
  else
    subscription.status, subscription.cancel_requested = "pending_cancellation", now
    subscription.cancelled_at = now + MONTH
  end
  self:keep_subscription(subscription)
  self.emit("cancellation", subscription)
end

--- Ends a subscription now.
-- @param reason "cancelled" (default), "failed_payment" or "fixed_subscription_period_ended"
function events:finish(subscription, reason)
  subscription.ended_at, subscription.ended_reason = self:time(), reason or "cancelled"
  subscription.status = subscription.ended_reason
  subscription.cancelled_at = subscription.cancelled_at or subscription.ended_at
  self:keep_subscription(subscription)
  self.emit("subscription_ended", subscription)
end

--- Takes a subscription up again.
function events:restart(subscription)
  subscription.ended_at, subscription.cancelled_at, subscription.failed_at = nil, nil, nil
  subscription.cancel_requested, subscription.status = nil, "alive"
  subscription.restarted_at = self:time()
  self:keep_subscription(subscription)
  self.emit("subscription_restarted", subscription)
end

local function plan(tier, recurrence, cents)
  return { tier = tier, recurrence = recurrence, price_cents = cents, quantity = 1 }
end

--- The buyer changes the tier: up (default) or down.
function events:change_plan(subscription, down)
  local product = subscription.product
  local tiers = product.categories[1].options
  local low = plan(tiers[1], "monthly", product.price + tiers[1].difference)
  local high = plan(tiers[#tiers], "yearly", self.YEAR * (product.price + tiers[#tiers].difference))
  subscription.change = {
    type = down and "downgrade" or "upgrade", old_plan = down and high or low,
    new_plan = down and low or high,
    effective_as_of = down and self:time() + MONTH or self:time(),
  }
  subscription.recurrence = subscription.change.new_plan.recurrence
  self:keep_subscription(subscription)
  self.emit("subscription_updated", subscription)
end

return events
