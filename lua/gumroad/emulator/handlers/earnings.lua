--- The earnings of a year.
local json = require "gumroad.emulator.http.json"
local ledger = require "gumroad.emulator.shop.ledger"

local Earnings = json.shape { "year", "currency", "gross_cents", "fees_cents", "taxes_cents",
  "affiliate_credit_cents", "net_cents" }

local earnings = {}

function earnings.get(shop, request)
  local year = (request:text "year" or ""):match("^%d%d%d%d$")
  if not year then return request:deny(404, "The year was not found.") end
  local sum = ledger.year(shop, year)
  return Earnings {
    year = tonumber(year), currency = "usd", gross_cents = sum.gross, fees_cents = sum.fees,
    taxes_cents = sum.taxes, affiliate_credit_cents = sum.affiliates,
    net_cents = sum.gross - sum.fees - sum.taxes - sum.affiliates,
  }
end

return earnings
