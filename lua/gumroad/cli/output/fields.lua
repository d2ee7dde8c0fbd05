--- The fields of an object: which of them are printed, and how, according to gumroad.schema.
local currency = require "gumroad.api.currency"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local json = require "gumroad.cli.output.json"
local safe = require("gumroad.base.text").safe

local fields = {}

-- The fields that are columns of a table unless others are chosen, whatever the object. Their order is the schema's.
local DEFAULT_COLUMNS = {}
for name in ([[
  id slug created_at date name title subject label tax_year tax_form_type email product_name price amount status
  state published rating rater_name message recurrence type times_used percent_off amount_cents enabled total_clicks
  sales_count resource_name post_url path published_at processed_at required
]]):gmatch("%S+") do DEFAULT_COLUMNS[name] = true end

local MOST = 7  -- default columns of a table

-- Whether a field is worth a column. HTML is not, nor is a `state` that belongs to an address.
local function is_default_column(field)
  return DEFAULT_COLUMNS[field[1]] and field.doc ~= "HTML" and not (field[1] == "state" and field[2] == "string?")
end

--- Defines the fields of an object that is not Gumroad's, in the form of gumroad.schema.
-- @param rows { NAME, TYPE } each; optional `default_columns`: names of the fields that a table shows
function fields.define(rows)
  rows.type = {}
  for _, field in ipairs(rows) do rows.type[field[1]] = field[2] end
  return rows
end

-- The result of an operation of kind "message".
local SUCCESS = fields.define { { "success", "boolean" }, { "message", "string?" } }

--- Returns the fields of a row's result in their order, including its extra fields. A row may have `fields` from
-- fields.define.
-- @return array of fields as in gumroad.schema, with `type` (name -> type) and `open`
function fields.of(row)
  local object = row.fields or row.kind == "message" and SUCCESS or schema[row.object] or { type = {}, open = true }
  if row.kind == "list" or not row.extra_fields then return object end
  local all = { open = object.open }
  for _, list in ipairs { object, row.extra_fields } do
    for _, field in ipairs(list) do all[#all + 1] = field end
  end
  return fields.define(all)
end

local function is_scalar(field)
  return read_type(field[2]).scalar
end

local function names_where(object, wanted)
  local names = {}
  for _, field in ipairs(object) do
    if #names < MOST and wanted(field) then names[#names + 1] = field[1] end
  end
  return names
end

--- Returns the columns of a table if none are chosen. An object with hardly any of the usual fields shows its first
-- fields that fit in a cell.
function fields.default_columns(object)
  if object.default_columns then return object.default_columns end
  local names = names_where(object, function(field) return is_default_column(field) and is_scalar(field) end)
  if #names > 1 then return names end
  return names_where(object, is_scalar)
end

--- Returns the names of all fields of the schema, and then those that only the item has, if one is given.
function fields.all(object, item)
  local names = {}
  for i, field in ipairs(object) do names[i] = field[1] end
  for _, name in ipairs(item and json.keys(item, object) or {}) do
    if not object.type[name] then names[#names + 1] = name end
  end
  return names
end

--- Returns the value at a path such as "card.visual".
function fields.value(item, path)
  if item[path] ~= nil then return item[path] end
  local value = item
  for part in path:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    value = value[part]
  end
  return value
end

--- Returns the type of the value at a path, as in gumroad.schema, or nil.
function fields.type(object, path)
  local type_name
  for part in path:gmatch("[^.]+") do
    type_name = object and object.type[part]
    object = type_name and schema[read_type(type_name).name]
  end
  return type_name
end

--- Tells whether the value at a path is a number.
function fields.is_number(object, path)
  local type_name = fields.type(object, path)
  local name = type_name and read_type(type_name).name
  return name == "integer" or name == "number"
end

--- Writes a value as text: nested values as JSON, nil as "".
function fields.text(value, type_name)
  if value == nil then return "" end
  return type(value) == "string" and value or json.encode(value, type_name)
end

--- Writes an amount in the main unit of its currency: 1999 -> "19.99".
-- @param code such as "usd"; an unknown one has two decimals
function fields.main_unit(cents, code)
  if currency.is_zero_decimal(tostring(code or ""):lower()) then return ("%.0f"):format(cents) end
  local whole = math.floor(math.abs(cents) / 100)
  return ("%s%.0f.%02.0f"):format(cents < 0 and "-" or "", whole, math.abs(cents) - whole * 100)
end

--- Writes an amount in the main unit with its currency: 1999 -> "19.99 USD".
function fields.amount(cents, code)
  return fields.main_unit(cents, code) .. " " .. tostring(code or ""):upper()
end

local function field_named(object, name)
  for _, field in ipairs(object) do
    if field[1] == name then return field end
  end
end

--- Returns what a field is called next to its value for people: gross_cents is shown in dollars, as gross.
function fields.label(object, path)
  local field = field_named(object, path)
  return field and field.money and path:match("^(.*)_cents$") or path
end

--- Writes a field's value for people: money in the main unit, and nothing that would control a terminal.
function fields.shown(object, item, path)
  local value, field = fields.value(item, path), field_named(object, path)
  if field and field.money and type(value) == "number" then
    return safe(fields.amount(value, object.type[field.money] and item[field.money] or field.money))
  end
  return safe(fields.text(value, fields.type(object, path)))
end

return fields
