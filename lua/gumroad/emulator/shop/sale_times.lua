--- When the sales before the start were made: spread evenly over some days until the start, with a share of them on a
-- single day if wanted, or at given times.
local date = require "gumroad.base.date"

local floor, max, min = math.floor, math.max, math.min

local DAY = 86400
local DAYS = 730  -- that the shop has been open

local sale_times = {}

--- Prepares a shop for sale_times.of. Sets `opened_at`, and `pause`, the mean time between sales in seconds.
-- @param sales_at nil, a list of Unix times that never decrease, or { days, on_one_day }; see gumroad.emulator.start
function sale_times.lay_out(shop, sales_at)
  local given = sales_at or {}
  local count, days = shop.first_sales, given.days or DAYS
  shop.sale_times = given[1] and given
  shop.opened_at = min(shop.started_at - days * DAY, given[1] and date.midnight(given[1]) or math.huge)
  shop.crowd = floor(count * (given.on_one_day or 0))
  shop.before_crowd = floor((count - shop.crowd) / 2)
  shop.pause = (shop.started_at - shop.opened_at) / max(1, count - shop.crowd)
  shop.crowd_day = date.midnight(shop.opened_at + floor(shop.before_crowd * shop.pause), true)
end

local function spread(shop, number)
  local from, to = floor((number - 1) * shop.pause), floor(number * shop.pause)
  return shop.opened_at + from + shop.rng:roll("jitter", number, max(1, to - from))
end

--- Returns the Unix time of a sale before the start. It never decreases with the number.
function sale_times.of(shop, number)
  if shop.sale_times then return shop.sale_times[number] end
  local place = number - shop.before_crowd
  if shop.crowd == 0 or place < 1 then return spread(shop, number) end
  if place <= shop.crowd then return shop.crowd_day + floor((place - 1) / shop.crowd * DAY) end
  return max(spread(shop, number - shop.crowd), shop.crowd_day + DAY - 1)
end

return sale_times
