--- The emails of a workflow.
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local views = require "gumroad.emulator.views.workflow"
local workflows = require "gumroad.emulator.shop.workflows"

local UNITS = { hour = true, day = true, week = true, month = true }
local NOT_HERE = { "publish", "draft", "state", "published_at", "send_emails" }
local WANTED = { "subject", "body", "delay_amount", "delay_unit" }
local KNOWN = {
  subject = { "subject", tostring }, body = { "message", tostring },
  delay_amount = { "amount", fields.integer }, delay_unit = { "unit", tostring },
}

local workflow_emails = {}

-- What is wrong with the parameters, or nil.
local function wrong(request)
  for _, name in ipairs(NOT_HERE) do
    if request.params[name] ~= nil then return name .. " is not supported for workflow emails" end
  end
  for _, name in ipairs { "subject", "body" } do
    if request.params[name] ~= nil and fields.is_blank(request:text(name)) then return name .. " is required" end
  end
  local amount, unit = request:text "delay_amount", request:text "delay_unit"
  if (amount == nil) ~= (unit == nil) then return "delay_amount and delay_unit must be given together" end
  if amount and not amount:find("^%d+$") then return "delay_amount must be a non-negative integer" end
  if unit and not UNITS[unit] then return "delay_unit must be one of: hour, day, week, month" end
end

local function nothing_given(request)
  for _, name in ipairs(WANTED) do
    if request:text(name) then return nil end
  end
  return "At least one of " .. table.concat(WANTED, ", ") .. " is required"
end

local on_workflow = finders.record("workflow", workflows.of)

workflow_emails.create = on_workflow(function(shop, request, workflow)
  for _, name in ipairs(WANTED) do
    if not request:text(name) then return request:bad(name .. " is required") end
  end
  local refused = wrong(request)
  if refused then return request:bad(refused) end
  local email = workflows.add_email(shop, workflow, {}, shop:time())
  fields.change(email, request, KNOWN)
  return views.email(workflow, email)
end)

workflow_emails.update = on_workflow(function(shop, request, workflow)
  local refused = wrong(request) or nothing_given(request)
  if refused then return request:bad(refused) end
  for _, email in ipairs(workflow.emails) do
    if email.id == request:text "workflow_email_id" then
      fields.change(email, request, KNOWN)
      email.updated = shop:time()
      return views.email(workflow, email, true)
    end
  end
  return request:missing "email"
end)

return workflow_emails
