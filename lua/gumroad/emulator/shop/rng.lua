--- Dice without memory: what falls depends on a seed, a purpose and a number alone, and is
-- the same on all Luas (every product stays below 2^53). From them, ids that can be read
-- back: sale number 70,000 is found by its id without having made the other 69,999.
local floor = math.floor

local PRIME = 2147483647
local ORDERS = 1073741824  -- order numbers are below 2^30
local ORDER_FACTOR, ORDER_SHIFT = 668265261, 305153699
local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local DIGIT, VALUE = {}, {}
for i = 0, 63 do
  DIGIT[i] = DIGITS:sub(i + 1, i + 1)
  VALUE[DIGIT[i]] = i
end

local chance = {}

--- A number from 0 to 2^31 - 2, from three non-negative integers below 2^31.
local function mix(seed, purpose, number)
  local h = (seed * 7919 + number * 104729 + purpose * 1299709 + 12345) % PRIME
  for round = 1, 4 do
    h = (h * 48271 + floor(h / 32768) * (h % 32768) + round * 7) % PRIME
  end
  return h
end
chance.mix = mix

--- A number from 0 to sides - 1.
function chance.roll(seed, purpose, number, sides)
  return floor(mix(seed, purpose, number) / 8) % sides
end

-- a * b modulo 2^30, for a and b below 2^30
local function multiply(a, b)
  return (a * floor(b / 32768) % ORDERS * 32768 + a * (b % 32768)) % ORDERS
end

-- Newton: each step doubles the bits in which factor * inverse is 1
local function inverse_of(factor)
  local inverse = factor
  for _ = 1, 5 do
    inverse = multiply(inverse, (2 - multiply(factor, inverse)) % ORDERS)
  end
  return inverse
end
local ORDER_INVERSE = inverse_of(ORDER_FACTOR)

--- The obfuscated number of element `number`: below 2^30, and no two alike.
function chance.order_number(number)
  return (multiply(number % ORDERS, ORDER_FACTOR) + ORDER_SHIFT) % ORDERS
end

--- The element's number again.
function chance.from_order_number(order)
  return multiply((order - ORDER_SHIFT) % ORDERS, ORDER_INVERSE)
end

-- 16 digits that nobody can guess; the number hides in the five that follow, moved by an
-- amount that depends on the 16.
local function id_prefix(seed, purpose, number)
  local out = {}
  for part = 0, 3 do
    local h = mix(seed, purpose * 4 + part, number)
    for i = 1, 4 do
      out[part * 4 + i] = DIGIT[h % 64]
      h = floor(h / 64)
    end
  end
  return table.concat(out)
end

local function shift_of(prefix, seed)
  local h = seed % PRIME
  for i = 1, #prefix do h = (h * 48271 + prefix:byte(i)) % PRIME end
  return h % ORDERS
end

--- An external id: 22 digits of URL-safe base64 and "==".
-- @param purpose what kind of object it names (a small integer)
-- @param number below 2^30
function chance.id(seed, purpose, number)
  local prefix = id_prefix(seed, purpose, number)
  local hidden = (number + shift_of(prefix, seed)) % ORDERS
  local out = { prefix }
  for i = 2, 6 do
    out[i] = DIGIT[hidden % 64]
    hidden = floor(hidden / 64)
  end
  out[7] = DIGIT[16 * chance.roll(seed, purpose, number, 4)]
  return table.concat(out) .. "=="
end

--- The number behind an external id of that kind, or nil.
function chance.from_id(seed, purpose, id)
  if #id ~= 24 or not id:find("^[%w_-]+==$") then return nil end
  local hidden = 0
  for i = 21, 17, -1 do hidden = hidden * 64 + VALUE[id:sub(i, i)] end
  local number = (hidden - shift_of(id:sub(1, 16), seed)) % ORDERS
  return chance.id(seed, purpose, number) == id and number or nil
end

local function hex(seed, purpose, number)
  return ("%04X%04X"):format(mix(seed, purpose, number) % 65536,
    mix(seed, purpose + 1, number) % 65536)
end

--- A licence key: four groups of eight hex digits; the last hides the number.
function chance.licence_key(seed, purpose, number)
  local prefix = hex(seed, purpose, number) .. "-" .. hex(seed, purpose + 2, number) .. "-"
    .. hex(seed, purpose + 4, number)
  local hidden = (number + shift_of(prefix, seed)) % ORDERS
  return ("%s-%04X%04X"):format(prefix, floor(hidden / 65536), hidden % 65536)
end

function chance.from_licence_key(seed, purpose, key)
  local prefix, high, low = key:match("^(%x+%-%x+%-%x+)%-(%x%x%x%x)(%x%x%x%x)$")
  if not prefix then return nil end
  local hidden = tonumber(high, 16) * 65536 + tonumber(low, 16)
  local number = (hidden - shift_of(prefix, seed)) % ORDERS
  return chance.licence_key(seed, purpose, number) == key and number or nil
end

--- Digits of a given count, the first not 0: "5530311507811".
function chance.digits(seed, purpose, number, count)
  local out = { tostring(1 + chance.roll(seed, purpose, number, 9)) }
  for i = 2, count do out[i] = tostring(chance.roll(seed, purpose + i, number, 10)) end
  return table.concat(out)
end

--- 43 digits of URL-safe base64, as tokens and codes have.
function chance.token(seed, purpose, number)
  local out = {}
  for i = 1, 43 do out[i] = DIGIT[floor(mix(seed, purpose * 64 + i, number) / 8) % 64] end
  return table.concat(out)
end

--- 32 lower-case hex digits, as covers have.
function chance.guid(seed, purpose, number)
  local out = {}
  for i = 1, 8 do out[i] = ("%04x"):format(mix(seed, purpose * 8 + i, number) % 65536) end
  return table.concat(out)
end

return chance
