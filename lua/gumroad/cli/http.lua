--- Requests to any server, without a token. A request is a table as engine:send takes it.
local core = require "gumroad.core"
local loop = require "gumroad.loop"
local tls = require "gumroad.client.tls"
local url = require "gumroad.base.url"

local http = {}

--- Adds the bundle of CA certificates that clients use, if the request needs one.
-- @return true | nil, why there is no bundle
function http.add_bundle(request)
  local parts = url.parse(request.base_url)
  if not (parts and parts.scheme == "https") then return true end
  local path, wrong = tls.ca_file()
  request.ca_file = path
  return path and true, wrong
end

--- Sends a request and waits for its response.
-- @return response | nil, message, details of the failure; no details if the request was wrong and nothing was sent
function http.ask(request)
  local transfer, _, wrong = core.engine():send(request)
  if not transfer then return nil, wrong end
  loop.blocking.wait(transfer)
  local response, _, message, info = transfer:result()
  return response, message, info
end

return http
