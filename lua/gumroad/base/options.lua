--- Checks tables of options. A misspelled, missing or wrong option raises at the caller's line, in the same
-- words everywhere.
--
--     local KNOWN = {
--       url = { "string", required = ": where Gumroad reaches this program" },
--       port = { "number", whole = true, least = 0, most = 65535 },
--       timeout = { "number", positive = true, default = 30 },
--       body = { { "string", "table" } },
--       anything = {},
--     }
--     local copy = options.check("watch", KNOWN, given)
--
-- A row begins with a type or a list of types; without one, any type will do. Its fields:
--   required  true, or the words that follow "NAME is missing"
--   default   what `fill` sets if nothing is given
--   positive, least, most, whole   which numbers are allowed
--   or_false  whether false is allowed too, meaning "none"
--   expected  words for the type if its name says too little, such as "a URL"
local Error = require "gumroad.base.error"

local options = {}

local function is_of_type(row, value)
  local want = row[1]
  if want == nil or type(value) == want or (row.or_false and value == false) then return true end
  if type(want) ~= "table" then return false end
  for _, name in ipairs(want) do
    if type(value) == name then return true end
  end
  return false
end

local function type_words(row)
  return row.expected or (type(row[1]) == "table" and table.concat(row[1], " or ")) or row[1]
end

-- NaN is never in range, as no comparison holds for it.
local function is_in_range(row, number)
  return (not row.positive or number > 0) and number >= (row.least or -math.huge) and number <= (row.most or math.huge)
    and (not row.whole or number == math.floor(number))
end

local function range_words(row)
  local words = row.whole and "a whole number" or row.positive and "a positive number" or "a number"
  if row.least and row.most then return ("%s from %.14g to %.14g"):format(words, row.least, row.most) end
  if row.least then return ("%s of at least %.14g"):format(words, row.least) end
  return words .. (row.most and (" of at most %.14g"):format(row.most) or "")
end

-- What is wrong with a value, or nil.
local function fault_of(row, value)
  if not is_of_type(row, value) then return ("%s expected, got %s"):format(type_words(row), type(value)) end
  if type(value) == "number" and not is_in_range(row, value) then
    return ("%s expected, got %s"):format(range_words(row), tostring(value))
  end
end

local function check_required(where, known, given)
  local missing
  for name, row in pairs(known) do
    if row.required and given[name] == nil and (missing == nil or name < missing) then missing = name end
  end
  if not missing then return end
  local words = known[missing].required
  Error.usage("%s: %s is missing%s", where, missing, words == true and "" or words)
end

local function is_any_required(known)
  for _, row in pairs(known) do
    if row.required then return true end
  end
end

local DEFAULT_WORDS = { noun = "option", label = "%s" }

--- Checks a table of options. Raises a mistake at the caller's line.
-- @param where the function that got the table, such as "oauth.login"
-- @param known table from name to row, see above
-- @param given the table; may be nil if no option is required
-- @param words optional, for messages: noun (default: "option") and label, a format for a name (default: "%s")
-- @return a copy, so that the caller's table is neither kept nor changed
function options.check(where, known, given, words)
  words = words or DEFAULT_WORDS
  if given == nil and not is_any_required(known) then return {} end
  if type(given) ~= "table" then Error.usage("%s: table expected, got %s", where, type(given)) end
  local copy = {}
  for name, value in pairs(given) do
    local row = known[name]
    if not row then
      Error.usage("%s: unknown %s '%s'%s", where, words.noun or DEFAULT_WORDS.noun, tostring(name),
        Error.hint(name, known))
    end
    local fault = fault_of(row, value)
    if fault then Error.usage("%s: %s: %s", where, (words.label or DEFAULT_WORDS.label):format(name), fault) end
    copy[name] = value
  end
  check_required(where, known, copy)
  return copy
end

--- Sets the default of each option that is not given.
-- @return the same table
function options.fill(known, checked)
  for name, row in pairs(known) do
    if checked[name] == nil then checked[name] = row.default end
  end
  return checked
end

return options
