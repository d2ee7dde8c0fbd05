--- PUTs files to where Gumroad keeps them: S3, by URLs that let anyone in for some minutes. So
-- their queries are secrets, and the token has no business there.
local printable = require("gumroad.base.text").printable
local Error = require "gumroad.base.error"

local storage = {}

local function kind_of(status, code)
  if code == "RequestTimeout" then return "timeout" end  -- a 400 that may be repeated
  if status == 429 then return "rate_limit" end
  return status >= 500 and "server" or "invalid"
end

local MOST_OF_BODY, MOST_OF_ELEMENT = 65536, 200  -- bytes

-- S3 explains itself in XML, of which two elements may be shown: others repeat the signature.
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

--- Sends a stretch of a file; again where that failed, as often as `options` say.
-- @param request { url, headers, path, offset, length, progress: function(bytes sent) }
-- @return the storage's answer: { status, headers, body } | nil, error
function storage.put(client, request, options)
  return client:call {
    method = "PUT", url = request.url, headers = request.headers, options = options, read = read,
    source = { path = request.path, offset = request.offset, length = request.length },
    progress = request.progress, repeatable = true,
  }
end

--- Whether an error says that its URL is of no use any more: expired, or its upload is over.
function storage.is_gone(err)
  return err.storage_code ~= nil and (err.status == 403 or err.status == 404)
end

return storage
