local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local support = require "support"

local SECRET = "hunter2-T0-B0-secret"

describe("gumroad.http.request", function()
  local gum, hook

  setup(function()
    gum = assert(emulator.start { sales = 0, products = 1 })
    hook = gum.url .. "/services/" .. SECRET
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function sent()
    local requests = support.requests(gum)
    return requests[#requests]
  end

  local function ask(fields)
    fields.url = fields.url or hook
    return gumroad.http.request(fields)
  end

  it("is also what require returns", function()
    assert.equal(require "gumroad.http", gumroad.http)
  end)

  it("returns the response, whatever its status", function()
    for _, status in ipairs { 200, 204, 302, 404, 429, 500 } do
      gum:fault { kind = "status", status = status, body = "words", headers = { ["X-Seen"] = "yes" } }
      local response = assert(ask {})
      assert.same({ status, status == 204 and "" or "words", "yes" },
        { response.status, response.body, response.headers["x-seen"] })
      assert.is_number(response.seconds)
    end
    assert.equal(6, #support.requests(gum))
  end)

  it("returns a redirect as a response and does not follow it", function()
    gum:fault { kind = "redirect", location = gum.url .. "/elsewhere" }
    local response = assert(ask {})
    assert.same({ 302, gum.url .. "/elsewhere" }, { response.status, response.headers.location })
    assert.equal(1, #support.requests(gum))
  end)

  it("sends JSON, a form or a text with its content type", function()
    for _, row in ipairs {
      { { json = { text = "A sale" } }, "application/json", '{"text":"A sale"}' },
      { { json = "word" }, "application/json", '"word"' },
      { { form = { a = "1 2", b = { "x", "y" } } }, "application/x-www-form-urlencoded",
        "a=1%202&b%5B%5D=x&b%5B%5D=y" },
      { { body = "<p/>", headers = { ["content-type"] = "text/xml" } }, "text/xml", "<p/>" },
      { { json = { 1 }, headers = { ["Content-Type"] = "application/cloudevents+json" } },
        "application/cloudevents+json", "[1]" },
    } do
      assert(ask(row[1]))
      local request = sent()
      assert.same({ "POST", row[2], row[3] }, { request.method, request.headers["content-type"], request.body })
    end
  end)

  it("uses GET by default, or the given method", function()
    assert(ask { query = { q = "a b", list = { 1 } } })
    assert.same({ "GET", "q=a%20b&list%5B%5D=1" }, { sent().method,
      (sent().query:gsub("^(list%%5B%%5D=1)&(q=a%%20b)$", "%2&%1")) })
    assert(ask { url = hook .. "?a=1", query = { b = 2 }, method = "delete" })
    assert.same({ "DELETE", "a=1&b=2" }, { sent().method, sent().query })
    assert(ask { method = "put", form = { a = 1 } })
    assert.equal("PUT", sent().method)
  end)

  it("never sends Gumroad's token, and sends what the caller sets", function()
    support.with_environment({ GUMROAD_ACCESS_TOKEN = gum.access_token }, function() assert(ask { json = {} }) end)
    assert.is_nil(sent().headers.authorization)
    assert.matches("^gumroad%-lua/", sent().headers["user-agent"])
    assert(ask { headers = { Authorization = "Bot abc", ["user-agent"] = "mine" } })
    assert.same({ "Bot", "mine" }, { sent().headers.authorization, sent().headers["user-agent"] })
  end)

  it("makes one attempt", function()
    for _, fault in ipairs { { kind = "status", status = 503 }, { kind = "reset" } } do
      gum:reset_stats()
      gum:fault(fault)
      ask {}
      assert.equal(1, #support.requests(gum))
    end
  end)

  it("respects its limits", function()
    gum:fault { kind = "stall" }
    local _, err = ask { timeout = 0.1, json = {} }
    assert.same({ "timeout", true, false }, { err.kind, err.sent, err.retryable })
    gum:fault { kind = "huge", bytes = 5000 }
    _, err = ask { max_size = 4000 }
    assert.equal("too_large", err.kind)
    gum:fault { kind = "gzip_bomb" }
    _, err = ask {}
    assert.equal("too_large", err.kind)
  end)

  it("names only the host in its errors", function()
    local nobody = ("http://user:%s@127.0.0.1:%d/services/%s?key=%s"):format(SECRET, support.free_port(), SECRET,
      SECRET)
    local errors = {}
    errors[1] = select(2, ask { url = nobody })
    gum:fault { kind = "reset" }
    errors[2] = select(2, ask { json = { text = SECRET } })
    errors[3] = select(2, ask { url = "ftp://example.com/" .. SECRET })
    errors[4] = select(2, ask { url = "https://example.com/" .. SECRET .. " x" })
    errors[5] = select(2, ask { url = SECRET })
    errors[6] = select(2, ask { method = "BREW" })
    for i, kind in ipairs { "network", "network", "config", "config", "config", "config" } do
      assert.equal(kind, errors[i].kind)
      assert.is_false(support.holds(errors[i], SECRET), tostring(errors[i]))
    end
    assert.matches("^network: .* %[GET 127%.0%.0%.1:%d+%]$", tostring(errors[1]))
    assert.same({ "POST", "127.0.0.1:" .. gum.port, true, 1 },
      { errors[2].method, errors[2].host, errors[2].sent, errors[2].attempts })
    assert.matches("the URL must begin with https:// or http:// %[GET example%.com%]", tostring(errors[3]))
  end)

  it("reports that no certificate bundle can be read", function()
    local tls = require "gumroad.client.tls"
    local found = tls.found
    tls.found = nil
    finally(function() tls.found = found end)
    support.with_environment({ GUMROAD_CA_BUNDLE = "/none/such.pem" }, function()
      local _, err = ask { url = "https://127.0.0.1/" .. SECRET }
      assert.same({ "tls", false }, { err.kind, err.sent })
      assert.matches("GUMROAD_CA_BUNDLE names /none/such.pem", err.message)
    end)
  end)

  describe("without a chosen certificate bundle", function()
    local tls = require "gumroad.client.tls"

    -- Finds the bundle on a system that has only one file, or none.
    local function find_on_system(only, own)
      local found, curl, open, result = tls.found, core.curl, io.open, nil
      tls.found = nil
      core.curl = function() return { ca_file = own } end
      io.open = function(path)  -- luacheck: ignore
        if path == only then return { close = function() end } end
        return nil, path .. ": No such file or directory", 2
      end
      support.with_environment({}, function() result = { pcall(tls.ca_file_for, "https://example.com") } end)
      tls.found, core.curl, io.open = found, curl, open  -- luacheck: ignore
      return (table.unpack or unpack)(result, 2, 4)
    end

    it("takes libcurl's own", function()
      assert.equal("/own.pem", (find_on_system("/own.pem", "/own.pem")))
    end)

    it("looks where other systems have it if libcurl's own is missing", function()
      for _, path in ipairs { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem" } do
        assert.equal(path, (find_on_system(path, "/own.pem")))
        assert.equal(path, (find_on_system(path, nil)))
      end
    end)

    it("fails without one, and says what to install", function()
      local path, message, kind = find_on_system(nil, "/own.pem")
      assert.same({ "nil", "tls" }, { tostring(path), kind })
      assert.matches("install the package ca%-certificates, or set GUMROAD_CA_BUNDLE", message)
    end)
  end)

  it("waits concurrently with calls of the API", function()
    local shop = support.shop(gum)
    local before = gum:stats().in_flight
    gum:fault { kind = "delay", seconds = 0.2, times = 3 }
    local values = gumroad.all {
      function() return ask {}.status end, function() return shop.user:get().name end,
      function() return ask { json = {} }.status end,
    }
    assert.same({ 404, "Ana Petrova", 404 }, values)
    assert.equal(before + 3, gum:stats().max_in_flight)
  end)

  it("waits with a scheduler's sleep", function()
    local slept = 0
    gum:fault { kind = "delay", seconds = 0.05 }
    assert(ask { sleep = function(seconds)
      slept = slept + 1
      core.engine():step(seconds)
    end })
    assert.is_true(slept > 0)
  end)

  it("raises mistakes at the caller's line", function()
    for want, fields in pairs {
      ["http.request: url is missing, such as"] = {},
      ["http.request: unknown field 'uri'"] = { url = hook, uri = "x" },
      ["http.request: json and form are both given"] = { url = hook, json = {}, form = {} },
      ["http.request: form and body are both given"] = { url = hook, body = "x", form = {} },
      ["http.request: body: a text needs a Content-Type among the headers"] = { url = hook, body = "x" },
      ["http.request: body: string expected, got table"] = { url = hook, body = {} },
      ["http.request: json: "] = { url = hook, json = { print } },
      ["http.request: form: "] = { url = hook, form = { a = print } },
      ["http.request: query: "] = { url = hook, query = { a = print } },
      ["http.request: timeout: a positive number expected"] = { url = hook, timeout = 0 },
      ["headers: a header's name must be a string"] = { url = hook, headers = { "x" } },
    } do
      local ok, raised = pcall(gumroad.http.request, fields)
      assert.is_false(ok)
      assert.truthy(raised:find(want, 1, true), raised)
      assert.matches("^spec/http_spec%.lua:%d+: ", raised)
    end
  end)
end)

describe("gumroad.http.start", function()
  it("sends at once and returns the response later", function()
    local gum = assert(emulator.start { sales = 0, products = 1 })
    finally(function() gum:stop() end)
    local first = assert(gumroad.http.start { url = gum.url .. "/a" })
    local second = assert(gumroad.http.start { url = gum.url .. "/b", json = {} })
    gum:fault { kind = "stall", path = "/c" }
    local third = assert(gumroad.http.start { url = gum.url .. "/c" })
    while not (first:done() and second:done()) do core.engine():step(1) end
    assert.same({ 404, 404 }, { first:result().status, second:result().status })
    assert.is_false(third:done())
    third:close()
    local _, err = third:result()
    assert.equal("cancelled", err.kind)
    local none, wrong = gumroad.http.start { url = "gopher://x" }
    assert.is_nil(none)
    assert.equal("config", wrong.kind)
  end)
end)
