--- Products.
local fields = require "gumroad.emulator.fields"
local paging = require "gumroad.emulator.paging"
local views = require "gumroad.emulator.views"

local products = {}

local function show(shop, request, product)
  return views.product(shop, product, request.token.scopes, true)
end

function products.list(shop, request)
  local start = paging.start(request:text "page_key", shop.product_count,
    function(number) return shop:product_created(number) end)
  if not start then return request:bad "Invalid page_key." end
  local size = request.row.page_size
  if shop.old_server then size, start = shop.product_count, shop.product_count end
  local numbers, last = paging.collect(start, 1, size, function(number)
    return not shop:product(number).deleted
  end)
  local out = {}
  for i, number in ipairs(numbers) do
    out[i] = views.product(shop, shop:product(number), request.token.scopes)
  end
  return out, last and paging.key(shop:product_created(last), last)
end

function products.get(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  return show(shop, request, product)
end

local FIELDS = {
  name = { "name", tostring }, description = { "description", tostring },
  price = { "price", fields.integer }, custom_permalink = { "custom_permalink", fields.or_nil },
  price_currency_type = { "currency", string.lower }, custom_summary = { "summary", fields.or_nil },
  customizable_price = { "pay_what_you_want", function(text) return fields.truth(text) or nil end },
  max_purchase_count = { "stock", fields.integer_or_nil },
  custom_receipt = { "custom_receipt", fields.or_nil },
  custom_html = { "custom_html", fields.or_nil },
  refund_fine_print = { "refund_fine_print", fields.or_nil },
  refund_period = { "refund_period", function(text) return text ~= "inherit" and text or nil end },
}

local function change(product, request)
  fields.change(product, request, FIELDS)
  local tags = request.params.tags
  if type(tags) == "table" then product.tags = tags end
end

function products.create(shop, request)
  if fields.is_blank(request:text "name") then return request:refuse "Name can't be blank" end
  if fields.is_blank(request:text "price") then return request:refuse "Price can't be blank" end
  local draft = fields.truth(request:text "draft") or request:text "published" == "false"
  local product = shop:add_product { name = "", price = 0, draft = draft,
    membership = request:text "native_type" == "membership" }
  if product.membership then
    shop:new_category(product, "Tier", { { "Untitled", 0 } })
  end
  change(product, request)
  return show(shop, request, product)
end

function products.update(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  local name = request:text "name"
  if name and fields.is_blank(name) then return request:refuse "Name can't be blank" end
  change(product, request)
  return show(shop, request, product)
end

function products.delete(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  product.deleted, product.published = true, false
end

local function publish(value)
  return function(shop, request)
    local product = shop:find_product(request:text "product_id")
    if not product then return request:missing "product" end
    product.published = value
    return show(shop, request, product)
  end
end

products.enable = publish(true)
products.disable = publish(false)

return products
