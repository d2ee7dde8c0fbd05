--- The storage behind uploads, a stand-in for S3: PUTs to the URLs that files.presign and
-- direct_uploads.create hand out, without a token. It keeps how long things are, not their bytes.
local chance = require "gumroad.emulator.shop.rng"

local PREFIX = "/_storage/"
local TAGS, NAMES, UPLOADS, BLOBS, SIGNATURES = 60, 61, 62, 63, 64  -- what dice are rolled for
local PART_SECONDS, BLOB_SECONDS = 900, 300  -- for which URLs can be PUT to

local storage = { PREFIX = PREFIX }

local function of(shop)
  shop.storage = shop.storage or { uploads = {}, files = {}, blobs = {}, blob_of_path = {}, count = 0 }
  return shop.storage
end

local function guid(shop, purpose)
  local own = of(shop)
  own.count = own.count + 1
  return chance.guid(shop.seed, purpose, own.count)
end

local function url_of(shop, key)
  return shop.url .. PREFIX .. key
end

-- What makes a URL one to PUT to for some time: who has it needs no token.
local function sign(shop, seconds)
  return { seconds = seconds, expires_at = shop:time() + seconds, text = guid(shop, SIGNATURES) }
end

local function signed_query(grant)
  return ("X-Amz-Expires=%d&X-Amz-Signature=%s"):format(grant.seconds, grant.text)
end

-- files in parts --------------------------------------------------------------------------

--- Begins an upload.
-- @return { id, key, url, part_count, parts = { [number] = { tag, size } } }
function storage.begin(shop, filename, size)
  local key = ("attachments/%s/%s/original/%s"):format(shop.user_id, guid(shop, NAMES),
    filename:gsub("[^%w._-]", "-"))
  local upload = { id = guid(shop, UPLOADS), key = key, url = url_of(shop, key), parts = {},
    part_count = math.max(1, math.ceil(size / shop.part_size)), grant = sign(shop, PART_SECONDS) }
  of(shop).uploads[upload.id] = upload
  return upload
end

--- Where a part is to be PUT.
function storage.part_url(upload, number)
  return ("%s?partNumber=%d&uploadId=%s&%s"):format(upload.url, number, upload.id, signed_query(upload.grant))
end

--- An upload that was neither completed nor aborted, or nil.
function storage.find(shop, id, key)
  local upload = of(shop).uploads[id]
  return upload and upload.key == key and upload or nil
end

function storage.forget(shop, upload)
  of(shop).uploads[upload.id] = nil
end

local function bare_tag(tag)
  return type(tag) == "string" and tag:gsub('^"(.*)"$', "%1") or nil
end

--- Makes a file of an upload's parts.
-- @param parts list of { part_number, etag }, as PUT answered them
-- @return true, or nil where the parts are not those that arrived
function storage.complete(shop, upload, parts)
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
  of(shop).files[upload.url] = { size = size }
  storage.forget(shop, upload)
  return true
end

--- The size of a completed file by its URL, or nil.
function storage.size(shop, url)
  local file = of(shop).files[url]
  return file and file.size
end

-- images and videos -----------------------------------------------------------------------

--- Reserves a place for a file that is PUT whole.
-- @param blob table: filename, byte_size, checksum, content_type
-- @return the same with key, id, signed_id and url
function storage.reserve(shop, blob)
  local own = of(shop)
  blob.key, blob.grant = guid(shop, BLOBS), sign(shop, BLOB_SECONDS)
  blob.id, blob.signed_id = own.count, guid(shop, BLOBS)
  blob.url = url_of(shop, blob.key) .. "?" .. signed_query(blob.grant)
  own.blobs[blob.signed_id], own.blob_of_path[PREFIX .. blob.key] = blob, blob
  return blob
end

--- A file that was reserved and PUT, or nil.
function storage.blob(shop, signed_id)
  local blob = of(shop).blobs[signed_id]
  return blob and blob.arrived and blob or nil
end

-- requests --------------------------------------------------------------------------------

local function refusal(status, code, message)
  return { status = status, headers = { ["Content-Type"] = "application/xml" },
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>')
      :format(code, message) }
end

local function stored(tag)
  return { status = 200, headers = { ETag = '"' .. tag .. '"' }, body = "" }
end

-- What is wrong with the URL that was asked for, or nil.
local function url_fault(shop, grant, query)
  if query:match("X%-Amz%-Signature=(%x+)") ~= grant.text then
    return refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match "
      .. "the signature you provided. Check your key and signing method.")
  end
  if shop:time() >= grant.expires_at then return refusal(403, "AccessDenied", "Request has expired") end
end

local function put_part(shop, upload, number, raw)
  if not number or number < 1 or number > upload.part_count then
    return refusal(400, "InvalidArgument", "There is no such part.")
  end
  upload.parts[number] = { tag = guid(shop, TAGS), size = raw.size }
  return stored(upload.parts[number].tag)
end

local function put_blob(shop, blob, raw)
  if raw.headers["content-type"] ~= blob.content_type or raw.headers["content-md5"] ~= blob.checksum then
    return refusal(403, "SignatureDoesNotMatch", "Send exactly the headers that were signed.")
  end
  if raw.size ~= blob.byte_size then
    return refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
  end
  blob.arrived = true
  return stored(guid(shop, TAGS))
end

--- Answers a request to the storage; nil if it is for somebody else.
function storage.answer(shop, raw)
  if raw.path:sub(1, #PREFIX) ~= PREFIX then return nil end
  if raw.method ~= "PUT" then return refusal(405, "MethodNotAllowed", "Only PUT is played here.") end
  local query = raw.query or ""
  local blob = of(shop).blob_of_path[raw.path]
  if blob then return url_fault(shop, blob.grant, query) or put_blob(shop, blob, raw) end
  local upload = storage.find(shop, query:match("uploadId=(%x+)"), raw.path:sub(#PREFIX + 1))
  if not upload then return refusal(404, "NoSuchUpload", "The specified upload does not exist.") end
  local fault = url_fault(shop, upload.grant, query)
  if fault then return fault end
  return put_part(shop, upload, tonumber(query:match("partNumber=(%d+)")), raw)
end

return storage
