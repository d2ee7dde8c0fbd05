--- Sales.
local catalog = require "gumroad.emulator.shop.catalog"
local events = require "gumroad.emulator.shop.events"
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local ledger = require "gumroad.emulator.shop.ledger"
local paging = require "gumroad.emulator.http.paging"
local rng = require "gumroad.emulator.shop.rng"
local sale_filter = require "gumroad.emulator.shop.sale_filter"
local sale_view = require "gumroad.emulator.views.sale"
local store = require "gumroad.emulator.shop.sales"

local DAY = 86400
local UNABLE = "The sale was unable to be modified."

local sales = {}

-- the list --------------------------------------------------------------------------------

-- The range of numbers between two days (`after` inclusive, `before` exclusive), or nil and a message.
local function day_bounds(shop, request, created)
  local after, before = request:days("after", -math.huge, "before", math.huge)
  if not after then return nil, before end
  return paging.last_at(shop.sale_count, created, after - 1) + 1,
    paging.last_at(shop.sale_count, created, before - 1)
end

local function is_product_id(shop, id)
  return #id == 24 and catalog.find(shop, id) ~= nil
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

-- The number that a page starts with, or nil if there is no such page.
local function start_of_page(text, oldest, newest, size, keep)
  local page = tonumber(text:match("^%d+$"))
  if not page or page < 1 then return nil end
  if page == 1 then return newest end
  local _, last = paging.collect(newest, oldest, (page - 1) * size, keep)
  return last and last - 1 or 0
end

-- An order number belongs to one sale, so the others need not be checked.
local function narrow(wanted, oldest, newest)
  if not wanted.order_id then return oldest, newest end
  local only = rng.number_of_order(wanted.order_id)
  return math.max(oldest, only), math.min(newest, only)
end

--- `page` takes precedence over `page_key`.
function sales.list(shop, request)
  local function created(number) return store.created(shop, number) end
  local oldest, newest = day_bounds(shop, request, created)
  if not oldest then return request:bad(newest) end
  local wanted, wrong = filters(shop, request)
  if not wanted then return request:bad(wrong) end
  oldest, newest = narrow(wanted, oldest, newest)
  local keep, page = sale_filter(shop, wanted), request:text "page"
  local start = page and start_of_page(page, oldest, newest, request.row.page_size, keep)
  if page and not start then return request:bad "Invalid page number. Page numbers start at 1." end
  return paging.page(request, {
    count = shop.sale_count, created = created, oldest = oldest, keep = keep,
    show = function(number) return sale_view(shop, store.get(shop, number)) end,
    start = function(...)
      local at = start or paging.loose_start(...)
      return at and math.min(at, newest)
    end,
  })
end

-- one sale --------------------------------------------------------------------------------

sales.get = finders.sale(function(shop, _, sale)
  return sale_view(shop, sale)
end)

-- Creates a handler that changes a sale and then shows it.
-- @param act function(shop, request, sale) -> true | nil, message
local function changing(act)
  return finders.sale(function(shop, request, sale)
    local done, message = act(shop, request, sale)
    if not done then return request:refuse(message) end
    store.keep(shop, sale)
    return sale_view(shop, sale)
  end)
end

sales.mark_as_shipped = changing(function(_, request, sale)
  sale.shipped, sale.tracking_url = true, request:text "tracking_url" or sale.tracking_url
  return true
end)

sales.refund = changing(function(shop, request, sale)
  local cents = request:text "amount_cents"
  return events.refund(shop, sale, cents and (tonumber(cents:match("^%d+$")) or 0))
end)

sales.resend_receipt = finders.sale(function() end)

local function set_access(revoked)
  return changing(function(_, _, sale)
    local all_back = sale.refunded_cents > 0 and sale.refunded_cents == sale.listed_cents
    if all_back or sale.product.physical or sale.subscription then return nil, UNABLE end
    sale.access_revoked = revoked
    return true
  end)
end

sales.revoke_access = set_access(true)
sales.undo_revoke_access = set_access(false)

-- all sales -------------------------------------------------------------------------------

local Export = json.shape { "status", "recipient_email" }

--- Gumroad sends an email. The emulator sends nothing.
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

--- Days are in the seller's time zone.
function sales.summary(shop, request)
  local today = format.parse_day(format.seller_time("%Y-%m-%d", shop:time()))
  local from, to = request:days("from", false, "to", today)
  if from == nil then return request:bad(to) end
  from = from or to - 29 * DAY
  if from > to then return request:bad "'from' must be on or before 'to'." end
  local by = request:text "group_by"
  if by and not ledger.can_group(by) then
    return request:bad "Invalid group_by. Valid values are: product, day, week, month, hour."
  end
  local total, groups = ledger.summary(shop, format.seller_midnight(from), format.seller_midnight(to + DAY), by)
  local out = summary_view(total)
  out.currency, out.from, out.to = "usd", os.date("!%Y-%m-%d", from), os.date("!%Y-%m-%d", to)
  if by then out.breakdown = json.list(groups, summary_view) end
  return out
end

return sales
