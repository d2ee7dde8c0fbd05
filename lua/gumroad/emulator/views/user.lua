--- The seller in responses.
local catalog = require "gumroad.emulator.shop.catalog"
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"

local null = json.null

local User = json.shape { "name", "currency_type", "bio", "twitter_handle", "id", "user_id", "url",
  "links", "profile_url", "email", "display_name", "profile_picture_url" }

local function permalinks(shop)
  local list = {}
  for number = shop.product_count, 1, -1 do
    local product = catalog.get(shop, number)
    if not product.deleted then list[#list + 1] = product.custom_permalink or product.permalink end
  end
  return list[1] and list or null
end

local PRIVATE = { "edit_products", "view_sales", "revenue_share", "ifttt", "view_profile" }

local function any(scopes, wanted)
  for _, scope in ipairs(wanted) do
    if scopes[scope] then return true end
  end
  return false
end

--- The seller, as a token with these scopes sees it.
return function(shop, scopes)
  local picture = links.image(shop.rng:guid("profile_picture", 1))
  local user = User { name = shop.profile.name, bio = shop.profile.bio, id = shop.user_id, user_id = shop.seller_id,
    url = links.PROFILE, links = permalinks(shop) }
  if any(scopes, PRIVATE) then
    user.bio, user.twitter_handle = json.or_null(shop.profile.bio), null
    user.currency_type, user.email, user.profile_url = "usd", shop.SELLER_EMAIL, picture
  end
  if scopes.view_profile then
    user.display_name, user.profile_picture_url = shop.profile.name, picture
  end
  return user
end
