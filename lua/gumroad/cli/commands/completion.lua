--- gumroad-lua completion SHELL: what makes a shell complete the command's words.
local SHELLS = { "bash", "zsh", "fish" }

-- One parser with everything in it: what argparse makes its completions of.
local function whole_parser()
  local api = require "gumroad.api"
  local arguments = require "gumroad.cli.arguments"
  local cli = require "gumroad.cli"
  local operation = require "gumroad.cli.operation"
  local parser = arguments.parser(cli.NAME)
  for _, name in ipairs(cli.COMMANDS) do
    local command = cli.command(name)
    command.configure(parser:command(name, command.summary))
  end
  for _, name in ipairs(cli.resources()) do
    local resource = parser:command(name, "Gumroad's " .. name:gsub("_", " "))
    for _, row in ipairs(api[name]) do operation.configure(row, resource:command(row.name, row.doc)) end
  end
  arguments.add_general(parser)
  return parser
end

return {
  name = "completion",
  summary = "Print a completion script for a shell.",
  configure = function(parser)
    parser:argument("shell", "bash: source <(gumroad-lua completion bash). zsh: save it as _gumroad-lua in a folder of "
      .. "fpath. fish: save it as ~/.config/fish/completions/gumroad-lua.fish."):choices(SHELLS)
  end,
  run = function(context, args)
    context.write(whole_parser()["get_" .. args.shell .. "_complete"](whole_parser()))
  end,
}
