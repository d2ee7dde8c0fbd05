-- Runs what looks for mistakes by chance, one after the other, and prints how often each ran and what it
-- found: lua5.4 spec/fuzz/run.lua FOLDER SECONDS TARGET...
-- A target is a program of libFuzzer, FOLDER/NAME_fuzz, or a comparison, the module spec/fuzz/NAME.lua. The
-- seconds are for all of them together. What libFuzzer learns stays in FOLDER/corpus, an input that fails
-- in FOLDER/findings, what each printed in FOLDER/logs.
local folder, seconds = arg[1], tonumber(arg[2])
local targets = { table.unpack(arg, 3) }

local MOST_FINDINGS = 5  -- of one target; more of them are one, as a rule
local LEFT = 3           -- seconds that are worth another start

-- Each of these makes a new Lua state for each input, so that what is left behind is a leak.
local SEES_LEAKS = { form = true, json = true, url = true, gate = true, headers = true, lifetimes = true }

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

local function fuzz_command(name, time)
  local corpus, kept = folder .. "/corpus/" .. name, "spec/fuzz/corpus/" .. name
  os.execute("mkdir -p " .. corpus)
  return table.concat({ folder .. "/" .. name .. "_fuzz", "-max_total_time=" .. time, "-max_len=8192", "-timeout=10",
    "-rss_limit_mb=1024", "-print_final_stats=1", "-detect_leaks=" .. (SEES_LEAKS[name] and 1 or 0),
    "-dict=spec/fuzz/dictionary", "-artifact_prefix=" .. folder .. "/findings/" .. name .. "-", corpus,
    exists(kept .. "/.") and kept or "" }, " ")
end

local function command(name, time)
  if exists(folder .. "/" .. name .. "_fuzz") then return fuzz_command(name, time) end
  return ([[%s -e 'require("fuzz.compare").run("%s", %d)']]):format(os.getenv "LUA" or "lua5.4", name, time)
end

-- How often a target ran, as it says itself, and why it did not.
local function read_log(path)
  local runs, skipped = 0, nil
  for line in io.lines(path) do
    runs = math.max(runs, tonumber(line:match("^stat::number_of_executed_units: (%d+)")) or 0)
    skipped = skipped or line:match("^left out: (.*)")
  end
  return runs, skipped
end

-- Runs a target for its share of the time, again where it has found something.
local function run(name, time)
  local result, deadline = { name = name, runs = 0, findings = 0 }, os.time() + time
  repeat
    local log = ("%s/logs/%s-%d.log"):format(folder, name, result.findings + 1)
    local ok = os.execute(("nice %s >%s 2>&1"):format(command(name, deadline - os.time()), log))
    local runs, skipped = read_log(log)
    result.runs, result.skipped = result.runs + runs, skipped
    if not ok then
      result.findings = result.findings + 1
      print(("%s: a finding, see %s"):format(name, log))
    end
  until ok or deadline - os.time() < LEFT or result.findings == MOST_FINDINGS
  return result
end

os.execute(("rm -rf %s/logs; mkdir -p %s/findings %s/logs"):format(folder, folder, folder))
local results, findings = {}, 0
for i, name in ipairs(targets) do
  results[i] = run(name, math.max(1, seconds // #targets))
  findings = findings + results[i].findings
end
print(("%-12s %12s %9s"):format("target", "runs", "findings"))
for _, result in ipairs(results) do
  print(("%-12s %12d %9d%s"):format(result.name, result.runs, result.findings,
    result.skipped and "  left out: " .. result.skipped or ""))
end
os.exit(findings == 0)
