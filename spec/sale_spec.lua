-- gumroad.sale: what can be computed from a sale or its ping.
local currency = require "gumroad.api.currency"
local emulator = require "gumroad.emulator"
local format = require "gumroad.emulator.http.format"
local gumroad = require "gumroad"
local json = require "gumroad.base.json"
local schema = require "gumroad.api.schema"
local support = require "support"
local webhook = require "gumroad.webhook"

local CODES = { "usd", "gbp", "eur", "jpy", "inr", "aud", "cad", "hkd", "sgd", "twd", "nzd", "brl", "zar", "chf", "ils",
  "php", "krw", "pln", "czk", "vnd" }

local function net(fields)
  local given = { id = "a", currency = "usd", disputed = false, dispute_won = false, chargedback = false }
  for name, value in pairs(fields) do given[name] = value end
  return gumroad.sale.net(given)
end

local function amounts(fields)
  local money = assert(net(fields))
  return { money.total, money.refunded, money.disputed, money.net, money.currency }
end

describe("gumroad.sale.net", function()
  -- formatted_total_price, amount_refundable_in_currency, other fields -> total, refunded, disputed, net
  for name, row in pairs {
    ["a sale"] = { "$19", "19", {}, 1900, 0, 0, 1900 },
    ["thousands and cents"] = { "$1,234.50", "1,234.50", {}, 123450, 0, 0, 123450 },
    ["one decimal"] = { "$1,234.5", "1,234.5", {}, 123450, 0, 0, 123450 },
    ["a partial refund"] = { "$1,234.50", "1,000.25", { partially_refunded = true }, 123450, 23425, 0, 100025 },
    ["a full refund"] = { "$19", "0", { refunded = true }, 1900, 1900, 0, 0 },
    ["a refund that failed"] = { "$19", "19", { refunded = false, partially_refunded = false }, 1900, 0, 0, 1900 },
    ["a cent astray in what can be refunded"] = { "€19.99", "19.98", { currency = "eur" }, 1999, 0, 0, 1999 },
    ["a payment method that refunds nothing"] = { "$19", "0", {}, 1900, 0, 0, 1900 },
    ["more that can be refunded than was paid"] = { "$19", "19.01", { partially_refunded = true }, 1900, 0, 0, 1900 },
    ["a dispute"] = { "$19", "19", { disputed = true, chargedback = true }, 1900, 0, 1900, 0 },
    ["a dispute of an older server"] = { "$19", "19", { disputed = true, chargedback = false }, 1900, 0, 1900, 0 },
    ["a dispute that only chargedback tells"] = { "$19", "19", { chargedback = true }, 1900, 0, 1900, 0 },
    ["a dispute that was won"] = { "$19", "19", { disputed = true, dispute_won = true }, 1900, 0, 0, 1900 },
    ["a dispute after a partial refund"] = { "$19", "9", { disputed = true, chargedback = true,
      partially_refunded = true }, 1900, 1000, 900, 0 },
    ["a dispute after a full refund"] = { "$19", "0", { disputed = true, chargedback = true, refunded = true },
      1900, 1900, 0, 0 },
    ["a membership"] = { "$10 a month", "10", {}, 1000, 0, 0, 1000 },
    ["a membership of two years"] = { "$1,000.10 every 2 years", "1,000.10", {}, 100010, 0, 0, 100010 },
    ["99 cents"] = { "99¢", "0.99", {}, 99, 0, 0, 99 },
    ["a free sale"] = { "$0", "0", {}, 0, 0, 0, 0 },
    ["yen"] = { "¥1,000", "975", { currency = "jpy", partially_refunded = true }, 1000, 25, 0, 975 },
    ["dong"] = { "₫50,000", "50,000", { currency = "vnd" }, 50000, 0, 0, 50000 },
    ["a currency with a longer symbol"] = { "CAD$1,005.50", "5.50", { currency = "cad", partially_refunded = true },
      100550, 100000, 0, 550 },
    ["a currency that is not known here"] = { "kr 19.50 a year", "19.50", { currency = "sek" }, 1950, 0, 0, 1950 },
    ["a pre-order authorization"] = { "$19", "19", { is_preorder_authorization = true }, 0, 0, 0, 0 },
  } do
    it("knows " .. name, function()
      row[3].formatted_total_price, row[3].amount_refundable_in_currency = row[1], row[2]
      local got = amounts(row[3])
      assert.same({ row[4], row[5], row[6], row[7], row[3].currency or "usd" }, got)
      assert.equal(got[1], got[2] + got[3] + got[4])
    end)
  end

  for _, code in ipairs(CODES) do
    it("knows every amount in " .. code, function()
      for _, cents in ipairs { 0, 1, 5, 99, 100, 101, 999, 1000, 12345, 99999, 100000, 123456789, 2 ^ 53 / 128 } do
        for _, refunded in ipairs { 0, 1, 99, math.floor(cents / 2), cents } do
          if refunded <= cents then
            local got = amounts { currency = code, formatted_total_price = format.price(cents, code) .. " a month",
              amount_refundable_in_currency = format.amount(cents - refunded, code), refunded = refunded == cents,
              partially_refunded = refunded > 0 and refunded < cents }
            assert.same({ cents, refunded, 0, cents - refunded, code }, got)
          end
        end
      end
    end)
  end

  it("takes the currency from the symbol where an older server does not name it", function()
    for _, code in ipairs(CODES) do
      local given = { formatted_total_price = format.price(123400, code), currency_symbol = currency.symbol(code),
        amount_refundable_in_currency = "0" }
      local money = assert(gumroad.sale.net(given))
      assert.same({ 123400, code }, { money.net, money.currency })
    end
  end)

  it("fails if the sale does not say", function()
    for _, fields in ipairs {
      {}, { formatted_total_price = "free" }, { formatted_total_price = 5 }, { formatted_total_price = "$1.234" },
      { formatted_total_price = "$1.2.3" }, { formatted_total_price = "¥1.50", currency = "jpy" },
      { formatted_total_price = "$5", currency = 7 }, { formatted_total_price = "$5", partially_refunded = true },
      { formatted_total_price = "$5", partially_refunded = true, amount_refundable_in_currency = "x" },
    } do
      local money, err = net(fields)
      assert.is_nil(money)
      assert.equal("decode", err.kind)
      assert.equal("sale a does not say how much was paid and refunded", err.message)
    end
    assert.matches("spec/sale_spec%.lua:%d+: sale.net: a sale expected, got nil",
      select(2, pcall(function() gumroad.sale.net() end)))
  end)

  it("agrees with the emulated shop, whatever happens to its sales", function()
    local gum = assert(emulator.start { sales = 60, products = 12, time_scale = 0.001 })
    finally(function() gum:stop() end)
    local shop = support.shop(gum)
    local sale = assert(gum:sell { product_id = "pxvra" })
    local paid = assert(gumroad.sale.net(sale)).net
    assert.is_true(paid > 500)
    assert.equal(paid - 150, gumroad.sale.net(assert(shop.sales:refund(sale.id, { amount_cents = 150 }))).net)
    gum:event("dispute", { sale_id = sale.id })
    assert.same({ 150, paid - 150, 0 }, (function(m) return { m.refunded, m.disputed, m.net } end)(
      gumroad.sale.net(assert(shop.sales:get(sale.id)))))
    gum:event("dispute_won", { sale_id = sale.id })
    assert.equal(paid - 150, gumroad.sale.net(assert(shop.sales:get(sale.id))).net)
    for each in shop.sales:each() do
      local money = assert(gumroad.sale.net(each))
      assert.equal(money.total, money.refunded + money.disputed + money.net)
      assert.equal(each.price == 0, money.total == 0)
      if each.currency == "usd" then assert.equal(each.price, money.total) end
    end
  end)
end)

describe("gumroad.sale.format", function()
  for want, given in pairs {
    ["0.00 USD"] = { 0, "usd" }, ["0.05 USD"] = { 5, "usd" }, ["19.00 EUR"] = { 1900, "eur" },
    ["1,234.50 USD"] = { 123450, "usd" }, ["1,234,567.89 CAD"] = { 123456789, "cad" }, ["1,234 JPY"] = { 1234, "jpy" },
    ["-3.07 GBP"] = { -307, "gbp" }, ["50,000 VND"] = { 50000, "vnd" }, ["100,000.00 KRW"] = { 10000000, "krw" },
    ["0 JPY"] = { 0, "jpy" }, ["90,071,992,547,409.91 USD"] = { 9007199254740991, "usd" },
  } do
    it("writes " .. want, function() assert.equal(want, gumroad.sale.format(given[1], given[2])) end)
  end
end)

describe("gumroad.sale.from_ping", function()
  local function of(fixture)
    local event = assert(webhook.parse(support.fixture("pings/" .. fixture .. ".form"),
      "application/x-www-form-urlencoded"))
    return gumroad.sale.from_ping(event.data, event), event
  end

  it("has the names of the API", function()
    local sale, event = of "sale_physical"
    local data = event.data
    assert.same({ data.sale_id, data.order_number, data.sale_timestamp, data.short_product_id, data.email },
      { sale.id, sale.order_id, sale.created_at, sale.product_permalink, sale.purchase_email })
    for _, names in ipairs(gumroad.sale.PING_NAMES) do
      assert.not_nil(schema.sale_ping.type[names[1]], names[1])
      assert.not_nil(schema.sale.type[names[2]], names[2])
    end
  end)

  it("is documented with its table of names", function()
    local page = assert(io.open("doc/webhooks.md")):read("*a")
    for _, names in ipairs(gumroad.sale.PING_NAMES) do
      assert.truthy(page:find(("| `%s` | `%s` |"):format(names[1], names[2]), 1, true), names[1])
    end
  end)

  it("has only fields of a sale, with the types of a sale", function()
    for _, name in ipairs(support.fixtures("pings", ".form")) do
      if name:find("^sale") or name:find("^refund") or name:find("^dispute") or name:find("^test") then
        local sale, event = of(name)
        for field, value in pairs(sale) do
          local type_name = assert(schema.sale.type[field], field):gsub("%?$", "")
          local is_plain = type_name == "string" or type_name == "boolean"
          if is_plain then assert.equal(type_name, type(value), name .. " " .. field) end
        end
        local is_shadowed = table.concat(event.shadowed, " "):find("sale_id", 1, true)
        assert.equal(is_shadowed and "nil" or "string", type(sale.id))
      end
    end
  end)

  it("leaves out what the buyer has overwritten", function()
    local sale, event = of "sale_custom_field_collisions"
    assert.is_true(#event.shadowed > 0)
    for _, name in ipairs(event.shadowed) do
      if schema.sale.type[name] then assert.is_nil(sale[name], name) end
    end
    assert.is_true(sale.has_custom_fields)
    local data = { sale_id = "x", email = "buyer's text" }
    assert.equal("buyer's text", gumroad.sale.from_ping(data).email)
    assert.is_nil(gumroad.sale.from_ping(data, { shadowed = { "email" } }).email)
    assert.is_nil(gumroad.sale.from_ping(data, { shadowed = { "email" } }).purchase_email)
  end)

  it("raises what is no ping", function()
    assert.matches("sale.from_ping: the data of a ping expected, got nil",
      select(2, pcall(function() gumroad.sale.from_ping() end)))
  end)

  it("says of a sale what the API says", function()
    local gum = assert(emulator.start { sales = 30, products = 12, time_scale = 0.001 })
    finally(function() gum:stop() end)
    local shop, made, pinged, compared = support.shop(gum), {}, {}, 0
    assert(shop:watch {
      url = "http://127.0.0.1:0/hook", port = 0,
      on_ready = function()
        for product in shop.products:each() do
          if not product.is_tiered_membership then
            made[#made + 1] = assert(gum:sell { product_id = product.id, custom_fields = { Size = "M" } })
          end
        end
      end,
      sale = function(data, event, watcher)
        local sale = gumroad.sale.from_ping(data, event)
        pinged[sale.id] = sale
        local count = 0
        for _ in pairs(pinged) do count = count + 1 end
        if count == #made then watcher:stop() end
      end,
    })
    for _, sale in ipairs(made) do
      local real = assert(shop.sales:get(sale.id))
      for name, value in pairs(pinged[sale.id]) do
        local is_other = (name == "email" and real.purchaser_id) or name == "affiliate" or name == "offer_code"
          or name == "refunded"
        if not is_other then
          compared = compared + 1
          assert.same(real[name], value, name .. " of " .. json.encode(real))
        end
      end
      assert.equal(real.refunded or false, pinged[sale.id].refunded)
    end
    assert.is_true(compared > 200, compared)
  end)
end)
