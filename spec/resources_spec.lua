local cjson = require "cjson"
local api = require "gumroad.api"
local emulator = require "gumroad.emulator"
local support = require "support"

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

  it("has a field for each resource and no other", function()
    for name in pairs(api) do assert.is_table(shop[name]) end
    assert.equal(shop.sales, shop.sales)
    assert.is_nil(shop.customers)
    assert.is_nil(shop[1])
    assert.is_nil(shop.sales.total)
  end)

  it("can be iterated over, and accepts fields of the script", function()
    for name in pairs(shop) do assert.is_string(name) end
    for name in pairs(shop.sales) do assert.is_string(name) end
    local own = support.shop(gum)
    own.cache = own.cache or {}
    assert.same({}, own.cache)
  end)

  it("hides its client", function()
    local own = support.shop(gum)
    assert.is_nil(next(own))
    assert.is_nil(next(own.user))
    assert.is_nil(own.user.client)
  end)

  it("says who owns it", function()
    assert.equal("Ana Petrova", assert(shop.user:get()).name)
  end)

  it("creates, changes, publishes, unpublishes and deletes a product", function()
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

  it("creates a product as a draft unless asked otherwise", function()
    for _, row in ipairs {  -- parameters, what is sent, published
      { {}, "draft=true", false }, { { draft = true }, "draft=true", false },
      { { draft = false }, "draft=false", true },
      { { published = false }, "published=false", false }, { { published = true }, "published=true", true },
      { { draft = true, published = true }, "draft=true&published=true", false },
    } do
      gum:reset_stats()
      local given = { name = "Ink", price = 900 }
      for name, value in pairs(row[1]) do given[name] = value end
      assert.equal(row[3], assert(shop.products:create(given)).published)
      local sent = {}
      for pair in support.requests(gum)[1].body:gmatch("[^&]+") do
        if pair:find("^draft=") or pair:find("^published=") then sent[#sent + 1] = pair end
      end
      assert.equal(row[2], table.concat(sent, "&"))
    end
  end)

  it("sends whole numbers without a decimal point", function()
    gum:reset_stats()
    assert(shop.products:update(product.id, { price = 900.0 }))
    assert.equal("price=900", support.requests(gum)[1].body)
  end)

  it("writes correct JSON, whatever the script has set lua-cjson to", function()
    gum:reset_stats()
    cjson.encode_number_precision(3)
    local _, err = shop.bundle_contents:update(product.id, { products = { { product_id = "a", quantity = 12345 } } })
    cjson.encode_number_precision(14)
    assert.equal("invalid", err.kind)
    assert.truthy(support.requests(gum)[1].body:find('"quantity":12345', 1, true))
  end)

  it("returns whole numbers without a decimal point", function()
    assert.falsy(tostring(assert(shop.products:get(product.id)).price):find(".", 1, true))
  end)

  it("returns no nulls", function()
    for _, each in ipairs(assert(shop.products:list())) do
      for _, value in pairs(each) do assert.not_equal(cjson.null, value) end
    end
  end)

  it("creates, lists, changes and deletes a category", function()
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

  it("resends a receipt", function()
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

  it("creates, lists and deletes a webhook", function()
    local made = assert(shop.resource_subscriptions:create {
      resource_name = "refund", post_url = "https://example.com/hook?a=b" })
    assert.equal("https://example.com/hook?a=b", made.post_url)
    assert.equal(made.id, assert(shop.resource_subscriptions:list { resource_name = "refund" })[1].id)
    assert(shop.resource_subscriptions:delete(made.id))
    assert.equal(0, #assert(shop.resource_subscriptions:list { resource_name = "refund" }))
  end)

  it("says that a webhook cannot be for 'purchase'", function()
    local _, err = shop.resource_subscriptions:create { resource_name = "purchase", post_url = "https://example.com/" }
    assert.equal("invalid", err.kind)
  end)

  it("refuses an empty text where one is required, before anything is sent", function()
    for where, call in pairs {
      ["resource_subscriptions.create: parameter 'resource_name'"] = function()
        shop.resource_subscriptions:create { resource_name = "", post_url = "https://example.com/" }
      end,
      ["variant_categories.create: parameter 'title'"] = function()
        shop.variant_categories:create("a", { title = "" })
      end,
      ["products.create: parameter 'name'"] = function() shop.products:create { name = "", price = 1 } end,
      ["products.edit_custom_html: parameter 'find'"] = function()
        shop.products:edit_custom_html("a", { find = "", replace = "" })
      end,
    } do
      local ok, raised = pcall(call)
      assert.is_false(ok)
      assert.equal(where .. " is empty", (raised:gsub("^spec/resources_spec%.lua:%d+: ", "")))
    end
    local _, err = shop.user:update_custom_html { custom_html = "" }
    assert.is_nil(err)
  end)

  it("takes an order's number as digits, too, and nothing else as a number", function()
    local first = assert(shop.sales:list { limit = 1 })[1]
    local digits = ("%d"):format(first.order_id)
    assert.equal(first.id, assert(shop.sales:list { order_id = digits })[1].id)
    for _, wrong in ipairs { "12x", " 1", "1e3", "-1", "1.0", "", ("1"):rep(16) } do
      assert.matches("parameter 'order_id'", support.raised(shop.sales.list, shop.sales, { order_id = wrong }))
    end
    assert.matches("parameter 'price': whole number expected",
      support.raised(shop.products.create, shop.products, { name = "Ink", price = "900" }))
  end)

  it("names the missing zone of a time", function()
    assert.matches("it has no time zone, such as Z or %+02:00",
      support.raised(shop.sales.list, shop.sales, { after = "2026-01-01 10:00:00" }))
  end)

  it("says which id is enough", function()
    for want, call in pairs {
      ["subscribers.get: subscriber_id is enough; write shop.subscribers:get(subscriber_id)"] = function()
        shop.subscribers:get("product", "subscriber")
      end,
      ["sales.get: sale_id is enough; write shop.sales:get(sale_id)"] = function() shop.sales:get("a", "b", {}) end,
      ["user.get: no id is needed; write shop.user:get()"] = function() shop.user:get "me" end,
      ["variants.get: product_id and variant_category_id and variant_id are enough; write "
        .. "shop.variants:get(product_id, variant_category_id, variant_id)"] = function()
        shop.variants:get("a", "b", "c", "d")
      end,
    } do
      local ok, raised = pcall(call)
      assert.is_false(ok)
      assert.equal(want, (raised:gsub("^spec/resources_spec%.lua:%d+: ", "")))
    end
  end)

  it("says of another application's webhook why it cannot be deleted", function()
    assert(gum:grant("another", "view_sales", "emulated-application"))
    local own = assert(shop.resource_subscriptions:create { resource_name = "sale", post_url = "https://example.com/" })
    local _, err = support.shop(gum, { access_token = "another" }).resource_subscriptions:delete(own.id)
    assert.equal("not_found", err.kind)
    assert.matches("only the application that created a webhook can delete it$", err.message)
    assert(shop.resource_subscriptions:delete(own.id))
  end)

  it("says that there are no webhooks for 'purchase'", function()
    local _, err = shop.resource_subscriptions:list { resource_name = "purchase" }
    assert.equal("Valid resource_name parameter required", err.message)
  end)

  it("refuses to list the webhooks for '', as an empty filter is not a filter", function()
    assert.truthy(support.raised(shop.resource_subscriptions.list, shop.resource_subscriptions, { resource_name = "" })
      :find("resource_subscriptions.list: parameter 'resource_name' is empty", 1, true))
  end)
end)
