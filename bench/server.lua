-- Responds to every GET at once with the same page of sales, a little over 20 KB. A DELETE stops it.
local core = require "gumroad.core"
local listener = assert(require("gumroad.listener").new { port = 0 })
local engine = core.engine()
engine:watch(listener:fd())

local file = assert(io.open("spec/fixtures/sales_list.json"))
local before, sales, after = file:read("*a"):gsub("\n%s*", ""):gsub('": ', '":'):match('^(.-"sales":%[)(.*)(%].-)$')
file:close()
local page = before .. sales .. after
while #page < 20000 do
  sales = sales .. "," .. sales:match("^%b{}")
  page = before .. sales .. after
end

print(listener:port())
io.stdout:flush()

local done
repeat
  listener:step()
  local request = listener:next()
  if request then
    done = request:method() == "DELETE"
    request:answer(200, { ["Content-Type"] = "application/json; charset=utf-8" }, page)
  else
    engine:step(math.min(listener:timeout() or 60, 60))
  end
until done
for _ = 1, 10 do listener:step() engine:step(0.01) end
