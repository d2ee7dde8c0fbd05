-- Helpers for the measurements.
local core = require "gumroad.core"

local support = {}

function support.seconds(run)
  collectgarbage()
  local start = core.now()
  run()
  return core.now() - start
end

function support.median(values)
  table.sort(values)
  local middle = (#values + 1) / 2
  return (values[math.floor(middle)] + values[math.ceil(middle)]) / 2
end

--- Returns the median ratio of the times of a and b. They run in turns, so that changes in the machine's speed
-- affect both.
function support.ratio(rounds, a, b)
  a() b()
  local ratios = {}
  for round = 1, rounds do
    local first, second = a, b
    if round % 2 == 0 then first, second = b, a end
    local one, two = support.seconds(first), support.seconds(second)
    ratios[round] = round % 2 == 0 and two / one or one / two
  end
  return support.median(ratios)
end

--- Prints a line of the report: NAME VALUE UNIT (goal).
function support.report(name, value, unit, goal)
  print(("%s %.2f %s%s"):format(name, value, unit, goal and (" (goal %s)"):format(goal) or ""))
end

--- Returns the resident memory in KiB.
function support.resident()
  local statm = assert(io.open("/proc/self/statm")):read("*l")
  return tonumber(statm:match("^%d+ (%d+)")) * 4
end

--- Returns the peak resident memory in KiB.
function support.peak()
  local status = assert(io.open("/proc/self/status")):read("*a")
  return tonumber(status:match("VmHWM:%s*(%d+)"))
end

--- Starts a server process that responds to every request with a page of sales.
-- @return its URL, a function that stops it
function support.page_server()
  local pipe = assert(io.popen((os.getenv("LUA") or "lua5.4") .. " bench/server.lua", "r"))
  local port = assert(tonumber(pipe:read("*l")), "the page server does not start")
  return "http://127.0.0.1:" .. port, function()
    local engine = core.engine()
    local transfer = engine:send { method = "DELETE", base_url = "http://127.0.0.1:" .. port, path = "/" }
    while transfer and not transfer:done() do engine:step(1) end
    pipe:close()
  end
end

return support
