--- Access control: tokens and their scopes.
local json = require "gumroad.emulator.http.json"
local resource_subscriptions = require "gumroad.emulator.shop.resource_subscriptions"
local response = require "gumroad.emulator.http.response"

local access = {}

--- Makes a token valid.
-- @param scopes      its scopes, separated by spaces
-- @param application the application that it belongs to
-- @return the token's record
function access.grant(shop, token, scopes, application)
  local set = {}
  for scope in scopes:gmatch("%S+") do set[scope] = true end
  shop.tokens[token] = { access_token = token, scope = scopes, scopes = set, application = application,
    created = shop:time() }
  return shop.tokens[token]
end

--- Revokes an application for its user: revokes its tokens and deletes its webhooks.
function access.revoke_application(shop, application)
  for _, token in pairs(shop.tokens) do
    if token.application == application then token.revoked = true end
  end
  resource_subscriptions.delete_all(shop, application)
end

--- Whether an application may still get pings: it needs a valid token that may read sales.
function access.may_notify(shop, application)
  for _, token in pairs(shop.tokens) do
    if token.application == application and not token.revoked
      and (token.scopes.view_sales or token.scopes.account) then
      return true
    end
  end
  return false
end

--- The token in a request's Authorization header, or nil.
-- @param headers with lower-case names
function access.bearer(headers)
  local rest = (headers.authorization or ""):match("^[Bb][Ee][Aa][Rr][Ee][Rr]%s+(.*)$")
  return rest and (rest:match("^.*%S") or "")
end

--- The server's message for a token that is not valid.
-- @param token record or nil
function access.fault_of(token)
  return "The access token " .. (token and "was revoked" or "is invalid")
end

local function unauthorized(why)
  return response.new(401, "text/html", "", { ["Cache-Control"] = response.NO_STORE,
    ["WWW-Authenticate"] = ('Bearer realm="Doorkeeper", error="invalid_token", error_description="%s"'):format(why) })
end

local function is_allowed(token, row)
  for _, scope in ipairs(row.scopes) do
    if token.scopes[scope] then return true end
  end
  return false
end

local function scope_refused(token, row)
  if not token.scopes.account then
    return response.new(403, "text/html", "", { ["Cache-Control"] = response.NO_STORE })
  end
  return response.json(403, json.dict("success", false,
    "message", ("This endpoint requires the %s scope."):format(row.scopes[1])))
end

--- Checks the token of a request and stores it as `request.token`, for the handlers.
-- @return nil, or the response that refuses the request
function access.check(shop, request)
  local row = request.row
  if not row.scopes then return nil end
  local text = access.bearer(request.headers) or request:text "access_token" or request:text "bearer_token"
  local token = shop.tokens[text or ""]
  if not token or token.revoked then return unauthorized(access.fault_of(token)) end
  if not is_allowed(token, row) then return scope_refused(token, row) end
  request.token = token
end

return access
