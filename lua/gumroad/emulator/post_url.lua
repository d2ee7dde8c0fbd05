--- Where Gumroad is willing to send pings.
local post_url = {}

-- The lower-case host of an http or https address, or nil.
local function host_of(url)
  local rest = url:match("^[Hh][Tt][Tt][Pp][Ss]?://(.*)$")
  local authority = rest and rest:match("^[^/?#]*"):gsub("^.*@", "")
  if not authority then return nil end
  local host = authority:match("^%[(.*)%]") or authority:gsub(":%d*$", "")
  return host ~= "" and host:lower() or nil
end

--- "json" for hosts that end with zapier.com, else "form".
function post_url.format(url)
  return (host_of(url) or ""):find("zapier%.com$") and "json" or "form"
end

local OLD = { localhost = true, ["127.0.0.1"] = true, ["0.0.0.0"] = true }

local function is_private_v4(a, b)
  return a == 0 or a == 10 or a == 127 or a >= 224 or (a == 100 and b >= 64 and b < 128)
    or (a == 169 and b == 254) or (a == 172 and b >= 16 and b < 32) or (a == 192 and b == 168)
    or (a == 198 and (b == 18 or b == 19))
end

local function is_documentation(host)
  return host:find("^192%.0%.[02]%.") or host:find("^198%.51%.100%.") or host:find("^203%.0%.113%.")
end

local function is_refused(host)
  if OLD[host] then return true end
  local a, b, c, d = host:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if a then
    a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
    if a > 255 or b > 255 or c > 255 or d > 255 then return true end
    return is_private_v4(a, b) or is_documentation(host) ~= nil
  end
  if host:find(":") then  -- of the IPv6 addresses only the global ones, without documentation
    return not host:find("^[23]%x%x%x:") or host:find("^2001:0?db8:") ~= nil
  end
  return host:find("^[%x.]+$") ~= nil
end

--- Whether a webhook may be made for the address. The shop's `strict_post_url` refuses
-- addresses in private networks, as Gumroad does.
function post_url.is_allowed(url, shop)
  local host = host_of(url)
  if not host or #url > 255 or url:find("%s") then return false end
  if not shop.strict_post_url then return true end
  if shop.old_server then return not OLD[host] end
  return not is_refused(host)
end

return post_url
