--- Gumroad's pings: from the bytes of a request to an event.
--
-- Pings are not signed. Whoever acts on money or licences reads the sale or the subscriber
-- back through the API; `shadowed` tells which fields may be the buyer's own text.
local core = require "gumroad.core"
local schema = require "gumroad.api.schema"
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"

local webhook = {}

local SALE, SUBSCRIPTION = "sale_ping", "subscription_ping"

--- The eight sorts of events, each with the object of gumroad.schema that its ping carries
-- and the fields that make two deliveries the same event.
-- A refund has no id and no time of its own: two partial refunds of a sale have the same key.
webhook.EVENTS = {
  sale = { SALE, "sale_id" },
  refund = { SALE, "sale_id", "refunded" },
  dispute = { SALE, "sale_id" },
  dispute_won = { SALE, "sale_id" },
  cancellation = { SUBSCRIPTION, "subscription_id", "cancelled_at" },
  subscription_updated = { SUBSCRIPTION, "subscription_id", "effective_as_of" },
  subscription_ended = { SUBSCRIPTION, "subscription_id", "ended_at" },
  subscription_restarted = { SUBSCRIPTION, "subscription_id", "restarted_at" },
}

local MAX_BYTES = 1048576

local from_json = json.decoder(16)

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

-- A field's text as its type says. What does not fit stays a text: nothing is lost.
local function typed(value, want)
  local name, optional = want:match("^(.-)(%??)$")
  if value == "" and optional == "?" then return nil end  -- null, on the form's wire
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
    if want and not skip[name] then value = typed(value, want) end
    out[name] = value
  end
  return out
end

-- Custom fields -------------------------------------------------------------------------

-- The buyer's answers stand at the top level too, under the names that the seller gave them,
-- and there replace every field of the payload that comes before `custom_fields`. Of those
-- behind it they stand in for the ones that the payload does not have. Of subscriptions they
-- stand in `custom_fields` alone.
local function find_shadowed(fields, object)
  local names, always_real = {}, false
  if type(fields.custom_fields) ~= "table" or object ~= schema[SALE] then return names end
  for _, field in ipairs(object) do
    local name, want = field[1], field[2]
    local typed_by_buyer = fields.custom_fields[name]
    if name == "custom_fields" then always_real = true
    elseif always_real and want:sub(-1) ~= "?" then typed_by_buyer = nil end
    if typed_by_buyer ~= nil and typed_by_buyer == fields[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Events ---------------------------------------------------------------------------------

local function sort_of(fields)
  local name = fields.resource_name
  if type(name) == "string" and name ~= "" then return name end
  return "sale"  -- the ping of the settings page
end

local function key_of(kind, known, data, test)
  local parts = { kind }
  for i = 2, #known do parts[i] = tostring(data[known[i]]) end
  if test then parts[#parts + 1] = "test" end  -- one from the settings page bears a real sale's id
  return table.concat(parts, ":")
end

-- What an event carries that Gumroad made after this was written.
local function guess(fields)
  if fields.subscription_id and not fields.sale_id then return { SUBSCRIPTION, "subscription_id" } end
  return { SALE, "sale_id" }
end

local function to_event(fields)
  local kind = sort_of(fields)
  local known = webhook.EVENTS[kind] or guess(fields)
  local object, id_field = schema[known[1]], known[2]
  if type(fields[id_field]) ~= "string" or fields[id_field] == "" then
    return fail("invalid", ("this is no ping of Gumroad's: it has no %s"):format(id_field))
  end
  local shadowed, skip = find_shadowed(fields, object), {}
  for _, name in ipairs(shadowed) do skip[name] = true end
  local data = typed_object(fields, object, skip)
  local test = data.test == true and not skip.test
  return {
    type = kind, key = key_of(kind, known, data, test), test = test,
    retry_count = not skip.retry_count and data.retry_count or 0, data = data, shadowed = shadowed,
  }
end

-- Bodies ----------------------------------------------------------------------------------

local function decode_json(body, limits)
  local max = limits and limits.max_bytes or MAX_BYTES
  if #body > max then return nil, "too_large", ("more than %d bytes"):format(max) end
  local ok, fields = pcall(from_json, body)
  if not ok then return nil, "decode", "the body is not JSON: " .. fields end
  if type(fields) ~= "table" then return nil, "decode", "the body is not a JSON object" end
  return fields
end

local DECODERS = {
  ["application/x-www-form-urlencoded"] = core.form_decode,
  ["application/json"] = decode_json,
}

-- The core knows which limits make sense, of JSON too.
local function check_limits(limits)
  local ok, message = pcall(core.form_decode, "", limits)
  if not ok then Error.usage("webhook.parse: limits: %s", (message:gsub("^form_decode: ", ""))) end
end

--- Reads a ping.
-- @param body         the request's body, bytes
-- @param content_type its Content-Type: a form, or JSON (which Gumroad sends to zapier.com)
-- @param limits       those of core.form_decode: max_bytes (1 MiB), max_fields (4096),
--                     max_key (1024), max_value (64 KiB), max_depth (5)
-- @return table, an event:
--   type         sale, refund, dispute, dispute_won, cancellation, subscription_updated,
--                subscription_ended, subscription_restarted, or one that Gumroad made since
--   key          two deliveries of the same event have the same key
--   test         true for a seller's own test purchase and for test pings
--   retry_count  0, or 1 to 3 in repeated deliveries
--   data         the payload: gumroad.SalePing or gumroad.SubscriptionPing; custom fields are
--                texts; null is nil
--   shadowed     array of the names of fields in `data` that a custom field of the same name
--                has overwritten with what the buyer typed
-- | nil, error of kind invalid, decode or too_large
function webhook.parse(body, content_type, limits)
  if type(body) ~= "string" then Error.usage("webhook.parse: body: string expected, got %s", type(body)) end
  if limits ~= nil then check_limits(limits) end
  local media_type = tostring(content_type or ""):lower():match("^%s*([^;%s]*)")
  local decode = DECODERS[media_type]
  if not decode then
    return fail("invalid", ("the content type is %s; Gumroad sends application/x-www-form-urlencoded"):format(
      media_type == "" and "missing" or media_type))
  end
  if body == "" then return fail("invalid", "the body is empty") end
  local fields, code, message = decode(body, limits)
  if not fields then return fail(code, message) end
  return to_event(fields)
end

return webhook
