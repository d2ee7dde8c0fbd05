--- Variants: versions of a product or tiers of a membership.
local catalog = require "gumroad.emulator.shop.catalog"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local views = require "gumroad.emulator.views.variant"

local variants = {}

-- This also finds deleted variants.
local on_variant = finders.new("variant", function(_, request, category)
  for _, option in ipairs(category.options) do
    if option.id == request:text "variant_id" then return option end
  end
end, finders.category)

variants.list = finders.category(function(_, _, category, product)
  return json.list(catalog.options(category), views.variant, product)
end)

variants.get = on_variant(function(_, _, option, _, product)
  return views.variant(option, product, true)
end)

local FIELDS = {
  name = { "name", tostring }, description = { "description", fields.or_nil },
  price_difference_cents = { "difference", fields.integer },
  max_purchase_count = { "stock", fields.integer_or_nil },
}

variants.create = finders.category(function(shop, request, category, product)
  local name = request:text "name"
  if fields.is_blank(name) then return request:refuse "Name can't be blank" end
  local option = catalog.add_option(shop, product, category, name, 0)
  fields.change(option, request, FIELDS)
  return views.variant(option, product, true)
end)

variants.update = on_variant(function(_, request, option, _, product)
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
