--- Example pings of an invented shop, without a running emulator: makes an event happen and returns the payload
-- of its ping.
local catalog = require "gumroad.emulator.shop.catalog"
local deliveries = require "gumroad.emulator.pings.deliveries"
local events = require "gumroad.emulator.shop.events"
local facts = require "gumroad.api.events"
local Shop = require "gumroad.emulator.shop"

local Examples = {}
Examples.__index = Examples

-- As in the emulator, so that numbers and ids look the same.
local PRODUCTS, SALES, SUBSCRIBERS = 12, 200, 40

--- @param seed seed for the invented shop; the same seed gives the same events
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

-- Makes an event happen.
local function trigger(shop, name, test)
  if name == "sale" then return events.sell(shop, { test = test }) end
  local act = events.triggers[name] or error("the emulator cannot trigger the event " .. name)
  act(shop, facts.named[name].object == facts.SALE and paid_sale(shop, test) or new_member(shop), {})
end

--- Triggers an event and returns the payload of its ping.
-- @param name an event of gumroad.api.events
-- @param test whether it is about a test purchase of the seller
-- @return payload, for gumroad.emulator.pings.deliveries
function Examples:payload(name, test)
  local record, details
  self.shop.emit = function(emitted, of, its_details)
    if emitted == name then record, details = of, its_details end
  end
  trigger(self.shop, name, test)
  return deliveries.payload(self.shop, name, record, details)
end

--- Makes a sale and returns the payload of a test ping of the settings page.
function Examples:test_payload()
  events.sell(self.shop, {})
  return deliveries.test_payload(self.shop)
end

return Examples
