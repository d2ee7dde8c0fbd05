--- The account's refund policy.
local fields = require "gumroad.emulator.http.fields"
local json = require "gumroad.emulator.http.json"

local MOST_CHARACTERS = 3000
local TITLES = {
  ["7"] = "7-day money back guarantee", ["14"] = "14-day money back guarantee",
  ["30"] = "30-day money back guarantee", ["183"] = "6-month money back guarantee",
}

local refund_policy = {}

local Policy = json.shape { "refund_period", "title", "fine_print", "in_effect" }

function refund_policy.get(shop)
  local policy = shop.refund_policy
  return Policy { refund_period = policy.period, title = TITLES[policy.period],
    fine_print = json.or_null(policy.fine_print), in_effect = policy.in_effect }
end

local FIELDS = { refund_period = { "period", tostring }, fine_print = { "fine_print", fields.or_nil } }

function refund_policy.update(shop, request)
  if not TITLES[request:text "refund_period" or ""] then
    return request:refuse "Refund period is not included in the list"
  end
  if #(request:text "fine_print" or "") > MOST_CHARACTERS then
    return request:refuse "Fine print is too long (maximum is 3000 characters)"
  end
  fields.change(shop.refund_policy, request, FIELDS)
  return refund_policy.get(shop)
end

return refund_policy
