-- The command gumroad-lua: how long it takes to start, against the bare interpreter; and whether a
-- list of 10,000 sales takes more memory than one of 1,000.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local support = require "bench.support"

local LUA = os.getenv("LUA") or "lua5.4"
local ROUNDS = 21

local function milliseconds(command)
  local times = {}
  for round = 1, ROUNDS do
    local start = core.now()
    os.execute("exec " .. command .. " >/dev/null")
    times[round] = (core.now() - start) * 1000
  end
  return support.median(times)
end

local shell = milliseconds("true")  -- it starts everything here
local help = milliseconds(LUA .. " bin/gumroad-lua --help") - shell
local bare = milliseconds(LUA .. " -e ''") - shell
support.report("help_beyond_3_interpreters", help - 3 * bare, "ms", "<= 20")

-- Runs the command and tells its largest resident size on stderr.
local PROGRAM = [[
local code = require("gumroad.cli").main(arg)
for line in io.lines("/proc/self/status") do
  if line:find("^VmHWM") then io.stderr:write(line:match("%d+"), "\n") end
end
os.exit(code)
]]

local gum = assert(emulator.start { sales = 10000 })
local program = os.tmpname()
local file = assert(io.open(program, "w"))
file:write(PROGRAM)
file:close()

-- MiB
local function peak(limit)
  local command = "GUMROAD_ACCESS_TOKEN=%s %s %s sales list --csv --base-url %s --limit %d 2>&1 >/dev/null"
  local pipe = assert(io.popen(command:format(gum.access_token, LUA, program, gum.url, limit)))
  local told = pipe:read("*a")
  pipe:close()
  return assert(tonumber(told:match("(%d+)\n$")), told) / 1024
end

support.report("csv_of_10000_sales_over_1000", peak(10000) - peak(1000), "MiB", "<= 2")
os.remove(program)
gum:stop()
