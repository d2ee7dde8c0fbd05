--- gumroad-lua login NAME: gets an access token and stores it as a connection.
local application = require "gumroad.cli.application"
local env = require "gumroad.base.env"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local shell = require "gumroad.base.shell"
local values = require "gumroad.cli.values"

local DEFAULT_SCOPES = "view_profile view_sales"
local PATIENCE = 300  -- seconds for the user to decide in the browser

local NO_APPLICATION = "no application: make one in Gumroad, under Settings, Advanced, Applications, with the redirect "
  .. "URI http://127.0.0.1/callback, and name its id with --client-id or GUMROAD_CLIENT_ID. Or let Gumroad generate "
  .. "an access token there, and give it to gumroad-lua login NAME --with-token on standard input"

local function configure(parser)
  parser:argument("name", "What the connection is to be called.")
  application.configure(parser)
  parser:option("--scopes", "What the token is to be good for, in one word with spaces between; default: '"
    .. DEFAULT_SCOPES .. "'. Others: edit_products, mark_sales_as_shipped, edit_sales, edit_emails, edit_profile, "
    .. "view_payouts, view_tax_data, or account for nearly all."):argname("'A B'")
  local device = parser:flag("--device", "Show a code to type in a browser elsewhere; Gumroad has to enable an "
    .. "application for that.")
  local with_token = parser:flag("--with-token", "Read an access token from standard input.")
  parser:mutex(device, with_token)
  parser:flag("--no-browser", "Only show the address; do not try to open a browser.")
  parser:option("--port", "Where to wait for the browser; default: any that is free."):argname("NUMBER")
    :convert(values.whole("--port", 0, 65535))
end

-- A scope that is none is told before the user is asked for anything.
local function check_scopes(context, scopes)
  local known = require("gumroad.api.scopes").set()
  for _, rows in pairs(require "gumroad.api") do
    for _, row in ipairs(rows) do
      for _, scope in ipairs(row.scopes or {}) do known[scope] = true end
    end
  end
  for scope in scopes:gmatch("%S+") do
    if not known[scope] then
      failure.usage(context.command, "--scopes: there is no scope '%s'%s", scope,
        require("gumroad.base.error").hint(scope, known))
    end
  end
end

-- Ways to a token ---------------------------------------------------------------------------

-- In the background, and whatever becomes of it: the address is shown as well.
local function open_browser(url)
  local opener = "url=%s; for program in xdg-open open; do command -v $program >/dev/null 2>&1 "
    .. "&& exec $program \"$url\"; done"
  os.execute(("(%s) </dev/null >/dev/null 2>&1 &"):format(opener:format(shell.quote(url))))
end

local function in_browser(context, args, options)
  options.scopes, options.port, options.wait = args.scopes or DEFAULT_SCOPES, args.port, PATIENCE
  options.open = function(url)
    context.note("open this address in a browser on this machine: %s", url)
    context.note("waiting at most %d minutes for you to agree there; Ctrl-C ends it", PATIENCE / 60)
    if not args.no_browser then open_browser(url) end
  end
  return require("gumroad.oauth").login(options)
end

local function on_device(context, args, options)
  local oauth = require "gumroad.oauth"
  options.scopes = args.scopes or DEFAULT_SCOPES
  local device, err = oauth.device(options)
  if not device then return nil, err end
  context.note("open %s in a browser and type %s", device.verification_uri, device.user_code)
  context.note("waiting for you to agree there, until the code expires; Ctrl-C ends it")
  options.scopes, options.device = nil, device
  return oauth.wait(options)
end

-- A shell reads a line that is not shown while it is typed, and shows again what is typed after it,
-- however it ends.
local UNSEEN = "trap 'stty echo' EXIT; trap 'exit 130' INT TERM HUP; stty -echo; "
  .. "echo 'gumroad-lua: type the access token (it is not shown), and Enter' >&2; "
  .. "IFS= read -r line; printf '%s' \"$line\""

local function read_unseen()
  local pipe = assert(io.popen(UNSEEN, "r"))
  local line = pipe:read("*a")
  pipe:close()
  return line
end

local function from_stdin(context)
  local line = require("gumroad.system").is_terminal(0) and read_unseen() or io.read("*l")
  local token = application.trimmed(line or "")
  if token == "" then failure.usage(context.command, "--with-token: there is no access token on standard input") end
  return { access_token = token }
end

local function get_tokens(context, args)
  if args.with_token then return from_stdin(context) end
  local options = application.options(args)
  if not options.client_id then failure.raise(exit_codes.CONFIG, NO_APPLICATION, context.command) end
  local get = args.device and on_device or in_browser
  local tokens, err = get(context, args, options)
  if not tokens then error(err, 0) end
  tokens.client_id = options.client_id
  return tokens
end

-- The connection ----------------------------------------------------------------------------

local STORED = { "access_token", "refresh_token", "token_type", "scope", "created_at", "client_id" }

-- What a token is good for, where nobody said it yet.
local function ask_about(shop, tokens)
  if tokens.scope then return end
  local info = shop:request { url = "/oauth/token/info" }
  if not info then return end  -- it works all the same
  tokens.scope = type(info.scope) == "table" and table.concat(info.scope, " ") or nil
  tokens.client_id = type(info.application) == "table" and info.application.uid or nil
end

local function connection_of(args, tokens)
  local base_url = application.base_url(args)
  local shop = require("gumroad").new { access_token = tokens.access_token, base_url = base_url,
    timeout = args.timeout, connection = { name = args.name } }
  local user, err = shop.user:get()
  if not user then error(err, 0) end
  ask_about(shop, tokens)
  local connection = { base_url = base_url, seller_id = user.user_id, seller_name = user.name }
  for _, field in ipairs(STORED) do connection[field] = tokens[field] end
  return connection
end

-- The access token that a name has so far, or nil. A wrong name, and a file that cannot be used, are
-- told before the user is asked for anything.
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
    context.note("'%s' stays the default; to change that: gumroad-lua connections default %s", default, name)
  end
end

local function tell(context, name, connection, before)
  context.write(("connected to %s (seller %s) as '%s'%s\n"):format(connection.seller_name or "a shop without a name",
    connection.seller_id, name, connection.scope and ", for " .. connection.scope or ""))
  if before and before ~= connection.access_token then
    context.note("the access token that '%s' had before is still good; Gumroad's settings can revoke it", name)
  end
  tell_default(context, name)
  if env.get "GUMROAD_ACCESS_TOKEN" then
    context.note("GUMROAD_ACCESS_TOKEN is set, and is used where no --connection is named")
  end
end

return {
  general = { "--base-url", "--timeout" },
  configure = configure,
  run = function(context, args)
    local connections = require "gumroad.connections"
    if args.scopes then check_scopes(context, args.scopes) end
    local before = token_before(connections, args.name)
    local connection = connection_of(args, get_tokens(context, args))
    local done, err = connections.save(args.name, connection)
    if not done then error(err, 0) end
    tell(context, args.name, connection, before)
  end,
}
