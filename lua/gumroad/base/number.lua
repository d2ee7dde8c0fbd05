--- Writes numbers as text for JSON, forms and CSV, in the same way whatever locale the program sets.
local number = {}

local LARGEST_EXACT = 2 ^ 53  -- up to here every whole number is exact in a double

local function is_integer(value)
  return math.type and math.type(value) == "integer"
end

--- Tells whether a number is neither infinite nor NaN.
function number.is_finite(value)
  return value - value == 0
end

--- Writes a finite number with as few digits as needed to read the same number again; whole ones have no fraction.
-- @return string such as "900", "4.8" or "1e+300"
function number.text(value)
  if is_integer(value) then return ("%d"):format(value) end
  if value % 1 == 0 and math.abs(value) <= LARGEST_EXACT then return ("%.0f"):format(value + 0) end  -- no "-0"
  local text
  for digits = 15, 17 do
    text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then break end
  end
  return (text:gsub("[^%d+e-]+", "."))  -- a locale's decimal point may be several bytes
end

return number
