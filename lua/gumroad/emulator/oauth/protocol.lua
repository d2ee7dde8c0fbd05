--- OAuth as Gumroad implements it: authorization codes with PKCE, refresh tokens, device codes, revocation.
-- The user is already logged in and decides on the pages in gumroad.emulator.oauth.pages.
local core = require "gumroad.core"
local pkce = require "gumroad.oauth.pkce"
local Grants = require "gumroad.emulator.oauth.grants"
local access = require "gumroad.emulator.http.access"
local json = require "gumroad.emulator.http.json"
local pages = require "gumroad.emulator.oauth.pages"
local response = require "gumroad.emulator.http.response"

local oauth = {}

local NO_STORE = { ["Cache-Control"] = response.NO_STORE }

local Token = json.shape { "access_token", "token_type", "refresh_token", "scope", "created_at" }
local Info = json.shape { "resource_owner_id", "scope", "expires_in", "application", "created_at" }
local Application = json.shape { "uid" }
local Introspection = json.shape { "active", "scope", "client_id", "token_type", "iat" }
local Device = json.shape { "device_code", "user_code", "verification_uri", "verification_uri_complete",
  "expires_in", "interval" }
local Failure = json.shape { "error", "error_description", "interval" }

local INVALID_CLIENT = "Client authentication failed due to unknown client, no client authentication included, "
  .. "or unsupported authentication method."
local INVALID_GRANT = "The provided authorization grant is invalid, expired, revoked, does not match the "
  .. "redirection URI used in the authorization request, or was issued to another client."
local INVALID_SCOPE = "The requested scope is invalid, unknown, or malformed."
local WRONG_REDIRECT = "The requested redirect uri is malformed or doesn't match client redirect URI."
local REFUSED = "The resource owner or authorization server denied the request."

local function json_response(status, value)
  return response.json(status, value, NO_STORE)
end

local function failure(status, code, description, interval)
  local reply = json_response(status, Failure { error = code, error_description = description, interval = interval })
  if status == 401 then
    reply.headers["WWW-Authenticate"] = ('Bearer realm="Doorkeeper", error="%s", error_description="%s"')
      :format(code, description)
  end
  return reply
end

local function invalid_client() return failure(401, "invalid_client", INVALID_CLIENT) end
local function invalid_grant() return failure(400, "invalid_grant", INVALID_GRANT) end
local function invalid_scope() return failure(400, "invalid_scope", INVALID_SCOPE) end

local function missing(name)
  return failure(400, "invalid_request", "Missing required parameter: " .. name .. ".")
end

local function token_response(token)
  return json_response(200, Token { access_token = token.access_token, token_type = "Bearer",
    refresh_token = token.refresh_token, scope = token.scope, created_at = token.created })
end

-- the authorization page ------------------------------------------------------------------

-- A redirect URI with a loopback address matches with any port.
local function without_port(uri)
  return (uri:gsub("^(http://127%.0%.0%.1):%d+", "%1"):gsub("^(http://%[::1%]):%d+", "%1"))
end

local function is_registered(application, uri)
  for _, known in ipairs(application.redirect_uris or {}) do
    if uri == known or without_port(uri) == without_port(known) then return true end
  end
end

-- Reads an authorization request -> application, scope | nil, the page that says what is wrong.
local function read_request(grants, params)
  local function wrong(status, text) return nil, pages.message(status, "An error has occurred", text) end
  local application = grants.applications[params.client_id or ""]
  if not application then return wrong(401, INVALID_CLIENT) end
  if not is_registered(application, params.redirect_uri or "") then return wrong(400, WRONG_REDIRECT) end
  if (params.response_type or "code") ~= "code" then
    return wrong(400, "The authorization server does not support this response type.")
  end
  if params.code_challenge and params.code_challenge_method ~= "S256" then
    return wrong(400, "The code challenge method must be S256.")
  end
  local scope = Grants.scope(params.scope)
  if not scope then return wrong(400, INVALID_SCOPE) end
  return application, scope
end

local FORWARDED = { "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge",
  "code_challenge_method" }

local function ask(grants, params)
  local application, scope = read_request(grants, params)
  if not application then return scope end
  local fields = {}
  for _, name in ipairs(FORWARDED) do fields[name] = params[name] end
  return pages.consent(application, scope, "/oauth/authorize", fields)
end

local function redirect(uri, fields)
  local location = uri .. (uri:find("?", 1, true) and "&" or "?") .. core.form_encode(fields)
  return response.new(302, "text/html; charset=utf-8", "",
    { Location = location, ["Cache-Control"] = response.NO_STORE })
end

local function decide(grants, params)
  local application, scope = read_request(grants, params)
  if not application then return scope end
  if params.decision ~= "authorize" then
    return redirect(params.redirect_uri, { error = "access_denied", error_description = REFUSED, state = params.state })
  end
  local code = grants:add_code { client_id = application.client_id, redirect_uri = params.redirect_uri,
    scope = scope, challenge = params.code_challenge }
  return redirect(params.redirect_uri, { code = code, state = params.state })
end

-- tokens ----------------------------------------------------------------------------------

-- function(grants, application, params) -> response
local EXCHANGES = {}

function EXCHANGES.authorization_code(grants, application, params)
  if not application then return invalid_client() end
  if not params.code then return missing "code" end
  if not params.redirect_uri then return missing "redirect_uri" end
  local grant = grants.codes[params.code]
  if not grants:is_usable(grant) or grant.client_id ~= application.client_id
    or grant.redirect_uri ~= params.redirect_uri then
    return invalid_grant()
  end
  if grant.challenge then
    if not params.code_verifier then return missing "code_verifier" end
    if pkce.challenge(params.code_verifier) ~= grant.challenge then return invalid_grant() end
  end
  grant.used = true
  return token_response(grants:issue(application.client_id, grant.scope))
end

function EXCHANGES.refresh_token(grants, application, params)
  if not application then return invalid_client() end
  if not params.refresh_token then return missing "refresh_token" end
  local old = grants.by_refresh_token[params.refresh_token]
  if not old or old.revoked or old.application ~= application.client_id then return invalid_grant() end
  local scope = params.scope and Grants.scope(params.scope, old.scopes) or not params.scope and old.scope
  if not scope then return invalid_scope() end
  old.revoked = true
  return token_response(grants:issue(application.client_id, scope))
end

EXCHANGES[Grants.DEVICE_GRANT] = function(grants, application, params)
  if not params.client_id then return missing "client_id" end
  if not params.device_code then return missing "device_code" end
  if not application then return invalid_client() end
  local device = grants.devices[params.device_code]
  if not grants:is_usable(device) or device.client_id ~= application.client_id then
    return failure(400, "expired_token", "Device code is invalid or expired")
  end
  if grants:polls_too_quickly(device) then
    return failure(400, "slow_down", "Polling too quickly", device.pause)
  end
  if device.decision == "denied" then return failure(400, "access_denied", "Access was denied") end
  if not device.decision then return failure(400, "authorization_pending", "Authorization is pending") end
  device.used = true
  return token_response(grants:issue(application.client_id, device.scope))
end

local function exchange(grants, params, application)
  local act = EXCHANGES[params.grant_type or "authorization_code"]
  if act then return act(grants, application, params) end
  return failure(400, "unsupported_grant_type",
    "The authorization grant type is not supported by the authorization server.")
end

-- Whether a token belongs to another application. Anybody may use the tokens of public applications.
local function is_foreign(grants, token, application)
  local owner = grants.applications[token.application]
  return owner ~= nil and owner.client_secret ~= nil and owner ~= application
end

local function revoke(grants, params, application)
  local token = grants:token(params.token)
  if token and is_foreign(grants, token, application) then
    return failure(403, "unauthorized_client", "You are not authorized to revoke this token")
  end
  if token then token.revoked = true end
  return json_response(200, json.dict())
end

local function introspect(grants, params, application)
  if not application then return invalid_client() end
  local token = grants:token(params.token)
  if not token or token.revoked or token.application ~= application.client_id then
    return json_response(200, Introspection { active = false })
  end
  return json_response(200, Introspection { active = true, scope = token.scope, client_id = token.application,
    token_type = "Bearer", iat = token.created })
end

local function info(grants, params, _, raw)
  local token = grants.shop.tokens[access.bearer(raw.headers) or params.access_token or params.bearer_token or ""]
  if not token or token.revoked then
    return failure(401, "invalid_token", access.fault_of(token))
  end
  local scope = {}
  for word in token.scope:gmatch("%S+") do scope[#scope + 1] = word end
  return json_response(200, Info { resource_owner_id = 1234567, scope = scope, expires_in = json.null,
    application = Application { uid = token.application }, created_at = token.created })
end

-- devices ---------------------------------------------------------------------------------

local function start_device(grants, params, application)
  if not params.client_id then return missing "client_id" end
  if not application then return invalid_client() end
  if not application.device_flow then
    return failure(400, "unauthorized_client", "The application may not use the device authorization flow")
  end
  local scope = Grants.scope(params.scope)
  if not scope then return invalid_scope() end
  local device = grants:add_device(application.client_id, scope)
  local page = grants.shop.url .. "/oauth/device"
  return json_response(200, Device { device_code = device.device_code, user_code = device.user_code,
    verification_uri = page, verification_uri_complete = page .. "?user_code=" .. device.user_code,
    expires_in = Grants.LIFETIME, interval = grants.interval })
end

local UNKNOWN_CODE = "This code is unknown or has expired. Please check the code on your device."

local function ask_device(grants, params)
  if not params.user_code then return pages.device() end
  local device = grants:waiting_device(params.user_code)
  if not device then return pages.device(UNKNOWN_CODE) end
  return pages.consent(grants.applications[device.client_id], device.scope, "/oauth/device",
    { user_code = device.user_code })
end

local function decide_device(grants, params)
  local device = grants:waiting_device(params.user_code)
  if not device then return pages.device(UNKNOWN_CODE) end
  device.decision = params.decision == "authorize" and "approved" or "denied"
  return pages.message(200, device.decision == "approved" and "Connected" or "Denied",
    "You can close this page and go back to your device.")
end

-- requests --------------------------------------------------------------------------------

local ROUTES = {
  ["GET /oauth/authorize"] = ask, ["POST /oauth/authorize"] = decide,
  ["POST /oauth/token"] = exchange, ["POST /oauth/revoke"] = revoke,
  ["GET /oauth/token/info"] = info, ["POST /oauth/introspect"] = introspect,
  ["POST /oauth/device/code"] = start_device,
  ["GET /oauth/device"] = ask_device, ["POST /oauth/device"] = decide_device,
}

-- The parameters in the query and the form that are strings and not empty.
local function params_of(raw)
  local params = {}
  for _, bytes in ipairs { raw.query or "", raw.body } do
    for name, value in pairs(core.form_decode(bytes) or {}) do
      if type(value) == "string" and value ~= "" then params[name] = value end
    end
  end
  return params
end

local function base64_decode(text)
  local bits = text:gsub("[^%w+/]", ""):gsub(".", function(digit)
    local at = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):find(digit, 1, true) - 1
    local out = ""
    for i = 5, 0, -1 do out = out .. math.floor(at / 2 ^ i) % 2 end
    return out
  end)
  return (bits:gsub("%d%d?%d?%d?%d?%d?%d?%d?", function(byte)
    return #byte == 8 and string.char(tonumber(byte, 2)) or ""
  end))
end

-- A client may identify itself with HTTP Basic authentication.
local function read_basic(raw, params)
  local basic = (raw.headers.authorization or ""):match("^[Bb]asic%s+(%S.*)$")
  if not basic then return end
  local id, secret = base64_decode(basic):match("^(.-):(.*)$")
  params.client_id, params.client_secret = id, secret
end

--- Returns the response to a request, or nil if its path is not one of OAuth.
-- @param raw as for Router:respond
function oauth.respond(grants, raw)
  local act = ROUTES[raw.method .. " " .. raw.path]
  if not act then return nil end
  local params = params_of(raw)
  read_basic(raw, params)
  return act(grants, params, grants:authenticate(params.client_id, params.client_secret), raw)
end

return oauth
