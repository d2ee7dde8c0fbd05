--- Subscribers of memberships.
local finders = require "gumroad.emulator.shop.finders"
local paging = require "gumroad.emulator.http.paging"
local show = require "gumroad.emulator.views.subscriber"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local subscribers = {}

-- The server pages only if asked to, so the list may be very long.
local function page_size(shop, request)
  local asked = request:text "paginated"
  local pages = asked == "true" or asked == "1" or request:text "page_key"
  return pages and request.row.page_size or math.max(1, shop.subscription_count)
end

subscribers.list = finders.product(function(shop, request, product)
  local email = request:text "email"
  return paging.page(request, {
    count = shop.subscription_count, start = paging.loose_start, size = page_size(shop, request),
    created = function(number) return subscriptions.created(shop, number) end,
    keep = function(number)
      local subscription = subscriptions.get(shop, number)
      return subscription.product == product and subscriptions.is_active(shop, subscription)
        and (not email or subscription.email == email)
    end,
    show = function(number) return show(shop, subscriptions.get(shop, number)) end,
  })
end)

subscribers.get = finders.subscriber(function(shop, _, subscription)
  return show(shop, subscription)
end)

return subscribers
