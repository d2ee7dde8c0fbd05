--- gumroad-lua emulator sell, refund, cancel, ...: drives an emulator that runs on this machine.
local env = require "gumroad.base.env"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local fields = require "gumroad.cli.output.fields"
local output = require "gumroad.cli.output"
local printable = require("gumroad.base.text").printable
local url = require "gumroad.base.url"
local values = require "gumroad.cli.values"

local actions = {}

local USUAL = "http://127.0.0.1:8089"
local PATIENCE = 120  -- seconds, for settle

-- In the order of the help: name, control request, what its argument is (nil for none), what it does. `fixed`: what is
-- sent besides.
actions.ROWS = {
  { "sell", "sell", nil, "makes a sale" },
  { "refund", "refund", "sale_id", "refunds a sale" },
  { "dispute", "dispute", "sale_id", "disputes a sale" },
  { "dispute_won", "dispute_won", "sale_id", "decides the dispute for the seller" },
  { "resend", "resend", "sale_id", "sends the ping of a sale again" },
  { "cancel", "cancellation", "subscriber_id", "cancels a subscription" },
  { "upgrade", "subscription_updated", "subscriber_id", "changes the plan", fixed = { type = "upgrade" } },
  { "downgrade", "subscription_updated", "subscriber_id", "changes the plan", fixed = { type = "downgrade" } },
  { "end", "subscription_ended", "subscriber_id", "ends a subscription" },
  { "restart", "subscription_restarted", "subscriber_id", "restarts a subscription" },
  { "advance", "advance", "seconds", "advances the clock" },
  { "settle", "settle", nil, "waits until all pings are delivered" },
  { "stop", "stop", nil, "ends the emulator" },
}

local row_of = {}
for _, row in ipairs(actions.ROWS) do row_of[row[1]] = row end

--- Makes a converter for argparse: the name of an action.
function actions.convert(word)
  local name = word:gsub("-", "_")
  if row_of[name] then return name end
  return nil, ("unknown action '%s'%s"):format(word, require("gumroad.base.error").hint(word, row_of))
end

--- Adds the options of the actions to a parser.
function actions.configure(parser)
  local names = {}
  for i, row in ipairs(actions.ROWS) do names[i] = row[1] end
  parser:argument("action", "What to do in an emulator that runs already, instead of running one: "
    .. table.concat(names, ", ") .. "."):args("?"):convert(actions.convert)
  parser:argument("id", "Id of the sale or subscription, or the seconds by which to advance."):args("?")
  parser:option("--url", "Emulator to drive (default: GUMROAD_API_BASE_URL, then " .. USUAL .. ").")
    :argname("URL"):convert(values.address)
  parser:option("--set", "Field of the event, as in email=lena@example.com or product_id=ID for sell, amount_cents=500 "
    .. "for refund, by=seller for cancel. May be repeated."):argname("FIELD=VALUE")
    :convert(values.pair("FIELD=VALUE", "option '--set': ")):count("*"):action("append"):init(nil)
end

-- The text as a number or boolean, if it is one.
local function typed(name, text)
  if name == "test" then return text == "true" end
  if (name:find("_cents$") or name == "quantity" or name == "seconds") then return tonumber(text) or text end
  return text
end

local function params_of(context, args, row)
  local params = {}
  for name, value in pairs(row.fixed or {}) do params[name] = value end
  for _, given in ipairs(args.set or {}) do params[given[1]] = typed(given[1], given[2]) end
  if row[3] and not args.id then failure.usage(context.command, "%s: %s is missing", row[1], row[3]) end
  if args.id and not row[3] then failure.usage(context.command, "%s takes no id", row[1]) end
  if row[3] then params[row[3]] = typed(row[3], args.id) end
  if row[3] == "seconds" and type(params.seconds) ~= "number" then
    failure.usage(context.command, "%s: a number of seconds expected, got '%s'", row[1], args.id)
  end
  return params
end

-- Returns the address of the emulator. A request that makes sales goes to no other machine.
local function address_of(context, args)
  local address = args.url or env.get "GUMROAD_API_BASE_URL" or USUAL
  local parts = url.parse(address)
  if not (parts and parts.host and url.is_loopback(parts.host)) then
    failure.usage(context.command, "%s is not on this machine, so it is no emulator: pass --url", url.shown(address))
  end
  return url.origin(address)
end

-- Returns what the emulator says.
local function ask(address, name, params)
  local json = require "gumroad.base.json"
  local response, err = require("gumroad.client.http").request { url = address .. "/_emulator/" .. name,
    json = next(params) and params or nil, body = not next(params) and "{}" or nil, method = "POST",
    headers = { ["Content-Type"] = "application/json" }, timeout = PATIENCE, max_size = 256 * 1048576 }
  if not response then
    failure.raise(exit_codes.NO_RESPONSE, ("no emulator runs at %s: start one with gumroad-lua emulator (%s)")
      :format(address, err.message))
  end
  local ok, value = pcall(json.decode, response.body)
  if ok and type(value) == "table" and response.status == 200 then return value end
  local why = ok and type(value) == "table" and response.status == 400 and value.error
  if type(why) == "string" then failure.raise(exit_codes.REFUSED, "the emulator refused it: " .. why) end
  failure.raise(exit_codes.NO_RESPONSE, ("what runs at %s is no emulator (HTTP %d)"):format(address, response.status))
end

local function line_of(row, value)
  if row[3] == "subscriber_id" then
    return ("%s: subscription %s, %s"):format(row[1], value.id, value.status or "changed")
  end
  if not value.id then return row[1] .. ": done" end
  return ("%s: sale %s of \"%s\" to %s, %s"):format(row[1], value.id, value.product_name, value.email,
    value.currency and fields.amount(value.price, value.currency) or value.formatted_total_price)
end

--- Carries out the action that the arguments name.
function actions.run(context, args)
  local row = row_of[args.action]
  local params = params_of(context, args, row)
  local value = ask(address_of(context, args), row[2], params)
  if output.is_asked_for(context.args) and value.id then
    return output.new(context, { kind = "object", object = row[3] == "subscriber_id" and "subscriber" or "sale" })
      :object(value)
  end
  context.write(printable(line_of(row, value), 1000) .. "\n")
end

return actions
