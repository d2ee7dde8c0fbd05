--- Stock-keeping units of goods that are shipped.
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local skus = {}

skus.list = on.product(function(shop, _, product)
  local out = {}
  if not product.physical then return out end
  for _, category in ipairs(product.categories) do
    for i, option in ipairs(shop:options_of(category)) do
      out[#out + 1] = views.sku(option, product, i)
    end
  end
  return out
end)

return skus
