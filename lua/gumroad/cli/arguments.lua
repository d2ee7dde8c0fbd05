--- Reads the command line with argparse: the words that name a command, and the options that every command takes.
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local formats = require "gumroad.cli.output.formats"
local values = require "gumroad.cli.values"

local arguments = {}

--- Name of the program.
arguments.PROGRAM = "gumroad-lua"

local WIDTH, NARROWEST, WIDEST = 80, 40, 100  -- columns of the help: not on a terminal, and at least and at most

local OTHERS = "[<other options>]"  -- in the usage

local unpack = table.unpack or unpack

local function load_argparse()
  local ok, argparse = pcall(require, "argparse")
  if ok then return argparse end
  if not tostring(argparse):find("module 'argparse' not found", 1, true) then error(argparse, 0) end
  failure.raise(exit_codes.CONFIG, "argparse, which reads the command line, is missing: run apt install lua-argparse "
    .. "or luarocks install argparse")
end

--- The options that every command takes, in the order of the help: { NAME, [ARGUMENT,] doc = TEXT, group = NAME }.
-- A command chooses the groups that its help lists.
arguments.GENERAL = {
  { "--fields", "A,B,C", group = "output",
    doc = "Print only these fields; a dot leads into nested fields, as in card.visual." },
  { "--connection", "NAME", group = "shop", doc = "Use this stored connection (default: the token in "
    .. "GUMROAD_ACCESS_TOKEN, then the default connection)." },
  { "--base-url", "URL", group = "shop", doc = "Address of the API (default: GUMROAD_API_BASE_URL, then Gumroad's). A "
    .. "stored connection works only with its own server." },
  { "--timeout", "SECONDS", group = "shop", doc = "Seconds allowed for one attempt (default: 30).",
    convert = values.seconds "--timeout" },
  { "--debug", group = "every command", doc = "Print each request to standard error, with secrets and "
    .. "buyers masked, and where in the program an error occurred." },
}
for i, format in ipairs(formats.with_flag()) do
  table.insert(arguments.GENERAL, i, { "--" .. format.name, group = "output", doc = format.doc })
end

local takes_value = {}
for _, option in ipairs(arguments.GENERAL) do takes_value[option[1]] = option[2] ~= nil end

--- Tells whether an option without a value is among the words.
function arguments.is_set(args, name)
  for _, word in ipairs(args) do
    if word == "--" then return false end
    if word == name then return true end
  end
  return false
end

-- Words ---------------------------------------------------------------------------------

local Words = {}
Words.__index = Words

--- Makes a list of words from which those that name a command can be taken, wherever the general options are.
function arguments.words(args)
  local left = {}
  for i, word in ipairs(args) do left[i] = word end
  return setmetatable({ left = left }, Words)
end

-- Returns the position of the first word that is neither an option nor the value of a general option.
function Words:first()
  local at = 1
  while self.left[at] do
    local word = self.left[at]
    if word == "--" then return nil end
    if word:sub(1, 1) ~= "-" or word == "-" then return at end
    at = at + (takes_value[word] and 2 or 1)
  end
end

--- Takes the next word that may name a command, or returns nil.
function Words:next()
  self.at = self:first()
  self.taken = self.at and table.remove(self.left, self.at)
  return self.taken
end

--- Puts back what next() took last.
function Words:put_back()
  if self.taken then table.insert(self.left, self.at, self.taken) end
end

-- "--page_key=KEY" -> "--page-key=KEY"
local function with_dashes(word)
  return (word:gsub("^%-%-[^=]+", function(name) return (name:gsub("_", "-")) end))
end

-- Returns the options of a parser: name -> whether it takes a value.
local function options_of(parser)
  local options = {}
  for _, option in ipairs(parser._options) do
    for _, name in ipairs(option._aliases) do options[name] = option._maxargs > 0 end
  end
  return options
end

-- Whether a word that begins with a dash is a value, such as -500 or -AbC==, and not an option.
local function is_value(word, options)
  return word:sub(1, 1) ~= "-" or word == "-"
    or word:sub(1, 2) ~= "--" and options[word] == nil
end

--- Returns the words that were not taken, in the form that argparse needs: it takes values that begin with a dash only
-- behind "=" or "--".
-- @param parser    of the command
-- @param passes_on whether the first word that is not an option, and all that follow, are passed on unread
function Words:rest(parser, passes_on)
  local options, rest, others = options_of(parser), {}, {}
  local last = passes_on and self:first() or #self.left + 1
  local at = 1
  while at < last and self.left[at] ~= "--" do
    local word, value = with_dashes(self.left[at]), self.left[at + 1]
    if is_value(word, options) then
      others[#others + 1] = self.left[at]
    elseif options[word] and at + 1 < last and value ~= "--" and options[with_dashes(value)] == nil then
      rest[#rest + 1] = word .. "=" .. value
      at = at + 1
    else
      rest[#rest + 1] = word
    end
    at = at + 1
  end
  if self.left[at] == "--" and at < last then at = at + 1 end
  for i = at, #self.left do others[#others + 1] = self.left[i] end
  if #others > 0 then rest[#rest + 1] = "--" end
  for _, word in ipairs(others) do rest[#rest + 1] = word end
  return rest
end

-- Parsers -------------------------------------------------------------------------------

-- Returns the columns of the help: those of the terminal, if it is one. The C module that knows may not be built yet.
local function help_width()
  local ok, system = pcall(require, "gumroad.system")
  local columns = ok and system.terminal_width(1) or WIDTH
  return math.max(NARROWEST, math.min(columns, WIDEST))
end

--- Makes a parser for the words of one command. A mistake ends the command with a Failure; so does --help, after it
-- has printed the help.
function arguments.parser(name, description)
  local columns = help_width()
  local parser = load_argparse()(name, description):help_max_width(columns):usage_max_width(columns):add_help(false)
  function parser.error(_, message)
    failure.raise(exit_codes.USAGE, (message:gsub("\n", ". ", 1)), name)
  end
  return parser
end

--- Makes a group in the help, unless it would be empty.
function arguments.group(parser, title, elements)
  if #elements > 0 then parser:group(title, unpack(elements)) end
end

--- Returns examples as the end of a help.
function arguments.examples(lines)
  return "Examples:\n   " .. table.concat(lines, "\n   ")
end

--- Prints a parser's help, and ends the command with success.
function arguments.show_help(parser)
  local ok, why = io.stdout:write(parser:get_help(), "\n")
  if not ok then failure.output(why) end
  failure.raise(exit_codes.SUCCESS)
end

local function add_help(parser)
  parser:flag("-h --help", "Show this help."):action(function() arguments.show_help(parser) end)
end

-- Whether the help lists an option: `shown` has its name or its group.
local function is_shown(option, shown)
  if not shown or option.group == "every command" then return true end
  for _, name in ipairs(shown) do
    if name == option[1] or name == option.group then return true end
  end
  return false
end

--- Adds the options that every command takes, after its own. The usage line names only its own.
-- @param shown the options that the help lists in addition to --debug and --help: an array of names of options or
--   groups ("output", "shop"); nil for all
function arguments.add_general(parser, shown)
  local usage, by_name = parser:get_usage(), {}
  for _, option in ipairs(arguments.GENERAL) do
    local element = option[2] and parser:option(option[1]):argname(option[2]) or parser:flag(option[1])
    element:description(option.doc):hidden(not is_shown(option, shown))
    if option.convert then element:convert(option.convert) end
    by_name[option[1]] = element
  end
  add_help(parser)
  local exclusive = formats.with_flag()
  for i, format in ipairs(exclusive) do exclusive[i] = by_name["--" .. format.name] end
  parser:mutex(unpack(exclusive))
  local fits = #(usage:gsub("^.*\n", "")) + #OTHERS < help_width()
  parser:usage(usage .. (fits and " " or "\n       ") .. OTHERS)
end

return arguments
