--- Addresses to which Gumroad sends pings: http and https URLs in the public network.
local delivery = require "gumroad.api.delivery"
local url = require "gumroad.base.url"

local address = {}

-- Private and reserved IPv4 networks below 224: the first byte and, for it, the range of the second byte.
local RESERVED = {
  [0] = { 0, 255 }, [10] = { 0, 255 }, [100] = { 64, 127 }, [127] = { 0, 255 }, [169] = { 254, 254 },
  [172] = { 16, 31 }, [192] = { 168, 168 }, [198] = { 18, 19 },
}

local function is_private_v4(a, b)
  local range = RESERVED[a]
  return a >= 224 or (range ~= nil and b >= range[1] and b <= range[2])
end

local function is_documentation(host)
  return host:find("^192%.0%.[02]%.") or host:find("^198%.51%.100%.") or host:find("^203%.0%.113%.")
end

--- Tells whether a host is this machine, in a private or reserved network, or a malformed address. Names are not
-- resolved.
function address.is_private(host)
  if url.is_loopback(host) then return true end
  local a, b, c, d = host:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if a then
    a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
    if a > 255 or b > 255 or c > 255 or d > 255 then return true end
    return is_private_v4(a, b) or is_documentation(host) ~= nil
  end
  if host:find(":") then  -- only global IPv6 addresses are public, except those for documentation
    return not host:find("^[23]%x%x%x:") or host:find("^2001:0?db8:") ~= nil
  end
  return host:find("^[%x.]+$") ~= nil
end

--- Tells whether a text has the form and length that Gumroad accepts.
function address.is_well_formed(text)
  return url.host(text) ~= nil and #text <= delivery.MAX_URL and not text:find("[%s%c]")
end

--- Says why Gumroad would not send pings to an address; nil if it would.
-- @param private_too whether a private network is allowed, as it is with an emulator
function address.fault(text, private_too)
  local host = url.host(text)
  if not host or text:find("[%s%c#]") then return "must be http(s)://HOST/PATH, without a fragment" end
  if #text > delivery.MAX_URL then
    return ("is longer than the %d bytes that Gumroad takes"):format(delivery.MAX_URL)
  end
  if not private_too and address.is_private(host) then
    return ("is not in the public network (%s), so Gumroad would never reach it: use a public host or a tunnel")
      :format(host)
  end
end

local RANDOM = 8  -- letters and digits in a row that nobody guesses

--- Whether an address can be guessed: nothing in its path and query looks random.
function address.is_guessable(text)
  for word in url.target(url.parse(text)):gmatch("%w+") do
    if #word >= RANDOM and word:find("%d") and word:find("%a") then return false end
  end
  return true
end

return address
