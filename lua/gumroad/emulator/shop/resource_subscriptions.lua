--- The webhooks: which application gets the pings of which event, and where. A deleted one is still there,
-- marked as such.
local events = require "gumroad.api.events"
local Store = require "gumroad.emulator.shop.store"

local resource_subscriptions = {}

local function store_of(shop)
  return Store.of(shop, "resource_subscriptions", "resource_subscription")
end

--- Whether there is such an event.
function resource_subscriptions.is_event(name)
  return events.named[name or ""] ~= nil
end

--- Those of an event, oldest first.
function resource_subscriptions.of_event(shop, name)
  local out = {}
  for _, subscription in ipairs(store_of(shop)) do
    if subscription.resource_name == name and not subscription.deleted then out[#out + 1] = subscription end
  end
  return out
end

--- Subscribes an application to an event.
-- @param format "form" or "json": what its pings are written in
function resource_subscriptions.add(shop, application, resource_name, post_url, format)
  return store_of(shop):add { application = application, resource_name = resource_name, post_url = post_url,
    format = format }
end

--- One by its id, also if it is deleted; or nil.
function resource_subscriptions.find(shop, id)
  return store_of(shop):find(id)
end

--- Deletes all that an application made.
function resource_subscriptions.delete_all(shop, application)
  for _, subscription in ipairs(store_of(shop)) do
    if subscription.application == application then subscription.deleted = true end
  end
end

return resource_subscriptions
