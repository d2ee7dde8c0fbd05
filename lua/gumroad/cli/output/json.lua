--- Writes results as JSON: the fields of objects in the order of gumroad.schema, then all others, sorted. Whole numbers
-- have no fraction, and the type tells an empty array from an empty object.
local number = require "gumroad.base.number"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local utf8 = require("gumroad.base.text").utf8

local json = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f",
  ["\r"] = "\\r" }

local function text(value)
  return '"' .. utf8(value):gsub('[%c"\\]', function(char)
    return ESCAPES[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local function kind_of(type_name)
  return type_name and read_type(type_name)
end

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

local append

local function append_list(out, list, element)
  out[#out + 1] = "["
  for i, value in ipairs(list) do
    if i > 1 then out[#out + 1] = "," end
    append(out, value, element)
  end
  out[#out + 1] = "]"
end

local function append_object(out, object, fields, element)
  out[#out + 1] = "{"
  for i, key in ipairs(json.keys(object, fields)) do
    out[#out + 1] = (i > 1 and "," or "") .. text(key) .. ":"
    append(out, object[key], fields and kind_of(fields.type[key]) or element)
  end
  out[#out + 1] = "}"
end

local UNKNOWN = {}

-- If the type has alternatives, the first one is used.
local function append_table(out, value, kind)
  kind = kind and kind.union and kind.union[1] or kind or UNKNOWN
  if kind.array or kind.name == "list" or value[1] ~= nil then return append_list(out, value, kind.array) end
  append_object(out, value, schema[kind.name], kind.map)
end

function append(out, value, kind)
  if value == nil then out[#out + 1] = "null"
  elseif type(value) == "string" then out[#out + 1] = text(value)
  elseif type(value) == "number" then out[#out + 1] = number.text(value)
  elseif type(value) == "table" then append_table(out, value, kind)
  else out[#out + 1] = tostring(value) end
end

--- Writes an object.
-- @param fields of the object, from gumroad.schema, or nil
function json.encode_object(object, fields)
  local out = {}
  append_object(out, object, fields)
  return table.concat(out)
end

--- Writes a value in one line.
-- @param type_name as in gumroad.schema, such as "sale" or "string[]?"; nil if it is not known
function json.encode(value, type_name)
  local out = {}
  append(out, value, kind_of(type_name))
  return table.concat(out)
end

return json
