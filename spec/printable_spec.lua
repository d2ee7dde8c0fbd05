-- Whatever comes from outside is printed as one printable line of limited length.
local core = require "gumroad.core"
local connections = require "gumroad.connections"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local json = require "gumroad.base.json"
local oauth = require "gumroad.oauth"
local text = require "gumroad.base.text"
local watch = require "gumroad.watch"
local webhook = require "gumroad.webhook"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

-- Sets the title of a terminal, forges a line, reverses the writing direction, and never ends.
local EVIL = "evil\27]0;owned\7\r\ngumroad: forged\0\194\155\226\128\174\255"
local LONG = EVIL .. (" and on"):rep(20000)
local EVIL_WORD, LONG_WORD = EVIL:gsub("%z", ""), LONG:gsub("%z", ""):sub(1, 60000)  -- for a command line
local MOST = 4100  -- bytes: the longest line, with its prefix

local function check_line(line)
  assert.falsy(line:find("[%z\1-\31\127]"), ("a control character: %q"):format(line))
  assert.equal(text.safe(line), line)
  assert.is_true(#line <= MOST, #line .. " bytes")
  assert.truthy(line:find("evil\\x1b]0;owned\\x07", 1, true), line)
end

-- Checks an error: what is printed of it, and its message.
local function check_error(value, err)
  assert.is_nil(value)
  check_line(tostring(err))
  check_line(err.message)
end

describe("What is printed of text from outside", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 3, products = 2, subscribers = 0 })
    shop = support.shop(gum, { retries = 0 })
  end)
  teardown(function() gum:stop() end)
  before_each(function() gum:clear_faults() end)

  local function get(status, body)
    gum:fault { kind = "status", status = status, body = type(body) == "table" and json.encode(body) or body }
    return shop.user:get()
  end

  for _, words in ipairs { EVIL, LONG } do
    local size = #words .. " bytes"

    it("is one line for a server's message: " .. size, function()
      for _, row in ipairs { { 200, { success = false, message = words } },
        { 400, { error = words } },
        { 403, { success = false, message = words } }, { 404, { message = words } },
        { 500, { success = false, message = words } }, { 503, { message = words } },
        { 400, { error = "invalid_grant", error_description = words } } } do
        check_error(get(row[1], row[2]))
      end
    end)

    it("is one line for a page's title: " .. size, function()
      for _, status in ipairs { 200, 403, 502 } do
        check_error(get(status, "<title>" .. words:sub(1, 4000) .. "</title>"))  -- more is not searched
      end
    end)

    it("is one line for a failed server and for a refund: " .. size, function()
      local sale = assert(shop.sales:list { limit = 1 })[1]
      gum:fault { kind = "status", status = 200, body = json.encode { success = true, sale = { id = sale.id,
        amount_refundable_in_currency = "1", currency = words } } }
      check_error(shop.sales:refund(sale.id, { amount_cents = 500 }))
    end)

    it("is one line for the storage's message: " .. size, function()
      local path = os.tmpname()
      command.write(path, "bytes")
      finally(function() os.remove(path) end)
      gum:fault { kind = "status", status = 400, path = "/_storage/", times = "always",
        body = ("<Error><Code>%s</Code>"):format(words:sub(1, 30000))
          .. ("<Message>%s</Message></Error>"):format(words:sub(1, 30000)) }
      local value, err = shop.files:upload(path)
      check_error(value, err)
      check_line(err.storage_code)
      assert.is_true(#err.storage_code <= 200 and #err.message < 300)
    end)

    it("is one line for OAuth's message: " .. size, function()
      local options = { client_id = "app", base_url = gum.url, retries = 0 }
      gum:fault { kind = "status", status = 400, path = "/oauth/device/code",
        body = json.encode { error = "odd", error_description = words } }
      check_error(oauth.device(options))
    end)

    it("is one line for a request that is not a ping: " .. size, function()
      local _, err = webhook.parse("a=b", (words:gsub("[; \r\n]", ",")))
      assert.equal(text.safe(err.message), err.message)
      assert.truthy(err.message:find("the content type is evil\\x1b]0,owned\\x07,,gumroad:,forged\\x00", 1, true))
      assert.is_true(#err.message < 300)
    end)

    it("is one line for a mistake of the caller: " .. size, function()
      for _, run in ipairs {
        function() shop.sales:list { [words] = 1 } end, function() gumroad.new { [words] = 1 } end,
        function() shop.products:create { name = 1, [words] = 1 } end, function() shop.products:get(words, words) end,
      } do
        local raised = support.raised(run)
        assert.falsy(raised:find("[%z\1-\31\127]"), raised)
        assert.is_true(#raised <= MOST)
      end
    end)

    it("is one line for what others wrote into the file of connections: " .. size, function()
      local home, remove = support.folder()
      finally(remove)
      os.execute("mkdir " .. home .. "/gumroad-lua")
      local path = home .. "/gumroad-lua/connections.json"
      for _, store in ipairs { { connections = { [words] = { access_token = "t" } } },
        { connections = { [words] = { access_token = 1 } } },
        { connections = { ink = { access_token = "t", base_url = words } } } } do
        command.write(path, json.encode(store))
        os.execute("chmod 600 " .. path)
        check_error(support.with_environment({ XDG_CONFIG_HOME = home, GUMROAD_API_BASE_URL = "https://example.com" },
          function() return connections.options "ink" end))
      end
    end)

    it("is one line of watch on stderr, followed by the traceback if a handler raised an error: " .. size, function()
      local real, written = io.stderr, {}
      io.stderr = { write = function(_, ...) written[#written + 1] = table.concat { ... } end }  -- luacheck: ignore
      local watcher = assert(watch.new(shop, { url = "http://127.0.0.1:0/hook", port = 0, subscribe = false,
        seller_id = "s", sale = function(sale) error(sale.sale_id) end }))
      finally(function()
        io.stderr = real  -- luacheck: ignore
        watcher:close()
      end)
      local ping = core.engine():send { method = "POST", base_url = "http://127.0.0.1:" .. watcher.port,
        path = "/hook", headers = { ["Content-Type"] = "application/x-www-form-urlencoded" },
        body = "sale_id=" .. core.percent_encode(words:sub(1, 60000)) .. "&seller_id=s" }
      while not ping:done() do watcher:step(1) end
      assert.equal(503, ping:result().status)
      local line, places = table.concat(written):match("^([^\n]*)\n(.*)$")
      check_line(line)
      assert.truthy(places:find("^stack traceback:\n"))
    end)
  end

  it("is one line for the contents of a header", function()
    local FROM_HEADERS = {
      "429 Too Many Requests\r\nRetry-After: Mon, 01 Jan 2026 10:00:00 GMT \27[1m\7" .. ("x"):rep(9000),
      "401 Unauthorized\r\nWWW-Authenticate: Bearer error_description=\"\27[1m\7" .. ("x"):rep(9000) .. "\"",
      "302 Found\r\nLocation: https://\27[1m\7" .. ("x"):rep(9000) .. "/",
      "200 OK\r\nContent-Type: \27[1m\7" .. ("x"):rep(9000),
      "403 Forbidden\r\nContent-Type: \27[1m\7" .. ("x"):rep(9000),
    }
    for _, head in ipairs(FROM_HEADERS) do
      local body = head:find("^401") and "" or "body"  -- with a body it would not be Gumroad's
      local server = support.canned_server(("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"):format(head, #body, body))
      local _, err = support.shop(gum, { base_url = server.url, sleep = server.step, retries = 0 }).user:get()
      server.close()
      local line = tostring(err)
      assert.equal(text.safe(line), line)
      assert.truthy(line:find("\\x1b[1m\\x07xxxxx", 1, true), line)
      assert.is_true(#line < 1000)
    end
  end)

  it("has at most 300 bytes of a path", function()
    local _, err = shop.products:get(("x"):rep(1000))
    assert.equal(("not_found: The product was not found. [GET /v2/products/%s..., HTTP 200]"):format(("x"):rep(284)),
      tostring(err))
  end)

  it("has an exact limit", function()
    for _, row in ipairs { { 500, ("m"):rep(500) }, { 501, ("m"):rep(497) .. "..." } } do
      local _, err = get(400, { error = ("m"):rep(row[1]) })
      assert.equal(row[2], err.message)
    end
  end)

  -- The command ---------------------------------------------------------------------------------

  it("is one line of the command on stderr, and one for each field that it prints", function()
    local user = { success = true, user = { name = LONG, [EVIL] = EVIL, currency_type = EVIL } }
    local product = { success = true, product = { id = EVIL, price = 1, currency = EVIL } }
    gum:fault { kind = "status", status = 200, path = "/v2/user", body = json.encode(user) }
    gum:fault { kind = "status", status = 200, path = "/v2/products/a", body = json.encode(product) }
    gum:fault { kind = "status", status = 200, path = "/v2/sales/b",
      body = json.encode { success = false, message = LONG } }
    local of_user, of_product, refused, unknown, script = unpack(command.batch({ { "user", "get" },
      { "products", "get", "a" }, { "sales", "get", "b" },
      { "sales", "list", "--" .. EVIL_WORD .. "=1" }, { "api", "GET", LONG_WORD },
    }, command.to(gum)))
    for _, result in ipairs { of_user, of_product } do
      assert.equal(0, result.code, result.err)
      for line in result.out:gmatch("([^\n]*)\n") do assert.equal(text.safe(line), line) end
    end
    assert.truthy(of_product.out:find("\nprice: 0.01 EVIL\\x1b]0;", 1, true), of_product.out)
    assert.truthy(of_user.out:find("\nevil\\x1b]0;owned\\x07\\r\\ngumroad: forged\\x00", 1, true), of_user.out)
    for _, result in ipairs { refused, unknown, script } do
      local first = result.err:match("^([^\n]*)\n")
      check_line(first)
    end
  end)

  it("is one line when the command reports fields without a column", function()
    gum:fault { kind = "status", status = 200, path = "/v2/sales", body = json.encode {
      success = true, sales = { { id = "a", [LONG] = 1, ["b" .. EVIL] = 2 } } } }
    local result = command.run({ "sales", "list", "--csv" }, command.to(gum))
    check_line(assert(result.err:match("^([^\n]*)\n$"), result.err))
  end)

  it("cannot control the terminal when api prints a response as it is #slow #pty", function()
    local body = '{"success":true,\n "user":{"name":"a\27]0;owned\7\194\155"}}'
    gum:fault { kind = "status", status = 200, path = "/v2/user", body = body, times = 2 }
    assert.equal(body, command.run({ "api", "GET", "user" }, command.to(gum)).out)
    local shown = command.on_terminal({ "api", "GET", "user" }, command.to(gum), 80).out
    assert.equal('{"success":true,\n "user":{"name":"a\\x1b]0;owned\\x07\\u{9b}"}}\n', shown)
  end)

  it("is one line of login, doctor and listen #slow", function()
    local home, remove = support.folder()
    finally(function()
      background.stop()
      remove()
    end)
    local user = json.encode { success = true, user = { name = LONG, user_id = EVIL } }
    local variables = command.to(gum, { XDG_CONFIG_HOME = home })
    gum:fault { kind = "status", status = 200, path = "/v2/user", body = user, times = "always" }
    local login = command.shell("printf token | " .. command.line({ "login", "ink", "--with-token" }, variables))
    check_line(login.out:match("^([^\n]*)\n"))
    local doctor = command.run({ "doctor" }, variables)
    local told = doctor.out:match("ok +token: ([^\n]*)\n")
    check_line(told)
    for line in doctor.out:gmatch("([^\n]*)\n") do assert.equal(text.safe(line), line) end

    local process = background.start({ "listen", "--port", "0", "--count", "1" }, variables)
    local url = process:wait_for("listening on (http://[%w.:]+)")
    command.run({ "trigger", "sale", "--to", url, "--set", "product_name=" .. LONG_WORD, "--set",
      "email=" .. LONG_WORD }, variables)
    local heard = process:finish()
    check_line((assert(heard.out:match("^([^\n]*)\n$"), heard.out):gsub("\t", " ")))
  end)
end)
