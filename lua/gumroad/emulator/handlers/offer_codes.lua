--- Discount codes, for one product or for all.
local codes = require "gumroad.emulator.shop.offer_codes"
local currency = require "gumroad.api.currency"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local prices = require "gumroad.emulator.shop.prices"

local offer_codes = {}

local MISSING = "You are missing required offer code parameters. Please refer to "
  .. "https://gumroad.com/api#offer-codes for the correct parameters."
local CHARACTERS = "Discount code can only contain numbers, letters, dashes, and underscores."
local TOO_LOW = "The price after discount for all of your products must be either %s0 or at least %s."

local OfferCode = json.shape { "id", "name", "max_purchase_count", "minimum_amount_cents", "universal",
  "times_used", "percent_off", "amount_cents" }

local function show(code)
  return OfferCode { id = code.id, name = code.name, max_purchase_count = json.or_null(code.most),
    minimum_amount_cents = json.or_null(code.minimum), universal = code.universal,
    times_used = code.used, percent_off = code.percent, amount_cents = code.cents }
end

local on_code = finders.new("offer_code", function(shop, request, product)
  local code = codes.of(shop):find(request:text "offer_code_id")
  return code and codes.fits(code, product) and code
end, finders.product)

offer_codes.list = finders.product(function(shop, _, product)
  local out = {}
  for _, code in ipairs(codes.of(shop)) do
    if codes.fits(code, product) then out[#out + 1] = show(code) end
  end
  return out
end)

offer_codes.get = on_code(function(_, _, code)
  return show(code)
end)

local function is_taken(shop, name, product, universal)
  for _, code in ipairs(codes.of(shop)) do
    if code.name:lower() == name:lower() and (universal or code.universal or code.product == product) then
      return true
    end
  end
  return false
end

local function amounts(request)
  local off, cents = request:text "amount_off", request:text "amount_cents"
  if request:text "offer_type" == "percent" then return off and fields.integer(off), nil end
  local amount = cents or off
  return nil, amount and fields.integer(amount)
end

-- What is wrong with a new code, or nil.
local function fault_of(shop, code, product)
  if not code.percent and not code.cents then return MISSING end
  if not code.name:find("^[%w_-]+$") then return CHARACTERS end
  if is_taken(shop, code.name, product, code.universal) then return "Discount code must be unique." end
  if code.percent and code.percent > 100 then return "Please enter a discount amount that is 100% or less." end
  if code.cents and not prices.is_allowed(product.price - code.cents, product.currency) then
    return TOO_LOW:format(currency.symbol(product.currency), format.minimum_price(product.currency))
  end
end

local LIMITS = {
  max_purchase_count = { "most", fields.integer_or_nil },
  minimum_amount_cents = { "minimum", fields.integer_or_nil },
}

offer_codes.create = finders.product(function(shop, request, product)
  local code = { name = request:text "name" or "", universal = request.params.universal == "true",
    product = product, currency = product.currency, used = 0 }
  code.percent, code.cents = amounts(request)
  local fault = fault_of(shop, code, product)
  if fault then return request:refuse(fault) end
  fields.change(code, request, LIMITS)
  return show(codes.of(shop):add(code))
end)

offer_codes.update = on_code(function(_, request, code)
  fields.change(code, request, LIMITS)
  return show(code)
end)

offer_codes.delete = on_code(function(shop, _, code)
  codes.of(shop):remove(code)
end)

return offer_codes
