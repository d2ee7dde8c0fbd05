--- Sets fields of a ping's payload, for --set: with the types of gumroad.schema, and in the order in which Gumroad
-- sends them.
local json = require("gumroad.emulator.pings").json
local events = require "gumroad.api.events"
local schema = require "gumroad.api.schema"
local read_type = require "gumroad.api.type"
local failure = require "gumroad.cli.failure"

local payload_fields = {}

local SEE = "gumroad-lua trigger"

local CONVERT = {
  string = function(text) return text end,
  integer = function(text) return text:find("^%-?%d+$") and tonumber(text) end,
  boolean = function(text)
    if text == "true" or text == "false" then return text == "true" end
  end,
}

local function split(text)
  local list = {}
  for element in text:gmatch("[^,]+") do list[#list + 1] = element end
  return list
end

local function convert(path, type, text)
  if text == "" and type.optional then return json.null end
  if type.array and type.array.name == "string" then return split(text) end
  local to = CONVERT[type.name]
    or failure.usage(SEE, "--set %s: name a field in it, as in %s.NAME=VALUE", path, path)
  local value = to(text)
  if value == nil then failure.usage(SEE, "--set %s: %s expected, got '%s'", path, type.name, text) end
  return value
end

-- Returns the position of a field among the others. What the buyer typed comes right before `custom_fields`.
local function rank(object, name)
  local buyers = #object
  for place, field in ipairs(object) do
    if field[1] == name then return place end
    if field[1] == "custom_fields" then buyers = place - 0.5 end
  end
  return buyers
end

-- Returns a dict with another key in its position. An existing key keeps its position.
local function put(dict, object, name, value)
  if dict[name] ~= nil or not object then
    json.put(dict, name, value)
    return dict
  end
  local out, own = json.dict(), rank(object, name)
  for _, key in ipairs(json.keys(dict)) do
    if rank(object, key) > own then json.put(out, name, value) end
    json.put(out, key, dict[key])
  end
  json.put(out, name, value)
  return out
end

local function inner(dict, name)
  return json.keys(dict[name] or json.dict()) and dict[name] and json.copy(dict[name]) or json.dict()
end

local set

-- Sets NAME.REST, in an object of the schema or in one with free keys.
local function set_inside(dict, object, path, name, rest, text)
  local type, into = read_type(object.type[name]), inner(dict, name)
  if schema[type.name] then into = set(into, schema[type.name], path, rest, text)
  elseif type.name == "table" or type.map then json.put(into, rest, text)
  else failure.usage(SEE, "--set %s: '%s' has no fields", path, name) end
  return put(dict, object, name, into)
end

function set(dict, object, path, name, text)
  local first, rest = name:match("^([^.]+)%.(.+)$")
  first = first or name
  if not object.type[first] then
    local hint = require("gumroad.base.error").hint(first, object.type)
    failure.usage(SEE, "--set %s: unknown field '%s'%s", path, first, hint)
  end
  if rest then return set_inside(dict, object, path, first, rest, text) end
  return put(dict, object, name, convert(path, read_type(object.type[name]), text))
end

-- In a sale's ping, a custom field is also written at the top level, where it replaces the fields before
-- `custom_fields`.
local function set_at_top(payload, object, name, text)
  if object ~= schema[events.SALE] or payload.is_recurring_charge then return payload end
  if payload[name] ~= nil and rank(object, name) > rank(object, "custom_fields") then return payload end
  return put(payload, object, name, text)
end

--- Sets a field of a payload. A mistake ends the command with a Failure.
-- @param payload from gumroad.emulator.pings
-- @param object  from gumroad.schema: sale_ping or subscription_ping
-- @param path    name of the field; NAME.KEY for a nested field, custom_fields.NAME for what a buyer typed
-- @param text    the new value; "" means null if the field may be null
-- @return payload
function payload_fields.set(payload, object, path, text)
  payload = set(payload, object, path, path, text)
  local typed = path:match("^custom_fields%.(.+)$")
  return typed and set_at_top(payload, object, typed, text) or payload
end

return payload_fields
