-- gumroad-lua login, logout and connections: a user on the emulator's pages, tokens in a file.
local cjson = require "cjson"
local browser = require "browser"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"

local TOKEN = "kD5vB2mX9qLw7RtY3nZpH8sJ"
local CLIENT, WEB_CLIENT, WEB_SECRET = "emulated-application", "emulated-web-application", "emulated-client-secret"
local SCOPES = "view_public view_profile view_sales"

describe("gumroad-lua login #slow", function()
  local gum, home, remove

  setup(function()
    gum = assert(emulator.start { sales = 3, products = 2, subscribers = 0, access_token = TOKEN, scopes = SCOPES,
      time_scale = 0.001 })
  end)
  teardown(function() gum:stop() end)

  before_each(function()
    gum:clear_faults()
    home, remove = support.folder()
  end)
  after_each(function()
    background.stop()
    remove()
  end)

  local function variables(more)
    local all = { GUMROAD_API_BASE_URL = gum.url, XDG_CONFIG_HOME = home }
    for name, value in pairs(more or {}) do all[name] = value end
    return all
  end

  local function run(words, more)
    return command.run(words, variables(more))
  end

  -- Runs the command with a text on its standard input.
  local function run_with(input, words, more)
    return command.shell(("printf '%%s\\n' %s | %s"):format(support.quote(input), command.line(words, variables(more))))
  end

  local function stored()
    local file = io.open(home .. "/gumroad-lua/connections.json", "rb")
    if not file then return {} end
    local text = file:read("*a")
    file:close()
    return cjson.decode(text).connections
  end

  -- Checks that nothing a command has printed contains a token or a secret.
  local function check_silence(result)
    local secrets = { TOKEN, WEB_SECRET }
    for _, connection in pairs(stored()) do
      secrets[#secrets + 1], secrets[#secrets + 2] = connection.access_token, connection.refresh_token
    end
    for _, secret in ipairs(secrets) do assert.is_nil((result.out .. result.err):find(secret, 1, true)) end
    return result
  end

  -- Logs in while the user decides in a browser. Returns the command's messages and the browser's last page.
  local function in_browser(decision, words, more)
    local process = background.start({ "login", (table.unpack or unpack)(words) }, variables(more))
    local url = process:wait_for("in a browser on this machine: (http://%S+)")
    local page = browser.get(browser.decide(url, decision))
    return check_silence(process:finish()), page, url
  end

  local function log_in_with_token(name)
    local result = run_with(TOKEN, { "login", name, "--with-token" })
    assert.equal(0, result.code, result.err)
    return check_silence(result)
  end

  it("connects to the shop of the user who agrees in the browser", function()
    local result, page = in_browser("authorize", { "my-shop", "--client-id", CLIENT, "--no-browser" })
    assert.equal(0, result.code, result.err)
    assert.truthy(page.body:find("<h1>Connected</h1>", 1, true))
    assert.truthy(result.out:find("^connected to Ana Petrova %(seller .-%) as 'my%-shop', with the scopes "
      .. "view_profile view_sales"))
    local connection = stored()["my-shop"]
    assert.same({ CLIENT, gum.url, "Ana Petrova", "view_profile view_sales" }, { connection.client_id,
      connection.base_url, connection.seller_name, connection.scope })
    local listed = run { "sales", "list", "--limit", "1", "--plain" }
    assert.equal(0, listed.code, listed.err)
  end)

  it("asks for the given scopes in the name of the given application", function()
    local _, _, url = in_browser("authorize", { "a", "--scopes", "view_sales edit_products", "--no-browser" },
      { GUMROAD_CLIENT_ID = CLIENT })
    assert.equal("view_sales edit_products", core.form_decode(browser.query(url)).scope)
    assert.equal("view_sales edit_products", stored().a.scope)
  end)

  it("opens a browser, if there is one", function()
    local program = home .. "/xdg-open"
    os.execute(("mkfifo %s/url; printf '#!/bin/sh\\nprintf %%%%s \"$1\" >%s/url\\n' >%s; chmod +x %s"):format(home,
      home, program, program))
    local _, _, url = in_browser("authorize", { "a", "--client-id", CLIENT },
      { PATH = home .. ":" .. os.getenv("PATH") })
    assert.equal(url, support.output("cat " .. home .. "/url"))
  end)

  it("stores nothing if the user does not agree", function()
    local result, page = in_browser("deny", { "a", "--client-id", CLIENT, "--no-browser" })
    assert.equal(3, result.code)
    assert.truthy(result.err:find("the user did not agree", 1, true))
    assert.truthy(page.body:find("Not connected", 1, true))
    assert.same({}, stored())
  end)

  it("accepts an application's secret from a file, standard input or a variable, but not as an argument", function()
    os.execute(("echo %s >%s/secret"):format(WEB_SECRET, home))
    for _, given in ipairs { { { "--client-secret-file", home .. "/secret" }, {} },
      { {}, { GUMROAD_CLIENT_SECRET = WEB_SECRET } } } do
      local words = { "a", "--client-id", WEB_CLIENT, "--no-browser", given[1][1], given[1][2] }
      assert.equal(0, in_browser("authorize", words, given[2]).code)
    end
    for _, word in ipairs { "--client-secret", "--access-token", "--token" } do
      local result = check_silence(run { "login", "b", "--client-id", WEB_CLIENT, word .. "=" .. WEB_SECRET })
      assert.equal(2, result.code)
      assert.truthy(result.err:find("secrets do not belong on a command line", 1, true))
    end
    local none = run { "login", "b", "--client-id", WEB_CLIENT, "--client-secret-file", home .. "/none" }
    assert.equal(3, none.code)
    assert.truthy(none.err:find("cannot read", 1, true))
  end)

  it("waits for a user who types a code on another device", function()
    for _, decision in ipairs { "approve", "deny" } do
      local process = background.start({ "login", "tv", "--device", "--client-id", CLIENT }, variables())
      local code = process:wait_for("/oauth/device in a browser and type (GRD%-%w+%-%w+)")
      assert(gum[decision](gum, code))
      local result = check_silence(process:finish())
      assert.equal(decision == "approve" and 0 or 3, result.code, result.err)
    end
    assert.equal("view_profile view_sales", stored().tv.scope)
  end)

  it("accepts an access token from standard input and checks it with Gumroad", function()
    assert.truthy(log_in_with_token("own").out:find("as 'own', with the scopes " .. SCOPES, 1, true))
    assert.same({ TOKEN, SCOPES, "main" }, { stored().own.access_token, stored().own.scope, stored().own.client_id })
    local none = run { "login", "own", "--with-token" }
    assert.equal(2, none.code)
    assert.truthy(none.err:find("no access token on standard input", 1, true))
  end)

  it("keeps the old connection if a token is not valid or Gumroad cannot be reached", function()
    log_in_with_token "own"
    local bad = check_silence(run_with("no-such-token", { "login", "own", "--with-token" }))
    assert.equal(3, bad.code)
    assert.is_nil(bad.err:find("no-such-token", 1, true))
    assert.is_nil(bad.err:find("GUMROAD_ACCESS_TOKEN", 1, true), bad.err)
    local away = run_with(TOKEN, { "login", "own", "--with-token", "--base-url",
      "http://127.0.0.1:" .. support.free_port() })
    assert.equal(6, check_silence(away).code)
    assert.equal(TOKEN, stored().own.access_token)
  end)

  it("does not show a token while it is typed #pty", function()
    local path = home .. "/shown"
    local line = ("(n=0; until grep -qs 'not shown' %s || [ $n = 1000 ]; do n=$((n+1)); sleep 0.01; done; "
      .. "printf '%%s\\n' %s) | script -qefc %s %s"):format(path, TOKEN,
      support.quote(command.line({ "login", "own", "--with-token" }, variables())), path)
    local result = check_silence(command.shell(line))
    assert.equal(0, result.code, result.out)
    assert.truthy(result.out:find("connected to Ana Petrova", 1, true), result.out)
    assert.equal(TOKEN, stored().own.access_token)
  end)

  it("says that it cannot store a connection before it asks the user for anything", function()
    -- nobody, not even root, can create a folder in /proc; a missing file is not a problem
    local process = background.start({ "login", "own", "--client-id", CLIENT, "--no-browser" },
      variables { XDG_CONFIG_HOME = "/proc" })
    assert.matches("cannot store connections: /proc/gumroad%-lua", process:wait_for("^.*$"))
    assert.equal(3, process:finish().code)
  end)

  it("says how to get an application or a token if it has none", function()
    local result = run { "login", "a" }
    assert.equal(3, result.code)
    for _, words in ipairs { "Settings, Advanced, Applications", "http://127.0.0.1/callback", "--with-token" } do
      assert.truthy(result.err:find(words, 1, true), words)
    end
  end)

  it("reports a wrong name or an unusable file before it asks the user", function()
    local wrong = run { "login", " my shop", "--client-id", CLIENT }
    assert.equal(2, wrong.code)
    assert.truthy(wrong.err:find("a name may have letters", 1, true))
    os.execute(("mkdir %s/gumroad-lua; echo oops >%s/gumroad-lua/connections.json; chmod 600 %s/gumroad-lua/*"):format(
      home, home, home))
    local damaged = run { "login", "a", "--client-id", CLIENT }
    assert.equal(3, damaged.code)
    assert.truthy(damaged.err:find("is damaged", 1, true))
    assert.is_nil(damaged.err:find("in a browser", 1, true))
  end)

  it("replaces a connection with the same name, and says that the previous token is still valid", function()
    assert.is_nil(log_in_with_token("own").err:find("still valid", 1, true))
    assert.is_nil(log_in_with_token("own").err:find("still valid", 1, true))  -- the same one
    local result = in_browser("authorize", { "own", "--client-id", CLIENT, "--no-browser" })
    assert.truthy(result.err:find("the earlier access token of 'own' is still valid", 1, true))
    assert.equal(CLIENT, stored().own.client_id)
  end)

  it("keeps both connections of two logins at the same time", function()
    local processes = {}
    for i, name in ipairs { "one", "two" } do
      processes[i] = background.start({ "login", name, "--client-id", CLIENT, "--no-browser" }, variables())
    end
    for _, process in ipairs(processes) do
      browser.get(browser.decide(process:wait_for("on this machine: (http://%S+)"), "authorize"))
    end
    for _, process in ipairs(processes) do assert.equal(0, process:finish().code) end
    assert.not_equal(stored().one.access_token, stored().two.access_token)
  end)

  it("leaves no files that others can read", function()
    log_in_with_token "own"
    assert.equal("-rw-------", support.output("ls -l " .. home .. "/gumroad-lua/connections.json | cut -c 1-10"))
    assert.equal(home .. "/gumroad-lua/connections.json", support.output("grep -rl " .. TOKEN .. " " .. home))
  end)

  it("says that a variable takes precedence over the default connection", function()
    local result = run_with(TOKEN, { "login", "own", "--with-token" }, { GUMROAD_ACCESS_TOKEN = TOKEN })
    assert.truthy(result.err:find("GUMROAD_ACCESS_TOKEN is set", 1, true))
  end)

  it("refuses an unknown scope before it asks for anything", function()
    local result = run { "login", "a", "--client-id", CLIENT, "--scopes", "view_profile view_sale" }
    assert.equal(2, result.code)
    assert.truthy(result.err:find("there is no scope 'view_sale' (did you mean 'view_sales'?)", 1, true), result.err)
    assert.is_nil(result.err:find("in a browser", 1, true))
  end)

  it("applies --timeout to the exchange of the code, and waits 5 minutes for the user", function()
    gum:fault { kind = "delay", seconds = 20, path = "/oauth/token" }
    local result = in_browser("authorize", { "a", "--client-id", CLIENT, "--no-browser", "--timeout", "0.3" })
    assert.truthy(result.err:find("waiting up to 5 minutes", 1, true), result.err)
    assert.truthy(result.err:find("let the user authorize again", 1, true), result.err)
    assert.same({}, stored())
  end)

  it("waits for the user as long as --wait says, in a browser and on a device", function()
    for _, words in ipairs { { "--no-browser" }, { "--device" } } do
      local result = check_silence(run { "login", "a", "--client-id", CLIENT, "--wait", "0.2", "--timeout", "9",
        (table.unpack or unpack)(words) })
      assert.equal(6, result.code, result.err)
      assert.truthy(result.err:find("waiting up to 0.2 seconds", 1, true), result.err)
      assert.truthy(result.err:find("nobody authorized the program within 0.2 seconds", 1, true), result.err)
      assert.same({}, stored())
    end
  end)

  it("refuses an invalid --wait, and one without a user to wait for", function()
    for words, message in pairs { [{ "--wait", "0" }] = "option '--wait': a number of seconds expected, got '0'",
      [{ "--wait", "9", "--with-token" }] = "can not be used together with" } do
      local result = run { "login", "a", "--client-id", CLIENT, (table.unpack or unpack)(words) }
      assert.equal(2, result.code)
      assert.truthy(result.err:find(message, 1, true), result.err)
    end
  end)

  it("says how long it waits and how to stop it", function()
    local process = background.start({ "login", "a", "--client-id", CLIENT, "--no-browser" }, variables())
    process:wait_for("waiting up to 5 minutes for you to agree there; Ctrl%-C cancels")
    assert.equal(130, process:interrupt().code)
  end)

  it("keeps the previous connection as the default, and says so", function()
    assert.is_nil(log_in_with_token("one").err:find("default", 1, true))
    assert.truthy(log_in_with_token("two").err:find("'one' is still the default; to change that, run "
      .. "gumroad-lua connections default two", 1, true))
    assert.equal(0, run({ "user", "get" }).code)
  end)

  it("ends with Ctrl-C while it waits", function()
    local process = background.start({ "login", "a", "--client-id", CLIENT, "--no-browser" }, variables())
    process:wait_for("on this machine: (http://%S+)")
    assert.equal(130, process:interrupt().code)
    assert.same({}, stored())
  end)

  describe("then logout", function()
    it("revokes the token and removes the connection", function()
      in_browser("authorize", { "own", "--client-id", CLIENT, "--no-browser" })
      local token = stored().own.access_token
      local result = check_silence(run { "logout", "own" })
      assert.equal(0, result.code, result.err)
      assert.truthy(result.err:find("Gumroad silently stops sending the application's webhooks", 1, true))
      assert.is_nil((result.out .. result.err):find(token, 1, true))
      assert.same({}, stored())
      local _, err = support.shop(gum, { access_token = token }).user:get()
      assert.equal("auth", err.kind)
    end)

    it("removes the connection, and says so, if the token cannot be revoked", function()
      in_browser("authorize", { "own", "--client-id", CLIENT, "--no-browser" })
      gum:fault { kind = "status", status = 400, path = "/oauth/revoke" }
      local result = run { "logout", "own" }
      assert.equal(6, check_silence(result).code)
      assert.truthy(result.err:find("'own' is forgotten here, but its access token is still valid", 1, true))
      assert.same({}, stored())
    end)

    it("does not send the token to another server, and keeps the connection", function()
      log_in_with_token "own"
      local elsewhere = "http://127.0.0.1:" .. support.free_port()
      for _, result in ipairs { run { "logout", "own", "--base-url", elsewhere },
        run({ "logout", "own" }, { GUMROAD_API_BASE_URL = elsewhere }) } do
        assert.equal(3, check_silence(result).code)
        assert.truthy(result.err:find("its token is never sent elsewhere", 1, true), result.err)
      end
      assert.equal(TOKEN, stored().own.access_token)
    end)

    it("needs the secret of a confidential application to revoke its token", function()
      local secret = { GUMROAD_CLIENT_SECRET = WEB_SECRET }
      for _, given in ipairs { { {}, 6 }, { secret, 0 } } do
        in_browser("authorize", { "own", "--client-id", WEB_CLIENT, "--no-browser" }, secret)
        assert.equal(given[2], check_silence(run({ "logout", "own" }, given[1])).code)
      end
    end)

    it("accepts that a token was revoked before", function()
      in_browser("authorize", { "own", "--client-id", CLIENT, "--no-browser" })
      gum:revoke(stored().own.access_token)
      assert.equal(0, run({ "logout", "own" }).code)
    end)

    it("names the existing connections", function()
      log_in_with_token "own"
      local result = run { "logout", "other" }
      assert.equal(3, result.code)
      assert.truthy(result.err:find("there is no connection 'other' (known: own)", 1, true))
    end)
  end)

  it("says if none is stored", function()
    local none = run { "connections", "--json" }
    assert.same({ 0, "[]\n" }, { none.code, none.out })
    assert.truthy(none.err:find("no connection is stored: make one with gumroad-lua login NAME", 1, true))
  end)

  describe("then connections", function()
    before_each(function()
      log_in_with_token "one"
      in_browser("authorize", { "two", "--client-id", CLIENT, "--no-browser" })
    end)

    it("lists them without their tokens #pty", function()
      local result = check_silence(run { "connections", "--json" })
      local list = cjson.decode(result.out)
      assert.same({ "one", "two" }, { list[1].name, list[2].name })
      assert.same({ SCOPES, true, gum.url }, { list[1].scope, list[1].default, list[1].base_url })
      assert.truthy(list[2].created_at:find("^%d+%-%d+%-%d+T.*Z$"))
      for _, format in ipairs { "--plain", "--csv" } do check_silence(run { "connections", format }) end
      local shown = check_silence(command.on_terminal({ "connections" }, variables(), 120)).out
      assert.truthy(shown:find("Ana Petrova", 1, true), shown)
      assert.truthy(shown:find(gum.url, 1, true), shown)
    end)

    it("marks the one that is used by default", function()
      assert.equal(0, run({ "connections", "default", "two" }).code)
      assert.equal(0, run({ "user", "get" }).code)
      assert.is_true(cjson.decode(run({ "connections", "--json" }).out)[2].default)
    end)

    it("says what is wrong", function()
      assert.equal(2, run({ "connections", "default" }).code)
      assert.equal(2, run({ "connections", "forget", "one" }).code)
      assert.equal(3, run({ "connections", "default", "three" }).code)
    end)
  end)
end)
