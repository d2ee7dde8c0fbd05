--- Workflows: series of emails that an event starts.
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local store = require "gumroad.emulator.shop.workflows"
local views = require "gumroad.emulator.views.workflow"

local workflows = {}

function workflows.list(shop)
  return json.list(store.of(shop), views.workflow)
end

workflows.get = finders.record("workflow", store.of)(function(_, _, workflow)
  return views.workflow(workflow, true)
end)

return workflows
