--- An event as a line for people, and as one of JSON.
local tables = require "gumroad.base.tables"
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local events = require "gumroad.api.events"
local width = require "gumroad.cli.output.width"

local event_line = {}

-- Columns of a terminal; the last is as wide as it is.
local TIME, TYPE, WHO, WHAT = 8, 22, 30, 30

-- Of a sale the price, in US cents; of a subscription what became of it.
local function amount_of(data)
  if type(data.price) == "number" then return ("$%.2f"):format(data.price / 100) end
  if type(data.new_plan) == "table" and type(data.new_plan.price_cents) == "number" then
    return ("%s to %.2f %s"):format(data.type, data.new_plan.price_cents / 100, data.new_plan.recurrence)
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
  if event.retry_count ~= 0 then list[#list + 1] = "repetition " .. tostring(event.retry_count) end
  if #event.shadowed > 0 then list[#list + 1] = "typed by the buyer: " .. table.concat(event.shadowed, ", ") end
  return #list > 0 and "(" .. table.concat(list, "; ") .. ")" or ""
end

local function parts(event)
  local data = event.data
  return { event.type, tostring(data.email or data.user_email or ""), tostring(data.product_name or ""),
    amount_of(data), remarks(event) }
end

local function safe(list)
  for i, text in ipairs(list) do list[i] = width.safe(text) end
  return list
end

--- Time, type, who, what, how much, and what is special about it: in columns for a terminal, else with
-- tabs between.
function event_line.text(event, is_terminal)
  local list = safe(parts(event))
  if not is_terminal then return os.date("!%Y-%m-%dT%H:%M:%SZ") .. "\t" .. table.concat(list, "\t") end
  local line = ("%s  %s %s %s %s %s"):format(width.pad(os.date("%H:%M:%S"), TIME),
    width.pad(width.cut(list[1], TYPE), TYPE), width.pad(width.cut(list[2], WHO), WHO),
    width.pad(width.cut(list[3], WHAT), WHAT), list[4], list[5])
  return (line:gsub(" +$", ""))
end

-- The fields of an event, whose data is an object of the schema where that is known.
local function fields_of(event)
  local known = events.named[event.type]
  return fields.define { { "type", "string" }, { "key", "string" }, { "test", "boolean" }, { "retry_count", "integer" },
    { "received_at", "string" }, { "shadowed", "string[]" }, { "data", known and known.object or "table" } }
end

--- The event of gumroad.webhook.parse, and received_at.
function event_line.json(event)
  return json.encode_object(tables.copy({ received_at = os.date("!%Y-%m-%dT%H:%M:%SZ") }, event), fields_of(event))
end

return event_line
