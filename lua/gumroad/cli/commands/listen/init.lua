--- gumroad-lua listen: receives pings and prints the events as they arrive, until Ctrl-C, SIGTERM or SIGHUP.
local events = require "gumroad.api.events"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local output = require "gumroad.cli.output"
local url = require "gumroad.base.url"
local values = require "gumroad.cli.values"

local function configure(parser)
  local function option(name, argument, doc, convert)
    local element = parser:option(name, doc):argname(argument)
    return convert and element:convert(convert) or element
  end
  option("--port", "NUMBER", "Port to listen on (default: 8080); 0 for any free one.", values.whole("--port", 0, 65535))
  option("--address", "ADDRESS", "Address to listen on (default: 127.0.0.1); :: for all addresses of this machine.")
  option("--url", "URL", "Public address of this program. Webhooks to it are created, and removed at the end. Needs an "
    .. "access token with view_sales.")
  option("--subscribe", "EVENT,...", "Events to create webhooks for (default: those of --events, or all).",
    values.events("--subscribe"))
  option("--path", "PATH", "Accept only pings with this path (default: the path of --url, or any).")
  option("--secret", "TEXT", "Accept only pings with secret=TEXT in their query. With @FILE or - nobody else on this "
    .. "machine sees it.", values.text)
  option("--events", "EVENT,...", "Print (and forward) only these events; others are accepted and ignored.",
    values.events("--events"))
  option("--forward", "URL", "Forward each ping to this address, unchanged. If it is not accepted there, Gumroad is "
    .. "asked to send it again. A port is one of this machine.", values.address)
  option("--max-connections", "NUMBER", "Most open connections (default: 1024); more clients wait.",
    values.whole("--max-connections", 1, 100000))
  option("--max-memory", "BYTES", "Memory for the bodies of pings (default: 67108864); more pings wait.",
    values.whole("--max-memory", 1, 2147483647))
  option("--count", "NUMBER", "Exit after this number of events.", values.whole("--count", 1))
  parser:epilog(("Ctrl-C, SIGTERM and SIGHUP end it, with exit code %d.")
    :format(exit_codes.SUCCESS))
end

local function check_url(context, option, address)
  if not address or url.host(address) and not address:find("[%s%c#]") then return end
  failure.usage(context.command, "option '%s': http(s)://HOST/PATH expected, without a fragment", option)
end

local function check(context, args)
  check_url(context, "--url", args.url)
  check_url(context, "--forward", args.forward)
  output.refuse_all_but("json", context, "events can only be printed as lines, or as lines of JSON with --json")
  if args.path and args.path:sub(1, 1) ~= "/" then
    failure.usage(context.command, "option '--path': a path that begins with / expected, got '%s'", args.path)
  end
  if args.subscribe and not args.url then
    failure.usage(context.command, "--subscribe needs --url, the address at which Gumroad reaches this program")
  end
end

local function remove_webhooks(context, made)
  for _, subscription in ipairs(made) do
    local done, err = context.shop().resource_subscriptions:delete(subscription.id)
    if not done then
      context.note("could not remove the webhook for %s: %s", subscription.resource_name, tostring(err))
    end
  end
end

local function make_webhooks(context, args, address)
  if not args.url then return {} end
  local wanted = {}
  for _, name in ipairs(args.subscribe or args.events or events.names) do wanted[name] = address end
  local done, err, partly = context.shop():ensure_webhooks(wanted)
  if done then return done.made end
  remove_webhooks(context, partly and partly.made or {})
  error(err, 0)
end

local function seller_of(context, args)
  if not args.url then return nil end
  local user, err = context.shop().user:get()
  if not user then error(err, 0) end
  return user.user_id
end

return {
  examples = { "gumroad-lua listen --forward 3000", "gumroad-lua listen --json | jq .data.email" },
  general = { "--json", "shop" },
  configure = configure,
  run = function(context, args)
    check(context, args)
    local system = require "gumroad.system"
    system.interrupt_on_end()
    system.raise_descriptor_limit()
    local session = require("gumroad.cli.commands.listen.session").new(context, args)
    local made = {}
    local raised = session:run(function()
      session.receiver:expect { seller_id = seller_of(context, args) }
      made = make_webhooks(context, args, session.url)
      context.note("listening on %s%s", session.here, args.secret and ", with the secret in the query" or "")
    end)
    remove_webhooks(context, made)
    context.note("%s", session:summary())
    if raised then error(raised, 0) end
  end,
}
