--- Variant categories of products, such as Size.
local catalog = require "gumroad.emulator.shop.catalog"
local finders = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views.variant"

local categories = {}

categories.list = finders.product(function(_, _, product)
  local out = {}
  for _, category in ipairs(product.categories) do
    if not category.deleted then out[#out + 1] = views.category(category) end
  end
  return out
end)

categories.get = finders.category(function(_, _, category)
  return views.category(category)
end)

categories.create = finders.product(function(shop, request, product)
  return views.category(catalog.add_category(shop, product, request:text "title" or ""))
end)

categories.update = finders.category(function(_, request, category)
  category.title = request:text "title" or category.title
  return views.category(category)
end)

categories.delete = finders.category(function(_, _, category)
  category.deleted = true
end)

return categories
