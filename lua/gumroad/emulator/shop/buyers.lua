--- The buyers. Buyer number n is computed from the seed and n.
local names = require "gumroad.emulator.shop.names"

local buyers = {}

local function first_and_last(shop, number)
  return shop.rng:choose("first_name", number, names.first), shop.rng:choose("last_name", number, names.last)
end

--- The name of buyer number n.
function buyers.name(shop, number)
  local first, last = first_and_last(shop, number)
  return first[1] .. " " .. last[1]
end

local function email_of(shop, number)
  local first, last = first_and_last(shop, number)
  local host = shop.rng:choose("mail_host", number, names.mail_hosts)
  local plus = shop.rng:roll("mail_style", number, 9) == 0 and "+shop" or ""
  return ("%s.%s%d%s@%s"):format(first[2], last[2], number, plus, host)
end

--- Returns buyer number n. For a few buyers, `account_email` differs from the `email` at checkout. Guests have no
-- `account_id`.
function buyers.get(shop, number)
  local rng, email = shop.rng, email_of(shop, number)
  local place = rng:choose("place", number, names.places)
  local guest = rng:roll("guest", number, 3) == 0
  local other = not guest and rng:roll("account_email", number, 12) == 0
  return {
    email = email, name = buyers.name(shop, number),
    account_id = not guest and rng:digits("account", number, 13) or nil,
    account_email = other and email:gsub("@", ".account@") or email,
    country = place[1], country_code = place[2], taxed = place[3], city = place[4],
    state = place[5], zip_code = place[6], street = rng:choose("street", number, names.streets),
  }
end

--- Returns the number of the buyer with an email address at checkout, or nil.
function buyers.number_of_email(shop, email)
  local number = tonumber(email:match("^[%a.]-(%d+)[+%a]*@"))
  if not number or number > 2 ^ 30 then return nil end
  return email_of(shop, number) == email and number or nil
end

return buyers
