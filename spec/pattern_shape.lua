-- Whether the shape of a Lua pattern shows that it is linear: a text of n bytes takes O(n) steps, whatever it contains.
-- Other patterns count as not linear here, even if they are linear where they are used.
local shape = {}

local ALL = 256

-- The bytes that an item of a pattern matches, according to Lua's own matcher.
local function set_of(item)
  local set, size = {}, 0
  for code = 0, ALL - 1 do
    if string.char(code):find("^" .. item .. "$") then
      set[code], size = true, size + 1
    end
  end
  set.size = size
  return set
end

local function class_end(pattern, at)
  local char = pattern:sub(at, at)
  at = at + 1
  if char == "%" then return at + 1 end
  if char ~= "[" then return at end
  if pattern:sub(at, at) == "^" then at = at + 1 end
  repeat
    local inner = pattern:sub(at, at)
    at = at + 1
    if inner == "%" then at = at + 1 end
  until pattern:sub(at, at) == "]"
  return at + 1
end

local UNBOUNDED = { ["*"] = true, ["+"] = true, ["-"] = true }
local MAY_BE_EMPTY = { ["*"] = true, ["-"] = true, ["?"] = true }

-- { anchored, ends, item, item, ... }, with the set and the quantifier of each item; nil for unsupported patterns.
local function read(pattern)
  local items, at = { anchored = pattern:sub(1, 1) == "^" }, 1
  if items.anchored then at = 2 end
  while at <= #pattern do
    local char, two = pattern:sub(at, at), pattern:sub(at, at + 1)
    if two == "%b" or two == "%f" or two:find("^%%%d") then return nil end
    if char == "$" and at == #pattern then
      items.ends, at = true, at + 1
    elseif char == "(" or char == ")" then
      at = at + 1
    else
      local after = class_end(pattern, at)
      local quantifier = pattern:match("^[*+?-]", after) or ""
      items[#items + 1] = { set = set_of(pattern:sub(at, after - 1)), quantifier = quantifier }
      at = after + #quantifier
    end
  end
  return items
end

local function are_apart(a, b)
  for code = 0, ALL - 1 do
    if a[code] and b[code] then return false end
  end
  return true
end

-- Whether what follows a position always matches, so that the matcher never goes back before it.
local function cannot_fail(items, from)
  if from > #items then return not items.ends end
  for at = from, #items do
    if not MAY_BE_EMPTY[items[at].quantifier] then return false end
  end
  return not items.ends or items[#items].set.size == ALL
end

local function is_bounded(items, from)
  for at = from, #items do
    if UNBOUNDED[items[at].quantifier] then return false end
  end
  return true
end

-- Whether giving up bytes of a run costs little: nothing long follows it; or what may follow begins with a byte that is
-- not in it, so that it ends in one place alone; or the first try succeeds.
local function is_determined(items, at)
  if is_bounded(items, at + 1) then return true end
  for next_at = at + 1, #items do
    local item = items[next_at]
    if not are_apart(items[at].set, item.set) then
      return cannot_fail(items, next_at) or item.quantifier == "" and cannot_fail(items, next_at + 1)
    end
    if not MAY_BE_EMPTY[item.quantifier] then return true end
  end
  return true
end

-- Whether a pattern without "^" does not look at a run again from each of its bytes: something before the run is not
-- in it, or whatever begins to match does match.
local function begins_once(items, at)
  for before = 1, at - 1 do
    if items[before].quantifier == "" and are_apart(items[before].set, items[at].set) then return true end
  end
  return cannot_fail(items, 2)
end

--- Whether a pattern is linear by its shape.
function shape.is_linear(pattern)
  local items = read(pattern)
  if not items then return false end
  for at, item in ipairs(items) do
    if UNBOUNDED[item.quantifier] then
      if not is_determined(items, at) or not (items.anchored or begins_once(items, at)) then return false end
    end
  end
  return true
end

return shape
