--- The seller whose token it is, and the profile.
local fields = require "gumroad.emulator.http.fields"
local json = require "gumroad.emulator.http.json"
local landing = require "gumroad.emulator.shop.landing_pages"
local views = require "gumroad.emulator.views"

local user = {}

local Theme = json.shape { "background_color", "highlight_color", "font", "applies_to",
  "editable_by_seller", "how_to_change" }

local URLS = { profile_url = views.PROFILE }

function user.get(shop, request)
  return views.user(shop, request.token.scopes)
end

local FIELDS = { name = { "name", tostring }, bio = { "bio", fields.or_nil } }

function user.update(shop, request)
  fields.change(shop.profile, request, FIELDS)
  return views.user(shop, request.token.scopes)
end

function user.theme()
  return Theme { background_color = "#ffffff", highlight_color = "#ff90e8", font = "ABC Favorit",
    applies_to = { "profile", "products" }, editable_by_seller = true,
    how_to_change = "Settings, Profile, Design" }
end

--- What stands in it is not known.
function user.profile_layout()
  return json.dict()
end

function user.get_custom_html(shop)
  local html = shop.profile.custom_html
  return landing.show(shop.profile, { profile_url = views.PROFILE,
    rendered_html = html and landing.render(html) or json.null })
end

function user.update_custom_html(shop, request)
  return landing.change(shop.profile, request, request:text "custom_html" or "", URLS)
end

function user.edit_custom_html(shop, request)
  return landing.edit(shop.profile, request, URLS)
end

function user.preview_custom_html(_, request)
  return landing.preview(request)
end

return user
