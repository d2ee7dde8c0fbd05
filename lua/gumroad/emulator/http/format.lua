--- Formats times and amounts as the server does.
local currency = require "gumroad.api.currency"
local date = require "gumroad.base.date"
local json = require "gumroad.emulator.http.json"

local floor = math.floor

local format = {}

local SELLER_ZONE = -7 * 3600  -- the invented seller lives in Arizona, where there is no daylight saving time

--- Formats a Unix time as "2026-09-14T07:05:31Z".
function format.iso(time)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", time)
end

--- The same, or null for nil.
function format.iso_or_null(time)
  return time and format.iso(time) or json.null
end

--- Formats a Unix time as " 5 Jan 2026  9:38 AM", in the seller's time zone.
function format.daystamp(time)
  local t = os.date("!*t", time + SELLER_ZONE)
  local month = os.date("!%b", time + SELLER_ZONE)
  return ("%2d %s %d %2d:%02d %s"):format(t.day, month, t.year, (t.hour + 11) % 12 + 1, t.min,
    t.hour < 12 and "AM" or "PM")
end

local AGO = {  -- { below this many minutes, minutes of the unit, unit, prefix }
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

--- Formats the time that has passed as "about 2 months ago".
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

--- Formats a Unix time in the seller's time zone.
-- @param pattern as for os.date
function format.seller_time(pattern, time)
  return os.date("!" .. pattern, time + SELLER_ZONE)
end

--- Returns the Unix time at which a day begins in the seller's time zone.
-- @param time Unix time at which the same day begins in UTC
function format.seller_midnight(time)
  return time - SELLER_ZONE
end

--- Returns the Unix time at which a day such as "2026-9-1" begins in UTC, or nil.
function format.parse_day(text)
  return text:find("^%d%d%d%d%-%d%d?%-%d%d?$") and date.parse(text) or nil
end

--- Formats a Unix time as "20260914070531000000": with microseconds, which are always 0.
function format.key_time(time)
  return os.date("!%Y%m%d%H%M%S000000", time)
end

--- Parses the result of format.key_time. Returns nil if the text is something else.
function format.parse_key_time(text)
  local year, month, day, hour, minute, second = text:match(
    "^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d)%d%d%d%d%d%d$")
  local midnight = year and date.parse(("%s-%s-%s"):format(year, month, day))
  return midnight and midnight + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

local function thousands(digits)
  local out = digits:reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (out:gsub("^,", ""))
end

--- Formats an amount in the smallest unit as "1,234.50", or as "19" if it is whole.
function format.amount(cents, code)
  if currency.is_zero_decimal(code) then return thousands(("%.0f"):format(cents)) end
  local main, rest = thousands(("%.0f"):format(floor(cents / 100))), cents % 100
  return rest == 0 and main or ("%s.%02.0f"):format(main, rest)
end

--- Formats a price as "$19", or 99 US cents as "99¢".
function format.price(cents, code)
  if code == "usd" and cents == 99 then return "99¢" end
  return currency.symbol(code) .. format.amount(cents, code)
end

--- Returns the smallest price other than 0, such as "$0.99".
function format.minimum_price(code)
  return currency.symbol(code) .. format.amount(currency.minimum(code), code)
end

local RECURRENCES = {
  monthly = " a month", quarterly = " every 3 months", biannually = " every 6 months",
  yearly = " a year", every_two_years = " every 2 years",
}

--- Returns " a month" and the like, or "" without a recurrence.
function format.recurrence(name)
  return RECURRENCES[name] or ""
end

return format
