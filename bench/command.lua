-- The command gumroad-lua: how long it takes to start, against the bare interpreter; and whether a
-- list of 10,000 sales takes more memory than one of 1,000.
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

-- In turns, so that a change of the machine's speed meets all; without the shell that starts them.
local beyond = {}
for round = 1, ROUNDS do
  local shell, bare = milliseconds("true"), milliseconds(LUA .. " -e ''")
  beyond[round] = milliseconds(LUA .. " bin/gumroad-lua --help") - shell - 3 * (bare - shell)
end
support.report("help_beyond_3_interpreters", support.median(beyond), "ms", "<= 20")

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
