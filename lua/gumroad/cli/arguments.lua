--- The command line's arguments, over argparse: what every command takes, and what the rows of
-- gumroad.api make of their parameters.
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local formats = require "gumroad.cli.output.formats"
local values = require "gumroad.cli.values"

local arguments = {}

--- What the command is called.
arguments.PROGRAM = "gumroad-lua"

local unpack = table.unpack or unpack

local function load_argparse()
  local ok, argparse = pcall(require, "argparse")
  if ok then return argparse end
  if not tostring(argparse):find("module 'argparse' not found", 1, true) then error(argparse, 0) end
  failure.raise(exit_codes.CONFIG, "argparse is missing, which reads the command line: apt install lua-argparse, "
    .. "or luarocks install argparse")
end

--- The options that every command takes, in the order of the help: { NAME, [ARGUMENT,] doc = TEXT, group = the word
-- for those that go together }.
arguments.GENERAL = {
  { "--fields", "A,B,C", group = "output",
    doc = "Print these fields; a dot leads into nested ones, as in card.visual." },
  { "--connection", "NAME", group = "shop", doc = "Use this stored connection; default: the token in "
    .. "GUMROAD_ACCESS_TOKEN, else the default connection." },
  { "--base-url", "URL", group = "shop", doc = "Where the API is; default: GUMROAD_API_BASE_URL, else Gumroad. A "
    .. "stored connection is used at its own server alone: to name another is an error." },
  { "--timeout", "SECONDS", group = "shop", doc = "Give an attempt so long; default: 30.",
    convert = values.seconds "--timeout" },
  { "--debug", group = "every command", doc = "Show where in the program an error arose." },
}
for i, format in ipairs(formats.with_flag()) do
  table.insert(arguments.GENERAL, i, { "--" .. format.name, group = "output", doc = format.doc })
end

local takes_value = {}
for _, option in ipairs(arguments.GENERAL) do takes_value[option[1]] = option[2] ~= nil end

--- Whether one of the options without a value is among the words.
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

--- The words of a command line, of which those that name a command can be taken out, wherever
-- the general options stand.
function arguments.words(args)
  local left = {}
  for i, word in ipairs(args) do left[i] = word end
  return setmetatable({ left = left }, Words)
end

-- The place of the first word that is no option, and no general option's value.
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

--- The words that were not taken, as argparse wants them.
-- @param passes_on whether the words from the first that is no option on are not ours to read
function Words:rest(passes_on)
  local rest, first, ours = {}, passes_on and self:first(), true
  for at, word in ipairs(self.left) do
    if at == first then rest[#rest + 1] = "--" end
    ours = ours and at ~= first and word ~= "--"
    local before = rest[#rest]
    if ours and word:find("^%-%d") and before and before:find("^%-%-[^=]+$") then
      rest[#rest] = before .. "=" .. word  -- argparse would take a negative number for an option
    else
      rest[#rest + 1] = ours and with_dashes(word) or word
    end
  end
  return rest
end

-- Parsers -------------------------------------------------------------------------------

--- A parser for the words of one command. What is wrong ends the command with a Failure; so does
-- --help, which is printed first.
function arguments.parser(name, description)
  local parser = load_argparse()(name, description):help_max_width(100):add_help(false)
  function parser.error(_, message)
    failure.raise(exit_codes.USAGE, (message:gsub("\n", ". ", 1)), name)
  end
  return parser
end

--- A group of the help, if there is anything in it.
function arguments.group(parser, title, elements)
  if #elements > 0 then parser:group(title, unpack(elements)) end
end

local function add_help(parser)
  parser:flag("-h --help", "Show this help."):action(function()
    local ok, why = io.stdout:write(parser:get_help(), "\n")
    if not ok then failure.output(why) end
    failure.raise(exit_codes.SUCCESS)
  end)
end

-- Whether the help lists an option: `shown` names it or its group.
local function is_shown(option, shown)
  if not shown or option.group == "every command" then return true end
  for _, name in ipairs(shown) do
    if name == option[1] or name == option.group then return true end
  end
  return false
end

--- Adds the options of every command, after its own: the usage names only those.
-- @param shown those that the help lists, besides --debug and --help: an array of their names, or of the words for
--   a group, "output" or "shop"; nil: all
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
  parser:usage(usage .. " [<other options>]")
end

return arguments
