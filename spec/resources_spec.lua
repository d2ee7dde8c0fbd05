local cjson = require "cjson"
local api = require "gumroad.api"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local support = require "support"

local UNKNOWN = "xK2vB9mQ4rT7yU1iO3pA5w=="

-- A value for each type of parameter, and what becomes of it in a form or query.
local VALUES = {
  string = { "Ink & Öl=1/2 +50%", "Ink & Öl=1/2 +50%" }, integer = { 7, "7" }, boolean = { false, "false" },
  date = { "2026-01-02", "2026-01-02" }, array = { { "a b", "c&d" }, { "a b", "c&d" } },
}

local function takes_params(row)
  return row.kind == "list" or #row.params > 0
end

local rows = {}
for _, list in pairs(api) do
  for _, row in ipairs(list) do rows[#rows + 1] = row end
end
table.sort(rows, function(a, b) return a.resource .. a.name < b.resource .. b.name end)

-- Parameters for a row, those that turn the body into JSON left out, and the decoded form.
local function params_for(row)
  local given, sent = {}, {}
  for name, value in pairs(row.opt_in or {}) do sent[name] = value end
  for _, param in ipairs(row.params) do
    if not param.json then
      given[param[1]], sent[param[1]] = VALUES[param[2]][1], VALUES[param[2]][2]
    end
  end
  return given, sent
end

local function call(shop, row, params, options)
  local arguments, count = {}, #row.path_params
  for i = 1, count do arguments[i] = UNKNOWN end
  if takes_params(row) then count = count + 1; arguments[count] = params end
  count = count + 1
  arguments[count] = options
  local resource = shop[row.resource]
  return resource[row.name](resource, (table.unpack or unpack)(arguments, 1, count))
end

describe("The operation", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 5, products = 3, subscribers = 2 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function() gum:reset_stats() end)

  for _, row in ipairs(rows) do
    describe(row.resource .. "." .. row.name, function()
      it("is sent with its method, path and parameters", function()
        local given, sent = params_for(row)
        call(shop, row, given)
        local requests = support.requests(gum)
        assert.equal(1, #requests)
        assert.equal(row.method, requests[1].method)
        assert.equal("/v2" .. row.path:gsub(":[%w_]+", "xK2vB9mQ4rT7yU1iO3pA5w%%3D%%3D"), requests[1].path)
        local in_query = row.method == "GET" or row.method == "DELETE"
        assert.same(sent, core.form_decode(in_query and requests[1].query or requests[1].body))
        assert.is_nil(requests[1][in_query and "nothing" or "query"])
        if next(sent) and not in_query then
          assert.equal("application/x-www-form-urlencoded", requests[1].headers["content-type"])
        end
      end)

      if #row.path_params > 0 then
        it("answers an unknown id with not_found", function()
          local given = params_for(row)
          given.page_key = nil
          local value, err = call(shop, row, given)
          assert.is_nil(value)
          assert.equal("not_found", err.kind)
          assert.truthy(err.message:find("^The %l[%l_]* was not found%.$"), err.message)
        end)
      end

      it("is allowed by any one of its scopes, and names them without", function()
        for i, scope in ipairs(row.scopes) do
          local token = ("%s-%s-%d"):format(row.resource, row.name, i)
          gum:grant(token, scope)
          local _, err = call(support.shop(gum, { access_token = token }), row, (params_for(row)))
          assert.not_equal("scope", err and err.kind)
        end
        gum:grant("no-use", "creator_api")
        local _, err = call(support.shop(gum, { access_token = "no-use" }), row, (params_for(row)))
        assert.equal("scope", err.kind)
        assert.truthy(err.message:find(table.concat(row.scopes, ", "), 1, true))
      end)

      it("refuses an unknown option of the call", function()
        local where = row.resource .. "." .. row.name
        local message = support.raised(call, shop, row, (params_for(row)), { tiemout = 5 })
        assert.equal(1, (message:find(where .. ": unknown option 'tiemout'", 1, true)))
        assert.equal(0, #support.requests(gum))
      end)

      if takes_params(row) then
        it("refuses an unknown parameter", function()
          local given = params_for(row)
          given.no_such_parameter = "a"
          local message = support.raised(call, shop, row, given)
          assert.truthy(message:find("unknown parameter 'no_such_parameter'", 1, true))
          assert.equal(0, #support.requests(gum))
        end)
      end

      for _, param in ipairs(row.params) do
        if param.required then
          it("refuses to go without " .. param[1], function()
            local given = params_for(row)
            given[param[1]] = nil
            local message = support.raised(call, shop, row, given)
            assert.truthy(message:find("parameter '" .. param[1] .. "' is missing", 1, true))
          end)
        end

        it("refuses a wrong type of " .. param[1], function()
          local given = params_for(row)
          given[param[1]] = function() end
          local message = support.raised(call, shop, row, given)
          assert.truthy(message:find("parameter '" .. param[1] .. "': .* expected, got function"), message)
        end)

        if param.json then
          it("sends JSON where it has " .. param[1], function()
            local value = { { url = "https://example.com/a.pdf", size = 5, parts = { 1, 2 } } }
            local given = { name = "a", price = 900, [param[1]] = value, tags = {} }
            call(shop, row, given)
            local request = support.requests(gum)[1]
            assert.equal("application/json", request.headers["content-type"])
            assert.same(given, cjson.decode(request.body))
            assert.truthy(request.body:find('"tags":[]', 1, true))
          end)
        end
      end
    end)
  end
end)

describe("The shop", function()
  local gum, shop, product, sale

  setup(function()
    gum = assert(emulator.start { sales = 40, products = 3, subscribers = 5 })
    shop = support.shop(gum)
    product = assert(shop.products:list { limit = 1 })[1]
    for each in shop.sales:each() do
      if each.price > 200 and not (each.refunded or each.partially_refunded or each.disputed) then sale = each end
    end
  end)
  teardown(function() gum:stop() end)

  it("has a field for each resource, and no other", function()
    for name in pairs(api) do assert.is_table(shop[name]) end
    assert.equal(shop.sales, shop.sales)
    assert.is_nil(shop.prodcuts)
  end)

  it("tells whose it is", function()
    assert.equal("Ana Petrova", assert(shop.user:get()).name)
  end)

  it("makes, changes, publishes, hides and deletes a product", function()
    local made = assert(shop.products:create { name = "Ink", price = 900.0, draft = true, tags = { "ink", "a&b" } })
    assert.equal("Ink", made.name)
    assert.equal("900", tostring(made.price))
    assert.same({ "ink", "a&b" }, made.tags)
    assert.is_false(made.published)
    assert.equal("Oil", assert(shop.products:update(made.id, { name = "Oil" })).name)
    assert.is_true(assert(shop.products:enable(made.id)).published)
    assert.is_false(assert(shop.products:disable(made.id)).published)
    assert.equal("The product was deleted successfully.", assert(shop.products:delete(made.id)).message)
    assert.is_true(assert(shop.products:get(made.id)).deleted)
  end)

  it("sends whole numbers without a fraction", function()
    gum:reset_stats()
    assert(shop.products:update(product.id, { price = 900.0 }))
    assert.equal("price=900", support.requests(gum)[1].body)
  end)

  it("gives whole numbers without a fraction", function()
    assert.falsy(tostring(assert(shop.products:get(product.id)).price):find(".", 1, true))
  end)

  it("has no null", function()
    for _, each in ipairs(assert(shop.products:list())) do
      for _, value in pairs(each) do assert.not_equal(cjson.null, value) end
    end
  end)

  it("makes, lists, changes and deletes a category", function()
    local made = assert(shop.variant_categories:create(product.id, { title = "Size" }))
    assert.equal("Size", assert(shop.variant_categories:get(product.id, made.id)).title)
    assert.equal("Colour", assert(shop.variant_categories:update(product.id, made.id, { title = "Colour" })).title)
    local before = #assert(shop.variant_categories:list(product.id))
    assert(shop.variant_categories:delete(product.id, made.id))
    assert.equal(before - 1, #assert(shop.variant_categories:list(product.id)))
  end)

  it("finds a sale by its id, its buyer and its product", function()
    assert.equal(sale.email, assert(shop.sales:get(sale.id)).email)
    local of_buyer = assert(shop.sales:list { email = sale.purchase_email, product_id = sale.product_id, limit = 100 })
    assert.is_true(#of_buyer > 0)
    for _, each in ipairs(of_buyer) do assert.equal(sale.purchase_email, each.purchase_email) end
    assert.equal(sale.id, assert(shop.sales:list { order_id = sale.order_id })[1].id)
  end)

  it("marks a sale as shipped", function()
    local shipped = assert(shop.sales:mark_as_shipped(sale.id, { tracking_url = "https://example.com/t?a=1&b=2" }))
    assert.is_true(shipped.shipped)
    assert.equal("https://example.com/t?a=1&b=2", shipped.tracking_url)
  end)

  it("refunds a part of a sale, then the rest, then nothing", function()
    assert.is_true(assert(shop.sales:refund(sale.id, { amount_cents = 100 })).partially_refunded)
    assert.is_true(assert(shop.sales:refund(sale.id)).refunded)
    local again, err = shop.sales:refund(sale.id)
    assert.is_nil(again)
    assert.equal("Purchase is already refunded.", err.message)
  end)

  it("mails a receipt again", function()
    assert.same({ success = true }, shop.sales:resend_receipt(sale.id))
  end)

  it("lists subscribers and finds one", function()
    for each in shop.products:each() do
      if each.is_tiered_membership then
        local subscribers = assert(shop.subscribers:list(each.id))
        assert.equal(5, #subscribers)
        assert.equal(subscribers[1].email, assert(shop.subscribers:get(subscribers[1].id)).email)
      end
    end
  end)

  it("makes, lists and ends a webhook", function()
    local made = assert(shop.resource_subscriptions:create {
      resource_name = "refund", post_url = "https://example.com/hook?a=b" })
    assert.equal("https://example.com/hook?a=b", made.post_url)
    assert.equal(made.id, assert(shop.resource_subscriptions:list { resource_name = "refund" })[1].id)
    assert(shop.resource_subscriptions:delete(made.id))
    assert.equal(0, #assert(shop.resource_subscriptions:list { resource_name = "refund" }))
  end)

  for _, wrong in ipairs { "purchase", "" } do
    it(("tells that a webhook cannot be for '%s'"):format(wrong), function()
      local _, err = shop.resource_subscriptions:create { resource_name = wrong, post_url = "https://example.com/" }
      assert.equal("invalid", err.kind)
      _, err = shop.resource_subscriptions:list { resource_name = wrong }
      assert.equal("Valid resource_name parameter required", err.message)
    end)
  end
end)
