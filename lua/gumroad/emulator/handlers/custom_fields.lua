--- What buyers are asked at checkout. A field's address is its name.
local fields = require "gumroad.emulator.http.fields"
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local custom_fields = {}

local TYPES = { text = true, checkbox = true, terms = true, long_text = true, file = true }

-- Calls what acts on the last field of that name, with its place.
local function on_field(act)
  return on.product(function(_, request, product)
    local name = request.path_params.name
    for place = #product.custom_fields, 1, -1 do
      if product.custom_fields[place].name == name then return act(request, product, place) end
    end
    return request:missing "custom_field"
  end)
end

custom_fields.list = on.product(function(_, _, product)
  local out = {}
  for i, field in ipairs(product.custom_fields) do out[i] = views.custom_field(field, product) end
  return out
end)

custom_fields.create = on.product(function(shop, request, product)
  local name = request:text "name" or request:text "url" or request:text "label"
  local kind = request:text "type" or "text"
  if fields.is_blank(name) or not TYPES[kind] or kind == "terms" and not name:find("^https?://.") then
    return request:refuse "The custom_field was unable to be created."
  end
  local required = request.params.required == "true"  -- the text alone
  return views.custom_field(shop:new_field(product, kind, name, required), product)
end)

custom_fields.update = on_field(function(request, product, place)
  local field = product.custom_fields[place]
  if request.params.required ~= nil then field.required = request.params.required == "true" end
  return views.custom_field(field, product)
end)

custom_fields.delete = on_field(function(_, product, place)
  table.remove(product.custom_fields, place)
end)

return custom_fields
