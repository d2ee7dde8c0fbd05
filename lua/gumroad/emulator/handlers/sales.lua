--- Sales.
local books = require "gumroad.emulator.shop.ledger"
local chance = require "gumroad.emulator.shop.rng"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local paging = require "gumroad.emulator.http.paging"
local views = require "gumroad.emulator.views"

local DAY = 86400

local sales = {}

-- The numbers between two days (after inclusive, before exclusive), or nil and what is wrong.
local function day_bounds(shop, request)
  local after, before = request:days("after", -math.huge, "before", math.huge)
  if not after then return nil, before end
  local created = function(number) return shop:sale_created(number) end
  return paging.last_at(shop.sale_count, created, after - 1) + 1,
    paging.last_at(shop.sale_count, created, before - 1)
end

local function is_product_id(shop, id)
  return #id == 24 and shop:find_product(id) ~= nil
end

local function filters(shop, request)
  local wanted = { email = request:text "email", product_id = request:text "product_id" }
  if not shop.old_server then
    wanted.name, wanted.license_key = request:text "name", request:text "license_key"
  end
  if wanted.product_id and not is_product_id(shop, wanted.product_id) then
    return nil, "Invalid product ID."
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

local UNABLE = "The sale was unable to be modified."

local function set_access(revoked)
  return on_sale(function(shop, _, sale)
    local all_back = sale.refunded_cents > 0 and sale.refunded_cents == sale.listed_cents
    if all_back or sale.product.physical or sale.subscription then return nil, UNABLE end
    sale.access_revoked = revoked
    shop:keep_sale(sale)
    return true
  end)
end

sales.revoke_access = set_access(true)
sales.undo_revoke_access = set_access(false)

local Export = json.shape { "status", "recipient_email" }

--- Nobody is mailed here.
function sales.export(shop, request)
  local from, wrong = request:days("from", 0, "to", math.huge)
  if not from then return request:bad(wrong) end
  local product_id = request:text "product_id"
  if product_id and not is_product_id(shop, product_id) then return request:bad "Invalid product ID." end
  return Export { status = "queued", recipient_email = shop.SELLER_EMAIL }
end

local Summary = json.shape { "gross_cents", "net_cents", "units", "refunded_cents", "refunded_units",
  "currency", "from", "to", "key", "label", "breakdown" }

local function summary_view(sum)
  return Summary { gross_cents = sum.gross, net_cents = sum.gross - sum.refunded, units = sum.units,
    refunded_cents = sum.refunded, refunded_units = sum.refunded_units, key = sum.key, label = sum.label }
end

--- Its days are the seller's.
function sales.summary(shop, request)
  local today = format.parse_day(format.seller_time("%Y-%m-%d", shop:time()))
  local from, to = request:days("from", false, "to", today)
  if from == nil then return request:bad(to) end
  from = from or to - 29 * DAY
  if from > to then return request:bad "'from' must be on or before 'to'." end
  local by = request:text "group_by"
  if by and not books.can_group(by) then
    return request:bad "Invalid group_by. Valid values are: product, day, week, month, hour."
  end
  local total, groups = books.summary(shop, format.seller_midnight(from), format.seller_midnight(to + DAY), by)
  local out = summary_view(total)
  out.currency, out.from, out.to = "usd", os.date("!%Y-%m-%d", from), os.date("!%Y-%m-%d", to)
  if by then
    out.breakdown = {}
    for i, group in ipairs(groups) do out.breakdown[i] = summary_view(group) end
  end
  return out
end

return sales
