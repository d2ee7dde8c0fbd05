--- gumroad-lua trigger EVENT --to URL: sends a ping of an invented sale or subscription, byte for byte
-- as Gumroad sends it, and says what Gumroad would make of the answer.
local events = require "gumroad.cli.events"
local failure = require "gumroad.cli.failure"
local values = require "gumroad.cli.values"

local NAME = "gumroad-lua trigger"
local TEST_PING = "test"
local TAKEN = "taken"
local REFUSED, NO_ANSWER = 5, 6  -- exit codes

local function pair(word)
  local name, text = word:match("^([^=]+)=(.*)$")
  if name then return { name, text } end
  return nil, ("option '--set': FIELD=VALUE expected, got '%s'"):format(word)
end

local function configure(parser)
  parser:argument("event", table.concat(events.NAMES, ", ") .. ", or " .. TEST_PING .. ", the test ping of the "
    .. "settings page."):convert(events.reader(TEST_PING))
  parser:option("--to", "Where to."):argname("URL")
  parser:option("--set", "Change a field: price=900, card.type=visa, custom_fields.Size=XL; nothing behind '=' is "
    .. "null. May be repeated."):argname("FIELD=VALUE"):convert(pair):count("*"):action("append"):init(nil)
  parser:flag("--test", "Of a purchase that the seller made to try the shop.")
  parser:option("--retry-count", "As the so many-th repetition, 1 to 3."):argname("NUMBER"):default(0)
    :convert(values.whole("--retry-count", 1, 3)):show_default(false)
  parser:flag("--json-body", "As JSON, which Gumroad sends to zapier.com alone.")
  parser:option("--count", "So many events, one after the other; default: 1."):argname("NUMBER"):default(1)
    :convert(values.whole("--count", 1, 1000000)):show_default(false)
  parser:option("--seed", "From which they are invented: the same ones each time; default: others each time.")
    :argname("NUMBER"):convert(values.whole("--seed", 0, 2147483647))
  parser:flag("--print", "Print what would be sent, and send nothing.")
  parser:epilog("Needs no access token. A receiver that knows its seller's id refuses invented ones: "
    .. "--set seller_id=ID.")
end

local function new_seed()
  return math.floor(os.time() * 1000 + require("gumroad.core").now() * 1e6 % 1000) % 2147483648
end

-- What stands on the command line and goes against something else there.
local function check(args)
  if not args.print and not args.to then failure.usage(NAME, "--to is missing: where the ping is to go; or --print") end
  local event = require("gumroad.webhook").EVENTS[args.event]
  if args.test and event and event[1] == "subscription_ping" then
    failure.usage(NAME, "--test: a ping of a subscription does not tell whether it is a test")
  end
  if args.event == TEST_PING and args.retry_count > 0 then
    failure.usage(NAME, "--retry-count: Gumroad does not repeat the settings page's test pings")
  end
end

local function next_body(args, examples)
  local deliveries = require "gumroad.emulator.deliveries"
  local schema, payload_fields = require "gumroad.schema", require "gumroad.cli.payload"
  local is_test_ping = args.event == TEST_PING
  local payload = is_test_ping and examples:test_payload() or examples:payload(args.event, args.test)
  local object = schema[is_test_ping and "sale_ping" or require("gumroad.webhook").EVENTS[args.event][1]]
  for _, given in ipairs(args.set or {}) do payload = payload_fields.set(payload, object, given[1], given[2]) end
  return deliveries.body(payload, args.json_body and "json" or "form", args.retry_count)
end

-- The pauses before the deliveries that would follow, in words; nil after the last.
local function minutes_left(retry_count)
  local pauses, left = require("gumroad.emulator.deliveries").PAUSES, {}
  for i = retry_count + 1, #pauses do left[#left + 1] = ("%d"):format(pauses[i] / 60) end
  if #left == 0 then return nil end
  return table.concat(left, ", "):gsub(", (%d+)$", " and %1") .. " minutes"
end

local function fate(args, status)
  if status and status >= 200 and status < 300 then return TAKEN end
  if args.event == TEST_PING then return "Gumroad would not repeat it: it is a test ping" end
  if not require("gumroad.emulator.deliveries").is_retried(status) then
    local redirect = status >= 300 and status < 400 and "; do not redirect, not every server of Gumroad follows" or ""
    return "Gumroad would drop it for good" .. redirect
  end
  local pauses = minutes_left(args.retry_count)
  if not pauses then return "that was the last delivery: Gumroad would drop it for good" end
  if status then return "Gumroad would send it again after " .. pauses end
  return "newer servers of Gumroad would send it again after " .. pauses .. ", older ones never"
end

local function send(args, body)
  local deliveries = require "gumroad.emulator.deliveries"
  local request = deliveries.request(args.to, body, args.json_body and "json" or "form")
  local wrong
  if args.to:find("^https:") then
    request.ca_file, wrong = require("gumroad.tls").ca_file()
    if not request.ca_file then failure.raise(3, wrong) end
  end
  local transfer, _, message = require("gumroad.core").engine():send(request)
  if not transfer then failure.usage(NAME, "--to: %s", (message:gsub("^the base URL", "the URL"))) end
  require("gumroad.loop").blocking.wait(transfer)
  local response, _, why, info = transfer:result()
  return response and response.status, (response or info).seconds, why
end

local FIELDS = { { "event", "string" }, { "to", "string" }, { "status", "integer?" }, { "error", "string?" },
  { "seconds", "number" }, { "fate", "string" }, type = {} }
for _, field in ipairs(FIELDS) do FIELDS.type[field[1]] = field[2] end

-- Prints what came of each: page { result }, and finish() at the end.
local function new_printer(context)
  local output = require "gumroad.cli.output"
  if output.is_asked_for(context.args) then
    return output.new(context, { kind = "list", fields = FIELDS }):list()
  end
  return {
    page = function(_, results)
      local result = results[1]
      context.write(("%s to %s: %s (%.3f s): %s\n"):format(result.event, result.to, result.status or result.error,
        result.seconds, result.fate))
    end,
    finish = function() end,
  }
end

local function print_bodies(context, args, examples)
  for _ = 1, args.count do
    context.write(next_body(args, examples) .. ((context.is_terminal or args.count > 1) and "\n" or ""))
  end
end

-- The exit code: that of the last that was not taken.
local function send_all(context, args, examples)
  local printer, code = new_printer(context), 0
  for _ = 1, args.count do
    local status, seconds, why = send(args, next_body(args, examples))
    local result = { event = args.event, to = require("gumroad.cli.url").shown(args.to), status = status,
      error = why, seconds = seconds, fate = fate(args, status) }
    if result.fate ~= TAKEN then code = status and REFUSED or NO_ANSWER end
    printer:page { result }
  end
  printer:finish()
  return code
end

return {
  name = "trigger",
  summary = "Send a ping as Gumroad sends it, to try a receiver.",
  configure = configure,
  run = function(context, args)
    check(args)
    local examples = require("gumroad.emulator.examples").new(args.seed or new_seed())
    if args.print then return print_bodies(context, args, examples) end
    return send_all(context, args, examples)
  end,
}
