local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local json = require "gumroad.base.json"
local socket = require "socket"
local support = require "support"
local tls_server = require "tls_server"

local TOKEN = "kD5vB2mX9qLw7RtY3nZpH8sJ"
local NARROW = "view-public-only-token"

-- Checks what is true for every error of an operation.
local function check(kind, words, value, err)
  assert.is_nil(value)
  assert.equal(kind, err.kind)
  assert.truthy(err.message:find(words, 1, true), err.message)
  assert.falsy(tostring(err):find("[\r\n]"), "more than one line: " .. tostring(err))
  assert.truthy(tostring(err):find(kind .. ": " .. err.message, 1, true))
  assert.is_false(support.holds(err, TOKEN))
  return err
end

describe("An error says what is wrong and what to do", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 12, products = 3, access_token = TOKEN,
      tokens = { [NARROW] = "view_public" } })
    shop = support.shop(gum, { retries = 0 })
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function get(fault, options)
    if fault then assert(gum:fault(fault)) end
    return support.shop(gum, options or { retries = 0 }).user:get()
  end

  -- The token ------------------------------------------------------------------------------

  it("for a missing token", function()
    local err = support.with_environment({}, function() return support.raised(gumroad.new) end)
    assert.equal("config", err.kind)
    assert.truthy(err.message:find("set GUMROAD_ACCESS_TOKEN or pass access_token", 1, true))
  end)

  it("for an empty token", function()
    for _, options in ipairs { { access_token = "" }, {} } do
      local err = support.with_environment({ GUMROAD_ACCESS_TOKEN = "" }, function()
        return support.raised(gumroad.new, options)
      end)
      assert.equal("config", err.kind)
    end
  end)

  it("for a shop without a token that needs one, before anything is sent", function()
    local open = support.shop(gum, { access_token = false })
    assert.truthy(tostring(open):find("no token", 1, true))
    check("config", "needs an access token, and the shop was made without one", open.user:get())
    assert.same({}, support.requests(gum))
    check("not_found", "That license does not exist",
      open.licenses:verify { product_id = "x", license_key = "y", increment_uses_count = false })
  end)

  it("for a token that ends with the newline of its file", function()
    local message = support.raised(gumroad.new, { access_token = TOKEN .. "\n" })
    assert.truthy(message:find("such as the line break at the end of a file", 1, true))
    assert.falsy(message:find(TOKEN, 1, true))
  end)

  it("for a wrong token", function()
    local err = check("auth", "The access token is invalid: check GUMROAD_ACCESS_TOKEN",
      support.shop(gum, { access_token = TOKEN .. "x" }).user:get())
    assert.equal(401, err.status)
    assert.is_false(err.retryable)
    assert.equal(1, err.attempts)
  end)

  it("for a revoked token", function()
    gum:grant("short-lived-token", "view_public")
    gum:revoke("short-lived-token")
    check("auth", "The access token was revoked", support.shop(gum, { access_token = "short-lived-token" }).user:get())
  end)

  it("for a token without the scope, and names the scopes that are enough", function()
    local err = check("scope", "this needs one of the scopes view_sales, account",
      support.shop(gum, { access_token = NARROW }).sales:list())
    assert.equal(403, err.status)
  end)

  it("for a token without the only scope that is enough", function()
    check("scope", "this needs the scope view_profile; to get a token with it, run gumroad-lua login NAME --scopes "
      .. "'view_profile'", support.shop(gum, { access_token = NARROW }).media:list())
  end)

  it("for a token whose scope does not fit the purpose of an upload", function()
    local blob = {
      filename = "a.png", byte_size = 3, checksum = "kAFQmDzST7DWlj99KOF/cg==", content_type = "image/png" }
    for _, row in ipairs {
      { "creator_api", nil, "may not do this; this needs one of the scopes edit_products, edit_profile, account" },
      { "account", "media", "requires the edit_profile scope.; this needs one of the scopes" },
      { "edit_products", "media", "this needs one of the scopes" },
    } do
      gum:grant("other-scope", row[1])
      check("scope", row[3], support.shop(gum, { access_token = "other-scope" }).direct_uploads:create {
        blob = blob, purpose = row[2] })
    end
  end)

  -- Ids ------------------------------------------------------------------------------------

  it("for an unknown id, with Gumroad's message and HTTP status 200", function()
    local err = check("not_found", "The product was not found.", shop.products:get("no-such-id"))
    assert.equal(200, err.status)
    assert.equal("GET", err.method)
    assert.equal("/v2/products/no-such-id", err.path)
    assert.equal("not_found: The product was not found. [GET /v2/products/no-such-id, HTTP 200]", tostring(err))
  end)

  for id, path in pairs {
    ["a/b"] = "a%2Fb", ["/"] = "%2F", ["../user"] = "%2E%2E%2Fuser", ["..."] = "%2E%2E%2E",
    ["a?b=c"] = "a%3Fb%3Dc", ["a#b"] = "a%23b", ["a b"] = "a%20b", [" "] = "%20", ["a%2Fb"] = "a%252Fb",
    ["größe"] = "gr%C3%B6%C3%9Fe", ["\255"] = "%FF", ["a\\b"] = "a%5Cb", ["a;b&c"] = "a%3Bb%26c",
    ["https://example.com/"] = "https%3A%2F%2Fexample%2Ecom%2F",
  } do
    it(("for the id %q, which remains one segment of the path"):format(id), function()
      check("not_found", "The product was not found.", shop.products:get(id))
      assert.equal("/v2/products/" .. path, support.requests(gum)[1].path)
    end)
  end

  for id, words in pairs {
    [""] = '"" is not an id', ["."] = '"." is not an id', [".."] = '".." is not an id',
    ["a\rb"] = "contains a control character", ["a\nb"] = "contains a control character",
    ["a\0b"] = "contains a control character", ["a\127b"] = "contains a control character",
  } do
    it(("for the id %s, before anything is sent"):format(("%q"):format(id):gsub("%c", "?")), function()
      local message = support.raised(shop.products.get, shop.products, id)
      assert.truthy(message:find("products.get: product_id", 1, true))
      assert.truthy(message:find(words, 1, true), message)
      assert.equal(0, #support.requests(gum))
    end)
  end

  -- What cannot be sent --------------------------------------------------------------------

  for name, header in pairs {
    ["a header with CR and LF"] = { ["X-Note"] = "a\r\nX-Evil: b" }, ["a header with LF"] = { ["X-Note"] = "a\nb" },
    ["a header with NUL"] = { ["X-Note"] = "a\0b" }, ["a header's name with LF"] = { ["X-Note\nX-Evil"] = "a" },
    ["a header's name with a colon"] = { ["X-Note: a"] = "b" }, ["an empty header's name"] = { [""] = "b" },
    ["a header that is a number"] = { ["X-Note"] = 3 },
  } do
    it(name, function()
      check("config", "header", shop.user:get { headers = header })
      check("config", "header", shop:request { url = "/v2/user", headers = header })
      assert.equal(0, #support.requests(gum))
    end)
  end

  for name, value in pairs { CR = "a\rb", LF = "a\nb", NUL = "a\0b" } do
    it("for a parameter of a query with " .. name, function()
      local message = support.raised(shop.sales.list, shop.sales, { email = value })
      assert.truthy(message:find("sales.list: parameter 'email' contains a control character", 1, true), message)
      assert.equal(0, #support.requests(gum))
    end)
  end

  it("for a parameter of a form with NUL", function()
    local message = support.raised(shop.products.create, shop.products, { name = "a\0b", price = 1 })
    assert.truthy(message:find("products.create: parameter 'name' contains a control character", 1, true), message)
  end)

  for host, url in pairs {
    ["example.com"] = "https://example.com/v2/user", ["127.0.0.1"] = "http://a@127.0.0.1/v2/user",
  } do
    it("for a URL of another server or with a user: " .. url, function()
      check("config", ("the API is at %s (base_url), so nothing was sent to %s"):format(gum.url, host),
        shop:request { url = url })
      assert.equal(0, #support.requests(gum))
    end)
  end

  for name, url in pairs {
    ["a URL without a scheme"] = "//example.com/v2/user", ["a path with a space"] = "/v2/us er",
    ["a path with a line's end"] = "/v2/user\r\nX-Evil: a", ["a path with a fragment"] = "/v2/user#a",
    ["a path that is not ASCII"] = "/v2/größe",
  } do
    it(name, function()
      check("config", "the path", shop:request { url = url })
      assert.equal(0, #support.requests(gum))
    end)
  end

  it("for an unknown method", function()
    check("config", "the method must be one of GET, HEAD, POST", shop:request { method = "BREW", url = "/v2/user" })
  end)

  for url, words in pairs {
    ["ftp://example.com"] = "base_url must begin with https:// or http://, but it is 'ftp://example.com'",
    ["example.com"] = "base_url must begin with https:// or http://, but it is 'example.com'",
    ["ana:secret@example.com"] = "but it is 'example.com'",
  } do
    it(("for the base_url %q, when the shop is created"):format(url), function()
      check("config", words, nil, support.raised(support.shop, gum, { base_url = url }))
    end)
  end

  it("for a variable that is not a URL or not a token, when the shop is created", function()
    local function raised(variables)
      variables.GUMROAD_ACCESS_TOKEN = variables.GUMROAD_ACCESS_TOKEN or TOKEN
      return support.with_environment(variables, function() return support.raised(gumroad.new) end)
    end
    check("config", "GUMROAD_API_BASE_URL must begin with https:// or http://, but it is 'localhost:8089'", nil,
      raised { GUMROAD_API_BASE_URL = "localhost:8089" })
    check("config", "the access token in GUMROAD_ACCESS_TOKEN is empty, or has a character", nil,
      raised { GUMROAD_ACCESS_TOKEN = TOKEN .. "\n" })
  end)

  for url, words in pairs {
    ["http://user:pass@example.com"] = "user or password", ["http://example.com?a=b"] = "query",
    ["http://exa mple.com"] = "a space", ["http://example.com\r\n"] = "control",
  } do
    it(("for the base_url %q"):format(url), function()
      check("config", words, support.shop(gum, { base_url = url }).user:get())
    end)
  end

  -- The network ----------------------------------------------------------------------------

  local function unsent(err)
    assert.is_false(err.sent)
    assert.is_true(err.retryable)
    assert.is_number(err.curl_code)
    assert.is_nil(err.status)
  end

  it("for an unknown host", function()
    unsent(check("network", "(https://no-such-host.invalid): check the network and base_url",
      support.shop(gum, { base_url = "https://no-such-host.invalid", retries = 0 }).user:get()))
  end)

  it("for a refused connection", function()
    local url = "http://127.0.0.1:" .. support.free_port()
    unsent(check("network", "(" .. url .. "): check the network and base_url",
      support.shop(gum, { base_url = url, retries = 0 }).user:get()))
  end)

  it("for a connection that takes too long", function()
    local server, clients = assert(socket.bind("127.0.0.1", 0, 0)), {}
    local _, port = server:getsockname()
    for i = 1, 4 do  -- more than fit into the queue of a server that does not accept
      clients[i] = socket.tcp()
      clients[i]:settimeout(0)
      clients[i]:connect("127.0.0.1", port)
    end
    finally(function()
      for _, client in ipairs(clients) do client:close() end
      server:close()
    end)
    unsent(check("timeout", "no connection within 0.1 seconds", support.shop(gum, {
      base_url = "http://127.0.0.1:" .. port, connect_timeout = 0.1, retries = 0 }).user:get()))
  end)

  it("for a response that takes too long", function()
    local err = check("timeout", "no complete response within 0.1 seconds",
      get({ kind = "stall" }, { timeout = 0.1, retries = 0 }))
    assert.is_true(err.sent)
    assert.is_true(err.retryable)
  end)

  it("for a certificate that does not verify", function()
    local server = tls_server.start {}
    finally(server.stop)
    local err = check("tls", "the connection is not safe, so nothing was sent", support.shop(gum, {
      base_url = server.url, retries = 0 }).user:get())
    assert.truthy(err.message:find("certificate", 1, true))
    assert.truthy(err.message:find("GUMROAD_CA_BUNDLE", 1, true))
    assert.is_false(err.sent)
    assert.is_false(err.retryable)
  end)

  it("for TLS with a server that does not speak it", function()
    local url = gum.url:gsub("http:", "https:")
    check("tls", "nothing was sent", support.shop(gum, { base_url = url, retries = 0 }).user:get())
  end)

  -- Bodies that are not answers ------------------------------------------------------------------

  it("for a reset before the response", function()
    local err = check("network", "", get { kind = "reset", times = "always" })
    assert.is_true(err.sent)
    assert.is_true(err.retryable)
  end)

  it("for a reset in the middle of the response", function()
    local err = check("network", "", get { kind = "reset_body" })
    assert.is_true(err.sent)
    assert.is_true(err.retryable)
  end)

  it("for truncated JSON", function()
    local err = check("decode", "the response is not complete JSON (application/json", get { kind = "truncated" })
    assert.equal(200, err.status)
  end)

  it("for a response without a body", function()
    check("decode", "0 bytes", get { kind = "status", status = 200, body = "" })
  end)

  it("for HTML instead of JSON", function()
    local err = check("decode", "the response is not JSON (text/html", get { kind = "html" })
    assert.truthy(err.message:find('titled "502 Bad Gateway"): is there a proxy or a login page in between?', 1, true))
  end)

  it("for HTML instead of a file", function()
    gum:fault { kind = "html" }
    local err = check("decode", "the response is not a file (text/html", shop.tax_forms:download("2025", "us_1099_k"))
    assert.truthy(err.message:find("is there a proxy or a login page in between?", 1, true))
  end)

  it("for a refusal instead of a file", function()
    gum:fault { kind = "status", status = 200, headers = { ["Content-Type"] = "application/json; charset=utf-8" },
      body = '{"success":false,"message":"The tax form was not found."}' }
    check("not_found", "The tax form was not found.", shop.tax_forms:download("2025", "us_1099_k"))
  end)

  it("for garbage instead of JSON", function()
    check("decode", "the response is not JSON", get { kind = "garbage" })
  end)

  for _, body in ipairs { "3", "null", '"text"', "true" } do
    it("for JSON that is not an object: " .. body, function()
      check("decode", "an object was expected", get { kind = "status", status = 200, body = body })
    end)
  end

  it("for JSON that is nested too deeply", function()
    check("decode", "the response is not complete JSON",
      get { kind = "status", status = 200, body = ("["):rep(100) .. ("]"):rep(100) })
  end)

  it("for a response without the requested object", function()
    check("decode", "the response has no 'user'", get { kind = "status", status = 200, body = '{"success":true}' })
  end)

  it("for a proxy's error page", function()
    local err = check("server", 'the server failed and sent a page titled "502 Bad Gateway"',
      get { kind = "status", status = 502 })
    assert.equal(502, err.status)
    assert.is_true(err.retryable)
  end)

  it("for a page, with its title trimmed and on one line", function()
    local TITLES = { ["  Bad\n Gateway \t"] = '"Bad  Gateway"', [("a"):rep(100)] = '"' .. ("a"):rep(77) .. '..."' }
    for title, shown in pairs(TITLES) do
      check("server", "the server failed and sent a page titled " .. shown,
        get { kind = "status", status = 502, body = "<html><title lang=en>" .. title .. "</title>" })
    end
  end)

  for name, body in pairs {
    ["white space"] = "<title>" .. (" "):rep(4096), ["beginnings"] = ("<title"):rep(700),
    ["white space and words"] = "<title>" .. (" a"):rep(2048), ["titles"] = ("<title> "):rep(512),
  } do
    it("for a page whose title consists of " .. name .. ", in linear time", function()
      local began = os.clock()
      check("server", "the server failed and sent a page", get { kind = "status", status = 502, body = body })
      assert.is_true(os.clock() - began < 5)  -- backtracking would take minutes
    end)
  end

  it("for a response over the limit", function()
    check("too_large", "the response is larger than 10485760 bytes", get { kind = "huge" })
    check("too_large", "the response is larger than 1000 bytes",
      get({ kind = "huge", bytes = 1001 }, { max_size = 1000, retries = 0 }))
  end)

  it("for a small response that decompresses to more than the limit", function()
    check("too_large", "the response is larger than 10485760 bytes", get { kind = "gzip_bomb" })
  end)

  for _, status in ipairs { 301, 302, 303, 307, 308 } do
    it("for a redirect with status " .. status .. ", which is not followed", function()
      local other = assert(emulator.start { sales = 0 })
      finally(function() other:stop() end)
      gum:fault { kind = "redirect", status = status, location = other.url .. "/v2/user?access_token=" .. TOKEN }
      local err = check("redirect", "the server redirects to 127.0.0.1:" .. other.port .. ", which was not followed",
        shop.user:get())
      assert.truthy(err.message:find("check base_url", 1, true))
      assert.equal(status, err.status)
      assert.equal(0, #support.requests(other))
    end)
  end

  it("for 429 with Retry-After", function()
    local err = check("rate_limit", "the server asks to wait 7 seconds",
      get { kind = "status", status = 429, headers = { ["Retry-After"] = "7" } })
    assert.equal(7, err.retry_after)
    assert.is_true(err.retryable)
  end)

  it("for 429 with a date in Retry-After", function()
    local at = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + 1000)
    local err = check("rate_limit", at, get { kind = "status", status = 429, headers = { ["Retry-After"] = at } })
    assert.is_true(err.retry_after > 900 and err.retry_after <= 1000)
  end)

  it("for 429 with a date in Retry-After, showing the date", function()
    local at = "Thu, 01 Jan 1970 00:00:00 GMT"
    check("rate_limit", "the server asks to wait until " .. at,
      get { kind = "status", status = 429, headers = { ["Retry-After"] = at } })
  end)

  it("for 429 with an unreadable Retry-After", function()
    local err = check("rate_limit", "too many requests; wait a minute or more",
      get { kind = "status", status = 429, headers = { ["Retry-After"] = "soon" } })
    assert.is_nil(err.retry_after)
  end)

  it("for an OAuth word with an interval that is below zero, a word or a list, without a wait", function()
    for _, interval in ipairs { "-5", '"soon"', "[5]" } do
      local err = check("invalid", "too early", get { kind = "status", status = 400,
        body = ('{"error":"slow_down","error_description":"too early","interval":%s}'):format(interval) })
      assert.is_nil(err.retry_after)
    end
  end)

  it("for 429 without Retry-After", function()
    local err = check("rate_limit", "too many requests; wait a minute or more", get { kind = "status", status = 429 })
    assert.is_nil(err.retry_after)
  end)

  it("for a refusal with success: false", function()
    local sale = assert(shop.sales:list { limit = 1 })[1]
    local err = check("invalid", "Refund amount cannot be greater than the purchase price.",
      shop:request { method = "PUT", url = "/v2/sales/" .. sale.id .. "/refund", body = { amount_cents = 100000000 } })
    assert.equal(200, err.status)
    assert.is_false(err.retryable)
  end)

  it("for a path that Gumroad does not have", function()
    check("not_found", "Not Found", shop:request { url = "/v2/no-such-thing" })
  end)

  it("with the id of the request, for Gumroad's support", function()
    local err = check("server", "", get { kind = "status", status = 500, headers = { ["X-Request-Id"] = "req-1" } })
    assert.equal("req-1", err.request_id)
  end)

  it("without the query, which may contain a buyer's email address", function()
    gum:fault { kind = "status", status = 500 }
    local err = check("server", "", shop.sales:list { email = "lena@example.com" })
    assert.equal("/v2/sales", err.path)
    assert.is_false(support.holds(err, "lena"))
  end)

  -- Gumroad's own responses, as recorded -----------------------------------------------------

  local KINDS = { ["400"] = "invalid", ["403"] = "scope", ["404"] = "not_found", ["500"] = "server" }

  for _, name in ipairs(support.fixtures("errors", ".json")) do
    local status = name:match("^(%d+)_")
    if status then
      it("for the response " .. name, function()
        local body = support.fixture("errors/" .. name .. ".json")
        local decoded = json.decode(body)
        local kind = KINDS[status] or (name:find("not_found", 1, true) and "not_found") or "invalid"
        if kind == "server" and decoded.success == false then kind = "invalid" end  -- Gumroad's own refusal
        local words = decoded.message or decoded.error or "without saying why"
        check(kind, words, get { kind = "status", status = tonumber(status), body = body })
      end)
    end
  end

  local WIRE = {
    ["401_invalid_token"] = { "auth", "The access token is invalid" },
    ["401_revoked_token"] = { "auth", "The access token was revoked" },
    ["403_missing_scope"] = { "scope", "this needs one of the scopes view_public" },
    ["404_unknown_route"] = { "decode", "the response is not from Gumroad" },  -- Gumroad sends JSON to the library
    ["429_throttled"] = { "rate_limit", "too many requests" },
  }

  for _, name in ipairs(support.fixtures("errors", ".http")) do
    it("for the raw response " .. name, function()
      local server = support.canned_server(support.fixture("errors/" .. name .. ".http"))
      finally(server.close)
      check(WIRE[name][1], WIRE[name][2],
        support.shop(gum, { base_url = server.url, sleep = server.step, retries = 0 }).user:get())
    end)
  end
end)
