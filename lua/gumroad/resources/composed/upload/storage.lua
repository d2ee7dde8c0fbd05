--- Sends files to the storage behind Gumroad, S3. Its URLs let anyone upload for some minutes, so their queries are
-- secrets; the token is never sent there.
local printable = require("gumroad.base.text").printable
local Error = require "gumroad.base.error"

local storage = {}

local function kind_of(status, code)
  if code == "RequestTimeout" then return "timeout" end  -- sent with 400, but may be repeated
  if status == 429 then return "rate_limit" end
  return status >= 500 and "server" or "invalid"
end

local MOST_OF_BODY, MOST_OF_ELEMENT = 65536, 200  -- bytes

-- S3 explains errors in XML. Only two of its elements may be shown, as others repeat the signature.
local function element(body, name)
  local words = body:sub(1, MOST_OF_BODY):match("<" .. name .. ">([^<]*)</" .. name .. ">")
  return words and printable(words, MOST_OF_ELEMENT)
end

local function read(_, response)
  if response.status >= 200 and response.status < 300 then return response end
  local code = element(response.body, "Code")
  local words = element(response.body, "Message") or "without saying why"
  return nil, Error.new(kind_of(response.status, code), "the storage refused the file: " .. words,
    { status = response.status, storage_code = code })
end

--- Sends a part of a file; tries again as often as `options` allow.
-- @param request { url, headers, path, offset, length, progress = function(bytes sent) }
-- @return the storage's response: { status, headers, body } | nil, error
function storage.put(client, request, options)
  return client:call {
    method = "PUT", url = request.url, headers = request.headers, options = options, read = read,
    source = { path = request.path, offset = request.offset, length = request.length },
    progress = request.progress, repeatable = true,
  }
end

--- Tells whether an error means that its URL no longer works: it has expired, or the upload has ended.
function storage.is_gone(err)
  return err.storage_code ~= nil and (err.status == 403 or err.status == 404)
end

return storage
