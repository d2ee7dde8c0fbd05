--- Custom fields: questions at checkout. A field is identified by its name.
local catalog = require "gumroad.emulator.shop.catalog"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"

local custom_fields = {}

local TYPES = { text = true, checkbox = true, terms = true, long_text = true, file = true }

local CustomField = json.shape { "id", "type", "name", "required", "global", "collect_per_product",
  "products" }

-- A field on its own. Inside a product it has fewer fields.
local function show(field, product)
  return CustomField { id = field.id, type = field.type, name = field.name, required = field.required,
    global = false, collect_per_product = false, products = { product.id } }
end

-- Finds the position of the last field with a name.
local on_place = finders.new("custom_field", function(_, request, product)
  for place = #product.custom_fields, 1, -1 do
    if product.custom_fields[place].name == request:text "name" then return place end
  end
end, finders.product)

custom_fields.list = finders.product(function(_, _, product)
  return json.list(product.custom_fields, show, product)
end)

custom_fields.create = finders.product(function(shop, request, product)
  local name = request:text "name" or request:text "url" or request:text "label"
  local kind = request:text "type" or "text"
  if fields.is_blank(name) or not TYPES[kind] or kind == "terms" and not name:find("^https?://.") then
    return request:refuse "The custom_field was unable to be created."
  end
  local required = request.params.required == "true"  -- not a boolean in JSON
  return show(catalog.add_field(shop, product, kind, name, required), product)
end)

custom_fields.update = on_place(function(_, request, place, product)
  local field = product.custom_fields[place]
  if request.params.required ~= nil then field.required = request.params.required == "true" end
  return show(field, product)
end)

custom_fields.delete = on_place(function(_, _, place, product)
  table.remove(product.custom_fields, place)
end)

return custom_fields
