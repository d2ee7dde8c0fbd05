-- How much longer it takes to make an event of a ping than to decode its form: the median ratio of alternating rounds,
-- for the ping with the most fields and as the mean over all pings in the fixtures. The collector runs before each
-- round and during none.
local core = require "gumroad.core"
local events = require "gumroad.api.events"
local webhook = require "gumroad.webhook"

local FORM = "application/x-www-form-urlencoded"
local FOLDER = "spec/fixtures/pings/"
local LARGEST = "sale_physical"  -- 43 fields
local ROUNDS, CALLS = 101, 200

local function seconds(call, body, content_type)
  collectgarbage()
  collectgarbage "stop"
  local from = os.clock()
  for _ = 1, CALLS do call(body, content_type) end
  local took = os.clock() - from
  collectgarbage "restart"
  return took
end

local function ratio(name, rounds)
  local file = assert(io.open(FOLDER .. name .. ".form", "rb"))
  local body = file:read "*a"
  file:close()
  assert(events.named[assert(webhook.parse(body, FORM)).type])
  local ratios = {}
  for round = 1, rounds do
    local parsed, decoded
    if round % 2 == 0 then  -- so that neither of them is always the second
      parsed, decoded = seconds(webhook.parse, body, FORM), seconds(core.form_decode, body)
    else
      decoded, parsed = seconds(core.form_decode, body), seconds(webhook.parse, body, FORM)
    end
    ratios[round] = parsed / decoded
  end
  table.sort(ratios)
  return ratios[(rounds + 1) / 2]
end

local names = {}
for path in io.popen("ls " .. FOLDER .. "*.form"):lines() do names[#names + 1] = path:match("([^/]+)%.form$") end
local sum = 0
for _, name in ipairs(names) do sum = sum + ratio(name, 21) end
print(("webhook_parse_ratio %.2f x (goal <= 1.30)"):format(ratio(LARGEST, ROUNDS)))
print(("webhook_parse_mean_ratio %.2f x (goal <= 1.50)"):format(sum / #names))
