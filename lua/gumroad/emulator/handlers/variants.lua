--- Versions of a product, or tiers of a membership.
local fields = require "gumroad.emulator.http.fields"
local json = require "gumroad.emulator.http.json"
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local variants = {}

-- Calls what acts on a variant; deleted ones are still found.
local function on_variant(act)
  return on.category(function(_, request, product, category)
    for _, option in ipairs(category.options) do
      if option.id == request:text "variant_id" then return act(request, product, option) end
    end
    return request:missing "variant"
  end)
end

variants.list = on.category(function(shop, _, product, category)
  local out = {}
  for i, option in ipairs(shop:options_of(category)) do out[i] = views.variant(option, product) end
  return out
end)

variants.get = on_variant(function(_, product, option)
  return views.variant(option, product, true)
end)

local FIELDS = {
  name = { "name", tostring }, description = { "description", fields.or_nil },
  price_difference_cents = { "difference", fields.integer },
  max_purchase_count = { "stock", fields.integer_or_nil },
}

variants.create = on.category(function(shop, request, product, category)
  local name = request:text "name"
  if fields.is_blank(name) then return request:refuse "Name can't be blank" end
  local option = shop:new_option(product, category, name, 0)
  fields.change(option, request, FIELDS)
  return views.variant(option, product, true)
end)

variants.update = on_variant(function(request, product, option)
  local name = request:text "name"
  if name and fields.is_blank(name) then return request:refuse "Name can't be blank" end
  fields.change(option, request, FIELDS)
  local pages = request.params.rich_content
  if type(pages) == "table" then option.rich_content = json.of(pages) end
  return views.variant(option, product, true)
end)

variants.delete = on_variant(function(_, _, option)
  option.deleted = true
end)

return variants
