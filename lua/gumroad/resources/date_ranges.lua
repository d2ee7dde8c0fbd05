--- Lists that the server refuses to make as a whole because that takes it too long (`slow_query` in
-- gumroad.api): the days asked for are halved until it answers, the newest half first. So the order
-- stays newest first; as `after` includes its day and `before` does not, nothing is lost or doubled
-- where two parts meet.
--
-- Where a list has come to among its parts is in its page keys. Gumroad's own keys hold as long as
-- nothing was cut; then ours do: "AFTER..BEFORE@KEY", the days of a part (none: as the caller gave
-- it) and Gumroad's key in it (none: its first page).
local date = require "gumroad.base.date"
local Error = require "gumroad.base.error"

local date_ranges = {}

local DAY = 86400

-- Pages of a list over parts of its days; in place of those of gumroad.resources.list, and over them.
local Ranges = {}
Ranges.__index = Ranges

--- @param pages of gumroad.resources.list: start(key, range) and finish(call); operation; params, as they
--   are sent; bounds: the caller's days, after and before, Unix seconds or nil
-- @return pages with the same two functions: those over date ranges where the server may refuse the whole
function date_ranges.over(pages)
  local slow = pages.operation.row.slow_query
  -- In a part of the list a page's number would mean another page.
  if not slow or (pages.params.page or 1) ~= 1 then return pages end
  return setmetatable({ pages = pages, days = pages.bounds, slow = slow }, Ranges)
end

-- A part is a table: the page `key` of Gumroad's between the days `after` and `before`, Unix seconds or
-- nil; `cut`: whether those may be others than the caller's; `call`: its request, once that is under way.

-- A day that a key names, in Unix seconds: none is the caller's own; false of what is no day.
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

-- Gumroad's key begins with the time of the last sale that was given: no other is younger.
local function day_after_key(key)
  local year, month, day = (key or ""):match("^(%d%d%d%d)(%d%d)(%d%d)%d+%-")
  local seconds = year and date.parse(("%s-%s-%s"):format(year, month, day))
  return seconds and seconds + DAY
end

-- The days that a part spans, where it has no end of its own: since Gumroad's first, until
-- tomorrow.
function Ranges:span(part)
  local oldest = part.after or date.parse(self.slow.earliest)
  local newest = part.before or date.midnight(os.time() + DAY)
  return oldest, newest, math.floor((newest - oldest) / DAY)
end

-- The newest half of a part; nil of a single day.
function Ranges:newest_half(part)
  local top = day_after_key(part.key)
  local half = { after = part.after, before = part.before, key = part.key, cut = true }
  if top and (not part.before or top < part.before) then half.before = top end
  local _, newest, days = self:span(half)
  if days < 2 then return nil end
  half.after = newest - math.floor(days / 2) * DAY
  return half
end

-- What comes behind a part that was given to its end, or nil. A part that passed lets the
-- next one be twice as long.
function Ranges:older_part(part)
  local first = self.days.after
  if not part.cut or part.after == first then return nil end
  local oldest, _, days = self:span(part)
  local after = oldest - 2 * days * DAY
  return { after = after > (first or date.parse(self.slow.earliest)) and after or first, before = part.after }
end

-- The key of the page behind one of a part's, whose own next key is Gumroad's.
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
  return Error.reword(err, ("%s This is what the server says of a single day, too: %s"):format(err.message, slow.hint))
end

--- Sends the request for a page.
-- @param key Gumroad's, or ours, or nil
-- @return what finish takes | nil, err
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
