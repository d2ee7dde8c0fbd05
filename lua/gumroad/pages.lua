--- Lists that come in pages, by closures: OpenResty keeps coroutines for itself.
--
-- A page's successor is asked for as soon as the page has arrived, so the network works
-- while the script does.
local Error = require "gumroad.error"

local pages = {}

-- Where a list was cut inside a page, our key says how much of that page was used:
-- "KEY~5" is the page KEY without its first five. Gumroad's own keys have no "~".
local function split_key(key)
  if not key then return nil, 0 end
  local own, used = key:match("^(.*)~(%d+)$")
  if not own then return key, 0 end
  return own ~= "" and own or nil, tonumber(used)
end

local function stuck(call)
  return Error.new("server", "the server answered with a next_page_key that it had given before; "
    .. "the list would never end", { method = call.request.method, path = call.wire.path:match("^[^?]*") })
end

-- The items behind the first `skip`, at most `most`; the array itself where that is all.
local function part(items, skip, most)
  if skip == 0 and (not most or #items <= most) then return items end
  local page = {}
  for i = skip + 1, math.min(#items, skip + (most or #items)) do page[#page + 1] = items[i] end
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
  local key, skip = split_key(query.page_key)
  local seen, left, more = { [key or ""] = true }, query.limit, query.limit ~= 0
  local call, err  -- the request for the next page, under way; or why it could not be sent

  local function take(items, next_key)
    local page = part(items, skip, left)
    local cut = skip + #page < #items
    if left then left = left - #page end
    if cut then page.next_page_key = (key or "") .. "~" .. (skip + #page)
    else page.next_page_key = next_key end
    page.complete = page.next_page_key == nil
    if not page.complete then page.reason = cut and "limit" or "page" end
    if left == 0 and not page.complete then page.reason = "limit" end
    more = not page.complete and left ~= 0
    key, skip = next_key, 0
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
    if not items then more = false; return nil, err end
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
