--- The image that a request names: an upload in the storage, or a URL. Nothing is fetched. The server's messages are
-- unknown, so these are our own.
local uploads = require "gumroad.emulator.shop.uploads"

local images = {}

--- @return { filename, size or nil } | nil, message
function images.of(shop, request)
  local signed_id, url = request:text "signed_blob_id", request:text "url"
  if signed_id then
    local blob = uploads.blob(shop, signed_id)
    if not blob then return nil, "The uploaded file could not be found. Please upload it again." end
    return { filename = blob.filename, size = blob.byte_size, for_media = blob.for_media }
  end
  if not url then return nil, "Please provide a signed_blob_id or a url." end
  if not url:find("^https?://[^/%s]") or url:find("%s") then return nil, "Please provide a valid url." end
  return { filename = url:match("^[^?#]*"):match("^.*/(.*)$") }
end

return images
