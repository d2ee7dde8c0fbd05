--- Pictures of a product.
local images = require "gumroad.emulator.shop.images"
local json = require "gumroad.emulator.http.json"
local on = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views"

local covers = {}

local Main = json.shape { "main_cover_id" }

local function show(product)
  local out = {}
  for i, id in ipairs(product.cover_ids) do out[i] = views.cover(id) end
  return out, nil, Main { main_cover_id = product.cover_ids[1] or json.null }
end

covers.create = on.product(function(shop, request, product)
  local image, fault = images.of(shop, request)
  if not image then return request:refuse(fault) end
  shop:new_cover(product)
  return show(product)
end)

covers.delete = on.product(function(_, request, product)
  for place, id in ipairs(product.cover_ids) do
    if id == request:text "cover_id" then
      table.remove(product.cover_ids, place)
      return show(product)
    end
  end
  return request:missing "cover"
end)

return covers
