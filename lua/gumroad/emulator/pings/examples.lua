--- Pings of an invented shop, without a Gumroad that runs: makes each event happen and answers
-- what its ping says.
local deliveries = require "gumroad.emulator.pings.deliveries"
local Shop = require "gumroad.emulator.shop"

local Examples = {}
Examples.__index = Examples

-- As many as the emulator has, so that numbers and ids look alike.
local PRODUCTS, SALES, SUBSCRIBERS = 12, 200, 40

--- @param seed from which the shop is invented: the same events come from the same seed
function Examples.new(seed)
  return setmetatable({ shop = Shop.new { seed = seed, now = os.time(), products = PRODUCTS, sales = SALES,
    subscribers = SUBSCRIBERS } }, Examples)
end

local function paid_sale(shop, test)
  local sale
  repeat sale = shop:sell { test = test } until sale.listed_cents > 0
  return sale
end

local function new_member(shop)
  return shop:sell { product_id = shop:product(shop.membership_number).id }.subscription
end

-- function(shop, test): how each comes about
local EVENTS = {
  sale = function(shop, test) shop:sell { test = test } end,
  refund = function(shop, test) shop:refund(paid_sale(shop, test)) end,
  dispute = function(shop, test) shop:dispute(paid_sale(shop, test)) end,
  dispute_won = function(shop, test) shop:dispute(paid_sale(shop, test), true) end,
  cancellation = function(shop) shop:cancel(new_member(shop)) end,
  subscription_updated = function(shop) shop:change_plan(new_member(shop)) end,
  subscription_ended = function(shop) shop:finish(new_member(shop)) end,
  subscription_restarted = function(shop)
    local subscription = new_member(shop)
    shop:finish(subscription)
    shop:restart(subscription)
  end,
}

--- What the ping of one more event of that sort says.
-- @param name of gumroad.webhook.EVENTS
-- @param test true: of a sale that the seller made, to try the shop
-- @return payload, as gumroad.emulator.pings.deliveries takes it
function Examples:payload(name, test)
  local record
  self.shop.emit = function(emitted, of) if emitted == name then record = of end end
  EVENTS[name](self.shop, test)
  return deliveries.payload(self.shop, name, record)
end

--- What one more test ping of the settings page says.
function Examples:test_payload()
  self.shop:sell {}
  return deliveries.test_payload(self.shop)
end

return Examples
