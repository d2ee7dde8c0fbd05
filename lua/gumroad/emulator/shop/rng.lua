--- The only random number generator. It has no state: each result depends only on the seed, a purpose and a number,
-- and is the same on all Luas (every product stays below 2^53). Ids contain their number, so sale number 70,000 is
-- found by its id without creating the other 69,999.
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

-- The purposes of random values and ids. Changing a number here changes the shop of every seed. A purpose that is not
-- listed gets a number from its name.
local PURPOSES = {
  -- ids
  product = 1, sale = 2, subscription = 3, category = 4, variant = 5, custom_field = 6,
  resource_subscription = 7, imported_customer = 8, email = 9, workflow = 10, workflow_email = 11,
  payout = 12, seller = 40, file = 41, rich_content = 43, sku = 44, offer_code = 46, media = 47,
  upsell = 48, upsell_variant = 49, utm_link = 50, review_id = 51, page = 52,
  sale_license = 20, subscription_license = 30, imported_license = 50,
  -- names of images and embedded media
  profile_picture = 41, cover = 42, embed = 44, thumbnail = 45,
  -- the storage
  etag = 60, upload_name = 61, upload = 62, blob = 63, signature = 64,
  -- buyers
  buyer = 100, first_name = 101, last_name = 102, mail_host = 103, place = 104, account = 105,
  street = 106, account_email = 107, mail_style = 108, guest = 127,
  -- sales and subscriptions
  jitter = 110, block = 111, quantity = 112, option = 113, field_value = 117, offer = 118, tip = 119,
  refund = 120, dispute = 121, affiliate = 122, newsletter = 123, referrer = 124, shipped = 126,
  status = 128, uses = 129, gift = 130, review = 131, discover = 132,
  -- OAuth
  code = 140, access_token = 141, refresh_token = 142, device_code = 143, user_code = 144,
}

local FROM_NAMES = 1000  -- smaller numbers are in the table

setmetatable(PURPOSES, { __index = function(_, name)
  local number = 0
  for i = 1, #name do number = (number * 31 + name:byte(i)) % 1048576 end
  return FROM_NAMES + number
end })

local rng = {}
rng.__index = rng

--- @param seed any number
function rng.new(seed)
  return setmetatable({ seed = floor(seed) % 2147483648 }, rng)
end

--- Returns a number from 0 to 2^31 - 2, computed from three non-negative integers below 2^31.
local function mix(seed, purpose, number)
  local h = (seed * 7919 + number * 104729 + purpose * 1299709 + 12345) % PRIME
  for round = 1, 4 do
    h = (h * 48271 + floor(h / 32768) * (h % 32768) + round * 7) % PRIME
  end
  return h
end

local function roll(seed, purpose, number, sides)
  return floor(mix(seed, purpose, number) / 8) % sides
end

--- Returns a number from 0 to sides - 1.
-- @param purpose what it is for
-- @param number  number of the object that it is for
function rng:roll(purpose, number, sides)
  return roll(self.seed, PURPOSES[purpose], number, sides)
end

--- Returns an element of a list.
function rng:choose(purpose, number, list)
  return list[1 + self:roll(purpose, number, #list)]
end

-- order numbers ---------------------------------------------------------------------------

-- a * b modulo 2^30, for a and b below 2^30
local function multiply(a, b)
  return (a * floor(b / 32768) % ORDERS * 32768 + a * (b % 32768)) % ORDERS
end

-- Newton's method: each step doubles the number of bits in which factor * inverse is 1
local function inverse_of(factor)
  local inverse = factor
  for _ = 1, 5 do
    inverse = multiply(inverse, (2 - multiply(factor, inverse)) % ORDERS)
  end
  return inverse
end
local ORDER_INVERSE = inverse_of(ORDER_FACTOR)

--- Returns the obfuscated number of element `number`: below 2^30, and unique.
function rng.order_number(number)
  return (multiply(number % ORDERS, ORDER_FACTOR) + ORDER_SHIFT) % ORDERS
end

--- Returns the number of an element from its obfuscated number.
function rng.number_of_order(order)
  return multiply((order - ORDER_SHIFT) % ORDERS, ORDER_INVERSE)
end

-- ids -------------------------------------------------------------------------------------

-- 16 random digits. The next five digits contain the number, shifted by an amount that depends on the 16.
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

--- Returns an external id: 22 digits of URL-safe base64 and "==".
-- @param purpose the kind of object
-- @param number  below 2^30
function rng:id(purpose, number)
  local seed, of = self.seed, PURPOSES[purpose]
  local prefix = id_prefix(seed, of, number)
  local hidden = (number + shift_of(prefix, seed)) % ORDERS
  local out = { prefix }
  for i = 2, 6 do
    out[i] = DIGIT[hidden % 64]
    hidden = floor(hidden / 64)
  end
  out[7] = DIGIT[16 * roll(seed, of, number, 4)]
  return table.concat(out) .. "=="
end

--- Returns the number in an external id of this kind, or nil.
function rng:number_of_id(purpose, id)
  if #id ~= 24 or not id:find("^[%w_-]+==$") then return nil end
  local hidden = 0
  for i = 21, 17, -1 do hidden = hidden * 64 + VALUE[id:sub(i, i)] end
  local number = (hidden - shift_of(id:sub(1, 16), self.seed)) % ORDERS
  return self:id(purpose, number) == id and number or nil
end

-- license keys ----------------------------------------------------------------------------

local function hex(seed, purpose, number)
  return ("%04X%04X"):format(mix(seed, purpose, number) % 65536,
    mix(seed, purpose + 1, number) % 65536)
end

--- Returns a license key: four groups of eight hex digits. The last group contains the number.
function rng:license_key(purpose, number)
  local seed, of = self.seed, PURPOSES[purpose]
  local prefix = hex(seed, of, number) .. "-" .. hex(seed, of + 2, number) .. "-" .. hex(seed, of + 4, number)
  local hidden = (number + shift_of(prefix, seed)) % ORDERS
  return ("%s-%04X%04X"):format(prefix, floor(hidden / 65536), hidden % 65536)
end

--- Returns the number in a license key of this kind, or nil.
function rng:number_of_license_key(purpose, key)
  local prefix, high, low = key:match("^(%x+%-%x+%-%x+)%-(%x%x%x%x)(%x%x%x%x)$")
  if not prefix then return nil end
  local hidden = tonumber(high, 16) * 65536 + tonumber(low, 16)
  local number = (hidden - shift_of(prefix, self.seed)) % ORDERS
  return self:license_key(purpose, number) == key and number or nil
end

-- texts -----------------------------------------------------------------------------------

--- Returns a given count of digits. The first digit is not 0: "5530311507811".
function rng:digits(purpose, number, count)
  local seed, of = self.seed, PURPOSES[purpose]
  local out = { tostring(1 + roll(seed, of, number, 9)) }
  for i = 2, count do out[i] = tostring(roll(seed, of + i, number, 10)) end
  return table.concat(out)
end

--- Returns a given count of letters from an alphabet.
function rng:letters(purpose, number, count, alphabet)
  local out = {}
  for i = 1, count do
    local at = 1 + roll(self.seed, PURPOSES[purpose] * count + i, number, #alphabet)
    out[i] = alphabet:sub(at, at)
  end
  return table.concat(out)
end

--- Returns 43 digits of URL-safe base64, as in tokens and codes.
function rng:token(purpose, number)
  local out = {}
  for i = 1, 43 do out[i] = DIGIT[floor(mix(self.seed, PURPOSES[purpose] * 64 + i, number) / 8) % 64] end
  return table.concat(out)
end

--- Returns 32 lower-case hex digits, as in the ids of covers.
function rng:guid(purpose, number)
  local out = {}
  for i = 1, 8 do out[i] = ("%04x"):format(mix(self.seed, PURPOSES[purpose] * 8 + i, number) % 65536) end
  return table.concat(out)
end

return rng
