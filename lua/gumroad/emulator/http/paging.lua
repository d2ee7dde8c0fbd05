--- Pages, newest first. A key is the creation time of the page's last element and its
-- obfuscated number; a list is numbers whose creation times never fall.
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local rng = require "gumroad.emulator.shop.rng"

local floor = math.floor

local paging = {}

--- The greatest n in [0, count] with created(n) <= time.
function paging.last_at(count, created, time)
  local low, high = 0, count
  while low < high do
    local middle = floor((low + high + 1) / 2)
    if created(middle) <= time then low = middle else high = middle - 1 end
  end
  return low
end

-- The key of the page that ends with a number.
local function key_of(time, number)
  return ("%s-%.0f"):format(format.key_time(time), rng.order_number(number))
end

-- Unix time and number that a key names, or nil.
local function read_key(key)
  local stamp, order = key:match("^(%d+)%-(%d+)$")
  local time = stamp and format.parse_key_time(stamp)
  order = time and tonumber(order)
  if not order or order < 1 or order >= 2 ^ 30 then return nil end
  return time, rng.number_of_order(order)
end

--- The number behind the one that a key names, of a list that is cut exactly there: earlier in
-- time, or as early and smaller. Without a key `count`; nil where the key makes no sense.
function paging.start(key, count, created)
  if not key then return count end
  local time, number = read_key(key)
  if not time then return nil end
  local start = paging.last_at(count, created, time)
  while start >= number and start > 0 and created(start) == time do start = start - 1 end
  return start
end

--- The same for lists that Gumroad cuts more loosely: what is as old as the key's element or older, and has
-- a smaller number.
function paging.loose_start(key, count, created)
  if not key then return count end
  local time, number = read_key(key)
  if not time then return nil end
  return math.min(paging.last_at(count, created, time), number - 1)
end

--- At most `size` numbers from `start` down to `stop` that pass `keep`, and the number of the
-- last if there are more behind it.
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

--- What a handler returns for one page of a list of numbers.
-- @param list table: `count`; `created`, `keep` and `show`, each a function of a number; optionally `start`
--   (which of the functions above reads the key; default: paging.start), `oldest` (1), `size` (the row's),
--   `before` (a list of what stands before the others and counts towards the page)
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

--- The path and query of the next page: the request's own query, sorted.
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
