--- The program gumroad-lua: finds the command that the words name, reads its arguments, runs it, and returns an exit
-- code.
--
-- Only the modules that a command needs are loaded, so that --help works without the C core.
local arguments = require "gumroad.cli.arguments"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local registry = require "gumroad.cli.registry"
local printable = require("gumroad.base.text").printable

local cli = {}

local PROGRAM = arguments.PROGRAM
local MOST = 4000  -- bytes of a message
local SUMMARY = "Script a Gumroad shop from the command line."

local function exit_code_lines()
  local lines = { "Exit codes:" }
  for _, code in ipairs(exit_codes) do lines[#lines + 1] = ("   %-4d%s"):format(code[1], code[3]) end
  return table.concat(lines, "\n")
end

-- Makes the parser for the first word.
local function root_parser()
  local parser = arguments.parser(PROGRAM, SUMMARY)
  local own, resources = {}, {}
  for i, row in ipairs(registry.COMMANDS) do own[i] = parser:command(row.name, row.summary) end
  for i, name in ipairs(registry.resources()) do
    local operations = {}
    for j, row in ipairs(registry.operations(name)) do operations[j] = row.name end
    resources[i] = parser:command(name, table.concat(operations, " "))
  end
  arguments.group(parser, "Commands", own)
  arguments.group(parser, "Gumroad's resources and their operations", resources)
  parser:flag("-v --version", "Show the version."):action(function()
    io.stdout:write(PROGRAM, " ", require "gumroad.version", "\n")
    failure.raise(exit_codes.SUCCESS)
  end)
  arguments.add_general(parser)
  return parser:epilog("Help for an operation: " .. PROGRAM .. " sales list --help\n\n" .. arguments.examples {
    PROGRAM .. " sales list --after 2026-01-01 --csv > sales.csv", PROGRAM .. " sales list --json | jq -r '.[].email'",
    PROGRAM .. " products create --name Ink --price 900 --dry-run" } .. "\n\n" .. exit_code_lines())
end

-- Makes the parser for a resource's operations.
local function resource_parser(name)
  local parser = arguments.parser(PROGRAM .. " " .. name, "Gumroad's " .. name:gsub("_", " ") .. ".")
  for _, row in ipairs(registry.operations(name)) do parser:command(row.name, row.doc) end
  arguments.add_general(parser)
  return parser
end

-- Adds the examples of a command behind what its help ends with.
local function add_examples(parser, lines)
  if not lines then return end
  local before = parser._epilog and parser._epilog .. "\n\n" or ""
  parser:epilog(before .. arguments.examples(lines))
end

-- Finds the command that the first words name.
-- @return { name, summary, command } | nil, parser for the words that follow
local function find(words)
  local name = words:next()
  local resource = name and name:gsub("-", "_")
  if registry.operations(resource) then
    local operation = (words:next() or ""):gsub("-", "_")
    local command, summary = registry.operation(resource, operation)
    if command then return { name = resource .. " " .. operation, summary = summary, command = command } end
    words:put_back()
    return nil, resource_parser(resource)
  end
  local command, summary = registry.command(name)
  if command then return { name = name, summary = summary, command = command } end
  words:put_back()
  return nil, root_parser()
end

-- Other ways to ask for help and the version: "help sales" is "sales --help".
local SPOKEN = { help = "--help", version = "--version" }

-- Ends the command with the help or an error, for words that name none.
local function refuse(parser, words, args)
  if #words.left == 0 or #args == 0 then arguments.show_help(parser) end
  parser:parse(words:rest(parser))
end

local function run(args, state)
  local words = arguments.words(args)
  local spoken = SPOKEN[words:next()]
  if spoken then table.insert(words.left, spoken) else words:put_back() end
  local found, parser_of_words = find(words)
  if not found then return refuse(parser_of_words, words, args) end
  local command = found.command
  state.see = PROGRAM .. " " .. found.name
  local parser = arguments.parser(state.see, found.summary)
  command.configure(parser)
  add_examples(parser, command.examples)
  arguments.add_general(parser, command.general)
  local parsed = parser:parse(words:rest(parser, command.passes_on))
  local context = require("gumroad.cli.context").new(parsed, state.see, registry)
  if command.runs_scripts then state.see = nil end
  local code = command.run(context, parsed) or exit_codes.SUCCESS
  context.finish()
  return code
end

-- The fields of an error in their order; others follow, sorted.
local ERROR = { { "kind", "string" }, { "message", "string" }, { "status", "integer?" },
  type = { kind = "string", message = "string", status = "integer?" } }

-- Writes a failure as JSON, for --json. Without the C core there is no JSON, and it is a line as ever.
local function as_json(wrong)
  local json = require "gumroad.cli.output.json"
  local shown = failure.to_table(wrong)
  shown.message = printable(shown.message, MOST)
  local ok, text = pcall(json.encode_object, shown, ERROR)
  return ok and text .. "\n"
end

local function report(wrong, is_json)
  local text = is_json and wrong.message and as_json(wrong)
  if text then
    io.stderr:write(text)
    return
  end
  if wrong.message then io.stderr:write(PROGRAM, ": ", printable(wrong.message, MOST), "\n") end
  if wrong.trace then io.stderr:write(wrong.trace, "\n") end
  if wrong.see then io.stderr:write("See: ", wrong.see, " --help\n") end
end

--- Runs the program.
-- @param args array of words, like Lua's `arg`
-- @return exit code
function cli.main(args)
  local state = { see = PROGRAM }
  local debugging = arguments.is_set(args, "--debug")
  local _, outcome = xpcall(function() return { code = run(args, state) } end, function(raised)
    local wrong = failure.of(raised, state.see)
    if debugging and wrong.code ~= exit_codes.SUCCESS then wrong.trace = debug.traceback("", 2):gsub("^\n", "") end
    return wrong
  end)
  local flushed, why = io.stdout:flush()
  if outcome.code == exit_codes.SUCCESS and not flushed then _, outcome = pcall(failure.output, why) end
  report(outcome, arguments.is_set(args, "--json"))
  return outcome.code
end

return cli
