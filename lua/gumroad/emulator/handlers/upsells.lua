--- Upsells: further offers at checkout.
local catalog = require "gumroad.emulator.shop.catalog"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local Store = require "gumroad.emulator.shop.store"

local null = json.null

local upsells = {}

local function upsells_of(shop)
  return Store.of(shop, "upsells", "upsell", function(store)
    local guide, brushes = catalog.find(shop, "inkfg"), catalog.find(shop, "kzqwu")
    if not guide then return end
    store:add { name = "Add the ink guide", cross_sell = true, product = guide, percents = 50,
      text = "Take the guide too", description = "Half price today", selected = { brushes }, swaps = {} }
  end)
end

local Upsell = json.shape { "id", "name", "cross_sell", "replace_selected_products", "universal", "text",
  "description", "paused", "product", "discount", "selected_products", "upsell_variants" }
local Product = json.shape { "id", "name", "currency_type", "variant" }
local Discount = json.shape { "type", "cents", "percents", "product_ids", "expires_at",
  "minimum_quantity", "duration_in_billing_cycles", "minimum_amount_cents" }
local Named = json.shape { "id", "name" }
local Swap = json.shape { "id", "selected_variant", "offered_variant" }

local function named(record)
  return Named { id = record.id, name = record.name }
end

local function discount_of(upsell)
  if not upsell.cents and not upsell.percents then return null end
  return Discount { type = upsell.cents and "fixed" or "percent", cents = upsell.cents,
    percents = upsell.percents, product_ids = { upsell.product.id }, expires_at = null,
    minimum_quantity = null, duration_in_billing_cycles = null, minimum_amount_cents = null }
end

local function show(shop, upsell)
  local product, swaps = upsell.product, {}
  for i, swap in ipairs(upsell.swaps) do
    swaps[i] = Swap { id = shop.rng:id("upsell_variant", upsell.number * 100 + i),
      selected_variant = named(swap[1]), offered_variant = named(swap[2]) }
  end
  return Upsell {
    id = upsell.id, name = upsell.name, cross_sell = upsell.cross_sell or false,
    replace_selected_products = upsell.replaces or false, universal = upsell.universal or false,
    text = upsell.text or "", description = upsell.description or "", paused = upsell.paused or false,
    product = Product { id = product.id, name = product.name, currency_type = product.currency,
      variant = upsell.variant and named(upsell.variant) or null },
    discount = discount_of(upsell), selected_products = json.list(upsell.selected, named), upsell_variants = swaps,
  }
end

local function find_variant(product, id)
  for _, category in ipairs(product.categories) do
    for _, option in ipairs(catalog.options(category)) do
      if option.id == id then return option end
    end
  end
end

local function find_all(list, find)
  local out = {}
  for i, value in ipairs(type(list) == "table" and list or {}) do
    out[i] = find(value)
    if not out[i] then return nil end
  end
  return out
end

local FIELDS = {
  name = { "name", tostring }, text = { "text", tostring }, description = { "description", tostring },
  cross_sell = { "cross_sell", fields.truth }, universal = { "universal", fields.truth },
  paused = { "paused", fields.truth }, replace_selected_products = { "replaces", fields.truth },
}

-- Sets all fields of an upsell. Lists, the discount and the variant are reset if they are absent.
-- @return the name of what was not found, or nil
local function set(shop, request, upsell)
  local params = request.params
  local product = upsell.product
  if params.product_id then product = catalog.find(shop, tostring(params.product_id)) end
  if not product then return "product" end
  local variant = params.variant_id and find_variant(product, params.variant_id)
  if params.variant_id and not variant then return "variant" end
  local selected = find_all(params.product_ids, function(id) return catalog.find(shop, tostring(id)) end)
  if not selected then return "product" end
  local swaps = find_all(params.upsell_variants, function(swap)
    local old = find_variant(product, swap.selected_variant_id)
    local new = find_variant(product, swap.offered_variant_id)
    return old and new and { old, new }
  end)
  if not swaps then return "variant" end
  local code = type(params.offer_code) == "table" and params.offer_code or {}
  upsell.product, upsell.variant, upsell.selected, upsell.swaps = product, variant, selected, swaps
  upsell.cents, upsell.percents = tonumber(code.amount_cents), tonumber(code.amount_percentage)
  fields.change(upsell, request, FIELDS)
end

local on_upsell = finders.record("upsell", upsells_of)

function upsells.list(shop)
  return json.list(upsells_of(shop), function(upsell) return show(shop, upsell) end)
end

upsells.get = on_upsell(function(shop, _, upsell)
  return show(shop, upsell)
end)

function upsells.create(shop, request)
  if fields.is_blank(request:text "name") then return request:refuse "Name can't be blank" end
  local upsell = {}
  local missing = set(shop, request, upsell)
  if missing then return request:missing(missing) end
  return show(shop, upsells_of(shop):add(upsell))
end

upsells.update = on_upsell(function(shop, request, upsell)
  local name = request:text "name"
  if name and fields.is_blank(name) then return request:refuse "Name can't be blank" end
  local missing = set(shop, request, upsell)
  if missing then return request:missing(missing) end
  return show(shop, upsell)
end)

upsells.delete = on_upsell(function(shop, _, upsell)
  upsells_of(shop):remove(upsell)
end)

return upsells
