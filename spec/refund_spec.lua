local emulator = require "gumroad.emulator"
local support = require "support"

describe("A refund", function()
  local gum, shop, sale, with_pauses

  setup(function()
    with_pauses = support.without_pauses()
    gum = assert(emulator.start { sales = 12, products = 12 })
    gum:grant("refunds-only", "edit_sales")
    shop = support.shop(gum)
  end)
  teardown(function()
    gum:stop()
    with_pauses()
  end)
  before_each(function()
    gum:clear_faults()
    sale = assert(gum:sell { product_id = "gvone" })  -- $15
    gum:reset_stats()
  end)

  local function asked()
    local out = {}
    for i, request in ipairs(support.requests(gum)) do out[i] = request.method end
    return table.concat(out, " ")
  end

  local function refundable()
    return assert(shop.sales:get(sale.id)).amount_refundable_in_currency
  end

  it("reads the sale, then is sent once", function()
    local refunded = assert(shop.sales:refund(sale.id, { amount_cents = 500 }))
    assert.same({ "10", true, false }, { refunded.amount_refundable_in_currency, refunded.partially_refunded,
      refunded.refunded })
    assert.equal("GET PUT", asked())
    assert.equal("amount_cents=500", support.requests(gum)[2].body)
  end)

  it("without an amount returns all that is left", function()
    assert(shop.sales:refund(sale.id, { amount_cents = 500 }))
    local refunded = assert(shop.sales:refund(sale.id))
    assert.same({ "0", true }, { refunded.amount_refundable_in_currency, refunded.refunded })
  end)

  it("works without reading the sale", function()
    local narrow = support.shop(gum, { access_token = "refunds-only" })
    assert.is_true(assert(narrow.sales:refund(sale.id)).refunded)
    assert.equal("GET PUT", asked())
  end)

  -- What the sale tells before ------------------------------------------------------------------

  it("of more than is left is not sent", function()
    assert(shop.sales:refund(sale.id, { amount_cents = 500 }))
    gum:reset_stats()
    local refunded, err = shop.sales:refund(sale.id, { amount_cents = 1001 })
    assert.is_nil(refunded)
    assert.equal("invalid", err.kind)
    assert.is_false(err.retryable)
    assert.equal("Refund amount cannot be greater than the purchase price. amount_cents counts the smallest unit: "
      .. "you asked for 1001, and 1000 (10 usd) can be refunded", err.message)
    assert.equal("GET", asked())
    assert(shop.sales:refund(sale.id, { amount_cents = 1000 }))
  end)

  it("of a refunded sale is not sent", function()
    assert(shop.sales:refund(sale.id))
    gum:reset_stats()
    local _, err = shop.sales:refund(sale.id)
    assert.same({ "invalid", "Purchase is already refunded." }, { err.kind, err.message })
    assert.equal("GET", asked())
  end)

  it("of a free sale is not sent", function()
    local free
    for product in shop.products:each() do
      if product.price == 0 and product.published then free = product end
    end
    local given = assert(gum:sell { product_id = free.id })
    gum:reset_stats()
    local _, err = shop.sales:refund(given.id)
    assert.same({ "invalid", "There is nothing to refund: the sale was free." }, { err.kind, err.message })
    assert.equal("GET", asked())
  end)

  for _, amount in ipairs { 0, -1 } do
    it("of " .. amount .. " is the caller's mistake", function()
      local message = support.raised(shop.sales.refund, shop.sales, sale.id, { amount_cents = amount })
      assert.truthy(message:find("sales.refund: parameter 'amount_cents': at least 1 expected", 1, true), message)
      assert.equal("", asked())
    end)
  end

  it("of an unknown sale is not sent", function()
    local _, err = shop.sales:refund("xK2vB9mQ4rT7yU1iO3pA5w==")
    assert.same({ "not_found", "The sale was not found." }, { err.kind, err.message })
    assert.equal("GET", asked())
  end)

  it("is not sent if the sale cannot be read", function()
    gum:fault { kind = "status", status = 503, method = "GET", times = "always" }
    local _, err = shop.sales:refund(sale.id)
    assert.same({ "server", "GET", true }, { err.kind, err.method, err.retryable })
    assert.equal("GET GET GET", asked())
  end)

  -- What it tells after -------------------------------------------------------------------------

  for _, kind in ipairs { "reset_body", "truncated" } do
    for _, amount in ipairs { 500, 1500, "all" } do
      it(("of %s whose response is lost (%s) is found in the sale"):format(amount, kind), function()
        gum:fault { kind = kind, method = "PUT" }
        local refunded = assert(shop.sales:refund(sale.id, { amount_cents = amount ~= "all" and amount or nil }))
        assert.equal(sale.id, refunded.id)
        assert.equal(amount == 500 and "10" or "0", refunded.amount_refundable_in_currency)
        assert.equal("GET PUT GET", asked())
      end)
    end
  end

  for _, fault in ipairs {
    { kind = "reset" }, { kind = "stall" }, { kind = "html" }, { kind = "status", status = 502 },
    { kind = "status", status = 504 },
  } do
    it(("that never arrived (%s %s) is outcome_unknown, with the sale before and after"):format(
      fault.kind, fault.status or ""), function()
      fault.method = "PUT"
      gum:fault(fault)
      local refunded, err = shop.sales:refund(sale.id, { amount_cents = 500 }, { timeout = 0.2 })
      assert.is_nil(refunded)
      assert.equal("outcome_unknown", err.kind)
      assert.is_false(err.retryable)
      assert.same({ sale.id, "15" }, { err.before.id, err.before.amount_refundable_in_currency })
      assert.same({ sale.id, "15" }, { err.after.id, err.after.amount_refundable_in_currency })
      assert.truthy(err.message:find("the sale shows no refund yet (15 usd can be refunded, as before)", 1, true),
        err.message)
      assert.falsy(tostring(err):find("\n"))
      assert.equal("GET PUT GET", asked())
      assert.equal("15", refundable())
    end)
  end

  it("at the same time as somebody else's refund is outcome_unknown", function()
    gum:fault { kind = "status", status = 502, method = "PUT" }
    local meddling = support.shop(gum, { on_response = function(response)
      if response.status == 502 then assert(gum:refund(sale.id, 100)) end
    end })
    local _, err = meddling.sales:refund(sale.id, { amount_cents = 500 })
    assert.equal("outcome_unknown", err.kind)
    assert.truthy(err.message:find("14 usd can be refunded now, and it was 15 usd before: ", 1, true), err.message)
  end)

  it("that cannot be read back is outcome_unknown and says so", function()
    gum:fault { kind = "reset", method = "PUT" }
    gum:fault { kind = "status", status = 401, method = "GET", after = 1 }
    local _, err = shop.sales:refund(sale.id)
    assert.equal("outcome_unknown", err.kind)
    assert.equal("network", err.cause)
    assert.is_table(err.before)
    assert.is_nil(err.after)
    assert.truthy(err.message:find("The sale was read again: that failed too, auth: ", 1, true), err.message)
  end)

  for _, left in ipairs { "", ',"amount_refundable_in_currency":10', ',"amount_refundable_in_currency":{}' } do
    it(("is outcome_unknown if the response is lost and the sale does not show it (%s)"):format(left), function()
      gum:fault { kind = "status", status = 200, method = "GET", times = "always",
        body = ('{"success":true,"sale":{"id":"%s"%s}}'):format(sale.id, left) }
      gum:fault { kind = "reset", method = "PUT" }
      local _, err = shop.sales:refund(sale.id, { amount_cents = 500 })
      assert.equal("outcome_unknown", err.kind)
      assert.truthy(err.message:find("the sale does not say what can be refunded", 1, true), err.message)
    end)
  end

  it("whose response is lost and whose token may not read sales is outcome_unknown", function()
    gum:fault { kind = "reset", method = "PUT" }
    local narrow = support.shop(gum, { access_token = "refunds-only" })
    local _, err = narrow.sales:refund(sale.id)
    assert.equal("outcome_unknown", err.kind)
    assert.truthy(err.message:find(('check with shop.sales:get("%s")'):format(sale.id), 1, true), err.message)
    assert.equal("GET PUT", asked())
  end)

  it("is sent again if it was throttled", function()
    gum:fault { kind = "status", status = 429, method = "PUT" }
    assert.equal("10", assert(shop.sales:refund(sale.id, { amount_cents = 500 })).amount_refundable_in_currency)
    assert.equal("10", refundable())
  end)

  it("recognizes the yen by its symbol if the server names no currency", function()
    local yen = assert(gum:sell { product_id = "sumij" })
    gum:fault { kind = "status", status = 200, method = "GET", body = ('{"success":true,"sale":{"id":"%s",'
      .. '"currency_symbol":"¥","amount_refundable_in_currency":"1,000"}}'):format(yen.id) }
    local _, err = shop.sales:refund(yen.id, { amount_cents = 1001 })
    assert.truthy(err.message:find("you asked for 1001, and 1000 (1,000 ¥) can be refunded", 1, true), err.message)
  end)
end)
