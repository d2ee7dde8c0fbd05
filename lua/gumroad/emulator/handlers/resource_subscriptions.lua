--- Webhooks.
local post_url = require "gumroad.emulator.pings.post_url"
local views = require "gumroad.emulator.views"

local hooks = {}

local EVENTS = {}
for name in ([[sale refund dispute dispute_won cancellation subscription_updated
  subscription_ended subscription_restarted]]):gmatch("%S+") do
  EVENTS[name] = true
end

function hooks.list(shop, request)
  local name = request:text "resource_name"
  if not EVENTS[name or ""] then return request:refuse "Valid resource_name parameter required" end
  local own = not shop.old_server and request:text "current_oauth_application_only" == "true"
  local out = {}
  for _, hook in ipairs(shop.hooks) do
    if hook.resource_name == name and not hook.deleted
      and (not own or hook.application == request.token.application) then
      out[#out + 1] = views.resource_subscription(hook)
    end
  end
  return out
end

--- Each repetition makes one more, as at Gumroad.
function hooks.create(shop, request)
  local name, url = request:text "resource_name", request:text "post_url"
  if not EVENTS[name or ""] then return request:refuse "Unable to subscribe to ''." end
  if not post_url.is_allowed(url or "", shop) then
    return request:refuse(("Invalid post URL '%s'"):format(url or ""))
  end
  local hook = shop:add_hook(request.token.application, name, url, post_url.format(url))
  return views.resource_subscription(hook)
end

--- Only for a token of the application that made it; a second time succeeds again.
function hooks.delete(shop, request)
  local hook = shop:find_hook(request:text "resource_subscription_id")
  if not hook or hook.application ~= request.token.application then
    return request:missing "resource_subscription"
  end
  hook.deleted = true
end

return hooks
