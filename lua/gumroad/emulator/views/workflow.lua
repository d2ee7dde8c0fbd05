--- Workflows and their emails in responses.
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"

local null = json.null

local views = {}

local Workflow = json.shape { "id", "name", "audience_type", "trigger", "product_id", "variant_id", "state",
  "published_at", "first_published_at", "send_to_past_customers", "emails_count", "filters", "created_at",
  "updated_at", "emails" }
local Filters = json.shape { "bought_products" }
local Email = json.shape { "id", "subject", "message", "audience_type", "product_id", "state", "published_at",
  "send_emails", "delay", "sent_count", "open_count", "open_rate", "click_count", "click_rate", "created_at",
  "updated_at" }
local Delay = json.shape { "amount", "unit" }

local function per_cent(part, all)
  return part and math.floor(part / all * 1000 + 0.5) / 10 or null
end

--- An email of a workflow.
-- @param written whether this is the response to a change, which has no figures
function views.email(workflow, email, written)
  local opened, clicked
  if not written then opened, clicked = email.opened, email.clicked end
  return Email {
    id = email.id, subject = email.subject, message = email.message, audience_type = workflow.audience,
    product_id = workflow.product and workflow.product.id or null,
    state = workflow.published and "published" or "draft",
    published_at = format.iso_or_null(workflow.published), send_emails = true,
    delay = Delay { amount = email.amount, unit = email.unit }, sent_count = email.sent or 0,
    open_count = opened or null, open_rate = per_cent(opened, email.sent),
    click_count = clicked or null, click_rate = per_cent(clicked, email.sent),
    created_at = format.iso(email.created), updated_at = format.iso(email.updated),
  }
end

--- A workflow.
-- @param in_full whether to include its emails
function views.workflow(workflow, in_full)
  local emails = json.list(workflow.emails, function(email) return views.email(workflow, email) end)
  local product, time = workflow.product, format.iso_or_null(workflow.published)
  return Workflow {
    id = workflow.id, name = workflow.name, audience_type = workflow.audience,
    trigger = workflow.trigger or null, product_id = product and product.id or null, variant_id = null,
    state = workflow.published and "published" or "draft", published_at = time, first_published_at = time,
    send_to_past_customers = false, emails_count = #emails,
    filters = product and Filters { bought_products = { product.permalink } } or json.dict(),
    created_at = format.iso(workflow.created), updated_at = format.iso(workflow.created),
    emails = in_full and emails or nil,
  }
end

return views
