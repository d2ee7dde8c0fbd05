--- Lists that take the server too long, so that it refuses them (`slow_query` in gumroad.api). They are fetched in
-- date ranges instead: the days are halved until the server responds, and the newest half comes first. So the order
-- stays newest first. As `after` includes its day and `before` does not, no item is lost or returned twice where
-- two ranges meet.
--
-- A list's position among its ranges is kept in its page keys. As long as nothing was halved they are Gumroad's own.
-- After that they are ours, "AFTER..BEFORE@KEY": the days of a range (empty for the caller's own bound) and
-- Gumroad's key within it (empty for its first page).
local date = require "gumroad.base.date"
local Error = require "gumroad.base.error"

local date_ranges = {}

local DAY = 86400

-- Pages of a list over date ranges. It wraps the pages of gumroad.resources.list and has the same functions.
local Ranges = {}
Ranges.__index = Ranges

--- Lets a list use date ranges if the server may refuse it.
-- @param pages from gumroad.resources.list: start(key, range), finish(call), operation, params (as they are sent),
--   bounds (the caller's days, `after` and `before`, in Unix seconds or nil)
-- @return pages with the same functions
function date_ranges.over(pages)
  local slow = pages.operation.row.slow_query
  -- Within a range, a page's number would mean another page.
  if not slow or (pages.params.page or 1) ~= 1 then return pages end
  return setmetatable({ pages = pages, days = pages.bounds, slow = slow }, Ranges)
end

-- A part is a table that stands for one page: Gumroad's page `key` between the days `after` and `before` (Unix seconds
-- or nil); `cut` (whether these days may differ from the caller's); `call` (its request, once it was sent).

-- Reads a day of a key, in Unix seconds. Empty means the caller's own bound; returns false if it is not a day.
local function read_day(text, own)
  if text == "" then return own end
  return date.parse(text) or false
end

function Ranges:part_of(key)
  local days, after, before, own = self.days, nil, nil, nil
  if key then after, before, own = key:match("^([%d-]*)%.%.([%d-]*)@(.*)$") end
  local from, to = own and read_day(after, days.after), own and read_day(before, days.before)
  if not own or from == false or to == false then
    return { after = days.after, before = days.before, key = key, cut = false }
  end
  return { after = from, before = to, key = own ~= "" and own or nil, cut = true }
end

local function write_key(part, key)
  return ("%s..%s@%s"):format(part.after and date.day(part.after) or "", part.before and date.day(part.before) or "",
    key or "")
end

-- Gumroad's key begins with the time of the last sale returned, and all sales that follow are older.
local function day_after_key(key)
  local year, month, day = (key or ""):match("^(%d%d%d%d)(%d%d)(%d%d)%d+%-")
  local seconds = year and date.parse(("%s-%s-%s"):format(year, month, day))
  return seconds and seconds + DAY
end

-- Returns the bounds of a part and how many days it spans. Without a bound it begins with Gumroad's first day, or ends
-- tomorrow.
function Ranges:span(part)
  local oldest = part.after or date.parse(self.slow.earliest)
  local newest = part.before or date.midnight(os.time() + DAY)
  return oldest, newest, math.floor((newest - oldest) / DAY)
end

-- Returns the newest half of a part; nil if it is a single day.
function Ranges:newest_half(part)
  local top = day_after_key(part.key)
  local half = { after = part.after, before = part.before, key = part.key, cut = true }
  if top and (not part.before or top < part.before) then half.before = top end
  local _, newest, days = self:span(half)
  if days < 2 then return nil end
  half.after = newest - math.floor(days / 2) * DAY
  return half
end

-- Returns the part that follows one that was read to its end, or nil. As that one succeeded, the next one is twice
-- as long.
function Ranges:older_part(part)
  local first = self.days.after
  if not part.cut or part.after == first then return nil end
  local oldest, _, days = self:span(part)
  local after = oldest - 2 * days * DAY
  return { after = after > (first or date.parse(self.slow.earliest)) and after or first, before = part.after }
end

-- Returns the key of the next page.
-- @param own Gumroad's key of the next page within this part, or nil
function Ranges:next_key(part, own)
  if own then return part.cut and write_key(part, own) or own end
  local older = self:older_part(part)
  return older and write_key(older)
end

function Ranges:is_too_slow(err)
  if err.status ~= 400 then return false end
  for _, words in ipairs(self.slow) do
    if err.message:find(words, 1, true) then return true end
  end
  return false
end

local function advise(err, slow)
  return Error.reword(err, ("%s The server says so even for a single day: %s"):format(err.message, slow.hint))
end

--- Sends the request for a page.
-- @param key Gumroad's or ours; nil for the first page
-- @return what finish needs | nil, err
function Ranges:start(key)
  local part = self:part_of(key)
  local call, err = self.pages:start(part.key, part.cut and part or nil)
  part.call = call
  return call and part, err
end

--- Waits for that page.
-- @return array with the key of the next page as next_page_key | nil, err
function Ranges:finish(part)
  local page, err = self.pages:finish(part.call)
  while err and self:is_too_slow(err) do
    part = self:newest_half(part)
    if not part then return nil, advise(err, self.slow) end
    local call
    call, err = self.pages:start(part.key, part)
    if call then page, err = self.pages:finish(call) end
  end
  if page then page.next_page_key = self:next_key(part, page.next_page_key) end
  return page, err
end

return date_ranges
