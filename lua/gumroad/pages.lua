--- Lists that come in pages, by closures: OpenResty keeps coroutines for itself.
--
-- A page's successor is asked for as soon as the page has arrived, so the network works
-- while the script does.
local Error = require "gumroad.error"

local pages = {}

-- Where a list was cut inside a page, our key says what of that page was given: "KEY~ID~ID~" is
-- the page KEY without these. Not how many they were: until the list goes on, others may be new
-- on its first page, or gone from it. Gumroad's own keys and ids have no "~".
local function split_key(key)
  local own, rest = (key or ""):match("^([^~]*)~?(.*)$")
  local given = {}
  for id in rest:gmatch("([^~]*)~") do given[#given + 1] = id end
  return own ~= "" and own or nil, given
end

local function write_key(key, given)
  if #given == 0 then return key end
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

local function stuck(call)
  return Error.new("server", "the server answered with a next_page_key that it had given before; "
    .. "the list would never end", { method = call.request.method, path = call.wire.path:match("^[^?]*") })
end

-- The first `most` of the items, whose ids are added to the given ones.
local function first_of(items, most, given)
  local page = {}
  for i = 1, most do page[i], given[#given + 1] = items[i], id_of(items[i]) end
  return page
end

--- An iterator over raw pages.
-- @param query table:
--   start(page_key) -> call | nil, err   sends the request for a page
--   items(body) -> array | nil, err      what the page holds, filtered
--   page_key                             where to begin, or nil
--   limit                                how many items at most, or nil
-- @param ahead whether each page's successor is asked for at once
-- @return function() -> array with next_page_key, complete, reason | nil at the end | nil, err
function pages.iterate(query, ahead)
  local key, given = split_key(query.page_key)
  local seen, left, more = { [key or ""] = true }, query.limit, query.limit ~= 0
  local call, err  -- the request for the next page, under way; or why it could not be sent

  local function take(page, next_key)
    local others = given
    if #given > 0 then page, others = sort_out(page, given) end
    if left and #page > left then
      page = first_of(page, left, given)
      page.next_page_key = write_key(key, given)
    else
      page.next_page_key = next_key and write_key(next_key, others)
      key, given = next_key, others
    end
    if left then left = left - #page end
    page.complete = page.next_page_key == nil
    if not page.complete then page.reason = left == 0 and "limit" or "page" end
    more = not page.complete and left ~= 0
    return page
  end

  return function()
    if not more then return nil end
    if not call and not err then call, err = query.start(key) end
    local body, items
    if call then body, err = call:finish() end
    if body then items, err = query.items(body) end
    local next_key = items and body.next_page_key
    if next_key and seen[next_key] then items, err = nil, stuck(call) end
    if not items then  -- the next step asks for that page again
      local failure = err
      call, err = nil, nil
      return nil, failure
    end
    if next_key then seen[next_key] = true end
    local page = take(items, next_key)
    call, err = nil, nil
    if more and ahead then call, err = query.start(key) end
    return page
  end
end

--- The first `limit` items, or one page of the API where there is no limit.
-- @return array with next_page_key, complete, reason | nil, err
function pages.list(query)
  if query.limit == 0 then return { complete = false, reason = "limit" } end
  local next_page = pages.iterate(query, query.limit ~= nil)
  local list, err = next_page()
  local page = list
  while page and not page.complete and (query.limit or #list == 0) do
    page, err = next_page()
    for _, item in ipairs(page or {}) do list[#list + 1] = item end
    if page then list.next_page_key, list.complete, list.reason = page.next_page_key, page.complete, page.reason end
  end
  if err then return nil, err end
  return list
end

--- An iterator over pages that raises what goes wrong, as an iterator cannot return it.
function pages.each_page(query)
  local next_page = pages.iterate(query, true)
  return function()
    local page, err = next_page()
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
