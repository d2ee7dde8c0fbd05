--- Variant categories and variants in responses: the versions of a product or the tiers of a membership.
local catalog = require "gumroad.emulator.shop.catalog"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local prices = require "gumroad.emulator.shop.prices"

local null, or_null = json.null, json.or_null

local views = {}

local Category = json.shape { "id", "title" }

function views.category(category)
  return Category { id = category.id, title = category.title }
end

-- inside a product ------------------------------------------------------------------------

local Variants = json.shape { "title", "options" }
local Option = json.shape { "name", "price_difference", "is_pay_what_you_want",
  "recurrence_prices", "url", "rich_content" }
local Recurrences = json.shape { "monthly", "yearly" }
local RecurrencePrice = json.shape { "price_cents", "suggested_price_cents" }

local function tier_prices(product, tier)
  local monthly = product.price + tier.difference
  return Recurrences {
    monthly = RecurrencePrice { price_cents = monthly, suggested_price_cents = null },
    yearly = RecurrencePrice { price_cents = prices.MONTHS_OF_YEAR * monthly, suggested_price_cents = null },
  }
end

local function option_in_product(option, product, in_full)
  local tier = product.membership
  return Option {
    name = option.name, price_difference = tier and 0 or option.difference, is_pay_what_you_want = false,
    recurrence_prices = tier and tier_prices(product, option) or null, url = null,
    rich_content = in_full and {} or nil,
  }
end

--- All categories of a product, as in its own response.
function views.in_product(product, in_full)
  local out = {}
  for _, category in ipairs(product.categories) do
    if not category.deleted then
      out[#out + 1] = Variants { title = category.title,
        options = json.list(catalog.options(category), option_in_product, product, in_full) }
    end
  end
  return out
end

-- on its own ------------------------------------------------------------------------------

local Variant = json.shape { "id", "max_purchase_count", "name", "description",
  "price_difference_cents", "custom_sku", "is_customizable_price", "recurrence_price_values",
  "rich_content" }
local AllRecurrences = json.shape { "monthly", "quarterly", "biannually", "yearly", "every_two_years" }
local Tier = json.shape { "enabled", "price_cents", "suggested_price_cents", "price" }

local function tier_price(cents, currency)
  if not cents then return Tier { enabled = false } end
  return Tier { enabled = true, price_cents = cents, suggested_price_cents = null,
    price = format.amount(cents, currency) }
end

local function add_tier(out, product, tier)
  local values = tier_prices(product, tier)
  out.price_difference_cents, out.is_customizable_price = null, false
  out.recurrence_price_values = AllRecurrences {}
  for _, name in ipairs(json.keys(out.recurrence_price_values)) do
    local price = values[name]
    out.recurrence_price_values[name] = tier_price(price and price.price_cents, product.currency)
  end
end

--- A variant or a tier.
function views.variant(option, product, in_full)
  local out = {
    id = option.id, max_purchase_count = or_null(option.stock), name = option.name,
    description = option.description or (product.membership and "" or null),
    price_difference_cents = option.difference, rich_content = in_full and (option.rich_content or {}) or nil,
  }
  if product.membership then add_tier(out, product, option) end
  return Variant(out)
end

--- A variant in the list of SKUs.
-- @param place its position among the versions of its category
function views.sku(option, product, place)
  local out = views.variant(option, product)
  if product.skus then out.custom_sku = ("%s-%d"):format(product.skus, place) end
  return out
end

return views
