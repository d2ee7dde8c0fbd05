local core = require "gumroad.core"
local socket = require "socket"

local PATIENCE = 10  -- seconds until a test gives up; never reached in practice
local engine = core.engine()

local function request(fields)
  local all = { method = "GET", base_url = "http://127.0.0.1:1", timeout = PATIENCE }
  for name, value in pairs(fields) do all[name] = value end
  return all
end

-- What a peer receives, up to the end of the body.
local function sent(fields)
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:settimeout(0)
  fields.base_url = "http://127.0.0.1:" .. port .. (fields.base_url or "")
  local transfer = assert(engine:send(request(fields)))
  local deadline, peer, got, done = core.now() + PATIENCE, nil, "", false
  repeat
    engine:step(0.001)
    peer = peer or server:accept()
    if peer then
      peer:settimeout(0)
      local all, _, partial = peer:receive(65536)
      got = got .. (all or partial)
      local head, at = got:match("^(.-\r\n\r\n)()")
      done = head and #got >= at - 1 + (tonumber(head:match("Content%-Length: (%d+)")) or 0)
    end
  until done or core.now() > deadline
  transfer:close()
  if peer then peer:close() end
  server:close()
  return got
end

local function refused(fields)
  local transfer, code, message = engine:send(request(fields))
  assert.is_nil(transfer)
  assert.equal("config", code)
  assert.equal(0, engine:running())
  return message
end

describe("a request", function()
  it("has one of six methods", function()
    for _, method in ipairs { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" } do
      assert.matches("^" .. method .. " / HTTP/1.1\r\n", sent { method = method })
    end
    for _, method in ipairs { "get", "TRACE", "", "GET /x", "GET\r\nX: 1", "GET\0" } do
      assert.equal("the method must be one of GET, HEAD, POST, PUT, PATCH, DELETE", refused { method = method })
    end
  end)

  it("goes to the base URL and the path", function()
    assert.matches("^GET /v2/sales%?page_key=a%%3D ", sent { base_url = "/", path = "/v2/sales?page_key=a%3D" })
    assert.matches("^GET /prefix/v2/user ", sent { base_url = "/prefix/", path = "/v2/user" })
    assert.matches("^GET /hook%?x=y ", sent { base_url = "/hook?x=y" })
  end)

  it("leaves dots in the path as they are", function()
    assert.matches("^GET /v2/../x ", sent { path = "/v2/../x" })
  end)

  it("cannot name another host in its path", function()
    assert.equal("the path must begin with /", refused { path = "http://example.com/" })
    assert.equal("the path must begin with /", refused { path = "@example.com/" })
    assert.equal("the path must begin with /", refused { path = "" })
    assert.equal("the path must not begin with //", refused { path = "//example.com/" })
  end)

  it("cannot have in its path what must be percent-encoded", function()
    for _, path in ipairs { "/a b", "/a\r\nX: 1", "/a\0", "/\195\188", "/\127" } do
      assert.matches("percent%-encode it", refused { path = path })
    end
    assert.matches("%%23", refused { path = "/a#b" })
  end)

  it("supports only http and https", function()
    for _, url in ipairs { "ftp://example.com", "file:///etc/passwd", "example.com", "", "HTTP://example.com" } do
      assert.equal("the base URL must begin with https:// or http://", refused { base_url = url })
    end
  end)

  it("has a clean base URL", function()
    assert.equal("the base URL is not a URL", refused { base_url = "http://" })
    assert.equal("the base URL is not a URL", refused { base_url = "http://example.com:99999" })
    assert.matches("backslash", refused { base_url = "http://example.com\\@127.0.0.1" })
    assert.matches("space", refused { base_url = "http://example.com /x" })
    assert.matches("control", refused { base_url = "http://example.com\r\n" })
    assert.matches("control", refused { base_url = "http://example.com\0.test" })
  end)

  it("has no fragment in its base URL, and with a path neither query nor user", function()
    for _, url in ipairs { "http://127.0.0.1#x", "http://127.0.0.1/#" } do
      assert.equal("the base URL must not have a fragment (#)", refused { base_url = url })
    end
    for _, url in ipairs { "http://127.0.0.1?x=y", "http://127.0.0.1/?" } do
      assert.equal("the base URL must not have a query (?)", refused { base_url = url, path = "/" })
    end
    for _, url in ipairs { "http://me@127.0.0.1", "http://:pw@127.0.0.1", "http://me:pw@127.0.0.1" } do
      assert.equal("the base URL must not hold a user or password", refused { base_url = url, path = "/" })
    end
  end)

  it("names what is missing or of a wrong type", function()
    assert.equal("request.method is missing", (select(3, engine:send { base_url = "http://127.0.0.1:1" })))
    assert.equal("request.base_url is missing", (select(3, engine:send { method = "GET" })))
    assert.has_error(function() engine:send(request { method = 1 }) end,
      "request.method: string expected, got number")
    assert.has_error(function() engine:send(request { body = {} }) end,
      "request.body: string expected, got table")
    assert.has_error(function() engine:send(request { headers = "X: 1" }) end,
      "request.headers: table expected, got string")
    assert.has_error(function() engine:send() end)
  end)

  it("has positive timeouts and a size", function()
    for _, seconds in ipairs { 0, -1, "soon", 0 / 0 } do
      assert.has_error(function() engine:send(request { timeout = seconds }) end,
        "request.timeout: a number of seconds above 0 expected")
      assert.has_error(function() engine:send(request { connect_timeout = seconds }) end,
        "request.connect_timeout: a number of seconds above 0 expected")
    end
    for _, size in ipairs { -1, "much", 0 / 0, math.huge } do
      assert.equal("request.max_size: a number of bytes expected", refused { max_size = size })
    end
  end)

  it("may take forever", function()
    assert.matches("^GET ", sent { timeout = math.huge })
  end)

  describe("'s headers", function()
    it("are sent unchanged", function()
      local asked = sent { headers = { ["X-One"] = "1; a=\"b\"", ["X-Two"] = "\195\188" } }
      assert.matches("\r\nX-One: 1; a=\"b\"\r\n", asked, 1, true)
      assert.matches("\r\nX-Two: \195\188\r\n", asked, 1, true)
    end)

    it("may be empty or blank", function()
      assert.matches("\r\nX%-None:\r\n", sent { headers = { ["X-None"] = "" } })
      assert.matches("\r\nAccept:\r\n", sent { headers = { Accept = "  " } })
    end)

    it("cannot contain another header", function()
      for _, value in ipairs { "a\r\nX: 1", "a\nb", "a\rb", "a\0b", "a\127" } do
        assert.equal("a header value has a CR, LF, NUL or other control character",
          refused { headers = { ["X-One"] = value } })
      end
      for _, name in ipairs { "X: 1\r\nY", "X:", "X;", "X Y", "X\0", "\195\188" } do
        assert.equal("a header name has a character that is not allowed there", refused { headers = { [name] = "1" } })
      end
      assert.equal("a header name is empty", refused { headers = { [""] = "1" } })
    end)

    it("must have strings as names and values", function()
      assert.equal("a header name is not a string", refused { headers = { "X: 1" } })
      assert.equal("a header value is not a string", refused { headers = { ["X-One"] = 1 } })
    end)

    it("do not contain Expect", function()
      assert.is_nil(sent { method = "POST", body = ("x"):rep(2000000) }:find("Expect", 1, true))
    end)
  end)

  describe("'s body", function()
    it("is sent byte for byte", function()
      local asked = sent { method = "POST", body = "a\0b\255", headers = { ["Content-Type"] = "text/plain" } }
      assert.matches("\r\nContent-Length: 4\r\n", asked, 1, true)
      assert.matches("\r\nContent-Type: text/plain\r\n", asked, 1, true)
      assert.equal("a\0b\255", asked:sub(-4))
    end)

    it("is a form unless a header says otherwise", function()
      assert.matches("\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        sent { method = "PUT", body = "a=1" }, 1, true)
    end)

    it("is announced as empty if the method has a body", function()
      for _, method in ipairs { "POST", "PUT", "PATCH" } do
        assert.matches("\r\nContent-Length: 0\r\n", sent { method = method }, 1, true)
      end
      for _, method in ipairs { "GET", "HEAD", "DELETE" } do
        assert.is_nil(sent { method = method }:find("Content-", 1, true))
      end
    end)

    it("may go with a DELETE, but not with a HEAD", function()
      assert.equal("a=1", sent { method = "DELETE", body = "a=1" }:sub(-3))
      assert.equal("a HEAD request has no body", refused { method = "HEAD", body = "a=1" })
    end)
  end)

  describe("'s secret", function()
    it("is sent as a Bearer token", function()
      assert.matches("\r\nAuthorization: Bearer token-of-the-test\r\n",
        sent { secret = core.secret("token-of-the-test") }, 1, true)
    end)

    it("must be an open secret of limited length", function()
      local closed = core.secret("token-of-the-test")
      closed:close()
      assert.equal("request.secret: a core.secret expected", refused { secret = "token-of-the-test" })
      assert.equal("request.secret: a core.secret expected", refused { secret = closed })
      assert.equal("the access token is longer than 4096 bytes", refused { secret = core.secret(("x"):rep(4097)) })
      assert.matches(("x"):rep(4096) .. "\r\n", sent { secret = core.secret(("x"):rep(4096)) }, 1, true)
    end)
  end)
end)
