--- Wrappers for handlers that first find the object that the request names. If there is no such object, the response
-- says so.
local catalog = require "gumroad.emulator.shop.catalog"
local sales = require "gumroad.emulator.shop.sales"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local finders = {}

--- Creates a finder.
-- @param name   what it finds, as the server calls it
-- @param find   function(shop, request, ...) -> object or nil; `...` is what the outer finder has found
-- @param within optional outer finder, for the object that contains this one
-- @return function(act) -> handler, where act is function(shop, request, object, ...)
function finders.new(name, find, within)
  return function(act)
    local function handler(shop, request, ...)
      local object = find(shop, request, ...)
      if not object then return request:missing(name) end
      return act(shop, request, object, ...)
    end
    return within and within(handler) or handler
  end
end

--- Creates a finder of records in a store.
-- @param store_of function(shop) -> store
-- @param field    field to search by (default: the id, which is NAME_id in the request)
function finders.record(name, store_of, field)
  local parameter = field or name .. "_id"
  return finders.new(name, function(shop, request)
    return store_of(shop):find(request:text(parameter), field)
  end)
end

finders.product = finders.new("product", function(shop, request)
  return catalog.find(shop, request:text "product_id")
end)

--- This also finds deleted categories.
finders.category = finders.new("variant_category", function(_, request, product)
  for _, category in ipairs(product.categories) do
    if category.id == request:text "variant_category_id" then return category end
  end
end, finders.product)

finders.sale = finders.new("sale", function(shop, request)
  return sales.find(shop, request:text "sale_id")
end)

finders.subscriber = finders.new("subscriber", function(shop, request)
  return subscriptions.find(shop, request:text "subscriber_id")
end)

return finders
