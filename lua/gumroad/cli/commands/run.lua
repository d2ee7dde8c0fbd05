--- gumroad-lua run SCRIPT: runs a Lua script with a shop ready in it.
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

-- The shop is made when the script first uses it, as not every script needs a token.
local function lend_globals(context)
  local meta = getmetatable(_G) or {}
  local before = meta.__index
  meta.__index = function(self, name)
    if name == "shop" then
      rawset(self, name, context.shop())
      return rawget(self, name)
    end
    if type(before) == "function" then return before(self, name) end
    return before and before[name]
  end
  setmetatable(_G, meta)
  rawset(_G, "gumroad", require "gumroad")
end

return {
  examples = { "gumroad-lua run report.lua 2026" },
  general = { "shop" },
  passes_on = true, runs_scripts = true,
  configure = function(parser)
    parser:argument("script", "File with the script, or - for standard input. It can use the globals `shop` and "
      .. "`gumroad`, and finds its arguments in `arg`.")
    parser:argument("args", "Arguments for the script."):args("*")
  end,
  run = function(context, args)
    local chunk, wrong = loadfile(args.script ~= "-" and args.script or nil)
    if not chunk then failure.raise(exit_codes.FAILURE, wrong) end
    lend_globals(context)
    local words, own = args.args, rawget(_G, "arg") or {}
    words[0] = args.script
    for i = -1, -20, -1 do words[i] = own[i] end  -- the interpreter, with which a script may start another
    rawset(_G, "arg", words)
    chunk((table.unpack or unpack)(words))
  end,
}
