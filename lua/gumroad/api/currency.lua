--- The currencies that Gumroad supports. Amounts are integers in the smallest unit of their currency, so that
-- no sum ever has a rounding error.
local currency = {}

-- * `symbol`: written before an amount.
-- * `minimum`: the smallest price other than 0, in the smallest unit.
-- * `zero_decimal`: Gumroad has no smaller unit for it. (For Gumroad, the won has one.)
local CURRENCIES = {
  usd = { symbol = "$", minimum = 99 },
  gbp = { symbol = "£", minimum = 59 },
  eur = { symbol = "€", minimum = 79 },
  jpy = { symbol = "¥", minimum = 99, zero_decimal = true },
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
  vnd = { symbol = "₫", minimum = 25618, zero_decimal = true },
}

-- Used for a currency that is not in the table.
local UNKNOWN = CURRENCIES.usd

local function facts_of(code)
  return CURRENCIES[code] or UNKNOWN
end

local by_symbol = {}
for code, facts in pairs(CURRENCIES) do by_symbol[facts.symbol] = code end

--- Whether Gumroad supports a currency.
-- @param code in lower case, such as "usd", here and in the other functions
function currency.is_known(code)
  return CURRENCIES[code] ~= nil
end

--- Whether the smallest unit of a currency is its main unit.
function currency.is_zero_decimal(code)
  return facts_of(code).zero_decimal == true
end

--- The symbol that is written before an amount; "$" for an unknown currency.
function currency.symbol(code)
  return facts_of(code).symbol
end

--- The smallest price other than 0, in the smallest unit.
function currency.minimum(code)
  return facts_of(code).minimum
end

--- The code of the currency with a symbol, or nil.
function currency.with_symbol(symbol)
  return by_symbol[symbol]
end

--- Parses an amount without a symbol, such as a sale's `amount_refundable_in_currency`.
-- @param text such as "1,234.50" or "19"
-- @param code such as "usd" or "jpy"; nil stands for a currency with cents
-- @return integer in the smallest unit (123450 for "1,234.50" dollars, 1234 for "1,234" yen), or nil if
--   the text is not an amount
function currency.parse(text, code)
  local digits = text:gsub(",", "")
  local main, rest = digits:match("^(%d+)$"), ""
  if not main then main, rest = digits:match("^(%d+)%.(%d*)$") end
  if not main then return nil end
  if currency.is_zero_decimal(code) then return rest == "" and tonumber(main) or nil end
  if #rest > 2 then return nil end
  return tonumber(main .. rest .. ("0"):rep(2 - #rest))
end

--- Writes an amount in the smallest unit for people: 123450 of "usd" as "1,234.50 USD", 1234 of "jpy" as "1,234 JPY".
function currency.format(amount, code)
  local digits = ("%.0f"):format(math.abs(amount))
  local rest = ""
  if not currency.is_zero_decimal(code) then
    digits = ("0"):rep(3 - #digits) .. digits
    digits, rest = digits:sub(1, -3), "." .. digits:sub(-2)
  end
  local main = digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return (amount < 0 and "-" or "") .. main .. rest .. " " .. code:upper()
end

return currency
