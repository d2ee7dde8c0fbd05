-- gumroad-lua doctor: what it finds if something is wrong.
local cjson = require "cjson"
local api = require "gumroad.api"
local emulator = require "gumroad.emulator"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"
local tls_server = require "tls_server"

local TOKEN, POOR_TOKEN = "kD5vB2mX9qLw7RtY3nZpH8sJ", "aB4nQ8xW2zLk6TyU9mPe3RvC"
local OTHER_TOKEN = "fH7jK1sD5gN9bV3cX6zM2qWp"
local SECRET = "pR4tX9mK2w"
local HOOK = "https://hooks.example.com/gumroad/" .. SECRET .. "?key=" .. SECRET
local TOO_LONG = ("x"):rep(64)  -- too long for a label of a host name, so that no server is asked

-- The number of endpoints.
local COUNT = 0
for _, rows in pairs(api) do
  for _, row in ipairs(rows) do COUNT = COUNT + (row.path and 1 or 0) end
end

describe("gumroad-lua doctor #slow", function()
  local gum, shop, home, remove

  setup(function()
    gum = assert(emulator.start { sales = 3, subscribers = 0, products = 2, access_token = TOKEN })
    shop = support.shop(gum)
    assert(gum:grant(POOR_TOKEN, "view_profile"))
    assert(gum:grant(OTHER_TOKEN, "view_sales", "another"))
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

  local function make_webhook(name, url, token)
    local owner = token and support.shop(gum, { access_token = token }) or shop
    return assert(owner.resource_subscriptions:create { resource_name = name, post_url = url }), owner
  end

  -- Runs doctor. Returns the exit code, its findings and its whole output.
  local function examine(words, more)
    local all = { "doctor", "--json" }
    for _, word in ipairs(words or {}) do all[#all + 1] = word end
    local variables = command.to(gum, { XDG_CONFIG_HOME = home })
    for name, value in pairs(more or {}) do variables[name] = value end
    local result = command.run(all, variables)
    for _, secret in ipairs { TOKEN, POOR_TOKEN, OTHER_TOKEN, SECRET } do
      assert.is_nil((result.out .. result.err):find(secret, 1, true))
    end
    return { code = result.code, list = cjson.decode(result.out), text = result.out .. result.err }
  end

  -- Stores a connection 'own' with a token.
  local function store(token)
    local json = cjson.encode { connections = { own = { access_token = token, base_url = gum.url } } }
    os.execute(("mkdir %s/gumroad-lua; printf %%s %s >%s/gumroad-lua/connections.json; chmod 600 %s/gumroad-lua/*")
      :format(home, support.quote(json), home, home))
  end

  -- Checks that there is a finding and that the exit code follows from it.
  local function check(found, status, name, message)
    local problems, is_there = 0, false
    for _, finding in ipairs(found.list) do
      if finding.status == "problem" then problems = problems + 1 end
      if finding.status == status and finding.check == name and finding.message:find(message, 1, true) then
        is_there = true
        assert.truthy(status ~= "problem" or finding.advice or #finding.message > 30, finding.message)
      end
    end
    assert.is_true(is_there, found.text)
    assert.equal(problems > 0 and 1 or 0, found.code)
  end

  it("finds no problem in a working setup", function()
    local hook = make_webhook("sale", HOOK)
    local found = examine()
    assert.equal(0, found.code, found.text)
    for _, finding in ipairs(found.list) do
      assert.truthy(finding.status == "ok" or finding.status == "note", finding.message)
    end
    check(found, "ok", "libcurl", require("gumroad.core").curl().version)
    check(found, "ok", "listener", "libmicrohttpd ")
    check(found, "ok", "connection", "GUMROAD_ACCESS_TOKEN")
    check(found, "ok", "API", gum.url .. " responds")
    check(found, "ok", "token", "Ana Petrova")
    check(found, "ok", "application", "main")
    check(found, "ok", "webhook sale", "goes to https://hooks.example.com/gumroad/pR4t...?...")
    check(found, "note", "webhooks", "none for refund, dispute, dispute_won, cancellation,")
    check(found, "ok", "API", " ms")
    check(found, "ok", "scopes", (": enough for %d of %d endpoints"):format(COUNT, COUNT))
    check(found, "note", "webhooks", "when the last token of their application is revoked")
    check(found, "note", "webhooks", "the API does not show the ping endpoint")
    assert(shop.resource_subscriptions:delete(hook.id))
  end)

  it("prints a line for each finding and the number of problems #pty", function()
    local result = command.run({ "doctor" }, { GUMROAD_API_BASE_URL = gum.url, XDG_CONFIG_HOME = home })
    assert.equal(1, result.code)
    assert.truthy(result.out:find("\nproblem  connection: no access token. Run gumroad-lua login NAME", 1, true))
    assert.truthy(result.err:find("1 problem, 0 warnings\n", 1, true))
    local shown = command.on_terminal({ "doctor" }, { GUMROAD_API_BASE_URL = gum.url, XDG_CONFIG_HOME = home }, 100)
    assert.truthy(shown.out:find("\27[31mproblem\27[0m  connection", 1, true), shown.out)
  end)

  it("shows which connection is used and what is wrong with its file", function()
    store(TOKEN)
    local without = { GUMROAD_ACCESS_TOKEN = "" }
    check(examine({}, without), "ok", "connection", "the connection 'own', for " .. gum.url)
    check(examine({ "--base-url", "http://127.0.0.1:1" }, without), "problem", "connection",
      "connection 'own' belongs to " .. gum.url .. " and its token is never sent elsewhere, but base_url is "
        .. "http://127.0.0.1:1")
    check(examine { "--connection", "own" }, "note", "connection", "GUMROAD_ACCESS_TOKEN is set too")
    check(examine { "--connection", "other" }, "problem", "connection", "there is no connection 'other'")
    check(examine(), "ok", "connections", "readable by its owner only")
    os.execute(("chmod 644 %s/gumroad-lua/*"):format(home))
    check(examine(), "problem", "connections", "others can read ")
    check(examine({ "--connection", "own" }, without), "problem", "connection", "others can read ")
  end)

  describe("on the way to the API", function()
    local server

    setup(function() server = tls_server.start { "/v2/user" } end)
    teardown(function() server.stop() end)

    local function at(url, more)
      local variables = { GUMROAD_API_BASE_URL = url }
      for name, value in pairs(more or {}) do variables[name] = value end
      return examine({}, variables)
    end

    it("distinguishes an unknown name, a closed port and a failure of the server", function()
      check(at("http://" .. TOO_LONG), "problem", "API", "the host's name is not known (DNS)")
      check(at("http://127.0.0.1:" .. support.free_port()), "problem", "API", "nothing accepts connections there")
      gum:fault { kind = "status", status = 503, path = "/v2/user" }
      check(at(gum.url), "problem", "API", "responds with 503")
    end)

    it("says what is wrong with TLS", function()
      check(at((gum.url:gsub("^http:", "https:"))), "problem", "API", "the TLS handshake failed")
      check(at(server.url), "problem", "API", "the certificate is not trusted")
      check(at(server.url, { GUMROAD_CA_BUNDLE = server.ca_file }), "ok", "API", server.url .. " responds")
    end)

    it("says what is wrong with the certificate bundle", function()
      local bad = server.folder .. "/key.pem"
      local found = at(server.url, { GUMROAD_CA_BUNDLE = bad })
      check(found, "problem", "certificates", bad .. ", from GUMROAD_CA_BUNDLE, holds none")
      check(found, "problem", "API", "the bundle of CA certificates cannot be used")
      bad = server.folder .. "/none"
      found = at(server.url, { GUMROAD_CA_BUNDLE = bad })
      check(found, "problem", "certificates", "GUMROAD_CA_BUNDLE names " .. bad .. ", which cannot be read")
    end)

    it("names a proxy without its password, and says that it is not reachable", function()
      local proxy = "http://me:" .. SECRET .. "@" .. TOO_LONG .. ":3128"
      local found = at("https://api.example.com", { https_proxy = proxy })
      check(found, "note", "proxy", "HTTPS goes through http://" .. TOO_LONG .. ":3128, from https_proxy")
      check(found, "problem", "API", "the proxy's name is not known")
    end)

    it("names a proxy without its password, whatever characters the password contains", function()
      for _, user in ipairs { "me:a/" .. SECRET, "me:12/" .. SECRET, "me:#" .. SECRET, "me@" .. SECRET } do
        local found = at("https://api.example.com", { https_proxy = "http://" .. user .. "@127.0.0.1:9" })
        check(found, "note", "proxy", "HTTPS goes through http://127.0.0.1:9, from https_proxy")
      end
    end)
  end)

  it("reports a revoked token and one that must not read sales", function()
    assert(gum:grant("token-to-be-revoked", "view_sales"))
    assert(gum:revoke("token-to-be-revoked"))
    local revoked = examine({}, { GUMROAD_ACCESS_TOKEN = "token-to-be-revoked" })
    check(revoked, "problem", "token", "auth: ")
    assert.is_nil(revoked.text:find("token-to-be-revoked", 1, true))
    local poor = examine({}, { GUMROAD_ACCESS_TOKEN = POOR_TOKEN })
    check(poor, "ok", "scopes", "view_profile: ")
    check(poor, "problem", "scopes", "without view_sales")
    assert.is_nil(poor.text:find("webhook sale", 1, true))
  end)

  it("checks the webhooks", function()
    check(examine(), "warning", "webhooks", "this application has none")
    local made, owners = {}, {}
    for i, hook in ipairs { { "sale", HOOK }, { "sale", HOOK }, { "refund", "http://127.0.0.1:8080/" .. SECRET },
      { "dispute", "http://hooks.example.com/hook" }, { "cancellation", HOOK, OTHER_TOKEN } } do
      made[i], owners[i] = make_webhook(hook[1], hook[2], hook[3])
    end
    local found = examine { "--url", gum.url .. "/elsewhere/" .. SECRET }
    check(found, "warning", "webhook sale", " has 2 webhooks, so each event arrives 2 times")
    check(found, "problem", "webhook refund", "is not in the public network")
    check(found, "warning", "webhook dispute", "unencrypted")
    check(found, "note", "webhook cancellation",
      "one of another application goes to https://hooks.example.com/gumroad/")
    check(found, "note", "webhooks", "none for dispute_won, subscription_updated,")
    check(found, "warning", "webhooks", "none goes to " .. gum.url .. "/else.../pR4t...")
    for i, hook in ipairs(made) do assert(owners[i].resource_subscriptions:delete(hook.id)) end
  end)

  it("tries a receiver with a test ping, and explains its response", function()
    local process = background.start({ "listen", "--port", "0", "--path", "/" .. SECRET, "--json" })
    local url = process:wait_for("listening on (http://[%w.:]+)") .. "/" .. SECRET
    local taken = examine { "--url", url }
    check(taken, "problem", "receiver", "is not in the public network (127.0.0.1)")
    check(taken, "ok", "receiver", "it responds to a test ping with 200")
    check(examine { "--url", url .. "x" }, "problem", "receiver",
      "it responds to a test ping with 404: Gumroad would drop the event for good")
    local event = cjson.decode(process:interrupt().out)
    assert.same({ "sale", true }, { event.type, event.test })
    gum:fault { kind = "status", status = 302, path = "/hook" }
    check(examine { "--url", gum.url .. "/hook" }, "problem", "receiver", "302: it redirects")
    gum:fault { kind = "status", status = 503, path = "/hook" }
    check(examine { "--url", gum.url .. "/hook" }, "problem", "receiver",
      "503: Gumroad would send the event again after 1, 3 and 10 minutes, and then drop it")
    check(examine { "--url", url }, "problem", "receiver", "does not arrive: nothing accepts connections there")
    check(examine { "--url", "http://" .. TOO_LONG .. "/hook" }, "problem", "receiver", TOO_LONG .. ": ")
    check(examine { "--url", "hooks.example.com" }, "problem", "receiver", "must be http(s)://HOST/PATH")
  end)

  -- Runs the checks of a receiver whose name resolves to an address and which responds after some seconds.
  local function check_receiver(address, seconds)
    local system, network = require "gumroad.system", require "gumroad.cli.commands.doctor.checks.network"
    local resolve, ask = system.resolve, network.ask
    system.resolve = function() return { "93.184.215.14", address } end
    network.ask = function() return { status = 200, seconds = seconds } end
    local found, report = {}, {}
    for _, status in ipairs { "ok", "warning", "problem" } do
      report[status] = function(_, _, message, ...) found[#found + 1] = status .. ": " .. message:format(...) end
    end
    local ok, raised = pcall(require "gumroad.cli.commands.doctor.checks.receiver", report,
      { url = "https://hooks.example.com/x" })
    system.resolve, network.ask = resolve, ask
    assert(ok, raised)
    return found
  end

  it("reports a receiver whose name resolves to an address that Gumroad refuses", function()
    for _, address in ipairs { "10.1.2.3", "127.0.0.1", "169.254.169.254", "fd00::1" } do
      assert.equal("problem: hooks.example.com is " .. address .. ", which is not in the public network",
        check_receiver(address, 0.02)[1])
    end
    assert.same({ "ok: hooks.example.com is 93.184.215.14, 1.1.1.1",
      "ok: it responds to a test ping with 200 after 20 ms" }, check_receiver("1.1.1.1", 0.02))
  end)

  it("warns about a receiver that is slow", function()
    assert.equal("warning: it responds to a test ping with 200 after 3.0 s", check_receiver("1.1.1.1", 3)[2])
  end)

  it("prints one line for a URL that receives all events", function()
    local made = {}
    for i, name in ipairs { "sale", "refund", "dispute" } do made[i] = make_webhook(name, "http://10.0.0.1/hook") end
    local found = examine()
    check(found, "problem", "webhook sale, refund, dispute", "is not in the public network")
    for _, hook in ipairs(made) do
      assert.truthy(found.text:find(hook.id, 1, true))
      assert(shop.resource_subscriptions:delete(hook.id))
    end
  end)

  it("sends its test ping in the name of the token's seller", function()
    local process = background.start({ "listen", "--port", "0", "--url", "http://127.0.0.1:9/hook" }, command.to(gum))
    local url = process:wait_for("listening on (http://[%w.:]+)") .. "/hook"
    check(examine { "--url", url }, "ok", "receiver", "it responds to a test ping with 200 after ")
    local other = examine({ "--url", url }, { GUMROAD_ACCESS_TOKEN = "" })
    check(other, "problem", "receiver", "it responds to a test ping with 403")
    assert.truthy(other.text:find("If it accepts pings for one seller only", 1, true))
    assert.equal(0, process:interrupt().code)
  end)

  it("reports an impossible token and still checks the API", function()
    local found = examine({}, { GUMROAD_ACCESS_TOKEN = TOKEN .. "\n" })
    check(found, "problem", "connection", "the access token in GUMROAD_ACCESS_TOKEN is empty, or has a character")
    check(found, "ok", "API", gum.url .. " responds")
    assert.is_nil(found.text:find(".lua:", 1, true))
  end)

  it("names an invalid base URL and the variable that contains it", function()
    check(examine({}, { GUMROAD_API_BASE_URL = "localhost:8089" }), "problem", "connection",
      "GUMROAD_API_BASE_URL must begin with https:// or http://, but it is 'localhost:8089'")
  end)

  it("says once to log in again if a stored connection was revoked", function()
    assert(gum:grant("token-to-be-revoked", "view_sales"))
    assert(gum:revoke("token-to-be-revoked"))
    store "token-to-be-revoked"
    local found = examine({}, { GUMROAD_ACCESS_TOKEN = "" })
    check(found, "problem", "token", "The access token was revoked: run gumroad-lua login own again")
    assert.equal(1, select(2, found.text:gsub("[Rr]un gumroad%-lua login", "")))
  end)

  it("says in one line what is missing, like every command", function()
    local program = [[
      local name, kept = "%s", package.searchers or package.loaders
      for i, search in ipairs(kept) do
        kept[i] = function(wanted)
          if wanted == name then return "\n\tno file 'x.so'" end
          return search(wanted)
        end
      end
      os.exit(require("gumroad.cli").main { "%s" }, true)]]
    local build = "build them for "
    for _, word in ipairs { "doctor", "connections" } do
      for name, words in pairs { ["cjson"] = "luarocks install lua-cjson", ["gumroad.core"] = build,
        ["gumroad.system"] = build, ["argparse"] = "luarocks install argparse" } do
        local result = command.shell(support.lua_command(program:format(name, word)))
        assert.equal(3, result.code, result.err)
        assert.truthy(result.err:find(words, 1, true), result.err)
        assert.equal(1, select(2, result.err:gsub("\n", "")))
        assert.is_true(#result.err < 250, result.err)
      end
    end
  end)

  it("says why a part that was built does not load", function()
    os.execute("mkdir " .. home .. "/gumroad; echo broken >" .. home .. "/gumroad/core.so")
    local result = command.shell(support.lua_command(([[
      package.cpath = "%s/?.so;" .. package.cpath
      os.exit(require("gumroad.cli").main { "connections" }, true)]]):format(home)))
    assert.equal(3, result.code, result.err)
    assert.truthy(result.err:find(" make (" .. home .. "/gumroad/core.so: ", 1, true), result.err)
    assert.equal(1, select(2, result.err:gsub("\n", "")))
  end)

  it("checks whether it can listen on a port", function()
    check(examine { "--port", tostring(support.free_port()) }, "ok", "port", " is free")
    check(examine { "--port", tostring(gum.port) }, "problem", "port", "is already taken")
  end)
end)
