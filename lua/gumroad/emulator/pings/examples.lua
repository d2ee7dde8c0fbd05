--- Pings of an invented shop, without a Gumroad that runs: makes each event happen and gives what its ping
-- says.
local catalog = require "gumroad.emulator.shop.catalog"
local deliveries = require "gumroad.emulator.pings.deliveries"
local events = require "gumroad.emulator.shop.events"
local facts = require "gumroad.api.events"
local Shop = require "gumroad.emulator.shop"

local Examples = {}
Examples.__index = Examples

-- As many as the emulator has, so that numbers and ids look alike.
local PRODUCTS, SALES, SUBSCRIBERS = 12, 200, 40

--- @param seed for the invented shop: the same events come from the same seed
function Examples.new(seed)
  return setmetatable({ shop = Shop.new { seed = seed, now = os.time(), products = PRODUCTS, sales = SALES,
    subscribers = SUBSCRIBERS } }, Examples)
end

local function paid_sale(shop, test)
  local sale
  repeat sale = events.sell(shop, { test = test }) until sale.listed_cents > 0
  return sale
end

local function new_member(shop)
  return events.sell(shop, { product_id = catalog.get(shop, shop.membership_number).id }).subscription
end

-- Makes an event happen, as a script would.
local function happen(shop, name, test)
  if name == "sale" then return events.sell(shop, { test = test }) end
  local make = events.makers[name] or error("nothing in the emulator makes this happen: " .. name)
  make(shop, facts.named[name].object == facts.SALE and paid_sale(shop, test) or new_member(shop), {})
end

--- What the ping of one more event of that sort says.
-- @param name of gumroad.api.events
-- @param test true: of a sale that the seller made, to try the shop
-- @return payload, as gumroad.emulator.pings.deliveries takes it
function Examples:payload(name, test)
  local record, details
  self.shop.emit = function(emitted, of, its_details)
    if emitted == name then record, details = of, its_details end
  end
  happen(self.shop, name, test)
  return deliveries.payload(self.shop, name, record, details)
end

--- What one more test ping of the settings page says.
function Examples:test_payload()
  events.sell(self.shop, {})
  return deliveries.test_payload(self.shop)
end

return Examples
