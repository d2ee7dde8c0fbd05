--- Sends a request and explains its failure.
local http = require "gumroad.cli.http"

local network = {}

local CERTIFICATE = "If a proxy or your own server has its own certificate authority, set GUMROAD_CA_BUNDLE to a "
  .. "bundle with it; the check cannot be switched off"

-- libcurl's error number -> what is wrong, what to do
local FAILURES = {
  [5] = { "the proxy's name is not known", "Check the variables https_proxy and all_proxy" },
  [6] = { "the host's name is not known (DNS)", "Check the name, and whether this machine is on the network" },
  [7] = { "nothing accepts connections there", "Check host and port; a firewall may be in between" },
  [28] = { "no response in time", "Check whether a firewall or a proxy is in between" },
  [35] = { "the TLS handshake failed", "Check that the port speaks HTTPS; a proxy may be in between" },
  [60] = { "the certificate is not trusted", CERTIFICATE },
  [77] = { "the bundle of CA certificates cannot be used", "Set GUMROAD_CA_BUNDLE to a file of CA certificates (PEM)" },
  [97] = { "the proxy refuses the connection", "Check the variables https_proxy and all_proxy" },
}

local function explain(message, info)
  local known = FAILURES[info.curl_code]
  if not known then return message, nil end
  return ("%s (%s)"):format(known[1], message), known[2]
end

--- Sends a request, with the CA bundle that clients use.
-- @param request as engine:send takes it
-- @return { status, seconds, headers, body } | nil, what is wrong, what to do or nil
function network.ask(request)
  local usable, wrong = http.add_bundle(request)
  if not usable then return nil, wrong, "Install ca-certificates, or fix the variable" end
  local response, message, info = http.ask(request)
  if response then return response end
  if not info then return nil, message end
  return nil, explain(message, info)
end

return network
