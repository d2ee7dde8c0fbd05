--- Writes the manual page in mdoc, from the tables that the command uses.
local arguments = require "gumroad.cli.arguments"
local env = require "gumroad.base.env"
local exit_codes = require "gumroad.cli.exit_codes"
local formats = require "gumroad.cli.output.formats"
local rows = require "gumroad.cli.operation.rows"

local HEAD = [[
.Dd %s
.Dt GUMROAD-LUA 1
.Os
.Sh NAME
.Nm gumroad-lua
.Nd script a Gumroad shop from the command line
.Sh SYNOPSIS
.Nm
.Ar resource
.Ar operation
.Op Ar id ...
.Op Ar options
.Nm
.Ar command
.Op Ar arguments
.Sh DESCRIPTION
Every operation of Gumroad's API is a command:
.Nm
.Cm sales list
prints the sales.
Ids are arguments, all other parameters are options.
Names may be written with dashes or underscores.
.Pp
For a text,
.Ar @FILE
stands for the contents of a file, and
.Ar -
for standard input.
To give a text that begins with @, write @@.
For an array, repeat the option for each element, or give one JSON array; an object is given as JSON.
A negative number or a text that begins with a dash may need
.Fl Fl name Ns = Ns Ar value .
.Pp
A list is printed page by page until its end, or up to
.Fl Fl limit .
If it ends there,
.Fl Fl next-page-key
says on standard error how to continue it.
]]

local OUTPUT = [[
.Sh OUTPUT
On a terminal, a list is printed as a table that fits its width, and an object as lines of
.Dq field: value .
Money is shown in the main unit of its currency, if that is known, and times in UTC.
Elsewhere, a list is printed as with
.Fl Fl plain ,
and an object as lines without colors.
Neither %s changes a value: money is a whole number in the smallest unit of its currency.
]]

local TAIL = [[
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev GUMROAD_ACCESS_TOKEN
The access token.
To get one, open Settings, Advanced, Applications in Gumroad.
.It Ev GUMROAD_API_BASE_URL
The address of the API, if it is not Gumroad's own; an emulator's, for example.
.It Ev GUMROAD_CA_BUNDLE
A file of CA certificates to trust instead of the system's.
.It Ev NO_COLOR
Any text turns colors off, as does
.Ev TERM
with the value dumb.
.El
]]

local EXAMPLES = [[
.Sh EXAMPLES
.Dl gumroad-lua sales list --after 2026-01-01 --csv > sales.csv
.Dl gumroad-lua products create --name Ink --price 900 --description @ink.html
.Dl gumroad-lua sales list --fields email --plain | sort -u
.Dl gumroad-lua api POST /v2/products --field name=Ink --field price=900
.Dl gumroad-lua trigger sale --to http://127.0.0.1:3000/hook
]]

-- Writes a text as a line of mdoc, which must not begin with what roff takes for a request.
local function text(words)
  return (words:gsub("\\", "\\e"):gsub("^([.'])", "\\&%1"):gsub("\n%s*", " "))
end

-- Writes a word that follows a macro, so that it is not taken for a macro.
local function word(name)
  return "\\&" .. name:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub('"', "\\(dq"):gsub(" ", "\\ ")
end

local function option_line(name, argument)
  return ".It Fl " .. word(name:sub(2)) .. (argument and " Ar " .. word(argument) or "")
end

local function add_operation(out, row)
  local line = { ".It Cm", word(row.resource), word(row.name) }
  for _, id in ipairs(row.path_params) do line[#line + 1] = "Ar " .. word(id) end
  out[#out + 1] = table.concat(line, " ")
  out[#out + 1] = text(row.doc)
  out[#out + 1] = text(rows.remarks(row))
  local options = rows.all_options(row)
  if #options == 0 then return end
  out[#out + 1] = ".Bl -tag -width Ds -compact"
  for _, option in ipairs(options) do
    out[#out + 1] = option_line(option.name, option.argument)
    local doc = (rows.is_required(option.param) and "Required. " or "") .. rows.describe(option)
    out[#out + 1] = doc ~= "" and text(doc) or nil
  end
  out[#out + 1] = ".El"
end

local function add_operations(out, registry)
  out[#out + 1] = ".Sh OPERATIONS"
  for _, name in ipairs(registry.resources()) do
    out[#out + 1] = ".Ss " .. word(name)
    out[#out + 1] = ".Bl -tag -width Ds"
    for _, row in ipairs(registry.operations(name)) do add_operation(out, row) end
    out[#out + 1] = ".El"
  end
end

-- Adds the help of a command as it is.
local function add_command(out, registry, row)
  local parser = arguments.parser(arguments.PROGRAM .. " " .. row.name, row.summary)
    :help_max_width(74):usage_max_width(74)
  registry.command(row.name).configure(parser)
  out[#out + 1] = ".Ss " .. word(row.name)
  out[#out + 1] = ".Bd -literal"
  for line in (parser:get_help() .. "\n"):gmatch("(.-)\n") do out[#out + 1] = text(line) end
  out[#out + 1] = ".Ed"
end

local function add_general(out)
  out[#out + 1] = ".Sh OPTIONS"
  out[#out + 1] = "These options can be anywhere in the command line."
  out[#out + 1] = ".Bl -tag -width Ds"
  for _, option in ipairs(arguments.GENERAL) do
    out[#out + 1] = option_line(option[1], option[2])
    out[#out + 1] = text(option.doc)
  end
  out[#out + 1] = ".El"
end

local function add_exit_codes(out)
  out[#out + 1] = ".Sh EXIT STATUS"
  out[#out + 1] = ".Bl -tag -width Ds"
  for _, code in ipairs(exit_codes) do
    out[#out + 1] = ".It " .. code[1]
    out[#out + 1] = text(code[3])
  end
  out[#out + 1] = ".El"
end

local function output_section()
  local names = {}
  for i, format in ipairs(formats.with_flag()) do names[i] = format.title or "\n.Fl Fl " .. format.name .. "\n" end
  local section = OUTPUT:format(table.concat(names, " nor "))
  return (section:gsub(" *\n *", "\n"):gsub("\n$", ""))
end

local function day()
  return os.date("!%B %d, %Y", tonumber(env.get "SOURCE_DATE_EPOCH")):gsub(" 0", " ")
end

--- Writes the page.
-- @param registry gumroad.cli.registry
-- @return string the page
return function(registry)
  local out = { (HEAD:format(day()):gsub("\n$", "")) }
  add_general(out)
  out[#out + 1] = output_section()
  out[#out + 1] = ".Sh COMMANDS"
  for _, row in ipairs(registry.COMMANDS) do add_command(out, registry, row) end
  add_operations(out, registry)
  out[#out + 1] = TAIL:gsub("\n$", "")
  add_exit_codes(out)
  out[#out + 1] = EXAMPLES:gsub("\n$", "")
  return table.concat(out, "\n") .. "\n"
end
