--- Direct uploads: URLs to which covers, thumbnails and media are PUT.
local fields = require "gumroad.emulator.http.fields"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local limits = require "gumroad.api.limits"
local uploads = require "gumroad.emulator.shop.uploads"

local direct_uploads = {}

local Blob = json.shape { "id", "key", "filename", "content_type", "metadata", "service_name",
  "byte_size", "checksum", "created_at", "signed_id", "direct_upload" }
local Target = json.shape { "url", "headers" }
local Headers = json.shape { "Content-Type", "Content-MD5" }

local FOR_PRODUCTS = { ["image/jpeg"] = true, ["image/png"] = true, ["image/gif"] = true }
local SIZES = { media = 10 * 1024 ^ 2, products = limits.UPLOAD.size }

local function is_allowed(kind, for_media)
  if for_media then return kind:find("^image/") and kind ~= "image/svg+xml" end
  return FOR_PRODUCTS[kind] or kind:find("^video/")
end

-- What is wrong with a blob, or nil.
local function fault_of(blob, for_media)
  if type(blob) ~= "table" then return "blob is required" end
  for _, name in ipairs { "filename", "checksum", "content_type", "byte_size" } do
    if fields.is_blank(blob[name] and tostring(blob[name])) then return "blob[" .. name .. "] is required" end
  end
  local size = tonumber(blob.byte_size)
  if not size or size < 1 then return "blob[byte_size] must be a positive integer" end
  if size > SIZES[for_media and "media" or "products"] then return "The file is too large" end
  if not is_allowed(blob.content_type, for_media) then return "This content type is not allowed" end
end

-- purpose=media needs the scope for the profile, anything else that for products.
local function may(scopes, for_media)
  if for_media then return scopes.edit_profile end
  return scopes.edit_products or scopes.account
end

function direct_uploads.create(shop, request)
  local for_media = request:text "purpose" == "media"
  if not may(request.token.scopes, for_media) then
    return request:deny(403, ("This endpoint requires the %s scope."):format(
      for_media and "edit_profile" or "edit_products"))
  end
  local asked = request.params.blob
  local fault = fault_of(asked, for_media)
  if fault then return request:bad(fault) end
  local blob = uploads.reserve(shop, { filename = asked.filename, content_type = asked.content_type,
    checksum = asked.checksum, byte_size = tonumber(asked.byte_size), for_media = for_media })
  return Blob {
    id = blob.id, key = blob.key, filename = blob.filename, content_type = blob.content_type,
    metadata = json.dict(), service_name = "amazon", byte_size = blob.byte_size,
    checksum = blob.checksum, created_at = format.iso(shop:time()), signed_id = blob.signed_id,
    direct_upload = Target { url = blob.url,
      headers = Headers { ["Content-Type"] = blob.content_type, ["Content-MD5"] = blob.checksum } },
  }
end

return direct_uploads
