local cjson = require "cjson"
local emulator = require "gumroad.emulator"
local schema = require "gumroad.api.schema"
local support = require "support"

local DAY = 86400

describe("licenses.check", function()
  local gum, shop, app, sale, key, with_pauses

  setup(function()
    with_pauses = support.without_pauses()
    gum = assert(emulator.start { sales = 20, subscribers = 4 })
    shop = support.shop(gum)
    app = support.shop(gum, { access_token = false, retries = 1 })  -- as in a program that is distributed
  end)
  teardown(function()
    gum:stop()
    with_pauses()
  end)
  before_each(function()
    gum:clear_faults()
    sale = assert(gum:sell { product_id = "brpro" })
    key = { product_id = sale.product_id, license_key = sale.license_key }
    gum:reset_stats()
  end)

  local function check(more)
    local params = {}
    for name, value in pairs(key) do params[name] = value end
    for name, value in pairs(more or {}) do params[name] = value end
    local result, err = app.licenses:check(params)
    for name in pairs(result or {}) do assert.truthy(schema.license_check.type[name], name) end
    return result, err
  end

  local function found(valid, status, result, err)
    assert.is_nil(err)
    assert.same({ valid, status }, { result.valid, result.status })
    return result
  end

  it("finds a valid key, with the sale that it belongs to", function()
    local before = os.time()
    local result = found(true, "valid", check())
    assert.equal(sale.id, result.purchase.id)
    assert.is_nil(result.imported_customer)
    assert.is_nil(result.message)
    assert.is_false(result.test)
    assert.same(key, { product_id = result.product_id, license_key = result.license_key })
    assert.is_true(result.checked_at >= before and result.checked_at <= os.time())
    assert.is_nil(support.requests(gum)[1].headers.authorization)
  end)

  -- A key is copied from an email or a web page, with surrounding characters.
  for name, around in pairs { blanks = " ", tabs = "\t", ["line's ends"] = "\r\n", ["no-break spaces"] = "\194\160",
    ["zero-width spaces"] = "\226\128\139", ["byte order marks"] = "\239\187\191",
    all = "\239\187\191 \194\160\n\t" } do
    it("accepts a key with " .. name .. " around it", function()
      local result = found(true, "valid", check { license_key = around .. key.license_key .. around })
      assert.equal(key.license_key, result.license_key)
      local later = app.licenses:check { product_id = key.product_id, license_key = key.license_key .. around,
        last = result, grace = 60 }
      found(true, "valid", later)
    end)
  end

  it("accepts an earlier result for the same key before it was trimmed", function()
    local last = check()
    last.license_key = " " .. last.license_key .. "\n"
    gum:fault { kind = "status", status = 503, times = "always" }
    found(true, "unreachable", check { last = last, grace = 60 })
  end)

  it("is no exception: every operation accepts such a key", function()
    local given = { product_id = key.product_id, license_key = "\194\160" .. key.license_key .. "\n" }
    for _, name in ipairs { "verify", "disable", "enable", "decrement_uses", "rotate" } do
      local value, err = shop.licenses[name](shop.licenses, given)
      assert.is_nil(err)
      assert.equal(sale.id, value.id)
    end
    local rotated = assert(shop.sales:get(sale.id)).license_key
    assert.same({ sale.id }, support.ids(shop.sales:list { license_key = "\239\187\191" .. rotated .. " " }))
  end)

  it("counts no use unless asked", function()
    local uses = check().uses
    assert.equal(uses, check { count_use = false }.uses)
    assert.equal(uses + 1, check { count_use = true }.uses)
    assert.equal(uses + 1, check().uses)
  end)

  it("finds a key that nobody has", function()
    local result = found(false, "unknown", check { license_key = "00000000-00000000-00000000-00000000" })
    assert.equal("That license does not exist for the provided product.", result.message)
    assert.is_number(result.checked_at)
    found(false, "unknown", check { product_id = assert(shop.products:get("kzqwu")).id })
  end)

  it("finds a key that was disabled", function()
    assert(shop.licenses:disable(key))
    found(false, "disabled", check())
    assert(shop.licenses:enable(key))
    found(true, "valid", check())
  end)

  it("finds access that was revoked", function()
    assert(shop.sales:revoke_access(sale.id))
    found(false, "expired", check())
  end)

  it("finds a refund only if all of the money was refunded", function()
    assert(gum:refund(sale.id, 100))
    found(true, "valid", check())
    assert(gum:refund(sale.id))
    assert.equal(sale.id, found(false, "refunded", check()).purchase.id)
  end)

  it("finds a dispute, until the seller wins it", function()
    assert(gum:event("dispute", { sale_id = sale.id }))
    found(false, "disputed", check())
    assert(gum:event("dispute_won", { sale_id = sale.id }))
    found(true, "valid", check())
  end)

  it("accepts a test purchase of the seller and marks it as a test", function()
    sale = assert(gum:sell { product_id = "brpro", test = true })
    key.license_key = sale.license_key
    assert.is_true(found(true, "valid", check()).test)
  end)

  it("treats an invalid time as no end", function()
    for _, time in ipairs { '"soon"', "5", '{"year":2020,"month":1,"day":1}', "true", "[]" } do
      gum:fault { kind = "status", status = 200,
        body = '{"success":true,"uses":1,"purchase":{"subscription_ended_at":' .. time .. "}}" }
      found(true, "valid", check())
    end
  end)

  it("finds an imported customer", function()
    key = assert(gum:import_customer { product_id = "brpro", email = "imported@example.com" })
    local result = found(true, "valid", check())
    assert.equal("imported@example.com", result.imported_customer.email)
    assert.is_nil(result.purchase)
    assert.equal(0, result.uses)
  end)

  describe("of a membership", function()
    before_each(function()
      sale = assert(gum:sell { product_id = "mclub" })
      key = { product_id = sale.product_id, license_key = sale.license_key }
    end)

    it("finds it active", function() found(true, "valid", check()) end)

    it("finds it active until the end of the paid period after a cancellation", function()
      assert(gum:cancel(sale.subscription_id))
      local result = found(true, "valid", check())
      assert.is_true(result.purchase.subscription_cancelled_at > os.date("!%Y-%m-%dT%H:%M:%SZ"))
    end)

    it("finds it active although its first charge was refunded", function()
      assert(gum:refund(sale.id))
      found(true, "valid", check())
    end)

    it("finds that it has ended", function()
      assert(gum:event("subscription_ended", { subscriber_id = sale.subscription_id }))
      local result = found(false, "expired", check())
      assert.equal("the membership ended at " .. result.purchase.subscription_ended_at, result.message)
    end)

    it("finds that it is unpaid", function()
      assert(gum:cancel(sale.subscription_id, "payment_failures"))
      found(false, "expired", check())
    end)
  end)

  -- Gumroad cannot be reached -------------------------------------------------------------------

  local UNREACHABLE = {
    { kind = "reset" }, { kind = "stall" }, { kind = "html" }, { kind = "truncated" }, { kind = "huge" },
    { kind = "redirect", location = "https://login.example.com/" }, { kind = "status", status = 401 },
    { kind = "status", status = 403 }, { kind = "status", status = 404, body = "<html></html>" },
    { kind = "status", status = 429 }, { kind = "status", status = 500 }, { kind = "status", status = 503 },
  }

  for _, fault in ipairs(UNREACHABLE) do
    it(("distinguishes a missing response from a bad key: %s %s"):format(fault.kind, fault.status or ""), function()
      local last = check()
      fault.times = "always"
      gum:fault(fault)
      key.license_key = last.license_key
      local options = { timeout = 0.2 }
      local result = found(false, "unreachable", app.licenses:check(key, options))
      assert.is_string(result.message)
      assert.is_nil(result.checked_at)
      result = found(true, "unreachable", app.licenses:check(
        { product_id = key.product_id, license_key = key.license_key, last = last, grace = DAY }, options))
      assert.equal(last.checked_at, result.checked_at)
      assert.equal(last.checked_at + DAY, result.grace_until)
      assert.equal(sale.id, result.purchase.id)
      assert.equal(last.uses, result.uses)
    end)
  end

  it("says unreachable if nothing responds at all", function()
    local nobody = support.shop(gum, { base_url = "http://127.0.0.1:" .. support.free_port(), access_token = false })
    found(false, "unreachable", nobody.licenses:check(key))
  end)

  it("tries again before it gives up, because no use is counted", function()
    gum:fault { kind = "reset" }
    found(true, "valid", check())
    assert.equal(2, #support.requests(gum))
  end)

  it("tries once if a use may have been counted", function()
    gum:fault { kind = "reset" }
    local result = found(false, "unreachable", check { count_use = true })
    assert.truthy(result.message:find("^outcome_unknown: "))
    assert.equal(1, #support.requests(gum))
  end)

  describe("with an earlier result", function()
    local last

    before_each(function()
      last = check()
      gum:fault { kind = "status", status = 503, times = "always" }
    end)

    it("grants no grace unless asked", function()
      last.checked_at = last.checked_at - 1
      found(false, "unreachable", check { last = last })
    end)

    it("counts the grace from Gumroad's last response, however often it was used", function()
      last.checked_at = last.checked_at - 6 * DAY
      local again = found(true, "unreachable", check { last = last, grace = 7 * DAY })
      again.checked_at = again.checked_at - 2 * DAY  -- as if this time had passed
      found(false, "unreachable", check { last = again, grace = 7 * DAY })
    end)

    it("accepts one that was stored as JSON", function()
      found(true, "unreachable", check { last = cjson.decode(cjson.encode(last)), grace = DAY })
    end)

    it("does not blame the caller if the stored result is damaged", function()
      for _, damage in ipairs { 5, "text", cjson.null, true } do
        last.purchase = damage
        found(true, "unreachable", check { last = last, grace = DAY })
        local rest = { license_key = key.license_key, checked_at = damage }
        found(false, "unreachable", check { last = rest, grace = DAY })
      end
    end)

    it("ignores one for another key, from the future, or of a key that was not valid", function()
      for name, value in pairs { license_key = "a", product_id = "b", valid = false,
        checked_at = os.time() + DAY } do
        local other = {}
        for field, kept in pairs(last) do other[field] = kept end
        other[name] = value
        found(false, "unreachable", check { last = other, grace = DAY })
      end
      found(false, "unreachable", check { last = {}, grace = DAY })
    end)

    it("does not extend a membership beyond the paid period", function()
      gum:clear_faults()
      sale = assert(gum:sell { product_id = "mclub" })
      key = { product_id = sale.product_id, license_key = sale.license_key }
      local member = found(true, "valid", check())
      gum:fault { kind = "status", status = 503, times = "always" }
      found(true, "unreachable", check { last = member, grace = DAY })
      member.purchase.subscription_cancelled_at = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 60)
      found(false, "unreachable", check { last = member, grace = DAY })
    end)

    it("trusts Gumroad again as soon as it responds", function()
      gum:clear_faults()
      assert(shop.licenses:disable(key))
      found(false, "disabled", check { last = last, grace = DAY })
    end)
  end)

  -- Mistakes of the caller -----------------------------------------------------------------------

  it("raises an error without a product", function()
    local message = support.raised(app.licenses.check, app.licenses, { license_key = key.license_key })
    assert.truthy(message:find("licenses.check: parameter 'product_id' is missing", 1, true), message)
  end)

  it("raises an error without a key", function()
    local message = support.raised(app.licenses.check, app.licenses, { product_id = key.product_id })
    assert.truthy(message:find("licenses.check: parameter 'license_key' is missing", 1, true), message)
  end)

  it("raises an error for a negative grace", function()
    local message = support.raised(check, { grace = -1 })
    assert.equal("licenses.check: parameter 'grace': at least 0 seconds expected, got -1", message)
  end)

  it("fails with Gumroad's message if the permalink is not enough, after one request", function()
    local result, err = app.licenses:check { product_permalink = "brpro", license_key = key.license_key }
    assert.is_nil(result)
    assert.same({ "invalid", 500 }, { err.kind, err.status })
    assert.truthy(err.message:find("Please set 'product_id' to '" .. key.product_id .. "' in the request", 1, true))
    assert.equal(1, #support.requests(gum))
  end)
end)

describe("licenses.verify", function()
  local gum, shop, key

  setup(function()
    gum = assert(emulator.start { sales = 20, subscribers = 4 })
    shop = support.shop(gum)
    local sale = assert(gum:sell { product_id = "brpro" })
    key = { product_id = sale.product_id, license_key = sale.license_key }
  end)
  teardown(function() gum:stop() end)

  it("counts no use unless asked", function()
    local uses = assert(shop.licenses:verify(key)).uses
    assert.equal(uses, assert(shop.licenses:verify(key)).uses)
    assert.equal("false", support.requests(gum)[1].body:match("increment_uses_count=(%w+)"))
    key.increment_uses_count = true
    assert.equal(uses + 1, assert(shop.licenses:verify(key)).uses)
  end)
end)
