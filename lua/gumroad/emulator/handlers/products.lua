--- Products.
local changes = require "gumroad.emulator.shop.product_changes"
local json = require "gumroad.emulator.http.json"
local landing = require "gumroad.emulator.shop.landing_pages"
local on = require "gumroad.emulator.shop.finders"
local paging = require "gumroad.emulator.http.paging"
local taxonomy = require "gumroad.emulator.shop.taxonomy"
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

products.get = on.product(show)

function products.create(shop, request)
  local fault = changes.fault_of_new(request) or changes.fault_of(shop, request)
  if fault then return request:refuse(fault) end
  local product = shop:add_product(changes.ware_of(request))
  changes.apply(shop, request, product)
  return show(shop, request, product)
end

products.update = on.product(function(shop, request, product)
  local fault = changes.fault_of(shop, request, product)
  if fault then return request:refuse(fault) end
  local html, beside, refusal = request:text "custom_html", nil, nil
  if html then beside, refusal = landing.set(product, request, html) end
  if refusal then return refusal end
  changes.apply(shop, request, product)
  local warning = request:text "price" and changes.warning(shop, product)
  if warning then
    beside = beside and json.copy(beside) or json.dict()
    json.put(beside, "warning", warning)
  end
  return show(shop, request, product), nil, beside
end)

products.delete = on.product(function(_, _, product)
  product.deleted, product.published = true, false
end)

local function publish(value)
  return on.product(function(shop, request, product)
    product.published = value
    return show(shop, request, product)
  end)
end

products.enable = publish(true)
products.disable = publish(false)

-- landing pages -------------------------------------------------------------------------------

local function urls_of(product)
  return { landing_url = product.custom_html and views.product_url(product) or json.null }
end

products.preview_custom_html = on.product(function(_, request)
  return landing.preview(request)
end)

products.get_custom_html = on.product(function(_, _, product)
  return landing.show(product, urls_of(product))
end)

products.edit_custom_html = on.product(function(_, request, product)
  return landing.edit(product, request, urls_of(product))
end)

-- prices of others ----------------------------------------------------------------------------

local Comps = json.shape { "count", "currency", "price_cents", "examples" }
local Percentiles = json.shape { "p25", "p50", "p75" }
local Example = json.shape { "name", "price", "url" }

function products.comps(_, request)
  local filed, words = request:text "taxonomy", request:text "query"
  if not filed and not words then return request:bad "taxonomy or query is required" end
  if filed and not taxonomy.find(filed) then return request:bad "Invalid taxonomy." end
  return Comps { count = 1843, currency = request:text "price_currency_type" or "usd",
    price_cents = Percentiles { p25 = 700, p50 = 1500, p75 = 2900 },
    examples = { Example { name = "Ink Pack", price = "$15", url = "https://someone.gumroad.com/l/ink" } } }
end

return products
