local emulator = require "gumroad.emulator"
local currency = require "gumroad.api.currency"
local output_fields = require "gumroad.cli.output.fields"
local schema = require "gumroad.api.schema"
local webhook = require "gumroad.webhook"
local support = require "support"

local is_integer = math.type and function(value) return math.type(value) == "integer" end
  or function(value) return value == math.floor(value) end

describe("currency.parse", function()
  for _, row in ipairs {
    { "19", "usd", 1900 }, { "1,234.50", "usd", 123450 }, { "1,234.5", "eur", 123450 }, { "0", "usd", 0 },
    { "0.05", "gbp", 5 }, { "1,234,567.89", "cad", 123456789 }, { "1,234", "jpy", 1234 }, { "0", "jpy", 0 },
    { "50,000", "vnd", 50000 }, { "50,000.00", "vnd", nil }, { "5,000", "krw", 500000 }, { "19", nil, 1900 },
    { "90,071,992,547,409.91", "usd", 9007199254740991 },
    { "", "usd", nil }, { "free", "usd", nil }, { "-5", "usd", nil }, { "1.234", "usd", nil }, { "1.50", "jpy", nil },
    { "$19", "usd", nil }, { "1e3", "usd", nil },
  } do
    it(("reads %q in %s"):format(row[1], tostring(row[2])), function()
      local amount = currency.parse(row[1], row[2])
      assert.equal(row[3], amount)
      assert.is_true(amount == nil or is_integer(amount))
    end)
  end
end)

describe("An amount in the main unit", function()
  for _, row in ipairs {
    { 1999, "usd", "19.99 USD" }, { -1999, "usd", "-19.99 USD" }, { -5, "eur", "-0.05 EUR" }, { 0, "usd", "0.00 USD" },
    { -1234, "jpy", "-1234 JPY" }, { 100, nil, "1.00 " },
  } do
    it(("of %d is written as %q"):format(row[1], row[3]), function()
      assert.equal(row[3], output_fields.amount(row[1], row[2]))
    end)
  end
end)

-- Every amount in an object, according to its schema.
local function check_integers(object, fields)
  for _, field in ipairs(fields) do
    local value = object[field[1]]
    if field[2]:find("^integer") and value ~= nil then
      assert.is_true(type(value) == "number" and is_integer(value), field[1] .. " is " .. tostring(value))
    end
  end
end

-- Currencies without a smaller unit, according to Gumroad.
describe("An amount in dong", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 0, products = 1 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  it("is a whole number of dong in a product, in the refundable amount and for display", function()
    local made = assert(shop.products:create { name = "Mực", price = 50000, price_currency_type = "vnd" })
    assert.same({ 50000, "vnd", "₫50,000" }, { made.price, made.currency, made.formatted_price })
    assert.equal("50000 VND", output_fields.shown(schema.product, made, "price"))
    local sale = assert(gum:sell { product_id = made.id })
    assert.equal("50,000", assert(shop.sales:get(sale.id)).amount_refundable_in_currency)
    assert.equal("30,000", assert(shop.sales:refund(sale.id, { amount_cents = 20000 })).amount_refundable_in_currency)
    local _, err = shop.sales:refund(sale.id, { amount_cents = 30001 })
    assert.truthy(err.message:find("you asked for 30001, and 30000 (30,000 vnd) can be refunded", 1, true), err.message)
  end)

  it("has a symbol and a minimum price in dong", function()
    assert.same({ "₫", 25618, "vnd" }, { currency.symbol "vnd", currency.minimum "vnd", currency.with_symbol "₫" })
  end)
end)

describe("An amount in yen", function()
  local gum, shop, product

  setup(function()
    gum = assert(emulator.start { sales = 12, products = 12 })
    shop = support.shop(gum)
    product = assert(shop.products:get("sumij"))
  end)
  teardown(function() gum:stop() end)

  it("is a whole number of yen in a product, as given", function()
    assert.equal(1000, product.price)
    assert.equal("jpy", product.currency)
    local made = assert(shop.products:create { name = "Sumi", price = 2500, price_currency_type = "jpy" })
    assert.same({ 2500, "jpy", "¥2,500" }, { made.price, made.currency, made.formatted_price })
    for _, each in ipairs { product, made, assert(shop.products:get(made.id)) } do
      check_integers(each, schema.product)
    end
  end)

  it("is in US cents in the price of a sale and in yen in the refundable amount", function()
    local sale = assert(shop.sales:get(assert(gum:sell { product_id = product.id, quantity = 2 }).id))
    assert.same({ 1324, "jpy", "2,000" }, { sale.price, sale.currency, sale.amount_refundable_in_currency })
    check_integers(sale, schema.sale)
    for each in shop.sales:each() do check_integers(each, schema.sale) end
  end)

  it("is refunded in whole yen", function()
    local sale = assert(gum:sell { product_id = product.id, quantity = 2 })
    local refunded = assert(shop.sales:refund(sale.id, { amount_cents = 25 }))
    assert.equal("1,975", refunded.amount_refundable_in_currency)
    check_integers(refunded, schema.sale)
    local _, err = shop.sales:refund(sale.id, { amount_cents = 197500 })
    assert.equal("invalid", err.kind)
    assert.truthy(err.message:find("you asked for 197500, and 1975 (1,975 jpy) can be refunded", 1, true), err.message)
    assert.equal("0", assert(shop.sales:refund(sale.id, { amount_cents = 1975 })).amount_refundable_in_currency)
  end)

  it("remains whole in the sums over sales", function()
    check_integers(assert(shop.sales:summary()), schema.sales_summary)
  end)

  it("is in US cents in the ping of a sale, as Gumroad sends it", function()
    local pinging = assert(emulator.start { sales = 0, products = 12, time_scale = 0.001 })
    local got
    assert(support.shop(pinging):watch {
      url = "http://127.0.0.1:0/hook", port = 0,
      on_ready = function() assert(pinging:sell { product_id = "sumij", quantity = 2 }) end,
      sale = function(sale, _, watcher)
        got = sale
        watcher:stop()
      end,
    })
    pinging:stop()
    assert.same({ 1324, "jpy", 2 }, { got.price, got.currency, got.quantity })
    check_integers(got, schema.sale_ping)
  end)

  it("is a whole number in pings, form or JSON", function()
    local form = "sale_id=a&price=662&gumroad_fee=116&currency=jpy&quantity=1&shipping_rate=0&resource_name=sale"
    local json = '{"sale_id":"a","price":662,"gumroad_fee":116.0,"currency":"jpy","quantity":1,"resource_name":"sale"}'
    for type, body in pairs { ["application/x-www-form-urlencoded"] = form, ["application/json"] = json } do
      local event = assert(webhook.parse(body, type))
      assert.same({ 662, 116, 1 }, { event.data.price, event.data.gumroad_fee, event.data.quantity })
      check_integers(event.data, schema.sale_ping)
    end
  end)
end)
