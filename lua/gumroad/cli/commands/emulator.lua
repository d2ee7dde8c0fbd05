--- gumroad-lua emulator: a Gumroad on loopback, for tests, until Ctrl-C.
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

-- The options of gumroad.emulator: name, what its value is called (none: a flag), what the help says.
local OPTIONS = {
  { "port", "NUMBER", "Default: 8089; 0: any that is free.", default = 8089 },
  { "seed", "NUMBER", "From which the shop is invented; default: 1." },
  { "products", "NUMBER", "How many there are; default: 12." },
  { "sales", "NUMBER", "How many there are; default: 200." },
  { "subscribers", "NUMBER", "How many there are; default: 40." },
  { "access_token", "TEXT", "Default: emulated-access-token." },
  { "scopes", "TEXT", "What the token may do, with spaces between; default: everything." },
  { "latency", "SECONDS", "Before each answer; default: 0." },
  { "time_scale", "FACTOR", "Of the pauses before and between pings; default: 1." },
  { "strict_post_url", nil, "Refuse webhooks to this machine, as Gumroad does." },
  { "old_server", nil, "Answer as in April 2025." },
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
# A Gumroad for tests, until Ctrl-C: %s
# Its access token: %s
export GUMROAD_API_BASE_URL='%s'
export GUMROAD_ACCESS_TOKEN='%s'
# Or connect to it in a browser: gumroad-lua login NAME --client-id emulated-application
]]

return {
  general = {},
  configure = function(parser)
    for _, option in ipairs(OPTIONS) do
      local name = "--" .. option[1]:gsub("_", "-")
      local element = option[2] and parser:option(name):argname(option[2]) or parser:flag(name)
      element:description(option[3]):default(option.default)
      if option[2] and not IS_TEXT[option[1]] then element:convert(number_of(name)) end
    end
  end,
  run = function(context, args)
    local options = {}
    for _, option in ipairs(OPTIONS) do options[option[1]] = args[option[1]] end
    require("gumroad.system").interrupt_on_end()
    local ok, code, message = require("gumroad.emulator").run(options, function(port, token)
      local url = "http://127.0.0.1:" .. port
      context.write(READY:format(url, token, url, token))
      io.stdout:flush()
    end)
    if not ok then failure.raise(exit_codes.CONFIG, message or code) end
  end,
}
