--- gumroad-lua completion SHELL: prints a script that makes a shell complete the command's words. argparse generates
-- it, and this module adds what is missing for each shell.
local arguments = require "gumroad.cli.arguments"
local events = require "gumroad.api.events"
local operation = require "gumroad.cli.operation"

local SHELLS = { "bash", "zsh", "fish" }

-- Makes one parser for all commands, from which argparse generates completions.
local function whole_parser(registry)
  local parser = arguments.parser(arguments.PROGRAM)
  for _, row in ipairs(registry.COMMANDS) do
    registry.command(row.name).configure(parser:command(row.name, row.summary))
  end
  for _, name in ipairs(registry.resources()) do
    local resource = parser:command(name, "Gumroad's " .. name:gsub("_", " "))
    for _, row in ipairs(registry.operations(name)) do operation.configure(row, resource:command(row.name, row.doc)) end
  end
  arguments.add_general(parser)
  return parser
end

-- The choices for the first argument of a command, which argparse offers only in zsh, if at all.
local FIRST = { completion = SHELLS, connections = { "default" }, trigger = { "test" } }
for i, name in ipairs(events.names) do FIRST.trigger[i + 1] = name end

-- Removes names from a line that are others with dashes, so that each operation is offered once.
local function once(line)
  local is_there, names = {}, {}
  for name in line:gmatch("%S+") do is_there[name] = true end
  for name in line:gmatch("%S+") do
    local other = name:gsub("%-", "_")
    if other == name or not is_there[other] then names[#names + 1] = name end
  end
  return table.concat(names, " ")
end

-- Prints the names of the connections, in a shell.
local NAMES = "gumroad-lua connections --plain --fields name 2>/dev/null"

-- Complete a script that argparse generated, for each shell.
local complete = {}

function complete.bash(text)
  text = text:gsub("(\n *%-%-connection%)\n *COMPREPLY=%(%$%(compgen )%-f", function(before)
    return before .. '-W "$(' .. NAMES .. ')"'
  end)
  for command, words in pairs(FIRST) do
    local offer = ('COMPREPLY=($(compgen -W "%s" -- "$cur"))'):format(table.concat(words, " "))
    text = text:gsub("\n( +)'" .. command .. "'%)\n", "%0%1    " .. offer .. "\n")
  end
  return (text:gsub('compgen %-W "([^"$]*)"', function(line) return ('compgen -W "%s"'):format(once(line)) end))
end

-- Loaded from fpath, the script is itself the function and completes at once; sourced, it registers the function.
local COMPLETE_OR_REGISTER = [=[
if [[ "$funcstack[1]" = _gumroad-lua ]]; then
  _gumroad-lua "$@"
else
  compdef _gumroad-lua gumroad-lua
fi
]=]

function complete.zsh(text)
  text = text:gsub('("%-%-connection%[[^\n]-%]: :)_files"', function(before)
    return before .. '{compadd -- $(' .. NAMES .. ')}"'
  end)
  text = text:gsub('{([%w_]+),[%w-]+}"', '"%1')
  text = text:gsub('(\n    trigger%).-": ):_files"', function(before)
    return before .. ":(" .. table.concat(FIRST.trigger, " ") .. ')"'
  end)
  return (text:gsub("_gumroad%-lua\n$", COMPLETE_OR_REGISTER))
end

function complete.fish(text)
  local lines = { ("complete -c gumroad-lua -l connection -xa '(%s)'\n"):format(NAMES) }
  for command, words in pairs(FIRST) do
    lines[#lines + 1] = ("complete -c gumroad-lua -n '__fish_gumroad-lua_using_command %s' -xa '%s'\n")
      :format(command, table.concat(words, " "))
  end
  table.sort(lines)
  text = text:gsub("%-xa '([^']*)'", function(line) return ("-xa '%s'"):format(once(line)) end)
  return text .. table.concat(lines)
end

return {
  examples = { "source <(gumroad-lua completion bash)" },
  general = {},
  configure = function(parser)
    parser:argument("shell", "Shell to complete in. In bash, run: source <(gumroad-lua completion bash). In zsh do the "
      .. "same, or save the script as _gumroad-lua in a folder of fpath. For fish, save it as "
      .. "~/.config/fish/completions/gumroad-lua.fish.")
      :choices(SHELLS)
  end,
  run = function(context, args)
    local parser = whole_parser(context.registry)
    context.write(complete[args.shell](parser["get_" .. args.shell .. "_complete"](parser)))
  end,
}
