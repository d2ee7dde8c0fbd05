--- The command gumroad-lua: finds what the words name, reads the arguments, runs it, and says how
-- it went by an exit code.
--
-- A command is a module gumroad.cli.commands.NAME, named below:
--   { name, summary, configure = function(parser), run = function(context, args) -> exit code or nil,
--     passes_on = whether what follows its first argument is not ours to read,
--     general = which general options its help lists, see arguments.add_general,
--     runs_scripts = whether what is raised may be a script's own mistake }
-- The operations of gumroad.api are commands as well, made from their rows.
-- Only what the words need is loaded: --help answers without the C core.
local api = require "gumroad.api"
local arguments = require "gumroad.cli.arguments"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

local cli = {}

cli.NAME = "gumroad-lua"

--- The commands besides the operations; each has a module of that name.
cli.COMMANDS = { "api", "completion", "connections", "doctor", "emulator", "listen", "login", "logout", "manual", "run",
  "trigger" }

local SUMMARY = "Script a Gumroad shop from the command line."

local is_command = {}
for _, name in ipairs(cli.COMMANDS) do is_command[name] = true end

--- The module of a command, or nil.
function cli.command(name)
  return is_command[name] and require("gumroad.cli.commands." .. name) or nil
end

--- The names of Gumroad's resources, sorted.
function cli.resources()
  local names = {}
  for name in pairs(api) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function exit_code_lines()
  local lines = { "Exit codes:" }
  for _, code in ipairs(exit_codes) do lines[#lines + 1] = ("   %-4d%s"):format(code[1], code[3]) end
  return table.concat(lines, "\n")
end

--- The parser of the first word.
function cli.root_parser()
  local parser = arguments.parser(cli.NAME, SUMMARY)
  local own, resources = {}, {}
  for i, name in ipairs(cli.COMMANDS) do own[i] = parser:command(name, cli.command(name).summary) end
  for i, name in ipairs(cli.resources()) do
    local operations = {}
    for j, row in ipairs(api[name]) do operations[j] = row.name end
    resources[i] = parser:command(name, table.concat(operations, " "))
  end
  arguments.group(parser, "Commands", own)
  arguments.group(parser, "Gumroad's resources and their operations", resources)
  parser:flag("--version", "Show the version."):action(function()
    io.stdout:write(cli.NAME, " ", require("gumroad.client").VERSION, "\n")
    failure.raise(exit_codes.SUCCESS)
  end)
  arguments.add_general(parser)
  return parser:epilog("An operation's own help: " .. cli.NAME .. " sales list --help\n\n" .. exit_code_lines())
end

--- The parser of a resource's operations.
function cli.resource_parser(name)
  local parser = arguments.parser(cli.NAME .. " " .. name, "Gumroad's " .. name:gsub("_", " ") .. ".")
  for _, row in ipairs(api[name]) do parser:command(row.name, row.doc) end
  arguments.add_general(parser)
  return parser
end

--- What the words in front name.
-- @return command, words of its name, how many; or parser of the words that follow, how many
local function find(words)
  local name = words:next()
  local resource = name and name:gsub("-", "_")
  if api[resource] then
    local operation = words:next()
    local row = operation and api[resource][operation:gsub("-", "_")]
    if row then return require("gumroad.cli.operation").command(row), resource .. " " .. row.name end
    words:put_back()
    return nil, cli.resource_parser(resource)
  end
  local command = cli.command(name)
  if command then return command, name end
  words:put_back()
  return nil, cli.root_parser()
end

local function run(args, state)
  local words = arguments.words(args)
  local command, name = find(words)
  if not command then return name:parse(words:rest()) end  -- it has no command that it knows: help or an error
  state.see = cli.NAME .. " " .. name
  local parser = arguments.parser(state.see, command.summary)
  command.configure(parser)
  arguments.add_general(parser, command.general)
  local parsed = parser:parse(words:rest(command.passes_on))
  local context = require("gumroad.cli.context").new(parsed, state.see)
  if command.runs_scripts then state.see = nil end
  local code = command.run(context, parsed) or exit_codes.SUCCESS
  context.finish()
  return code
end

local function tell(wrong)
  if wrong.message then io.stderr:write(cli.NAME, ": ", (wrong.message:gsub("\n", " ")), "\n") end
  if wrong.trace then io.stderr:write(wrong.trace, "\n") end
  if wrong.see then io.stderr:write("See: ", wrong.see, " --help\n") end
end

--- Runs the command.
-- @param args array of words, as Lua's `arg`
-- @return exit code
function cli.main(args)
  local state = { see = cli.NAME }
  local debugging = arguments.is_set(args, "--debug")
  local _, outcome = xpcall(function() return { code = run(args, state) } end, function(raised)
    local wrong = failure.of(raised, state.see)
    if debugging and wrong.code ~= exit_codes.SUCCESS then wrong.trace = debug.traceback("", 2):gsub("^\n", "") end
    return wrong
  end)
  local flushed, why = io.stdout:flush()
  if outcome.code == exit_codes.SUCCESS and not flushed then _, outcome = pcall(failure.output, why) end
  tell(outcome)
  return outcome.code
end

return cli
