--- Lists: what shop.RESOURCE:list, each and pages do. They use no coroutines, as OpenResty needs those itself.
--
-- The next page is requested as soon as a page has arrived, so that the network works while the script does.
local date = require "gumroad.base.date"
local date_ranges = require "gumroad.resources.date_ranges"
local params = require "gumroad.resources.params"
local tables = require "gumroad.base.tables"
local Error = require "gumroad.base.error"

-- Parameters --------------------------------------------------------------------------------

local function take_limit(where, given)
  local limit = given.limit
  given.limit = nil
  if limit ~= nil and (type(limit) ~= "number" or limit < 0 or limit ~= math.floor(limit)) then
    Error.usage("%s: limit: a whole number of at least 0 expected, got %s", where,
      type(limit) == "number" and tostring(limit) or type(limit))
  end
  return limit
end

-- Gumroad filters by whole UTC days. For a finer bound the enclosing day is sent, and the items beyond the bound
-- are left out here.
-- @return the day, and the bound itself if it is finer; both in Unix seconds or nil
local function take_bound(row, given, name, round_up)
  local seconds = row.params_by_name[name] and date.parse(given[name])
  if not seconds then return nil, nil end  -- params.check refuses what is not a date
  local day = date.midnight(seconds, round_up)
  given[name] = day
  return day, seconds ~= day and seconds or nil
end

-- Where a list begins: at a page's key or at its number, for which "page=3" serves as a key. If both are given, the
-- number wins, as it does at Gumroad; but a key of ours wins over the number, as it contains one.
local function first_key(given)
  local is_ours = given.page_key and given.page_key:find("~", 1, true)
  if is_ours or (given.page or 1) == 1 then return given.page_key end
  return ("page=%d"):format(given.page)
end

-- Splits the caller's parameters into those that are sent and those that are applied here: the limit and the bounds.
-- @return table checked, limit or nil, { after, before, finer_after, finer_before }
local function read_params(row, where, given)
  local bounds = {}
  if given == nil then return params.check(where, row), nil, bounds end
  if type(given) ~= "table" then
    Error.usage("%s: a table of parameters expected, got %s", where, type(given))
  end
  local copy = tables.copy(given)
  local limit = take_limit(where, copy)
  bounds.after, bounds.finer_after = take_bound(row, copy, "after", false)
  bounds.before, bounds.finer_before = take_bound(row, copy, "before", true)
  return params.check(where, row, copy), limit, bounds
end

-- The pages of a list, as Gumroad returns them.
local Pages = {}
Pages.__index = Pages

-- @param operation see gumroad.resources.operation
-- @return Pages; the limit or nil
local function new_pages(operation)
  local row = operation.row
  local sent, limit, bounds = read_params(row, operation.where, operation.params)
  if row.paging_params then sent = tables.copy(row.paging_params, sent) end
  return setmetatable({
    operation = operation, params = sent, bounds = bounds, first_key = first_key(sent),
    request = operation:request(sent),  -- built first, so that a wrong id raises before any request
  }, Pages), limit
end

--- Sends the request for a page.
-- @param key   its key; nil for the first page
-- @param range optional: { after, before }, in Unix seconds or nil, to send instead of the caller's days
-- @return what finish needs | nil, err
function Pages:start(key, range)
  local client = self.operation.client
  if key == self.first_key and not range then return client:start(self.request) end
  local sent = tables.copy(self.params)
  if range then
    sent.after, sent.before = range.after and date.day(range.after), range.before and date.day(range.before)
  end
  sent.page = key and key:match("^page=(%d+)$")  -- not with a key: the number would win
  sent.page_key = not sent.page and key or nil
  return client:start(self.operation:request(sent))
end

local function filter(bounds, items)
  local after, before = bounds.finer_after, bounds.finer_before
  if not (after or before) then return items end
  local kept = { next_page_key = items.next_page_key }
  for _, item in ipairs(items) do
    local at = date.parse(item.created_at or "")
    if not at or ((not after or at >= after) and (not before or at < before)) then kept[#kept + 1] = item end
  end
  return kept
end

--- Waits for that page.
-- @return array of items, with the key of the next page as next_page_key | nil, err
function Pages:finish(call)
  local body, err = call:finish()
  local cancelled = body and call:cancelled()  -- it may have arrived before, as it was requested ahead
  if cancelled then return nil, call:explain(cancelled) end
  if not body then return nil, err end
  local items
  items, err = self.operation:value(body, self.request)
  if not items then return nil, err end
  return filter(self.bounds, items)
end

-- Where a list was cut ------------------------------------------------------------------------

-- If a limit cuts a list within a page, our key says which items of that page were returned: "KEY~ID~ID~" is page KEY
-- without these. It holds ids, not a count, because items may be added or deleted before the list goes on. Gumroad's
-- own keys and ids contain no "~".
-- Returns Gumroad's key, or nil for the first page, and the ids or nil.
local function split_key(key)
  if not key or not key:find("~", 1, true) then return key ~= "" and key or nil, nil end
  local own, at = key:match("^([^~]*)~()")
  local given = {}
  local behind = key:find("~", at, true)
  while behind do
    given[#given + 1] = key:sub(at, behind - 1)
    at = behind + 1
    behind = key:find("~", at, true)
  end
  return own ~= "" and own or nil, given
end

local function write_key(key, given)
  if not given or #given == 0 then return key end
  return (key or "") .. "~" .. table.concat(given, "~") .. "~"
end

-- Returns what identifies an item; "" for an item without an id, such as an upcoming payout.
local function id_of(item)
  return tostring(item.id or item.slug or "")
end

-- Splits a page into items not returned yet; also returns the ids already returned that are not on
-- this page, as they may come later.
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
  return Error.new("server", "the server sent a next_page_key that it had sent before, so the list would never end",
    { method = request.method, path = request.path:match("^[^?]*") })
end

-- Returns the first `most` items, and adds their ids to those already returned.
local function first_of(items, most, given)
  local page = {}
  for i = 1, most do page[i], given[#given + 1] = items[i], id_of(items[i]) end
  return page
end

-- From page to page ---------------------------------------------------------------------------

-- A list that is being read.
local Walk = {}
Walk.__index = Walk

-- @param operation see new_pages
-- @param ahead     whether it is an iterator's: each next page is requested at once even if there is no limit, and each
--                  has the whole time until a deadline
local function new_walk(operation, ahead)
  local pages, limit = new_pages(operation)
  local key, given = split_key(pages.first_key)
  return setmetatable({
    pages = date_ranges.over(pages), request = pages.request,
    ahead = ahead or limit ~= nil, deadline = ahead and operation.options.deadline,
    key = key, given = given,  -- the next page, and the ids of its items that were already returned
    seen = { [key or ""] = true },
    left = limit, more = limit ~= 0,
    call = nil, err = nil,     -- the request for the next page, or why it could not be sent
    waiting = false,           -- whether somebody waits for its response
  }, Walk)
end

-- Returns what the caller gets of a page, with next_page_key, complete and reason.
function Walk:take(page)
  local left, others, next_key = self.left, self.given, page.next_page_key
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

-- Returns the page that was requested | nil, err
function Walk:receive()
  local call, err = self.call, self.err
  local page
  if call then
    self.waiting = true
    page, err = self.pages:finish(call)
    self.waiting = false
  end
  self.call, self.err = nil, nil
  if not page then return nil, err end
  local next_key = page.next_page_key
  if next_key then
    if self.seen[next_key] then return nil, stuck(self.request) end
    self.seen[next_key] = true
  end
  return page
end

-- Returns an array with next_page_key, complete and reason | nil at the end | nil, err. The step after an error
-- requests the same page again.
function Walk:step()
  if not self.more then return nil end
  if self.waiting then
    Error.usage("this list's iterator is already waiting for a page: make one for each task, and a new one after "
      .. "on_request or on_response has raised")
  end
  if self.deadline then self.deadline:renew() end
  if not self.call and not self.err then self.call, self.err = self.pages:start(self.key) end
  local page, err = self:receive()
  if not page then return nil, err end
  page = self:take(page)
  if self.more and self.ahead then self.call, self.err = self.pages:start(self.key) end
  return page
end

-- The methods ---------------------------------------------------------------------------------

local list = {}

--- Returns the first `limit` items, or one page if there is no limit.
-- @param operation see gumroad.resources.operation; its parameters are not checked yet
-- @return array with next_page_key, complete, reason | nil, err
function list.list(operation)
  local walk = new_walk(operation)
  local limit = walk.left
  if limit == 0 then return { complete = false, reason = "limit" } end
  local all, err = walk:step()
  local page = all
  while page and not page.complete and (limit or #all == 0) do
    page, err = walk:step()
    for _, item in ipairs(page or {}) do all[#all + 1] = item end
    if page then all.next_page_key, all.complete, all.reason = page.next_page_key, page.complete, page.reason end
  end
  if err then return nil, err end
  return all
end

--- Returns an iterator over pages. It raises errors, as an iterator cannot return them.
function list.pages(operation)
  local walk = new_walk(operation, true)
  return function()
    local page, err = walk:step()
    if err then error(err, 0) end
    return page
  end
end

--- Returns an iterator over items.
function list.each(operation)
  local next_page = list.pages(operation)
  local page, at = {}, 0
  return function()
    at = at + 1
    while page and page[at] == nil do page, at = next_page(), 1 end
    return page and page[at]
  end
end

return list
