--- Products.
local catalog = require "gumroad.emulator.shop.catalog"
local changes = require "gumroad.emulator.shop.product_changes"
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local landing_pages = require "gumroad.emulator.shop.landing_pages"
local links = require "gumroad.emulator.views.links"
local paging = require "gumroad.emulator.http.paging"
local product_view = require "gumroad.emulator.views.product"
local taxonomy = require "gumroad.emulator.shop.taxonomy"

local products = {}

local function show(shop, request, product)
  return product_view(shop, product, request.token.scopes, true)
end

function products.list(shop, request)
  local list = {
    count = shop.product_count, created = function(number) return catalog.created(shop, number) end,
    keep = function(number) return not catalog.get(shop, number).deleted end,
    show = function(number) return product_view(shop, catalog.get(shop, number), request.token.scopes) end,
  }
  if shop.old_server then  -- it does not page and ignores the key
    list.size = shop.product_count
    list.start = function(...) return paging.start(...) and shop.product_count end
  end
  return paging.page(request, list)
end

products.get = finders.product(show)

function products.create(shop, request)
  local fault = changes.fault_of_new(request) or changes.fault_of(shop, request)
  if fault then return request:refuse(fault) end
  local product = catalog.add(shop, changes.plan_of(request))
  changes.apply(shop, request, product)
  return show(shop, request, product)
end

products.update = finders.product(function(shop, request, product)
  local fault = changes.fault_of(shop, request, product)
  if fault then return request:refuse(fault) end
  local html, extra_fields, refusal = request:text "custom_html", nil, nil
  if html then extra_fields, refusal = landing_pages.set(product, request, html) end
  if refusal then return refusal end
  changes.apply(shop, request, product)
  local warning = request:text "price" and changes.warning(shop, product)
  if warning then
    extra_fields = json.put(json.put_all(json.dict(), extra_fields), "warning", warning)
  end
  return show(shop, request, product), nil, extra_fields
end)

products.delete = finders.product(function(_, _, product)
  product.deleted, product.published = true, false
end)

local function publish(value)
  return finders.product(function(shop, request, product)
    product.published = value
    return show(shop, request, product)
  end)
end

products.enable = publish(true)
products.disable = publish(false)

-- landing pages -------------------------------------------------------------------------------

local function urls_of(product)
  return { landing_url = product.custom_html and links.product(product) or json.null }
end

products.preview_custom_html = finders.product(function(_, request)
  return landing_pages.preview(request)
end)

products.get_custom_html = finders.product(function(_, _, product)
  return landing_pages.show(product, urls_of(product))
end)

products.edit_custom_html = finders.product(function(_, request, product)
  return landing_pages.edit(product, request, urls_of(product))
end)

-- comparable products -------------------------------------------------------------------------

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
