--- Amounts as Gumroad writes them for people, read back into whole smallest units: what is
-- counted never becomes a fraction.
local money = {}

-- Currencies without a smaller unit, as Gumroad sees it: the won, say, has one there.
local WHOLE = { jpy = true }

--- Reads an amount without its symbol, such as a sale's `amount_refundable_in_currency`.
-- @param text     "1,234.50", "19"
-- @param currency "usd", "jpy", ...; nil: one with a smaller unit
-- @return integer smallest units (123450; of "1,234" yen 1234), or nil where it is no amount
function money.parse(text, currency)
  local main, rest = text:gsub(",", ""):match("^(%d+)%.?(%d*)$")
  if not main then return nil end
  if WHOLE[currency] then return rest == "" and tonumber(main) or nil end
  if #rest > 2 then return nil end
  return tonumber(main .. rest .. ("0"):rep(2 - #rest))
end

return money
