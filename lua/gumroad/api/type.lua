--- The types of gumroad.schema, read once for all who ask what one says.
--
-- A type is a table that nobody may change, as all share it. It has `optional`, whether the value may
-- be absent, and one of
--
-- * `name`: string, integer, number, boolean, table, list, or that of an object of gumroad.schema;
--   of the first four, `scalar` is true, too
-- * `array` or `map`: the type of its elements
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
  assert(text:find("^[%a_][%w_]*$"), "no type: '" .. text .. "'")
  return { name = text, scalar = SCALARS[text] }
end

--- Reads a type.
-- @param text such as "string", "cover[]?", "map<integer>" or "number|string"
-- @return table, see above; raises where it is none
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
