--- Writes results as JSON: the fields of objects in the order of gumroad.schema, then all others, sorted. Whole numbers
-- have no fraction, and the type tells an empty array from an empty object. The core writes it; here is in which order.
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"

local json = {}

--- Returns the keys of an object: those of the schema in its order, then the others, sorted.
-- @param fields from gumroad.schema, or nil
function json.keys(object, fields)
  local keys, others = {}, {}
  for _, field in ipairs(fields or {}) do
    if object[field[1]] ~= nil then keys[#keys + 1] = field[1] end
  end
  for key in pairs(object) do
    if not (fields and fields.type[key]) then others[#others + 1] = tostring(key) end
  end
  table.sort(others)
  for _, key in ipairs(others) do keys[#keys + 1] = key end
  return keys
end

-- Plans ----------------------------------------------------------------------------------------

local Plan = {}
Plan.__index = Plan

-- Makes an empty plan: an array of nodes, see core.json_writer.
local function new_plan()
  return setmetatable({ nodes = {}, number_of = {} }, Plan)
end

-- Adds a node for a type of gumroad.api.type or for the fields of an object; returns its number.
function Plan:add(of, make)
  if self.number_of[of] then return self.number_of[of] end
  local node = {}
  self.nodes[#self.nodes + 1] = node
  local number = #self.nodes
  self.number_of[of] = number
  make(node)
  return number
end

--- Returns the number of the node for an object.
function Plan:object(fields)
  return self:add(fields, function(node)
    for i, field in ipairs(fields) do node[i] = { field[1], self:type(read_type(field[2])) } end
  end)
end

--- Returns the number of the node for a type; nil for a value whose type says nothing more. If the type has
-- alternatives, the first one counts.
function Plan:type(type)
  type = type.union and type.union[1] or type
  if schema[type.name] then return self:object(schema[type.name]) end
  local element = type.array or type.map
  if not element and type.name ~= "list" then return nil end
  return self:add(type, function(node)
    node.is_list = not type.map
    node.element = element and self:type(element)
  end)
end

-- Writers --------------------------------------------------------------------------------------

-- The core is loaded when something is written, as --help works without it.
local function new_writer(nodes)
  return require("gumroad.core").json_writer(nodes)
end

local of_object, of_type = {}, {}  -- fields or the name of a type -> writer

-- Returns core.json_writer's functions for objects with these fields: { object = for one, items = for an array }.
local function object_writers(fields)
  fields = fields or {}
  if not of_object[fields] then
    local plan = new_plan()
    plan:object(fields)
    local object, items = new_writer(plan.nodes)
    of_object[fields] = { object = object, items = items }
  end
  return of_object[fields]
end

local function type_writer(type_name)
  type_name = type_name or "table"
  if not of_type[type_name] then
    local plan = new_plan()
    plan:type(read_type(type_name))
    of_type[type_name] = new_writer(plan.nodes[1] and plan.nodes or { {} })
  end
  return of_type[type_name]
end

--- Writes an object.
-- @param fields of the object, from gumroad.schema, or nil
-- @param indent whether its members have lines of their own, at this level of nesting (a number); nil for one line
function json.encode_object(object, fields, indent)
  return object_writers(fields).object(object, indent ~= nil, indent)
end

--- Writes objects, each behind a line end, with commas between them.
-- @param fields, indent see encode_object
function json.encode_objects(objects, fields, indent)
  return object_writers(fields).items(objects, indent ~= nil, indent)
end

--- Writes a value.
-- @param type_name as in gumroad.schema, such as "sale" or "string[]?"; nil if it is not known
-- @param indent    see encode_object
function json.encode(value, type_name, indent)
  return type_writer(type_name)(value, indent ~= nil, indent)
end

--- Makes a function that writes an item as a line of CSV: texts as they are, nested values as JSON.
-- @param object     the fields of the items, from gumroad.schema
-- @param columns    array of { path = STRING, type = as in gumroad.schema or nil }
-- @param is_guarded whether texts that a spreadsheet would run as formulas get an apostrophe in front
-- @return function(item) -> line, whether the item has fields that have no column
function json.csv_writer(columns, is_guarded)
  local plan, list = new_plan(), {}
  plan.nodes[1] = {}
  for i, column in ipairs(columns) do
    list[i] = { column.path, node = column.type and plan:type(read_type(column.type)) }
    if column.path:find(".", 1, true) then
      for part in column.path:gmatch("[^.]+") do list[i][#list[i] + 1] = part end
    end
  end
  return require("gumroad.core").csv_writer(plan.nodes, list, is_guarded)
end

return json
