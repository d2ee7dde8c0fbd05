--- The categories of a product's versions, such as Size.
local views = require "gumroad.emulator.views"

local categories = {}

-- Calls what acts on a category; deleted ones are still found.
local function on_category(act)
  return function(shop, request)
    local product = shop:find_product(request:text "product_id")
    if not product then return request:missing "product" end
    for _, category in ipairs(product.categories) do
      if category.id == request:text "variant_category_id" then return act(category, request) end
    end
    return request:missing "variant_category"
  end
end

function categories.list(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  local out = {}
  for _, category in ipairs(product.categories) do
    if not category.deleted then out[#out + 1] = views.variant_category(category) end
  end
  return out
end

categories.get = on_category(views.variant_category)

function categories.create(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  return views.variant_category(shop:new_category(product, request:text "title" or ""))
end

categories.update = on_category(function(category, request)
  category.title = request:text "title" or category.title
  return views.variant_category(category)
end)

categories.delete = on_category(function(category)
  category.deleted = true
end)

return categories
