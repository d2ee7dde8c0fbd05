--- An object for people: lines of "field: value". Behind them, a field that is a list of objects is a table.
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local tables = require "gumroad.cli.output.formats.table"
local safe = require("gumroad.base.text").safe

local BOLD, OFF = "\27[1m", "\27[0m"

local function line(view, item, path)
  local name = safe(fields.label(view.object, path)) .. ":"  -- the schema may not know the field
  if view.color then name = BOLD .. name .. OFF end
  view.write(name .. " " .. fields.shown(view.object, item, path) .. "\n")
end

-- Returns the object that a field lists, if that is worth a table: there are rows, of scalars.
local function object_of_rows(view, item, path)
  local type_name = fields.type(view.object, path)
  local element = type_name and read_type(type_name).array
  local object, value = element and schema[element.name], fields.value(item, path)
  if not object or type(value) ~= "table" or #value == 0 then return nil end
  for _, field in ipairs(object) do
    if not read_type(field[2]).scalar then return nil end
  end
  return object
end

local function is_in_any(rows, name)
  for _, row in ipairs(rows) do
    if row[name] ~= nil then return true end
  end
end

-- Returns the columns for rows: texts first, as they say what a row is about, and the last columns may not fit.
local function columns_for(object, rows)
  local texts, others = {}, {}
  for _, name in ipairs(fields.all(object)) do
    local list = fields.is_number(object, name) and others or texts
    if is_in_any(rows, name) then list[#list + 1] = name end
  end
  for _, name in ipairs(others) do texts[#texts + 1] = name end
  return texts
end

local function print_rows(view, item, path, object)
  view.write("\n" .. safe(path) .. "\n")
  local rows = fields.value(item, path)
  local printer = tables.list { object = object, paths = columns_for(object, rows), write = view.write,
    note = view.note, width = view.width, color = view.color }
  printer:page(rows)
  printer:finish()
end

return {
  object = function(view, item)
    local rows = {}
    for _, path in ipairs(view.paths or json.keys(item, view.object)) do
      local object = object_of_rows(view, item, path)
      if object then rows[#rows + 1] = { path, object } else line(view, item, path) end
    end
    for _, row in ipairs(rows) do print_rows(view, item, row[1], row[2]) end
  end,
}
