--- Gumroad's pings: turns the bytes of a request into an event.
--
-- Pings are not signed. Before you act on money or licenses, read the sale or the subscriber back through the API.
-- `shadowed` lists the fields that a buyer may have overwritten.
local core = require("gumroad.base.c_modules").load_core()
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local printable = require("gumroad.base.text").printable
local reader = require "gumroad.webhook.reader"
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"

local webhook = {}

--- The events by name: for each, the object of gumroad.schema that its ping holds, and the fields that identify it,
-- so that two deliveries of the same event can be recognized. See gumroad.api.events.
webhook.EVENTS = {}
for _, row in ipairs(events) do webhook.EVENTS[row.name] = { row.object, (table.unpack or unpack)(row.key) } end

local MOST_OF_TYPE = 100  -- bytes of a content type that an error shows

local read_json = json.reader(32)

local function fail(kind, message)
  return nil, Error.new(kind, message)
end

-- Bodies ----------------------------------------------------------------------------------

local function read_json_event(body, limits)
  local max = limits and limits.max_bytes or reader.MAX_BYTES
  if #body > max then return nil, "too_large", ("more than %d bytes"):format(max) end
  local ok, fields, why = read_json(body)
  if not ok and fields == "too_large" then return nil, fields, why end
  if not ok then return nil, "decode", "the body is not JSON: " .. why end
  if type(fields) ~= "table" then return nil, "decode", "the body is not a JSON object" end
  return reader.fields(fields)
end

local FORM = delivery.CONTENT_TYPES.form

-- By the media type, as Gumroad sends it.
local READERS = { [FORM] = reader.form, [delivery.CONTENT_TYPES.json] = read_json_event }

-- Returns the function that reads bodies of a content type | nil, error.
local function find_reader(content_type)
  local media_type = tostring(content_type or ""):lower():match("^%s*([^;%s]*)")
  if READERS[media_type] then return READERS[media_type] end
  return fail("invalid", ("the content type is %s; Gumroad sends %s"):format(
    media_type == "" and "missing" or printable(media_type, MOST_OF_TYPE), FORM))
end

-- The core checks the limits for a form; they are the same for JSON.
local function check_limits(limits)
  local ok, message = pcall(core.form_decode, "", limits)
  if not ok then Error.usage("webhook.parse: limits: %s", (message:gsub("^form_decode: ", ""))) end
end

--- Reads a ping.
-- @param body         bytes of the request's body
-- @param content_type its Content-Type: a form, or JSON (which Gumroad sends to zapier.com)
-- @param limits       optional, see core.form_decode: max_bytes (default: 8 MiB), max_fields (16384),
--                     max_key (16 KiB), max_value (64 KiB), max_depth (32). Gumroad gives up on a ping that is
--                     refused, so these are generous
-- @return table, an event:
--   type         sale, refund, ...: a name in gumroad.api.events, or a newer one of Gumroad's
--   key          text that is the same for each delivery of the same event, and for no other event. There are
--                events that no ping tells apart: two partial refunds of a sale, and two cancellations in one period
--   subject      text that names what the event is about: "subscription:ID" where the ping names a subscription,
--                otherwise "sale:ID". Events of one subject should be handled in the order in which they came
--   test         true for the seller's own test purchases and for test pings
--   retry_count  0, or 1 to 3 if the ping was sent again
--   data         the payload: gumroad.SalePing or gumroad.SubscriptionPing; custom fields are
--                strings; null is nil
--   shadowed     sorted array of the names of fields in `data` that a custom field of the same name
--                has overwritten with what the buyer typed. Nothing else in the event depends on them: where `sale_id`
--                is one, key and subject have "order_number:NUMBER" in place of the id, and where `order_number` is
--                one, too, "fields:DIGITS" with a digest of all other fields
-- | nil, error of kind invalid, decode or too_large
function webhook.parse(body, content_type, limits)
  if type(body) ~= "string" then Error.usage("webhook.parse: body: string expected, got %s", type(body)) end
  if limits ~= nil then check_limits(limits) end
  local read, err = READERS[content_type], nil
  if not read then read, err = find_reader(content_type) end
  if not read then return nil, err end
  if body == "" then return fail("invalid", "the body is empty") end
  local event, code, message = read(body, limits)
  if not event then return fail(code, message) end
  return event
end

return webhook
