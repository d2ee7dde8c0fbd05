--- Proof Key for Code Exchange (RFC 7636), method S256: secrets that cannot be guessed, and
-- their digests. Needs luaossl, which is loaded when it is first used.
local base64 = require "gumroad.base.base64"
local Error = require "gumroad.base.error"

local pkce = {}

local function load(name)
  local ok, module = pcall(require, name)
  if ok then return module end
  error(Error.new("config", "OAuth needs luaossl, which is not here: install the package lua-luaossl "
    .. "(Debian, Ubuntu) or the rock luaossl"), 0)
end

--- @return 43 characters of 32 random bytes; raises a gumroad.Error of kind config without luaossl
function pkce.random()
  return base64.encode_for_url(load("openssl.rand").bytes(32))
end

--- What is shown of a verifier before it is used.
-- @return 43 characters; raises as random does
function pkce.challenge(verifier)
  return base64.encode_for_url(load("openssl.digest").new("sha256"):final(verifier))
end

return pkce
