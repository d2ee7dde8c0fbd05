--- SKUs of physical products.
local catalog = require "gumroad.emulator.shop.catalog"
local finders = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views.variant"

local skus = {}

skus.list = finders.product(function(_, _, product)
  local out = {}
  if not product.physical then return out end
  for _, category in ipairs(product.categories) do
    for i, option in ipairs(catalog.options(category)) do
      out[#out + 1] = views.sku(option, product, i)
    end
  end
  return out
end)

return skus
