--- How the seller looks in responses.
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

--- The seller; what is shown depends on the token's scopes.
return function(shop, scopes)
  local private = any(scopes, PRIVATE)
  local picture = links.image(shop.rng:guid("profile_picture", 1))
  local own = scopes.view_profile
  return User {
    name = shop.profile.name, bio = shop.profile.bio or private and null or nil, id = shop.user_id,
    user_id = shop.seller_id, url = links.PROFILE, links = permalinks(shop),
    currency_type = private and "usd" or nil, twitter_handle = private and null or nil,
    profile_url = private and picture or nil, email = private and shop.SELLER_EMAIL or nil,
    display_name = own and shop.profile.name or nil, profile_picture_url = own and picture or nil,
  }
end
