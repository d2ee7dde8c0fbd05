--- Sends a request and explains its failure.
local http = require "gumroad.client.http"

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

local function explain(err)
  local known = FAILURES[err.curl_code]
  if known then return ("%s (%s)"):format(known[1], err.message), known[2] end
  local needs_bundle = err.kind == "tls" and not err.curl_code
  return err.message, needs_bundle and "Install ca-certificates, or fix the variable" or nil
end

--- Sends a request; see gumroad.client.http.
-- @return { status, seconds, headers, body } | nil, what is wrong, what to do or nil
function network.ask(request)
  local response, err = http.request(request)
  if response then return response end
  return nil, explain(err)
end

return network
