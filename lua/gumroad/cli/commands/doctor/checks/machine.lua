--- Checks what is installed on this machine: versions, optional parts, certificates, proxies, the port.
local core = require "gumroad.core"
local env = require "gumroad.base.env"
local tls = require "gumroad.client.tls"
local url = require "gumroad.base.url"

local function check_versions(report)
  report:ok("gumroad", "%s on %s", require "gumroad.version", rawget(_G, "jit") and jit.version or _VERSION)
  report:ok("lua-cjson", "%s", require("gumroad.base.json").VERSION or "there")
  report:ok("argparse", "%s", require("argparse").version or "there")
end

local function check_curl(report)
  local curl = core.curl()
  if not curl.tls then
    return report:problem("libcurl", curl.version .. ", without TLS", "Install a libcurl with TLS")
  end
  if curl.http2 then return report:ok("libcurl", "%s, %s, HTTP/2", curl.version, curl.tls) end
  report:warning("libcurl", ("%s, %s, without HTTP/2"):format(curl.version, curl.tls),
    "Everything works, but parallel calls need more connections")
end

-- Parts that only some commands need.
local OPTIONAL = {
  { "listener", "gumroad.listener", "listen, login in a browser and the emulator do not work",
    "Install libmicrohttpd (libmicrohttpd-dev on Debian and Ubuntu) and build gumroad again" },
  { "luaossl", "openssl.digest", "login in a browser and with --device does not work",
    "Install lua-luaossl, or the rock luaossl" },
}

local function check_optional(report)
  for _, part in ipairs(OPTIONAL) do
    local ok, module = pcall(require, part[2])
    if not ok then report:warning(part[1], "missing: " .. part[3], part[4])
    elseif module.LIBMICROHTTPD then report:ok(part[1], "libmicrohttpd %s", module.LIBMICROHTTPD)
    else report:ok(part[1], "installed") end
  end
end

local function holds_certificates(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read("*a") or ""
  if file then file:close() end
  return bytes:find("%-%-%-%-%-BEGIN [%u ]*CERTIFICATE%-%-%-%-%-") ~= nil
end

local function check_certificates(report)
  local path, message = tls.ca_file()
  if not path then
    return report:problem("certificates", message, "Without them no HTTPS connection is possible")
  end
  local from = env.get "GUMROAD_CA_BUNDLE" and "from GUMROAD_CA_BUNDLE"
    or env.get "SSL_CERT_FILE" and "from SSL_CERT_FILE" or "from this system"
  if holds_certificates(path) then return report:ok("certificates", "%s, %s", path, from) end
  report:problem("certificates", ("%s, %s, holds none"):format(path, from),
    "Set GUMROAD_CA_BUNDLE to a file of CA certificates (PEM)")
end

local PROXIES = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" }

local function check_proxies(report)
  for _, name in ipairs(PROXIES) do
    local proxy = env.get(name)
    if proxy then
      report:note("proxy", ("HTTPS goes through %s, from %s"):format(url.proxy(proxy), name))
    end
  end
end

local function check_port(report, port)
  local ok, listener = pcall(require, "gumroad.listener")
  if not (ok and port) then return end
  local open, _, message = listener.new { port = port }
  if open then
    open:close()
    return report:ok("port", "%d is free", port)
  end
  report:problem("port", message)
end

--- Runs the checks.
-- @param args `port`: port to try, or nil
return function(report, _, args)
  check_versions(report)
  check_curl(report)
  check_optional(report)
  check_certificates(report)
  check_proxies(report)
  check_port(report, args.port)
end
