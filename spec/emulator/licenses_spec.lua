local emulator = require "gumroad.emulator"
local support = require "support"

local NOT_FOUND = "That license does not exist for the provided product."

describe("A license key in the emulator", function()
  local gum, shop, key, product, sale

  setup(function()
    gum = assert(emulator.start { sales = 60, subscribers = 4, now = 1790000000 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    sale = assert(gum:sell { product_id = "brpro", email = "lena@example.com",
      custom_fields = { { "Name [print]", "Lena" } } })
    key, product = sale.license_key, sale.product_id
  end)

  local function verify(more)
    local params = { product_id = product, license_key = key, increment_uses_count = false }
    for name, value in pairs(more or {}) do params[name] = value end
    return shop.licenses:verify(params)
  end

  local function refused(status, message, found, err)
    assert.is_nil(found)
    assert.same({ status, message }, { err.status, err.message })
  end

  it("shows its sale with the fields of the ping, some of them in another form", function()
    local license = assert(verify())
    assert.equal(sale.id, license.id)
    assert.equal(sale.id, license.sale_id)
    assert.equal("lena@example.com", license.email)
    assert.equal(key, license.license_key)
    assert.equal("https://anapetrova.gumroad.com/l/brpro", license.product_permalink)
    assert.same({ "Name [print]: Lena" }, license.custom_fields)
    assert.equal("Lena", license["Name [print]"])
    assert.truthy(license.variants:find("^%(%w+%)$"))
    assert.is_false(license.chargebacked)
    assert.is_nil(license.resource_name)
  end)

  it("counts a use for each check unless the parameter is exactly false", function()
    local uses = assert(verify()).uses
    for _, value in ipairs { "true", "0", "no", "", "False" } do
      uses = uses + 1
      assert.equal(uses, assert(verify { increment_uses_count = value }).uses)
    end
    assert.equal(uses, assert(verify { increment_uses_count = "false" }).uses)
    assert.equal(uses, assert(shop.sales:get(sale.id)).license_uses)
  end)

  it("takes uses back one by one, never below 0", function()
    local uses = assert(verify { increment_uses_count = true }).uses
    for left = uses - 1, 0, -1 do
      assert.equal(left, assert(shop.licenses:decrement_uses { product_id = product, license_key = key }).uses)
    end
    assert.equal(0, assert(shop.licenses:decrement_uses { product_id = product, license_key = key }).uses)
  end)

  it("is not found while it is disabled", function()
    assert(shop.licenses:disable { product_id = product, license_key = key })
    assert.is_true(assert(shop.sales:get(sale.id)).license_disabled)
    refused(404, "This license key has been disabled.", verify())
    assert(shop.licenses:enable { product_id = product, license_key = key })
    assert(verify())
    assert.is_false(assert(shop.sales:get(sale.id)).license_disabled)
  end)

  it("does not work after a rotation, but its successor does", function()
    local uses = assert(verify()).uses
    local fresh = assert(shop.licenses:rotate { product_id = product, license_key = key }).license_key
    assert.not_equal(key, fresh)
    refused(404, NOT_FOUND, verify())
    assert.equal(uses, assert(verify { license_key = fresh }).uses)
    assert.equal(fresh, assert(shop.sales:get(sale.id)).license_key)
    assert.equal(sale.id, assert(shop.sales:list { license_key = fresh:lower() })[1].id)
    local third = assert(shop.licenses:rotate { product_id = product, license_key = fresh }).license_key
    refused(404, NOT_FOUND, verify { license_key = fresh })
    assert(verify { license_key = third })
  end)

  it("is refused while access to its sale is revoked", function()
    assert.is_true(assert(shop.sales:revoke_access(sale.id)).access_revoked)
    refused(404, "Access to the purchase associated with this license has expired.", verify())
    assert.is_false(assert(shop.sales:undo_revoke_access(sale.id)).access_revoked)
    assert(verify())
  end)

  it("shows what became of its sale", function()
    assert(gum:refund(sale.id))
    assert.is_true(assert(verify()).refunded)
    local other = assert(gum:sell { product_id = "brpro" })
    assert(gum:event("dispute", { sale_id = other.id }))
    local license = assert(verify { license_key = other.license_key })
    assert.is_true(license.disputed)
    assert.is_true(license.chargebacked)
  end)

  it("is not found for another product", function()
    refused(404, NOT_FOUND, verify { product_id = assert(shop.products:get("kzqwu")).id })
    refused(404, NOT_FOUND, shop.licenses:verify { license_key = key })
  end)

  it("needs the product's id, which is in the refusal of a permalink", function()
    refused(500, ("The 'product_id' parameter is required to verify the license for this product. "
      .. "Please set 'product_id' to '%s' in the request."):format(product),
      shop.licenses:verify({ product_permalink = "brpro", license_key = key }, { retries = 0 }))
  end)

  it("is refused if it is not a string", function()
    local body, err = shop:request { method = "POST", url = "/v2/licenses/verify",
      body = { product_id = product, license_key = { key } } }
    refused(400, "The 'license_key' parameter must be a string.", body, err)
  end)

  it("of a membership is the same for all charges and shows the end of the subscription", function()
    local first = assert(gum:sell { product_id = "mclub" })
    local again = assert(gum:sell { subscription_id = first.subscription_id })
    assert.equal(first.license_key, again.license_key)
    local license = assert(verify { product_id = first.product_id, license_key = first.license_key })
    assert.equal(first.id, license.id)
    assert.is_nil(license.subscription_ended_at)
    assert.is_nil(license.chargebacked)
    assert(gum:event("subscription_ended", { subscriber_id = first.subscription_id }))
    license = assert(verify { product_id = first.product_id, license_key = first.license_key })
    assert.is_string(license.subscription_ended_at)
    assert.is_string(license.subscription_cancelled_at)
    local sales = assert(shop.sales:list { license_key = first.license_key })
    assert.same({ again.id, first.id }, { sales[1].id, sales[2].id })
  end)

  it("of an imported customer shows the customer", function()
    local imported = assert(gum:import_customer { product_id = "brpro", email = "imported@example.com" })
    imported.increment_uses_count = true
    local license = assert(shop.licenses:verify(imported))
    assert.equal(1, license.uses)
    assert.is_true(license.is_imported_customer)
    assert.equal("imported@example.com", license.email)
    assert.equal(1, assert(verify { license_key = imported.license_key }).uses)
  end)

  it("is verified without a token and changed with one", function()
    local stranger = support.shop(gum, { access_token = "no-such-token" })
    assert(stranger.licenses:verify { product_id = product, license_key = key })
    local license, err = stranger.licenses:disable { product_id = product, license_key = key }
    assert.is_nil(license)
    assert.equal("auth", err.kind)
  end)
end)

describe("A license of a shop older than 2023", function()
  it("may be verified with the permalink of its product", function()
    local gum = assert(emulator.start { sales = 60, subscribers = 4, now = 1600000000 })
    local sale = assert(gum:sell { product_id = "brpro" })
    assert(support.shop(gum).licenses:verify { product_permalink = "brpro", license_key = sale.license_key })
    gum:stop()
  end)
end)
