--- Writes an event as a line for people, or as a line of JSON.
local tables = require "gumroad.base.tables"
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local events = require "gumroad.api.events"
local printable = require("gumroad.base.text").printable
local width = require "gumroad.cli.output.width"

local event_line = {}

-- Widths of the columns on a terminal; what follows them has no fixed width.
local TIME, TYPE, WHO, WHAT = 8, 22, 30, 30
local MOST = 300  -- bytes of each part, if the output does not go to a terminal

-- Returns the price of a sale, which is in US cents, or what happened to a subscription. A ping does not name the
-- currency of a plan, so the price of a plan stays in the smallest unit: cents, or whole yen.
local function amount_of(data)
  if type(data.price) == "number" then return ("$%.2f"):format(data.price / 100) end
  if type(data.new_plan) == "table" and type(data.new_plan.price_cents) == "number" then
    return ("%s to price_cents %.0f, %s"):format(tostring(data.type), data.new_plan.price_cents,
      tostring(data.new_plan.recurrence))
  end
  for _, who in ipairs { "buyer", "seller", "admin" } do
    if data["cancelled_by_" .. who] then return "by " .. who end
  end
  if data.cancelled_due_to_payment_failures then return "payments failed" end
  return tostring(data.ended_reason or data.price or "")
end

local function remarks(event)
  local list = {}
  if event.test then list[#list + 1] = "test" end
  if event.retry_count ~= 0 then list[#list + 1] = "retry " .. tostring(event.retry_count) end
  if #event.shadowed > 0 then list[#list + 1] = "typed by the buyer: " .. table.concat(event.shadowed, ", ") end
  return #list > 0 and "(" .. table.concat(list, "; ") .. ")" or ""
end

local function parts(event)
  local data = event.data
  local list = { event.type, data.email or data.user_email or "", data.product_name or "", amount_of(data),
    remarks(event) }
  for i, part in ipairs(list) do list[i] = printable(part, MOST) end
  return list
end

--- Returns a line with time, type, buyer, product, amount and remarks: in columns for a terminal, otherwise separated
-- by tabs.
function event_line.text(event, is_terminal)
  local list = parts(event)
  if not is_terminal then return os.date("!%Y-%m-%dT%H:%M:%SZ") .. "\t" .. table.concat(list, "\t") end
  local line = ("%s  %s %s %s %s %s"):format(width.pad(os.date("%H:%M:%S"), TIME),
    width.pad(width.cut(list[1], TYPE), TYPE), width.pad(width.cut(list[2], WHO), WHO),
    width.pad(width.cut(list[3], WHAT), WHAT), list[4], list[5])
  return line:match("^(.*%S)")
end

-- Returns the fields of an event. Its data is an object of the schema, unless the event is unknown.
local function fields_of(event)
  local known = events.named[event.type]
  return fields.define { { "type", "string" }, { "key", "string" }, { "subject", "string" }, { "test", "boolean" },
    { "retry_count", "integer" }, { "received_at", "string" }, { "shadowed", "string[]" },
    { "data", known and known.object or "table" } }
end

--- Returns an event of gumroad.webhook.parse as JSON, with the field received_at.
function event_line.json(event)
  return json.encode_object(tables.copy({ received_at = os.date("!%Y-%m-%dT%H:%M:%SZ") }, event), fields_of(event))
end

return event_line
