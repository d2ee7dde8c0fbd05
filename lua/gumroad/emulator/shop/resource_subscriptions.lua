--- The webhooks: each sends the pings of an event to a URL, for an application. A deleted one remains, marked as
-- deleted.
local events = require "gumroad.api.events"
local Store = require "gumroad.emulator.shop.store"

local resource_subscriptions = {}

local function store_of(shop)
  return Store.of(shop, "resource_subscriptions", "resource_subscription")
end

--- Whether there is an event with this name.
function resource_subscriptions.is_event(name)
  return events.named[name or ""] ~= nil
end

--- Returns the webhooks for an event, oldest first.
function resource_subscriptions.of_event(shop, name)
  local out = {}
  for _, subscription in ipairs(store_of(shop)) do
    if subscription.resource_name == name and not subscription.deleted then out[#out + 1] = subscription end
  end
  return out
end

--- Subscribes an application to an event.
-- @param format "form" or "json", the format of its pings
function resource_subscriptions.add(shop, application, resource_name, post_url, format)
  return store_of(shop):add { application = application, resource_name = resource_name, post_url = post_url,
    format = format }
end

--- Finds a webhook by its id, even a deleted one.
function resource_subscriptions.find(shop, id)
  return store_of(shop):find(id)
end

--- Deletes all webhooks of an application.
function resource_subscriptions.delete_all(shop, application)
  for _, subscription in ipairs(store_of(shop)) do
    if subscription.application == application then subscription.deleted = true end
  end
end

return resource_subscriptions
