-- The command gumroad-lua: how long it takes to start, compared with the bare interpreter, and whether a list of
-- 10,000 sales needs more memory than one of 1,000.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local support = require "bench.support"

local LUA = os.getenv("LUA") or "lua5.4"
local ROUNDS = 21

local function milliseconds(command)
  local start = core.now()
  os.execute("exec " .. command .. " >/dev/null")
  return (core.now() - start) * 1000
end

-- The commands run in turns, so that changes in the machine's speed affect all of them. The time of the shell that
-- starts them is subtracted.
local beyond = {}
for round = 1, ROUNDS do
  local shell, bare = milliseconds("true"), milliseconds(LUA .. " -e ''")
  beyond[round] = milliseconds(LUA .. " bin/gumroad-lua --help") - shell - 3 * (bare - shell)
end
support.report("help_beyond_3_interpreters", support.median(beyond), "ms", "<= 20")

-- Runs the command and prints its peak resident size to stderr.
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

-- Returns MiB.
local function peak(limit)
  local command = "GUMROAD_ACCESS_TOKEN=%s %s %s sales list --csv --base-url %s --limit %d 2>&1 >/dev/null"
  local pipe = assert(io.popen(command:format(gum.access_token, LUA, program, gum.url, limit)))
  local output = pipe:read("*a")
  pipe:close()
  return assert(tonumber(output:match("(%d+)\n$")), output) / 1024
end

support.report("csv_of_10000_sales_over_1000", peak(10000) - peak(1000), "MiB", "<= 2")
os.remove(program)
gum:stop()
