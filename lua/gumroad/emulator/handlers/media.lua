--- Media: the seller's images for pages.
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local images = require "gumroad.emulator.shop.images"
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"
local Store = require "gumroad.emulator.shop.store"

local MOST_FILES = 500
local KINDS = { png = true, jpg = true, jpeg = true, gif = true, webp = true }

local media = {}

local Media = json.shape { "id", "name", "extension", "file_size", "url", "status", "file_group",
  "created_at" }
local Status = json.shape { "type" }

-- Adds an image. Its id consists of 16 lower-case letters and digits.
local function add(store, filename, size, name)
  local kind = filename:match("%.(%w+)$")
  local record = store:add { name = name or filename:gsub("%.%w+$", ""), kind = kind, size = size,
    created = store.shop:time() }
  record.id = store.shop.rng:guid("media", record.number):sub(1, 16)
  return record
end

local function media_of(shop)
  return Store.of(shop, "media", "media", function(store) add(store, "logo.png", 18422) end)
end

local function show(record)
  return Media { id = record.id, name = record.name, extension = record.kind:upper(),
    file_size = json.or_null(record.size), status = Status { type = "saved" }, file_group = "image",
    url = links.file(("%s/%s.%s"):format(record.id, record.name, record.kind)),
    created_at = format.iso(record.created) }
end

function media.list(shop)
  local out, store = {}, media_of(shop)
  for i = #store, 1, -1 do out[#out + 1] = show(store[i]) end
  return out
end

function media.create(shop, request)
  local image, fault = images.of(shop, request)
  if not image then return request:refuse(fault) end
  local kind = image.filename:match("%.(%w+)$")
  if not KINDS[(kind or ""):lower()] then return request:refuse "Only images can be uploaded." end
  if #media_of(shop) >= MOST_FILES then return request:refuse "There are 500 files already." end
  return show(add(media_of(shop), image.filename, image.size, request:text "name"))
end

media.delete = finders.record("media", media_of)(function(shop, _, record)
  media_of(shop):remove(record)
  return "The file was deleted."
end)

return media
