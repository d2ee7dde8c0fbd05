--- What operations answered, printed in the format that the arguments ask for.
--
-- Without one: for people on a terminal, a list as a table and an object as "field: value" lines;
-- elsewhere a list as with --plain, an object as those lines without colours.
-- A format is a module gumroad.cli.format.NAME: { list = function(view) -> { page(items), finish() },
-- object = function(view, item) }.
local failure = require "gumroad.cli.failure"
local fields = require "gumroad.cli.fields"

local output = {}

local function check_path(object, path)
  local name = path:match("^[^.]+") or ""
  if object.open or object.type[name] then return end
  failure.usage(nil, "--fields: unknown field '%s'%s", path, require("gumroad.error").hint(name, object.type))
end

-- The paths that --fields names, or nil.
local function chosen_paths(object, text)
  if not text then return nil end
  local paths = {}
  for path in (text .. ","):gmatch("%s*(.-)%s*,") do
    check_path(object, path)
    paths[#paths + 1] = path
  end
  return paths
end

-- What a format needs to know.
local function new_view(context, row)
  local object = fields.of(row)
  return {
    object = object, paths = chosen_paths(object, context.args.fields), write = context.write, note = context.note,
    width = context.width, colour = context.colour,
  }
end

local function format_of(args, default)
  local name = args.json and "json" or args.csv and "csv" or args.plain and "plain" or default
  return require("gumroad.cli.format." .. name)
end

--- A printer of a list: page(items) for each page, then finish().
-- @param row of gumroad.api
function output.list(context, row)
  return format_of(context.args, context.is_terminal and "table" or "plain").list(new_view(context, row))
end

--- Prints one object.
function output.object(context, row, item)
  format_of(context.args, "lines").object(new_view(context, row), item)
end

--- Prints a file's bytes, but not to a terminal.
function output.file(context, bytes)
  if context.is_terminal then failure.usage(nil, "this is a file; send it into one: ... > FILE") end
  context.write(bytes)
end

output.text = fields.text

return output
