-- The command gumroad-lua: every operation from the command line, its arguments, errors and exit codes.
local cjson = require "cjson"
local api = require "gumroad.api"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local json = require "gumroad.base.json"
local system = require "gumroad.system"
local arguments = require "gumroad.cli.arguments"
local formats = require "gumroad.cli.output.formats"
local operation = require "gumroad.cli.operation.rows"
local registry = require "gumroad.cli.registry"
local command = require "cli.support"
local support = require "support"

local UNKNOWN = "xK2vB9mQ4rT7yU1iO3pA5w=="
local unpack = table.unpack or unpack

local rows = {}
for _, name in ipairs(registry.resources()) do
  for _, row in ipairs(api[name]) do rows[#rows + 1] = row end
end

-- For each type of parameter: arguments of the command line, and the argument of the method.
local VALUES = {
  string = { { "Ink & Öl=1/2 +50%" }, "Ink & Öl=1/2 +50%" }, integer = { { "7" }, 7 }, boolean = { { "false" }, false },
  date = { { "2026-01-02" }, "2026-01-02" }, array = { { "a b", "c&d" }, { "a b", "c&d" } },
  object = { { '{"a b":"c&d"}' }, { ["a b"] = "c&d" } },
}

local function fields_of(param)
  local object = {}
  for _, field in ipairs(param.fields) do object[field[1]] = VALUES[field[2]][2] end
  return { cjson.encode(object) }, object
end

-- The call of a row: as words of the command line, and as arguments of the method.
local function both_calls(row)
  local words, ids, params = { row.resource, row.name }, {}, {}
  for i in ipairs(row.path_params) do words[#words + 1], ids[i] = UNKNOWN, UNKNOWN end
  for _, param in ipairs(row.params) do
    local value = VALUES[param[2]]
    if value then
      local texts, given = value[1], value[2]
      if param.fields then texts, given = fields_of(param) end
      for _, text in ipairs(texts) do words[#words + 1] = "--" .. param[1]:gsub("_", "-") .. "=" .. text end
      params[param[1]] = given
    end
  end
  if row.irreversible then words[#words + 1] = "--yes" end
  if row.is_list then words[#words + 1], params.limit = "--limit=1", 1 end
  if row.takes_params then ids[#ids + 1] = params end
  return words, ids
end

-- The names of the modules in a folder, sorted.
local function modules(folder)
  local names = {}
  for name in support.output("ls " .. folder):gmatch("[^\n]+") do
    if name ~= "init.lua" then names[#names + 1] = name:gsub("%.lua$", "") end
  end
  table.sort(names)
  return names
end

local function comparable(request)
  local body = request.body
  if body:find("^{") then body = json.decode(body) end
  return { request.method, request.path, request.query or "", body, request.headers["content-type"] or "" }
end

describe("gumroad-lua", function()
  local gum

  setup(function() gum = assert(emulator.start { sales = 30, subscribers = 3, now = 1790000000 }) end)
  teardown(function() gum:stop() end)

  local function batch(lines, more) return command.batch(lines, command.to(gum, more)) end
  local function run(words, more) return command.run(words, command.to(gum, more)) end

  it("makes the same request as the method, for every operation", function()
    local shop, lines, sent = support.shop(gum), {}, {}
    gum:reset_stats()
    for _, row in ipairs(rows) do
      if row.path and not row.composed then
        local words, given = both_calls(row)
        lines[#lines + 1], sent[#sent + 1] = words, row
        local resource = shop[row.resource]
        resource[row.name](resource, unpack(given))
      end
    end
    local by_method = support.requests(gum)
    gum:reset_stats()
    local results = batch(lines)
    local by_command = support.requests(gum)
    assert.equal(#lines, #by_method)
    assert.equal(#lines, #by_command)
    for i, row in ipairs(sent) do
      assert.same(comparable(by_method[i]), comparable(by_command[i]), row.resource .. " " .. row.name)
      assert.truthy(results[i].code ~= 1 and results[i].code ~= 2, results[i].err)
    end
  end)

  it("has help for every operation, with its documentation, scopes and options", function()
    local lines = {}
    for i, row in ipairs(rows) do lines[i] = { row.resource:gsub("_", "-"), row.name:gsub("_", "-"), "--help" } end
    for i, result in ipairs(batch(lines)) do
      local row, help = rows[i], result.out:gsub("%s+", " ")
      assert.equal(0, result.code)
      assert.truthy(help:find(row.doc:gsub("%s+", " "), 1, true), help)
      assert.truthy(help:find(row.scopes and table.concat(row.scopes, ", ") or "no access token", 1, true))
      for _, name in ipairs(row.path_params) do assert.truthy(help:find("<" .. name .. ">", 1, true)) end
      for _, option in ipairs(operation.options(row)) do
        assert.truthy(help:find(" " .. option.name .. " ", 1, true))
      end
    end
  end)

  it("has a module for each output format, and a format for each module", function()
    local names = {}
    for i, format in ipairs(formats) do names[i] = format.name end
    table.sort(names)
    assert.same(names, modules("lua/gumroad/cli/output/formats"))
  end)

  it("has no operation with the options of every command", function()
    local taken = { ["--help"] = true, ["--limit"] = true, ["--yes"] = true, ["--dry-run"] = true }
    for _, option in ipairs(arguments.GENERAL) do taken[option[1]] = true end
    for _, row in ipairs(rows) do
      for _, option in ipairs(operation.options(row)) do
        assert.falsy(taken[option.name], row.resource .. " " .. row.name .. " " .. option.name)
      end
    end
  end)

  it("has a row for each module of a command and a module for each row", function()
    local names = {}
    for i, own in ipairs(registry.COMMANDS) do names[i] = own.name end
    assert.same(names, modules("lua/gumroad/cli/commands"))
  end)

  it("has no command with the name of a resource", function()
    for _, own in ipairs(registry.COMMANDS) do assert.is_nil(api[own.name]) end
  end)

  it("lists every command, resource, operation and exit code in its help, and operations for each resource", function()
    local whole, sales, version = unpack(batch { { "--help" }, { "sales", "--help" }, { "--version" } })
    for _, own in ipairs(registry.COMMANDS) do assert.truthy(whole.out:find("\n   " .. own.name .. " ", 1, true)) end
    for _, name in ipairs(registry.resources()) do assert.truthy(whole.out:find("\n   " .. name .. "%s"), name) end
    assert.truthy(whole.out:find("Exit codes:\n   0 ", 1, true))
    for _, row in ipairs(api.sales) do assert.truthy(sales.out:find("\n   " .. row.name .. " ", 1, true)) end
    assert.equal("gumroad-lua " .. require("gumroad")._VERSION .. "\n", version.out)
  end)

  it("lists only the general options that a command supports in its help", function()
    local known, flags = {}, ""
    for _, option in ipairs(arguments.GENERAL) do known[option[1]] = true end
    for _, format in ipairs(formats.with_flag()) do flags = flags .. "--" .. format.name .. " " end
    for name, want in pairs { completion = "--debug", manual = "--debug", emulator = flags .. "--fields --debug",
      api = "--connection --base-url --timeout --debug", trigger = flags .. "--fields --debug",
      listen = "--json --connection --base-url --timeout --debug",
      doctor = flags .. "--fields --connection --base-url --timeout --debug" } do
      local listed = {}
      for option in batch { { name, "--help" } }[1].out:gmatch("\n   (%-%-[%l-]+)") do
        if known[option] then listed[#listed + 1] = option end
      end
      assert.equal(want, table.concat(listed, " "))
    end
  end)

  it("accepts its general options before, between and after the other arguments", function()
    for _, result in ipairs(batch {
      { "--fields", "id", "--plain", "sales", "list", "--limit", "2" },
      { "sales", "--plain", "list", "--fields=id", "--limit", "2" },
      { "sales", "list", "--limit", "2", "--plain", "--fields", "id" },
    }) do
      assert.truthy(result.out:find("^%S+\n%S+\n$"), result.err)
    end
  end)

  it("accepts text from files and standard input, negative numbers, and names with underscores", function()
    local path = os.tmpname()
    command.write(path, "<p>Öl\n</p>\n")
    local results = batch {
      { "products", "create", "--name", "@@ink", "--price", "900", "--description", "@" .. path, "--json" },
      { "products", "create", "--name", "Ink", "--price", "900", "--description", "@/nonexistent/file" },
      { "products", "update", UNKNOWN, "--price", "-500", "--max_purchase_count=3" },
    }
    os.remove(path)
    local made = cjson.decode(results[1].out)
    assert.same({ "@ink", "<p>Öl\n</p>\n" }, { made.name, made.description })
    assert.equal(2, results[2].code)
    assert.truthy(results[2].err:find("option '--description': cannot read /nonexistent/file: No such file", 1, true))
    assert.equal(4, results[3].code)
    local piped = command.shell("echo Tinte | " .. command.line({ "products", "create", "--name", "-", "--price", "900",
      "--fields", "name" }, command.to(gum)))
    assert.equal("name: Tinte\\n\n", piped.out)
  end)

  it("accepts arrays element by element or as JSON, and objects as JSON", function()
    gum:reset_stats()
    batch {
      { "products", "update", UNKNOWN, "--tags", "ink", "--tags", "[a" },
      { "products", "update", UNKNOWN, "--tags", "ink", "--tags", "öl" },
      { "products", "update", UNKNOWN, "--tags", '["ink","öl"]' },
      { "products", "update", UNKNOWN, "--files", '{"id":"a"}', "--files", '{"id":"b"}' },
      { "products", "update", UNKNOWN, "--files", "[]" },
    }
    local requests = support.requests(gum)
    assert.equal(4, #requests)
    assert.same({ tags = { "ink", "öl" } }, core.form_decode(requests[1].body))
    assert.equal(requests[1].body, requests[2].body)
    assert.same({ files = { { id = "a" }, { id = "b" } } }, cjson.decode(requests[3].body))
    assert.equal('{"files":[]}', requests[4].body)
  end)

  describe("refuses, before anything is sent,", function()
    for _, case in ipairs {
      { "an unknown command", { "sels" }, "unknown command 'sels'", "gumroad-lua" },
      { "a misspelled command", { "salse" }, "Did you mean 'sales'?", "gumroad-lua" },
      { "a misspelled operation", { "sales", "lst" }, "unknown command 'lst'. Did you mean 'list'?",
        "gumroad-lua sales" },
      { "a misspelled option", { "sales", "list", "--emial", "a" }, "unknown option '--emial'. Did you mean '--email'?",
        "gumroad-lua sales list" },
      { "an argument too few", { "sales", "get" }, "missing argument 'sale_id'", "gumroad-lua sales get" },
      { "an argument too many", { "sales", "get", "a", "b" }, "too many arguments", "gumroad-lua sales get" },
      { "a missing parameter", { "products", "create", "--name", "Ink" }, "missing option '--price'",
        "gumroad-lua products create" },
      { "a wrong number", { "products", "create", "--name", "Ink", "--price", "9.5" },
        "option '--price': a whole number expected, got '9.5'", "gumroad-lua products create" },
      { "a wrong boolean", { "products", "update", "a", "--is-adult", "yes" },
        "argument for option '--is-adult' must be one of 'true', 'false'", "gumroad-lua products update" },
      { "a wrong date", { "sales", "list", "--after", "tomorrow" },
        "option '--after': a date (\"YYYY-MM-DD\" or ISO 8601 with time and zone) expected, got 'tomorrow'",
        "gumroad-lua sales list" },
      { "a time where days count", { "sales", "export", "--from", "2026-01-02T10:00:00Z" },
        "gumroad-lua: option '--from': Gumroad counts whole UTC days here", "gumroad-lua sales export" },
      { "an invalid limit", { "products", "list", "--limit", "-1" },
        "gumroad-lua: option '--limit': a whole number of at least 0 expected, got '-1'", "gumroad-lua products list" },
      { "an invalid name of a connection", { "login", "a\tb" }, "gumroad-lua: a name may have letters",
        "gumroad-lua login" },
      { "an invalid number for the emulator", { "emulator", "--sales", "x" },
        "option '--sales': a number of at least 0 expected, got 'x'", "gumroad-lua emulator" },
      { "wrong JSON", { "upsells", "create", "--name", "a", "--product-id", "b", "--offer-code", "{" },
        "option '--offer-code': it is not JSON: ", "gumroad-lua upsells create" },
      { "what is no id", { "sales", "get", ".." }, "gumroad-lua: sale_id: \"..\" is not an id",
        "gumroad-lua sales get" },
      { "two formats", { "sales", "list", "--plain", "--csv" },
        "option '--csv' can not be used together with option '--plain'", "gumroad-lua sales list" },
      { "an unknown field", { "sales", "list", "--fields", "id,emails" },
        "--fields: unknown field 'emails' (did you mean 'email'?)", "gumroad-lua sales list" },
      { "an invalid timeout", { "user", "get", "--timeout", "0" },
        "option '--timeout': a number of seconds expected, got '0'", "gumroad-lua user get" },
      { "an unknown method", { "api", "FETCH", "user" }, "'FETCH' is not one of GET, HEAD,", "gumroad-lua api" },
      { "a field without a value", { "api", "GET", "user", "--query", "a" }, "NAME=VALUE expected, got 'a'",
        "gumroad-lua api" },
    } do
      it(case[1] .. " #slow", function()
        gum:reset_stats()
        local result = run(case[2])
        assert.equal(2, result.code)
        assert.equal("", result.out)
        assert.truthy(result.err:find(case[3], 1, true), result.err)
        assert.equal("See: " .. case[4] .. " --help", result.err:match("([^\n]*)\n$"))
        assert.equal(0, #support.requests(gum))
      end)
    end
  end)

  it("has an exit code for each kind of failure, and one line that says what to do", function()
    local unreachable = "http://127.0.0.1:" .. support.free_port()
    gum:grant("no-use", "creator_api")
    local results = batch {
      { "sales", "get", UNKNOWN },
      { "products", "comps" },
      { "sales", "list", "--base-url", unreachable },
      { "licenses", "verify", "--license-key", "no-such-key", "--product-id", UNKNOWN },
    }
    local codes = {}
    for i, result in ipairs(results) do
      codes[i] = result.code
      assert.equal("", result.out)
      assert.truthy(result.err:find("^gumroad%-lua: [^\n]+\n$"), result.err)
    end
    assert.same({ 4, 5, 6, 4 }, codes)
    local wrong = run({ "user", "get" }, { GUMROAD_ACCESS_TOKEN = "wrong-token-of-nobody" })
    assert.equal(3, wrong.code)
    assert.truthy(wrong.err:find("check GUMROAD_ACCESS_TOKEN", 1, true))
    local scope = run({ "sales", "list" }, { GUMROAD_ACCESS_TOKEN = "no-use" })
    assert.equal(3, scope.code)
    assert.truthy(scope.err:find("this needs one of the scopes view_sales, account", 1, true))
    local broken = run({ "user", "get" }, { GUMROAD_ACCESS_TOKEN = "two\nlines" })
    assert.equal(3, broken.code)
    assert.truthy(broken.err:find("the access token in GUMROAD_ACCESS_TOKEN is empty, or has", 1, true), broken.err)
  end)

  it("says when it is unknown whether a refund was made", function()
    local sale = assert(gum:sell { email = "wanda@example.com" })
    assert(gum:fault { kind = "reset", path = "/v2/sales/", method = "PUT" })
    local result = run({ "sales", "refund", sale.id, "--yes" })
    gum:clear_faults()
    assert.equal(7, result.code, result.err)
  end)

  describe("files upload", function()
    local folder, remove, path, small
    setup(function()
      folder, remove = support.folder()
      path = folder .. "/Ink & Öl.zip"
      command.write(path, ("x"):rep(3000000))
      small = assert(emulator.start { sales = 0, part_size = 1048576 })
    end)
    teardown(function()
      small:stop()
      remove()
    end)

    it("keeps the upload state after a failure, for its owner only, and says how to continue", function()
      local variables = command.to(small, { XDG_STATE_HOME = folder .. "/state" })
      assert(small:fault { kind = "status", status = 403, path = "/v2/files/complete" })
      local failed = command.run({ "files", "upload", path }, variables)
      assert.equal(3, failed.code, failed.err)
      local words = assert(failed.err:match("^gumroad%-lua: to continue within 15 minutes: gumroad%-lua ([^\n]+)\n"),
        failed.err)
      assert.is_true(system.is_private(words:match("@([^']+)")))
      small:reset_stats()
      local done = command.shell(command.line({}, variables) .. " " .. words .. " --fields file_url")
      assert.equal(0, done.code, done.err)
      assert.equal(1, #support.requests(small))
    end)

    it("shows its progress on a terminal #pty", function()
      local shown = command.on_terminal({ "files", "upload", path }, command.to(small), 80).out
      assert.truthy(shown:find("100 %, 2.9 of 2.9 MB sent\27[K\27[K", 1, true), shown)
    end)

    it("reports a missing file as a mistake of the command line", function()
      local result = run { "files", "upload", folder .. "/none" }
      assert.equal(2, result.code)
      assert.truthy(result.err:find("/none: No such file", 1, true), result.err)
    end)
  end)

  it("shows with its exit code whether a license is valid, and documents that in the help", function()
    local product, key = "--product-id", "--license-key"
    local sale = assert(gum:sell { product_id = "brpro", email = "lena@example.com" })
    local results = batch {
      { "licenses", "check", product, sale.product_id, key, sale.license_key },
      { "licenses", "check", product, sale.product_id, key, "no-such-key" },
      { "licenses", "check", product, sale.product_id, key, sale.license_key, "--base-url",
        "http://127.0.0.1:" .. support.free_port() },
      { "licenses", "check", "--help" },
    }
    assert.same({ 0, 5, 6 }, { results[1].code, results[2].code, results[3].code })
    assert.truthy(results[2].out:find("valid: false\nstatus: unknown\n", 1, true), results[2].out)
    assert.truthy(results[4].out:gsub("%s+", " "):find("The exit code is 0 if it is valid, 6 if", 1, true))
  end)

  it("says what to do without a token, and needs none for public operations", function()
    local none = { GUMROAD_ACCESS_TOKEN = "" }
    local result = run({ "sales", "list" }, none)
    assert.equal(3, result.code)
    assert.truthy(result.err:find("no access token: set GUMROAD_ACCESS_TOKEN or use a connection (no connection is "
      .. "stored: make one with gumroad-lua login NAME)", 1, true), result.err)
    assert.equal(4, run({ "licenses", "verify", "--license-key", "no-such-key" }, none).code)
  end)

  it("uses the named connection, or the token in the variable, or the default connection", function()
    local folder, remove = support.folder()
    local variables = { XDG_CONFIG_HOME = folder, GUMROAD_ACCESS_TOKEN = "" }
    gum:grant("of-the-connection", "view_public")
    support.with_environment(variables, function()
      assert(require("gumroad.connections").save("mine", { access_token = "of-the-connection", base_url = gum.url }))
    end)
    local words = { "sales", "list", "--limit", "1" }  -- which the connection's token must not do
    assert.equal(3, run(words, variables).code)
    assert.equal(0, run({ "products", "list", "--limit", "1" }, variables).code)
    variables.GUMROAD_ACCESS_TOKEN = gum.access_token
    assert.equal(0, run(words, variables).code)
    local named = run({ "--connection", "mine", "sales", "list" }, variables)
    assert.truthy(named.err:find("scope: ", 1, true), named.err)
    local unknown = run({ "--connection", "yours", "sales", "list" }, variables)
    remove()
    assert.equal(3, unknown.code)
    assert.truthy(unknown.err:find("there is no connection 'yours' (known: mine)", 1, true), unknown.err)
  end)

  it("never shows the token", function()
    local token = "a-token-that-must-not-be-seen"
    gum:grant(token, "view_sales")
    local results = batch({
      { "sales", "list", "--limit", "1", "--debug" },
      { "products", "create", "--name", "a", "--price", "1", "--debug" },
      { "api", "GET", "/v2/nothing", "--debug" }, { "sales", "get", UNKNOWN, "--debug" },
      { "user", "get", "--base-url", "http://127.0.0.1:" .. support.free_port(), "--debug" },
    }, { GUMROAD_ACCESS_TOKEN = token })
    for _, result in ipairs(results) do
      assert.falsy((result.out .. result.err):find(token, 1, true))
    end
    assert.truthy(results[5].err:find("stack traceback:", 1, true))
  end)

  it("says how to continue a list that ends at --limit, if asked; otherwise it is silent", function()
    local silent, first, whole = unpack(batch { { "sales", "list", "--limit", "3" },
      { "sales", "list", "--limit", "3", "--fields", "id", "--next-page-key" }, { "sales", "list", "--fields", "id" } })
    local key = first.err:match("^gumroad%-lua: to continue the list: %-%-page%-key '(%S+)'\n$")
    assert.equal("", silent.err .. whole.err)
    local rest = run({ "sales", "list", "--fields", "id", "--page-key", key })
    assert.equal(whole.out, first.out .. rest.out)
  end)

  describe("api", function()
    it("prints the server's response, byte for byte", function()
      local user, made = unpack(batch { { "api", "get", "user" }, { "api", "POST", "/v2/products", "--field",
        "name=Ink & Öl", "--field", "price=900", "--field", "tags[]=a b", "--field", "tags[]=c" } })
      assert.truthy(user.out:find('^{"success":true,"user":{"name":"[^"]+",.*"twitter_handle":null'), user.out)
      local product = cjson.decode(made.out).product
      assert.same({ "Ink & Öl", 900, { "a b", "c" } }, { product.name, product.price, product.tags })
    end)

    it("sends a body as JSON, a query and headers", function()
      gum:reset_stats()
      batch {
        { "api", "POST", "/v2/products", "--body", '{"name":"Ink","price":900}', "--header", "X-Trace: a b" },
        { "api", "GET", "sales", "--query", "email=a+b@example.com", "--query", "page=1" },
      }
      local post, get = unpack(support.requests(gum))
      assert.same({ '{"name":"Ink","price":900}', "application/json", "a b" },
        { post.body, post.headers["content-type"], post.headers["x-trace"] })
      assert.same({ "/v2/sales", "email=a%2Bb%40example.com&page=1" }, { get.path, get.query })
    end)

    it("accepts a path with and without /v2", function()
      gum:reset_stats()
      batch { { "api", "GET", "/v2/user" }, { "api", "GET", "v2/user" }, { "api", "GET", "/user" } }
      local paths = {}
      for i, request in ipairs(support.requests(gum)) do paths[i] = request.path end
      assert.same({ "/v2/user", "/v2/user", "/v2/user" }, paths)
    end)

    it("accepts a full URL of the API, but not of another host", function()
      local user, other, longer = unpack(batch { { "api", "GET", gum.url .. "/v2/user", "--query", "a=b" },
        { "api", "GET", "https://api.example.com/v2/user" }, { "api", "GET", gum.url .. "0/v2/user" } })
      assert.truthy(user.out:find('^{"success":true,"user":'), user.err)
      assert.equal(2, other.code)
      assert.truthy(other.err:find("the API is at " .. gum.url
        .. " (see --base-url), so nothing was sent to api.example.com", 1, true), other.err)
      assert.equal(2, longer.code)
    end)

    it("reads the text of a field from a file or standard input", function()
      local path = os.tmpname()
      command.write(path, "<p>Öl</p>\n")
      gum:reset_stats()
      local _, none = unpack(batch { { "api", "POST", "products", "--field", "name=@@ink", "--field", "price=900",
        "--field", "description=@" .. path }, { "api", "POST", "products", "--field", "name=@/nonexistent/file" } })
      os.remove(path)
      local requests = support.requests(gum)
      assert.equal(1, #requests)
      assert.same({ name = "@ink", price = "900", description = "<p>Öl</p>\n" }, core.form_decode(requests[1].body))
      assert.equal(2, none.code)
      assert.truthy(none.err:find("option '--field': name: cannot read /nonexistent/file", 1, true), none.err)
    end)
  end)

  describe("run", function()
    local function script(text, ...)
      local path = os.tmpname()
      command.write(path, text)
      local result = run({ "run", path, ... })
      os.remove(path)
      result.out, result.err = result.out:gsub(path, "SCRIPT"), result.err:gsub(path, "SCRIPT")
      return result
    end

    it("passes the shop, the module and its arguments to a script", function()
      local result = script([[
        print(#shop.user:get().id, gumroad._VERSION, arg[0], #arg, ...)]], "--json", "-x", "--", "a_b")
      assert.equal(("13\t%s\tSCRIPT\t4\t--json\t-x\t--\ta_b\n"):format(require("gumroad")._VERSION), result.out)
    end)

    it("keeps what the globals had before, such as a check for undefined names", function()
      local path = os.tmpname()
      finally(function() os.remove(path) end)
      command.write(path, "print(type(gumroad.new), own, undefined)")
      for _, index in ipairs { "{ own = 1, undefined = 2 }", "function(_, name) return #name == 3 and 1 or 2 end" } do
        local result = command.shell(support.lua_command(("setmetatable(_G, { __index = %s }) "
          .. "os.exit(require('gumroad.cli').main { 'run', %q }, true)"):format(index, path)))
        assert.same({ 0, "function\t1\t2\n" }, { result.code, result.out }, result.err)
      end
    end)

    it("reports the errors of a script in one line, with a separate exit code", function()
      for text, want in pairs {
        ["error 'no'"] = { 1, "gumroad-lua: SCRIPT:1: no\n" },
        ["local _, err = shop.sales:get 'none' error(err, 0)"] = {
          4, "gumroad-lua: not_found: The sale was not found. [GET /v2/sales/none, HTTP 200]\n" },
        ["os.exit(9)"] = { 9, "" },
        ["\nshop.products:list { limt = 1 }"] = { 1, "gumroad-lua: SCRIPT:2: products.list: unknown parameter 'limt' "
          .. "(did you mean 'limit'?)\n" },
      } do
        local result = script(text)
        assert.same(want, { result.code, result.err })
      end
      local syntax = script("a b")
      assert.equal(1, syntax.code)
      assert.truthy(syntax.err:find("^gumroad%-lua: SCRIPT:1: [^\n]+\n$"), syntax.err)
    end)
  end)

  it("runs the emulator and prints the variables for the shell", function()
    local words = { "emulator", "--port", "0", "--sales", "3", "--access-token", "of-tests" }
    local pipe = assert(io.popen(command.line(words) .. " & echo $!"))
    local pid = pipe:read("*l")
    local url = pipe:read("*l"):match("^# Gumroad emulator at (http://127%.0%.0%.1:%d+) until Ctrl%-C%. To use it from "
      .. "a shell:$")
    assert.equal("export GUMROAD_API_BASE_URL='" .. url .. "'", pipe:read("*l"))
    assert.equal("export GUMROAD_ACCESS_TOKEN='of-tests'", pipe:read("*l"))
    assert.truthy(pipe:read("*l"):find("^# .*: gumroad%-lua login NAME %-%-client%-id emulated%-application$"))
    assert.truthy(pipe:read("*l"):find("gumroad%-lua emulator sell .* %-%-url %d+$"))
    assert.truthy((pipe:read("*l") .. pipe:read("*l")):find("emulator %-%-help.* after 10 s; %-%-time%-scale"))
    local result = command.run({ "sales", "list", "--fields", "id" },
      { GUMROAD_API_BASE_URL = url, GUMROAD_ACCESS_TOKEN = "of-tests" })
    os.execute("kill -TERM " .. pid)
    assert.is_nil(pipe:read("*l"))
    pipe:close()
    assert.truthy(result.out:find("^%S+\n%S+\n%S+\n$"), result.err)
  end)

  it("reports that the emulator's port is in use, with the exit code for a wrong setting", function()
    local result = run { "emulator", "--port", gum.url:match("%d+$") }
    assert.equal(3, result.code)
    assert.truthy(result.err:find("is already taken", 1, true), result.err)
  end)

  it("says which package to install if argparse is missing", function()
    local line = command.line({ "sales", "list" }):gsub("spec/cli/program.lua",
      "-e 'package.preload.argparse = nil package.path = package.path:gsub(\"[^;]*argparse[^;]*\", \"\") "
      .. "package.path = \"lua/?.lua;lua/?/init.lua\"' %0")
    local result = command.shell(line)
    assert.equal(3, result.code, result.err)
    assert.truthy(result.err:find("run apt install lua-argparse or luarocks install argparse", 1, true))
  end)
end)
