--- When the sales before the start were made, and which product was sold. None of this creates a sale.
--
-- Every `charge_step`-th sale is a charge of a subscription. The charges rotate among the subscriptions, so that each
-- is charged from time to time until today. The other sales are in blocks that contain each product once; the
-- first product of a block is random.
local sale_times = require "gumroad.emulator.shop.sale_times"

local floor, max, min = math.floor, math.max, math.min

local DAY = 86400
local MOST_CHARGES = 24        -- of a subscription: monthly, for two years

local timeline = {}

--- Prepares a shop for the functions below.
-- @param shop     a table with the counts at the start
-- @param sales_at see sale_times.lay_out
function timeline.lay_out(shop, sales_at)
  sale_times.lay_out(shop, sales_at)
  shop.charges, shop.charge_step, shop.recurrence = 0, 1, "monthly"
  if shop.first_subscriptions == 0 then return end
  shop.charge_step = max(2, math.ceil(shop.first_sales / (MOST_CHARGES * shop.first_subscriptions)))
  shop.charges = floor(shop.first_sales / shop.charge_step)
  local days = shop.pause * shop.charge_step * shop.first_subscriptions / DAY
  shop.recurrence = days > 60 and "yearly" or "monthly"
end

--- Returns the Unix time of sale number n. It never decreases with n.
function timeline.sale_created(shop, number)
  if number > shop.first_sales then return shop.sales[number].created end
  return sale_times.of(shop, number)
end

--- Returns the Unix time of subscription number n, which must be one of those at the start.
function timeline.subscription_created(shop, number)
  if shop.charges >= shop.first_subscriptions then
    return timeline.sale_created(shop, number * shop.charge_step)
  end
  return shop.opened_at + floor((number - 0.5) / shop.first_subscriptions * (shop.started_at - shop.opened_at))
end

-- The number of a charge, counted over all subscriptions, or nil if the sale is not a charge.
local function charge_of(shop, number)
  if number > shop.first_sales or shop.charges == 0 or number % shop.charge_step ~= 0 then
    return nil
  end
  local charge = number / shop.charge_step
  return charge <= shop.charges and floor(charge) or nil
end

--- Returns the number of the subscription that a sale is a charge of, and whether it had been charged before; or
-- nil.
function timeline.subscription_of_sale(shop, number)
  local charge = charge_of(shop, number)
  if not charge then return nil end
  return (charge - 1) % shop.first_subscriptions + 1, charge > shop.first_subscriptions
end

--- Returns the numbers of the sales that are charges of subscription number n, oldest first.
function timeline.sales_of_subscription(shop, number)
  local numbers = {}
  if number > shop.first_subscriptions then return numbers end
  for charge = number, shop.charges, shop.first_subscriptions do
    numbers[#numbers + 1] = charge * shop.charge_step
  end
  return numbers
end

--- Returns the number of the product that was sold.
function timeline.product_of_sale(shop, number)
  if charge_of(shop, number) then return shop.membership_number end
  local charges_before = shop.charges > 0
    and min(floor(number / shop.charge_step), shop.charges) or 0
  local plain = number - charges_before - 1
  local kinds = #shop.sellable
  local block = floor(plain / kinds)
  return shop.sellable[(plain % kinds + shop.rng:roll("block", block, kinds)) % kinds + 1]
end

--- Returns how many sales a product had before the start.
function timeline.sold_before(shop, product)
  if product.membership then return shop.charges end
  local kinds, plain = #shop.sellable, shop.first_sales - shop.charges
  local place = shop.place_of[product.number]
  if plain < 1 or not place then return 0 end
  local blocks = floor(plain / kinds)
  local in_last = (place - 1 - shop.rng:roll("block", blocks, kinds)) % kinds < plain % kinds
  return blocks + (in_last and 1 or 0)
end

--- Returns the number of the buyer.
function timeline.buyer_of_sale(shop, number)
  local subscription = timeline.subscription_of_sale(shop, number)
  if subscription then return shop.plain_buyers + subscription end
  return 1 + shop.rng:roll("buyer", number, shop.plain_buyers)
end

return timeline
