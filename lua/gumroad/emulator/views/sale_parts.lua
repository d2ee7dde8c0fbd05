--- Parts of sales that are the same in responses and in pings.
local json = require "gumroad.emulator.http.json"

local null = json.null

local parts = {}

local Card = json.shape { "visual", "type", "bin", "expiry_month", "expiry_year" }
local OfferCode = json.shape { "code", "displayed_amount_off", "name" }

--- The card.
function parts.card(sale)
  local paid = sale.price > 0
  return Card { visual = paid and "**** **** **** 4242" or null, type = paid and "visa" or null,
    bin = null, expiry_month = null, expiry_year = null }
end

--- The discount, or nil.
function parts.offer_code(sale)
  return sale.offer_code
    and OfferCode { code = sale.offer_code, displayed_amount_off = "10%", name = sale.offer_code } or nil
end

return parts
