--- Sales.
local chance = require "gumroad.emulator.chance"
local format = require "gumroad.emulator.format"
local paging = require "gumroad.emulator.paging"
local views = require "gumroad.emulator.views"

local sales = {}

local BAD_DATE = "Invalid date format provided in field '%s'. "
  .. "Dates must be in the format YYYY-MM-DD."

-- The numbers between two days (after inclusive, before exclusive), or nil and what is wrong.
local function day_bounds(shop, request)
  local bounds = { after = 0, before = shop.sale_count }
  for _, name in ipairs { "after", "before" } do
    local text = request:text(name)
    if text then
      local time = format.parse_day(text)
      if not time then return nil, BAD_DATE:format(name) end
      bounds[name] = paging.last_at(shop.sale_count, function(number)
        return shop:sale_created(number)
      end, time - 1)
    end
  end
  return bounds.after + 1, bounds.before
end

local function filters(shop, request)
  local wanted = { email = request:text "email", product_id = request:text "product_id" }
  if not shop.old_server then
    wanted.name, wanted.license_key = request:text "name", request:text "license_key"
  end
  if wanted.product_id then
    local product = #wanted.product_id == 24 and shop:find_product(wanted.product_id)
    if not product then return nil, "Invalid product ID." end
  end
  local order = request:text "order_id"
  if order then
    wanted.order_id = tonumber(order:match("^%d+$"))
    if not wanted.order_id then return nil, "Invalid order ID." end
  end
  return wanted
end

-- Kept by Gumroad on the next page: what is as old as the key's element or older, and has a
-- smaller number.
local function start_at_key(shop, key, newest)
  local time, number = paging.read_key(key)
  if not time then return nil end
  local at = paging.last_at(shop.sale_count, function(n) return shop:sale_created(n) end, time)
  return math.min(newest, at, number - 1)
end

local function skip_pages(start, oldest, count, keep)
  local _, last = paging.collect(start, oldest, count, keep)
  return last and last - 1 or 0
end

-- The number to begin with, or nil and what is wrong. `page` wins over `page_key`.
local function start_of(shop, request, oldest, newest, keep)
  local page, key = request:text "page", request:text "page_key"
  if page then
    local number = tonumber(page:match("^%d+$"))
    if not number or number < 1 then
      return nil, "Invalid page number. Page numbers start at 1."
    end
    if number == 1 then return newest end
    return skip_pages(newest, oldest, (number - 1) * request.row.page_size, keep)
  end
  if not key then return newest end
  local start = start_at_key(shop, key, newest)
  if not start then return nil, "Invalid page_key." end
  return start
end

-- An order number names one sale: no need to look at the others.
local function narrow(wanted, oldest, newest)
  if not wanted.order_id then return oldest, newest end
  local only = chance.from_order_number(wanted.order_id)
  return math.max(oldest, only), math.min(newest, only)
end

function sales.list(shop, request)
  local oldest, newest = day_bounds(shop, request)
  if not oldest then return request:bad(newest) end
  local wanted, wrong = filters(shop, request)
  if not wanted then return request:bad(wrong) end
  oldest, newest = narrow(wanted, oldest, newest)
  local keep = shop:sale_filter(wanted)
  local start
  start, wrong = start_of(shop, request, oldest, newest, keep)
  if not start then return request:bad(wrong) end
  local numbers, last = paging.collect(start, oldest, request.row.page_size, keep)
  local out = {}
  for i, number in ipairs(numbers) do out[i] = views.sale(shop, shop:sale(number)) end
  return out, last and paging.key(shop:sale_created(last), last)
end

local function on_sale(act)
  return function(shop, request)
    local sale = shop:find_sale(request:text "sale_id")
    if not sale then return request:missing "sale" end
    local done, message = act(shop, request, sale)
    if not done then return request:refuse(message) end
    return views.sale(shop, sale)
  end
end

sales.get = on_sale(function() return true end)

sales.mark_as_shipped = on_sale(function(shop, request, sale)
  sale.shipped, sale.tracking_url = true, request:text "tracking_url" or sale.tracking_url
  shop:keep_sale(sale)
  return true
end)

sales.refund = on_sale(function(shop, request, sale)
  local cents = request:text "amount_cents"
  return shop:refund(sale, cents and (tonumber(cents:match("^%d+$")) or 0))
end)

function sales.resend_receipt(shop, request)
  local sale = shop:find_sale(request:text "sale_id")
  if not sale then return request:missing "sale" end
end

return sales
