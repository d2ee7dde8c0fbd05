--- License keys, which are checked by distributed programs and managed by the seller.
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"
local store = require "gumroad.emulator.shop.licenses"

local MADE_SINCE = 1673222400  -- 2023-01-09: newer products need their id, not the permalink
local NOT_FOUND = "That license does not exist for the provided product."
local NEEDS_ID = "The 'product_id' parameter is required to verify the license for this product. "
  .. "Please set 'product_id' to '%s' in the request."

local licenses = {}

local function wrong_parameter(request)
  for _, name in ipairs { "product_id", "product_permalink", "license_key" } do
    local value = request.params[name]
    if value ~= nil and type(value) ~= "string" then
      return request:deny(400, ("The '%s' parameter must be a string."):format(name))
    end
  end
end

-- Whether the request names this product, and whether it does so by id.
local function is_meant(request, product)
  local id, permalink = request:text "product_id", request:text "product_permalink"
  if id and id ~= "" then return id == product.id, true end
  return permalink and (permalink == product.permalink or permalink == product.custom_permalink), false
end

local Imported = json.shape { "email", "created_at", "timestamp", "link_name", "product_name", "price",
  "is_imported_customer", "purchase_email", "id", "can_update" }

-- A customer who was imported without a sale.
local function show_customer(shop, customer)
  return Imported {
    email = customer.email, created_at = format.iso(customer.created), price = json.null,
    timestamp = format.ago(customer.created, shop:time()), link_name = customer.product.name,
    product_name = customer.product.name, is_imported_customer = true, purchase_email = customer.email,
    id = customer.id, can_update = json.null,
  }
end

local function show(shop, license, sale, customer)
  return sale and payloads.license(shop, sale), nil,
    json.dict("uses", license.uses, "imported_customer", customer and show_customer(shop, customer))
end

-- Creates a handler that acts on a license and then shows it.
-- @param act function(shop, request, license, sale) -> refusal or nil
local function on_license(act)
  return function(shop, request)
    local wrong = wrong_parameter(request)
    if wrong then return wrong end
    local license, product, sale, customer = store.find(shop, request:text "license_key" or "")
    local meant, by_id = false, false
    if license then meant, by_id = is_meant(request, product) end
    if not meant then return request:deny(404, NOT_FOUND) end
    if not by_id and product.created >= MADE_SINCE then
      return request:deny(500, NEEDS_ID:format(product.id))
    end
    local refused = act(shop, request, license, sale)
    if refused then return refused end
    return show(shop, license, sale, customer)
  end
end

-- Creates a handler that changes a field of a license.
local function set(field, value_of)
  return on_license(function(shop, _, license)
    license[field] = value_of(license)
    store.keep(shop, license)
  end)
end

--- Counts a use unless increment_uses_count is exactly `false`.
licenses.verify = on_license(function(shop, request, license, sale)
  if license.disabled then return request:deny(404, "This license key has been disabled.") end
  if sale and sale.access_revoked then
    return request:deny(404, "Access to the purchase associated with this license has expired.")
  end
  if request:text "increment_uses_count" == "false" then return end
  license.uses = license.uses + 1
  store.keep(shop, license)
end)

licenses.enable = set("disabled", function() return false end)
licenses.disable = set("disabled", function() return true end)
licenses.decrement_uses = set("uses", function(license) return math.max(0, license.uses - 1) end)

licenses.rotate = on_license(function(shop, _, license)
  store.rotate(shop, license)
end)

return licenses
