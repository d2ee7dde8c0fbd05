--- gumroad-lua login NAME: gets an access token and stores it as a connection.
local application = require "gumroad.cli.application"
local env = require "gumroad.base.env"
local failure = require "gumroad.cli.failure"
local shell = require "gumroad.base.shell"
local values = require "gumroad.cli.values"
local printable = require("gumroad.base.text").printable

local DEFAULT = { scopes = "view_profile view_sales", wait = 300 }

local function configure(parser)
  parser:argument("name", "Name for the connection.")
  application.configure(parser)
  parser:option("--scopes", "Scopes for the token, separated by spaces and quoted (default: '" .. DEFAULT.scopes
    .. "'). Others: edit_products, mark_sales_as_shipped, edit_sales, edit_emails, edit_profile, view_payouts, "
    .. "view_tax_data, or account for nearly all."):argname("'A B'")
  local device = parser:flag("--device", "Show a code to type in a browser on another device; Gumroad has to enable "
    .. "the application for this.")
  local with_token = parser:flag("--with-token", "Read an access token from standard input.")
  local wait = parser:option("--wait", ("Seconds to wait for you to agree (default: %d; with --device, until the code "
    .. "expires)."):format(DEFAULT.wait)):argname("SECONDS"):convert(values.seconds "--wait")
  parser:mutex(device, with_token)
  parser:mutex(wait, with_token)
  parser:flag("--no-browser", "Show the address without opening a browser.")
  parser:option("--port", "Port on which to wait for the browser (default: any free one)."):argname("NUMBER")
    :convert(values.whole("--port", 0, 65535))
end

-- Called first, so that the user is not asked to authorize anything with an unknown scope.
local function check_scopes(context, scopes)
  local known = require("gumroad.api.scopes").descriptions
  for scope in scopes:gmatch("%S+") do
    if not known[scope] then
      failure.usage(context.command, "--scopes: there is no scope '%s'%s", scope,
        require("gumroad.base.error").hint(scope, known))
    end
  end
end

local STORED = { "access_token", "refresh_token", "token_type", "scope", "created_at", "client_id" }

-- Asks Gumroad for the scopes of a token, unless they came with it.
local function ask_about(tokens, base_url, timeout)
  if tokens.scope then return end
  local info = require("gumroad.oauth").info(tokens.access_token, { base_url = base_url, timeout = timeout })
  if not info then return end  -- the connection works without
  tokens.scope = type(info.scope) == "table" and table.concat(info.scope, " ") or nil
  tokens.client_id = type(info.application) == "table" and info.application.uid or nil
end

local function connection_of(args, tokens)
  local base_url = application.base_url(args)
  local shop = require("gumroad").new { access_token = tokens.access_token, base_url = base_url,
    timeout = args.timeout, connection = { name = args.name } }
  local user, err = shop.user:get()
  if not user then error(err, 0) end
  ask_about(tokens, base_url, args.timeout)
  local connection = { base_url = base_url, seller_id = user.user_id, seller_name = user.name }
  for _, field in ipairs(STORED) do connection[field] = tokens[field] end
  return connection
end

-- Returns the access token that the name has so far, or nil. Called first, so that a wrong name or an unusable file
-- is reported before the user is asked for anything.
local function token_before(connections, name)
  local before = connections.get(name)
  local usable, err = connections.list()
  if usable then usable, err = connections.check() end
  if not usable then error(err, 0) end
  return before and before.access_token
end

local function tell_default(context, name)
  local default = require("gumroad.connections").default()
  if default and default ~= name then
    context.note("'%s' is still the default; to change that, run gumroad-lua connections default %s", default,
      shell.word(name))
  end
end

local function tell(context, name, connection, before)
  context.write(printable(("connected to %s (seller %s) as '%s'%s"):format(
    connection.seller_name or "a shop without a name", connection.seller_id, name,
    connection.scope and ", with the scopes " .. connection.scope or "")) .. "\n")
  if before and before ~= connection.access_token then
    context.note("the earlier access token of '%s' is still valid; revoke it in Gumroad's settings", name)
  end
  tell_default(context, name)
  if env.get "GUMROAD_ACCESS_TOKEN" then
    context.note("GUMROAD_ACCESS_TOKEN is set and takes precedence, unless you pass --connection")
  end
end

return {
  examples = { "gumroad-lua login my-shop --client-id ID", "gumroad-lua login my-shop --with-token < token.txt" },
  general = { "--base-url", "--timeout" },
  configure = configure,
  run = function(context, args)
    local connections = require "gumroad.connections"
    if args.scopes then check_scopes(context, args.scopes) end
    local before = token_before(connections, args.name)
    local tokens = require "gumroad.cli.commands.login.tokens"(context, args, DEFAULT)
    local connection = connection_of(args, tokens)
    local done, err = connections.save(args.name, connection)
    if not done then error(err, 0) end
    tell(context, args.name, connection, before)
  end,
}
