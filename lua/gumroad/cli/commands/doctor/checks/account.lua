--- Checks the connection, whether the API responds, and what the token may do.
local api = require "gumroad.api"
local env = require "gumroad.base.env"
local failure = require "gumroad.cli.failure"
local network = require "gumroad.cli.commands.doctor.checks.network"
local shops = require "gumroad.shop"
local url = require "gumroad.base.url"

local LOG_IN = "Run gumroad-lua login NAME"

-- Says where the token comes from.
local function source(context)
  local name = context.connection_name()
  return name and ("the connection '%s'"):format(name) or "the variable GUMROAD_ACCESS_TOKEN"
end

-- Returns what Gumroad knows about the shop's token | nil, error
local function info_of(context, shop)
  local name, token = context.connection_name(), env.get "GUMROAD_ACCESS_TOKEN"
  if name then
    local connection, err = require("gumroad.connections").get(name)
    if not connection then return nil, err end
    token = connection.access_token
  end
  return require("gumroad.oauth").info(token, { base_url = shops.base_url(shop), timeout = context.args.timeout })
end

local function check_store(report)
  local connections = require "gumroad.connections"
  local list, err = connections.list()
  if not list then return report:problem("connections", err.message) end
  if #list == 0 then return report:ok("connections", "none stored") end
  local mode = require("gumroad.system").is_private(connections.path()) and "readable by its owner only"
    or "readable by others"
  report:ok("connections", "%d in %s, %s", #list, connections.path(), mode)
end

-- Returns the shop, or nil if a setting is wrong.
local function shop_of(report, context)
  local ok, shop = pcall(context.shop, true)
  if ok then return shop end
  report:problem("connection", failure.of(shop).message, "Fix this first; no token was sent")
end

local function check_connection(report, context, shop)
  if not shops.has_token(shop) then
    return report:problem("connection", "no access token", LOG_IN .. ", or set GUMROAD_ACCESS_TOKEN")
  end
  report:ok("connection", "%s, for %s", source(context), url.shown(shops.base_url(shop)))
  if context.args.connection and env.get "GUMROAD_ACCESS_TOKEN" then
    report:note("connection", "GUMROAD_ACCESS_TOKEN is set too, and is used without --connection")
  end
end

-- Checks whether the API responds at all, without sending the token.
local function check_api(report, base_url)
  local name = url.shown(base_url)
  local response, message, advice = network.ask { url = base_url .. "/v2/user" }
  if not response then
    report:problem("API", ("%s: %s"):format(name, message), advice)
  elseif response.status >= 500 then
    report:problem("API", ("%s responds with %d"):format(name, response.status), "Wait, and try again")
  else
    report:ok("API", "%s responds after %.0f ms", name, response.seconds * 1000)
    return true
  end
end

-- Checks whether the token is valid. Returns whether further checks can use it, and its seller's id if known.
local function check_token(report, shop)
  local user, err = shop.user:get()
  if user then
    report:ok("token", "valid, for %s (seller %s)", user.name or "a shop without a name", tostring(user.user_id))
    return true, user.user_id
  end
  report:problem("token", tostring(err))  -- which says what to do
  return err.kind == "scope"
end

local function allows(scopes, row)
  for _, scope in ipairs(row.scopes or {}) do
    if scopes[scope] then return true end
  end
  return not row.scopes
end

-- Counts the endpoints that a set of scopes allows, and all endpoints.
local function count_endpoints(scopes)
  local allowed, all = 0, 0
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      if row.method then allowed, all = allowed + (allows(scopes, row) and 1 or 0), all + 1 end
    end
  end
  return allowed, all
end

-- Checks what the token may do; returns whether it may see webhooks.
local function check_scopes(report, context, shop)
  local info, err = info_of(context, shop)
  if not info or type(info.scope) ~= "table" then
    report:warning("scopes", "Gumroad does not say which they are: " .. tostring(err), "Webhooks need view_sales")
    return true
  end
  local scopes = {}
  for _, scope in ipairs(info.scope) do scopes[scope] = true end
  local names = scopes.account and "account" or table.concat(info.scope, " ")
  report:ok("scopes", "%s: enough for %d of %d endpoints", names, count_endpoints(scopes))
  if type(info.application) == "table" then report:ok("application", "%s", tostring(info.application.uid)) end
  if scopes.view_sales or scopes.account then return true end
  report:problem("scopes", "without view_sales the token cannot read sales or webhooks, and Gumroad sends no pings for "
    .. "it", "Run gumroad-lua login NAME --scopes 'view_profile view_sales'")
end

-- Checks the API if there is no shop. A wrong base URL has been reported already.
local function check_way(report, args)
  local ok, base_url = pcall(require("gumroad.client").base_url, args.base_url)
  if ok then check_api(report, base_url) end
end

--- Runs the checks.
-- @return the shop if its webhooks can be checked, or nil; the seller's id if known
return function(report, context, args)
  check_store(report)
  local shop = shop_of(report, context)
  if not shop then return check_way(report, args) end
  check_connection(report, context, shop)
  if not check_api(report, shops.base_url(shop)) or not shops.has_token(shop) then return nil end
  local goes_on, seller_id = check_token(report, shop)
  return goes_on and check_scopes(report, context, shop) and shop or nil, seller_id
end
