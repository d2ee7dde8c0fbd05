--- The storage for uploads, which stands in for S3: accepts PUTs to the URLs from files.presign and
-- direct_uploads.create, without a token.
local uploads = require "gumroad.emulator.shop.uploads"

local PREFIX = uploads.PREFIX

local storage = {}

local function refusal(status, code, message)
  return { status = status, headers = { ["Content-Type"] = "application/xml" },
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>')
      :format(code, message) }
end

local function stored(tag)
  return { status = 200, headers = { ETag = '"' .. tag .. '"' }, body = "" }
end

-- The refusal of a URL that is not valid, or nil.
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
  return stored(uploads.take_part(shop, upload, number, raw.size))
end

local function put_blob(shop, blob, raw)
  if raw.headers["content-type"] ~= blob.content_type or raw.headers["content-md5"] ~= blob.checksum then
    return refusal(403, "SignatureDoesNotMatch", "Send exactly the headers that were signed.")
  end
  if raw.size ~= blob.byte_size then
    return refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
  end
  return stored(uploads.take_blob(shop, blob))
end

--- Returns the response to a request, or nil if the request is not for the storage.
function storage.respond(shop, raw)
  if raw.path:sub(1, #PREFIX) ~= PREFIX then return nil end
  if raw.method ~= "PUT" then return refusal(405, "MethodNotAllowed", "The emulator only supports PUT.") end
  local query = raw.query or ""
  local blob = uploads.blob_of_path(shop, raw.path)
  if blob then return url_fault(shop, blob.grant, query) or put_blob(shop, blob, raw) end
  local upload = uploads.find(shop, query:match("uploadId=(%x+)"), raw.path:sub(#PREFIX + 1))
  if not upload then return refusal(404, "NoSuchUpload", "The specified upload does not exist.") end
  local fault = url_fault(shop, upload.grant, query)
  if fault then return fault end
  return put_part(shop, upload, tonumber(query:match("partNumber=(%d+)")), raw)
end

return storage
