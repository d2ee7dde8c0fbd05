--- Webhooks.
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local post_url = require "gumroad.emulator.pings.post_url"
local subscriptions = require "gumroad.emulator.shop.resource_subscriptions"

local resource_subscriptions = {}

local Subscription = json.shape { "id", "resource_name", "post_url" }

local function show(subscription)
  return Subscription { id = subscription.id, resource_name = subscription.resource_name,
    post_url = subscription.post_url }
end

function resource_subscriptions.list(shop, request)
  local name = request:text "resource_name"
  if not subscriptions.is_event(name) then return request:refuse "Valid resource_name parameter required" end
  local own = not shop.old_server and request:text "current_oauth_application_only" == "true"
  local out = {}
  for _, subscription in ipairs(subscriptions.of_event(shop, name)) do
    if not own or subscription.application == request.token.application then
      out[#out + 1] = show(subscription)
    end
  end
  return out
end

--- Each call creates another one, as at Gumroad.
function resource_subscriptions.create(shop, request)
  local name, url = request:text "resource_name", request:text "post_url"
  if not subscriptions.is_event(name) then return request:refuse "Unable to subscribe to ''." end
  if not post_url.is_allowed(url or "", shop) then
    return request:refuse(("Invalid post URL '%s'"):format(url or ""))
  end
  return show(subscriptions.add(shop, request.token.application, name, url, post_url.format(url)))
end

-- Finds a webhook of the token's application, even a deleted one.
local on_own = finders.new("resource_subscription", function(shop, request)
  local subscription = subscriptions.find(shop, request:text "resource_subscription_id")
  return subscription and subscription.application == request.token.application and subscription
end)

resource_subscriptions.delete = on_own(function(_, _, subscription)
  subscription.deleted = true
end)

return resource_subscriptions
