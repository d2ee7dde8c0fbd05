--- Handlers that begin by finding what the path names. What is not there is answered here.
local on = {}

--- @param act function(shop, request, product), as a handler
function on.product(act)
  return function(shop, request)
    local product = shop:find_product(request:text "product_id")
    if not product then return request:missing "product" end
    return act(shop, request, product)
  end
end

--- Deleted categories are still found.
-- @param act function(shop, request, product, category), as a handler
function on.category(act)
  return on.product(function(shop, request, product)
    for _, category in ipairs(product.categories) do
      if category.id == request:text "variant_category_id" then
        return act(shop, request, product, category)
      end
    end
    return request:missing "variant_category"
  end)
end

return on
