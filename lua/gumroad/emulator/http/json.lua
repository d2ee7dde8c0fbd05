--- JSON as the server writes it: compact, with keys in a fixed order, with explicit nulls, and with `&`, `<` and
-- `>` escaped. Objects have a metatable that knows the order of their keys. A plain table is a list, so an empty
-- one is `[]`.
local null = require "gumroad.base.json".null
local number = require "gumroad.base.number"
local utf8 = require("gumroad.base.text").utf8

local json = { null = null }

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n",
  ["\f"] = "\\f", ["\r"] = "\\r", ["&"] = "\\u0026", ["<"] = "\\u003c", [">"] = "\\u003e",
}
for byte = 0, 31 do
  local char = string.char(byte)
  ESCAPES[char] = ESCAPES[char] or ("\\u%04x"):format(byte)
end
local SEPARATORS = { ["\226\128\168"] = "\\u2028", ["\226\128\169"] = "\\u2029" }

local function text(value)
  if not value:find('[%c"\\&<>\128-\255]') then return '"' .. value .. '"' end
  value = value:gsub('[%c"\\&<>]', ESCAPES)
  if value:find("\226\128", 1, true) then value = value:gsub("\226\128[\168\169]", SEPARATORS) end
  return '"' .. utf8(value) .. '"'
end

-- Writes the name of a member, with the comma before it.
local function name_text(name)
  return "," .. text(name) .. ":"
end

--- Defines a kind of object with a fixed order of keys.
-- @param keys list of names
-- @return function(values) -> object, without the keys whose values are nil
function json.shape(keys)
  local meta = { keys = keys, names = {} }  -- the names as they are written
  for i, key in ipairs(keys) do meta.names[i] = name_text(key) end
  return function(values) return setmetatable(values, meta) end
end

local function put_one(dict, key, value)
  if value == nil then return end
  if dict[key] == nil then
    local keys = getmetatable(dict).keys
    keys[#keys + 1] = key
  end
  dict[key] = value
end

--- Puts values into a dict. A key that exists keeps its place. nil is ignored.
-- @param ... key, value, and so on
-- @return the dict
function json.put(dict, ...)
  for i = 1, select("#", ...), 2 do put_one(dict, (select(i, ...)), (select(i + 1, ...))) end
  return dict
end

--- Creates an object whose keys are in the order in which they are put.
-- @param ... optional: key, value, and so on
function json.dict(...)
  return json.put(setmetatable({}, { keys = {} }), ...)
end

--- Puts all fields of an object into a dict.
-- @param object may be nil
-- @return the dict
function json.put_all(dict, object)
  for _, key in ipairs(object and json.keys(object) or {}) do put_one(dict, key, object[key]) end
  return dict
end

--- Returns the keys of an object in their order, or nil for a list. Some of the keys may have no value.
function json.keys(value)
  local meta = getmetatable(value)
  return meta and meta.keys
end

--- Returns a shallow copy of an object, as a dict.
function json.copy(object)
  return json.put_all(json.dict(), object)
end

--- Maps a list with a function.
-- @param ... further arguments of the function
function json.list(from, make, ...)
  local out = {}
  for i, element in ipairs(from) do out[i] = make(element, ...) end
  return out
end

--- Returns the value, or null for nil.
function json.or_null(value)
  if value == nil then return json.null end
  return value
end

local function key_before(a, b)
  return tostring(a) < tostring(b)
end

--- Creates a dict from a Lua table: a list of { name, value } pairs keeps its order, any other table is sorted by
-- name.
function json.dict_of(value)
  local dict = json.dict()
  if value[1] ~= nil then
    for _, pair in ipairs(value) do json.put(dict, pair[1], pair[2]) end
    return dict
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, key_before)
  for _, key in ipairs(keys) do json.put(dict, key, value[key]) end
  return dict
end

--- Converts decoded JSON, at any depth, to objects and lists. An empty table is a list.
function json.of(value)
  if type(value) ~= "table" then return value end
  if value[1] ~= nil or next(value) == nil then
    return json.list(value, json.of)
  end
  local out = {}
  for key, inner in pairs(value) do out[key] = json.of(inner) end
  return json.dict_of(out)
end

--- Writes a number for JSON and forms, the same on all Luas: 900, 4.8.
function json.number(value)
  return number.text(value)
end

local append

local function append_object(out, n, object, keys)
  local names, first = getmetatable(object).names, n + 1
  for i = 1, #keys do
    local value = object[keys[i]]
    if value ~= nil then
      out[n + 1] = names and names[i] or name_text(keys[i])
      n = append(out, n + 1, value)
    end
  end
  if n < first then n, out[first] = first, "{"
  else out[first] = "{" .. out[first]:sub(2) end  -- instead of the first comma
  out[n + 1] = "}"
  return n + 1
end

local function append_list(out, n, list)
  out[n + 1] = "["
  n = n + 1
  for i = 1, #list do
    if i > 1 then
      out[n + 1] = ","
      n = n + 1
    end
    n = append(out, n, list[i])
  end
  out[n + 1] = "]"
  return n + 1
end

local SCALARS = {
  string = text, number = json.number, boolean = tostring,
  userdata = function() return "null" end,
}

function append(out, n, value)
  local scalar = SCALARS[type(value)]
  if scalar then
    out[n + 1] = scalar(value)
    return n + 1
  end
  local keys = json.keys(value)
  if keys then return append_object(out, n, value, keys) end
  return append_list(out, n, value)
end

function json.encode(value)
  local out = {}
  append(out, 0, value)
  return table.concat(out)
end

return json
