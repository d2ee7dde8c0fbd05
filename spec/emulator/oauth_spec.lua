-- What the emulator sends to clients and users, byte by byte where Gumroad's responses are known.
local browser = require "browser"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local pkce = require "gumroad.oauth.pkce"
local support = require "support"

local CLIENT, REDIRECT = "emulated-application", "http://127.0.0.1/callback"
local WEB_CLIENT, WEB_SECRET = "emulated-web-application", "emulated-client-secret"
local DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
local VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

-- A recorded response as it is on the wire.
local function recorded(name)
  return (support.fixture(name .. ".json"):gsub("\n *", ""):gsub('": ', '":'))
end

-- The same without the parts that differ each time.
local function shape(json)
  return (json:gsub(':"[^"]*"', ':""'):gsub(":%d+", ":0"))
end

describe("The emulator's OAuth", function()
  local gum
  setup(function() gum = assert(emulator.start { sales = 0, products = 1 }) end)
  teardown(function() gum:stop() end)

  local function send(method, path, form, headers)
    headers = headers or {}
    if form then headers["Content-Type"] = "application/x-www-form-urlencoded" end
    local transfer = assert(core.engine():send { method = method, base_url = gum.url, path = path, headers = headers,
      body = form and core.form_encode(form) })
    while not transfer:done() do core.engine():step(1) end
    return assert(transfer:result())
  end

  local function post(path, form, headers)
    return send("POST", path, form, headers)
  end

  local function page(fields)
    local all = { client_id = CLIENT, redirect_uri = REDIRECT, response_type = "code",
      scope = "view_profile view_sales" }
    for name, value in pairs(fields or {}) do all[name] = value ~= false and value or nil end
    return gum.url .. "/oauth/authorize?" .. core.form_encode(all)
  end

  local function code_of(fields)
    return core.form_decode(browser.query(browser.decide(page(fields), "authorize"))).code
  end

  local function exchange(fields, headers)
    local form = { grant_type = "authorization_code", client_id = CLIENT, redirect_uri = REDIRECT }
    for name, value in pairs(fields) do form[name] = value ~= false and value or nil end
    return post("/oauth/token", form, headers)
  end

  local function field(response, name)
    return response.body:match('"' .. name .. '":"(.-)"')
  end

  local function check(status, fixture, response)
    assert.equal(status, response.status)
    assert.equal(recorded(fixture), response.body)
  end

  describe("asks the user", function()
    it("with a page that names the application and the scopes", function()
      local response = browser.get(page())
      assert.equal(200, response.status)
      for _, text in ipairs { "Authorize Emulated application", "<li>view_profile</li><li>view_sales</li>" } do
        assert.truthy(response.body:find(text, 1, true), text)
      end
    end)

    it("and redirects with a code and the state", function()
      local location = browser.decide(page { state = "s & t" }, "authorize")
      local query = core.form_decode(browser.query(location))
      assert.equal(REDIRECT .. "?", location:match("^[^?]*%?"))
      assert.equal("s & t", query.state)
      assert.equal(43, #query.code)
    end)

    it("and redirects with a denial", function()
      local location = browser.decide(page { state = "s" }, "deny")
      assert.same({ error = "access_denied", state = "s", error_description =
        "The resource owner or authorization server denied the request." },
        core.form_decode(browser.query(location)))
    end)

    it("and escapes foreign text in its HTML", function()
      local body = browser.get(page { state = '"><script>' }).body
      assert.truthy(body:find("&quot;&gt;&lt;script&gt;", 1, true))
      assert.is_nil(body:find("<script>", 1, true))
    end)

    for what, fields in pairs {
      ["an unknown client"] = { client_id = "nobody" }, ["no client"] = { client_id = false },
      ["another redirect URI"] = { redirect_uri = "http://127.0.0.1/other" },
      ["another host"] = { redirect_uri = "http://example.com/callback" },
      ["a loopback name in place of the address"] = { redirect_uri = "http://localhost/callback" },
      ["an invalid port"] = { redirect_uri = "http://127.0.0.1:x/callback" },
      ["no redirect URI"] = { redirect_uri = false }, ["an unknown scope"] = { scope = "view_profile everything" },
      ["an internal scope"] = { scope = "mobile_api" }, ["a legacy scope"] = { scope = "refund_sales" },
      ["another response type"] = { response_type = "token" },
      ["a plain challenge"] = { code_challenge = VERIFIER, code_challenge_method = "plain" },
    } do
      it("but not for " .. what .. ", which does not redirect", function()
        local response = browser.get(page(fields))
        assert.is_true(response.status == 400 or response.status == 401)
        assert.is_nil(response.headers.location)
        assert.truthy(response.headers["content-type"]:find("text/html", 1, true))
        local form = core.form_decode(browser.query(page(fields)))
        form.decision = "authorize"
        response = post("/oauth/authorize", form)
        assert.is_true(response.status == 400 or response.status == 401)
        assert.is_nil(response.headers.location)
      end)
    end

    it("with any port if the registered URI is on loopback", function()
      local location = browser.decide(page { redirect_uri = "http://127.0.0.1:51234/callback" }, "authorize")
      assert.equal("http://127.0.0.1:51234/callback?", location:match("^[^?]*%?"))
    end)

    it("for view_public and a code by default", function()
      local response = exchange { code = code_of { scope = false, response_type = false }, grant_type = false }
      assert.equal("view_public", field(response, "scope"))
    end)
  end)

  describe("exchanges a code", function()
    it("for tokens as Gumroad writes them", function()
      local response = exchange { code = code_of() }
      assert.equal(200, response.status)
      assert.equal(shape(recorded "oauth/token_authorization_code"), shape(response.body))
      assert.equal("no-store, no-cache", response.headers["cache-control"])
    end)

    it("with a challenge only for the verifier", function()
      local challenge = { code_challenge = pkce.challenge(VERIFIER), code_challenge_method = "S256" }
      local code = code_of(challenge)
      assert.equal("invalid_request", field(exchange { code = code }, "error"))
      check(400, "errors/oauth_400_invalid_grant", exchange { code = code, code_verifier = VERIFIER .. "x" })
      assert.equal(200, exchange({ code = code, code_verifier = VERIFIER }).status)
    end)

    it("once, for its client and redirect URI, and within 10 minutes", function()
      local code = code_of()
      check(400, "errors/oauth_400_invalid_grant", exchange { code = code, redirect_uri = REDIRECT .. "/" })
      check(400, "errors/oauth_400_invalid_grant", exchange { code = code, client_id = WEB_CLIENT,
        client_secret = WEB_SECRET })
      check(400, "errors/oauth_400_invalid_grant", exchange { code = "unknown" })
      assert.equal(200, exchange({ code = code }).status)
      check(400, "errors/oauth_400_invalid_grant", exchange { code = code })
      code = code_of()
      gum:advance(600)
      check(400, "errors/oauth_400_invalid_grant", exchange { code = code })
    end)

    it("for a client that authenticates in the form or with HTTP Basic", function()
      local function basic(text) return { Authorization = "Basic " .. support.output("printf %s "
        .. support.quote(text) .. " | base64 -w 0") } end
      local web = { client_id = WEB_CLIENT, client_secret = WEB_SECRET }
      web.code = code_of(web)
      check(401, "errors/oauth_401_invalid_client", exchange { code = web.code, client_id = WEB_CLIENT })
      check(401, "errors/oauth_401_invalid_client", exchange { code = web.code, client_id = "nobody" })
      check(401, "errors/oauth_401_invalid_client", exchange({ code = web.code, client_id = false },
        basic(WEB_CLIENT .. ":wrong")))
      assert.equal(200, exchange({ code = web.code, client_id = false },
        basic(WEB_CLIENT .. ":" .. WEB_SECRET)).status)
      web.code = code_of(web)
      assert.equal(200, exchange(web).status)
    end)

    it("but not without a code or with another grant type", function()
      assert.equal("invalid_request", field(exchange {}, "error"))
      local response = exchange { grant_type = "password" }
      assert.same({ 400, "unsupported_grant_type" }, { response.status, field(response, "error") })
    end)
  end)

  it("refreshes tokens as Gumroad does", function()
    local old = exchange { code = code_of() }
    local form = { grant_type = "refresh_token", refresh_token = field(old, "refresh_token"), client_id = CLIENT }
    local response = post("/oauth/token", form)
    assert.equal(shape(recorded "oauth/token_refresh"), shape(response.body))
    check(400, "errors/oauth_400_invalid_grant", post("/oauth/token", form))
    local refused = send("GET", "/v2/user", nil, { Authorization = "Bearer " .. field(old, "access_token") })
    assert.equal(401, refused.status)
    assert.truthy(refused.headers["www-authenticate"]:find("was revoked", 1, true))
  end)

  it("revokes tokens and returns information about them", function()
    local token = field(exchange { code = code_of() }, "access_token")
    local function info()
      return send("GET", "/oauth/token/info", nil, { Authorization = "Bearer " .. token })
    end
    assert.equal(shape(recorded "oauth/token_info"), shape(info().body))
    local introspected = post("/oauth/introspect", { token = token, client_id = CLIENT })
    assert.truthy(introspected.body:find('^{"active":true,"scope":"view_profile view_sales"'))
    check(200, "oauth/revoke", post("/oauth/revoke", { token = token, client_id = CLIENT }))
    assert.equal(401, info().status)
    assert.equal('{"active":false}', post("/oauth/introspect", { token = token, client_id = CLIENT }).body)
    check(200, "oauth/revoke", post("/oauth/revoke", { token = "unknown", client_id = CLIENT }))
  end)

  it("does not revoke a confidential application's token for other applications", function()
    local web = { client_id = WEB_CLIENT, client_secret = WEB_SECRET }
    web.code = code_of(web)
    local token = field(exchange(web), "access_token")
    check(403, "errors/oauth_403_revoke_refused", post("/oauth/revoke", { token = token, client_id = CLIENT }))
    check(200, "oauth/revoke", post("/oauth/revoke", { token = token, client_id = WEB_CLIENT,
      client_secret = WEB_SECRET }))
  end)

  describe("connects devices", function()
    local function start()
      return post("/oauth/device/code", { client_id = CLIENT, scope = "view_sales" })
    end
    local function poll(device, client_id)
      return post("/oauth/token", { grant_type = DEVICE_GRANT, client_id = client_id or CLIENT,
        device_code = field(device, "device_code") })
    end

    it("with codes as Gumroad writes them", function()
      local device = start()
      assert.equal(shape(recorded "oauth/device_code"), shape(device.body))
      assert.truthy(device.body:find('"expires_in":600,"interval":5}', 1, true))
      assert.equal(43, #field(device, "device_code"))
    end)

    it("and reports what the user has decided", function()
      local device = start()
      check(400, "errors/oauth_400_authorization_pending", poll(device))
      check(400, "errors/oauth_400_slow_down", poll(device))
      gum:advance(10)
      check(400, "errors/oauth_400_authorization_pending", poll(device))
      assert.is_table(gum:approve(field(device, "user_code")))
      gum:advance(10)
      assert.equal("view_sales", field(poll(device), "scope"))
      gum:advance(10)
      check(400, "errors/oauth_400_expired_token", poll(device))
    end)

    it("but not when the user denies it or revokes the application", function()
      local device = start()
      assert.is_table(gum:deny(field(device, "user_code")))
      check(400, "errors/oauth_400_access_denied", poll(device))
      device = start()
      gum:approve(field(device, "user_code"))
      gum:revoke_application(CLIENT)
      check(400, "errors/oauth_400_access_denied", poll(device))
    end)

    it("but not with codes that are unknown, expired or of another client", function()
      check(400, "errors/oauth_400_expired_token", post("/oauth/token", { grant_type = DEVICE_GRANT,
        client_id = CLIENT, device_code = "unknown" }))
      local device = start()
      assert.equal("expired_token", (post("/oauth/token", { grant_type = DEVICE_GRANT, client_id = WEB_CLIENT,
        client_secret = WEB_SECRET, device_code = field(device, "device_code") }).body:match('"error":"(.-)"')))
      check(401, "errors/oauth_401_invalid_client", poll(device, "nobody"))
      gum:advance(600)
      check(400, "errors/oauth_400_expired_token", poll(device))
      assert.is_nil(gum:approve(field(device, "user_code")))
      for _, form in ipairs { { grant_type = DEVICE_GRANT, client_id = CLIENT },
        { grant_type = DEVICE_GRANT, device_code = "x" } } do
        assert.equal("invalid_request", field(post("/oauth/token", form), "error"))
      end
    end)
  end)

  it("lets the user revoke an application with its tokens and subscriptions", function()
    local token = field(exchange { code = code_of() }, "access_token")
    local function api(method, path, form, access_token)
      return send(method, path, form, { Authorization = "Bearer " .. access_token })
    end
    local hook = { resource_name = "sale", post_url = "http://127.0.0.1:1/hook" }
    assert.equal(200, api("PUT", "/v2/resource_subscriptions", hook, token).status)
    local function count()
      local body = api("GET", "/v2/resource_subscriptions?resource_name=sale", nil, gum.access_token).body
      return select(2, body:gsub('"post_url"', ""))
    end
    assert.equal(1, count())
    assert.is_table(gum:revoke_application(CLIENT))
    assert.equal(401, api("GET", "/v2/user", nil, token).status)
    assert.equal(200, api("GET", "/v2/user", nil, gum.access_token).status)
    assert.equal(0, count())
    assert.is_nil(gum:revoke_application "nobody")
  end)

  it("has the applications that it was started with", function()
    local own = assert(emulator.start { sales = 0, products = 1, applications = {
      { client_id = "mine", name = "Mine & yours", redirect_uris = { "https://app.example.com/cb?a=1" } },
    } })
    local url = own.url .. "/oauth/authorize?client_id=mine&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Fa%3D1"
    local shown, location = browser.get(url).body, browser.decide(url, "authorize")
    own:stop()
    assert.truthy(shown:find("Authorize Mine &amp; yours", 1, true))
    assert.equal("https://app.example.com/cb?a=1&code=", location:match("^.*code="))
  end)

  it("does not respond to other paths and methods", function()
    assert.equal(404, send("GET", "/oauth/token").status)
    assert.equal(404, send("GET", "/oauth/applications").status)
  end)
end)
