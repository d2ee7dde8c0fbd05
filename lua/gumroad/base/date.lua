--- Points in time: reads them in the forms that callers use, and writes them as Gumroad's days.
local date = {}

-- Returns the days from 1970-01-01 to a day of the (proleptic) Gregorian calendar. Years begin in March here, so that
-- a leap day is the last day of its year.
local function days_since_epoch(year, month, day)
  if month < 3 then year, month = year - 1, month + 12 end
  local leap_days = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return 365 * year + leap_days + math.floor((153 * month - 457) / 5) + day - 719469
end

local MONTH_DAYS = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_day(year, month, day)
  if not MONTH_DAYS[month] or day < 1 or day > MONTH_DAYS[month] then return false end
  local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  return not (month == 2 and day == 29 and not leap)
end

-- Returns the offset of a time zone in seconds, for "Z", "+02:00", "+0200" or "+02"; nil for anything else.
local function zone_seconds(zone)
  if zone == "Z" or zone == "z" then return 0 end
  local sign, hours, rest = zone:match("^([+-])(%d%d)(.*)$")
  local minutes = rest == "" and "00" or rest and rest:match("^:?(%d%d)$")
  hours, minutes = tonumber(hours), tonumber(minutes)
  if not minutes or hours > 23 or minutes > 59 then return nil end
  return (sign == "-" and -1 or 1) * (hours * 3600 + minutes * 60)
end

local MOST_DIGITS = 9  -- of a fraction

-- Reads a time, with or without seconds and a fraction of a second.
-- @return seconds since midnight, and the text after the time | nil
local function read_time(text)
  local hour, colon, minute, rest = text:match("^[Tt ](%d%d)(:?)(%d%d)(.*)$")
  if not hour then return nil end
  local second, behind_second = rest:match("^" .. colon .. "(%d%d)(.*)$")
  rest = behind_second or rest
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second or 0)
  local fraction, behind_fraction = rest:match("^[.,](%d+)(.*)$")
  if behind_second and fraction then
    fraction, rest = fraction:sub(1, MOST_DIGITS), behind_fraction
    second = second + tonumber(fraction) / 10 ^ #fraction  -- as tonumber("0.5") depends on the locale
  end
  if hour > 23 or minute > 59 or second >= 61 then return nil end
  return hour * 3600 + minute * 60 + second, rest
end

local NO_ZONE = "it has no time zone, such as Z or +02:00"

local function parse_text(text)
  local year, month, day, rest = text:match("^(%d%d%d%d)%-(%d%d?)%-(%d%d?)(.*)$")
  if not year then year, month, day, rest = text:match("^(%d%d%d%d)(%d%d)(%d%d)(.*)$") end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if not year or not is_day(year, month, day) then return nil end
  local midnight = days_since_epoch(year, month, day) * 86400
  if rest == "" then return midnight end
  local seconds, zone = read_time(rest)
  if not seconds then return nil end
  if zone == "" then return nil, NO_ZONE end
  local offset = zone_seconds(zone)
  return offset and midnight + seconds - offset
end

--- Reads a point in time.
-- @param value  "YYYY-MM-DD" or "YYYYMMDD" (00:00 UTC of that day), ISO 8601 with time and zone
--               ("2026-09-14T10:00:00+02:00", "2026-09-14 10:00Z"), Unix seconds, or a table from os.date "*t"
--               (local time; midnight if it has no hour)
-- @return number Unix seconds | nil, and the reason if it is known
function date.parse(value)
  if type(value) == "number" then
    return value == value and math.abs(value) < 1e11 and value or nil
  elseif type(value) == "table" then
    -- a copy, because os.time changes its argument; with an hour, because it takes noon otherwise
    local ok, seconds = pcall(os.time, { year = value.year, month = value.month, day = value.day,
      hour = value.hour or 0, min = value.min, sec = value.sec, isdst = value.isdst })
    return ok and seconds or nil
  elseif type(value) == "string" then
    return parse_text(value)
  end
end

--- Returns the beginning of the UTC day that contains a point in time; with round_up, of the first day that begins at
-- that time or later.
-- @return number Unix seconds
function date.midnight(seconds, round_up)
  return (round_up and math.ceil or math.floor)(seconds / 86400) * 86400
end

--- Returns that UTC day as a text.
-- @return string "YYYY-MM-DD"
function date.day(seconds, round_up)
  return os.date("!%Y-%m-%d", date.midnight(seconds, round_up))
end

--- Tells whether a point in time is the beginning of a UTC day.
function date.is_midnight(seconds)
  return seconds % 86400 == 0
end

--- The forms that date.parse reads, for messages.
date.EXPECTED = "a date (\"YYYY-MM-DD\", ISO 8601 with time and zone, Unix seconds or a table from os.date \"*t\")"

return date
