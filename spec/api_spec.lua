-- The facts in gumroad.api, and what is derived from them.
local api = require "gumroad.api"
local currency = require "gumroad.api.currency"
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local limits = require "gumroad.api.limits"
local schema = require "gumroad.api.schema"
local scopes = require "gumroad.api.scopes"
local read_type = require "gumroad.api.type"
local support = require "support"

describe("A row of the API", function()
  it("says whether it is a list, whether it takes parameters, and whether they are required", function()
    local function said(row) return { row.is_list, row.takes_params, row.needs_params } end
    assert.same({ true, true, false }, said(api.sales.list))
    assert.same({ true, true, false }, said(api.categories.list))
    assert.same({ false, true, true }, said(api.products.create))
    assert.same({ false, true, false }, said(api.products.update))
    assert.same({ false, false, false }, said(api.products.get))
  end)
end)

describe("The documentation of parameters", function()
  it("contains the default, because the help of the command has no other place for it", function()
    local found = 0
    for _, rows in pairs(api) do
      for _, row in ipairs(rows) do
        for _, param in ipairs(row.params) do
          if param.default ~= nil then
            found = found + 1
            assert.truthy(param.doc:find(("(default: %s)"):format(tostring(param.default)), 1, true), param.doc)
          end
        end
      end
    end
    assert.equal(2, found)
  end)
end)

describe("The rate limits", function()
  it("belong to operations and OAuth, and are in the documentation of the operations", function()
    local there = { ["POST /oauth/token"] = true, ["POST /oauth/device/code"] = true }
    for _, rows in pairs(api) do
      for _, row in ipairs(rows) do there[(row.method or "") .. " /v2" .. (row.path or "")] = row.doc end
    end
    for _, limit in ipairs(limits) do
      local doc, words = there[limit.method .. " " .. limit.path], limits.sentence(limit.method, limit.path)
      assert.truthy(doc, limit.path)
      assert.truthy(doc == true or not words or doc:sub(-#words) == words, limit.path)
    end
    assert.truthy(api.products.create.doc:find(". At most 10 requests a minute.", 1, true))
    assert.truthy(api.media.create.doc:find(". At most 20 requests in ten minutes.", 1, true))
    assert.falsy(api.sales.list.doc:find("At most", 1, true))
  end)
end)

describe("The scopes", function()
  it("are found by name, except the one that is no longer granted and those for partners", function()
    local set = scopes.set()
    assert.is_nil(set.refund_sales)
    assert.is_true(set.ifttt)
    assert.equal("read payouts", scopes.descriptions.view_payouts)
    assert.equal("view_public view_profile edit_products view_sales mark_sales_as_shipped edit_sales edit_emails "
      .. "edit_profile view_payouts view_tax_data account", table.concat(scopes.ordinary, " "))
  end)

  it("include every scope that an operation needs", function()
    for _, rows in pairs(api) do
      for _, row in ipairs(rows) do
        for _, scope in ipairs(row.scopes or {}) do assert.is_string(scopes.descriptions[scope], scope) end
      end
    end
  end)
end)

describe("The events", function()
  it("have the same order as rows, as names and in words", function()
    local last = events.names[#events.names]
    assert.equal("sale, refund, dispute", events.names_in_words:sub(1, 21))
    assert.equal(" or " .. last, events.names_in_words:sub(-#last - 4))
    for i, row in ipairs(events) do
      assert.equal(row.name, events.names[i])
      assert.equal(row, events.named[row.name])
    end
  end)

  it("carry objects of the schema that have the fields of their keys", function()
    for _, row in ipairs(events) do
      local known = assert(schema[row.object], row.name).type
      for _, path in ipairs(row.key) do
        local fields = known
        for field in path:gmatch("[^.]+") do
          local want = fields and fields[field]
          assert.is_true(want ~= nil or fields == nil, row.name .. "." .. path)
          local object = want and schema[want:match("^[^?]+")]
          fields = object and object.type  -- nil: a table whose fields are not in the schema
        end
      end
      assert.equal("string", known[row.key[1]], row.name)
    end
  end)

  it("have a recorded ping each, and no recorded ping is of another event", function()
    local found = {}
    for _, name in ipairs(support.fixtures("pings", ".payload.json")) do
      local event = require("cjson").decode(support.fixture("pings/" .. name .. ".payload.json")).resource_name
      if event then
        found[event] = true
        assert.not_nil(events.named[event], name)
      end
    end
    for _, name in ipairs(events.names) do assert.is_true(found[name], name) end
  end)
end)

describe("The facts of a delivery", function()
  it("include which statuses are retried, and that older servers give up without a response", function()
    for status, want in pairs { [200] = false, [204] = false, [302] = false, [400] = false, [404] = false,
      [429] = false, [499] = true, [500] = true, [501] = false, [502] = true, [503] = true, [504] = true } do
      assert.equal(want, delivery.is_retried(status), status)
      assert.equal(want, delivery.is_retried(status, true), status)
    end
    assert.is_true(delivery.is_retried(nil))
    assert.is_false(delivery.is_retried(nil, true))
    assert.is_true(delivery.is_retried(delivery.RETRY))
  end)

  it("include the remaining pauses in words", function()
    assert.equal("1, 3 and 10 minutes", delivery.pauses_in_words(0))
    assert.equal("3 and 10 minutes", delivery.pauses_in_words(1))
    assert.equal("10 minutes", delivery.pauses_in_words(2))
    assert.is_nil(delivery.pauses_in_words(3))
  end)

  it("include which hosts get JSON", function()
    assert.equal("json", delivery.format("hooks.zapier.com"))
    assert.equal("form", delivery.format("zapier.com.example.org"))
  end)
end)

describe("The facts of a currency", function()
  it("are those of the dollar for an unknown currency", function()
    assert.same({ "$", 99, false, false },
      { currency.symbol "xyz", currency.minimum "xyz", currency.is_zero_decimal "xyz", currency.is_known "xyz" })
    assert.same({ "¥", 99, true, true },
      { currency.symbol "jpy", currency.minimum "jpy", currency.is_zero_decimal "jpy", currency.is_known "jpy" })
    assert.is_false(currency.is_zero_decimal(nil))
  end)

  it("are found by the symbol too", function()
    for symbol, code in pairs { ["¥"] = "jpy", ["$"] = "usd", ["CAD$"] = "cad" } do
      assert.equal(code, currency.with_symbol(symbol))
    end
    assert.is_nil(currency.with_symbol "?")
    assert.is_nil(currency.with_symbol(nil))
  end)
end)

describe("The parser of types", function()
  local function basic(name, optional)
    return { name = name, scalar = true, optional = optional or false }
  end

  it("reads names, arrays, maps, unions and optional types", function()
    assert.same(basic("string", true), read_type "string?")
    assert.same({ name = "cover", optional = false }, read_type "cover")
    assert.same({ array = { name = "cover", optional = false }, optional = false }, read_type "cover[]")
    assert.same({ array = basic "string", optional = true }, read_type "string[]?")
    assert.same({ map = basic "integer", optional = true }, read_type "map<integer>?")
    assert.same({ union = { basic "number", basic "string" }, optional = false }, read_type "number|string")
    assert.same({ map = { union = { basic "number", basic "string" }, optional = false }, optional = false },
      read_type "map<number|string>")
  end)

  it("refuses a text that is not a type, every time", function()
    for _, wrong in ipairs { "", "?", "[]", "a b", "map<", "a|<", "a|", "a??" } do
      for _ = 1, 2 do assert.has_error(function() read_type(wrong) end) end
    end
  end)

  it("reads every type in the schema", function()
    local plain = { string = 1, integer = 1, number = 1, boolean = 1, table = 1, list = 1 }
    for object, fields in pairs(schema) do
      for _, field in ipairs(fields) do
        local type = read_type(field[2])
        for _, part in ipairs(type.union or { type.array or type.map or type }) do
          assert.truthy(plain[part.name] or schema[part.name], object .. "." .. field[1])
        end
      end
    end
  end)
end)

-- Texts that reveal a second place of a fact, and the only files that may contain them.
local PLACES = {
  { "subscription_restarted", "api/events.lua", "emulator/shop/events.lua", "emulator/handle.lua",  -- triggers
    "cli/commands/emulator/actions.lua" },
  { '"subscription_ping"', "api/events.lua" },
  { "jpy", "api/currency.lua", "emulator/shop/names.lua", "emulator/shop/prices.lua" },  -- products and exchange rates
  { "map<", "api/type.lua", "api/schema.lua" },
  { "(%??)$", "api/type.lua" },
  { "499", "api/delivery.lua" },
  { "180, 600", "api/delivery.lua" },
  { "zapier%.com", "api/delivery.lua" },
  { "= 255", "api/delivery.lua" },
  { '"ifttt"', "api/scopes.lua", "api/operations.lua", "emulator/views/user.lua" },  -- who sees which fields
  { 'row.name == "list"', "api/operations.lua" },
  { "104857600" }, { "100 * 1024 * 1024", "api/limits.lua" },
  { "20 * 1024", "api/limits.lua" },
}

describe("A fact of Gumroad", function()
  local files = {}
  for path in support.output("find lua/gumroad -name '*.lua'"):gmatch("[^\n]+") do
    local file = assert(io.open(path))
    files[path:match("^lua/gumroad/(.*)$")] = file:read("*a")
    file:close()
  end

  for _, place in ipairs(PLACES) do
    it("has one place: " .. place[1], function()
      local allowed = {}
      for i = 2, #place do allowed[place[i]] = true end
      for path, text in pairs(files) do
        assert.truthy(allowed[path] or not text:find(place[1], 1, true), path)
      end
    end)
  end
end)
