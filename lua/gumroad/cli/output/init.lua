--- Prints results in the format that the arguments choose.
--
-- By default, a list is printed as a table and an object as lines of "field: value" on a terminal. Elsewhere, a list is
-- printed as with --plain, and an object as those lines without colors.
local failure = require "gumroad.cli.failure"
local trimmed = require("gumroad.base.text").trimmed
local fields = require "gumroad.cli.output.fields"
local formats = require "gumroad.cli.output.formats"

local output = {}

local function check_path(object, path, command)
  local name = path:match("^[^.]+") or ""
  if object.open or object.type[name] then return end
  failure.usage(command, "--fields: unknown field '%s'%s", path, require("gumroad.base.error").hint(name, object.type))
end

-- Returns the paths that --fields names, or nil.
local function chosen_paths(object, context)
  local text = context.args.fields
  if not text then return nil end
  local paths = {}
  for part in (text .. ","):gmatch("([^,]*),") do
    local path = trimmed(part)
    check_path(object, path, context.command)
    paths[#paths + 1] = path
  end
  return paths
end

--- Tells whether the arguments choose a format or fields.
function output.is_asked_for(args)
  return formats.asked_for(args) ~= nil or args.fields ~= nil
end

--- Ends the command if the arguments choose fields, or a format other than this one.
-- @param name   the format
-- @param context see gumroad.cli.context
-- @param reason message that says what can be printed
function output.refuse_all_but(name, context, reason)
  local asked = formats.asked_for(context.args)
  if asked ~= nil and asked ~= name or context.args.fields then failure.usage(context.command, "%s", reason) end
end

local Output = {}
Output.__index = Output

--- Makes the output for a row of gumroad.api. Make it before the call, as it checks the arguments.
function output.new(context, row)
  local object = fields.of(row)
  if row.kind == "file" and context.is_terminal then
    failure.usage(context.command, "the result is a file: redirect the output with > FILE")
  end
  local view = {  -- what a format needs to know
    object = object, paths = chosen_paths(object, context), write = context.write, note = context.note,
    width = context.width, color = context.color, is_terminal = context.is_terminal,
  }
  return setmetatable({ view = view, is_terminal = context.is_terminal, asked = formats.asked_for(context.args) },
    Output)
end

local function format_for(self, kind) return formats.load(self.asked, kind, self.is_terminal) end

--- Returns a printer for a list: call page(items) for each page, then finish().
function Output:list()
  return format_for(self, "list").list(self.view)
end

--- Prints an object.
function Output:object(item)
  format_for(self, "object").object(self.view, item)
end

--- Prints a file's bytes.
function Output:file(bytes)
  self.view.write(bytes)
end

return output
