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

local NO_DESCRIPTOR = { [23] = true, [24] = true }  -- errno of ENFILE and EMFILE, which says nothing about the file

-- Returns the path if the file can be read | nil, and a message if nobody can know.
local function readable(path)
  if not path then return nil end
  local file, message, errno = io.open(path, "r")
  if not file then return nil, NO_DESCRIPTOR[errno] and "the CA certificates cannot be read: " .. message or nil end
  file:close()
  return path
end

local function chosen()
  for _, name in ipairs { "GUMROAD_CA_BUNDLE", "SSL_CERT_FILE" } do
    local path = env.get(name)
    if path then return path, name end
  end
end

local function find_chosen(path, name)
  local found, unknown = readable(path)
  if found then return found end
  if unknown then return nil, unknown, "network" end
  return nil, ("%s names %s, which cannot be read"):format(name, path), "tls"
end

local function find()
  local path, name = chosen()
  if path then return find_chosen(path, name) end
  local own = core.curl().ca_file  -- libcurl's default, which is wrong if libcurl was built on another system
  for _, place in ipairs { own or PLACES[1], (table.unpack or unpack)(PLACES) } do
    local found, unknown = readable(place)
    if found then return found end
    if unknown then return nil, unknown, "network" end
  end
  return nil, "no bundle of CA certificates was found: install the package ca-certificates, "
    .. "or set GUMROAD_CA_BUNDLE to the file", "tls"
end

--- Returns the path of the bundle.
-- @return string path | nil, message, kind of error
function tls.ca_file()
  if not tls.found then
    local path, message, kind = find()
    if not path then return nil, message, kind end
    tls.found = path
  end
  return tls.found
end

--- Returns the bundle for a request to a URL.
-- @return path, or nil if none is needed | nil, message, kind of error
function tls.ca_file_for(url)
  if url:find("^https:") then return tls.ca_file() end
end

return tls
