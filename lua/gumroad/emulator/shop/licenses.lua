--- Licence keys: methods of gumroad.emulator.shop. A licence is of a sale, of a subscription
-- (all its charges show the same) or of an imported customer. Like these it follows from seed
-- and number, until somebody changes it.
local chance = require "gumroad.emulator.shop.rng"

local FOR = { sale = 20, subscription = 30, imported = 50 }  -- what dice are rolled for

local licences = {}

local function licence(self, of, number)
  local kept = self.licences[of][number]
  return kept or {
    of = of, number = number, key = chance.licence_key(self.seed, FOR[of], number), disabled = false,
    id = chance.id(self.seed, FOR[of], number), uses = of == "imported" and 0 or self:roll("uses", number, 4),
  }
end

--- The licence that a sale came with, or nil: { key, id, uses, disabled, of, number }.
function licences:licence_of(sale)
  if not sale.product.licensed then return nil end
  if sale.subscription then return licence(self, "subscription", sale.subscription.number) end
  return licence(self, "sale", sale.number)
end

function licences:licence_of_subscription(subscription)
  return subscription.product.licensed and licence(self, "subscription", subscription.number) or nil
end

-- What a licence belongs to: the product and the sale (of a subscription: the first) or the
-- imported customer; nil where nobody holds it.
local function holder(self, found)
  if found.of == "imported" then
    local customer = self.imported[found.number]
    return customer and customer.product, nil, customer
  end
  local subscription = found.of == "subscription" and self:subscription(found.number)
  local first = subscription and self:purchase_ids(subscription)[1]
  local sale = subscription and first and self:find_sale(first)
    or found.of == "sale" and self:sale(found.number)
  local same = sale and self:licence_of(sale)
  if same and same.of == found.of and same.number == found.number then return sale.product, sale end
end

local function licence_of_key(self, key)
  if self.new_keys[key] then return self.new_keys[key] end
  for of, purpose in pairs(FOR) do
    local number = chance.from_licence_key(self.seed, purpose, key)
    if number then return licence(self, of, number) end
  end
end

--- The licence of a key, or nil.
-- @return licence, its product, its sale or nil, its imported customer or nil
function licences:find_licence(key)
  local found = licence_of_key(self, key)
  if not found or found.key ~= key then return nil end
  local product, sale, customer = holder(self, found)
  if product then return found, product, sale, customer end
end

--- Keeps what was changed of a licence.
function licences:keep_licence(changed)
  self.licences[changed.of][changed.number] = changed
end

--- Gives a licence another key; the old one is nobody's.
function licences:rotate_licence(changed)
  self.new_keys[changed.key] = nil
  self.rotations = self.rotations + 1
  changed.key = chance.licence_key(self.seed, FOR[changed.of], 2 ^ 29 + self.rotations)
  self.new_keys[changed.key] = changed
  self:keep_licence(changed)
end

--- A customer brought along from elsewhere, who has a licence and no sale.
-- @return the customer, its licence
function licences:import_customer(product, email)
  local number = #self.imported + 1
  self.imported[number] = { id = self:id("imported", number), product = product, email = email,
    created = self:time() - 400 * 86400 }
  return self.imported[number], licence(self, "imported", number)
end

return licences
