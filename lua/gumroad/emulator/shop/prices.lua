--- What things cost.
local currency = require "gumroad.api.currency"

local floor = math.floor

local US_CENTS = { usd = 1, eur = 1.08, gbp = 1.27, jpy = 0.662, vnd = 0.00386 }  -- for a smallest unit

local prices = {}

--- A year of a membership costs as much as this many months.
prices.MONTHS_OF_YEAR = 10

--- What an amount in smallest units of a currency is worth here, in US cents.
function prices.us_cents(amount, code)
  return floor(amount * (US_CENTS[code] or 1) + 0.5)
end

--- Whether something can be sold at a price: for nothing, or for enough.
-- @param cents in the currency's smallest unit
function prices.is_allowed(cents, code)
  return cents <= 0 or cents >= currency.minimum(code)
end

--- Sets what of a sale follows from product, quantity, variants and discount.
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
