--- Prices.
local currency = require "gumroad.api.currency"

local floor = math.floor

local US_CENTS = { usd = 1, eur = 1.08, gbp = 1.27, jpy = 0.662, vnd = 0.00386 }  -- per smallest unit of the currency

local prices = {}

--- A year of a membership costs as much as this number of months.
prices.MONTHS_OF_YEAR = 10

--- Converts an amount in the smallest unit of a currency to US cents.
function prices.us_cents(amount, code)
  return floor(amount * (US_CENTS[code] or 1) + 0.5)
end

--- Whether something can be sold at a price: 0, or at least the minimum.
-- @param cents in the smallest unit of the currency
function prices.is_allowed(cents, code)
  return cents <= 0 or cents >= currency.minimum(code)
end

--- Sets the amounts of a sale, from its product, quantity, variants and discount.
function prices.set(sale)
  local product = sale.product
  local each = product.price + sale.variants_cents
  if sale.subscription and sale.subscription.recurrence == "yearly" then each = each * prices.MONTHS_OF_YEAR end
  if sale.offer_code then each = floor(each * 0.9) end
  sale.listed_cents = each * sale.quantity
  sale.price = prices.us_cents(sale.listed_cents, product.currency)
  sale.fee = sale.price > 0 and floor(sale.price * 0.1) + 50 * sale.quantity or 0
  sale.tax_cents = sale.buyer.taxed and floor(sale.price * 0.2) or 0
  sale.shipping_cents = product.physical and 900 or 0
end

return prices
