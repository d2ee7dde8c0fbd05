--- Base64 (RFC 4648).
local base64 = {}

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- Encodes one to three bytes as four digits; "=" fills the places that are not needed.
local function encode_group(group)
  local a, b, c = group:byte(1, 3)
  local number, digits = a * 65536 + (b or 0) * 256 + (c or 0), {}
  for i = 1, 4 do
    local digit = math.floor(number / 64 ^ (4 - i)) % 64
    digits[i] = i <= #group + 1 and DIGITS:sub(digit + 1, digit + 1) or "="
  end
  return table.concat(digits)
end

--- Encodes bytes with padding, as HTTP headers need it.
function base64.encode(bytes)
  return (bytes:gsub("..?.?", encode_group))
end

local IN_URLS = { ["+"] = "-", ["/"] = "_", ["="] = "" }

--- Encodes bytes in the alphabet that is safe in URLs, without padding.
function base64.encode_for_url(bytes)
  return (base64.encode(bytes):gsub("[+/=]", IN_URLS))
end

return base64
