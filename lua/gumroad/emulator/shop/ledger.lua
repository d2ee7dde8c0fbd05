--- Sums over the sales of a shop, and payouts. Payout number n is for the shop's n-th week and is made on the morning
-- after it. There is no payout for a week in which nothing is left to pay.
local date = require "gumroad.base.date"
local format = require "gumroad.emulator.http.format"
local paging = require "gumroad.emulator.http.paging"
local sales = require "gumroad.emulator.shop.sales"

local DAY = 86400
local WEEK, MORNING = 7 * DAY, 8 * 3600
local PAYOUT_FEE = 50  -- cents

local ledger = {}

--- Iterates over the listed sales with from <= time < to, oldest first.
function ledger.sales(shop, from, to)
  local function created(number) return sales.created(shop, number) end
  local number = paging.last_at(shop.sale_count, created, from - 1)
  local last = paging.last_at(shop.sale_count, created, to - 1)
  return function()
    repeat number = number + 1 until number > last or sales.is_listed(shop, number)
    if number <= last then return sales.get(shop, number) end
  end
end

--- Returns what was refunded of a sale, in US cents, and the fee that was returned.
function ledger.refunded(sale)
  if sale.refunded_cents == 0 then return 0, 0 end
  local part = sale.refunded_cents / sale.listed_cents
  return math.floor(sale.price * part + 0.5), math.floor(sale.fee * part + 0.5)
end

-- payouts ---------------------------------------------------------------------------------

--- Returns the Unix time of payout number n.
function ledger.payout_created(shop, number)
  return math.floor((shop.opened_at + number * WEEK) / DAY + 1) * DAY + MORNING
end

--- Returns how many payouts have been made until now, including those that were left out.
function ledger.payout_count(shop)
  local count = math.floor((shop:time() - shop.opened_at) / WEEK)
  if ledger.payout_created(shop, count) > shop:time() then count = count - 1 end
  return math.max(0, count)
end

local STATUSES = { [0] = "failed", "unclaimed" }

local function state_of(shop, number, count)
  if number > count then return "payable" end
  if number == count then return "processing" end
  return STATUSES[shop.rng:roll("payout", number, 12)] or "completed"
end

local function entry(type, time, sale, price, fee)
  return { type = type, time = time, sale = sale, price = price, fee = fee, net = price - fee }
end

local function book(payout, sale)
  local back, fee_back = ledger.refunded(sale)
  local list = payout.entries
  payout.sales[#payout.sales + 1] = sale.id
  list[#list + 1] = entry("Sale", sale.created, sale, sale.price, sale.fee)
  if back > 0 then
    payout.refunded_sales[#payout.refunded_sales + 1] = sale.id
    local type = sale.refunded_cents == sale.listed_cents and "Full Refund" or "Partial Refund"
    list[#list + 1] = entry(type, sale.created + DAY, sale, -back, -fee_back)
  end
  if sale.disputed and not sale.dispute_won then
    payout.disputed_sales[#payout.disputed_sales + 1] = sale.id
    list[#list + 1] = entry("Chargeback", sale.created + DAY, sale, back - sale.price, fee_back - sale.fee)
  end
end

local function make_payout(shop, number, count)
  local made = number <= count
  local payout = {
    number = number, id = made and shop.rng:id("payout", number) or nil, cents = 0,
    created = ledger.payout_created(shop, number), status = state_of(shop, number, count),
    paypal = shop.rng:roll("payout", number + 7, 5) == 0,
    sales = {}, refunded_sales = {}, disputed_sales = {}, entries = {},
  }
  local week = shop.opened_at + (number - 1) * WEEK
  for sale in ledger.sales(shop, week, week + WEEK) do
    if sale.price > 0 then book(payout, sale) end
  end
  local entries = payout.entries
  if made then
    entries[#entries + 1] = { type = "Payout Fee", time = payout.created, fee = PAYOUT_FEE, net = -PAYOUT_FEE }
  end
  for _, line in ipairs(entries) do payout.cents = payout.cents + line.net end
  return payout
end

--- Returns payout number n, or nil if nothing was left to pay. A payout does not change after it is made.
function ledger.payout(shop, number)
  local count = ledger.payout_count(shop)
  if number < 1 then return nil end
  local payout = shop.payouts[number] or make_payout(shop, number, count)
  if number <= count then
    payout.status = state_of(shop, number, count)
    shop.payouts[number] = payout
  end
  return payout.cents > 0 and payout or nil
end

--- Returns the upcoming payouts: at most two, the later one first.
function ledger.upcoming(shop)
  local out = {}
  for number = ledger.payout_count(shop) + 2, ledger.payout_count(shop) + 1, -1 do
    out[#out + 1] = ledger.payout(shop, number)
  end
  return out
end

-- summaries -------------------------------------------------------------------------------

local function new_sum(key, label)
  return { key = key, label = label, gross = 0, refunded = 0, units = 0, refunded_units = 0 }
end

local function count(sum, sale)
  local back = ledger.refunded(sale)
  sum.gross, sum.units = sum.gross + sale.price, sum.units + sale.quantity
  sum.refunded = sum.refunded + back
  if back > 0 then sum.refunded_units = sum.refunded_units + sale.quantity end
end

-- The key and the label of the group that a sale belongs to.
local GROUPS = {
  product = function(sale) return sale.product.id, sale.product.name end,
  hour = function(sale) return format.seller_time("%Y-%m-%dT%H:00", sale.created) end,
  day = function(sale) return format.seller_time("%Y-%m-%d", sale.created) end,
  week = function(sale)
    local weekday = tonumber(format.seller_time("%w", sale.created))
    return format.seller_time("%Y-%m-%d", sale.created - (weekday + 6) % 7 * DAY)  -- Monday
  end,
  month = function(sale) return format.seller_time("%Y-%m", sale.created) end,
}

--- Whether sales can be grouped by this.
function ledger.can_group(by)
  return GROUPS[by] ~= nil
end

local function by_gross(a, b)
  if a.gross ~= b.gross then return a.gross > b.gross end
  return a.key < b.key
end

local function by_key(a, b) return a.key < b.key end

--- Sums up the sales with from <= time < to.
-- @param by product, hour, day, week, month, or nil
-- @return { gross, refunded, units, refunded_units }, and a list of groups, which have these fields, `key` and
--   `label`
function ledger.summary(shop, from, to, by)
  local total, groups, of_key = new_sum(), {}, {}
  for sale in ledger.sales(shop, from, to) do
    count(total, sale)
    if by then
      local key, label = GROUPS[by](sale)
      if not of_key[key] then
        of_key[key] = new_sum(key, label or key)
        groups[#groups + 1] = of_key[key]
      end
      count(of_key[key], sale)
    end
  end
  table.sort(groups, by == "product" and by_gross or by_key)
  return total, groups
end

--- Sums up a year in UTC. -> { gross, fees, taxes, affiliates } in US cents
-- @param year string of four digits
function ledger.year(shop, year)
  local sum = { gross = 0, fees = 0, taxes = 0, affiliates = 0 }
  for sale in ledger.sales(shop, date.parse(year .. "-01-01"), date.parse(year .. "-12-31") + DAY) do
    sum.gross, sum.fees = sum.gross + sale.price, sum.fees + sale.fee
    sum.taxes = sum.taxes + sale.tax_cents
    if sale.affiliate_email then sum.affiliates = sum.affiliates + math.floor(sale.price / 10) end
  end
  return sum
end

return ledger
