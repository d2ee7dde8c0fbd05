--- Lists that come in pages, without coroutines: OpenResty keeps those for itself.
--
-- A page's successor is asked for as soon as the page has arrived, so the network works
-- while the script does.
local Error = require "gumroad.base.error"

local pages = {}

-- Where a list was cut inside a page, our key says what of that page was given: "KEY~ID~ID~" is
-- the page KEY without these. Not how many they were: until the list goes on, others may be new
-- on its first page, or gone from it. Gumroad's own keys and ids have no "~".
-- Returns Gumroad's key, or nil of the first page, and the ids, or nil.
local function split_key(key)
  if not key or not key:find("~", 1, true) then return key ~= "" and key or nil, nil end
  local own, rest = key:match("^([^~]*)~(.*)$")
  local given = {}
  for id in rest:gmatch("([^~]*)~") do given[#given + 1] = id end
  return own ~= "" and own or nil, given
end

local function write_key(key, given)
  if not given or #given == 0 then return key end
  return (key or "") .. "~" .. table.concat(given, "~") .. "~"
end

-- What tells an item from the others; "" for those that have no id, such as payouts to come.
local function id_of(item)
  return tostring(item.id or item.slug or "")
end

-- What of a page was not given yet, and which of the given are not on it: they may come later.
local function sort_out(items, given)
  local times, rest, others = {}, {}, {}
  for _, id in ipairs(given) do times[id] = (times[id] or 0) + 1 end
  for _, item in ipairs(items) do
    local id = id_of(item)
    if (times[id] or 0) > 0 then times[id] = times[id] - 1 else rest[#rest + 1] = item end
  end
  for _, id in ipairs(given) do
    if times[id] > 0 then
      times[id] = times[id] - 1
      others[#others + 1] = id
    end
  end
  return rest, others
end

local function stuck(request)
  return Error.new("server", "the server answered with a next_page_key that it had given before; "
    .. "the list would never end", { method = request.method, path = request.path:match("^[^?]*") })
end

-- The first `most` of the items, whose ids are added to the given ones.
local function first_of(items, most, given)
  local page = {}
  for i = 1, most do page[i], given[#given + 1] = items[i], id_of(items[i]) end
  return page
end

-- A list on its way from page to page.
local Walk = {}
Walk.__index = Walk

-- `query` is a table:
--   start(query, page_key) -> call | nil, err          sends the request for a page
--   finish(query, page_key, call) -> body | nil, err   waits for it
--   items(query, body) -> array | nil, err             what the page holds, filtered
--   request    that for the first page, for errors
--   page_key   where to begin, or nil
--   limit      how many items at most, or nil
-- `ahead`: whether each page's successor is asked for at once.
local function new_walk(query, ahead)
  local key, given = split_key(query.page_key)
  return setmetatable({
    query = query, ahead = ahead,
    key = key, given = given,  -- the page that comes next, and what of it was given
    seen = { [key or ""] = true },
    left = query.limit, more = query.limit ~= 0,
    call = nil, err = nil,     -- the request for that page, under way; or why it could not be sent
    waiting = false,           -- whether somebody waits for its answer
  }, Walk)
end

-- What of a page's items is given, with what a page says besides.
function Walk:take(page, next_key)
  local left, others = self.left, self.given
  if others then page, others = sort_out(page, others) end
  if left and #page > left then
    self.given = self.given or {}
    page = first_of(page, left, self.given)
    page.next_page_key = write_key(self.key, self.given)
  else
    page.next_page_key = next_key and write_key(next_key, others)
    self.key, self.given = next_key, others
  end
  if left then
    left = left - #page
    self.left = left
  end
  page.complete = page.next_page_key == nil
  if not page.complete then page.reason = left == 0 and "limit" or "page" end
  self.more = not page.complete and left ~= 0
  return page
end

-- The items of the page that was asked for and the next page's key | nil, err
function Walk:receive()
  local call, err = self.call, self.err
  local body
  if call then
    self.waiting = true
    body, err = self.query:finish(self.key, call)
    self.waiting = false
  end
  self.call, self.err = nil, nil
  if not body then return nil, err end
  local items
  items, err = self.query:items(body)
  if not items then return nil, err end
  local next_key = body.next_page_key
  if next_key then
    if self.seen[next_key] then return nil, stuck(self.query.request) end
    self.seen[next_key] = true
  end
  return items, next_key
end

-- An array with next_page_key, complete, reason | nil at the end | nil, err; the step after an
-- error asks for that page again.
function Walk:step()
  if not self.more then return nil end
  if self.waiting then
    Error.usage("a list's iterator waits for a page already: each task needs one of its own, and none goes on after "
      .. "a hook has raised")
  end
  if not self.call and not self.err then self.call, self.err = self.query:start(self.key) end
  local items, next_key = self:receive()
  if not items then return nil, next_key end
  local page = self:take(items, next_key)
  if self.more and self.ahead then self.call, self.err = self.query:start(self.key) end
  return page
end

--- The first `limit` items, or one page of the API where there is no limit.
-- @return array with next_page_key, complete, reason | nil, err
function pages.list(query)
  if query.limit == 0 then return { complete = false, reason = "limit" } end
  local walk = new_walk(query, query.limit ~= nil)
  local list, err = walk:step()
  local page = list
  while page and not page.complete and (query.limit or #list == 0) do
    page, err = walk:step()
    for _, item in ipairs(page or {}) do list[#list + 1] = item end
    if page then list.next_page_key, list.complete, list.reason = page.next_page_key, page.complete, page.reason end
  end
  if err then return nil, err end
  return list
end

--- An iterator over pages that raises what goes wrong, as an iterator cannot return it.
function pages.each_page(query)
  local walk = new_walk(query, true)
  return function()
    local page, err = walk:step()
    if err then error(err, 0) end
    return page
  end
end

--- An iterator over items.
function pages.each(query)
  local next_page = pages.each_page(query)
  local page, at = {}, 0
  return function()
    at = at + 1
    while page and page[at] == nil do page, at = next_page(), 1 end
    return page and page[at]
  end
end

return pages
