--- Proof Key for Code Exchange (RFC 7636), method S256: random secrets and their digests. Needs luaossl, which is
-- loaded when it is first used.
local base64 = require "gumroad.base.base64"
local Error = require "gumroad.base.error"

local pkce = {}

local function load(name)
  local ok, module = pcall(require, name)
  if ok then return module end
  error(Error.new("config", "OAuth needs luaossl, which is not installed: install the Debian package "
    .. "lua-luaossl or the rock luaossl"), 0)
end

--- Makes a random secret.
-- @return 43 characters that encode 32 random bytes; raises a gumroad.Error of kind config without luaossl
function pkce.random()
  return base64.encode_for_url(load("openssl.rand").bytes(32))
end

--- Returns the digest of a verifier, which is shown before the verifier itself is used.
-- @return 43 characters; raises like random
function pkce.challenge(verifier)
  return base64.encode_for_url(load("openssl.digest").new("sha256"):final(verifier))
end

return pkce
