-- Counts the steps of Lua's string functions, which hooks cannot see: the pattern matcher, written in Lua after
-- lstrlib.c, counts each comparison, and the other functions count the bytes that they read and write. Exceeding a
-- budget raises an error, so that quadratic work ends at once.
local work = {}

local real = {}
for name, run in pairs(string) do real[name] = run end
local byte, sub, find = real.byte, real.sub, real.find

local steps, budget = 0, math.huge

local function count(more)
  steps = steps + more
  if steps > budget then
    budget = math.huge  -- so that whoever catches this can continue; it is raised again at the end
    error("too much work", 0)
  end
end

-- The matcher ---------------------------------------------------------------------------------

local function class_end(pattern, at)
  local char = sub(pattern, at, at)
  at = at + 1
  if char == "%" then return at + 1 end
  if char ~= "[" then return at end
  if sub(pattern, at, at) == "^" then at = at + 1 end
  repeat
    local inner = sub(pattern, at, at)
    at = at + 1
    if inner == "%" then at = at + 1 end
  until sub(pattern, at, at) == "]"
  return at + 1
end

-- Compares a byte with an item of a pattern, using Lua's own function. Results are cached, because there are few.
local single = setmetatable({}, { __index = function(self, item)
  local set = {}
  for code = 0, 255 do set[code] = find(string.char(code), "^" .. item) ~= nil end
  self[item] = set
  return set
end })

local match

-- Matches an item with a quantifier, as in lstrlib.c. `fits` tests whether a byte belongs to the item's class, and
-- `go_on` matches the rest of the pattern.
local repeated = {}

repeated["?"] = function(at, fits, go_on)
  return fits(at) and go_on(at + 1) or go_on(at)
end

repeated["-"] = function(at, fits, go_on)
  local stop = go_on(at)
  while not stop and fits(at) do
    at = at + 1
    stop = go_on(at)
  end
  return stop
end

local function longest(at, least, fits, go_on)
  local most = at
  while fits(most) do most = most + 1 end
  for place = most, least, -1 do
    local stop = go_on(place)
    if stop then return stop end
  end
end

repeated["*"] = function(at, fits, go_on) return longest(at, at, fits, go_on) end
repeated["+"] = function(at, fits, go_on) return longest(at, at + 1, fits, go_on) end

local function match_item(text, pattern, at, item_at, after, level)
  local set, quantifier = single[sub(pattern, item_at, after - 1)], sub(pattern, after, after)
  local last = #text
  local function fits(place)
    count(1)
    return place <= last and set[byte(text, place)]
  end
  local run = repeated[quantifier]
  if run then
    return run(at, fits, function(place) return match(text, pattern, place, after + 1, level) end)
  end
  return fits(at) and match(text, pattern, at + 1, after, level) or nil
end

-- Returns the position after a match that begins at a position, or nil. Captures are skipped.
function match(text, pattern, at, item_at, level)
  count(1)
  assert(level < 200, "too deep")
  local char = sub(pattern, item_at, item_at)
  if char == "" then return at end
  if char == "(" or char == ")" then return match(text, pattern, at, item_at + 1, level) end
  if char == "$" and item_at == #pattern then return at == #text + 1 and at or nil end
  local two = sub(pattern, item_at, item_at + 1)
  if two == "%f" then
    local after = class_end(pattern, item_at + 2)
    local set = single[sub(pattern, item_at + 2, after - 1)]
    if set[at > 1 and byte(text, at - 1) or 0] or not set[byte(text, at) or 0] then return nil end
    return match(text, pattern, at, after, level)
  end
  assert(two ~= "%b" and not find(two, "^%%%d"), "a pattern that is not counted: " .. pattern)
  return match_item(text, pattern, at, item_at, class_end(pattern, item_at), level + 1)
end

-- Looks for a pattern from a position on, as find and match do.
local function look(text, pattern, at)
  local anchored = sub(pattern, 1, 1) == "^"
  while at <= #text + 1 do
    local stop = match(text, pattern, at, anchored and 2 or 1, 0)
    if stop or anchored then return stop, at end
    at = at + 1
  end
end

-- Looks for all matches, as gmatch and gsub do.
local function look_for_all(text, pattern, most)
  local at, found = 1, 0
  while at <= #text + 1 and found < (most or math.huge) do
    local stop, start = look(text, pattern, at)
    if not stop or sub(pattern, 1, 1) == "^" then return end
    at, found = math.max(stop, start + 1), found + 1
  end
end

-- The functions -------------------------------------------------------------------------------

local counted = {}

local function first_place(text, init)
  init = init or 1
  return init < 0 and math.max(#text + init + 1, 1) or math.max(init, 1)
end

function counted.find(text, pattern, init, plain)
  if plain then
    local start, stop = find(text, pattern, init, true)
    count((start or #text) - first_place(text, init) + #pattern)
    return start, stop
  end
  look(text, pattern, first_place(text, init))
  return find(text, pattern, init)
end

function counted.match(text, pattern, init)
  look(text, pattern, first_place(text, init))
  return real.match(text, pattern, init)
end

function counted.gmatch(text, pattern)
  look_for_all(text, pattern)
  return real.gmatch(text, pattern)
end

function counted.gsub(text, pattern, replacement, most)
  look_for_all(text, pattern, most)
  return real.gsub(text, pattern, replacement, most)
end

for _, name in ipairs { "sub", "lower", "upper", "rep", "reverse", "format" } do
  counted[name] = function(...)
    local made = real[name](...)
    count(#made / 8 + 1)  -- these move bytes without reading them
    return made
  end
end

--- Runs a function. Raises its errors, or an error if it takes more steps than allowed.
-- @return the number of steps
function work.steps(most, run, ...)
  steps, budget = 0, most
  for name, replacement in pairs(counted) do string[name] = replacement end  -- luacheck: ignore
  local ok, raised = pcall(run, ...)
  for name in pairs(counted) do string[name] = real[name] end  -- luacheck: ignore
  local taken = steps
  steps, budget = 0, math.huge
  if not ok then error(raised, 0) end
  if taken > most then error("too much work: " .. taken .. " steps", 0) end
  return taken
end

return work
