local browser = require "browser"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local Error = require "gumroad.base.error"
local oauth = require "gumroad.oauth"
local pkce = require "gumroad.oauth.pkce"
local support = require "support"

local CLIENT, WEB_CLIENT, WEB_SECRET = "emulated-application", "emulated-web-application", "emulated-client-secret"
local REDIRECT = "http://127.0.0.1:4567/callback"
local WEB_REDIRECT = "https://shop.example.com/gumroad/callback"

describe("OAuth", function()
  local gum
  setup(function() gum = assert(emulator.start { sales = 0, products = 1, time_scale = 0.01 }) end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  -- Options, in addition to those of the public application.
  local function with(options)
    local all = { client_id = CLIENT, base_url = gum.url }
    for name, value in pairs(options or {}) do all[name] = value end
    return all
  end

  local function web(options)
    options = with(options)
    options.client_id, options.client_secret = WEB_CLIENT, options.client_secret or WEB_SECRET
    return options
  end

  -- A user's decision for the public application -> pending, the callback's query
  local function asked(decision, options)
    local all = with { redirect_uri = REDIRECT, scopes = { "view_profile", "view_sales" } }
    for name, value in pairs(options or {}) do all[name] = value end
    local url, pending = oauth.authorize_url(all)
    return pending, browser.query(browser.decide(url, decision or "authorize"))
  end

  local function tokens_of(options)
    local pending, query = asked("authorize", options)
    return assert(oauth.exchange(with { pending = pending, query = query }))
  end

  -- Checks nil, error: the kind of error, and that it contains none of these texts.
  local function check_error(code, kind, secrets, ok, err)
    assert.is_nil(ok)
    assert.is_true(Error.is(err))
    assert.same({ code, kind }, { err.code, err.kind })
    for _, secret in ipairs(secrets) do assert.is_false(support.holds(err, secret), secret) end
    return err
  end

  describe("authorize_url", function()
    it("returns a URL of Gumroad's website, not of its API", function()
      local url = support.with_environment({}, function()
        return (oauth.authorize_url { client_id = CLIENT, redirect_uri = REDIRECT })
      end)
      assert.equal("https://gumroad.com/oauth/authorize?", url:match("^[^?]*%?"))
    end)

    it("returns a URL with the scopes, a state and the digest of a verifier", function()
      local url, pending = oauth.authorize_url(with { redirect_uri = REDIRECT, scopes = "view_sales view_profile" })
      assert.same({ client_id = CLIENT, redirect_uri = REDIRECT, response_type = "code", state = pending.state,
        scope = "view_sales view_profile", code_challenge = pkce.challenge(pending.code_verifier),
        code_challenge_method = "S256" }, core.form_decode(browser.query(url)))
      assert.equal(gum.url .. "/oauth/authorize?", url:match("^[^?]*%?"))
      assert.is_nil(url:find(pending.code_verifier, 1, true))
      assert.equal(REDIRECT, pending.redirect_uri)
    end)

    it("creates new secrets each time", function()
      local _, one = oauth.authorize_url(with { redirect_uri = REDIRECT })
      local _, other = oauth.authorize_url(with { redirect_uri = REDIRECT })
      assert.not_equal(one.state, other.state)
      assert.not_equal(one.code_verifier, other.code_verifier)
      assert.not_equal(one.state, one.code_verifier)
      assert.equal(43, #one.code_verifier)
    end)

    it("accepts a state and a verifier", function()
      local verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
      local url, pending = oauth.authorize_url(with { redirect_uri = REDIRECT, state = "s", code_verifier = verifier })
      assert.same({ "s", verifier }, { pending.state, pending.code_verifier })
      assert.truthy(url:find("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", 1, true))
    end)

    it("raises errors for unknown options, missing options and invalid verifiers", function()
      local function raised(options) return support.raised(oauth.authorize_url, options) end
      assert.equal("oauth.authorize_url: unknown option 'scope' (did you mean 'scopes'?)",
        raised(with { redirect_uri = REDIRECT, scope = "view_sales" }))
      assert.equal("oauth.authorize_url: redirect_uri is missing", raised(with()))
      assert.equal("oauth.authorize_url: client_id: string expected, got number", raised { client_id = 1 })
      assert.truthy(raised(with { redirect_uri = REDIRECT, code_verifier = "short" }):find("43 to 128", 1, true))
      assert.equal("oauth.authorize_url: table expected, got nil", raised())
    end)
  end)

  describe("exchange", function()
    it("returns tokens that act for the shop", function()
      local tokens = tokens_of()
      assert.equal("view_profile view_sales", tokens.scope)
      assert.equal("Bearer", tokens.token_type)
      assert.is_number(tokens.created_at)
      assert.is_string(tokens.refresh_token)
      local shop = gumroad.new { base_url = gum.url, access_token = tokens.access_token }
      assert.is_table(shop.user:get())
      local _, err = shop.payouts:list()
      assert.equal("scope", err.kind)
    end)

    it("accepts the query as a string or a table", function()
      local pending, query = asked()
      assert.is_table(oauth.exchange(with { pending = pending, query = "?" .. query }))
      pending, query = asked()
      assert.is_table(oauth.exchange(with { pending = pending, query = core.form_decode(query) }))
    end)

    it("works for a confidential application with its secret", function()
      local url, pending = oauth.authorize_url { client_id = WEB_CLIENT, base_url = gum.url,
        redirect_uri = WEB_REDIRECT }
      local location = browser.decide(url, "authorize")
      assert.equal(WEB_REDIRECT, location:match("^[^?]*"))
      local options = web { pending = pending, query = browser.query(location), client_secret = "wrong-secret" }
      local err = check_error("invalid_client", "auth", { "wrong-secret" }, oauth.exchange(options))
      assert.equal(401, err.status)
      assert.truthy(err.message:find("client_secret", 1, true))
      assert.is_nil(err.message:find("GUMROAD_ACCESS_TOKEN", 1, true))
      options.client_secret = WEB_SECRET
      assert.equal("view_public", assert(oauth.exchange(options)).scope)
    end)

    it("says that the user did not agree", function()
      local pending, query = asked "deny"
      local err = check_error("access_denied", "auth", { pending.state }, oauth.exchange(with { pending = pending,
        query = query }))
      assert.equal("the user did not agree", err.message)
      assert.equal(2, #support.requests(gum))  -- page and decision, but no other request
    end)

    it("refuses a callback of another session, before any request", function()
      local pending, query = asked()
      local other = { state = pkce.random(), code_verifier = pending.code_verifier, redirect_uri = REDIRECT }
      gum:reset_stats()
      check_error(nil, "auth", { pending.state, other.state }, oauth.exchange(with { pending = other, query = query }))
      check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = query:gsub("state", "stat") }))
      check_error(nil, "auth", {}, oauth.exchange(with { pending = pending,
        query = query:gsub("state=[^&]*", "state=") }))
      check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = query .. "&state=more" }))
      check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = { code = "c", state = { "s" } } }))
      assert.equal(0, #support.requests(gum))
    end)

    it("refuses a denial of another session too", function()
      local pending = asked "deny"
      check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = "error=access_denied&state=no" }))
    end)

    it("says that the session has started nothing", function()
      local _, query = asked()
      for _, pending in ipairs { {}, { state = "", code_verifier = "v", redirect_uri = "r" }, "text" } do
        check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = query }))
      end
      local err = check_error(nil, "auth", {}, oauth.exchange(with { query = query }))
      assert.truthy(err.message:find("this session has no pending authorization", 1, true))
    end)

    it("refuses an empty state, even if the callback has the same", function()
      local pending, query = asked()
      pending.state = ""
      gum:reset_stats()
      for _, callback in ipairs { "code=c&state=", "code=c", query, { code = "c", state = "" }, { code = "c" } } do
        local err = check_error(nil, "auth", {}, oauth.exchange(with { pending = pending, query = callback }))
        assert.truthy(err.message:find("this session has no pending authorization", 1, true))
      end
      assert.equal(0, #support.requests(gum))
    end)

    it("says that the code is missing", function()
      local pending = asked()
      for _, query in ipairs { "state=" .. pending.state, "code=&state=" .. pending.state } do
        check_error(nil, "invalid", {}, oauth.exchange(with { pending = pending, query = query }))
      end
    end)

    it("fails with another verifier", function()
      local pending, query = asked()
      pending.code_verifier = pkce.random()
      check_error("invalid_grant", "auth", { pending.code_verifier, core.form_decode(query).code },
        oauth.exchange(with { pending = pending, query = query }))
    end)

    it("fails with another redirect URI", function()
      local pending, query = asked()
      pending.redirect_uri = "http://127.0.0.1:4568/callback"
      check_error("invalid_grant", "auth", {}, oauth.exchange(with { pending = pending, query = query }))
    end)

    it("fails for another application", function()
      local pending, query = asked()
      check_error("invalid_grant", "auth", { WEB_SECRET }, oauth.exchange(web { pending = pending, query = query }))
    end)

    it("works only once", function()
      local pending, query = asked()
      assert.is_table(oauth.exchange(with { pending = pending, query = query }))
      local err = check_error("invalid_grant", "auth", {}, oauth.exchange(with { pending = pending, query = query }))
      assert.truthy(err.message:find("was used", 1, true))
    end)

    it("fails for a code that is 10 minutes old", function()
      local pending, query = asked()
      gum:advance(599)
      assert.is_table(oauth.exchange(with { pending = pending, query = query }))
      pending, query = asked()
      gum:advance(600)
      check_error("invalid_grant", "auth", {}, oauth.exchange(with { pending = pending, query = query }))
    end)

    it("is sent only once, whatever goes wrong", function()
      local pending, query = asked()
      gum:fault { kind = "reset_body", path = "/oauth/token" }
      gum:reset_stats()
      local _, err = oauth.exchange(with { pending = pending, query = query })
      assert.same({ "outcome_unknown", "network", false, 1 },
        { err.kind, err.cause, err.retryable, #support.requests(gum) })
      assert.truthy(err.message:find("let the user authorize again", 1, true))
      for _, secret in ipairs { pending.code_verifier, core.form_decode(query).code } do
        assert.is_false(support.holds(err, secret))
      end
    end)

    it("shows the response of a server that does not speak OAuth", function()
      for _, fault in ipairs { { kind = "html" }, { kind = "status", status = 200, body = "{}" } } do
        local pending, query = asked()
        fault.path = "/oauth/token"
        gum:fault(fault)
        local _, err = oauth.exchange(with { pending = pending, query = query })
        assert.same({ "outcome_unknown", "decode" }, { err.kind, err.cause })
      end
    end)

    it("reduces odd error codes of a server to letters", function()
      local pending = asked()
      local err = check_error("unknown", "auth", {}, oauth.exchange(with { pending = pending,
        query = { state = pending.state, error = "<b>\n" } }))
      assert.equal("Gumroad refused to authorize: unknown", err.message)
    end)
  end)

  describe("for devices", function()
    local function start(options) return assert(oauth.device(with(options))) end

    it("returns a code and the URL where it is typed", function()
      local device = start { scopes = { "view_sales" } }
      assert.truthy(device.user_code:find("^GRD%-%w%w%w%w%-%w%w%w%w$"))
      assert.equal(gum.url .. "/oauth/device", device.verification_uri)
      assert.equal(device.verification_uri .. "?user_code=" .. device.user_code, device.verification_uri_complete)
      assert.equal(600, device.expires_in)
    end)

    it("returns tokens once the user has agreed on the page", function()
      local device = start { scopes = { "view_sales" } }
      assert.truthy(browser.get(device.verification_uri).body:find('name="user_code"', 1, true))
      local page = browser.get(device.verification_uri_complete)
      assert.truthy(page.body:find("Emulated application", 1, true))
      assert.truthy(page.body:find("view_sales", 1, true))
      assert.equal(200, browser.press(gum.url, page, "authorize").status)
      local tokens = assert(oauth.wait(with { device = device }))
      assert.equal("view_sales", tokens.scope)
      assert.is_table(gumroad.new { base_url = gum.url, access_token = tokens.access_token }.sales:list())
    end)

    it("accepts the code in lower case and without dashes", function()
      local device = start()
      local page = browser.get(device.verification_uri .. "?user_code=" .. device.user_code:lower():gsub("-", ""))
      assert.equal(200, page.status)
      browser.press(gum.url, page, "authorize")
      assert.is_table(oauth.wait(with { device = device }))
    end)

    it("shows the page again if the code is wrong", function()
      assert.equal(422, browser.get(gum.url .. "/oauth/device?user_code=GRD-XXXX-XXXX").status)
    end)

    it("waits while the user thinks", function()
      local device = start()
      local function polls()
        local count = 0
        for _, request in ipairs(support.requests(gum)) do
          if request.path == "/oauth/token" then count = count + 1 end
        end
        return count
      end
      local tokens = assert(oauth.wait(with { device = device, sleep = function(seconds)
        core.engine():step(seconds)
        if polls() == 3 then gum:approve(device.user_code) end
      end }))
      assert.is_string(tokens.access_token)
      assert.equal(4, polls())
    end)

    it("sends nothing before the interval has passed", function()
      local device, slept = start(), 0
      device.interval = 3600
      gum:approve(device.user_code)
      gum:reset_stats()
      local raised = support.raised(oauth.wait, with { device = device, sleep = function(seconds)
        core.engine():step(seconds)
        slept = slept + 1
        if slept == 20 then error("enough", 0) end
      end })
      assert.truthy(tostring(raised):find("enough", 1, true))
      assert.equal(0, #support.requests(gum))
    end)

    it("says when it was polled too early and how long to wait", function()
      gum:stop()
      gum = assert(emulator.start { sales = 0, products = 1 })
      local device = start()
      local secrets = { device.device_code }
      local err = check_error("authorization_pending", "auth", secrets, oauth.poll(with { device = device }))
      assert.is_true(err.retryable)
      err = check_error("slow_down", "auth", secrets, oauth.poll(with { device = device }))
      assert.same({ 10, true }, { err.retry_after, err.retryable })
      gum:advance(10)
      check_error("authorization_pending", "auth", secrets, oauth.poll(with { device = device }))
      gum:stop()
      gum = assert(emulator.start { sales = 0, products = 1, time_scale = 0.01 })
    end)

    it("waits as long as it is told to, from then on", function()
      local device = start()
      oauth.poll(with { device = device })
      check_error("slow_down", "auth", {}, oauth.poll(with { device = device }))
      gum:approve(device.user_code)
      device.expires_in = 5  -- the server refuses forever unless the client waits longer
      assert.is_table(oauth.wait(with { device = device }))
    end)

    it("says that the server gave no code", function()
      gum:fault { kind = "status", status = 200, body = '{"device_code":5}', path = "/oauth/device/code" }
      local device, err = oauth.device(with {})
      assert.is_nil(device)
      assert.equal("decode: the response has no device_code", tostring(err))
    end)

    for _, fault in ipairs { { kind = "status", status = 429 }, { kind = "status", status = 502 }, { kind = "reset" },
      { kind = "stall" } } do
      it(("continues if there was no response (%s %s)"):format(fault.kind, fault.status or ""), function()
        local device = start()
        gum:approve(device.user_code)
        fault.path, fault.times = "/oauth/token", 4
        gum:fault(fault)
        gum:reset_stats()
        assert.is_table(oauth.wait(with { device = device, timeout = 0.2 }))
        assert.equal(5, #support.requests(gum))
      end)
    end

    it("says that the code is used up if the response with the tokens was lost", function()
      local device = start()
      gum:approve(device.user_code)
      gum:fault { kind = "reset_body", path = "/oauth/token" }
      check_error("expired_token", "auth", { device.device_code }, oauth.wait(with { device = device }))
    end)

    it("ends when the user denies it", function()
      local device = start()
      browser.press(gum.url, browser.get(device.verification_uri_complete), "deny")
      check_error("access_denied", "auth", { device.device_code }, oauth.wait(with { device = device }))
    end)

    it("ends when the code has expired, by the server's clock or by the local one", function()
      local device = start()
      gum:advance(600)
      check_error("expired_token", "auth", { device.device_code }, oauth.wait(with { device = device }))
      device = start()
      device.expires_in = 0
      check_error("expired_token", "auth", { device.device_code }, oauth.wait(with { device = device }))
    end)

    it("ends when the code was used", function()
      local device = start()
      gum:approve(device.user_code)
      assert.is_table(oauth.wait(with { device = device }))
      check_error("expired_token", "auth", {}, oauth.wait(with { device = device }))
    end)

    it("raises an error for an invalid device", function()
      for _, name in ipairs { "poll", "wait" } do
        assert.equal(("oauth.%s: device: the table from oauth.device expected"):format(name),
          support.raised(oauth[name], with { device = {} }))
        assert.equal(("oauth.%s: device is missing"):format(name), support.raised(oauth[name], with()))
      end
    end)

    it("needs an application that allows it", function()
      local err = check_error("unauthorized_client", "auth", { WEB_SECRET }, oauth.device(web()))
      assert.truthy(err.message:find("enabled", 1, true))
      check_error("invalid_client", "auth", {}, oauth.device(with { client_id = "nobody" }))
      check_error("invalid_scope", "invalid", {}, oauth.device(with { scopes = "everything" }))
    end)
  end)

  describe("refresh", function()
    it("returns new tokens and revokes both old ones", function()
      local old = tokens_of()
      local new = assert(oauth.refresh(with { refresh_token = old.refresh_token }))
      assert.equal(old.scope, new.scope)
      assert.is_table(oauth.info(new.access_token, { base_url = gum.url }))
      check_error("invalid_token", "auth", { old.access_token }, oauth.info(old.access_token, { base_url = gum.url }))
      check_error("invalid_grant", "auth", { old.refresh_token }, oauth.refresh(with {
        refresh_token = old.refresh_token }))
    end)

    it("can request fewer scopes than before, but not more", function()
      local old = tokens_of()
      local new = assert(oauth.refresh(with { refresh_token = old.refresh_token, scopes = { "view_sales" } }))
      assert.equal("view_sales", new.scope)
      check_error("invalid_scope", "invalid", {}, oauth.refresh(with { refresh_token = new.refresh_token,
        scopes = { "view_profile" } }))
    end)

    it("is sent only once, whatever goes wrong", function()
      local old = tokens_of()
      gum:fault { kind = "status", status = 503, path = "/oauth/token" }
      gum:reset_stats()
      local _, err = oauth.refresh(with { refresh_token = old.refresh_token })
      assert.same({ "outcome_unknown", "server", 1 }, { err.kind, err.cause, #support.requests(gum) })
      assert.truthy(err.message:find("and log in again if they no longer work", 1, true))
    end)
  end)

  describe("revoke", function()
    it("revokes a token together with its counterpart", function()
      local tokens = tokens_of()
      assert.is_true(oauth.revoke(with { token = tokens.refresh_token }))
      local _, err = gumroad.new { base_url = gum.url, access_token = tokens.access_token }.user:get()
      assert.equal("auth", err.kind)
      assert.is_true(oauth.revoke(with { token = tokens.access_token }))
      assert.is_true(oauth.revoke(with { token = "unknown" }))
    end)

    it("does not revoke a confidential application's tokens without its secret", function()
      local url, pending = oauth.authorize_url { client_id = WEB_CLIENT, base_url = gum.url,
        redirect_uri = REDIRECT }
      local tokens = assert(oauth.exchange(web { pending = pending,
        query = browser.query(browser.decide(url, "authorize")) }))
      local err = check_error("unauthorized_client", "auth", { tokens.access_token },
        oauth.revoke(with { token = tokens.access_token }))
      assert.equal(403, err.status)
      assert.is_true(oauth.revoke(web { token = tokens.access_token }))
    end)
  end)

  describe("info", function()
    it("returns the owner and the scopes of a token", function()
      local tokens = tokens_of()
      local info = assert(oauth.info(tokens.access_token, { base_url = gum.url }))
      assert.same({ "view_profile", "view_sales" }, info.scope)
      assert.equal(CLIENT, info.application.uid)
      assert.equal(tokens.created_at, info.created_at)
    end)

    it("says that a token was revoked", function()
      local tokens = tokens_of()
      gum:revoke(tokens.access_token)
      local err = check_error("invalid_token", "auth", { tokens.access_token },
        oauth.info(tokens.access_token, { base_url = gum.url }))
      assert.truthy(err.message:find("revoked", 1, true))
    end)
  end)

  describe("login", function()
    -- Returns what the browser saw at the end and what login returned. `open` acts as the user.
    local function log_in(open, options)
      local all = with { scopes = { "view_sales" }, open = open }
      for name, value in pairs(options or {}) do all[name] = value end
      return oauth.login(all)
    end

    it("returns tokens and shows a page", function()
      local page
      local tokens = assert(log_in(function(url) page = browser.visit(browser.decide(url, "authorize")) end))
      assert.equal("view_sales", tokens.scope)
      page = page()
      assert.equal(200, page.status)
      assert.truthy(page.body:find("<h1>Connected</h1>", 1, true))
      assert.is_false(support.holds(page, tokens.access_token))
      assert.equal("no-referrer", page.headers["referrer-policy"])
    end)

    it("says on the page and to the caller that the user denied access", function()
      local page
      local _, err = log_in(function(url) page = browser.visit(browser.decide(url, "deny")) end)
      assert.equal("access_denied", err.code)
      assert.truthy(page().body:find("You did not agree", 1, true))
    end)

    it("says on the page and to the caller that the exchange failed", function()
      gum:fault { kind = "status", status = 500, path = "/oauth/token" }
      local page
      local _, err = log_in(function(url) page = browser.visit(browser.decide(url, "authorize")) end)
      assert.equal("outcome_unknown", err.kind)
      assert.equal(502, page().status)
    end)

    it("shows what the server says as text, whatever is in it", function()
      gum:fault { kind = "status", status = 400, path = "/oauth/token",
        body = [[{"error":"something_new","error_description":"<b title=\"a\"> & <script>"}]] }
      local page
      log_in(function(url) page = browser.visit(browser.decide(url, "authorize")) end)
      page = page().body
      assert.truthy(page:find("&lt;b title=&quot;a&quot;&gt; &amp; &lt;script&gt;", 1, true), page)
      assert.is_nil(page:find("<script>", 1, true))
    end)

    it("is not ended by other requests or by a callback with a wrong state", function()
      local pages = {}
      local tokens = assert(log_in(function(url)
        local callback = browser.decide(url, "authorize")
        local base = callback:match("^http://[^/]+")
        pages = { browser.visit(base .. "/favicon.ico"), browser.visit(base .. "/callback?code=c&state=wrong"),
          browser.visit(base .. "/callback?error=access_denied"), browser.visit(base .. "/callback") }
        pages[5] = browser.visit(callback, "POST")
        pages[6] = browser.visit(callback)
      end))
      assert.is_table(tokens)
      local statuses = {}
      for i, page in ipairs(pages) do statuses[i] = page().status end
      assert.same({ 404, 400, 400, 400, 404, 200 }, statuses)
    end)

    it("ends when nobody decides", function()
      local err = check_error(nil, "timeout", {}, log_in(function() end, { wait = 0.01 }))
      assert.truthy(err.message:find("nobody authorized", 1, true))
    end)

    it("uses the options of a call for the exchange of the code", function()
      gum:fault { kind = "delay", seconds = 5, path = "/oauth/token" }
      local start = core.now()
      local err = check_error(nil, "outcome_unknown", {}, log_in(function(url)
        browser.visit(browser.decide(url, "authorize"))
      end, { timeout = 0.2 }))
      assert.equal("timeout", err.cause)
      assert.is_true(core.now() - start < 4)
    end)

    it("names itself in errors about options, before it opens a port", function()
      for _, row in ipairs { { "timeout", 0 }, { "wait", 0 }, { "retries", -1 }, { "port", 70000 } } do
        local message = support.raised(log_in, error, { [row[1]] = row[2] })
        assert.truthy(message:find("oauth.login: " .. row[1] .. ": ", 1, true), message)
      end
    end)

    it("says that its port is in use", function()
      local port = gum.port
      local err = check_error("in_use", "config", {}, log_in(function() end, { port = port }))
      assert.truthy(err.message:find(tostring(port), 1, true))
    end)

    it("raises the error of the caller's function again and closes the port", function()
      local port = support.free_port()
      for _ = 1, 2 do
        assert.equal("no browser", support.raised(log_in, function() error("no browser", 0) end, { port = port }))
      end
    end)
  end)

  it("has no hooks, because they would see secrets in bodies", function()
    for _, hook in ipairs { "on_request", "on_response" } do
      assert.truthy(support.raised(oauth.refresh, with { refresh_token = "t", [hook] = print })
        :find("unknown option '" .. hook, 1, true))
    end
  end)

  it("says what to install if luaossl is missing", function()
    local real, loaded = package.searchers or package.loaders, {}  -- luacheck: ignore
    local searchers = {}
    for i, searcher in ipairs(real) do searchers[i] = searcher end
    for name in pairs(package.loaded) do
      if name:find("openssl", 1, true) then loaded[name], package.loaded[name] = package.loaded[name], nil end
    end
    for i in ipairs(searchers) do real[i] = function() return "no file" end end
    local raised = support.raised(oauth.authorize_url, with { redirect_uri = REDIRECT })
    for i, searcher in ipairs(searchers) do real[i] = searcher end
    for name, module in pairs(loaded) do package.loaded[name] = module end
    assert.equal("config", raised.kind)
    assert.truthy(raised.message:find("lua-luaossl", 1, true))
  end)
end)
