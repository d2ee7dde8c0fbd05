--- What a user lets applications do: the applications, the codes that a redirect or a device
-- carries, and the tokens that they are exchanged for.
local core = require "gumroad.core"
local access = require "gumroad.emulator.http.access"

local LIFETIME = 600  -- seconds that a code lives
local INTERVAL = 5    -- seconds between a device's polls
local DEFAULT_SCOPE = "view_public"
local LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  -- of user codes

local REQUESTABLE = require "gumroad.api.scopes".set()

local Grants = {
  LIFETIME = LIFETIME,
  --- OAuth's name for what a device asks with.
  DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code",
}
Grants.__index = Grants

--- @param applications list, see gumroad.emulator.start
-- @param time_scale factor on the pause between polls
function Grants.new(shop, applications, time_scale)
  local self = setmetatable({ shop = shop, interval = INTERVAL * time_scale, made = 0, applications = {},
    codes = {}, devices = {}, by_refresh_token = {} }, Grants)
  for _, application in ipairs(applications) do self.applications[application.client_id] = application end
  return self
end

-- A text that nobody can guess.
local function new_secret(self, purpose)
  self.made = self.made + 1
  return self.shop.rng:token(purpose, self.made)
end

--- The application that proves to be that one: a confidential one by its secret. nil: none.
function Grants:authenticate(client_id, client_secret)
  local application = self.applications[client_id or ""]
  if application and application.client_secret == client_secret then return application end
end

--- A scope as it is granted, or nil where it may not be asked for.
-- @param text the scopes, separated by spaces; nil or blank: the default
-- @param within optional table: the scopes that may be asked for, as keys
function Grants.scope(text, within)
  local list = {}
  for scope in (text or ""):gmatch("%S+") do
    if not (within or REQUESTABLE)[scope] then return nil end
    list[#list + 1] = scope
  end
  return list[1] and table.concat(list, " ") or DEFAULT_SCOPE
end

-- tokens ----------------------------------------------------------------------------------

--- Makes a pair of tokens.
-- @return the access token's record, which knows the refresh token
function Grants:issue(client_id, scope)
  local token = access.grant(self.shop, new_secret(self, "access_token"), scope, client_id)
  token.refresh_token = new_secret(self, "refresh_token")
  self.by_refresh_token[token.refresh_token] = token
  return token
end

--- The record of an access or refresh token, or nil.
function Grants:token(text)
  return self.shop.tokens[text or ""] or self.by_refresh_token[text or ""]
end

--- What happens to the devices of an application that the user revokes.
function Grants:revoke_application(client_id)
  for _, device in pairs(self.devices) do
    if device.client_id == client_id then device.decision = "denied" end
  end
end

-- codes -----------------------------------------------------------------------------------

--- The code that goes back by way of the browser.
-- @param grant table: client_id, redirect_uri, scope, challenge (or nil)
function Grants:add_code(grant)
  local code = new_secret(self, "code")
  grant.expires = self.shop:time() + LIFETIME
  self.codes[code] = grant
  return code
end

--- Whether a grant that a code stands for can still be used.
function Grants:is_good(grant)
  return grant ~= nil and not grant.used and self.shop:time() < grant.expires
end

local function user_code(self)
  self.made = self.made + 1
  local letters = self.shop.rng:letters("user_code", self.made, 8, LETTERS)
  return "GRD-" .. letters:sub(1, 4) .. "-" .. letters:sub(5)
end

--- A device that waits for its user.
-- @return table: device_code, user_code, client_id, scope, and later decision ("approved", "denied")
function Grants:add_device(client_id, scope)
  local device = { device_code = new_secret(self, "device_code"), user_code = user_code(self), client_id = client_id,
    scope = scope, expires = self.shop:time() + LIFETIME }
  self.devices[device.device_code] = device
  return device
end

local function plain(code)
  return (tostring(code or ""):upper():gsub("%W", ""))
end

--- The device that waits with a code, typed in whatever case, with or without dashes; or nil.
function Grants:waiting_device(code)
  for _, device in pairs(self.devices) do
    if plain(device.user_code) == plain(code) and not device.decision and self:is_good(device) then
      return device
    end
  end
end

--- Whether a device polls sooner after its last poll than it may; then it must wait longer.
-- Counts the poll.
function Grants:polls_too_quickly(device)
  local now = core.now() + self.shop.advanced
  local too_quickly = device.polled ~= nil and now - device.polled < device.pause
  device.polled = now
  device.pause = too_quickly and 2 * self.interval or device.pause or self.interval
  return too_quickly
end

return Grants
