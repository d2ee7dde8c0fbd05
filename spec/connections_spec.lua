local cjson = require "cjson"
local browser = require "browser"
local connections = require "gumroad.connections"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local Error = require "gumroad.base.error"
local oauth = require "gumroad.oauth"
local support = require "support"

local TOKEN, REFRESH_TOKEN = "kD5vB2mX9qLw7RtY3nZpH8sJ", "rT8cN4xQ6yUb2WmK9jVfL3gA"

describe("Connections", function()
  local home, remove, file
  before_each(function()
    home, remove = support.folder()
    file = home .. "/gumroad-lua/connections.json"
  end)
  after_each(function() remove() end)

  -- Calls a function with the file of connections in the folder.
  local function call(name, ...)
    local arguments, run = { n = select("#", ...), ... }, type(name) == "function" and name or connections[name]
    return support.with_environment({ XDG_CONFIG_HOME = home }, function()
      return run((table.unpack or unpack)(arguments, 1, arguments.n))
    end)
  end

  local function read()
    local open = assert(io.open(file, "rb"))
    local bytes = open:read("*a")
    open:close()
    return bytes
  end

  local function write(bytes, mode)
    os.execute(("mkdir -p %s/gumroad-lua"):format(home))
    local open = assert(io.open(file, "wb"))
    open:write(bytes)
    open:close()
    os.execute(("chmod %s %s"):format(mode or "600", file))
  end

  local function check_error(message, ok, err)
    assert.is_nil(ok)
    assert.is_true(Error.is(err))
    assert.equal("config", err.kind)
    assert.truthy(err.message:find(message, 1, true), err.message)
    for _, secret in ipairs { TOKEN, REFRESH_TOKEN } do assert.is_false(support.holds(err, secret)) end
    return err
  end

  it("are found by name", function()
    local connection = { access_token = TOKEN, refresh_token = REFRESH_TOKEN, token_type = "Bearer",
      scope = "view_sales", created_at = 1790931600, client_id = "app", base_url = "http://127.0.0.1:8089",
      seller_id = "G_-mnBf9b1j9A7a4ub4nFQ==", seller_name = "Ana" }
    assert.is_true(call("save", "my-shop_2.0", connection))
    assert.same(connection, call("get", "my-shop_2.0"))
    assert.equal("1790931600", tostring(call("get", "my-shop_2.0").created_at))
  end)

  it("are stored in a file and a folder that only their owner can read", function()
    call("save", "shop", { access_token = TOKEN })
    assert.equal("drwx------ -rw------- -rw-------", support.output(
      ("cd %s && ls -ld gumroad-lua gumroad-lua/connections.json gumroad-lua/connections.json.lock | cut -c 1-10 "
      .. "| paste -sd ' '"):format(home)))
  end)

  it("are in ~/.config by default", function()
    local function path(variables) return support.with_environment(variables, connections.path) end
    assert.equal("/home/ana/.config/gumroad-lua/connections.json", path { HOME = "/home/ana" })
    assert.equal("/home/ana/.config/gumroad-lua/connections.json", path { HOME = "/home/ana", XDG_CONFIG_HOME = "" })
    assert.equal("/home/ana/.config/gumroad-lua/connections.json", path { HOME = "/home/ana", XDG_CONFIG_HOME = "x" })
    assert.equal("/x/gumroad-lua/connections.json", path { HOME = "/home/ana", XDG_CONFIG_HOME = "/x" })
    check_error("there is no place for connections: set HOME or XDG_CONFIG_HOME", path {})
  end)

  it("are replaced one by one", function()
    call("save", "one", { access_token = TOKEN, scope = "view_sales" })
    call("save", "two", { access_token = "token-of-two" })
    call("save", "one", { access_token = "token-of-one" })
    assert.same({ access_token = "token-of-one" }, call("get", "one"))
    assert.same({ access_token = "token-of-two" }, call("get", "two"))
  end)

  it("are listed by name, without tokens", function()
    assert.same({}, call "list")
    call("save", "b", { access_token = TOKEN, refresh_token = REFRESH_TOKEN, seller_name = "Ana" })
    call("save", "a", { access_token = TOKEN })
    call("set_default", "b")
    local list = call "list"
    assert.same({ { name = "a", default = false }, { name = "b", default = true, seller_name = "Ana" } }, list)
    assert.is_false(support.holds(list, TOKEN))
  end)

  it("have a default: the only one, or the one that was chosen", function()
    check_error("gumroad-lua login", call "default")
    call("save", "a", { access_token = TOKEN })
    assert.equal("a", call "default")
    assert.equal(TOKEN, call("get").access_token)
    call("save", "b", { access_token = "other" })
    assert.equal("a", call "default")
    call("save", "c", { access_token = "third" })
    assert.equal("a", call "default")
    call("remove", "a")
    check_error("name one of b, c, or choose the default with gumroad-lua connections default b", call "default")
    check_error("name one of b, c", call "get")
    call("save", "a", { access_token = TOKEN })
    check_error("name one of a, b, c", call "default")
    call("remove", "c")
    assert.is_true(call("set_default", "b"))
    assert.equal("b", call "default")
    assert.equal("other", call("get").access_token)
    call("remove", "b")
    assert.equal("a", call "default")
  end)

  it("are removed", function()
    call("save", "a", { access_token = TOKEN })
    assert.is_true(call("remove", "a"))
    check_error("there is no connection 'a' (there are none yet)", call("get", "a"))
    assert.is_nil(read():find(TOKEN, 1, true))
  end)

  it("that do not exist are reported with the names of the others", function()
    call("save", "b", { access_token = TOKEN })
    call("save", "a", { access_token = TOKEN })
    local expected = "there is no connection 'c' (known: a, b): make it with gumroad-lua login c"
    check_error(expected, call("get", "c"))
    check_error(expected, call("remove", "c"))
    check_error(expected, call("set_default", "c"))
    check_error(expected, call("refresh", "c"))
  end)

  it("have any name that people give", function()
    for _, name in ipairs { "My Shop", "Größe", "店", "it's", "a.b-c_d", "50 %", "$HOME", "\"x\"", ("a"):rep(100) } do
      assert(call("save", name, { access_token = TOKEN }))
      assert.equal(TOKEN, assert(call("get", name)).access_token)
    end
    assert.equal(9, #assert(call("list")))
    local _, err = call("refresh", "it's")
    assert.truthy(err.message:find([[connection 'it's' has no refresh token: log in again with gumroad-lua login ]]
      .. [['it'\''s']], 1, true), err.message)
    _, err = call("get", "My Other Shop")
    assert.truthy(err.message:find("make it with gumroad-lua login 'My Other Shop'", 1, true))
    for _, connection in ipairs(assert(call("list"))) do assert(call("remove", connection.name)) end
  end)

  it("raise errors for invalid names and fields", function()
    for _, name in ipairs { "", " a", "a ", "../a", "a/b", "a\n", "a\tb", "-a", "a\0", "\255", "a\226\128\174b",
      ("a"):rep(101), "a\194\160", 1 } do
      assert.truthy(support.raised(call, "save", name, { access_token = TOKEN }):find("letters, digits", 1, true))
      assert.truthy(support.raised(call, "get", name):find("letters, digits", 1, true))
    end
    local function raised(connection) return support.raised(call, "save", "a", connection) end
    assert.equal("connections.save: unknown field 'acces_token' (did you mean 'access_token'?)",
      raised { acces_token = TOKEN })
    assert.equal("connections.save: unknown field 'color' (known: access_token, base_url, client_id, "
      .. "created_at, refresh_token, scope, seller_id, seller_name, token_type)", raised { color = TOKEN })
    assert.equal("connections.save: access_token is missing", raised { scope = "view_sales" })
    assert.equal("connections.save: created_at: number expected, got string",
      raised { access_token = TOKEN, created_at = "now" })
    assert.equal("connections.save: table expected, got nil", raised())
    assert.is_nil(io.open(file))
  end)

  -- The file ------------------------------------------------------------------------------------

  it("do not exist if the file is empty", function()
    for _, bytes in ipairs { "", "\n" } do
      write(bytes)
      assert.same({}, call "list")
    end
    call("save", "a", { access_token = TOKEN })
    assert.equal(TOKEN, call("get", "a").access_token)
  end)

  it("are read from a file with a byte order mark", function()
    write('\239\187\191{"connections":{"a":{"access_token":"' .. TOKEN .. '"}},"default":"a"}')
    assert.equal(TOKEN, call("get", "a").access_token)
    call("save", "b", { access_token = TOKEN })
    assert.equal("{", read():sub(1, 1))
    assert.equal(TOKEN, call("get", "a").access_token)
  end)

  for what, row in pairs {
    ["is not JSON"] = { "{", "it is not JSON" }, ["has no connections"] = { "{}", "it has no object 'connections'" },
    ["is a list"] = { "[1]", "it has no object" }, ["has a list"] = { '{"connections":[{}]}', "is a list" },
    ["has a connection without a token"] = { '{"connections":{"a":{}}}', "connection 'a': access_token is missing" },
    ["has a token that is not a string"] = { '{"connections":{"a":{"access_token":1}}}',
      "connection 'a': access_token is not a string" },
    ["has a default that is not a name"] = { '{"connections":{},"default":1}', "'default' is not a name" },
    ["is binary"] = { "\0\255" .. TOKEN, "it is not JSON" },
  } do
    it("are not overwritten if the file " .. what, function()
      local bytes, fault = row[1], row[2]
      write(bytes)
      check_error(fault, call "list")
      for _, name in ipairs { "get", "remove", "set_default", "refresh" } do
        check_error(file .. " is damaged: repair it, or move it away", call(name, "a"))
      end
      check_error("is damaged", call "list")
      check_error("is damaged", call "default")
      check_error("is damaged", call("save", "a", { access_token = TOKEN }))
      assert.equal(bytes, read())
    end)
  end

  it("are neither read nor overwritten if others can read the file", function()
    local bytes = '{"connections":{"a":{"access_token":"' .. TOKEN .. '"}}}'
    write(bytes, "644")
    check_error("chmod 600 " .. file, call("get", "a"))
    check_error("chmod 600 " .. file, call("save", "b", { access_token = TOKEN }))
    assert.equal(bytes, read())
    os.execute("chmod 600 " .. file)
    assert.equal(TOKEN, call("get", "a").access_token)
  end)

  it("keep what a later version may have added", function()
    write('{"connections":{"a":{"access_token":"t","color":"red"}},"more":[1]}')
    call("save", "b", { access_token = TOKEN })
    local store = cjson.decode(read())
    assert.same({ { 1 }, "red" }, { store.more, store.connections.a.color })
  end)

  it("are read only from a regular file", function()
    call("save", "a", { access_token = TOKEN })
    local program = [[package.preload["gumroad.system"] = function() error "not here" end
      package.preload["openssl.rand"] = package.preload["gumroad.system"]
      print(require("gumroad.connections").get("a").access_token, package.loaded["gumroad.oauth"])]]
    assert.equal(TOKEN .. "\tnil", support.output("XDG_CONFIG_HOME=" .. home .. " " .. support.lua_command(program)))
  end)

  it("report that the disk is full and do not change", function()
    call("save", "a", { access_token = TOKEN })
    local before = read()
    local program = [[print(require("gumroad.connections").save("b", { access_token = ("x"):rep(100000) }))]]
    local said = support.output("trap '' XFSZ; ulimit -f 8; XDG_CONFIG_HOME=" .. home .. " "
      .. support.lua_command(program))
    assert.equal("nil\tconfig: cannot store connections: " .. file .. ": File too large", said)
    assert.equal(before, read())
  end)

  it("report that the folder cannot be created", function()
    os.execute("touch " .. home .. "/gumroad-lua")
    check_error("cannot store connections: " .. home .. "/gumroad-lua: Not a directory",
      call("save", "a", { access_token = TOKEN }))
  end)

  it("are all there after several processes have saved at once", function()
    local function saves(letter)
      return "XDG_CONFIG_HOME=" .. home .. " " .. support.lua_command(([[
        for i = 1, 40 do
          assert(require("gumroad.connections").save("%s" .. i, { access_token = "token" }))
        end]]):format(letter))
    end
    assert.equal("", support.output(("(%s & %s & wait) 2>&1"):format(saves "a", saves "b")))
    assert.equal(80, #call "list")
    assert.equal("connections.json\nconnections.json.lock", support.output("ls -A " .. home .. "/gumroad-lua"))
  end)

  -- connect -------------------------------------------------------------------------------------

  describe("with a server", function()
    local gum
    setup(function() gum = assert(emulator.start { sales = 1, products = 1 }) end)
    teardown(function() gum:stop() end)
    before_each(function() gum:clear_faults() end)

    local function connect(variables, ...)
      variables.XDG_CONFIG_HOME = home
      local arguments = { ... }
      return support.with_environment(variables, function()
        return gumroad.connect((table.unpack or unpack)(arguments))
      end)
    end

    it("create a shop", function()
      call("save", "shop", { access_token = gum.access_token, base_url = gum.url })
      local shop = connect({}, "shop", { timeout = 20 })
      assert.equal(1, #assert(shop.sales:list()))
      assert.is_false(support.holds(shop, gum.access_token))
      assert.is_table(connect({}).user:get())
    end)

    it("only go to their own server, whatever the variable or the options say", function()
      call("save", "own", { access_token = TOKEN })
      call("save", "shop", { access_token = gum.access_token, base_url = gum.url .. "/" })
      call("save", "other", { access_token = TOKEN, base_url = "https://ana:" .. TOKEN .. "@Shop.example.com:443/v2",
        refresh_token = REFRESH_TOKEN, client_id = "app" })
      gum:reset_stats()
      local function refused(...)
        return check_error("its token is never sent elsewhere, but", nil, support.raised(connect, ...))
      end
      refused({ GUMROAD_API_BASE_URL = gum.url }, "own")
      refused({}, "own", { base_url = gum.url })
      assert.equal("connection 'other' belongs to https://shop.example.com and its token is never sent elsewhere, but "
        .. "base_url is " .. gum.url .. ": leave that out, or log in there under another name",
        refused({}, "other", { base_url = gum.url }).message)
      assert.truthy(refused({ GUMROAD_API_BASE_URL = "localhost:1" }, "other").message:find(
        "but GUMROAD_API_BASE_URL is localhost:1: unset that", 1, true))
      check_error("its token is never sent elsewhere", call("refresh", "other", { base_url = gum.url }))
      assert.equal(0, #support.requests(gum))
      assert.is_table(connect({ GUMROAD_API_BASE_URL = gum.url }, "shop").user:get())
      assert.is_table(connect({}, "shop", { base_url = gum.url .. "/v2" }).user:get())
      assert.is_table(connect({}, "other", { base_url = "https://shop.example.com" }))
    end)

    it("with an invalid token or without a scope say how to log in again", function()
      gum:grant("revoked-token", "view_sales")
      gum:revoke("revoked-token")
      gum:grant("poor-token", "view_profile")
      call("save", "shop", { access_token = "revoked-token", base_url = gum.url })
      local _, err = connect({}, "shop").user:get()
      assert.equal("The access token was revoked: run gumroad-lua login shop again", err.message)
      call("save", "shop", { access_token = "poor-token", base_url = gum.url, scope = "view_profile" })
      _, err = connect({}).sales:list()
      assert.truthy(err.message:find("gumroad-lua login shop --scopes 'view_profile view_sales'", 1, true), err.message)
      _, err = support.shop(gum, { access_token = "poor-token" }).sales:refund("x")
      assert.truthy(err.message:find("gumroad-lua login NAME --scopes 'edit_sales'", 1, true), err.message)
    end)

    it("yield to GUMROAD_ACCESS_TOKEN", function()
      call("save", "shop", { access_token = "stored-token", base_url = "http://127.0.0.1:1" })
      local variables = { GUMROAD_ACCESS_TOKEN = gum.access_token, GUMROAD_API_BASE_URL = gum.url }
      assert.is_table(connect(variables, "shop").user:get())
      assert.is_table(connect(variables, "unknown").user:get())
    end)

    it("that do not exist raise an error that says what to do", function()
      local err = support.raised(connect, {}, "shop")
      check_error("there is no connection 'shop' (there are none yet): make it with gumroad-lua login shop", nil, err)
    end)

    it("raise errors for invalid options", function()
      call("save", "shop", { access_token = TOKEN })
      assert.truthy(support.raised(connect, {}, "shop", { access_token = "t" })
        :find("access_token comes from the connection; to use another token, call gumroad.new", 1, true))
      assert.truthy(support.raised(connect, {}, "shop", { timeuot = 1 }):find("unknown option", 1, true))
      assert.equal("gumroad.connect: table expected, got string", support.raised(connect, {}, "shop", "timeout"))
    end)

    -- refresh -----------------------------------------------------------------------------------

    local function log_in(name)
      local url, pending = oauth.authorize_url { client_id = "emulated-application", base_url = gum.url,
        redirect_uri = "http://127.0.0.1/callback", scopes = "view_sales" }
      local tokens = assert(oauth.exchange { client_id = "emulated-application", base_url = gum.url,
        pending = pending, query = browser.query(browser.decide(url, "authorize")) })
      tokens.client_id, tokens.base_url, tokens.seller_name = "emulated-application", gum.url, "Ana"
      assert.is_true(call("save", name, tokens))
      return tokens
    end

    it("are refreshed: the new pair is stored", function()
      local old = log_in "shop"
      local new = assert(call("refresh", "shop"))
      assert.same(new, call("get", "shop"))
      assert.not_equal(old.access_token, new.access_token)
      assert.not_equal(old.refresh_token, new.refresh_token)
      assert.equal("Ana", new.seller_name)
      assert.is_table(connect({}, "shop").sales:list())
      assert.is_table(call("refresh", "shop"))
    end)

    it("are refreshed by several processes in turn, each with what the previous one stored", function()
      log_in "shop"
      local program = "XDG_CONFIG_HOME=" .. home .. " " .. support.lua_command [[
        for _ = 1, 10 do assert(require("gumroad.connections").refresh("shop")) end]]
      assert.equal("", support.output(("(%s & %s & wait) 2>&1"):format(program, program)))
      assert.is_table(connect({}, "shop").sales:list())
    end)

    it("keep the old pair if refreshing fails", function()
      local old = log_in "shop"
      gum:fault { kind = "status", status = 503, path = "/oauth/token" }
      local _, err = call("refresh", "shop")
      assert.equal("outcome_unknown", err.kind)
      assert.equal(old.access_token, call("get", "shop").access_token)
      assert.is_false(support.holds(err, old.refresh_token))
    end)

    it("remain readable if the new pair has fields of a wrong type", function()
      local old = log_in "shop"
      gum:fault { kind = "status", status = 200, path = "/oauth/token",
        body = '{"access_token":"new","refresh_token":"newer","scope":["view_sales"],"created_at":"1790000000"}' }
      assert.equal("new", call("refresh", "shop").access_token)
      local stored = assert(call("get", "shop"))
      assert.same({ "new", "newer", old.scope, old.created_at },
        { stored.access_token, stored.refresh_token, stored.scope, stored.created_at })
    end)

    it("are not refreshed if there is no room for the new pair, so that the old one remains valid", function()
      local old = log_in "shop"
      call("save", "large", { access_token = TOKEN, seller_name = ("x"):rep(20000) })
      local program = [[print(require("gumroad.connections").refresh("shop"))]]
      local said = support.output("trap '' XFSZ; ulimit -f 8; XDG_CONFIG_HOME=" .. home .. " "
        .. support.lua_command(program))
      assert.equal("nil\tconfig: cannot store connections: " .. file .. ": File too large", said)
      assert.is_table(oauth.info(old.access_token, { base_url = gum.url }))
    end)

    it("are not locked forever by a call that raised an error", function()
      log_in "shop"
      assert.truthy(support.raised(call, "refresh", "shop", { tiemout = 1 }):find("unknown option", 1, true))
      assert.is_table(call("refresh", "shop"))
    end)

    it("are refreshed by one call at a time", function()
      log_in "shop"
      local values, errors = call(gumroad.all, {
        function() return connections.refresh "shop" end,
        function() return connections.refresh "shop" end,
      })
      assert.is_table(values[1])
      check_error("another call of this program", values[2], errors[2])
      assert.is_table(call("refresh", "shop"))
    end)

    it("without a refresh token tell the user to log in again", function()
      call("save", "shop", { access_token = TOKEN, client_id = "a" })
      check_error("gumroad-lua login shop", call("refresh", "shop"))
    end)
  end)
end)
