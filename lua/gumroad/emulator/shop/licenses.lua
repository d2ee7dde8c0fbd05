--- License keys. A license belongs to a sale, to a subscription (all of its charges have the same key) or to an
-- imported customer. Like these, it is computed from the seed and a number until it is changed.
local sales = require "gumroad.emulator.shop.sales"
local subscriptions = require "gumroad.emulator.shop.subscriptions"

local KINDS = { "sale", "subscription", "imported" }

local licenses = {}

local function purpose_of(kind)
  return kind .. "_license"
end

local function license(shop, of, number)
  local purpose = purpose_of(of)
  return shop.licenses[of][number] or {
    of = of, number = number, key = shop.rng:license_key(purpose, number), disabled = false,
    id = shop.rng:id(purpose, number), uses = of == "imported" and 0 or shop.rng:roll("uses", number, 4),
  }
end

--- Returns the license of a sale, or nil: { key, id, uses, disabled, of, number }.
function licenses.of_sale(shop, sale)
  if not sale.product.licensed then return nil end
  if sale.subscription then return license(shop, "subscription", sale.subscription.number) end
  return license(shop, "sale", sale.number)
end

--- Returns the license of a subscription, or nil.
function licenses.of_subscription(shop, subscription)
  return subscription.product.licensed and license(shop, "subscription", subscription.number) or nil
end

-- What a license belongs to: the product, and the sale (for a subscription, the first one) or the imported
-- customer; nil if it belongs to nobody.
local function holder(shop, found)
  if found.of == "imported" then
    local customer = shop.imported[found.number]
    return customer and customer.product, nil, customer
  end
  local subscription = found.of == "subscription" and subscriptions.get(shop, found.number)
  local first = subscription and subscriptions.purchase_ids(shop, subscription)[1]
  local sale = subscription and first and sales.find(shop, first)
    or found.of == "sale" and sales.get(shop, found.number)
  local same = sale and licenses.of_sale(shop, sale)
  if same and same.of == found.of and same.number == found.number then return sale.product, sale end
end

local function license_of_key(shop, key)
  if shop.new_keys[key] then return shop.new_keys[key] end
  for _, of in ipairs(KINDS) do
    local number = shop.rng:number_of_license_key(purpose_of(of), key)
    if number then return license(shop, of, number) end
  end
end

--- Finds the license with a key.
-- @return license, product, sale or nil, imported customer or nil; nothing if there is no such license
function licenses.find(shop, key)
  local found = license_of_key(shop, key)
  if not found or found.key ~= key then return nil end
  local product, sale, customer = holder(shop, found)
  if product then return found, product, sale, customer end
end

--- Stores a license that was changed.
function licenses.keep(shop, changed)
  shop.licenses[changed.of][changed.number] = changed
end

--- Gives a license another key. The old key is no longer found.
function licenses.rotate(shop, changed)
  shop.new_keys[changed.key] = nil
  shop.rotations = shop.rotations + 1
  changed.key = shop.rng:license_key(purpose_of(changed.of), 2 ^ 29 + shop.rotations)
  shop.new_keys[changed.key] = changed
  licenses.keep(shop, changed)
end

--- Imports a customer from another platform, who has a license but no sale.
-- @return customer, license
function licenses.import_customer(shop, product, email)
  local number = #shop.imported + 1
  shop.imported[number] = { id = shop.rng:id("imported_customer", number), product = product, email = email,
    created = shop:time() - 400 * 86400 }
  return shop.imported[number], license(shop, "imported", number)
end

return licenses
