--- Thumbnails: the small pictures of products.
local catalog = require "gumroad.emulator.shop.catalog"
local finders = require "gumroad.emulator.shop.finders"
local images = require "gumroad.emulator.shop.images"
local json = require "gumroad.emulator.http.json"
local pictures = require "gumroad.emulator.views.pictures"

local thumbnails = {}

thumbnails.create = finders.product(function(shop, request, product)
  local image, fault = images.of(shop, request)
  if not image then return request:deny(400, fault) end
  catalog.set_thumbnail(shop, product)
  return pictures.thumbnail(product)
end)

thumbnails.delete = finders.product(function(_, _, product)
  product.thumbnail_id = nil
  return json.null
end)

return thumbnails
