--- Parses the types of gumroad.schema. Each text is parsed once, and its result is shared.
--
-- A type is a table, which nobody may change because it is shared. It has `optional`, whether the value
-- may be absent, and one of these:
--
-- * `name`: string, integer, number, boolean, table, list or the name of an object in gumroad.schema;
--   for the first four, `scalar` is true as well
-- * `array` or `map`: the type of the elements
-- * `union`: a list of types
local SCALARS = { string = true, integer = true, number = true, boolean = true }

local known = {}

local read

local function read_union(text)
  local types = {}
  for part in (text .. "|"):gmatch("([^|]*)|") do types[#types + 1] = read(part) end
  return { union = types }
end

local function read_one(text)
  local element = text:match("^map<(.+)>$")
  if element then return { map = read(element) } end
  if text:find("|", 1, true) then return read_union(text) end
  element = text:match("^(.+)%[%]$")
  if element then return { array = read(element) } end
  assert(text:find("^[%a_][%w_]*$"), "not a type: '" .. text .. "'")
  return { name = text, scalar = SCALARS[text] }
end

--- Parses a type.
-- @param text such as "string", "cover[]?", "map<integer>" or "number|string"
-- @return table, see above; raises an error for a text that is not a type
function read(text)
  local type = known[text]
  if not type then
    local inner, optional = text:match("^(.-)(%??)$")
    type = read_one(inner)
    type.optional = optional == "?"
    known[text] = type
  end
  return type
end

return read
