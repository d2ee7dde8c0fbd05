--- Makes a command from a row of gumroad.api: ids become arguments, parameters become options.
local arguments = require "gumroad.cli.arguments"
local confirmation = require "gumroad.cli.operation.confirmation"
local dry_run = require "gumroad.cli.dry_run"
local rows = require "gumroad.cli.operation.rows"
local values = require "gumroad.cli.values"

local operation = {}

-- Returns a converter whose message names the option.
local function converter(option)
  local convert = values.TYPES[option.type][2]
  return option.convert or function(word)
    local value, why = convert(word)
    if value == nil then why = ("option '%s': %s"):format(option.name, why) end
    return value, why
  end
end

local function add_option(parser, option)
  local element = parser:option(option.name):target(option.param[1]):description(rows.describe(option))
  if option.type == "boolean" then
    element:choices { "true", "false" }:convert { ["true"] = true, ["false"] = false }
  else
    element:argname(option.argument):convert(converter(option))
  end
  if option.type == "array" then element:action("append"):init(nil) end
  return element:count((rows.is_required(option.param) and "1" or "0") .. (option.type == "array" and "+" or "-1"))
end

--- Adds a row's arguments and options to its parser.
function operation.configure(row, parser)
  for i, name in ipairs(row.path_params) do
    parser:argument(name):target("id " .. i)
  end
  local own = {}
  for i, option in ipairs(rows.all_options(row)) do own[i] = add_option(parser, option) end
  for _, param in ipairs(row.params) do
    if param.from_disk then
      own[#own + 1] = parser:option("--" .. param.from_disk):argname("PATH"):count("*"):action("append"):init(nil)
        :target(param.from_disk):description("File on this machine to upload first; may be repeated.")
    end
  end
  if rows.has_page_key(row) then
    own[#own + 1] = parser:flag("--next-page-key", "If the list ends at --limit, print to standard error the key with "
      .. "which --page-key continues it.")
  end
  if rows.is_write(row) then own[#own + 1] = dry_run.configure(parser) end
  if row.irreversible then own[#own + 1] = confirmation.configure(parser) end
  arguments.group(parser, "Options", own)
  local line = row.method and row.path and ("%s /v2%s\n"):format(row.method, row.path) or ""
  parser:epilog(line .. rows.remarks(row) .. "\n\n" .. arguments.examples(rows.examples(row)))
end

--- Returns the command for a row; see gumroad.cli.registry.
function operation.command(row)
  return {
    configure = function(parser) operation.configure(row, parser) end,
    run = function(context, args) return require("gumroad.cli.operation.call")(row, context, args) end,
  }
end

return operation
