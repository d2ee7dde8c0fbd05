--- shop.direct_uploads:upload(path [, params [, options]]): uploads a cover, a thumbnail or a file for the profile's
-- media, in one request to the storage.
local base64 = require "gumroad.base.base64"
local Error = require "gumroad.base.error"
local File = require "gumroad.resources.composed.upload.file"
local storage = require "gumroad.resources.composed.upload.storage"

local PIECE = 65536           -- bytes to read at once
local TURN = 128              -- pieces after which other calls get a turn
local TURN_SECONDS = 1 / 1000

local TYPES = {
  jpg = "image/jpeg", jpeg = "image/jpeg", png = "image/png", gif = "image/gif",
  mp4 = "video/mp4", m4v = "video/x-m4v", mov = "video/quicktime", webm = "video/webm", ogv = "video/ogg",
  mpg = "video/mpeg", mpeg = "video/mpeg", avi = "video/x-msvideo", mkv = "video/x-matroska", wmv = "video/x-ms-wmv",
  -- only for the profile's media:
  webp = "image/webp", avif = "image/avif", heic = "image/heic", bmp = "image/bmp", tif = "image/tiff",
  tiff = "image/tiff",
}

local function content_type(op, name)
  if op.params.content_type then return op.params.content_type end
  local known = TYPES[(name:match("%.(%w+)$") or ""):lower()]
  if known then return known end
  return nil, Error.new("file", ("the name %s does not show the type of the file: pass content_type. Gumroad takes "
    .. "JPEG, PNG, GIF and videos, and for media any image except SVG; use files.upload for a product's file")
    :format(name))
end

local function new_md5()
  local there, digest = pcall(require, "openssl.digest")
  if there then return digest.new("md5") end
  return nil, Error.new("config", "luaossl is missing, which computes the checksum that Gumroad asks for: "
    .. "install the Debian package lua-luaossl or the rock luaossl")
end

-- Computes the checksum of a file, as for Content-MD5. Other calls get their turn meanwhile.
local function checksum(op, path)
  local waiting, err = op.client:current_loop()
  if not waiting then return nil, err end
  local md5, message
  md5, err = new_md5()
  if not md5 then return nil, err end
  local file
  file, message = io.open(path, "rb")
  local pieces, piece = 0, nil
  if file then piece, message = file:read(PIECE) end
  while piece do
    md5:update(piece)
    pieces = pieces + 1
    if pieces % TURN == 0 then waiting.sleep(TURN_SECONDS) end
    piece, message = file:read(PIECE)
  end
  if file then file:close() end
  if message then return nil, Error.new("file", "cannot read " .. path .. ": " .. message) end
  return base64.encode(md5:final())
end

-- Asks Gumroad for a blob, the record of the file.
-- @return blob, whose direct_upload says where to send the bytes | nil, error
local function reserve(op, file, name, kind, sum)
  local blob, err = op.resource("direct_uploads"):create({ purpose = op.params.purpose,
    blob = { filename = name, byte_size = file.size, checksum = sum, content_type = kind } }, op.options)
  if not blob then return nil, err end
  local place = blob.direct_upload
  if type(place) == "table" and type(place.url) == "string" and type(place.headers) == "table" then return blob end
  return nil, Error.new("decode", "the response does not say where to send the file")
end

return function(op)
  local file, err = File.find(op)
  if not file then return nil, err end
  local name = op.params.filename or file.name
  local kind, sum, blob, sent
  kind, err = content_type(op, name)
  if not kind then return nil, err end
  sum, err = checksum(op, file.path)
  if not sum then return nil, err end
  blob, err = reserve(op, file, name, kind, sum)
  if not blob then return nil, err end
  sent, err = storage.put(op.client, { url = blob.direct_upload.url, headers = blob.direct_upload.headers,
    path = file.path, offset = 0, length = file.size }, op.options)
  if not sent then return nil, err end
  blob.direct_upload = nil  -- no longer of use
  return blob
end
