--- Licence keys, checked by programs that users have and managed by the seller.
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"
local views = require "gumroad.emulator.views"

local MADE_SINCE = 1673222400  -- 2023-01-09: from then on a product is named by its id alone
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

-- What the request says of the product: whether it is this one, and whether by its id.
local function is_meant(request, product)
  local id, permalink = request:text "product_id", request:text "product_permalink"
  if id and id ~= "" then return id == product.id, true end
  return permalink and (permalink == product.permalink or permalink == product.custom_permalink), false
end

-- Calls what acts on a licence; answers with the licence as it is then.
local function on_licence(act)
  return function(shop, request)
    local wrong = wrong_parameter(request)
    if wrong then return wrong end
    local licence, product, sale, customer = shop:find_licence(request:text "license_key" or "")
    local meant, by_id = false, false
    if licence then meant, by_id = is_meant(request, product) end
    if not meant then return request:deny(404, NOT_FOUND) end
    if not by_id and product.created >= MADE_SINCE then
      return request:deny(500, NEEDS_ID:format(product.id))
    end
    local refused = act(shop, request, licence, sale)
    if refused then return refused end
    local beside = json.dict()
    json.put(beside, "uses", licence.uses)
    if customer then json.put(beside, "imported_customer", views.imported_customer(shop, customer)) end
    return sale and payloads.licence(shop, sale), nil, beside
  end
end

-- Changes a field of the licence.
local function set(field, value_of)
  return on_licence(function(shop, _, licence)
    licence[field] = value_of(licence)
    shop:keep_licence(licence)
  end)
end

--- Counts a use, unless it is told `false` and nothing else.
licenses.verify = on_licence(function(shop, request, licence, sale)
  if licence.disabled then return request:deny(404, "This license key has been disabled.") end
  if sale and sale.access_revoked then
    return request:deny(404, "Access to the purchase associated with this license has expired.")
  end
  if request:text "increment_uses_count" == "false" then return end
  licence.uses = licence.uses + 1
  shop:keep_licence(licence)
end)

licenses.enable = set("disabled", function() return false end)
licenses.disable = set("disabled", function() return true end)
licenses.decrement_uses = set("uses", function(licence) return math.max(0, licence.uses - 1) end)

licenses.rotate = on_licence(function(shop, _, licence)
  shop:rotate_licence(licence)
end)

return licenses
