--- The small picture of a product.
local images = require "gumroad.emulator.shop.images"
local json = require "gumroad.emulator.http.json"
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local thumbnails = {}

thumbnails.create = on.product(function(shop, request, product)
  local image, fault = images.of(shop, request)
  if not image then return request:deny(400, fault) end
  shop:new_thumbnail(product)
  return views.thumbnail(product)
end)

thumbnails.delete = on.product(function(_, _, product)
  product.thumbnail_id = nil
  return json.null
end)

return thumbnails
