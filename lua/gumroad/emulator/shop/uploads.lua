--- Uploads to the storage. Only sizes are stored, not the bytes.
local limits = require "gumroad.api.limits"

local PREFIX = "/_storage/"
local PART_SECONDS, BLOB_SECONDS = limits.UPLOAD.seconds, 300  -- how long the URLs are valid

--- The path of the storage on the emulator's server.
local uploads = { PREFIX = PREFIX }

--- Returns a unique name.
-- @param purpose see gumroad.emulator.shop.rng
local function guid(shop, purpose)
  local own = shop.storage
  own.count = own.count + 1
  return shop.rng:guid(purpose, own.count)
end

local function url_of(shop, key)
  return shop.url .. PREFIX .. key
end

-- The signature of a URL, which allows a PUT without a token for some time.
local function sign(shop, seconds)
  return { seconds = seconds, expires_at = shop:time() + seconds, text = guid(shop, "signature") }
end

local function signed_query(grant)
  return ("X-Amz-Expires=%d&X-Amz-Signature=%s"):format(grant.seconds, grant.text)
end

-- files in parts --------------------------------------------------------------------------

--- Starts an upload.
-- @return { id, key, url, part_count, parts = { [number] = { tag, size } } }
function uploads.begin(shop, filename, size)
  local key = ("attachments/%s/%s/original/%s"):format(shop.user_id, guid(shop, "upload_name"),
    filename:gsub("[^%w._-]", "-"))
  local upload = { id = guid(shop, "upload"), key = key, url = url_of(shop, key), parts = {},
    part_count = math.max(1, math.ceil(size / shop.part_size)), grant = sign(shop, PART_SECONDS) }
  shop.storage.uploads[upload.id] = upload
  return upload
end

--- Returns the URL to PUT a part to.
function uploads.part_url(upload, number)
  return ("%s?partNumber=%d&uploadId=%s&%s"):format(upload.url, number, upload.id, signed_query(upload.grant))
end

--- Finds an upload that was neither completed nor aborted.
function uploads.find(shop, id, key)
  local upload = shop.storage.uploads[id]
  return upload and upload.key == key and upload or nil
end

--- Removes an upload that was completed or aborted.
function uploads.forget(shop, upload)
  shop.storage.uploads[upload.id] = nil
end

local function bare_tag(tag)
  return type(tag) == "string" and tag:gsub('^"(.*)"$', "%1") or nil
end

--- Assembles a file from the parts of an upload.
-- @param parts list of { part_number, etag }, with the ETags from the responses to PUT
-- @return true, or nil if these are not the parts that arrived
function uploads.complete(shop, upload, parts)
  local size = 0
  for number = 1, upload.part_count do
    local part, said = upload.parts[number], parts[number]
    if not part or type(said) ~= "table" or said.part_number ~= number
      or bare_tag(said.etag) ~= part.tag then
      return nil
    end
    size = size + part.size
  end
  if #parts ~= upload.part_count then return nil end
  shop.storage.files[upload.url] = { size = size }
  uploads.forget(shop, upload)
  return true
end

--- Returns the size of a completed file with a URL, or nil.
function uploads.size(shop, url)
  local file = shop.storage.files[url]
  return file and file.size
end

-- images and videos -----------------------------------------------------------------------

--- Prepares the upload of a file in one PUT.
-- @param blob table: filename, byte_size, checksum, content_type
-- @return the same table with key, id, signed_id and url
function uploads.reserve(shop, blob)
  local own = shop.storage
  blob.key, blob.grant = guid(shop, "blob"), sign(shop, BLOB_SECONDS)
  blob.id, blob.signed_id = own.count, guid(shop, "blob")
  blob.url = url_of(shop, blob.key) .. "?" .. signed_query(blob.grant)
  own.blobs[blob.signed_id], own.blob_of_path[PREFIX .. blob.key] = blob, blob
  return blob
end

--- Finds a file that was uploaded in one PUT, by its signed_id.
function uploads.blob(shop, signed_id)
  local blob = shop.storage.blobs[signed_id]
  return blob and blob.arrived and blob or nil
end

--- Finds such a file by the path of its URL, even before it is uploaded.
function uploads.blob_of_path(shop, path)
  return shop.storage.blob_of_path[path]
end

--- Stores a part that has arrived.
-- @return its ETag
function uploads.take_part(shop, upload, number, size)
  upload.parts[number] = { tag = guid(shop, "etag"), size = size }
  return upload.parts[number].tag
end

--- Stores a whole file that has arrived.
-- @return its ETag
function uploads.take_blob(shop, blob)
  blob.arrived = true
  return guid(shop, "etag")
end

return uploads
