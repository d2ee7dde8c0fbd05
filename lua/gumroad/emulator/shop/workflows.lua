--- Workflows: series of emails that an event starts.
local catalog = require "gumroad.emulator.shop.catalog"
local Store = require "gumroad.emulator.shop.store"

local DAY = 86400

local workflows = {}

--- Adds an email to a workflow.
-- @param email table: subject, message, amount and unit of the delay
function workflows.add_email(shop, workflow, email, time)
  email.created, email.updated = time, time
  table.insert(workflow.emails, Store.of(shop, "workflow_emails", "workflow_email"):add(email))
  return email
end

local function invent(store, shop, workflow)
  workflow.created, workflow.emails = shop.opened_at + DAY, {}
  workflow.published = workflow.trigger == nil and workflow.created + DAY or nil
  workflows.add_email(shop, store:add(workflow), { subject = "Welcome", message = "<p>Hi</p>", amount = 1,
    unit = "day", sent = 120, opened = 80, clicked = 12 }, workflow.created)
end

local function fill(store, shop)
  invent(store, shop, { name = "Onboarding", audience = "product", product = catalog.get(shop, 1) })
  invent(store, shop, { name = "Come back", audience = "seller", trigger = "member_cancellation" })
end

--- Returns the shop's workflows, oldest first.
function workflows.of(shop)
  return Store.of(shop, "workflows", "workflow", fill)
end

return workflows
