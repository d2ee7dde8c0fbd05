--- Requests to any server, without a token: as engine:send takes them, with the CA bundle that clients use.
local core = require "gumroad.core"
local loop = require "gumroad.loop"
local tls = require "gumroad.client.tls"
local url = require "gumroad.base.url"

local http = {}

--- Gives a request the bundle, if it goes to HTTPS.
-- @return true | nil, why there is none
function http.add_bundle(request)
  local parts = url.parse(request.base_url)
  if not (parts and parts.scheme == "https") then return true end
  local path, wrong = tls.ca_file()
  request.ca_file = path
  return path and true, wrong
end

--- Sends a request and waits for its response.
-- @return response | nil, message, what is known of the failure; nil: it was wrong, and nothing was sent
function http.ask(request)
  local transfer, _, wrong = core.engine():send(request)
  if not transfer then return nil, wrong end
  loop.blocking.wait(transfer)
  local response, _, message, info = transfer:result()
  return response, message, info
end

return http
