--- Generates library/gumroad.lua: annotations with which editors complete and check calls.
local api = require "gumroad.api"
local events = require "gumroad.api.events"
local schema = require "gumroad.api.schema"
local Error = require "gumroad.base.error"
local tables = require "doc.tables"
local read_type = require "gumroad.api.type"

local WIDTH = 110

local types = {}

local function class_name(...) return "gumroad." .. tables.class_name(...) end

-- Types -----------------------------------------------------------------------------------

local BASIC = {
  string = "string", integer = "integer", number = "number", boolean = "boolean", table = "table",
  list = "any[]",
}

local function notation(type)
  if type.array then
    local element = notation(type.array)
    return (element:find("|", 1, true) and "(" .. element .. ")" or element) .. "[]"
  elseif type.map then return "table<string, " .. notation(type.map) .. ">"
  elseif type.union then
    local parts = {}
    for i, part in ipairs(type.union) do parts[i] = notation(part) end
    return table.concat(parts, "|")
  end
  return BASIC[type.name] or class_name(type.name)
end

local PARAM_TYPES = {
  string = "string", integer = "integer", boolean = "boolean", date = "gumroad.Date", array = "any[]",
  object = "table", ["function"] = "function",
}

-- Lines -----------------------------------------------------------------------------------

local function add_doc(out, text)
  if text == "" then return end
  for _, line in ipairs(tables.wrap(text, WIDTH)) do out[#out + 1] = "---" .. line end
end

-- Adds a tag with its text after it or, if the line would be too long, above it.
local function add_tag(out, tag, text)
  local line = text == "" and tag or tag .. " # " .. text
  if #line > WIDTH then
    add_doc(out, text)
    line = tag
  end
  out[#out + 1] = line
end

local function add_field(out, name, optional, type, text)
  add_tag(out, ("---@field %s%s %s"):format(name, optional and "?" or "", type), text)
end

local function add_schema_fields(out, fields)
  for _, field in ipairs(fields) do
    local type = read_type(field[2])
    add_field(out, field[1], type.optional, notation(type), field.doc or "")
  end
end

local function add_class(out, name, parent)
  out[#out + 1] = ""
  out[#out + 1] = "---@class " .. name .. (parent and ": " .. parent or "")
end

-- Objects ---------------------------------------------------------------------------------

local function add_object(out, name)
  add_class(out, class_name(name))
  add_schema_fields(out, schema[name])
  if schema[name].open then add_field(out, "[string]", false, "any", "the buyer's answers, by name of the field") end
end

-- Parameters ------------------------------------------------------------------------------

local LIMIT = { "limit", "integer", doc = "maximum number of elements (default: one page)" }

local function add_params_class(out, name, params)
  local inner = {}
  for _, param in ipairs(params) do
    if param.fields then inner[#inner + 1] = param end
  end
  for _, param in ipairs(inner) do add_params_class(out, name .. tables.class_name(param[1]), param.fields) end
  add_class(out, name)
  for _, param in ipairs(params) do
    local type = param.fields and name .. tables.class_name(param[1]) or PARAM_TYPES[param[2]]
    if param.accepts_boolean then type = type .. "|boolean" end
    add_field(out, param[1], not param.required, type, param.doc or "")
  end
end

local function params_class(row) return class_name(row.resource, row.name, "params") end

local function add_params(out, row)
  if not row.takes_params then return end
  local params = row.is_list and { LIMIT } or {}
  for _, param in ipairs(row.params) do params[#params + 1] = param end
  add_params_class(out, params_class(row), params)
end

-- Results of methods ----------------------------------------------------------------------

-- The class of what a row returns. With extra fields it is a class of its own.
local function result_class(row, object)
  local suffix = row.kind == "list" and "list" or nil
  if not row.extra_fields then return class_name(object, suffix) end
  return class_name(row.resource, row.name, object, suffix)
end

local function add_result(out, row, object)
  if not (object and row.extra_fields) then return end
  add_class(out, result_class(row, object), class_name(object, row.kind == "list" and "list" or nil))
  add_schema_fields(out, row.extra_fields)
end

local function returned(row)
  if row.kind == "message" then return "gumroad.Message" end
  if row.kind == "file" then return "string" end
  if not row.object then return "any" end
  return result_class(row, row.object) .. (row.alternative and "|" .. result_class(row, row.alternative) or "")
end

-- Adds a class for each list, once for each object that is listed.
local function add_list_classes(out)
  local listed = {}
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      if row.kind == "list" then listed[row.object] = true end
    end
  end
  for _, object in ipairs(tables.sorted_keys(listed)) do
    add_class(out, class_name(object, "list"), "gumroad.List")
    out[#out + 1] = "---@field [integer] " .. class_name(object)
  end
end

-- Methods ---------------------------------------------------------------------------------

local function add_arguments(out, row)
  local names = {}
  for i, name in ipairs(row.path_params) do
    names[i] = name
    out[#out + 1] = "---@param " .. name .. " string"
  end
  if row.takes_params then
    names[#names + 1] = "params"
    out[#out + 1] = ("---@param params%s %s"):format(row.needs_params and "" or "?", params_class(row))
  end
  names[#names + 1] = "options"
  out[#out + 1] = "---@param options? gumroad.CallOptions"
  return table.concat(names, ", ")
end

local function optional(type)
  return type == "any" and type or (type:find("|", 1, true) and "(" .. type .. ")" or type) .. "?"
end

local function add_method(out, row)
  out[#out + 1] = ""
  add_doc(out, row.doc or "")
  for _, note in ipairs(tables.notes(row)) do
    out[#out + 1] = "---"
    add_doc(out, note)
  end
  local arguments = add_arguments(out, row)
  out[#out + 1] = "---@return " .. optional(returned(row)) .. " result"
  out[#out + 1] = "---@return gumroad.Error? err"
  out[#out + 1] = ("function %s:%s(%s) end"):format(row.resource, row.name, arguments)
end

local function add_iterator(out, row, name, type, text)
  out[#out + 1] = ""
  add_doc(out, text)
  local arguments = add_arguments(out, row)
  out[#out + 1] = ("---@return fun(): %s?"):format(type)
  out[#out + 1] = ("function %s:%s(%s) end"):format(row.resource, name, arguments)
end

local function add_resource(out, resource)
  out[#out + 1] = ""
  out[#out + 1] = "-- shop." .. resource .. " " .. ("-"):rep(80 - #resource)
  for _, row in ipairs(api[resource]) do
    add_params(out, row)
    add_result(out, row, row.object)
    add_result(out, row, row.alternative)
  end
  add_class(out, "gumroad.Shop." .. resource)
  out[#out + 1] = "local " .. resource .. " = {}"
  for _, row in ipairs(api[resource]) do
    add_method(out, row)
    if row.is_list then
      add_iterator(out, row, "each", class_name(row.object),
        "Iterates over all elements, page after page, or over the first `limit` of them. Raises a gumroad.Error.")
      add_iterator(out, row, "pages", returned(row), "Iterates over the pages of the list. Raises a gumroad.Error.")
    end
  end
end

-- Placeholders of the template ------------------------------------------------------------

local EVENT_NAMES = tables.sorted_keys(events.named)

local PLACEHOLDERS = {}

function PLACEHOLDERS.shop_fields(out)
  for _, resource in ipairs(tables.resources()) do add_field(out, resource, false, "gumroad.Shop." .. resource, "") end
end

function PLACEHOLDERS.error_kinds(out)
  for _, kind in ipairs(Error.KINDS) do out[#out + 1] = ('---| "%s" # %s'):format(kind[1], kind[2]) end
end

function PLACEHOLDERS.handlers(out)
  for _, name in ipairs(EVENT_NAMES) do
    add_field(out, name, true, ("fun(data: %s, event: %s, watcher: gumroad.Watcher)"):format(
      class_name(events.named[name].object), class_name(name, "event")), "")
  end
end

function PLACEHOLDERS.urls(out)
  for _, name in ipairs(EVENT_NAMES) do add_field(out, name, true, "string", "") end
end

function PLACEHOLDERS.events(out)
  out[#out + 1] = "---@alias gumroad.Event"
  for _, name in ipairs(EVENT_NAMES) do out[#out + 1] = "---| " .. class_name(name, "event") end
  for _, name in ipairs(EVENT_NAMES) do
    add_class(out, class_name(name, "event"), "gumroad.AnyEvent")
    add_field(out, "type", false, ('"%s"'):format(name), "")
    add_field(out, "data", false, class_name(events.named[name].object), "")
  end
end

local function add_template(out)
  for line in io.lines("doc/types_template.lua") do
    local placeholder = line:match("^%-%-%-%$([%w_]+)$")
    if placeholder then PLACEHOLDERS[placeholder](out) else out[#out + 1] = line end
  end
end

--- The contents of library/gumroad.lua.
function types.text()
  local out = {}
  add_template(out)
  for _, resource in ipairs(tables.resources()) do add_resource(out, resource) end
  out[#out + 1] = ""
  out[#out + 1] = "-- Objects " .. ("-"):rep(81)
  for _, name in ipairs(tables.objects()) do add_object(out, name) end
  add_list_classes(out)
  return table.concat(out, "\n") .. "\n"
end

return types
