--- Which URLs the emulated Gumroad accepts for webhooks, and the format of their pings.
local addresses = require "gumroad.webhook.address"
local delivery = require "gumroad.api.delivery"
local urls = require "gumroad.base.url"

local post_url = {}

--- Returns the format of the pings to a URL: "form" or "json".
function post_url.format(url)
  return delivery.format(urls.host(url) or "")
end

local OLD = { localhost = true, ["127.0.0.1"] = true, ["0.0.0.0"] = true }

--- Whether a webhook may have this URL. With `strict_post_url`, the shop refuses private networks, as Gumroad
-- does.
function post_url.is_allowed(url, shop)
  if not addresses.is_well_formed(url) then return false end
  if not shop.strict_post_url then return true end
  local host = urls.host(url)
  if shop.old_server then return not OLD[host] end
  return not addresses.is_private(host)
end

return post_url
