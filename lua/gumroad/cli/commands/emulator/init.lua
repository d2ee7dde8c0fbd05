--- gumroad-lua emulator: runs an emulator of Gumroad on loopback, for tests, until Ctrl-C; or drives one that runs.
local actions = require "gumroad.cli.commands.emulator.actions"
local delivery = require "gumroad.api.delivery"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

-- The options of gumroad.emulator: name, name of the value (nil for a flag), help.
local OPTIONS = {
  { "port", "NUMBER", "Port to listen on (default: 8089); 0 for any free one.", default = 8089 },
  { "seed", "NUMBER", "Seed for the invented shop (default: 1)." },
  { "products", "NUMBER", "Number of products (default: 12)." },
  { "sales", "NUMBER", "Number of sales (default: 200)." },
  { "subscribers", "NUMBER", "Number of subscribers (default: 40)." },
  { "access_token", "TEXT", "Access token to accept (default: emulated-access-token)." },
  { "scopes", "TEXT", "Scopes of the token, separated by spaces (default: all)." },
  { "latency", "SECONDS", "Seconds to wait before each response (default: 0)." },
  { "time_scale", "FACTOR", "Factor for the pauses before and between pings (default: 1)." },
  { "strict_post_url", nil, "Refuse webhooks to this machine, as Gumroad does." },
  { "old_server", nil, "Respond as Gumroad did in April 2025." },
  { "throttle", nil, "Refuse too many requests, as Gumroad does." },
}

local IS_TEXT = { access_token = true, scopes = true }

local function number_of(option)
  return function(word)
    local value = tonumber(word)
    if value and value >= 0 then return value end
    return nil, ("option '%s': a number of at least 0 expected, got '%s'"):format(option, word)
  end
end

local READY = [[
# Gumroad emulator at %s until Ctrl-C. To use it from a shell:
export GUMROAD_API_BASE_URL='%s'
export GUMROAD_ACCESS_TOKEN='%s'
# Or log in with a browser: gumroad-lua login NAME --client-id emulated-application
# To sell, in another terminal: gumroad-lua emulator sell --set email=lena@example.com%s
# Then refund, dispute, cancel, ...: gumroad-lua emulator --help
# The ping of a sale comes after %g s; --time-scale 0.01 makes all pauses a hundred times shorter.
]]

return {
  examples = {
    "gumroad-lua emulator --time-scale 0.01",
    "gumroad-lua emulator sell --set email=lena@example.com",
    "gumroad-lua emulator refund SALE_ID --set amount_cents=500",
  },
  general = { "output" },
  configure = function(parser)
    actions.configure(parser)
    for _, option in ipairs(OPTIONS) do
      local name = "--" .. option[1]:gsub("_", "-")
      local element = option[2] and parser:option(name):argname(option[2]) or parser:flag(name)
      element:description(option[3]):default(option.default)
      if option[2] and not IS_TEXT[option[1]] then element:convert(number_of(name)) end
    end
  end,
  run = function(context, args)
    if args.action then return actions.run(context, args) end
    if args.url or args.set then failure.usage(context.command, "--url and --set need an action, such as sell") end
    local options = {}
    for _, option in ipairs(OPTIONS) do options[option[1]] = args[option[1]] end
    require("gumroad.system").interrupt_on_end()
    local ok, code, message = require("gumroad.emulator").run(options, function(port, token)
      local url = "http://127.0.0.1:" .. port
      context.write(READY:format(url, url, token, port == 8089 and "" or " --url " .. port,
        delivery.SALE_DELAY * (args.time_scale or 1)))
      io.stdout:flush()
    end)
    if not ok then failure.raise(exit_codes.CONFIG, message or code) end
  end,
}
