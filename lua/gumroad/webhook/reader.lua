--- Compiles the tables of pings, gumroad.api.events and gumroad.api.schema, into the functions of the core that make
-- events.
local core = require "gumroad.core"
local events = require "gumroad.api.events"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"

-- The names of an object's fields, sorted, and its types; with those that only keys name.
local function fields_of(name, path, keys)
  local names, types = {}, {}
  for _, field in ipairs(schema[name] or {}) do
    names[#names + 1] = field[1]
    types[field[1]] = read_type(field[2])
  end
  for key in pairs(keys) do
    local rest = key:sub(1, #path) == path and key:sub(#path + 1):match("^[^.]+")
    if rest and not types[rest] then
      names[#names + 1] = rest
      types[rest] = read_type "string"
    end
  end
  table.sort(names)
  return names, types
end

-- Gumroad also writes the custom fields of a sale at the top level, under the names that the seller chose. There they
-- replace every field that comes before `custom_fields`, and those after it that the payload lacks. In the ping of a
-- subscription they are in `custom_fields` only.
local function open_to_buyer(object)
  local open, always_real = {}, false
  if object ~= events.SALE then return open end
  for _, field in ipairs(schema[object]) do
    local name = field[1]
    if name == "custom_fields" then always_real = true end
    open[name] = name ~= "custom_fields" and (not always_real or read_type(field[2]).optional) or nil
  end
  return open
end

-- Adds an object and those in it. `out` has the fields so far, the number of objects, and the index of each field of
-- the ping by its path. `path` is where the object is: "" for that of a ping, "old_plan." in one.
local function add_object(out, name, path, parent, keys, open)
  local names, types = fields_of(name, path, keys)
  if not names[1] then return 0 end
  out.objects = out.objects + 1
  local number = out.objects
  for _, field in ipairs(names) do
    local row = { name = field, object = number, parent = parent, type = types[field].name,
      optional = types[field].optional, open_to_buyer = open[field] }
    out.fields[#out.fields + 1] = row
    out.index[path .. field] = #out.fields
  end
  for _, field in ipairs(names) do
    local index = out.index[path .. field]
    out.fields[index].child = add_object(out, types[field].name or "", path .. field .. ".", index, keys, {})
  end
  return number
end

-- All fields of the keys that events with an object have.
local function keys_of(object)
  local keys = {}
  for _, row in ipairs(events) do
    for _, key in ipairs(row.object == object and row.key or {}) do keys[key] = true end
  end
  return keys
end

local function compile()
  local out, rows, indices, numbers = { fields = {}, objects = 0 }, {}, {}, {}
  for _, object in ipairs { events.SALE, events.SUBSCRIPTION } do
    out.index = {}
    numbers[object] = add_object(out, object, "", nil, keys_of(object), open_to_buyer(object))
    indices[object] = out.index
  end
  for i, row in ipairs(events) do
    rows[i] = { name = row.name, object = numbers[row.object], key = {} }
    for j, key in ipairs(row.key) do rows[i].key[j] = indices[row.object][key] end
  end
  return core.event_readers(out.fields, rows)
end

local reader = {}

--- `form(body [, limits])` reads a form, `fields(table)` what JSON was decoded to -> event | nil, code, message. See
-- event_readers in src/event_lua.c. MAX_BYTES is the default limit of a body.
reader.form, reader.fields, reader.MAX_BYTES = compile()

return reader
