-- The command gumroad-lua takes what people type, paste and link.
local cjson = require "cjson"
local connections = require "gumroad.connections"
local emulator = require "gumroad.emulator"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

describe("gumroad-lua", function()
  local gum
  setup(function() gum = assert(emulator.start { sales = 5, subscribers = 0 }) end)
  teardown(function() gum:stop() end)

  local function batch(lines) return command.batch(lines, command.to(gum)) end

  it("shows its help without words, for a resource alone and after `help`, and its version if asked", function()
    local whole, sales, list = unpack(batch { { "--help" }, { "sales", "--help" }, { "sales", "list", "--help" } })
    for i, result in ipairs(batch { {}, { "help" }, { "sales" }, { "help", "sales" }, { "help", "sales", "list" } }) do
      assert.equal(0, result.code)
      assert.equal((i <= 2 and whole or i <= 4 and sales or list).out, result.out)
    end
    for _, result in ipairs(batch { { "version" }, { "-v" }, { "--version" } }) do
      assert.equal("gumroad-lua " .. require("gumroad")._VERSION .. "\n", result.out)
    end
    for _, words in ipairs { { "salse" }, { "sales", "lst" }, { "help", "salse" }, { "--json" } } do
      assert.equal(words[1] == "help" and 0 or 2, batch({ words })[1].code == 2 and 2 or 0, words[1])
    end
  end)

  it("takes ids and values that begin with a dash", function()
    gum:reset_stats()
    local results = batch {
      { "products", "get", "-AbC==" }, { "products", "get", "--json", "-AbC==" }, { "products", "get", "--", "-AbC==" },
      { "licenses", "verify", "--product-id", "-x", "--license-key", "-ABC" },
      { "products", "create", "--name", "-Sale", "--price", "900" },
    }
    assert.equal(0, results[5].code, results[5].err)
    local sent = support.requests(gum)
    for i = 1, 3 do assert.equal("/v2/products/-AbC%3D%3D", sent[i].path) end
    assert.truthy(sent[4].body:find("license_key=-ABC", 1, true))
    assert.truthy(sent[5].body:find("name=-Sale", 1, true))
  end)

  it("still says what is no option, and what lacks its value", function()
    for words, message in pairs { ["--nmae x"] = "unknown option '--nmae'",
      ["--name --price 9"] = "requires an argument" } do
      local line = { "products", "create" }
      for word in words:gmatch("%S+") do line[#line + 1] = word end
      local result = batch({ line })[1]
      assert.equal(2, result.code)
      assert.truthy(result.err:find(message, 1, true), result.err)
    end
  end)

  it("completes addresses of this machine", function()
    local receiver = assert(emulator.start { sales = 0, subscribers = 0 })
    finally(function() receiver:stop() end)
    for _, to in ipairs { tostring(receiver.port), ":" .. receiver.port, "localhost:" .. receiver.port .. "/h" } do
      local result = command.run({ "trigger", "sale", "--to", to, "--json" }, command.to(gum))
      assert.truthy(result.out:find('"status":404', 1, true), result.out .. result.err)
    end
  end)

  it("prints errors as one JSON object with --json", function()
    local missing, wrong = unpack(batch { { "sales", "get", "none", "--json" }, { "sales", "lst", "--json" } })
    assert.truthy(missing.err:find('^{"kind":"not_found","message":"[^\n]+}\n$'), missing.err)
    assert.equal(200, cjson.decode(missing.err).status)
    assert.equal("usage", cjson.decode(wrong.err).kind)
  end)

  it("prints its requests with --debug, without token, keys and buyers", function()
    local result = batch({ { "sales", "list", "--debug", "--email", "buyer@example.com", "--fields", "id" } })[1]
    assert.truthy(result.err:find("GET " .. gum.url .. "/v2/sales?email=%2A%2A%2A: 200, 0.", 1, true), result.err)
    assert.falsy(result.err:find("buyer@", 1, true))
  end)

  it("lists the webhooks of every event unless one is named", function()
    local shop = support.shop(gum)
    for _, name in ipairs { "refund", "sale" } do
      assert(shop.resource_subscriptions:create { resource_name = name, post_url = "https://example.com/" .. name })
    end
    local all, one = unpack(batch { { "resource_subscriptions", "list", "--fields", "post_url" },
      { "resource_subscriptions", "list", "--fields", "post_url", "--resource-name", "sale" } })
    assert.equal("https://example.com/sale\nhttps://example.com/refund\n", all.out)
    assert.equal("https://example.com/sale\n", one.out)
    assert.equal("", batch({ { "resource_subscriptions", "list", "--limit", "0" } })[1].out)
  end)

  it("works through a symbolic link", function()
    local folder, remove = support.folder()
    finally(remove)
    os.execute(("ln -s %s/bin/gumroad-lua %s/link && ln -s link %s/again"):format(support.output "pwd", folder, folder))
    local result = command.shell(("cd / && env -u LUA_PATH -u LUA_CPATH %s %s/again --version")
      :format(support.lua_command(""):match("^%S+"), folder))
    assert.equal(0, result.code, result.err)
  end)

  it("lets a script whose path has the interpreter's name start an emulator", function()
    local folder, remove = support.folder()
    finally(remove)
    command.write(folder .. "/t.lua", "local e = require 'gumroad.emulator'\n"
      .. "local gum = assert(e.start { sales = 1, subscribers = 0 }) print(gum.port > 0) gum:stop()\n")
    local result = command.run({ "run", folder .. "/t.lua" })
    assert.equal("true\n", result.out, result.err)
  end)

  it("stores connections in the file to which a link leads", function()
    local folder, remove = support.folder()
    finally(remove)
    os.execute(("mkdir -p %s/gumroad-lua %s/elsewhere && touch %s/elsewhere/c.json && chmod 600 %s/elsewhere/c.json "
      .. "&& ln -s ../elsewhere/c.json %s/gumroad-lua/connections.json"):gsub("%%s", folder))
    support.with_environment({ XDG_CONFIG_HOME = folder }, function()
      assert(connections.save("ink", { access_token = "t" }))
    end)
    assert.truthy(command.read(folder .. "/elsewhere/c.json"):find('"ink"', 1, true))
    assert.equal("../elsewhere/c.json", support.output(("readlink %s/gumroad-lua/connections.json"):format(folder)))
  end)

  it("takes a token as editors, pages and other shells write it, or names the fault", function()
    local token, folder, remove = gum.access_token, support.folder()
    finally(remove)
    local function login(text)
      command.write(folder .. "/token", text)
      return command.shell(command.line({ "login", "ink", "--with-token" }, { XDG_CONFIG_HOME = folder,
        GUMROAD_API_BASE_URL = gum.url }) .. " <" .. folder .. "/token")
    end
    for _, text in ipairs { token, "\239\187\191" .. token .. "\r\n", "\255\254" .. token:gsub(".", "%0\0"),
      "\194\160" .. token .. "\194\160", '"' .. token .. '"', "'" .. token .. "'\n", "Bearer " .. token,
      "Authorization: Bearer " .. token, "\226\128\156" .. token .. "\226\128\157" } do
      local result = login(text)
      assert.equal(0, result.code, ("%q %s"):format(text, result.err))
    end
    assert.truthy(login("two words").err:find("has blanks in it", 1, true))
    assert.truthy(login("t\1ken").err:find("characters that no access token has", 1, true))
    assert.truthy(login("\n").err:find("there is no access token", 1, true))
  end)

  it("says in one line what a change did, and prints the object if asked", function()
    local shop = support.shop(gum)
    local sale = assert(gum:sell {})
    local made = unpack(batch { { "products", "create", "--name", "Ink\n", "--price", "900" } })
    assert.truthy(made.out:find('^Created product %S+ "Ink ?"\n$'), made.out)
    local product_id = shop.products:list()[1].id
    local refunded, disabled, object = unpack(batch { { "sales", "refund", sale.id, "--yes", "--amount-cents", "100" },
      { "products", "disable", product_id }, { "products", "disable", product_id, "--csv" } })
    assert.truthy(refunded.out:find("^Refunded 1%.?0?0? %u+ of sale " .. sale.id:gsub("%p", "%%%0")), refunded.out)
    assert.truthy(disabled.out:find("^Disabled product %S+ \"[^\n]+\"\n$"), disabled.out)
    assert.truthy(object.out:find("^id,name,"))
  end)

  it("folds its help at the terminal's width, and ends it with examples #pty", function()
    local api, lines = require "gumroad.api", { { "--help" } }
    for _, row in ipairs(require("gumroad.cli.registry").COMMANDS) do lines[#lines + 1] = { row.name, "--help" } end
    for _, rows in pairs(api) do
      for _, row in ipairs(rows) do lines[#lines + 1] = { row.resource, row.name, "--help" } end
    end
    for i, result in ipairs(batch(lines)) do
      assert.truthy(result.out:find("\nExamples:\n   [^\n]*gumroad%-lua "), lines[i][1])
      for line in result.out:gsub("\nExamples:.*", ""):gmatch("[^\n]+") do
        assert.truthy(#line <= 80 or not line:find(" ", 30, true), line)
      end
    end
    local narrow = command.on_terminal({ "sales", "list", "--help" }, {}, 60).out
    for line in narrow:gsub("\nExamples:.*", ""):gmatch("[^\n]+") do assert.truthy(#line <= 60, line) end
  end)

  it("shows a summary's groups as rows, and amounts in their unit without a name that says cents", function()
    local summary = unpack(batch { { "sales", "summary", "--group-by", "product" } })
    assert.truthy(summary.out:find("^gross: %d+%.%d%d USD\n"), summary.out)
    assert.truthy(summary.out:find("\n\nbreakdown\n[^\n]*gross[^\n]*\n"), summary.out)
    assert.falsy(summary.out:find("_cents:", 1, true))
  end)

  it("uploads and adds a product's files, keeps those it has, and says so", function()
    local folder, remove = support.folder()
    finally(remove)
    command.write(folder .. "/a.txt", "a")
    local made = assert(support.shop(gum).products:create { name = "Ink", price = 900 })
    local words = { "products", "add-files", made.id, "--add-file", folder .. "/a.txt" }
    local first, second, none = unpack(batch { words, words, { "products", "add-files", made.id } })
    assert.truthy(first.out:find('"Ink": 1 added, 0 kept\n$'), first.out .. first.err)
    assert.truthy(second.out:find('"Ink": 1 added, 1 kept\n$'), second.out .. second.err)
    assert.equal(2, none.code)
    assert.equal(2, #support.shop(gum).products:get(made.id).files)
  end)
end)
