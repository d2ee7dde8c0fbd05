--- The filters of the list of sales. Filters that do not need the whole sale come first.
local buyers = require "gumroad.emulator.shop.buyers"
local catalog = require "gumroad.emulator.shop.catalog"
local licenses = require "gumroad.emulator.shop.licenses"
local rng = require "gumroad.emulator.shop.rng"
local sales = require "gumroad.emulator.shop.sales"
local timeline = require "gumroad.emulator.shop.timeline"

local function subscription_of(shop, number)
  local changed = shop.sales[number]
  if changed then return changed.subscription and changed.subscription.number end
  return (timeline.subscription_of_sale(shop, number))
end

-- Each is function(shop, wanted) -> function(number) -> boolean.
local FILTERS = {
  { "order_id", function(_, wanted)
    local only = rng.number_of_order(wanted)
    return function(number) return number == only end
  end },
  { "product_id", function(shop, wanted)
    local product = catalog.find(shop, wanted).number
    return function(number)
      local changed = shop.sales[number]
      return (changed and changed.product.number or timeline.product_of_sale(shop, number)) == product
    end
  end },
  { "email", function(shop, wanted)
    local buyer = buyers.number_of_email(shop, wanted)
    return function(number)
      local changed = shop.sales[number]
      if changed then return changed.email == wanted end
      return timeline.buyer_of_sale(shop, number) == buyer
    end
  end },
  { "license_key", function(shop, wanted)
    local license = licenses.find(shop, wanted:upper()) or {}
    return function(number)
      if license.of ~= "subscription" then return license.of == "sale" and number == license.number end
      return subscription_of(shop, number) == license.number
    end
  end },
  { "name", function(shop, wanted)
    wanted = wanted:lower()
    return function(number)
      local changed = shop.sales[number]
      local name = changed and changed.buyer.name or buyers.name(shop, timeline.buyer_of_sale(shop, number))
      return name:lower():find(wanted, 1, true) ~= nil
    end
  end },
}

--- Creates a filter of sale numbers.
-- @param wanted table: `product_id` (of a product that exists), `email`, `order_id`, `name`, `license_key`
-- @return function(number) -> boolean
return function(shop, wanted)
  local tests = { function(number) return sales.is_listed(shop, number) end }
  for _, filter in ipairs(FILTERS) do
    local value = wanted[filter[1]]
    if value then tests[#tests + 1] = filter[2](shop, value) end
  end
  return function(number)
    for i = 1, #tests do
      if not tests[i](number) then return false end
    end
    return true
  end
end
