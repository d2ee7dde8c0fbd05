local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local retry = require "gumroad.client.retry"
local webhook = require "gumroad.webhook"
local support = require "support"

local TOKEN = "kD5vB2mX9qLw7RtY3nZpH8sJ"

local function highest() return 1 - 2 ^ -53 end  -- a random number generator that always returns the highest number
local function lowest() return 0 end

describe("A shop on this machine", function()
  it("is never reached through a proxy", function()
    local gum = assert(emulator.start { sales = 0 })
    finally(function() gum:stop() end)
    local program = ([[
      local gumroad = require "gumroad"
      local function shop(url) return gumroad.new { access_token = %q, base_url = url, retries = 0 } end
      local port = %d
      for _, host in ipairs {
        "127.0.0.1", "127.0.0.1", "localhost", "localhost", "127.0.0.1", "LOCALHOST", "localhost.", "shop.localhost",
        "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]",
      } do
        local user, err = shop("http://" .. host .. ":" .. port).user:get()
        print(user and user.name or err)
      end]]):format(gum.access_token, gum.port)
    local nobody = "http://127.0.0.1:" .. support.free_port()
    local variables = ("http_proxy=%s all_proxy=%s no_proxy= "):format(nobody, nobody)
    assert.equal(("Ana Petrova\n"):rep(13), support.output(variables .. support.lua_command(program)) .. "\n")
  end)
end)

describe("The access token over http", function()
  local REFUSED = "config: the access token is not sent over http to another machine, as others could read it on the "
    .. "way: use https://, or set allow_http = true (or GUMROAD_ALLOW_HTTP=1) if you trust the network [GET /v2/user]"

  -- Runs a program while the emulator is the proxy for http.
  local function run_behind_proxy(program, variables)
    local gum = assert(emulator.start { sales = 0 })
    finally(function() gum:stop() end)
    local printed = support.output(("http_proxy=%s no_proxy= %s %s"):format(gum.url, variables or "",
      support.lua_command('local gumroad = require "gumroad" local TOKEN = "' .. TOKEN .. '" ' .. program)))
    return printed, #support.requests(gum)
  end

  it("goes to no other machine, and the error says what to do", function()
    local printed, requests = run_behind_proxy [[
      local shop = gumroad.new { access_token = TOKEN, base_url = "http://shop.example.com" }
      local _, err = shop.user:get()
      print(err, err.retryable, err.attempts)
      print(select(2, shop:request { method = "POST", url = "/v2/products", body = { name = "a" } }).kind)
      print(tostring(shop))]]
    assert.equal(REFUSED .. "\tfalse\t1\nconfig\ngumroad.Shop(http://shop.example.com, secret(...H8sJ))", printed)
    assert.equal(0, requests)
  end)

  it("goes where allow_http or GUMROAD_ALLOW_HTTP says so, and the shop shows it", function()
    local program = [[
      local shop = gumroad.new { access_token = TOKEN, base_url = "http://shop.example.com", retries = 0, %s }
      local _, err = shop.user:get()
      local shown = tostring(shop):find("allow_http: the token may go out unencrypted", 1, true)
      print(err.kind ~= "config", shown ~= nil)]]
    for lines, variables in pairs { ["allow_http = true"] = "GUMROAD_ALLOW_HTTP=0", [""] = "GUMROAD_ALLOW_HTTP=1" } do
      local printed, requests = run_behind_proxy(program:format(lines), variables)
      assert.equal("true\ttrue", printed)
      assert.equal(1, requests)
    end
    local printed, requests = run_behind_proxy(program:format "allow_http = false", "GUMROAD_ALLOW_HTTP=1")
    assert.equal("false\tfalse", printed)
    assert.equal(0, requests)
  end)

  it("is not the only secret: codes, refresh tokens and secrets of OAuth stay, too", function()
    local printed, requests = run_behind_proxy [[
      local oauth = require "gumroad.oauth"
      local options = { client_id = "a", client_secret = "b", base_url = "http://shop.example.com", retries = 0 }
      local function copy(more) for k, v in pairs(options) do more[k] = v end return more end
      print(select(2, oauth.refresh(copy { refresh_token = "c" })).kind)
      print(select(2, oauth.device(copy { scopes = "view_sales" })).kind)
      print(select(2, oauth.revoke(copy { token = "d" })).kind)
      print(select(2, oauth.info(TOKEN, { base_url = "http://shop.example.com" })).kind)
      print(select(2, oauth.refresh(copy { refresh_token = "c", allow_http = true })).kind ~= "config")]]
    assert.equal("config\nconfig\nconfig\nconfig\ntrue", printed)
    assert.equal(1, requests)
  end)

  it("does not keep back what has no token", function()
    local printed, requests = run_behind_proxy [[
      local shop = gumroad.new { access_token = false, base_url = "http://shop.example.com", retries = 0 }
      local _, err = shop.licenses:verify { product_id = "a", license_key = "b" }
      print(err.kind ~= "config")]]
    assert.equal("true", printed)
    assert.equal(1, requests)
  end)
end)

describe("retry.pause", function()
  it("is at most half a second, and twice that after each attempt, up to 8 seconds", function()
    local pauses = {}
    for attempt = 1, 7 do
      pauses[attempt] = math.ceil(retry.pause({ retryable = true }, attempt, 100, highest) * 10) / 10
    end
    assert.same({ 0.5, 1, 2, 4, 8, 8, 8 }, pauses)
  end)

  it("may be 0", function()
    assert.equal(0, retry.pause({ retryable = true }, 3, 100, lowest))
  end)

  it("is as long as the server asks for", function()
    assert.equal(7, retry.pause({ retryable = true, retry_after = 7 }, 1, 3, highest))
    assert.equal(60, retry.pause({ retryable = true, retry_after = 60 }, 1, 3, lowest))
  end)

  it("does not exist if the server asks for more than a minute", function()
    assert.is_nil(retry.pause({ retryable = true, retry_after = 61 }, 1, 3, lowest))
  end)

  it("does not exist after the last attempt", function()
    assert.is_number(retry.pause({ retryable = true }, 2, 3, lowest))
    assert.is_nil(retry.pause({ retryable = true }, 3, 3, lowest))
  end)

  it("does not exist for errors that a retry does not help with", function()
    assert.is_nil(retry.pause({ retryable = false }, 1, 3, lowest))
  end)
end)

describe("retry.is_retryable", function()
  -- what happened, whether a repeatable request may be retried, whether another one may
  local ROWS = {
    { { kind = "network", sent = false }, true, true }, { { kind = "timeout", sent = false }, true, true },
    { { kind = "network", sent = true }, true, false }, { { kind = "timeout", sent = true }, true, false },
    { { kind = "tls", sent = false }, false, false }, { { kind = "too_large", sent = true }, false, false },
    { { kind = "cancelled", sent = true }, false, false }, { { kind = "config" }, false, false },
    { { kind = "decode", status = 200 }, false, false }, { { kind = "not_found", status = 200 }, false, false },
    { { kind = "redirect", status = 302 }, false, false }, { { kind = "invalid", status = 400 }, false, false },
    { { kind = "auth", status = 401 }, false, false }, { { kind = "scope", status = 403 }, false, false },
    { { kind = "not_found", status = 404 }, false, false }, { { kind = "invalid", status = 408 }, true, false },
    { { kind = "invalid", status = 422 }, false, false }, { { kind = "rate_limit", status = 429 }, true, true },
    { { kind = "server", status = 500 }, true, false }, { { kind = "server", status = 501 }, false, false },
    { { kind = "server", status = 502 }, true, false }, { { kind = "server", status = 503 }, true, false },
    { { kind = "server", status = 504 }, true, false }, { { kind = "server", status = 505 }, false, false },
    { { kind = "server", status = 520 }, true, false }, { { kind = "server", status = 529 }, true, false },
    { { kind = "server", status = 530 }, false, false }, { { kind = "invalid", status = 500 }, false, false },
  }
  for _, row in ipairs(ROWS) do
    local err = row[1]
    local name = err.kind .. " " .. tostring(err.status or (err.sent and "after sending" or "before sending"))
    it(("is %s for %s, and %s if repeating is not safe"):format(tostring(row[2]), name, tostring(row[3])), function()
      assert.equal(row[2], retry.is_retryable(true, err))
      assert.equal(row[3], retry.is_retryable(false, err))
    end)
  end
end)

describe("retry.is_outcome_unknown", function()
  local ROWS = {
    { { kind = "network", sent = false }, false }, { { kind = "network", sent = true }, true },
    { { kind = "timeout", sent = false }, false }, { { kind = "timeout", sent = true }, true },
    { { kind = "tls", sent = false }, false }, { { kind = "too_large", sent = true }, true },
    { { kind = "cancelled", sent = true }, true }, { { kind = "config" }, false },
    { { kind = "decode", status = 200 }, true }, { { kind = "invalid", status = 200 }, false },
    { { kind = "not_found", status = 200 }, false }, { { kind = "redirect", status = 302 }, false },
    { { kind = "invalid", status = 400 }, false }, { { kind = "auth", status = 401 }, false },
    { { kind = "scope", status = 403 }, false }, { { kind = "not_found", status = 404 }, false },
    { { kind = "invalid", status = 408 }, true }, { { kind = "rate_limit", status = 429 }, false },
    { { kind = "invalid", status = 500 }, false }, { { kind = "server", status = 500 }, true },
    { { kind = "server", status = 504 }, true }, { { kind = "server", status = 530 }, true },
  }
  for _, row in ipairs(ROWS) do
    local err = row[1]
    local when = err.status or (err.sent and "after sending" or "before sending")
    it(("is %s for %s %s"):format(tostring(row[2]), err.kind, tostring(when)), function()
      assert.equal(row[2], retry.is_outcome_unknown(err))
    end)
  end
end)

describe("A call", function()
  local gum, shop, sale, with_pauses

  setup(function()
    with_pauses = support.without_pauses()
    gum = assert(emulator.start { sales = 12, products = 3, access_token = TOKEN })
    shop = support.shop(gum)
    for each in shop.sales:each() do
      if each.price > 200 and not (each.refunded or each.partially_refunded or each.disputed) then sale = each end
    end
  end)
  teardown(function()
    gum:stop()
    with_pauses()
  end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function asked()
    return #support.requests(gum)
  end

  -- Tried again ----------------------------------------------------------------------------

  for _, status in ipairs { 408, 429, 500, 502, 503, 504, 520 } do
    it("that only reads is tried three times on " .. status, function()
      gum:fault { kind = "status", status = status, times = 2 }
      assert.is_table(shop.user:get())
      assert.equal(3, asked())
    end)
  end

  it("gives up after three attempts and says so", function()
    gum:fault { kind = "status", status = 503, times = "always" }
    local _, err = shop.user:get()
    assert.equal(3, err.attempts)
    assert.equal(3, asked())
  end)

  for _, status in ipairs { 301, 400, 401, 403, 404, 422, 501, 505 } do
    it("is tried once on " .. status, function()
      gum:fault { kind = "status", status = status, times = "always" }
      local _, err = shop.user:get()
      assert.equal(1, err.attempts)
      assert.equal(1, asked())
    end)
  end

  it("that only reads is retried after a reset", function()
    gum:fault { kind = "reset_body", times = 2 }
    assert.is_table(shop.user:get())
    assert.equal(3, asked())
  end)

  it("that only reads is retried after a timeout", function()
    gum:fault { kind = "stall" }
    assert.is_table(shop.user:get { timeout = 0.1 })
    assert.equal(2, asked())
  end)

  it("is not retried for a response that cannot be decoded", function()
    gum:fault { kind = "truncated", times = "always" }
    local _, err = shop.user:get()
    assert.equal(1, err.attempts)
  end)

  for _, fault in ipairs {
    { kind = "reset" }, { kind = "reset_body" }, { kind = "stall" }, { kind = "status", status = 500 },
    { kind = "status", status = 502 }, { kind = "status", status = 503 }, { kind = "status", status = 504 },
  } do
    it(("that refunds is not retried after %s %s"):format(fault.kind, fault.status or ""), function()
      fault.method = "PUT"
      gum:fault(fault)
      local refunded, err = shop.sales:refund(sale.id, { amount_cents = 1 }, { timeout = 0.2 })
      if fault.kind == "reset_body" then assert.is_table(refunded)  -- was carried out, as the sale shows
      else assert.same({ "outcome_unknown", false }, { err.kind, err.retryable }) end
      local sent = 0
      for _, request in ipairs(support.requests(gum)) do sent = sent + (request.method == "PUT" and 1 or 0) end
      assert.equal(1, sent)
    end)
  end

  for name, call in pairs {
    ["makes a category"] = function() return shop.variant_categories:create(sale.product_id, { title = "Size" }) end,
    ["makes a webhook, with PUT"] = function()
      return shop.resource_subscriptions:create { resource_name = "sale", post_url = "https://example.com/" }
    end,
    ["posts"] = function() return shop:request { method = "POST", url = "/v2/products", body = { name = "a" } } end,
    ["deletes by shop:request"] = function() return shop:request { method = "DELETE", url = "/v2/products/a" } end,
  } do
    it("that " .. name .. " is not retried after 503", function()
      gum:fault { kind = "status", status = 503 }
      local _, err = call()
      assert.equal("outcome_unknown", err.kind)
      assert.equal(503, err.status)
      assert.equal(1, asked())
    end)

    it("that " .. name .. " is retried on 429", function()
      local headers = name == "posts" and { ["Retry-After"] = "0" } or nil  -- Gumroad has a limit there
      gum:fault { kind = "status", status = 429, times = 2, headers = headers }
      call()
      assert.equal(3, asked())
    end)
  end

  it("that must not be repeated is retried if nothing was sent", function()
    local nobody = support.shop(gum, { base_url = "http://127.0.0.1:" .. support.free_port() })
    local _, err = nobody.sales:resend_receipt(sale.id)
    assert.same({ "network", 3, true }, { err.kind, err.attempts, err.retryable })
  end)

  it("that changes a state is retried if that does no harm", function()
    gum:fault { kind = "status", status = 503, times = 2 }
    assert.is_table(shop.products:disable(sale.product_id))
    assert.equal(3, asked())
    assert.is_table(shop.products:enable(sale.product_id))
  end)

  it("gives up at once if the server asks to wait more than a minute", function()
    gum:fault { kind = "status", status = 429, headers = { ["Retry-After"] = "61" } }
    local _, err = shop.user:get()
    assert.equal(61, err.retry_after)
    assert.equal(1, err.attempts)
    assert.equal(1, asked())
  end)

  it("waits and continues if the server asks to wait less", function()
    gum:fault { kind = "status", status = 503, headers = { ["Retry-After"] = "60" } }
    assert.is_table(shop.user:get())
    assert.equal(2, asked())
  end)

  -- Options --------------------------------------------------------------------------------

  it("prefers its own retries to the client's", function()
    gum:fault { kind = "status", status = 503, times = "always" }
    local _, err = shop.user:get { retries = 0 }
    assert.equal(1, err.attempts)
    _, err = support.shop(gum, { retries = 0 }).user:get { retries = 4 }
    assert.equal(5, err.attempts)
  end)

  it("uses the client's options if it has none", function()
    local _, err = support.shop(gum, { max_size = 10 }).user:get()
    assert.equal("too_large", err.kind)
    assert.is_table(support.shop(gum, { max_size = 10 }).user:get { max_size = 10000 })
  end)

  it("accepts max_values values and fails for a response with more", function()
    local body = '{"success":true,"user":{"ids":[1,"a",{},null]}}'  -- 8 values
    gum:fault { kind = "status", status = 200, body = body, times = "always" }
    assert.same({ ids = { 1, "a", {} } }, shop.user:get { max_values = 8 })
    local _, err = shop.user:get { max_values = 7 }
    assert.same({ "too_large", "the response has more than 7 values (max_values)", 200, 1 },
      { err.kind, err.message, err.status, err.attempts })
    _, err = support.shop(gum, { max_values = 7 }).user:get()
    assert.equal("too_large", err.kind)
    gum:clear_faults()
    gum:fault { kind = "status", status = 404, body = body }
    _, err = shop.user:get { max_values = 7 }
    assert.equal("too_large", err.kind)
  end)

  it("accepts a response that begins with a byte order mark", function()
    gum:fault { kind = "status", status = 200, body = '\239\187\191{"success":true,"user":{"name":"Ana"}}' }
    assert.same({ name = "Ana" }, shop.user:get())
    gum:fault { kind = "status", status = 200, body = '\239\187\191{"success":' }
    local _, err = shop.user:get()
    assert.matches("^the response is not complete JSON", err.message)
  end)

  it("returns the digits of a whole number that a double cannot hold, if Lua has no integers", function()
    gum:fault { kind = "status", status = 200, body = '{"success":true,"user":{"a":9007199254740993,"b":900}}' }
    local user = assert(shop.user:get())
    assert.equal("9007199254740993", tostring(user.a))
    assert.equal(math.type and "number" or "string", type(user.a))
    assert.equal(900, user.b)
  end)

  it("has the headers User-Agent and Accept", function()
    shop.user:get()
    local headers = support.requests(gum)[1].headers
    assert.equal("application/json", headers.accept)
    assert.truthy(headers["user-agent"]:find("^gumroad%-lua/%d"))
    assert.equal("Bearer", headers.authorization)
  end)

  it("sends the client's headers and its own, which take precedence", function()
    local with_headers = support.shop(gum, { headers = { ["X-Client"] = "client", ["X-Both"] = "client" } })
    local own = { ["x-both"] = "call", ["user-agent"] = "shop/1", ["X-None"] = "" }
    assert.is_table(with_headers.user:get { headers = own })
    local headers = support.requests(gum)[1].headers
    assert.equal("client", headers["x-client"])
    assert.equal("call", headers["x-both"])
    assert.equal("shop/1", headers["user-agent"])
    assert.equal("", headers["x-none"])
  end)

  it("does not change the caller's options", function()
    local options = { headers = { ["X-Note"] = "a" }, retries = 1 }
    assert.is_table(shop.user:get(options))
    assert.same({ headers = { ["X-Note"] = "a" }, retries = 1 }, options)
  end)

  -- shop:request -----------------------------------------------------------------------------

  it("of any kind returns the whole response", function()
    local response = assert(shop:request { url = "/v2/products" })
    assert.is_true(response.success)
    assert.equal(3, #response.products)
    assert.equal("GET", support.requests(gum)[1].method)
  end)

  it("of any kind accepts a path or a full URL, like the command", function()
    for text, path in pairs {
      ["user"] = "/v2/user", ["/user"] = "/v2/user", ["v2/user"] = "/v2/user", ["/v2/user"] = "/v2/user",
      [gum.url .. "/v2/user"] = "/v2/user", [gum.url .. "/v2/user?a=1"] = "/v2/user", ["/v2/user?a=1"] = "/v2/user",
      ["/oauth/token/info"] = "/oauth/token/info", ["v2x"] = "/v2/v2x", ["oauthx/y"] = "/v2/oauthx/y",
    } do
      shop:request { url = text }
      assert.equal(path, support.requests(gum)[1].path, text)
      gum:reset_stats()
    end
  end)

  it("of any kind never goes to another server, whatever its URL", function()
    local below = support.shop(gum, { base_url = gum.url .. "/api" })
    for _, text in ipairs {
      "https://example.com/v2/user", gum.url:gsub("http", "https", 1) .. "/v2/user", gum.url .. "0/v2/user",
      gum.url:gsub("//", "//a:b@", 1) .. "/v2/user", gum.url .. "@example.com/v2/user", "ftp://127.0.0.1/v2/user",
      "//example.com/v2/user",
    } do
      local _, err = shop:request { url = text }
      assert.equal("config", err.kind, text)
    end
    local _, err = below:request { url = gum.url .. "/v2/user" }
    assert.equal("config", err.kind)
    assert.equal(0, #support.requests(gum))
    below:request { url = gum.url .. "/api/v2/user" }
    assert.equal("/api/v2/user", support.requests(gum)[1].path)
  end)

  it("of any kind also returns the status and the headers", function()
    local _, response = assert(shop:request { url = "/v2/user" })
    assert.equal(200, response.status)
    assert.matches("^application/json", response.headers["content-type"])
    gum:fault { kind = "status", status = 202, body = '{"success":true}', headers = { ["X-Seen"] = "yes" } }
    _, response = assert(shop:request { url = "/v2/user" })
    assert.same({ 202, "yes" }, { response.status, response.headers["x-seen"] })
    gum:fault { kind = "status", status = 503 }
    _, response = assert(shop:request { url = "/v2/user" })
    assert.equal(200, response.status)  -- of the attempt that succeeded
  end)

  it("of any kind sends JSON, a form or a text that says what it is", function()
    for _, row in ipairs {
      { { json = { name = "Ink" } }, "application/json", '{"name":"Ink"}' },
      { { form = { name = "Ink" } }, "application/x-www-form-urlencoded", "name=Ink" },
      { { body = { name = "Ink" } }, "application/x-www-form-urlencoded", "name=Ink" },
      { { body = "a", headers = { ["content-type"] = "text/plain" } }, "text/plain", "a" },
      { { json = {}, headers = { ["Content-Type"] = "application/json; charset=utf-8" } },
        "application/json; charset=utf-8", "{}" },
    } do
      row[1].method, row[1].url = "PUT", "/v2/products/a"
      gum:reset_stats()
      shop:request(row[1])
      local request = support.requests(gum)[1]
      assert.same({ row[2], row[3] }, { request.headers["content-type"], request.body })
    end
    local typed = support.shop(gum, { headers = { ["Content-Type"] = "text/plain" } })
    typed:request { method = "PUT", url = "/v2/products/a", body = "x" }
    assert.equal("text/plain", support.requests(gum)[2].headers["content-type"])
  end)

  it("of any kind appends its query to that of the url", function()
    local query = { before = "2026-02-01", email = "a+b@example.com" }
    assert(shop:request { url = "/v2/sales?after=2026-01-01", query = query })
    assert.equal("after=2026-01-01&before=2026-02-01&email=a%2Bb%40example.com", support.requests(gum)[1].query)
  end)

  it("of any kind sends a table as a form", function()
    shop:request { method = "put", url = "/v2/products/a", body = { name = "Ink & Oil", tags = { "a", "b" } } }
    local request = support.requests(gum)[1]
    assert.equal("PUT", request.method)
    assert.equal("application/x-www-form-urlencoded", request.headers["content-type"])
    assert.equal("name=Ink%20%26%20Oil&tags%5B%5D=a&tags%5B%5D=b", request.body)
  end)

  it("of any kind sends a string unchanged", function()
    shop:request { method = "POST", url = "/v2/products", body = '{"name":"a"}',
      headers = { ["Content-Type"] = "application/json" } }
    local request = support.requests(gum)[1]
    assert.equal('{"name":"a"}', request.body)
    assert.equal("application/json", request.headers["content-type"])
  end)

  it("with HEAD returns an empty table", function()
    assert.same({}, shop:request { method = "HEAD", url = "/v2/user" })
  end)

  -- Where to -----------------------------------------------------------------------------------

  for ending, path in pairs {
    [""] = "/v2/user", ["/"] = "/v2/user", ["/v2"] = "/v2/user", ["/v2/"] = "/v2/user", ["/api/v2"] = "/api/v2/user",
  } do
    it(("goes to a base_url that ends in '%s'"):format(ending), function()
      assert.is_table(support.shop(gum, { base_url = gum.url .. ending }).user:get())
      assert.equal(path, support.requests(gum)[1].path)
    end)
  end

  it("goes to GUMROAD_API_BASE_URL with the token in GUMROAD_ACCESS_TOKEN", function()
    support.with_environment({ GUMROAD_API_BASE_URL = gum.url .. "/v2", GUMROAD_ACCESS_TOKEN = TOKEN }, function()
      assert.is_table(gumroad.new().user:get())
    end)
    assert.equal(1, asked())
  end)

  it("goes to base_url rather than to GUMROAD_API_BASE_URL", function()
    support.with_environment({ GUMROAD_API_BASE_URL = "http://no-such-host.invalid" }, function()
      assert.is_table(gumroad.new { base_url = gum.url, access_token = TOKEN }.user:get())
    end)
  end)

  it("goes to Gumroad by default", function()
    support.with_environment({ GUMROAD_API_BASE_URL = "" }, function()
      local default = gumroad.new { access_token = TOKEN }
      assert.equal("gumroad.Shop(https://api.gumroad.com, secret(...H8sJ))", tostring(default))
    end)
  end)

  -- The token and the hooks ----------------------------------------------------------------------

  it("leaves no token in anything that a script can inspect", function()
    assert.is_table(shop.user:get())
    assert.is_table(shop.sales)
    assert.is_false(support.holds(shop, TOKEN))
    assert.is_false(support.holds(gumroad, TOKEN))
  end)

  it("never shows the password in base_url", function()
    local wrong = gumroad.new { access_token = TOKEN, base_url = "http://ana:passw0rd@127.0.0.1:1" }
    local _, err = wrong.user:get()
    assert.equal("config: the base URL must not hold a user or password [GET /v2/user]", tostring(err))
    assert.falsy((tostring(wrong) .. tostring(err)):find("passw0rd", 1, true))
  end)

  it("calls on_request and on_response for each attempt", function()
    local seen = {}
    local watched = support.shop(gum, {
      on_request = function(request) seen[#seen + 1] = request end,
      on_response = function(response) seen[#seen + 1] = response end,
    })
    gum:fault { kind = "status", status = 503 }
    assert(watched.sales:list { email = "a@example.com" })
    assert.equal(4, #seen)
    for i, attempt in ipairs { 1, 1, 2, 2 } do
      assert.equal(attempt, seen[i].attempt)
      assert.equal("GET", seen[i].method)
      assert.equal(gum.url .. "/v2/sales?email=a%40example.com", seen[i].url)
    end
    assert.equal("application/json", seen[1].headers.Accept)
    assert.equal(503, seen[2].status)
    assert.equal("server", seen[2].error.kind)
    assert.equal(200, seen[4].status)
    assert.equal("application/json; charset=utf-8", seen[4].headers["content-type"])
    assert.is_nil(seen[4].error)
    assert.is_number(seen[4].seconds)
    assert.is_false(support.holds(seen, TOKEN))
  end)

  it("passes the body to on_request, and a failure below HTTP to on_response", function()
    local request, response
    local nobody = support.shop(gum, { base_url = "http://127.0.0.1:" .. support.free_port(), retries = 0,
      on_request = function(r) request = r end, on_response = function(r) response = r end })
    nobody.sales:mark_as_shipped("a", { tracking_url = "b" })
    assert.equal("tracking_url=b", request.body)
    assert.is_nil(response.status)
    assert.equal("network", response.error.kind)
    assert.is_number(response.seconds)
    assert.is_false(support.holds({ request, response }, TOKEN))
  end)

  it("is not affected when on_request changes the headers", function()
    local meddled = support.shop(gum, { on_request = function(request) request.headers.Accept = "text/html" end })
    assert.is_table(meddled.user:get())
    assert.is_table(shop.user:get())
    for _, request in ipairs(support.requests(gum)) do assert.equal("application/json", request.headers.accept) end
  end)
end)

describe("The library without lua-cjson", function()
  local SCRIPT = [[
    local function no_cjson(name) if name == "cjson" then error("%s", 0) end end
    table.insert(package.searchers or package.loaders, 1, no_cjson)
    print(pcall(require, "%s"))]]
  local MISSING = [[module 'cjson' not found:\n\tno file]]
  local BROKEN = [[error loading module 'cjson' from file 'x.so':\n\tx.so: undefined symbol: lua_x]]

  it("says why the installed one does not load", function()
    assert.equal("false\tgumroad needs lua-cjson for " .. _VERSION .. ", and the one that is installed does not load "
      .. "(x.so: undefined symbol: lua_x): install the Debian package lua-cjson, or run luarocks install lua-cjson",
      support.output(support.lua_command(SCRIPT:format(BROKEN, "gumroad"))))
  end)

  for _, name in ipairs { "gumroad", "gumroad.webhook", "gumroad.emulator" } do
    it("says what to install: " .. name, function()
      assert.equal("false\tgumroad needs lua-cjson for " .. _VERSION .. ": install the Debian package lua-cjson, or "
        .. "run luarocks install lua-cjson", support.output(support.lua_command(SCRIPT:format(MISSING, name))))
    end)
  end
end)

describe("A caller's mistake", function()
  local FORM = "application/x-www-form-urlencoded"
  local shop = gumroad.new { access_token = TOKEN, base_url = "http://127.0.0.1:1" }

  -- each function is on one line, because line numbers are compared
  local ROWS = {
    { "gumroad.new: unknown option 'tiemout' (did you mean 'timeout'?)",
      function() gumroad.new { access_token = "a", tiemout = 1 } end },
    { "gumroad.new: unknown option '1' (known: access_token, allow_http,", function() gumroad.new { "a" } end },
    { "gumroad.new: table expected, got string", function() gumroad.new "a" end },
    { "gumroad.new: option 'access_token': string expected, got number",
      function() gumroad.new { access_token = 5 } end },
    { "gumroad.new: option 'timeout': number expected, got string", function() gumroad.new { timeout = "5" } end },
    { "gumroad.new: option 'timeout': a positive number expected", function() gumroad.new { timeout = 0 } end },
    { "gumroad.new: option 'timeout': a positive number expected", function() gumroad.new { timeout = 0 / 0 } end },
    { "gumroad.new: option 'retries': a number of at least 0 expected", function() gumroad.new { retries = -1 } end },
    { "gumroad.new: option 'sleep': function expected, got number", function() gumroad.new { sleep = 1 } end },
    { "user.get: unknown option 'retry' (known: cancel, connect_timeout,", function() shop.user:get { retry = 1 } end },
    { "user.get: unknown option 'access_token'", function() shop.user:get { access_token = "a" } end },
    { "user.get: option 'headers': table expected, got string",
      function() shop.user:get { headers = "X-Note: a" } end },
    { "user.get: the options of a call: table expected, got number", function() shop.user:get(5) end },
    { "user.get: too many arguments", function() shop.user:get({}, {}) end },
    { "headers: Authorization is made from access_token",
      function() shop.user:get { headers = { authorization = "a" } } end },
    { "headers: a header's name must be a string", function() shop.user:get { headers = { "X-Note: a" } } end },
    { "sales.list: unknown option 'limit'", function() shop.sales:list({}, { limit = 5 }) end },
    { "sales.each: unknown parameter 'afetr' (did you mean 'after'?)", function() shop.sales:each { afetr = 1 } end },
    { "sales.pages: a table of parameters expected, got string", function() shop.sales:pages "2026-01-01" end },
    { "subscribers.each: product_id is missing", function() shop.subscribers:each() end },
    { "subscribers.each: product_id: string expected, got table", function() shop.subscribers:each { limit = 5 } end },
    { "sales.get: sale_id is missing", function() shop.sales:get() end },
    { "sales.get: sale_id: string expected, got number", function() shop.sales:get(123) end },
    { "sales.get: called with a dot; write shop.sales:get(...)", function() shop.sales.get("123") end },
    { "sales.list: called with a dot; write shop.sales:list(...)", function() shop.sales.list() end },
    { "watch: called with a dot; write shop:watch(...)", function() shop.watch { port = 0 } end },
    { "request: called with a dot; write shop:request(...)", function() shop.request { url = "/v2/user" } end },
    { "ensure_webhooks: called with a dot; write shop:ensure_webhooks(...)", function() shop.ensure_webhooks {} end },
    { "sales.list: limit: a whole number of at least 0 expected, got string",
      function() shop.sales:list { limit = "many" } end },
    { "variant_categories.create: product_id: string expected, got table",
      function() shop.variant_categories:create { title = "Size" } end },
    { "sales.refund: parameter 'amount_cents': at least 1 expected, got 0",
      function() shop.sales:refund("a", { amount_cents = 0 }) end },
    { "licenses.check: parameter 'product_id' is missing",
      function() shop.licenses:check { license_key = "a" } end },
    { "licenses.check: unknown parameter 'licens_key'", function() shop.licenses:check { licens_key = "a" } end },
    { "ensure_webhooks: unknown event 'sales' (did you mean 'sale'?)",
      function() shop:ensure_webhooks { sales = "https://example.com/" } end },
    { "ensure_webhooks: sale: the URL must be http(s)://HOST/PATH, without a fragment",
      function() shop:ensure_webhooks { sale = "example.com" } end },
    { "products.create: parameter 'name' is missing", function() shop.products:create { price = 1 } end },
    { "products.create: parameter 'price': whole number expected, got 1.5",
      function() shop.products:create { name = "a", price = 1.5 } end },
    { "products.create: parameter 'price': whole number expected, got \"1\"",
      function() shop.products:create { name = "a", price = "1" } end },
    { "products.create: parameter 'draft': boolean expected, got \"yes\"",
      function() shop.products:create { name = "a", price = 1, draft = "yes" } end },
    { "products.create: parameter 'tags': array expected, got \"a\"",
      function() shop.products:create { name = "a", price = 1, tags = "a" } end },
    { "products.create: parameter 'tags': array expected, got table",
      function() shop.products:create { name = "a", price = 1, tags = { a = 1 } } end },
    { "products.create: 'tags[]' is a function",
      function() shop.products:create { name = "a", price = 1, tags = { print } } end },
    { "products.create: cannot write a function as JSON",
      function() shop.products:create { name = "a", price = 1, files = { print } } end },
    { "products.create: a table of parameters expected, got \"a\"", function() shop.products:create("a") end },
    { "request: url is missing, such as \"/v2/user\"", function() shop:request {} end },
    { "request: table expected, got string", function() shop:request "/v2/user" end },
    { "request: unknown field 'path'", function() shop:request { path = "/v2/user" } end },
    { "request: method: string expected, got number", function() shop:request { method = 5, url = "/" } end },
    { "request: body: string or table expected, got boolean", function() shop:request { url = "/", body = true } end },
    { "request: body: a text needs a Content-Type among the headers",
      function() shop:request { method = "PUT", url = "/v2/products/a", body = '{"name":"J"}' } end },
    { "request: json and form are both given", function() shop:request { url = "/", json = {}, form = {} } end },
    { "request: form and body are both given", function() shop:request { url = "/", body = {}, form = {} } end },
    { "request: json: ", function() shop:request { url = "/", json = { print } } end },
    { "request: query: 'a' is a function", function() shop:request { url = "/", query = { a = print } } end },
    { "request: unknown option 'tries'", function() shop:request({ url = "/" }, { tries = 5 }) end },
    { "all: an array of functions expected, got number", function() gumroad.all(5) end },
    { "all: [2]: function expected, got table", function() gumroad.all { print, {} } end },
    { "all: an array of functions expected, but [3] comes after a gap",
      function() gumroad.all { print, nil, print } end },
    { "all: an array of functions expected, but [a] comes after a gap", function() gumroad.all { a = print } end },
    { "all: options: table expected, got number", function() gumroad.all({}, 5) end },
    { "all: unknown option 'slep' (did you mean 'sleep'?)", function() gumroad.all({}, { slep = print }) end },
    { "all: sleep: function expected, got number", function() gumroad.all({}, { sleep = 5 }) end },
    { "gumroad: there is no shop.product (did you mean 'products'?)", function() return shop.product:list() end },
    { "gumroad: there is no shop.prodcuts (did you mean 'products'?)", function() return shop.prodcuts end },
    { "gumroad: there is no shop.wathc (did you mean 'watch'?)", function() shop:wathc {} end },
    { "gumroad: there is no shop.products:lst (did you mean 'list'?)", function() shop.products:lst() end },
    { "gumroad: there is no shop.licenses:verfy (did you mean 'verify'?)", function() shop.licenses:verfy {} end },
    { "products.list: unknown parameter 'limt' (did you mean 'limit'?)",
      function() shop.products:list { limt = 3 } end },
    { "products.each: unknown parameter 'most' (known: limit, page_key)",
      function() shop.products:each { most = 3 } end },
    { "watch: table expected, got nil", function() shop:watch() end },
    { "watch: unknown option 'slae' (did you mean 'sale'?)", function() shop:watch { slae = print } end },
    { "watch: sale: function expected, got string", function() shop:watch { sale = "print" } end },
    { "watch: a handler is missing, such as", function() shop:watch { url = "https://example.com/" } end },
    { "ensure_webhooks: unknown option 'tiemout'", function() shop:ensure_webhooks({}, { tiemout = 1 }) end },
    { "ensure_webhooks: unknown option 'remove': put it into the first table, next to the URLs",
      function() shop:ensure_webhooks({ sale = "https://example.com/" }, { remove = true }) end },
    { "watch: port: a whole number from 0 to 65535 expected",
      function() shop:watch { sale = print, url = "https://example.com/", port = 65536 } end },
    { "webhook.parse: limits: bad argument #2", function() webhook.parse("a=1", FORM, 5) end },
    { "webhook.parse: limits: unknown limit 'max_byte'",
      function() webhook.parse("{}", "application/json", { max_byte = 5 }) end },
    { "webhook.parse: limits: limit 'max_bytes' is not a whole number from 1 to",
      function() webhook.parse("{}", "application/json", { max_bytes = "5" }) end },
    { "oauth.device: scopes: [1]: string expected, got boolean",
      function() gumroad.oauth.device { client_id = "a", scopes = { true } } end },
    { "watch: url is missing", function() shop:watch { sale = print } end },
    { "watch: url must be http(s)://HOST/PATH", function() shop:watch { sale = print, url = "example.com/a" } end },
    { "watch: url is longer than the 255 bytes",
      function() shop:watch { sale = print, url = "https://example.com/" .. ("a"):rep(240) } end },
  }
  for i, row in ipairs(ROWS) do
    it(("is reported at the caller's line: %s (%d)"):format(row[1], i), function()
      local ok, message = pcall(row[2])
      assert.is_false(ok)
      local line = debug.getinfo(row[2], "S").linedefined
      assert.truthy(message:find(("client_spec.lua:%d: %s"):format(line, row[1]), 1, true), message)
    end)
  end
end)
