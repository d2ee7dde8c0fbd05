--- The events for which Gumroad sends webhooks: one row for each, in the order in which they are listed
-- everywhere. To add an event, add a row here and, if needed, the object of its ping to gumroad.api.schema.
--
-- A row: { NAME, OBJECT, key = { FIELD, ... } }
--
-- * NAME: the `resource_name` of its pings and of its subscriptions; also row.name.
-- * OBJECT: the object in gumroad.schema that its ping carries; also row.object.
-- * `key`: the fields that identify the event; "new_plan.quantity" is the field of a field. Two deliveries with
--   equal keys are the same event. The first field is the id of the sale or the subscription.
local SALE, SUBSCRIPTION = "sale_ping", "subscription_ping"

local events = {
  { "sale", SALE, key = { "sale_id" } },
  -- A refund has neither an id nor a time, so two partial refunds of a sale have the same key.
  { "refund", SALE, key = { "sale_id", "refunded" } },
  { "dispute", SALE, key = { "sale_id" } },
  { "dispute_won", SALE, key = { "sale_id" } },
  { "cancellation", SUBSCRIPTION, key = { "subscription_id", "cancelled_at" } },
  -- Two downgrades to different plans take effect at the same time, the end of the period.
  { "subscription_updated", SUBSCRIPTION, key = { "subscription_id", "effective_as_of", "type", "new_plan.tier.id",
    "new_plan.recurrence", "new_plan.price_cents", "new_plan.quantity" } },
  { "subscription_ended", SUBSCRIPTION, key = { "subscription_id", "ended_at" } },
  { "subscription_restarted", SUBSCRIPTION, key = { "subscription_id", "restarted_at" } },
}

--- The names of the two objects that pings carry.
events.SALE, events.SUBSCRIPTION = SALE, SUBSCRIPTION

--- The rows by name. Text from a ping is looked up only here, never among the other fields.
events.named = {}

--- The names, in order.
events.names = {}

for i, row in ipairs(events) do
  row.name, row.object = row[1], row[2]
  events.named[row.name], events.names[i] = row, row.name
end

--- "sale, refund, ... or subscription_restarted"
events.names_in_words = table.concat(events.names, ", "):gsub(", ([%w_]+)$", " or %1")

return events
