--- Proof Key for Code Exchange (RFC 7636), method S256: secrets that cannot be guessed, and
-- their digests. Needs luaossl, which is loaded when it is first used.
local Error = require "gumroad.base.error"

local pkce = {}

local function load(name)
  local ok, module = pcall(require, name)
  if ok then return module end
  error(Error.new("config", "OAuth needs luaossl, which is not here: install the package lua-luaossl "
    .. "(Debian, Ubuntu) or the rock luaossl"), 0)
end

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

-- Base64 in the alphabet that is safe in URLs, without padding.
local function base64url(bytes)
  return (bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local number, digits = a * 65536 + (b or 0) * 256 + (c or 0), {}
    for i = 1, #group + 1 do
      local digit = math.floor(number / 64 ^ (4 - i)) % 64
      digits[i] = DIGITS:sub(digit + 1, digit + 1)
    end
    return table.concat(digits)
  end))
end

--- @return 43 characters of 32 random bytes; raises a gumroad.Error of kind config without luaossl
function pkce.random()
  return base64url(load("openssl.rand").bytes(32))
end

--- What is shown of a verifier before it is used.
-- @return 43 characters; raises as random does
function pkce.challenge(verifier)
  return base64url(load("openssl.digest").new("sha256"):final(verifier))
end

return pkce
