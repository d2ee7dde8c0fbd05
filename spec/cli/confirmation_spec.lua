-- The command gumroad-lua asks before what cannot be undone, and shows requests without sending them.
local api = require "gumroad.api"
local cjson = require "cjson"
local emulator = require "gumroad.emulator"
local match = require "gumroad.cli.operation.match"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

local function each_row(visit)
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do visit(row, row.resource .. "." .. row.name) end
  end
end

describe("A change that cannot be undone", function()
  local gum, shop
  setup(function()
    gum = assert(emulator.start { sales = 5, subscribers = 0 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  local function run(...) return command.run({ ... }, command.to(gum)) end
  local function typing(text, ...) return command.on_terminal({ ... }, command.to(gum), 200, text) end

  it("is every deletion, and what moves money or writes to people", function()
    local found = {}
    each_row(function(row, name)
      if row.irreversible and row.method ~= "DELETE" then found[#found + 1] = name end
      if row.method == "DELETE" then assert.truthy(row.irreversible, name) end
    end)
    table.sort(found)
    assert.same({ "emails.create", "emails.send", "licenses.rotate", "sales.mark_as_shipped", "sales.refund",
      "sales.resend_receipt" }, found)
  end)

  it("has a question with fields that the object has, which an operation can read", function()
    each_row(function(row, name)
      for names in ((row.irreversible or {})[1] or ""):gmatch("{([^}]*)}") do
        for part in names:gmatch("[^|]+") do
          local own, resource, operation = part:match("^:(.*)$"), (row.irreversible.read or ""):match("^(.*)%.(.*)$")
          local known = part:sub(1, 1) == "=" or own and row.params_by_name[own]
          for _, id in ipairs(row.path_params) do known = known or id == own end
          if not known then known = schema[api[resource][operation].object].type[part] end
          assert.truthy(known, name .. ": " .. part)
          assert.truthy(known == true or type(known) ~= "string" or read_type(known).scalar)
        end
      end
    end)
  end)

  it("is refused without a terminal and without --yes, and names both ways", function()
    local sale = assert(gum:sell { email = "refused@example.com" })
    gum:reset_stats()
    local result = run("sales", "refund", sale.id)
    assert.equal(2, result.code)
    assert.truthy(result.err:find("sales refund cannot be undone, and there is no terminal to ask on: pass --yes to do "
      .. "it, or --dry-run", 1, true), result.err)
    assert.equal(0, #support.requests(gum))
    assert.equal(0, run("sales", "refund", sale.id, "--yes").code)
    assert.truthy(assert(shop.sales:get(sale.id)).refunded)
  end)

  it("asks on a terminal what will happen to whom, and does it only after a yes #pty", function()
    local sale = assert(gum:sell { email = "asked@example.com" })
    local said_no = typing("n\n", "sales", "refund", sale.id, "--amount-cents", "150")
    assert.truthy(said_no.out:find("Refund 1.50 " .. sale.currency:upper() .. ' to asked@example.com, who bought "'
      .. sale.product_name
      .. '"? This cannot be undone. [y/N]', 1, true), said_no.out)
    assert.truthy(said_no.out:find("nothing was changed", 1, true))
    for _, typed in ipairs { "\n", "yellow\n" } do
      assert.truthy(typing(typed, "sales", "refund", sale.id).out:find("nothing was changed", 1, true))
    end
    assert.falsy(assert(shop.sales:get(sale.id)).refunded)
    typing("yes\n", "sales", "refund", sale.id)
    assert.truthy(assert(shop.sales:get(sale.id)).refunded)
  end)

  it("cannot be made to ask something else by what a buyer typed #pty", function()
    local sale = assert(gum:sell { email = "a@example.com\27[2K\rRefund nothing? {email}%1" })
    assert.truthy(typing("n\n", "sales", "resend-receipt", sale.id).out:find(
      "to a@example.com\\x1b[2K Refund nothing? {email}%1 again? This cannot be undone.", 1, true))
  end)

  it("asks with the id, and says that it could not look, if nothing can be read #pty", function()
    local unknown = typing("n\n", "media", "delete", "no-such-image").out
    assert.truthy(unknown:find("could not look at what this is about: it is not in the list", 1, true), unknown)
    assert.truthy(unknown:find("Carry out media delete no-such-image anyway? This cannot be undone", 1, true), unknown)
  end)

  it("asks about a license by the key in the parameters, without counting a use #pty", function()
    local sale = assert(gum:sell { product_id = "brpro", email = "license@example.com" })
    local license = { product_id = sale.product_id, license_key = sale.license_key }
    local uses = assert(shop.licenses:verify(license)).uses
    local asked = typing("n\n", "licenses", "rotate", "--product-id", sale.product_id, "--license-key",
      sale.license_key).out
    assert.truthy(asked:find("Replace the license key of license@example.com for \"" .. sale.product_name, 1, true),
      asked)
    assert.equal(uses, assert(shop.licenses:verify(license)).uses)
  end)

  it("asks with a question mark for what the object does not have #pty", function()
    gum:fault { kind = "status", status = 200, path = "/v2/products/abc", body = '{"success":true,"product":{}}' }
    local asked = typing("n\n", "products", "delete", "abc").out
    assert.truthy(asked:find('Delete the product "?" (?, ? sales)? This cannot be undone.', 1, true), asked)
  end)

  it("finds what it is about in a list, in eight of them if need be #pty", function()
    local made = assert(shop.resource_subscriptions:create { resource_name = "dispute",
      post_url = "https://example.com/hook" })
    assert.truthy(typing("y\n", "resource_subscriptions", "delete", made.id).out:find(
      "Delete the webhook for dispute to https://example.com/hook?", 1, true))
    assert.equal(0, #shop.resource_subscriptions:list { resource_name = "dispute" })
  end)

  it("may be so for some values alone #pty", function()
    local words = { "emails", "create", "--subject", "Hi", "--body", "x" }
    assert.equal(0, run(unpack(words)).code)
    for _, more in ipairs { "--publish=true", "--draft=false" } do
      words[7] = more
      assert.equal(2, run(unpack(words)).code, more)
    end
    assert.truthy(typing("n\n", unpack(words)).out:find('Send the email "Hi" at once to all?', 1, true))
  end)

  it("is the same through `api`, however the request is written #pty", function()
    local sale = assert(gum:sell { email = "api@example.com" })
    local id = sale.id:gsub("=", "%%3D")
    for _, words in ipairs {
      { "PUT", "/v2/sales/" .. sale.id .. "/refund" }, { "put", "sales/" .. id .. "/refund?amount_cents=1" },
      { "PUT", gum.url .. "/v2/sales/" .. id .. "/%72efund/" }, { "PUT", "sales//" .. id .. "/refund.json" },
      { "PATCH", "sales/" .. id .. "/refund" }, { "POST", "sales/" .. id .. "/refund", "--field", "_method=put" },
      { "POST", "sales/" .. id .. "/refund", "--header", "X-HTTP-Method-Override: PUT" },
      { "POST", "emails", "--body", '{"subject":"a","body":"b","publish":true}' },
      { "POST", "emails", "--field", "publish=1" }, { "POST", "emails", "--body", "draft=false" },
      { "DELETE", "products/abc" }, { "PUT", "licenses/rotate" },
    } do
      assert.equal(2, run("api", unpack(words)).code, table.concat(words, " "))
    end
    assert.is_nil((match.find("GET", "/v2/sales/abc/refund")))
    assert.equal("comps", match.find("GET", "/v2/products/comps").name)
    local asked = typing("n\n", "api", "PUT", "sales/" .. id .. "/refund", "--field", "amount_cents=100").out
    assert.truthy(asked:find("Refund 1.00 %u+ to api@example.com"), asked)
    assert.equal(0, run("api", "PUT", "sales/" .. id .. "/refund", "--yes").code)
  end)
end)

describe("--dry-run", function()
  local gum
  setup(function() gum = assert(emulator.start { sales = 5, subscribers = 0 }) end)
  teardown(function() gum:stop() end)

  local function run(...) return command.run({ ... }, command.to(gum)) end

  it("shows the request of a change without the token, and sends nothing", function()
    gum:reset_stats()
    local result = run("products", "create", "--name", "Ink", "--price", "900", "--dry-run")
    assert.equal(0, result.code, result.err)
    assert.equal("POST " .. gum.url .. "/v2/products\nContent-Type: application/x-www-form-urlencoded\n\n"
      .. "draft=true&name=Ink&price=900\n", result.out)
    local as_json = cjson.decode(run("api", "DELETE", "products/abc", "--dry-run", "--json").out)
    assert.same({ method = "DELETE", url = gum.url .. "/v2/products/abc" }, as_json)
    assert.truthy(run("api", "GET", "user", "--dry-run").out:find("^GET "))
    assert.equal(0, #support.requests(gum))
  end)

  it("lets a composed operation read first", function()
    local sale = assert(gum:sell {})
    gum:reset_stats()
    local result = run("sales", "refund", sale.id, "--dry-run")
    assert.truthy(result.out:find("^PUT .*/refund\n$"), result.err)
    local sent = support.requests(gum)
    assert.equal(1, #sent)
    assert.equal("GET", sent[1].method)
  end)

  it("is an option of every change, and of no other operation", function()
    local lines, rows = {}, {}
    each_row(function(row)
      rows[#rows + 1], lines[#lines + 1] = row, { row.resource, row.name, "--help" }
    end)
    for i, result in ipairs(command.batch(lines)) do
      local row = rows[i]
      assert.equal(row.method ~= "GET", result.out:find("\n   --dry-run ", 1, true) ~= nil, row.name)
      assert.equal(row.irreversible ~= nil, result.out:find("\n   --yes ", 1, true) ~= nil, row.name)
    end
  end)
end)
