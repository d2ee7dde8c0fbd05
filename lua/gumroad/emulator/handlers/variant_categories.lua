--- The categories of a product's versions, such as Size.
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local categories = {}

categories.list = on.product(function(_, _, product)
  local out = {}
  for _, category in ipairs(product.categories) do
    if not category.deleted then out[#out + 1] = views.variant_category(category) end
  end
  return out
end)

categories.get = on.category(function(_, _, _, category)
  return views.variant_category(category)
end)

categories.create = on.product(function(shop, request, product)
  return views.variant_category(shop:new_category(product, request:text "title" or ""))
end)

categories.update = on.category(function(_, request, _, category)
  category.title = request:text "title" or category.title
  return views.variant_category(category)
end)

categories.delete = on.category(function(_, _, _, category)
  category.deleted = true
end)

return categories
