--- The contents of bundles.
local catalog = require "gumroad.emulator.shop.catalog"
local finders = require "gumroad.emulator.shop.finders"
local product_view = require "gumroad.emulator.views.product"

local bundle_contents = {}

local function read_part(shop, entry, place)
  local product = type(entry) == "table" and catalog.find(shop, tostring(entry.product_id))
  if not product or product.bundle then return nil end
  return { product = product, variant_id = entry.variant_id, quantity = tonumber(entry.quantity) or 1,
    position = tonumber(entry.position) or place - 1 }
end

bundle_contents.update = finders.product(function(shop, request, product)
  if not product.bundle then return request:refuse "This product is not a bundle." end
  local entries, parts = request.params.products, {}
  if type(entries) ~= "table" then return request:bad "products must be an array" end
  for place, entry in ipairs(entries) do
    parts[place] = read_part(shop, entry, place)
    if not parts[place] then return request:missing "product" end
  end
  product.bundle_products = parts
  return product_view(shop, product, request.token.scopes, true)
end)

return bundle_contents
