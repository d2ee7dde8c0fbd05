--- Subscribers of memberships.
local paging = require "gumroad.emulator.http.paging"
local views = require "gumroad.emulator.views"

local subscribers = {}

local function start_of(shop, key)
  if not key then return shop.subscription_count end
  local time, number = paging.read_key(key)
  if not time then return nil end
  local at = paging.last_at(shop.subscription_count, function(n)
    return shop:subscription_created(n)
  end, time)
  return math.min(at, number - 1)
end

local function is_shown(shop, product, email)
  return function(number)
    local subscription = shop:subscription(number)
    return subscription.product == product and shop:is_active(subscription)
      and (not email or subscription.email == email)
  end
end

-- Without being asked to, the server does not page: the list may be huge.
local function page_size(shop, request)
  local asked = request:text "paginated"
  local pages = asked == "true" or asked == "1" or request:text "page_key"
  return pages and request.row.page_size or math.max(1, shop.subscription_count)
end

function subscribers.list(shop, request)
  local product = shop:find_product(request:text "product_id")
  if not product then return request:missing "product" end
  local start = start_of(shop, request:text "page_key")
  if not start then return request:bad "Invalid page_key." end
  local numbers, last = paging.collect(start, 1, page_size(shop, request),
    is_shown(shop, product, request:text "email"))
  local out = {}
  for i, number in ipairs(numbers) do out[i] = views.subscriber(shop, shop:subscription(number)) end
  return out, last and paging.key(shop:subscription_created(last), last)
end

function subscribers.get(shop, request)
  local subscription = shop:find_subscription(request:text "subscriber_id")
  if not subscription then return request:missing "subscriber" end
  return views.subscriber(shop, subscription)
end

return subscribers
