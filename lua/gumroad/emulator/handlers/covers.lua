--- Covers: the pictures of a product.
local catalog = require "gumroad.emulator.shop.catalog"
local finders = require "gumroad.emulator.shop.finders"
local images = require "gumroad.emulator.shop.images"
local json = require "gumroad.emulator.http.json"
local pictures = require "gumroad.emulator.views.pictures"

local covers = {}

local Main = json.shape { "main_cover_id" }

local function show(product)
  return json.list(product.cover_ids, pictures.cover), nil,
    Main { main_cover_id = json.or_null(product.cover_ids[1]) }
end

covers.create = finders.product(function(shop, request, product)
  local image, fault = images.of(shop, request)
  if not image then return request:refuse(fault) end
  catalog.add_cover(shop, product)
  return show(product)
end)

-- Finds the position of a cover among those of the product.
local on_place = finders.new("cover", function(_, request, product)
  for place, id in ipairs(product.cover_ids) do
    if id == request:text "cover_id" then return place end
  end
end, finders.product)

covers.delete = on_place(function(_, _, place, product)
  table.remove(product.cover_ids, place)
  return show(product)
end)

return covers
