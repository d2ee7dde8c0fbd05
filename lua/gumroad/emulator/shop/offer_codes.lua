--- Discount codes, for one product or for all.
local prices = require "gumroad.emulator.shop.prices"
local Store = require "gumroad.emulator.shop.store"

local offer_codes = {}

local function fill(store, shop)
  store:add { name = "AUTUMN-10", universal = true, percent = 10, used = math.floor(shop.first_sales / 12) }
end

--- Returns the shop's codes, oldest first.
function offer_codes.of(shop)
  return Store.of(shop, "offer_codes", "offer_code", fill)
end

--- Whether a code is for a product. A universal code with an amount is only for products in its currency.
function offer_codes.fits(code, product)
  if not code.universal then return code.product == product end
  return code.percent ~= nil or code.currency == product.currency
end

--- Returns the names of the codes with which a product would cost too little to be sold.
function offer_codes.too_generous(shop, product)
  local names = {}
  for _, code in ipairs(offer_codes.of(shop)) do
    local off = code.cents or math.floor(product.price * (code.percent or 0) / 100)
    if offer_codes.fits(code, product) and not prices.is_allowed(product.price - off, product.currency) then
      names[#names + 1] = code.name
    end
  end
  return names
end

return offer_codes
