-- The command gumroad-lua: how long it takes to start, compared with the bare interpreter; whether a list of 10,000
-- sales needs more memory than one of 1,000; and how much CPU such a list takes as JSON and as CSV, compared with
-- reading it alone.
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

-- Programs that end with a figure on stderr: the command's peak resident size, its CPU time, and that of a script that
-- only reads the sales.
local PEAK = [[
local code = require("gumroad.cli").main(arg)
for line in io.lines("/proc/self/status") do
  if line:find("^VmHWM") then io.stderr:write(line:match("%d+"), "\n") end
end
os.exit(code)
]]
local CPU = [[
local code = require("gumroad.cli").main(arg)
io.stderr:write(os.clock(), "\n")
os.exit(code)
]]
local CPU_OF_EACH = [[
for _ in require("gumroad").new({ base_url = arg[5] }).sales:each() do end
io.stderr:write(os.clock(), "\n")
]]

local gum = assert(emulator.start { sales = 10000 })
local program = os.tmpname()

-- Runs a program with the arguments of a list of sales; returns its figure.
local function figure(source, format, limit)
  local file = assert(io.open(program, "w"))
  file:write(source)
  file:close()
  local command = "GUMROAD_ACCESS_TOKEN=%s %s %s sales list %s --base-url %s --limit %d 2>&1 >/dev/null"
  local pipe = assert(io.popen(command:format(gum.access_token, LUA, program, format, gum.url, limit)))
  local output = pipe:read("*a")
  pipe:close()
  return assert(tonumber(output:match("([%d.]+)\n$")), output)
end

support.report("csv_of_10000_sales_over_1000", (figure(PEAK, "--csv", 10000) - figure(PEAK, "--csv", 1000)) / 1024,
  "MiB", "<= 2")

local json, csv = {}, {}
for round = 1, 5 do
  local each = figure(CPU_OF_EACH, "--json", 10000)
  json[round], csv[round] = figure(CPU, "--json", 10000) / each, figure(CPU, "--csv", 10000) / each
end
support.report("json_of_10000_sales_cpu_over_each", support.median(json), "x", "<= 1.35")
support.report("csv_of_10000_sales_cpu_over_each", support.median(csv), "x", "<= 1.50")
os.remove(program)
gum:stop()
