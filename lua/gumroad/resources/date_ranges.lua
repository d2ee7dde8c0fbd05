--- Lists that the server refuses to make as a whole because that takes it too long: the days
-- asked for are halved until it answers, the newest half first. So the order stays newest
-- first; as `after` includes its day and `before` does not, nothing is lost or doubled where
-- two parts meet. Which lists are cut so is in gumroad.api (`too_slow`).
--
-- Where a list stands among its parts is told by its page keys. Gumroad's own keys hold as
-- long as nothing was cut; then ours do: "AFTER..BEFORE@KEY", the days of a part (none: as
-- the caller gave it) and Gumroad's key in it (none: its first page).
local date = require "gumroad.base.date"

local windows = {}

local DAY = 86400

local function seconds_of(day)
  return day and date.parse(day)
end

local OURS = "^([%d-]*)%.%.([%d-]*)@(.*)$"

-- Whether a list was cut where this key stands.
local function is_ours(key)
  return key ~= nil and key:find(OURS) ~= nil
end

-- The page that a key names: { after, before, key } with days as the server takes them.
local function read_key(key, given)
  if not is_ours(key) then return { after = given.after, before = given.before, key = key, cut = false } end
  local after, before, own = key:match(OURS)
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

local function advise(err, row)
  err.message = ("%s This is what the server says of a single day, too: %s"):format(err.message, row.too_slow.advice)
  return err
end

local function send(query, part)
  return query:ask(part.key, part.after, part.before)
end

-- The key of the page behind one of a part's, whose own next key is Gumroad's.
local function next_key(part, own, query)
  if own == nil then
    local older = older_part(part, query.params, query.row)
    return older and write_key(older)
  elseif part.cut and type(own) == "string" then
    return write_key(part, own)
  end
  return own  -- one that is no text is refused later
end

--- Sends the request for a page.
-- @param query { row of gumroad.api, with `too_slow`; params: { after, before } of the caller's,
--   days or nil; ask = function(query, key, after, before) -> call | nil, err, which sends it }
-- @param key   Gumroad's, or ours, or nil
-- @return call | nil, err
function windows.start(query, key)
  return send(query, read_key(key, query.params))
end

--- Waits for the page of a key.
-- @param query, key, call as of windows.start
-- @return table the body, with the key of the next page | nil, err
function windows.finish(query, key, call)
  local body, err = call:finish()
  if body and not is_ours(key) then return body end
  local part, row = read_key(key, query.params), query.row
  while err and is_too_slow(err, row) do
    part = newest_half(part, row)
    if not part then return nil, advise(err, row) end
    call, err = send(query, part)
    if call then body, err = call:finish() end
  end
  if not body then return nil, err end
  body.next_page_key = next_key(part, body.next_page_key, query)
  return body
end

return windows
