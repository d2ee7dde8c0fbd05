--- What users grant to applications: the applications, the codes of redirects and devices, and the tokens that
-- they are exchanged for.
local core = require "gumroad.core"
local access = require "gumroad.emulator.http.access"

local LIFETIME = 600  -- seconds until a code expires
local INTERVAL = 5    -- seconds between a device's polls
local DEFAULT_SCOPE = "view_public"
local LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  -- of user codes

local REQUESTABLE = require "gumroad.api.scopes".set()

local Grants = {
  LIFETIME = LIFETIME,
  --- The grant type with which a device polls.
  DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code",
}
Grants.__index = Grants

--- @param applications list, see gumroad.emulator.start
-- @param time_scale factor for the interval between polls
function Grants.new(shop, applications, time_scale)
  local self = setmetatable({ shop = shop, interval = INTERVAL * time_scale, secret_count = 0, applications = {},
    codes = {}, devices = {}, by_refresh_token = {} }, Grants)
  for _, application in ipairs(applications) do self.applications[application.client_id] = application end
  return self
end

-- A text that nobody can guess.
local function new_secret(self, purpose)
  self.secret_count = self.secret_count + 1
  return self.shop.rng:token(purpose, self.secret_count)
end

--- Authenticates an application. A confidential one needs its secret.
-- @return the application, or nil
function Grants:authenticate(client_id, client_secret)
  local application = self.applications[client_id or ""]
  if application and application.client_secret == client_secret then return application end
end

--- Checks the scopes that an application requests.
-- @param text the scopes, separated by spaces; nil or blank for the default
-- @param within optional table whose keys are the scopes that may be requested
-- @return the scopes that are granted, or nil if one of them may not be requested
function Grants.scope(text, within)
  local list = {}
  for scope in (text or ""):gmatch("%S+") do
    if not (within or REQUESTABLE)[scope] then return nil end
    list[#list + 1] = scope
  end
  return list[1] and table.concat(list, " ") or DEFAULT_SCOPE
end

-- tokens ----------------------------------------------------------------------------------

--- Issues an access token and a refresh token.
-- @return the record of the access token, which contains the refresh token
function Grants:issue(client_id, scope)
  local token = access.grant(self.shop, new_secret(self, "access_token"), scope, client_id)
  token.refresh_token = new_secret(self, "refresh_token")
  self.by_refresh_token[token.refresh_token] = token
  return token
end

--- Returns the record of an access or refresh token, or nil.
function Grants:token(text)
  return self.shop.tokens[text or ""] or self.by_refresh_token[text or ""]
end

--- Denies the waiting devices of an application, because the user has revoked it.
function Grants:revoke_application(client_id)
  for _, device in pairs(self.devices) do
    if device.client_id == client_id then device.decision = "denied" end
  end
end

-- codes -----------------------------------------------------------------------------------

--- Creates the code that the browser carries back.
-- @param grant table: client_id, redirect_uri, scope, challenge (or nil)
function Grants:add_code(grant)
  local code = new_secret(self, "code")
  grant.expires = self.shop:time() + LIFETIME
  self.codes[code] = grant
  return code
end

--- Whether the grant of a code can still be used.
function Grants:is_usable(grant)
  return grant ~= nil and not grant.used and self.shop:time() < grant.expires
end

local function user_code(self)
  self.secret_count = self.secret_count + 1
  local letters = self.shop.rng:letters("user_code", self.secret_count, 8, LETTERS)
  return "GRD-" .. letters:sub(1, 4) .. "-" .. letters:sub(5)
end

--- Adds a device that waits for its user.
-- @return table: device_code, user_code, client_id, scope; later decision ("approved" or "denied")
function Grants:add_device(client_id, scope)
  local device = { device_code = new_secret(self, "device_code"), user_code = user_code(self), client_id = client_id,
    scope = scope, expires = self.shop:time() + LIFETIME }
  self.devices[device.device_code] = device
  return device
end

local function normalized(code)
  return (tostring(code or ""):upper():gsub("%W", ""))
end

--- Returns the device that waits with a user code, or nil. Case and dashes do not matter.
function Grants:waiting_device(code)
  for _, device in pairs(self.devices) do
    if normalized(device.user_code) == normalized(code) and not device.decision and self:is_usable(device) then
      return device
    end
  end
end

--- Whether a device polls too soon after its last poll. If it does, the pause before the next poll is doubled.
-- Records the poll.
function Grants:polls_too_quickly(device)
  local now = core.now() + self.shop.advanced
  local too_quickly = device.polled ~= nil and now - device.polled < device.pause
  device.polled = now
  device.pause = too_quickly and 2 * self.interval or device.pause or self.interval
  return too_quickly
end

return Grants
