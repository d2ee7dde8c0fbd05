--- Lists that the server refuses to make as a whole because that takes it too long: the days
-- asked for are halved until it answers, the newest half first. So the order stays newest
-- first; as `after` includes its day and `before` does not, nothing is lost or doubled where
-- two parts meet. Which lists are cut so is in gumroad.api (`too_slow`).
--
-- Where a list stands among its parts is told by its page keys. Gumroad's own keys hold as
-- long as nothing was cut; then ours do: "AFTER..BEFORE@KEY", the days of a part (none: as
-- the caller gave it) and Gumroad's key in it (none: its first page).
local date = require "gumroad.date"

local windows = {}

local DAY = 86400

local Part = {}  -- a request for a page of a part, under way; as a call, it can be finished
Part.__index = Part

local function seconds_of(day)
  return day and date.parse(day)
end

-- The page that a key names: { after, before, key } with days as the server takes them.
local function read_key(key, given)
  local after, before, own = (key or ""):match("^([%d-]*)%.%.([%d-]*)@(.*)$")
  if not after then return { after = given.after, before = given.before, key = key, cut = false } end
  return {
    after = after ~= "" and after or given.after, before = before ~= "" and before or given.before,
    key = own ~= "" and own or nil, cut = true,
  }
end

local function write_key(part, key)
  return ("%s..%s@%s"):format(part.after or "", part.before or "", key or "")
end

-- Gumroad's key begins with the time of the last sale that was given: no other is younger.
local function day_after_key(key)
  local year, month, day = (key or ""):match("^(%d%d%d%d)(%d%d)(%d%d)%d+%-")
  local seconds = year and date.parse(("%s-%s-%s"):format(year, month, day))
  return seconds and date.day(seconds + DAY)
end

-- The days that a part spans, where it has no end of its own: since Gumroad's first, until
-- tomorrow.
local function span(part, row)
  local oldest = seconds_of(part.after) or date.parse(row.too_slow.since)
  local newest = seconds_of(part.before) or date.parse(date.day(os.time() + DAY))
  return oldest, newest, math.floor((newest - oldest) / DAY)
end

-- The newest half of a part; nil of a single day.
local function newest_half(part, row)
  local top = day_after_key(part.key)
  local whole = { after = part.after, before = part.before, key = part.key, cut = true }
  if top and (not part.before or top < part.before) then whole.before = top end
  local _, newest, days = span(whole, row)
  if days < 2 then return nil end
  whole.after = date.day(newest - math.floor(days / 2) * DAY)
  return whole
end

-- What comes behind a part that was given to its end, or nil. A part that passed lets the
-- next one be twice as long.
local function older_part(part, given, row)
  if not part.cut or part.after == given.after then return nil end
  local oldest, _, days = span(part, row)
  local after = date.day(oldest - 2 * days * DAY)
  local first = given.after or row.too_slow.since
  return { after = after > first and after or given.after, before = part.after, cut = true }
end

local function is_too_slow(err, row)
  if err.status ~= 400 then return false end
  for _, words in ipairs(row.too_slow) do
    if err.message:find(words, 1, true) then return true end
  end
  return false
end

function Part:send()
  local call, err = self.ask(self.part.key, self.part.after, self.part.before)
  if not call then return nil, err end
  self.call, self.request, self.wire = call, call.request, call.wire
  return self
end

local function advise(err, row)
  err.message = ("%s This is what the server says of a single day, too: %s"):format(err.message, row.too_slow.advice)
  return err
end

--- As a call's: the page, with the key of the next one.
function Part:finish()
  local body, err = self.call:finish()
  while err and is_too_slow(err, self.row) do
    local half = newest_half(self.part, self.row)
    if not half then return nil, advise(err, self.row) end
    self.part = half
    local sent
    sent, err = self:send()
    if not sent then return nil, err end
    body, err = self.call:finish()
  end
  if not body then return nil, err end
  local own = body.next_page_key
  if own ~= nil then  -- one that is no text is refused later
    if self.part.cut and type(own) == "string" then body.next_page_key = write_key(self.part, own) end
  else
    local older = older_part(self.part, self.given, self.row)
    body.next_page_key = older and write_key(older)
  end
  return body
end

--- Sends the request for a page.
-- @param row   of gumroad.api, with `too_slow`
-- @param given { after, before } of the caller's, days or nil
-- @param key   Gumroad's, or ours, or nil
-- @param ask   function(key, after, before) -> call | nil, err; sends the request for a page
-- @return call | nil, err
function windows.start(row, given, key, ask)
  return setmetatable({ row = row, given = given, ask = ask, part = read_key(key, given) }, Part):send()
end

return windows
