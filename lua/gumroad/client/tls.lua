--- Finds the bundle of CA certificates against which a server's certificate is checked.
local core = require "gumroad.core"
local env = require "gumroad.base.env"

local tls = {}

local PLACES = {
  "/etc/ssl/certs/ca-certificates.crt",                  -- Debian, Ubuntu, Alpine
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",   -- Fedora, RHEL
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",                              -- openSUSE
  "/etc/ssl/cert.pem",                                   -- macOS, BSD, Alpine
}

local function readable(path)
  local file = path and io.open(path, "r")
  if file then file:close() end
  return file and path
end

local function chosen()
  for _, name in ipairs { "GUMROAD_CA_BUNDLE", "SSL_CERT_FILE" } do
    local path = env.get(name)
    if path then return path, name end
  end
end

local function find()
  local path, name = chosen()
  if path then
    if readable(path) then return path end
    return nil, ("%s names %s, which cannot be read"):format(name, path)
  end
  local own = core.curl().ca_file  -- libcurl's default, which is wrong if libcurl was built on another system
  if readable(own) then return own end
  for _, place in ipairs(PLACES) do
    if readable(place) then return place end
  end
  return nil, "no bundle of CA certificates was found: install the package ca-certificates, "
    .. "or set GUMROAD_CA_BUNDLE to the file"
end

--- Returns the path of the bundle.
-- @return string path | nil, message
function tls.ca_file()
  if not tls.found then
    local path, message = find()
    if not path then return nil, message end
    tls.found = path
  end
  return tls.found
end

--- Returns the bundle for a request to a URL.
-- @return path, or nil if none is needed | nil, message
function tls.ca_file_for(url)
  if url:find("^https:") then return tls.ca_file() end
end

return tls
