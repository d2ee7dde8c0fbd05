-- gumroad.masked: what hooks receive, in a form that may be logged.
local api = require "gumroad.api"
local calls = require "operation_calls"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local json = require "gumroad.base.json"
local private = require "gumroad.api.private"
local support = require "support"

local unpack = table.unpack or unpack

local function masked_body(body)
  return gumroad.masked { body = body }.body
end

local function masked_json(value)
  return json.decode(masked_body(json.encode(value)))
end

describe("gumroad.masked", function()
  it("masks buyers and keys, and shows what a developer looks for", function()
    local sale = json.decode(support.fixture "sale_get_variants_custom_fields.json").sale
    sale.giftee_email, sale.street_address, sale.license_key = "a@example.com", "Elm Street 1", "ABCD-EFGH"
    local shown = masked_json { success = true, sale = sale }
    assert.is_true(shown.success)
    for _, name in ipairs { "id", "product_id", "product_name", "price", "currency", "created_at", "disputed" } do
      assert.equal(sale[name], shown.sale[name], name)
    end
    for _, name in ipairs { "email", "purchase_email", "giftee_email", "street_address", "license_key" } do
      assert.equal("***", shown.sale[name], name)
    end
    for name in pairs(sale.custom_fields) do assert.equal("***", shown.sale.custom_fields[name]) end
  end)

  it("masks what it does not know, and everything in it", function()
    assert.same({ newest = "***", address = { name = "***", id = "***", list = { "***", { id = "***" } } },
      sale = { custom_fields = { name = "***", message = "***" }, url_params = { id = "***" } } },
      masked_json { newest = "x", address = { name = "Ann", id = 1, list = { "a", { id = 2 } } },
        sale = { custom_fields = { name = "Ann", message = false }, url_params = { id = "x" } } })
  end)

  it("shows the definitions of custom fields, but not their values in a license's list", function()
    assert.same({ product = { custom_fields = { { id = "a", name = "Size", type = "text" } } } },
      masked_json { product = { custom_fields = { { id = "a", name = "Size", type = "text" } } } })
    assert.same({ purchase = { custom_fields = { "***", "***" } } },
      masked_json { purchase = { custom_fields = { "Size: M", "Name: Ann" } } })
  end)

  it("masks forms and queries", function()
    assert.equal("increment_uses_count=true&license_key=%2A%2A%2A&product_id=a",
      masked_body "license_key=ABCD&increment_uses_count=true&product_id=a")
    assert.equal("client_id=%2A%2A%2A&code=%2A%2A%2A&grant_type=%2A%2A%2A",
      masked_body "code=x&grant_type=y&client_id=z")
    assert.equal("https://a/v2/sales?after=2026-01-01&email=%2A%2A%2A",
      gumroad.masked { url = "https://a/v2/sales?email=a%40example.com&after=2026-01-01" }.url)
    assert.equal("https://a/v2/user", gumroad.masked { url = "https://a/v2/user" }.url)
  end)

  it("shows the length of anything else", function()
    for _, body in ipairs { "<html>Ann</html>", "Retry later\n", '{"email":"a@example.com"', "%PDF", "a" } do
      assert.equal(("(%d bytes)"):format(#body), masked_body(body))
    end
    assert.equal("", masked_body "")
    assert.falsy(masked_body("=" .. ("x"):rep(100000)):find "x")
  end)

  it("masks the headers that are secrets, and keeps the rest", function()
    local shown = gumroad.masked { method = "GET", status = 200, seconds = 0.1, attempt = 1,
      headers = { Authorization = "Bearer x", ["set-cookie"] = "s=1", location = "https://x/?key=1", ["x-a"] = "b" } }
    assert.same({ method = "GET", status = 200, seconds = 0.1, attempt = 1, headers = { Authorization = "***",
      ["set-cookie"] = "***", location = "***", ["x-a"] = "b" } }, shown)
  end)

  it("does not change its argument", function()
    local given = { url = "https://a/?email=x", headers = { cookie = "a" }, body = '{"email":"x"}' }
    gumroad.masked(given)
    assert.same({ url = "https://a/?email=x", headers = { cookie = "a" }, body = '{"email":"x"}' }, given)
    assert.matches("mask_spec%.lua:%d+: masked: table expected, got string",
      select(2, pcall(function() gumroad.masked "x" end)))
  end)

  it("lists only private fields that exist", function()
    local source = assert(io.open("lua/gumroad/api/private.lua")):read("*a"):match("local PRIVATE = {(.-)}")
    for name in source:gmatch('"([%w_]+)"') do
      assert.is_true(private.is_private(name) and not private.is_shown(name), name)
    end
  end)
end)

describe("The requests and responses of all operations", function()
  it("name no buyer and no key when they are masked", function()
    local gum = assert(emulator.start { sales = 30, part_size = 5, time_scale = 0.001 })
    finally(function() gum:stop() end)
    local seen, texts = 0, {}
    local function log(shown)
      seen = seen + 1
      texts[#texts + 1] = json.encode(gumroad.masked(shown))
    end
    local plain, shop = support.shop(gum), support.shop(gum, { on_request = log, on_response = log })
    local known = calls.known(plain, gum)
    for resource, rows in pairs(api) do
      for _, row in ipairs(rows) do
        if not row.composed then
          shop[resource][row.name](shop[resource], unpack({ calls.of(row).call(plain, known) }))
        end
      end
    end
    local all = table.concat(texts, "\n")
    assert.is_true(seen > 150, seen)
    assert.is_nil(all:find("@", 1, true), all:match("[^\n]*@[^\n]*"))
    local private_texts = 0
    for sale in plain.sales:each() do
      for _, name in ipairs { "email", "license_key", "full_name", "street_address" } do
        if sale[name] then
          private_texts = private_texts + 1
          assert.is_nil(all:find(sale[name], 1, true), sale[name])
        end
      end
    end
    assert.is_true(private_texts > 50)
    assert.truthy(all:find(known.product.name, 1, true))
  end)
end)

describe("error:to_table", function()
  it("contains only what JSON can represent, and no secrets", function()
    local gum = assert(emulator.start { sales = 3 })
    finally(function() gum:stop() end)
    local _, err = support.shop(gum).products:get("no-such-id")
    assert.same({ kind = "not_found", message = "The product was not found.", status = 200, method = "GET",
      path = "/v2/products/no-such-id", retryable = false, attempts = 1, request_id = err.request_id }, err:to_table())
    err.upload, err.before, err.after, err.traceback = { presigned_url = "x" }, { email = "x" }, {}, "stack"
    assert.same(err:to_table(), json.decode(json.encode(err:to_table())))
    assert.is_nil(getmetatable(err:to_table()))
  end)
end)
