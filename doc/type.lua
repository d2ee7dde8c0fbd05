--- The types of gumroad.schema and of parameters, read once for all that is made of them.
--
-- A type is a table: `optional` (may be nil), and one of
-- * `name`: string, integer, ..., or that of another object
-- * `array` or `map`: the type of its elements
-- * `union`: a list of types
local read

local function read_single(text)
  local element = text:match("^(.+)%[%]$")
  if element then return { array = read_single(element) } end
  element = text:match("^map<(.+)>$")
  if element then return { map = read(element) } end
  assert(text:find("^[%a_][%w_]*$"), "no type: '" .. text .. "'")
  return { name = text }
end

--- Reads a type.
-- @param text such as "string", "cover[]?", "map<integer>" or "number|string"
-- @return table, see above; raises where it is none
function read(text)
  local inner, optional = text:match("^(.-)(%??)$")
  local type
  if inner:find("|", 1, true) and not inner:find("^map<") then
    type = { union = {} }
    for part in inner:gmatch("[^|]+") do type.union[#type.union + 1] = read_single(part) end
  else
    type = read_single(inner)
  end
  type.optional = optional == "?"
  return type
end

return read
