--- The one place that takes URLs apart, and says how they may be shown. Text from outside meets only
-- patterns that look at each byte a fixed number of times.
local url = {}

local SLASH = ("/"):byte()
local DEFAULT_PORTS = { http = 80, https = 443 }

-- Scheme with "://", authority, and the rest.
local function split(text)
  return text:match("^(%a[%w+.-]*://)([^/?#]*)(.*)$")
end

local function without_userinfo(authority)
  return authority:match("^.*@(.*)$") or authority
end

-- Host, in lower case and without brackets, and port; nil where the authority is malformed.
local function host_and_port(authority)
  local address = without_userinfo(authority)
  local host, rest = address:match("^%[([^%]]*)%](.*)$")
  if not host then host, rest = address:match("^([^:]*)(.*)$") end
  local port = rest:match("^:(%d*)$")
  if host == "" or (rest ~= "" and not port) then return nil end
  return host:lower(), tonumber(port)
end

--- Takes a URL apart.
-- @return table: scheme and host in lower case (an IPv6 address without brackets), port (number, where
--   it is written), path (may be ""), query and fragment (without their mark, where there is one); nil
--   where the text does not have the form SCHEME://HOST
function url.parse(text)
  local scheme, authority, rest = split(text)
  if not scheme then return nil end
  local host, port = host_and_port(authority)
  if not host then return nil end
  local path, query, fragment = rest:match("^([^?#]*)([^#]*)(.*)$")
  return { scheme = scheme:sub(1, -4):lower(), host = host, port = port, path = path,
    query = query:match("^%?(.*)$"), fragment = fragment:match("^#(.*)$") }
end

--- Whether a text begins as a full URL does, of whatever scheme.
function url.is_absolute(text)
  return split(text) ~= nil
end

--- Whether a text begins as the URL of a web server does.
function url.is_http(text)
  local scheme = split(text)
  return scheme ~= nil and DEFAULT_PORTS[scheme:sub(1, -4):lower()] ~= nil
end

--- The host of an http or https URL, in lower case; nil where the text is no such URL.
function url.host(text)
  local parts = url.is_http(text) and url.parse(text)
  return parts and parts.host or nil
end

local function server_of(parts)
  local host = parts.host:find(":", 1, true) and "[" .. parts.host .. "]" or parts.host
  local port = parts.port ~= DEFAULT_PORTS[parts.scheme] and parts.port
  return host .. (port and (":%d"):format(port) or "")
end

--- Host and port of a URL, the port only where it is not the scheme's own; nil where the text is none.
function url.server(text)
  local parts = url.parse(text)
  return parts and server_of(parts)
end

--- Scheme, host and port of a URL: the same text for all URLs of that server; nil where the text is none.
function url.origin(text)
  local parts = url.parse(text)
  return parts and parts.scheme .. "://" .. server_of(parts)
end

--- What the request line of HTTP has of a URL: path and query, without the fragment.
-- @param parts of url.parse
function url.target(parts)
  return (parts.path == "" and "/" or parts.path) .. (parts.query and "?" .. parts.query or "")
end

--- The same URL with another port.
function url.with_port(text, port)
  local scheme, authority, rest = split(text)
  return scheme .. authority:gsub(":%d*$", "") .. (":%d"):format(port) .. rest
end

--- Whether a host is this machine. Names are not resolved.
-- @param host as of url.parse
function url.is_loopback(host)
  return host == "localhost" or host == "::1" or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

--- A URL, or what was meant to be one, without user and password.
function url.without_user(text)
  local scheme, authority, rest = split(text)
  if not scheme then return without_userinfo(text) end
  if not host_and_port(authority) then return scheme .. without_userinfo(authority .. rest) end
  return scheme .. without_userinfo(authority) .. rest
end

--- A proxy as it may be shown: scheme, host and port. Its user and password are all that stands before the last
-- "@", as people write any character into them.
-- @param text of the variable that names it; its scheme may be left out
function url.proxy(text)
  local scheme, authority, rest = split(text)
  local server = without_userinfo(scheme and authority .. rest or text)
  return (scheme or "http://") .. server:match("^[^/?#]*")
end

--- A URL without the slashes at its end.
function url.without_last_slashes(text)
  local last = #text
  while text:byte(last) == SLASH do last = last - 1 end
  return text:sub(1, last)
end

local KEPT = 4  -- characters of a long part of the path

local function shortened(segment)
  return #segment > 2 * KEPT and segment:sub(1, KEPT) .. "..." or segment
end

--- A URL as it may be shown where its path or query is what lets one in, as a webhook's: scheme, host
-- and port, and the beginnings of the path's parts.
function url.shown(text)
  local scheme, authority, rest = split(text)
  if not scheme or not host_and_port(authority) then return "(no URL)" end
  local path, mark = rest:match("^([^?#]*)(.?)")
  return scheme .. without_userinfo(authority) .. path:gsub("[^/]+", shortened) .. (mark ~= "" and mark .. "..." or "")
end

return url
