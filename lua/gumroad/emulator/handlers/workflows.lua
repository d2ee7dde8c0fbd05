--- Series of emails that an event starts.
local store = require "gumroad.emulator.shop.workflows"

local workflows = {}

function workflows.list(shop)
  local out = {}
  for i, workflow in ipairs(store.of(shop)) do out[i] = store.view(workflow) end
  return out
end

function workflows.get(shop, request)
  local workflow = store.of(shop):find(request:text "workflow_id")
  if not workflow then return request:missing "workflow" end
  return store.view(workflow, true)
end

return workflows
