--- An event as a line for people, and as one of JSON.
local tables = require "gumroad.base.tables"
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local events = require "gumroad.api.events"
local printable = require("gumroad.base.text").printable
local width = require "gumroad.cli.output.width"

local event_line = {}

-- Columns of a terminal; the last is as wide as it is.
local TIME, TYPE, WHO, WHAT = 8, 22, 30, 30
local MOST = 300  -- bytes of any part elsewhere

-- Of a sale the price, which is in US cents; of a subscription what became of it. The ping does not tell the
-- currency of a plan, so its price stays in smallest units: cents, or whole yen.
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
  if event.retry_count ~= 0 then list[#list + 1] = "repetition " .. tostring(event.retry_count) end
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

--- Time, type, who, what, how much, and what is special about it: in columns for a terminal, else with
-- tabs between.
function event_line.text(event, is_terminal)
  local list = parts(event)
  if not is_terminal then return os.date("!%Y-%m-%dT%H:%M:%SZ") .. "\t" .. table.concat(list, "\t") end
  local line = ("%s  %s %s %s %s %s"):format(width.pad(os.date("%H:%M:%S"), TIME),
    width.pad(width.cut(list[1], TYPE), TYPE), width.pad(width.cut(list[2], WHO), WHO),
    width.pad(width.cut(list[3], WHAT), WHAT), list[4], list[5])
  return line:match("^(.*%S)")
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
