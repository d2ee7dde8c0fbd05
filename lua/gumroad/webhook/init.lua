--- Gumroad's pings: turns the bytes of a request into an event.
--
-- Pings are not signed. Before you act on money or licenses, read the sale or the subscriber back through the API.
-- `shadowed` lists the fields that a buyer may have overwritten.
local core = require("gumroad.base.c_modules").load_core()
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local read_type = require "gumroad.api.type"
local printable = require("gumroad.base.text").printable
local schema = require "gumroad.api.schema"
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"

local webhook = {}

--- The events by name: for each, the object of gumroad.schema that its ping holds, and the fields that identify it,
-- so that two deliveries of the same event can be recognized. See gumroad.api.events.
webhook.EVENTS = {}
for _, row in ipairs(events) do webhook.EVENTS[row.name] = { row.object, (table.unpack or unpack)(row.key) } end

local MAX_BYTES = 1048576
local MOST_OF_TYPE = 100  -- bytes of a content type that an error shows

local read_json = json.reader(16)

local function fail(kind, message)
  return nil, Error.new(kind, message)
end

-- Types ---------------------------------------------------------------------------------

local typed_object

local function typed_integer(text)
  return text:find("^%-?%d+$") and #text < 16 and tonumber(text) or text
end

local function typed_boolean(text)
  if text == "true" then return true end
  if text == "false" then return false end
  return text
end

-- Converts a field's text to the type of the field. A text that does not fit stays a text, so nothing is lost.
local function typed(value, want)
  local name = want.name
  if value == "" and want.optional then return nil end  -- a form has no other way to write null
  if type(value) == "table" then
    return schema[name] and typed_object(value, schema[name], {}) or value
  elseif type(value) ~= "string" then return value
  elseif name == "integer" then return typed_integer(value)
  elseif name == "boolean" then return typed_boolean(value)
  end
  return value
end

function typed_object(fields, object, skip)
  local out = {}
  for name, value in pairs(fields) do
    local want = object.type[name]
    if want and not skip[name] then value = typed(value, read_type(want)) end
    out[name] = value
  end
  return out
end

-- Custom fields -------------------------------------------------------------------------

-- In a sale's ping, Gumroad also writes the buyer's custom fields at the top level, under the names that the seller
-- chose. There they replace every field that comes before `custom_fields`, and those after it that the payload lacks.
-- In a subscription's ping they are in `custom_fields` only.
local function find_shadowed(fields, object)
  local names, always_real = {}, false
  if type(fields.custom_fields) ~= "table" or object ~= schema[events.SALE] then return names end
  for _, field in ipairs(object) do
    local name, want = field[1], field[2]
    local typed_by_buyer = fields.custom_fields[name]
    if name == "custom_fields" then always_real = true
    elseif always_real and not read_type(want).optional then typed_by_buyer = nil end
    if typed_by_buyer ~= nil and typed_by_buyer == fields[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Events ---------------------------------------------------------------------------------

local function type_of(fields)
  local name = fields.resource_name
  if type(name) == "string" and name ~= "" then return name end
  return "sale"  -- the ping of the settings page
end

-- A field of the key that came more than once, or with brackets, which Gumroad never sends: a table
-- is not the same text in two deliveries.
local function find_table(known, data)
  for _, field in ipairs(known.key) do
    if type(data[field]) == "table" then return field end
  end
end

local function key_of(kind, known, data, test)
  local parts = { kind }
  for i, field in ipairs(known.key) do parts[i + 1] = tostring(data[field]) end
  if test then parts[#parts + 1] = "test" end  -- a test ping has the id of a real sale
  return table.concat(parts, ":")
end

local NEW_SALE = { object = events.SALE, key = { "sale_id" } }
local NEW_SUBSCRIPTION = { object = events.SUBSCRIPTION, key = { "subscription_id" } }

-- Returns a row for an event that is newer than this library, judging by its ping.
local function guess(fields)
  return fields.subscription_id and not fields.sale_id and NEW_SUBSCRIPTION or NEW_SALE
end

local function to_event(fields)
  local kind = type_of(fields)
  local known = events.named[kind] or guess(fields)
  local object, id_field = schema[known.object], known.key[1]
  if type(fields[id_field]) ~= "string" or fields[id_field] == "" then
    return fail("invalid", ("this is not a ping from Gumroad: it has no %s"):format(id_field))
  end
  local shadowed, skip = find_shadowed(fields, object), {}
  for _, name in ipairs(shadowed) do skip[name] = true end
  local data = typed_object(fields, object, skip)
  local table_field = find_table(known, data)
  if table_field then
    return fail("invalid", ("this is not a ping from Gumroad: its %s is not one text"):format(table_field))
  end
  local test = data.test == true and not skip.test
  return {
    type = kind, key = key_of(kind, known, data, test), test = test,
    retry_count = not skip.retry_count and tonumber(data.retry_count) or 0, data = data, shadowed = shadowed,
  }
end

-- Bodies ----------------------------------------------------------------------------------

local function decode_json(body, limits)
  local max = limits and limits.max_bytes or MAX_BYTES
  if #body > max then return nil, "too_large", ("more than %d bytes"):format(max) end
  local ok, fields, why = read_json(body)
  if not ok and fields == "too_large" then return nil, fields, why end
  if not ok then return nil, "decode", "the body is not JSON: " .. why end
  if type(fields) ~= "table" then return nil, "decode", "the body is not a JSON object" end
  return fields
end

local DECODERS = {
  [delivery.CONTENT_TYPES.form] = core.form_decode,
  [delivery.CONTENT_TYPES.json] = decode_json,
}

-- The core checks the limits for a form; they are the same for JSON.
local function check_limits(limits)
  local ok, message = pcall(core.form_decode, "", limits)
  if not ok then Error.usage("webhook.parse: limits: %s", (message:gsub("^form_decode: ", ""))) end
end

--- Reads a ping.
-- @param body         bytes of the request's body
-- @param content_type its Content-Type: a form, or JSON (which Gumroad sends to zapier.com)
-- @param limits       optional, see core.form_decode: max_bytes (default: 1 MiB), max_fields (4096),
--                     max_key (1024), max_value (64 KiB), max_depth (5)
-- @return table, an event:
--   type         sale, refund, ...: a name in gumroad.api.events, or a newer one of Gumroad's
--   key          text that is the same for each delivery of the same event
--   test         true for the seller's own test purchases and for test pings
--   retry_count  0, or 1 to 3 if the ping was sent again
--   data         the payload: gumroad.SalePing or gumroad.SubscriptionPing; custom fields are
--                strings; null is nil
--   shadowed     array of the names of fields in `data` that a custom field of the same name
--                has overwritten with what the buyer typed
-- | nil, error of kind invalid, decode or too_large
function webhook.parse(body, content_type, limits)
  if type(body) ~= "string" then Error.usage("webhook.parse: body: string expected, got %s", type(body)) end
  if limits ~= nil then check_limits(limits) end
  local media_type = tostring(content_type or ""):lower():match("^%s*([^;%s]*)")
  local decode = DECODERS[media_type]
  if not decode then
    return fail("invalid", ("the content type is %s; Gumroad sends %s"):format(
      media_type == "" and "missing" or printable(media_type, MOST_OF_TYPE), delivery.CONTENT_TYPES.form))
  end
  if body == "" then return fail("invalid", "the body is empty") end
  local fields, code, message = decode(body, limits)
  if not fields then return fail(code, message) end
  return to_event(fields)
end

return webhook
