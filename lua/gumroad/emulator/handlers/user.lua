--- The seller and the profile.
local fields = require "gumroad.emulator.http.fields"
local json = require "gumroad.emulator.http.json"
local landing_pages = require "gumroad.emulator.shop.landing_pages"
local links = require "gumroad.emulator.views.links"
local show = require "gumroad.emulator.views.user"

local user = {}

local Theme = json.shape { "background_color", "highlight_color", "font", "applies_to",
  "editable_by_seller", "how_to_change" }

local URLS = { profile_url = links.PROFILE }

function user.get(shop, request)
  return show(shop, request.token.scopes)
end

local FIELDS = { name = { "name", tostring }, bio = { "bio", fields.or_nil } }

function user.update(shop, request)
  fields.change(shop.profile, request, FIELDS)
  return show(shop, request.token.scopes)
end

function user.theme()
  return Theme { background_color = "#ffffff", highlight_color = "#ff90e8", font = "ABC Favorit",
    applies_to = { "profile", "products" }, editable_by_seller = true,
    how_to_change = "Settings, Profile, Design" }
end

--- Its contents are unknown.
function user.profile_layout()
  return json.dict()
end

function user.get_custom_html(shop)
  local html = shop.profile.custom_html
  return landing_pages.show(shop.profile, { profile_url = links.PROFILE,
    rendered_html = json.or_null(html and landing_pages.render(html)) })
end

function user.update_custom_html(shop, request)
  return landing_pages.change(shop.profile, request, request:text "custom_html" or "", URLS)
end

function user.edit_custom_html(shop, request)
  return landing_pages.edit(shop.profile, request, URLS)
end

function user.preview_custom_html(_, request)
  return landing_pages.preview(request)
end

return user
