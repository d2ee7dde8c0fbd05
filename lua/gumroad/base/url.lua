--- URLs: taking them apart, and showing them without their secrets. Nothing else does. Text from outside meets
-- only patterns that look at each byte a fixed number of times.
local ip = require "gumroad.base.ip"

local url = {}

local SLASH = ("/"):byte()
local MOST_PORT = 65535
local DEFAULT_PORTS = { http = 80, https = 443 }

-- Returns the scheme with "://", the authority, and the rest.
local function split(text)
  return text:match("^(%a[%w+.-]*://)([^/?#]*)(.*)$")
end

local function without_userinfo(authority)
  return authority:match("^.*@(.*)$") or authority
end

-- Returns the host, in lower case and without brackets, and the port; nil if the authority is malformed.
local function host_and_port(authority)
  local address = without_userinfo(authority)
  local host, rest = address:match("^%[([^%]]*)%](.*)$")
  if not host then host, rest = address:match("^([^:]*)(.*)$") end
  local digits = rest:match("^:(%d*)$")
  local port = tonumber(digits)
  if host == "" or (rest ~= "" and not digits) or (port and port > MOST_PORT) then return nil end
  return host:lower(), port
end

--- Takes a URL apart.
-- @return table: scheme and host in lower case (an IPv6 address without brackets), port (a number, if the URL
--   has one), path (may be ""), query and fragment (without "?" and "#", if the URL has them); nil if the text
--   does not have the form SCHEME://HOST
function url.parse(text)
  local scheme, authority, rest = split(text)
  if not scheme then return nil end
  local host, port = host_and_port(authority)
  if not host then return nil end
  local path, query, fragment = rest:match("^([^?#]*)([^#]*)(.*)$")
  return { scheme = scheme:sub(1, -4):lower(), host = host, port = port, path = path,
    query = query:match("^%?(.*)$"), fragment = fragment:match("^#(.*)$") }
end

--- Tells whether a text begins like a full URL, whatever its scheme.
function url.is_absolute(text)
  return split(text) ~= nil
end

--- Tells whether a text begins like an http or https URL.
function url.is_http(text)
  local scheme = split(text)
  return scheme ~= nil and DEFAULT_PORTS[scheme:sub(1, -4):lower()] ~= nil
end

--- Returns the host of an http or https URL, in lower case; nil if the text is not such a URL.
function url.host(text)
  local parts = url.is_http(text) and url.parse(text)
  return parts and parts.host or nil
end

local function server_of(parts)
  local host = parts.host:find(":", 1, true) and "[" .. parts.host .. "]" or parts.host
  local port = parts.port ~= DEFAULT_PORTS[parts.scheme] and parts.port
  return host .. (port and (":%d"):format(port) or "")
end

--- Returns host and port of a URL, the port only if it is not the scheme's default; nil if the text is not a URL.
function url.server(text)
  local parts = url.parse(text)
  return parts and server_of(parts)
end

--- Returns scheme, host and port of a URL: the same text for all URLs of a server; nil if the text is not a URL.
function url.origin(text)
  local parts = url.parse(text)
  return parts and parts.scheme .. "://" .. server_of(parts)
end

--- Returns path and query of a URL, as the request line of HTTP has them.
-- @param parts what url.parse returned
function url.target(parts)
  return (parts.path == "" and "/" or parts.path) .. (parts.query and "?" .. parts.query or "")
end

--- Returns a URL with another port.
function url.with_port(text, port)
  local scheme, authority, rest = split(text)
  return scheme .. authority:gsub(":%d*$", "") .. (":%d"):format(port) .. rest
end

local function character(hex)
  return string.char(tonumber(hex, 16))
end

--- Tells whether a host is this machine, however it is spelled, as the core does for the token. Names are not
-- resolved: localhost and what is below it are this machine (RFC 6761).
-- @param host as url.parse returns it
function url.is_loopback(host)
  local name = host:gsub("%%(%x%x)", character):lower():match("^[^%%]*")  -- without the zone of an IPv6 address
  local is_own = ip.is_loopback(name)
  if is_own ~= nil then return is_own end
  name = "." .. name:gsub("%.$", "")
  return name:sub(-10) == ".localhost"
end

--- Returns a URL, or a text that was meant to be one, without user and password.
function url.without_user(text)
  local scheme, authority, rest = split(text)
  if not scheme then return without_userinfo(text) end
  if not host_and_port(authority) then return scheme .. without_userinfo(authority .. rest) end
  return scheme .. without_userinfo(authority) .. rest
end

--- Returns what may be shown of a proxy's URL: scheme, host and port. Everything before the last "@" is taken for
-- user and password, as people put any character into them.
-- @param text the value of a variable such as https_proxy; the scheme may be missing
function url.proxy(text)
  local scheme, authority, rest = split(text)
  local server = without_userinfo(scheme and authority .. rest or text)
  return (scheme or "http://") .. server:match("^[^/?#]*")
end

--- Returns a URL without the slashes at its end.
function url.without_last_slashes(text)
  local last = #text
  while text:byte(last) == SLASH do last = last - 1 end
  return text:sub(1, last)
end

local SHOWN = 4  -- characters of a long path segment

local function shortened(segment)
  return #segment > 2 * SHOWN and segment:sub(1, SHOWN) .. "..." or segment
end

--- Returns a URL whose path or query is a secret, such as a webhook's, in a form that may be shown: scheme, host
-- and port, and the beginning of each path segment.
function url.shown(text)
  local scheme, authority, rest = split(text)
  if not scheme or not host_and_port(authority) then return "(no URL)" end
  local path, mark = rest:match("^([^?#]*)(.?)")
  return scheme .. without_userinfo(authority) .. path:gsub("[^/]+", shortened) .. (mark ~= "" and mark .. "..." or "")
end

return url
