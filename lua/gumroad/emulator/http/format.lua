--- Times and amounts in the texts that the server makes of them.
local floor = math.floor

local format = {}

local SELLER_ZONE = -7 * 3600  -- the invented seller lives in Arizona: no summer time

--- "2026-09-14T07:05:31Z" of a Unix time.
function format.iso(time)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", time)
end

--- " 5 Jan 2026  9:38 AM", in the seller's time zone.
function format.daystamp(time)
  local t = os.date("!*t", time + SELLER_ZONE)
  local month = os.date("!%b", time + SELLER_ZONE)
  return ("%2d %s %d %2d:%02d %s"):format(t.day, month, t.year, (t.hour + 11) % 12 + 1, t.min,
    t.hour < 12 and "AM" or "PM")
end

local AGO = {  -- below so many minutes: that many units of so many minutes
  { 45, 1, "minute" }, { 90, 60, "hour", "about" }, { 1440, 60, "hour", "about" },
  { 2520, 1440, "day" }, { 43200, 1440, "day" }, { 86400, 43200, "month", "about" },
  { 525600, 43200, "month" },
}

local function count(n, unit, about)
  return (about and about .. " " or "") .. ("%d %s"):format(n, unit) .. (n == 1 and "" or "s")
end

local function years(minutes)
  local n, rest = floor(minutes / 525600), minutes % 525600
  if rest < 131400 then return count(n, "year", "about") end
  if rest < 394200 then return count(n, "year", "over") end
  return count(n + 1, "year", "almost")
end

--- "about 2 months ago".
function format.ago(time, now)
  local minutes = floor(math.max(0, now - time) / 60 + 0.5)
  if minutes == 0 then return "less than a minute ago" end
  for _, step in ipairs(AGO) do
    if minutes < step[1] then
      return count(math.max(1, floor(minutes / step[2] + 0.5)), step[3], step[4]) .. " ago"
    end
  end
  return years(minutes) .. " ago"
end

--- Days since 1970-01-01 of a date, or nil if there is no such day.
function format.day_number(year, month, day)
  if month < 1 or month > 12 or day < 1 or day > 31 then return nil end
  local y = month <= 2 and year - 1 or year
  local era = floor(y / 400)
  local of_era = y - era * 400
  local of_year = floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  local days = era * 146097 + of_era * 365 + floor(of_era / 4) - floor(of_era / 100) + of_year
    - 719468
  local back = os.date("!*t", days * 86400)
  if back.day ~= day or back.month ~= month then return nil end
  return days
end

--- A Unix time in the seller's time zone, in the words of os.date.
function format.seller_time(words, time)
  return os.date("!" .. words, time + SELLER_ZONE)
end

--- The Unix time at which a day of the seller's begins whose UTC day begins at `time`.
function format.seller_midnight(time)
  return time - SELLER_ZONE
end

--- Unix time of the day's first second in UTC, from "2026-9-1", or nil.
function format.parse_day(text)
  local year, month, day = text:match("^(%d%d%d%d)-(%d%d?)-(%d%d?)$")
  if not year then return nil end
  local days = format.day_number(tonumber(year), tonumber(month), tonumber(day))
  return days and days * 86400
end

--- "20260914070531000000" of a Unix time: with microseconds, of which there are none.
function format.key_time(time)
  return os.date("!%Y%m%d%H%M%S000000", time)
end

--- The Unix time again, or nil.
function format.parse_key_time(text)
  local year, month, day, hour, minute, second = text:match(
    "^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d)%d%d%d%d%d%d$")
  if not year then return nil end
  local days = format.day_number(tonumber(year), tonumber(month), tonumber(day))
  if not days then return nil end
  return days * 86400 + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

local SYMBOLS = {
  usd = "$", gbp = "£", eur = "€", jpy = "¥", inr = "₹", aud = "A$", cad = "CAD$",
  hkd = "HK$", sgd = "S$", twd = "NT$", nzd = "NZ$", brl = "R$", zar = "R", chf = "CHF",
  ils = "₪", php = "₱", krw = "₩", pln = "zł", czk = "Kč",
}

function format.symbol(currency)
  return SYMBOLS[currency] or "$"
end

--- Whether the currency's smallest unit is its main unit. Only the yen counts as such.
function format.is_whole(currency)
  return currency == "jpy"
end

local function thousands(digits)
  local out = digits:reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (out:gsub("^,", ""))
end

--- "1,234.50", and "19" for whole amounts; from the smallest unit.
function format.amount(cents, currency)
  if format.is_whole(currency) then return thousands(("%.0f"):format(cents)) end
  local main, rest = thousands(("%.0f"):format(floor(cents / 100))), cents % 100
  return rest == 0 and main or ("%s.%02.0f"):format(main, rest)
end

--- "$19", "99¢".
function format.price(cents, currency)
  if currency == "usd" and cents == 99 then return "99¢" end
  return format.symbol(currency) .. format.amount(cents, currency)
end

local LEAST = {  -- smallest prices that are not 0, in the smallest unit
  usd = 99, gbp = 59, eur = 79, jpy = 99, inr = 7300, aud = 99, cad = 99, hkd = 799, sgd = 99,
  twd = 2999, nzd = 99, brl = 533, zar = 1300, chf = 100, ils = 700, php = 4500, krw = 111000,
  pln = 379, czk = 2149,
}

--- Whether something can be sold for so much: for nothing, or for enough.
function format.is_price(cents, currency)
  return cents <= 0 or cents >= (LEAST[currency] or 99)
end

--- Whether Gumroad sells in that currency.
function format.is_currency(currency)
  return LEAST[currency] ~= nil
end

--- "$0.99": the smallest price that is not 0.
function format.minimum_price(currency)
  return format.symbol(currency) .. format.amount(LEAST[currency] or 99, currency)
end

local RECURRENCES = {
  monthly = " a month", quarterly = " every 3 months", biannually = " every 6 months",
  yearly = " a year", every_two_years = " every 2 years",
}

--- " a month", or "" where there is no recurrence.
function format.recurrence(name)
  return RECURRENCES[name] or ""
end

return format
