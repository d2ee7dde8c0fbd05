--- Files of products, which are uploaded in parts.
local fields = require "gumroad.emulator.http.fields"
local json = require "gumroad.emulator.http.json"
local limits = require "gumroad.api.limits"
local uploads = require "gumroad.emulator.shop.uploads"

local files = {}

local Presigned = json.shape { "upload_id", "key", "file_url", "parts" }
local Part = json.shape { "part_number", "presigned_url" }
local Completed = json.shape { "file_url" }
local Aborted = json.shape { "status" }

function files.presign(shop, request)
  local filename = request:text "filename"
  local size = tonumber((request:text "file_size" or ""):match("^%d+$"))
  if fields.is_blank(filename) then return request:bad "filename is required" end
  if not size or size < 1 then return request:bad "file_size must be a positive integer" end
  if size > limits.UPLOAD.size then return request:bad "File size exceeds the maximum of 20 GB" end
  local upload = uploads.begin(shop, filename, size)
  local parts = {}
  for number = 1, upload.part_count do
    parts[number] = Part { part_number = number, presigned_url = uploads.part_url(upload, number) }
  end
  return Presigned { upload_id = upload.id, key = upload.key, file_url = upload.url, parts = parts }
end

function files.complete(shop, request)
  local upload = uploads.find(shop, request:text "upload_id", request:text "key")
  if not upload then return request:bad "The upload was not found" end
  local parts = request.params.parts
  if type(parts) ~= "table" or not uploads.complete(shop, upload, parts) then
    return request:bad "parts must list every part that was uploaded, with its part_number and etag"
  end
  return Completed { file_url = upload.url }
end

function files.abort(shop, request)
  local upload = uploads.find(shop, request:text "upload_id", request:text "key")
  if upload then uploads.forget(shop, upload) end
  return Aborted { status = upload and "accepted" or "already_gone" }
end

return files
