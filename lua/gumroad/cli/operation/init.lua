--- A row of gumroad.api as a command: its path's names are arguments, its parameters options.
local arguments = require "gumroad.cli.arguments"
local exit_codes = require "gumroad.cli.exit_codes"
local values = require "gumroad.cli.values"
local schema = require "gumroad.api.schema"

local operation = {}

--- The options of a row: of each the `name` with dashes, the `param` of the row, and what its
-- `argument` is called. A function cannot be given on a command line.
function operation.options(row)
  local options = {}
  for _, param in ipairs(row.params) do
    local type = param[2]
    if type ~= "function" then
      options[#options + 1] = { name = "--" .. param[1]:gsub("_", "-"), param = param, type = type,
        argument = type == "boolean" and "true|false" or values.TYPES[type][1] }
    end
  end
  return options
end

local HINTS = {
  string = "", integer = "", boolean = "", date = "",
  array = "may be repeated, or one JSON array of all",
  object = "JSON, @FILE or - for standard input",
}

--- What the help says of an option.
function operation.describe(option)
  local param, hint = option.param, HINTS[option.type]
  local doc = param.doc or ""
  return doc .. (doc ~= "" and hint ~= "" and "; " or "") .. hint
end

local function add_option(parser, option)
  local name = option.name
  local element = parser:option(name):target(option.param[1])
  element:description(operation.describe(option))
  if option.type == "boolean" then
    element:choices { "true", "false" }:convert { ["true"] = true, ["false"] = false }
  else
    local convert = values.TYPES[option.type][2]
    element:argname(option.argument):convert(option.convert or function(word)
      local value, why = convert(word)
      if value == nil then why = ("option '%s': %s"):format(name, why) end
      return value, why
    end)
  end
  if option.type == "array" then element:action("append"):init(nil) end
  return element:count((option.param.required and "1" or "0") .. (option.type == "array" and "+" or "-1"))
end

--- The option that lists have besides.
operation.LIMIT = { name = "--limit", argument = "NUMBER", type = "integer", convert = values.whole("--limit", 0),
  param = { "limit", "integer", doc = "at most so many; default: all, page by page" } }

-- What a row needs of a token, in words.
local function scopes(row)
  if not row.scopes then return "Needs no access token." end
  return "The token needs " .. (#row.scopes > 1 and "one of the scopes " or "the scope ")
    .. table.concat(row.scopes, ", ") .. "."
end

--- Whether a row tells if something is valid, as licenses.check does: the exit code then says it too.
function operation.gives_verdict(row)
  local object = schema[row.object]
  return object ~= nil and object.type.valid ~= nil
end

--- What is to be known of a row besides its doc: scopes, exit codes.
function operation.remarks(row)
  if not operation.gives_verdict(row) then return scopes(row) end
  return ("%s The exit code is %d if it is valid, %d if Gumroad gave no answer, else %d."):format(scopes(row),
    exit_codes.SUCCESS, exit_codes.NO_RESPONSE, exit_codes.REFUSED)
end

--- Adds a row's arguments and options to its parser.
function operation.configure(row, parser)
  for i, name in ipairs(row.path_params) do
    parser:argument(name):target("id " .. i)
  end
  local own = {}
  for i, option in ipairs(operation.options(row)) do own[i] = add_option(parser, option) end
  if row.is_list then own[#own + 1] = add_option(parser, operation.LIMIT) end
  arguments.group(parser, "Options", own)
  local line = row.method and row.path and ("%s /v2%s\n"):format(row.method, row.path) or ""
  parser:epilog(line .. operation.remarks(row))
end

--- The command of a row; see gumroad.cli.
function operation.command(row)
  return {
    name = row.resource .. " " .. row.name, summary = row.doc,
    configure = function(parser) operation.configure(row, parser) end,
    run = function(context, args) return require("gumroad.cli.operation.call")(row, context, args) end,
  }
end

return operation
