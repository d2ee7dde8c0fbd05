local env = require "gumroad.base.env"
local options = require "gumroad.base.options"
local shell = require "gumroad.base.shell"
local support = require "support"
local tables = require "gumroad.base.tables"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"

describe("A table of options", function()
  local KNOWN = {
    url = { "string", required = ": where the server is" },
    id = { "string", required = true },
    port = { "number", whole = true, least = 0, most = 65535 },
    timeout = { "number", positive = true, default = 30 },
    factor = { "number", least = 0, default = 1 },
    share = { "number", most = 1 },
    body = { { "string", "table" } },
    token = { "string", or_false = true },
    address = { "string", expected = "a URL" },
    anything = {},
  }

  -- The error for these options in addition to the required ones.
  local function raised(given, words)
    return support.raised(options.check, "call", KNOWN, tables.copy({ url = "u", id = "i" }, given), words)
  end

  it("is copied, and only the copy is returned", function()
    local given = { url = "u", id = "i", port = 80, timeout = 0.5, body = {}, token = false, anything = false }
    local copy = options.check("call", KNOWN, given)
    assert.same(given, copy)
    assert.are_not.equal(given, copy)
    assert.equal(given.body, copy.body)
  end)

  it("gets defaults for absent options when they are requested", function()
    local checked = options.check("call", KNOWN, { url = "u", id = "i", factor = 0 })
    assert.same({ url = "u", id = "i", factor = 0 }, checked)
    assert.same({ url = "u", id = "i", factor = 0, timeout = 30 }, options.fill(KNOWN, checked))
  end)

  it("may be nil if nothing is required", function()
    assert.same({}, options.check("call", { port = { "number" } }, nil))
    assert.equal("call: table expected, got nil", support.raised(options.check, "call", KNOWN, nil))
    assert.equal("call: table expected, got boolean", support.raised(options.check, "call", {}, false))
  end)

  it("must not have unknown names", function()
    assert.equal("call: unknown option 'prot' (did you mean 'port'?)", raised { prot = 1 })
    assert.equal("call: unknown option '1' (known: address, anything, body, factor, id, port, share, timeout, token, "
      .. "url)", raised { "a" })
    assert.equal("call: unknown field 'prot' (did you mean 'port'?)", raised({ prot = 1 }, { noun = "field" }))
    assert.equal("call: unknown option 'a' (there are none)", support.raised(options.check, "call", {}, { a = 1 }))
  end)

  it("must have values of the right type", function()
    assert.equal("call: port: number expected, got string", raised { port = "80" })
    assert.equal("call: body: string or table expected, got number", raised { body = 5 })
    assert.equal("call: token: string expected, got boolean", raised { token = true })
    assert.equal("call: address: a URL expected, got table", raised { address = {} })
    assert.equal("call: option 'port': number expected, got boolean",
      raised({ port = false }, { label = "option '%s'" }))
  end)

  it("must have numbers in their range", function()
    assert.equal("call: port: a whole number from 0 to 65535 expected, got 65536", raised { port = 65536 })
    assert.equal("call: port: a whole number from 0 to 65535 expected, got 1.5", raised { port = 1.5 })
    assert.equal("call: port: a whole number from 0 to 65535 expected, got -1", raised { port = -1 })
    assert.equal("call: timeout: a positive number expected, got 0", raised { timeout = 0 })
    assert.truthy(raised { timeout = 0 / 0 }:find("call: timeout: a positive number expected", 1, true))
    assert.truthy(raised { share = 0 / 0 }:find("call: share: a number of at most 1 expected", 1, true))
    assert.equal("call: factor: a number of at least 0 expected, got -2", raised { factor = -2 })
  end)

  it("must have everything that is required", function()
    assert.equal("call: id is missing", support.raised(options.check, "call", KNOWN, {}))
    assert.equal("call: url is missing: where the server is",
      support.raised(options.check, "call", KNOWN, { id = "i" }))
  end)

  it("is checked with errors at the caller's line", function()
    local line = debug.getinfo(1, "l").currentline + 1
    local _, message = pcall(function() options.check("call", KNOWN, { prot = 1 }) end)
    assert.truthy(message:find(("base_spec.lua:%d: "):format(line), 1, true), message)
  end)
end)

describe("A URL", function()
  it("is split into its parts", function()
    assert.same({ scheme = "https", host = "example.com", path = "" }, url.parse "https://example.com")
    assert.same(
      { scheme = "http", host = "example.com", port = 8080, path = "/a/b", query = "c=d?e", fragment = "f#g" },
      url.parse "HTTP://ana:se:cret@x@Example.COM:8080/a/b?c=d?e#f#g")
    assert.same({ scheme = "http", host = "::1", port = 80, path = "/" }, url.parse "http://[::1]:80/")
    assert.same({ scheme = "http", host = "::1", path = "", query = "" }, url.parse "http://[::1]?")
    assert.same({ scheme = "http", host = "a", path = "", fragment = "b?c" }, url.parse "http://a:#b?c")
    assert.same({ scheme = "http", host = "a", port = 65535, path = "" }, url.parse "http://a:65535")
    assert.same({ scheme = "git+ssh", host = "a", path = "/" }, url.parse "git+ssh://a/")
  end)

  for _, text in ipairs { "", "example.com", "/v2/user", "//example.com/", "http:/a", "http://", "http:///a",
    "http://@/", "http://a:b/", "http://a:1:2/", "http://a:65536/",
    "http://a:" .. ("9"):rep(400) .. "/", "http://[::1", "http://[::1]1/", "1http://a/", "mailto:a@b" } do
    it(("is not recognized in %q"):format(text), function() assert.is_nil(url.parse(text)) end)
  end

  it("of a web server is recognized by its beginning", function()
    for _, text in ipairs { "http://a", "HTTPS://a/b", "https://" } do assert.is_true(url.is_http(text)) end
    for _, text in ipairs { "ftp://a", "localhost:8089", "http:/a", "httpss://a", " http://a", "" } do
      assert.is_false(url.is_http(text))
    end
  end)

  it("has a host if it is of a web server", function()
    assert.equal("example.com", url.host "https://u:p@EXAMPLE.com:1/x")
    for _, text in ipairs { "ftp://example.com", "example.com", "http://" } do assert.is_nil(url.host(text)) end
  end)

  it("has one origin, however it is written", function()
    for _, text in ipairs { "https://Example.com", "HTTPS://example.com:443/a?b", "https://u:p@example.com/" } do
      assert.equal("https://example.com", url.origin(text))
    end
    assert.equal("http://example.com:443", url.origin "http://example.com:443")
    assert.equal("https://[::1]:80", url.origin "https://[::1]:80/")
    assert.is_nil(url.origin "example.com")
    assert.equal("example.com:8443", url.server "https://u:p@example.com:8443/")
    assert.equal("example.com", url.server "https://example.com:443")
    assert.is_nil(url.server "example.com")
  end)

  it("has a target for the request line of HTTP", function()
    local function target(text) return url.target(url.parse(text)) end
    assert.equal("/", target "http://a")
    assert.equal("/?b=c", target "http://a?b=c#d")
    assert.equal("/b/?", target "http://a/b/?")
  end)

  it("can be given another port", function()
    assert.equal("http://u:1@a:80/b:0?c:0", url.with_port("http://u:1@a:0/b:0?c:0", 80))
    assert.equal("http://[::1]:80", url.with_port("http://[::1]", 80))
  end)

  it("of this machine is recognized by its host", function()
    for _, host in ipairs { "localhost", "127.0.0.1", "127.1.2.3", "::1" } do assert.is_true(url.is_loopback(host)) end
    for _, host in ipairs { "127.example.com", "1127.0.0.1", "localhost.example.com", "::11", "10.0.0.1" } do
      assert.is_false(url.is_loopback(host))
    end
  end)

  it("is shown without user and password", function()
    assert.equal("http://a:80/b@c", url.without_user "http://ana:se@cret@a:80/b@c")
    assert.equal("example.com", url.without_user "ana:se/cret@example.com")
    assert.equal("http://a", url.without_user "http://a")
  end)

  it("is shown without anything secret", function()
    assert.equal("https://example.com:8443/hooks/7f3d.../?...", url.shown
      "https://ana:secret@example.com:8443/hooks/7f3d0c5b9a/?secret=abc")
    assert.equal("http://a#...", url.shown "http://a#b")
    assert.equal("(no URL)", url.shown "ana:secret@example.com")
  end)

  it("of a proxy is shown without user and password, whatever characters they contain", function()
    for _, text in ipairs { "http://bob:PASS@127.0.0.1:3128", "http://bob:PA/SS@127.0.0.1:3128/x",
      "http://bob:12/SS@127.0.0.1:3128", "http://PA?SS#@@127.0.0.1:3128", "bob:PA/SS@127.0.0.1:3128",
      "127.0.0.1:3128" } do
      assert.equal("http://127.0.0.1:3128", url.proxy(text))
    end
    assert.equal("ftp://127.0.0.1:99999", url.proxy "ftp://bob:PASS@127.0.0.1:99999")
    assert.equal("socks5h://[::1]:9", url.proxy "socks5h://bob:PASS@[::1]:9")
  end)

  it("with a malformed authority is shown without its user and password", function()
    assert.equal("(no URL)", url.shown "http://bob:PA/SS@example.com")
    assert.equal("http://example.com", url.without_user "http://bob:PA/SS@example.com")
  end)

  it("loses the slashes at its end", function()
    for text, without in pairs { ["http://a//"] = "http://a", ["http://a/b"] = "http://a/b", ["//"] = "", [""] = "" } do
      assert.equal(without, url.without_last_slashes(text))
    end
  end)

  it("from outside takes linear time", function()
    local function work(text) return url.parse(text), url.origin(text), url.shown(text), url.without_user(text) end
    local LONG = 2 ^ 20
    local began = os.clock()
    for _, part in ipairs { ":", "/", "@", "?", "#", "[", "]", "a", ":1", "//", "://" } do
      work(part:rep(LONG))
      work("http://" .. part:rep(LONG))
      work("http://a/" .. part:rep(LONG))
    end
    assert.is_true(os.clock() - began < 60)  -- in quadratic time, a single one would take hours
  end)
end)

describe("The environment", function()
  it("has a variable only if it is not empty", function()
    support.with_environment({ GUMROAD_ACCESS_TOKEN = "abc", GUMROAD_API_BASE_URL = "" }, function()
      assert.equal("abc", env.get "GUMROAD_ACCESS_TOKEN")
      assert.is_nil(env.get "GUMROAD_API_BASE_URL")
      assert.is_nil(env.get "GUMROAD_CA_BUNDLE")
    end)
  end)

  it("does not give variables that are not listed", function()
    assert.has_error(function() env.get "GUMROAD_ACESS_TOKEN" end, "env.VARIABLES does not list GUMROAD_ACESS_TOKEN")
  end)

  it("names our folders according to XDG", function()
    local function folders(variables)
      return support.with_environment(variables, function() return { env.config_folder(), env.state_folder() } end)
    end
    assert.same({ "/h/.config/gumroad-lua", "/h/.local/state/gumroad-lua" }, folders { HOME = "/h" })
    assert.same({ "/c/gumroad-lua", "/s/gumroad-lua" }, folders { XDG_CONFIG_HOME = "/c", XDG_STATE_HOME = "/s" })
    assert.same({ "/h/.config/gumroad-lua", "/h/.local/state/gumroad-lua" },
      folders { HOME = "/h", XDG_CONFIG_HOME = "relative", XDG_STATE_HOME = "" })
    assert.same({}, folders { HOME = "" })
  end)
end)

describe("Only one place", function()
  local function files_with(pattern)
    return support.output("grep -rlE " .. shell.quote(pattern) .. " lua bin")
  end

  it("reads the environment", function()
    assert.equal("lua/gumroad/base/env.lua", files_with [[os\.getenv]])
  end)

  it("takes URLs apart", function()
    assert.equal("lua/gumroad/base/url.lua", files_with [==[\[\^/\?#|%a[+*]?://|\^\.\*@]==])
  end)

  it("refuses an unknown option or field of a script's table", function()
    assert.equal("lua/gumroad/base/options.lua",
      files_with [==[Error\.usage\(.*unknown (option|field|event|%s) '%s']==])
  end)

  it("recognizes Ctrl-C", function()
    assert.equal("lua/gumroad/base/error.lua", files_with "interrupted!")
  end)

  it("loads lua-cjson", function()
    assert.equal("lua/gumroad/base/json.lua", files_with [[require[, (]*["']cjson]])
  end)
end)

describe("Tables", function()
  it("are copied, with further fields added", function()
    local from = { a = 1, b = 2 }
    assert.same({ a = 1, b = 3, c = false }, tables.copy(from, { b = 3, c = false }))
    assert.same({ a = 1, b = 2 }, from)
    assert.same({}, tables.copy(nil))
  end)

  it("return their keys in order", function()
    assert.same({ "a", "b", "c" }, tables.sorted_keys { c = 1, a = false, b = {} })
  end)
end)

describe("A quoted word of the shell", function()
  it("is a single word, whatever it contains", function()
    for _, text in ipairs { "", "a b", "it's", "$HOME `id` \"\\\n*", "''" } do
      assert.equal(text, support.output("printf %s " .. shell.quote(text)))
    end
  end)
end)

describe("An error of a handler", function()
  it("gets a traceback, unless it is an error of the library", function()
    local err = Error.new("server", "no")
    assert.equal(err, (select(2, Error.protect(function() error(err) end))))
    local _, message = Error.protect(function() error("broken") end)
    assert.truthy(message:find("broken\nstack traceback:", 1, true), message)
    assert.is_nil(message:find("base/error.lua", 1, true), message)
    local _, last = message:gsub("spec/base_spec.lua", "")
    assert.equal(2, last, message)  -- in the message and the function's frame
    assert.same({ true, 1, "two" }, { Error.protect(function() return 1, "two", 3 end) })
  end)

  it("is recognized as Ctrl-C", function()
    assert.is_true(Error.is_interrupt("x.lua:1: interrupted!"))
    assert.is_false(Error.is_interrupt(Error.new("server", "no")))
  end)
end)
