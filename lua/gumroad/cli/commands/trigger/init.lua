--- gumroad-lua trigger EVENT --to URL: sends a ping about an invented sale or subscription, byte for byte as Gumroad
-- sends it, and says what Gumroad would do after the response.
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local fields = require "gumroad.cli.output.fields"
local output = require "gumroad.cli.output"
local printable = require("gumroad.base.text").printable
local url = require "gumroad.base.url"
local values = require "gumroad.cli.values"

local TEST_PING = "test"
local FORBIDDEN = 403
local MOST_RETRIES = #delivery.PAUSES

local function configure(parser)
  parser:argument("event", "Event: " .. table.concat(events.names, ", ") .. ", or " .. TEST_PING .. ", the test ping "
    .. "of the settings page."):convert(values.event(TEST_PING))
  parser:option("--to", "Address to send the ping to; a port is one of this machine."):argname("URL")
    :convert(values.address)
  parser:option("--set", "Set a field, as in price=900, card.type=visa or custom_fields.Size=XL; an empty value means "
    .. "null. May be repeated."):argname("FIELD=VALUE"):convert(values.pair("FIELD=VALUE", "option '--set': "))
    :count("*"):action("append"):init(nil)
  parser:flag("--test", "Mark it as the seller's own test purchase.")
  parser:option("--retry-count", ("Send it as retry number N, 1 to %d."):format(MOST_RETRIES)):argname("N")
    :default(0):convert(values.whole("--retry-count", 1, MOST_RETRIES)):show_default(false)
  parser:flag("--json-body", "Send JSON, as Gumroad does to zapier.com only.")
  parser:option("--count", "Number of events to send, one after the other (default: 1)."):argname("NUMBER"):default(1)
    :convert(values.whole("--count", 1, 1000000)):show_default(false)
  parser:option("--seed", "Seed for the invented events, to repeat the same ones (default: new ones each time).")
    :argname("NUMBER"):convert(values.whole("--seed", 0, 2147483647))
  parser:flag("--print", "Print what would be sent, without sending it.")
  parser:epilog("Needs no access token. A receiver that expects a certain seller refuses pings for an invented one. If "
    .. "there is a token or a connection, the ping has its seller's id; otherwise pass --set seller_id=ID.")
end

-- Checks options that contradict each other.
local function check(context, args, ping)
  if not args.print and not args.to then
    failure.usage(context.command, "--to is missing: pass the address to send the ping to, or --print to see the ping")
  end
  if args.test and not ping.knows_tests(args.event) then
    failure.usage(context.command, "--test: pings about subscriptions do not say whether they are tests")
  end
  if args.event == TEST_PING and args.retry_count > 0 then
    failure.usage(context.command, "--retry-count: Gumroad never repeats the test ping of the settings page")
  end
end

local FIELDS = fields.define {
  { "event", "string" }, { "to", "string" }, { "status", "integer?" }, { "error", "string?" }, { "seconds", "number" },
  { "fate", "string" },
}

-- Makes a printer for results: page { result } for each, finish() at the end.
local function new_printer(context)
  if output.is_asked_for(context.args) then
    return output.new(context, { kind = "list", fields = FIELDS }):list()
  end
  return {
    page = function(_, results)
      local result = results[1]
      context.write(printable(("%s to %s: %s (%.3f s): %s"):format(result.event, result.to,
        result.status or result.error, result.seconds, result.fate)) .. "\n")
    end,
    finish = function() end,
  }
end

local function print_all(context, args, next_body)
  for _ = 1, args.count do
    context.write(next_body() .. ((context.is_terminal or args.count > 1) and "\n" or ""))
  end
end

-- Returns the exit code, that of the last ping that was not accepted.
local function send_all(context, args, ping, next_body, format)
  local printer, code, is_refused = new_printer(context), exit_codes.SUCCESS, false
  for _ = 1, args.count do
    local status, seconds, why = ping.send(args.to, next_body(), format)
    is_refused = is_refused or status == FORBIDDEN
    local result = { event = args.event, to = url.shown(args.to), status = status,
      error = why, seconds = seconds, fate = ping.fate(args.event, args.retry_count, status) }
    if result.fate ~= ping.ACCEPTED then code = status and exit_codes.REFUSED or exit_codes.NO_RESPONSE end
    printer:page { result }
  end
  printer:finish()
  if is_refused then
    context.note("a receiver that expects a certain seller responds with 403 to other pings: run trigger with the same "
      .. "GUMROAD_ACCESS_TOKEN or --connection as the receiver, or pass --set seller_id=ID")
  end
  return code
end

return {
  examples = {
    "gumroad-lua trigger sale --to 3000",
    "gumroad-lua trigger refund --to localhost:3000/hook --set price=900",
  },
  general = { "output" },
  configure = configure,
  run = function(context, args)
    local ping = require "gumroad.cli.commands.trigger.ping"
    check(context, args, ping)
    local format = args.json_body and "json" or "form"
    if args.print then return print_all(context, args, ping.bodies(args, format)) end
    return send_all(context, args, ping, ping.bodies(args, format, ping.seller_id(context)), format)
  end,
}
