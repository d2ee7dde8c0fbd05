--- Pictures of products in responses.
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"

local pictures = {}

local Cover = json.shape { "url", "original_url", "thumbnail", "id", "type", "filetype", "width",
  "height", "native_width", "native_height" }
local Thumbnail = json.shape { "url", "guid" }

function pictures.cover(id)
  return Cover { url = links.image(id), thumbnail = json.null, id = id, type = "image",
    original_url = links.image(id .. "/original"), filetype = "png", width = 670,
    height = 447, native_width = 1500, native_height = 1000 }
end

function pictures.thumbnail(product)
  return Thumbnail { url = links.image(product.thumbnail_id), guid = product.thumbnail_id }
end

return pictures
