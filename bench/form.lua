-- How much longer it takes to decode a sale ping than to build only its tables: the median ratio of alternating
-- rounds. The collector runs before each round, but not during one.
local core = require "gumroad.core"
local baseline = require "form_baseline"

local PING = "spec/fixtures/pings/sale_physical.form"  -- 43 fields
local ROUNDS, CALLS = 301, 400

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

local function seconds(call, argument)
  collectgarbage()
  collectgarbage("stop")
  local from = os.clock()
  for _ = 1, CALLS do call(argument) end
  local took = os.clock() - from
  collectgarbage("restart")
  return took
end

local file = assert(io.open(PING, "rb"))
local body = file:read("*a")
file:close()
local fields = baseline.fields(body)
assert(same(core.form_decode(body), baseline.build(fields)), "the baseline builds other tables")

local ratios = {}
for round = 1, ROUNDS do
  local decode, build
  if round % 2 == 0 then  -- so that neither of them is always the second
    decode = seconds(core.form_decode, body)
    build = seconds(baseline.build, fields)
  else
    build = seconds(baseline.build, fields)
    decode = seconds(core.form_decode, body)
  end
  ratios[round] = decode / build
end
table.sort(ratios)
print(("form_decode_ratio %.2f x (goal <= 1.25)"):format(ratios[(ROUNDS + 1) / 2]))
