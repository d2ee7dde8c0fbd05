--- The connection, the way to the API, and what the token is good for.
local api = require "gumroad.api"
local env = require "gumroad.base.env"
local failure = require "gumroad.cli.failure"
local network = require "gumroad.cli.commands.doctor.checks.network"
local shops = require "gumroad.shop"
local url = require "gumroad.base.url"

local LOG_IN = "Run gumroad-lua login NAME"

-- Where the token comes from, in words.
local function source(context)
  local name = context.connection_name()
  return name and ("the connection '%s'"):format(name) or "the variable GUMROAD_ACCESS_TOKEN"
end

-- What the shop's token is | nil, error
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
  if #list == 0 then return report:ok("connections", "none is stored") end
  local mode = require("gumroad.system").is_private(connections.path()) and "for its owner alone" or "not private"
  report:ok("connections", "%d in %s, %s", #list, connections.path(), mode)
end

-- The shop, or nil where the settings are wrong.
local function shop_of(report, context)
  local ok, shop = pcall(context.shop, true)
  if ok then return shop end
  report:problem("connection", failure.of(shop).message, "Mend that first; no token was sent")
end

local function check_connection(report, context, shop)
  if not shops.has_token(shop) then
    return report:problem("connection", "no access token", LOG_IN .. ", or set GUMROAD_ACCESS_TOKEN")
  end
  report:ok("connection", "%s, for %s", source(context), url.shown(shops.base_url(shop)))
  if context.args.connection and env.get "GUMROAD_ACCESS_TOKEN" then
    report:note("connection", "GUMROAD_ACCESS_TOKEN is set too, and used where --connection is not")
  end
end

-- Whether the API answers at all; without the token, so that nothing but the way is looked at.
local function check_api(report, base_url)
  local name = url.shown(base_url)
  local response, message, advice = network.ask { url = base_url .. "/v2/user" }
  if not response then
    report:problem("API", ("%s: %s"):format(name, message), advice)
  elseif response.status >= 500 then
    report:problem("API", ("%s answers, but with %d"):format(name, response.status), "Wait, and try again")
  else
    report:ok("API", "%s answers after %.0f ms", name, response.seconds * 1000)
    return true
  end
end

-- Whether there is more to ask for with the token, and whose it is, if that is known.
local function check_token(report, shop)
  local user, err = shop.user:get()
  if user then
    report:ok("token", "good, for %s (seller %s)", user.name or "a shop without a name", tostring(user.user_id))
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

-- How many of Gumroad's endpoints a set of scopes allows, and how many there are.
local function count_endpoints(scopes)
  local allowed, all = 0, 0
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      if row.method then allowed, all = allowed + (allows(scopes, row) and 1 or 0), all + 1 end
    end
  end
  return allowed, all
end

-- What the token may do. Whether it may see webhooks.
local function check_scopes(report, context, shop)
  local info, err = info_of(context, shop)
  if not info or type(info.scope) ~= "table" then
    report:warning("scopes", "Gumroad does not tell them: " .. tostring(err), "Webhooks need view_sales")
    return true
  end
  local scopes = {}
  for _, scope in ipairs(info.scope) do scopes[scope] = true end
  report:ok("scopes", "%s: %d of %d endpoints", table.concat(info.scope, " "), count_endpoints(scopes))
  if type(info.application) == "table" then report:ok("application", "%s", tostring(info.application.uid)) end
  if scopes.view_sales or scopes.account then return true end
  report:problem("scopes", "without view_sales the token can read no sales and no webhooks, and Gumroad sends none "
    .. "in its name", "Run gumroad-lua login NAME --scopes 'view_profile view_sales'")
end

-- The way to the API where there is no shop; a base URL that is none was told then.
local function check_way(report, args)
  local ok, base_url = pcall(require("gumroad.client").base_url, args.base_url)
  if ok then check_api(report, base_url) end
end

--- @return the shop, if its webhooks can be looked at, or nil; the seller's id, if it is known
return function(report, context, args)
  check_store(report)
  local shop = shop_of(report, context)
  if not shop then return check_way(report, args) end
  check_connection(report, context, shop)
  if not check_api(report, shops.base_url(shop)) or not shops.has_token(shop) then return nil end
  local goes_on, seller_id = check_token(report, shop)
  return goes_on and check_scopes(report, context, shop) and shop or nil, seller_id
end
