local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local json = require "gumroad.base.json"
local support = require "support"
local ids_of = support.ids

local NOW = 1790000000  -- 2026-09-21T14:13:20Z

local function wait_for(transfer)
  while not transfer:done() do core.engine():step(1) end
  return assert(transfer:result())
end

-- Sends a request. Returns the response, with `json` if it is JSON. Options: token (false: none),
-- method, form, body, headers.
local function ask(gum, path, options)
  options = options or {}
  local headers = { Accept = "application/json" }
  if options.token ~= false then
    headers.Authorization = "Bearer " .. (options.token or gum.access_token)
  end
  if options.form then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  for name, value in pairs(options.headers or {}) do headers[name] = value end
  local result = wait_for(assert(core.engine():send {
    method = options.method or "GET", base_url = gum.url, path = path, headers = headers,
    body = options.form and core.form_encode(options.form) or options.body,
  }))
  if result.body ~= "" and (result.headers["content-type"] or ""):find("json", 1, true) then
    result.json = json.decode(result.body)
  end
  return result
end

-- Returns all pages, as a client that follows next_page_key sees them.
local function every(gum, path, name)
  local out, key = {}, nil
  repeat
    local page = ask(gum, key and path .. "page_key=" .. key or path).json
    for _, object in ipairs(page[name]) do out[#out + 1] = object end
    key = page.next_page_key
  until not key
  return out
end

describe("An emulated shop", function()
  local gum

  setup(function()
    gum = assert(emulator.start { seed = 5, products = 23, sales = 57, subscribers = 25, now = NOW,
      tokens = { ["public-token"] = "view_public", ["edit-token"] = "edit_products" } })
  end)
  teardown(function() gum:stop() end)

  local function get(path, options) return ask(gum, path, options) end

  local function refused(message, response)
    assert.equal(200, response.status)
    assert.same({ success = false, message = message }, response.json)
  end

  local function bad(message, response)
    assert.equal(400, response.status)
    assert.same({ status = 400, error = message }, response.json)
  end

  describe("checks the token", function()
    it("and accepts a token in the header, in any case, or in a parameter", function()
      local token = gum.access_token
      for _, response in ipairs {
        get("/v2/user", { token = false, headers = { Authorization = "bearer " .. token } }),
        get("/v2/user?access_token=" .. token, { token = false }),
        get("/v2/user?bearer_token=" .. token, { token = false }),
      } do
        assert.equal(200, response.status)
        assert.is_true(response.json.success)
      end
    end)

    it("and responds with 401 with a reason in a header and no body", function()
      local response = get("/v2/user", { token = "no-such-token" })
      assert.equal(401, response.status)
      assert.equal("", response.body)
      assert.equal('Bearer realm="Doorkeeper", error="invalid_token", '
        .. 'error_description="The access token is invalid"', response.headers["www-authenticate"])
    end)

    it("and says if a token was revoked", function()
      gum:grant("short-lived", "view_sales")
      assert.equal(200, get("/v2/sales", { token = "short-lived" }).status)
      gum:revoke("short-lived")
      local response = get("/v2/sales", { token = "short-lived" })
      assert.equal(401, response.status)
      assert.is_truthy(response.headers["www-authenticate"]:find("token was revoked", 1, true))
    end)

    it("and responds with 403 and an empty body if the scope is missing", function()
      local response = get("/v2/sales", { token = "public-token" })
      assert.equal(403, response.status)
      assert.equal("", response.body)
      assert.is_nil(response.headers["www-authenticate"])
    end)

    it("and shows sales figures and private fields only to tokens that may see them", function()
      assert.is_nil(get("/v2/products", { token = "public-token" }).json.products[1].sales_count)
      assert.is_truthy(get("/v2/products").json.products[1].sales_count)
      assert.is_nil(get("/v2/user", { token = "public-token" }).json.user.email)
      assert.equal("ana@example.com", get("/v2/user").json.user.email)
    end)
  end)

  it("responds with 404 to unknown routes, as JSON or as a page depending on Accept", function()
    local response = get("/v2/nowhere")
    assert.equal(404, response.status)
    assert.same({ status = 404, error = "Not Found" }, response.json)
    local page = get("/v2/nowhere", { headers = { Accept = "text/html" } })
    assert.equal("text/html; charset=utf-8", page.headers["content-type"])
  end)

  it("has the same API under /api/v2, with pages that remain there", function()
    local response = get("/api/v2/products").json
    assert.equal(10, #response.products)
    assert.equal("/api/v2/products?page_key=" .. response.next_page_key, response.next_page_url)
  end)

  it("has the content type of Rails, and an id for each request", function()
    local response = get("/v2/user")
    assert.equal("application/json; charset=utf-8", response.headers["content-type"])
    assert.is_truthy(response.headers["x-request-id"])
    assert.are_not.equal(response.headers["x-request-id"], get("/v2/user").headers["x-request-id"])
  end)

  it("responds to HEAD as to GET, without the body", function()
    local response = get("/v2/user", { method = "HEAD" })
    assert.equal(200, response.status)
    assert.equal("", response.body)
  end)

  it("reads long values", function()
    local long = ("<p>&amp;</p>"):rep(20000)
    local product = get("/v2/products/tapel", { method = "PUT", form = { description = long } })
    assert.equal(long, product.json.product.description)
  end)

  it("refuses a body that cannot be parsed", function()
    local response = get("/v2/products", { method = "POST", body = '{"name":',
      headers = { ["Content-Type"] = "application/json" } })
    assert.equal(400, response.status)
    assert.same({ success = false }, response.json)
  end)

  describe("lists", function()
    it("products in pages of ten, newest first, each once, without deleted ones", function()
      local products = every(gum, "/v2/products?", "products")
      local seen = {}
      for _, product in ipairs(products) do
        assert.is_nil(seen[product.id])
        seen[product.id] = true
      end
      assert.equal(23, #products)
      local response = get("/v2/products/" .. products[12].id, { method = "DELETE" }).json
      assert.same({ success = true, message = "The product was deleted successfully." }, response)
      assert.equal(22, #every(gum, "/v2/products?", "products"))
      assert.is_true(get("/v2/products/" .. products[12].id).json.product.deleted)
    end)

    it("sales in pages of ten, newest first, each once", function()
      local sales = every(gum, "/v2/sales?before=2026-08-01&", "sales")
      local all = every(gum, "/v2/sales?", "sales")
      assert.is_true(#all >= 57 and #sales < #all and #sales > 40)
      for i = 2, #sales do assert.is_true(sales[i].created_at <= sales[i - 1].created_at) end
    end)

    it("a last page without a next_page_key", function()
      local response = get("/v2/sales?after=2026-09-21").json
      assert.is_nil(response.next_page_key)
      assert.is_nil(response.next_page_url)
    end)

    it("sales after and before a day in UTC, which may have single digits", function()
      local within = every(gum, "/v2/sales?after=2026-3-1&before=2026-4-1&", "sales")
      local expected = {}
      for _, sale in ipairs(every(gum, "/v2/sales?", "sales")) do
        if sale.created_at:sub(1, 7) == "2026-03" then expected[#expected + 1] = sale.id end
      end
      assert.is_true(#expected > 0)
      assert.same(expected, ids_of(within))
    end)

    it("pages with the query repeated, sorted and encoded in next_page_url", function()
      local response = get("/v2/sales?before=2026-09-20&after=2024-1-1&access_token=x&page=1").json
      assert.equal("/v2/sales?after=2024-1-1&before=2026-09-20&page_key=" .. response.next_page_key,
        response.next_page_url)
      assert.is_truthy(response.next_page_key:find("^%d+000000%-%d+$"))
      assert.equal(26, #response.next_page_key:match("^%d+") + 6)
    end)

    it("a page by its number, which takes precedence over the key", function()
      local first = get("/v2/sales?before=2026-09-20").json
      local second = get("/v2/sales?before=2026-09-20&page_key=" .. first.next_page_key).json
      local numbered = get("/v2/sales?before=2026-09-20&page=2&page_key=nonsense").json
      assert.same(ids_of(second.sales), ids_of(numbered.sales))
    end)

    it("sales by buyer, product, order, name and license", function()
      local all = every(gum, "/v2/sales?", "sales")
      local function check(query, key, value)
        local expected = {}
        for _, sale in ipairs(all) do
          if sale[key] == value then expected[#expected + 1] = sale.id end
        end
        assert.is_true(#expected > 0)
        assert.same(expected, ids_of(every(gum, "/v2/sales?" .. query .. "&", "sales")))
      end
      local sale = all[20]
      check("email=" .. core.percent_encode(sale.purchase_email), "purchase_email",
        sale.purchase_email)
      check("product_id=" .. core.percent_encode(sale.product_id), "product_id", sale.product_id)
      check(("order_id=%.0f"):format(sale.order_id), "order_id", sale.order_id)
      check("name=" .. core.percent_encode(sale.full_name), "full_name", sale.full_name)
      for _, licensed in ipairs(all) do
        if licensed.license_key then
          check("license_key=" .. licensed.license_key, "license_key", licensed.license_key)
          break
        end
      end
    end)

    it("nothing for an email address that has bought nothing", function()
      assert.same({ success = true, sales = {} }, get("/v2/sales?email=nobody%40example.com").json)
      assert.equal('{"success":true,"sales":[]}', get("/v2/sales?email=nobody%40example.com").body)
    end)

    it("subscribers all at once, or in pages if asked to", function()
      local path = "/v2/products/mclub/subscribers"
      local all = get(path).json
      assert.is_nil(all.next_page_key)
      assert.is_true(#all.subscribers >= 25)
      assert.same(ids_of(all.subscribers),
        ids_of(every(gum, path .. "?paginated=true&", "subscribers")))
    end)

    it("nothing for parameters that it cannot parse", function()
      bad("Invalid date format provided in field 'after'. Dates must be in the format YYYY-MM-DD.",
        get("/v2/sales?after=2026-02-30"))
      bad("Invalid date format provided in field 'before'. Dates must be in the format YYYY-MM-DD.",
        get("/v2/sales?before="))
      bad("Invalid page_key.", get("/v2/sales?page_key=20260101000000000000-x"))
      bad("Invalid page_key.", get("/v2/products?page_key=1"))
      bad("Invalid page number. Page numbers start at 1.", get("/v2/sales?page=0"))
      bad("Invalid product ID.", get("/v2/sales?product_id=mclub"))
      bad("Invalid order ID.", get("/v2/sales?order_id=abc"))
    end)
  end)

  describe("finds", function()
    it("a product by its id or its unique permalink, but not by the custom one", function()
      local product = get("/v2/products/kzqwu").json.product
      assert.same(product, get("/v2/products/" .. product.id).json.product)
      assert.same(product, get("/v2/products/" .. product.id:gsub("=", "%%3D")).json.product)
      refused("The product was not found.", get("/v2/products/gouache-2"))
    end)

    it("each sale and subscriber of its lists by its id", function()
      for _, sale in ipairs(get("/v2/sales").json.sales) do
        assert.same(sale, get("/v2/sales/" .. sale.id).json.sale)
      end
      local subscriber = get("/v2/products/mclub/subscribers").json.subscribers[3]
      assert.same(subscriber, get("/v2/subscribers/" .. subscriber.id).json.subscriber)
    end)

    it("no objects of other kinds or other shops", function()
      local sale = get("/v2/sales").json.sales[1]
      refused("The subscriber was not found.", get("/v2/subscribers/" .. sale.id))
      refused("The sale was not found.", get("/v2/sales/gYo46buhkzujVbo7BvcGgQ=="))
      refused("The product was not found.",
        get("/v2/products/nothing/variant_categories/nothing"))
    end)
  end)

  describe("changes", function()
    it("a product, by PUT or PATCH, in a form or in JSON", function()
      local response = get("/v2/products/tapel", { method = "PUT",
        form = { name = "Tape Loops", price = "1250", tags = { "tape", "rain" } } }).json.product
      assert.equal("Tape Loops", response.name)
      assert.equal("$12.50", response.formatted_price)
      assert.same({ "tape", "rain" }, response.tags)
      response = get("/v2/products/tapel", { method = "PATCH", body = '{"price":99,"tags":[]}',
        headers = { ["Content-Type"] = "application/json" } }).json.product
      assert.equal("99¢", response.formatted_price)
      assert.same({}, response.tags)
      refused("Name can't be blank",
        get("/v2/products/tapel", { method = "PUT", form = { name = " " } }))
    end)

    it("whether a product is published", function()
      local disabled = get("/v2/products/tapel/disable", { method = "PUT", form = {} }).json
      assert.is_false(disabled.product.published)
      local enabled = get("/v2/products/tapel/enable", { method = "PUT", form = {} }).json
      assert.is_true(enabled.product.published)
    end)

    it("nothing with a token that may only read", function()
      assert.equal(403, get("/v2/products/tapel", { method = "PUT", token = "public-token",
        form = { name = "x" } }).status)
    end)

    it("the categories of a product", function()
      local path = "/v2/products/tapel/variant_categories"
      local made = get(path, { method = "POST", form = { title = "Size & colour" },
        token = "edit-token" }).json.variant_category
      local of_made = path .. "/" .. made.id
      assert.same({ made }, get(path).json.variant_categories)
      get(of_made, { method = "PUT", form = { title = "Size" } })
      assert.equal("Size", get(of_made).json.variant_category.title)
      assert.same({ success = true, message = "The variant_category was deleted successfully." },
        get(of_made, { method = "DELETE" }).json)
      assert.same({}, get(path).json.variant_categories)
      assert.equal("Size", get(of_made).json.variant_category.title)
      refused("The variant_category was not found.", get(path .. "/nothing"))
    end)

    it("a sale to shipped", function()
      local sale = gum:sell { product_id = "rqdnt" }
      assert.is_false(sale.shipped)
      local url = "https://tracking.example.com/t/1"
      local shipped = get("/v2/sales/" .. sale.id .. "/mark_as_shipped",
        { method = "PUT", form = { tracking_url = url } }).json.sale
      assert.is_true(shipped.shipped)
      assert.equal(url, get("/v2/sales/" .. sale.id).json.sale.tracking_url)
    end)
  end)

  it("creates products", function()
    refused("Name can't be blank", get("/v2/products", { method = "POST", form = { price = "1" } }))
    refused("Price must be greater than or equal to 0",
      get("/v2/products", { method = "POST", form = { name = "Ink", price = "-1" } }))
    local product = get("/v2/products", { method = "POST",
      form = { name = "Night Zine", price = "500", draft = "true" } }).json.product
    assert.is_false(product.published)
    assert.equal(product.id, get("/v2/products").json.products[1].id)
  end)

  describe("refunds", function()
    local function refund(sale, cents)
      return get("/v2/sales/" .. sale.id .. "/refund",
        { method = "PUT", form = { amount_cents = cents } })
    end

    it("a part, then the rest, then nothing", function()
      local sale = gum:sell { product_id = "kzqwu" }
      assert.is_nil(sale.refunded)
      local part = refund(sale, "500").json.sale
      assert.is_true(part.partially_refunded)
      assert.is_false(part.refunded)
      assert.equal("14", part.amount_refundable_in_currency)
      refused("Refund amount cannot be greater than the purchase price.", refund(sale, "1401"))
      local all = refund(sale).json.sale
      assert.is_true(all.refunded)
      assert.is_false(all.partially_refunded)
      refused("Purchase is already refunded.", refund(sale))
    end)

    it("no free sale", function()
      refused("The sale was unable to be modified.", refund(gum:sell { product_id = "ehtpv" }))
    end)
  end)

  describe("sells", function()
    it("as the newest sale", function()
      local sale = gum:sell { product_id = "pxvra", email = "jules@example.net", quantity = 2,
        custom_fields = { ["Name on print"] = "Zoë <3" } }
      local listed = get("/v2/sales").json.sales[1]
      assert.same(sale, listed)
      assert.equal("jules@example.net", listed.email)
      assert.same({ ["Name on print"] = "Zoë <3" }, listed.custom_fields)
    end)

    it("without affecting iterations in progress", function()
      local first = get("/v2/sales").json
      local second = get("/v2/sales?page_key=" .. first.next_page_key).json
      gum:sell()
      assert.same(ids_of(second.sales),
        ids_of(get("/v2/sales?page_key=" .. first.next_page_key).json.sales))
    end)

    it("to the seller, without listing it", function()
      local before = get("/v2/sales").json.sales[1].id
      local sale = gum:sell { test = true }
      assert.equal(before, get("/v2/sales").json.sales[1].id)
      assert.equal(sale.id, get("/v2/sales/" .. sale.id).json.sale.id)
    end)

    it("memberships, whose subscribers are listed until they end", function()
      local path = "/v2/products/mclub/subscribers"
      local sale = gum:sell { product_id = "mclub", email = "noor@example.com" }
      assert.equal(sale.subscription_id, get(path).json.subscribers[1].id)
      local cancelled = gum:cancel(sale.subscription_id)
      assert.equal("pending_cancellation", cancelled.status)
      assert.equal(sale.subscription_id, get(path).json.subscribers[1].id)
      gum:event("subscription_ended", { subscriber_id = sale.subscription_id })
      assert.are_not.equal(sale.subscription_id, get(path).json.subscribers[1].id)
      local ended = get("/v2/subscribers/" .. sale.subscription_id).json.subscriber
      assert.equal("cancelled", ended.status)
    end)

    it("nothing that does not exist", function()
      local sale, message = gum:sell { product_id = "no-such-product" }
      assert.is_nil(sale)
      assert.equal("no such product", message)
    end)
  end)

  describe("reports", function()
    it("the requests that it received, without the token", function()
      gum:reset_stats()
      get("/v2/user?x=1")
      get("/v2/products/tapel", { method = "PUT", form = { name = "Tape" } })
      local stats = gum:stats()
      assert.equal(2, stats.requests)
      assert.equal(0, stats.in_flight)
      assert.equal(1, stats.max_in_flight)
      local last = stats.last_requests[2]
      assert.equal("PUT", last.method)
      assert.equal("/v2/products/tapel", last.path)
      assert.equal("name=Tape", last.body)
      assert.equal("x=1", stats.last_requests[1].query)
      assert.equal("Bearer", last.headers.authorization)
    end)
  end)
end)

describe("The webhooks of an emulated shop", function()
  local gum

  setup(function()
    gum = assert(emulator.start { sales = 5, subscribers = 2 })
    gum:grant("other-token", "view_sales", "other application")
  end)
  teardown(function() gum:stop() end)

  local PATH = "/v2/resource_subscriptions"

  local function create(resource_name, post_url, token)
    return ask(gum, PATH, { method = "PUT", token = token,
      form = { resource_name = resource_name, post_url = post_url } }).json
  end

  local function list(query, token)
    return ask(gum, PATH .. "?resource_name=" .. query, { token = token }).json
  end

  it("are added by each PUT, even if they exist already", function()
    create("refund", "https://hooks.example.com/a")
    create("refund", "https://hooks.example.com/a")
    local hooks = list("refund").resource_subscriptions
    assert.equal(2, #hooks)
    assert.are_not.equal(hooks[1].id, hooks[2].id)
    assert.equal("https://hooks.example.com/a", hooks[1].post_url)
  end)

  it("are listed for one known resource", function()
    local message = "Valid resource_name parameter required"
    assert.same({ success = false, message = message }, list("sales"))
    assert.same({ success = false, message = message }, ask(gum, PATH).json)
    assert.same({ success = true, resource_subscriptions = {} }, list("dispute_won"))
  end)

  it("need a resource and a valid URL", function()
    assert.equal("Unable to subscribe to ''.", create("sales", "https://example.com").message)
    for _, url in ipairs { "ftp://example.com/", "example.com", "https://",
      "https://example.com/" .. ("x"):rep(240) } do
      assert.equal("Invalid post URL '" .. url .. "'", create("sale", url).message)
    end
  end)

  it("belong to the application that created them", function()
    local hook = create("dispute", "https://hooks.example.com/d").resource_subscription
    create("dispute", "https://hooks.example.com/e", "other-token")
    assert.equal(2, #list("dispute").resource_subscriptions)
    assert.equal(1, #list("dispute&current_oauth_application_only=true").resource_subscriptions)
    local path = PATH .. "/" .. hook.id
    assert.equal("The resource_subscription was not found.",
      ask(gum, path, { method = "DELETE", token = "other-token" }).json.message)
    for _ = 1, 2 do  -- the second time succeeds too
      assert.same({ success = true,
        message = "The resource_subscription was deleted successfully." },
        ask(gum, path, { method = "DELETE" }).json)
    end
    assert.equal(1, #list("dispute").resource_subscriptions)
  end)

  it("must not be in private networks if it is strict", function()
    local strict = assert(emulator.start { sales = 0, subscribers = 0, strict_post_url = true })
    for url, allowed in pairs {
      ["https://hooks.example.com/x"] = true, ["http://8.8.8.8/x"] = true,
      ["http://localhost:8080/hook"] = false, ["http://127.0.0.1/"] = false,
      ["http://10.1.2.3/"] = false, ["http://192.168.1.1:99/"] = false, ["http://[::1]/"] = false,
      ["http://172.16.0.1"] = false, ["http://user@169.254.1.1/"] = false, ["http://7f1/"] = false,
    } do
      local response = ask(strict, PATH, { method = "PUT",
        form = { resource_name = "sale", post_url = url } }).json
      assert.equal(allowed, response.success, url)
    end
    strict:stop()
  end)
end)

describe("An emulator", function()
  it("is the same shop for the same seed", function()
    local options = { sales = 30, subscribers = 3, seed = 9, now = NOW }
    local one, two = assert(emulator.start(options)), assert(emulator.start(options))
    local body = ask(one, "/v2/sales").body:gsub('"timestamp":"[^"]*"', "")
    assert.equal(body, (ask(two, "/v2/sales").body:gsub('"timestamp":"[^"]*"', "")))
    one:stop()
    two:stop()
  end)

  it("may be empty", function()
    local gum = assert(emulator.start { products = 0 })
    assert.equal('{"success":true,"sales":[]}', ask(gum, "/v2/sales").body)
    assert.equal('{"success":true,"products":[]}', ask(gum, "/v2/products").body)
    gum:stop()
  end)

  it("may behave like the server of April 2025: all products at once, and none can be created", function()
    local gum = assert(emulator.start { products = 15, old_server = true })
    assert.equal(15, #ask(gum, "/v2/products").json.products)
    assert.equal(404, ask(gum, "/v2/products", { method = "POST", form = { name = "x" } }).status)
    gum:stop()
  end)

  it("waits before each response if told to", function()
    local gum = assert(emulator.start { latency = 0.05 })
    local before = core.now()
    ask(gum, "/v2/user")
    assert.is_true(core.now() - before >= 0.05)
    gum:stop()
  end)

  it("responds to others while one waits", function()
    local gum = assert(emulator.start())
    gum:fault { kind = "stall", path = "/v2/sales" }
    local stalled = assert(core.engine():send { method = "GET", base_url = gum.url,
      path = "/v2/sales", fresh = true })
    while gum:stats().in_flight == 0 do core.engine():step(0.001) end
    assert.equal(200, ask(gum, "/v2/user").status)
    assert.equal(1, gum:stats().in_flight)
    stalled:close()
    gum:stop()
  end)

  it("reports that its port is in use", function()
    local gum = assert(emulator.start())
    local second, message = emulator.start { port = gum.port }
    assert.is_nil(second)
    assert.is_truthy(message:find("already taken", 1, true))
    gum:stop()
  end)

  it("reports that its process does not start", function()
    local gum, message = emulator.start { lua = "true" }
    assert.is_nil(gum)
    assert.is_truthy(message:find("did not start", 1, true))
  end)

  it("refuses unknown options", function()
    for message, options in pairs {
      ["emulator: unknown option 'sale' (did you mean 'sales'?)"] = { sale = 1 },
      ["emulator: sales: number expected, got string"] = { sales = "1" },
      ["emulator: sales: needs at least one product"] = { products = 0, sales = 1 },
    } do
      assert.equal(message, support.raised(emulator.start, options))
    end
  end)

  it("raises an error for an unknown field of a sale or a fault", function()
    local gum = assert(emulator.start { sales = 0 })
    finally(function() gum:stop() end)
    assert.equal("sell: unknown field 'emial' (did you mean 'email'?)", support.raised(gum.sell, gum, { emial = "x" }))
    assert.equal("fault: unknown field 'knd' (did you mean 'kind'?)", support.raised(gum.fault, gum, { knd = "html" }))
  end)

  it("is run by the same Lua, even at a prompt and with -e", function()
    local program = "local gum = require('gumroad.emulator').start { sales = 0 } if gum then gum:stop() end "
      .. "print(gum ~= nil)"
    local folder, remove = support.folder()
    finally(remove)
    assert(os.execute("printf '#!/bin/sh\\nexit 1\\n' >" .. folder .. "/lua && chmod +x " .. folder .. "/lua"))
    assert.equal("true", support.output("PATH=" .. folder .. ":$PATH " .. support.lua_command(program)))
  end)

  -- The code with which a request to an emulator that has ended fails.
  local function failure(url)
    local transfer = assert(core.engine():send { method = "GET", base_url = url, path = "/" })
    while not transfer:done() do core.engine():step(1) end
    local result, code = transfer:result()
    return not result and code
  end

  it("has ended after stop, which may be called again", function()
    local gum = assert(emulator.start())
    gum:stop()
    gum:stop()
    assert.equal("network", failure(gum.url))
    assert.same({ nil, "the emulator is stopped" }, { gum:stats() })
  end)

  it("has ended when its handle was collected", function()
    local gum = assert(emulator.start())
    local url = gum.url
    gum = nil  -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.equal("network", failure(url))
  end)

  it("has ended when the process that started it was killed", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath), [[
      local gum = assert(require("gumroad.emulator").start())
      print(gum.url)
      io.stdout:flush()
      os.execute("kill -9 $PPID")
    ]])
    file:close()
    local interpreter = 0
    while arg[interpreter - 1] do interpreter = interpreter - 1 end
    local pipe = io.popen("exec " .. arg[interpreter] .. " " .. path)
    local url = pipe:read("*l")
    pipe:close()
    os.remove(path)
    local give_up = core.now() + 10
    while not failure(url) and core.now() < give_up do core.engine():step(0.01) end
    assert.equal("network", failure(url))
  end)
end)

describe("The handle of an emulator", function()
  it("says at the caller's line that a method was called with a dot", function()
    local gum = assert(emulator.start { sales = 0, products = 1 })
    finally(function() gum:stop() end)
    for _, call in ipairs {
      function() gum.sell { email = "a@example.com" } end, function() gum.stats() end, function() gum.stop() end,
      function() gum.fault { kind = "reset" } end,
    } do
      local ok, raised = pcall(call)
      assert.is_false(ok)
      assert.matches("^spec/emulator/emulator_spec%.lua:%d+: emulator: called with a dot", raised)
    end
  end)
end)
