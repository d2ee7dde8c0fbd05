--- The currencies that Gumroad sells in, and the amounts that it writes for people, read back into
-- whole smallest units: what is counted never becomes a fraction.
local currency = {}

-- * `symbol`: what stands before an amount.
-- * `minimum`: the smallest price that is not 0, in the smallest unit.
-- * `whole`: there is no smaller unit, as Gumroad sees it: the won, say, has one there.
local CURRENCIES = {
  usd = { symbol = "$", minimum = 99 },
  gbp = { symbol = "£", minimum = 59 },
  eur = { symbol = "€", minimum = 79 },
  jpy = { symbol = "¥", minimum = 99, whole = true },
  inr = { symbol = "₹", minimum = 7300 },
  aud = { symbol = "A$", minimum = 99 },
  cad = { symbol = "CAD$", minimum = 99 },
  hkd = { symbol = "HK$", minimum = 799 },
  sgd = { symbol = "S$", minimum = 99 },
  twd = { symbol = "NT$", minimum = 2999 },
  nzd = { symbol = "NZ$", minimum = 99 },
  brl = { symbol = "R$", minimum = 533 },
  zar = { symbol = "R", minimum = 1300 },
  chf = { symbol = "CHF", minimum = 100 },
  ils = { symbol = "₪", minimum = 700 },
  php = { symbol = "₱", minimum = 4500 },
  krw = { symbol = "₩", minimum = 111000 },
  pln = { symbol = "zł", minimum = 379 },
  czk = { symbol = "Kč", minimum = 2149 },
  vnd = { symbol = "₫", minimum = 25618, whole = true },
}

-- What holds for a currency that is not in the table.
local UNKNOWN = CURRENCIES.usd

local function facts_of(code)
  return CURRENCIES[code] or UNKNOWN
end

local by_symbol = {}
for code, facts in pairs(CURRENCIES) do by_symbol[facts.symbol] = code end

--- Whether Gumroad sells in a currency.
-- @param code in lower case, such as "usd"; also below
function currency.is_known(code)
  return CURRENCIES[code] ~= nil
end

--- Whether a currency's smallest unit is its main unit.
function currency.is_whole(code)
  return facts_of(code).whole == true
end

--- What stands before an amount; "$" for a currency that is not known.
function currency.symbol(code)
  return facts_of(code).symbol
end

--- The smallest price that is not 0, in the smallest unit.
function currency.minimum(code)
  return facts_of(code).minimum
end

--- The code of the currency with a symbol, or nil.
function currency.with_symbol(symbol)
  return by_symbol[symbol]
end

--- Reads an amount without its symbol, such as a sale's `amount_refundable_in_currency`.
-- @param text "1,234.50", "19"
-- @param code "usd", "jpy", ...; nil: one with a smaller unit
-- @return integer smallest units (123450; of "1,234" yen 1234), or nil where it is no amount
function currency.parse(text, code)
  local digits = text:gsub(",", "")
  local main, rest = digits:match("^(%d+)$"), ""
  if not main then main, rest = digits:match("^(%d+)%.(%d*)$") end
  if not main then return nil end
  if currency.is_whole(code) then return rest == "" and tonumber(main) or nil end
  if #rest > 2 then return nil end
  return tonumber(main .. rest .. ("0"):rep(2 - #rest))
end

return currency
