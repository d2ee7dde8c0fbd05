-- Values beside those of another program's decoder. A generator, run as COMMAND SEED COUNT, prints a line
-- for each case: the bytes in hexadecimal, a blank, and the value that they stand for, as `canonical`
-- writes it, or "!" where they are to be refused.
local compare = {}

local CASES = 2000  -- of one run of a generator

local HEX, BYTE = {}, {}
for code = 0, 255 do
  HEX[string.char(code)] = ("%02x"):format(code)
  BYTE[("%02x"):format(code)] = string.char(code)
end

local function hex(text)
  return (text:gsub(".", HEX))
end

local function bytes(text)
  return (text:gsub("%x%x", BYTE))
end

-- A fraction as its 53 bits and its exponent: not every C library rounds "%.17g" alike.
local function canonical_fraction(n)
  if n - n ~= 0 then return "d" .. (n > 0 and "inf" or "-inf") end
  local bits, exponent = math.frexp(n)
  return ("d%.0fp%d"):format(bits * 2 ^ 53, exponent)
end

-- Whole numbers are "i", others "d"; a float that is whole shows itself as one where Lua has integers.
local function canonical_number(n)
  if math.type and math.type(n) == "integer" then return ("i%d"):format(n) end
  if not math.type and n == math.floor(n) and n >= -2 ^ 63 and n < 2 ^ 63 then return ("i%.0f"):format(n + 0) end
  return canonical_fraction(n)
end

local function canonical_table(t)
  local parts = {}
  for i, value in ipairs(t) do parts[i] = compare.canonical(value) end
  local names = {}
  for name in pairs(t) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do parts[#parts + 1] = hex(name) .. ":" .. compare.canonical(t[name]) end
  local inner = table.concat(parts, ",")
  return #names > 0 and "{" .. inner .. "}" or "[" .. inner .. "]"
end

--- A value as text: the same for two values only if they are the same, but that an empty list is an
-- empty dictionary.
function compare.canonical(value)
  local kind = type(value)
  if kind == "string" then return "s" .. hex(value) end
  if kind == "number" then return canonical_number(value) end
  if kind == "table" then return canonical_table(value) end
  return tostring(value)
end

--- Whether a program is here, such as one of another language with the libraries it needs.
function compare.has(command)
  local ok = os.execute(command .. " >/dev/null 2>&1")
  return ok == true or ok == 0
end

-- The difference in words, or nil.
local function differ(input, want, comparison)
  local ok, value = pcall(comparison.decode, input)
  local got = ok and compare.canonical(value) or "!"
  if got == want or (want == "!" and comparison.excused(input)) then return nil end
  return ("%q is\n%s here%s and\n%s there"):format(input, got, ok and "" or " (" .. tostring(value) .. ")", want)
end

--- Compares the cases of a seed.
-- @param comparison table:
--   COMMAND  the generator's
--   NEEDED   a command that succeeds where it can run
--   decode   function(bytes) -> value; raises for what it refuses
--   excused  function(bytes) -> whether a value is fine where the other program refuses
-- @return how many cases there were, the shortest one that differs, in words, or nil
function compare.seed(comparison, seed, count)
  local pipe = assert(io.popen(("%s %d %d"):format(comparison.COMMAND, seed, count)))
  local cases, shortest, difference = 0, math.huge, nil
  for line in pipe:lines() do
    local input, want = line:match("^(%x*) (.*)$")
    input, cases = bytes(assert(input, line)), cases + 1
    local found = #input < shortest and differ(input, want, comparison)
    if found then shortest, difference = #input, ("seed %d: %s"):format(seed, found) end
  end
  pipe:close()
  return cases, difference
end

--- Compares seed after seed, for a number of seconds, and ends the program; prints how many cases there were.
-- @param name of the module in spec/fuzz
function compare.run(name, seconds)
  local comparison = require("fuzz." .. name)
  if not compare.has(comparison.NEEDED) then
    print("left out: it needs " .. comparison.NEEDED)
    os.exit(true)
  end
  local runs, seed, deadline, cases, difference = 0, os.time() % 1000000 * 1000, os.time() + seconds
  repeat
    cases, difference = compare.seed(comparison, seed, CASES)
    assert(cases == CASES, "the generator does not run: " .. comparison.COMMAND)
    runs, seed = runs + cases, seed + 1
  until difference or os.time() >= deadline
  print(difference or "no difference")
  print("stat::number_of_executed_units: " .. runs)
  os.exit(difference == nil)
end

return compare
