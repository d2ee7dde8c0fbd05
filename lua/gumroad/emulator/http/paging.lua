--- Pages of lists, newest first. A page key consists of the creation time and the obfuscated number of the last
-- element of a page. The elements of a list are numbered from 1, and their creation times never decrease.
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local rng = require "gumroad.emulator.shop.rng"

local floor = math.floor

local paging = {}

--- Returns the greatest n in [0, count] with created(n) <= time.
function paging.last_at(count, created, time)
  local low, high = 0, count
  while low < high do
    local middle = floor((low + high + 1) / 2)
    if created(middle) <= time then low = middle else high = middle - 1 end
  end
  return low
end

-- The key of the page that ends with element `number`.
local function key_of(time, number)
  return ("%s-%.0f"):format(format.key_time(time), rng.order_number(number))
end

-- The Unix time and the number in a key, or nil.
local function read_key(key)
  local stamp, order = key:match("^(%d+)%-(%d+)$")
  local time = stamp and format.parse_key_time(stamp)
  order = time and tonumber(order)
  if not order or order < 1 or order >= 2 ^ 30 then return nil end
  return time, rng.number_of_order(order)
end

--- Returns the number that a page starts with, for lists that continue exactly after the element in the key: with
-- the next one that is older, or as old with a smaller number. That is `count` without a key, and nil for an
-- invalid key.
function paging.start(key, count, created)
  if not key then return count end
  local time, number = read_key(key)
  if not time then return nil end
  local start = paging.last_at(count, created, time)
  while start >= number and start > 0 and created(start) == time do start = start - 1 end
  return start
end

--- The same for lists that Gumroad continues less exactly: with the next element that is not younger than the one
-- in the key and has a smaller number.
function paging.loose_start(key, count, created)
  if not key then return count end
  local time, number = read_key(key)
  if not time then return nil end
  return math.min(paging.last_at(count, created, time), number - 1)
end

--- Collects at most `size` numbers, from `start` down to `stop`, for which `keep` returns true.
-- @return list of numbers, and the last one if there are more after it
function paging.collect(start, stop, size, keep)
  local page = {}
  for number = start, stop, -1 do
    if keep(number) then
      if #page == size then return page, page[size] end
      page[#page + 1] = number
    end
  end
  return page
end

--- Returns what a handler returns for a page.
-- @param list table: `count`; `created`, `keep` and `show`, each a function of a number; optionally `start`
--   (paging.start or paging.loose_start; default: paging.start), `oldest` (lowest number; default: 1), `size`
--   (default: the row's page_size), `before` (elements that come first on the page)
function paging.page(request, list)
  local start = (list.start or paging.start)(request:text "page_key", list.count, list.created)
  if not start then return request:bad "Invalid page_key." end
  local out = list.before or {}
  local size = list.size or request.row.page_size
  local numbers, last = paging.collect(start, list.oldest or 1, size - #out, list.keep)
  for _, number in ipairs(numbers) do out[#out + 1] = list.show(number) end
  return out, last and key_of(list.created(last), last)
end

local function escape(text)
  return (core.percent_encode(text):gsub("%%20", "+"))
end

local NOT_REPEATED = { access_token = true, page = true, page_key = true }

--- Returns the path and the query of the next page. The query is that of the request, sorted.
function paging.next_url(request, key)
  local parts = { "page_key=" .. escape(key) }
  for name, value in pairs(request.query_params) do
    if not NOT_REPEATED[name] and type(value) == "string" then
      parts[#parts + 1] = escape(name) .. "=" .. escape(value)
    end
  end
  table.sort(parts)
  return request.path .. "?" .. table.concat(parts, "&")
end

return paging
