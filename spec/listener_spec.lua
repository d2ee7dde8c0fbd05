local listener = require "gumroad.listener"
local socket = require "socket"
local support = require "support"

-- Since 1.0, libmicrohttpd itself refuses what is malformed or ambiguous, mostly with 400, and we are not told.
local IS_STRICT = tonumber(listener.LIBMICROHTTPD:match "^%d+") >= 1
local PATIENCE = 10  -- seconds until a test gives up; never reached in practice
local has_ffi, ffi = pcall(require, "ffi")  -- only LuaJIT can fork from a spec

local has_ipv6 = listener.new {address = "::1"}
if has_ipv6 then has_ipv6:close() end

local open = {}  -- listeners and clients of the current test

local function listen(options)
  local l = assert(listener.new(options or {}))
  table.insert(open, l)
  return l
end

local function connect(l, address)
  local make = l:address():find(":", 1, true) and not address and socket.tcp6 or socket.tcp
  local client = assert(make())
  client:settimeout(PATIENCE)
  assert(client:connect(address or l:address(), l:port()))
  client:setoption("tcp-nodelay", true)
  client:settimeout(0)
  table.insert(open, client)
  return client
end

-- Steps the listener until `check` returns a value, and returns it.
local function step_until(l, check)
  local deadline = socket.gettime() + PATIENCE
  repeat
    l:step()
    local result = check()
    if result then return result end
    socket.select({{getfd = function() return l:fd() end}}, nil, math.min(0.001, l:timeout() or 1))
  until socket.gettime() > deadline
  error("nothing came of it", 2)
end

local function send(l, client, bytes)
  local at = 1
  step_until(l, function()
    local last, _, partial = client:send(bytes, at)
    at = (last or partial) + 1
    return at > #bytes
  end)
end

-- Sends `bytes` and returns the resulting request.
local function request(l, client, bytes)
  send(l, client, bytes)
  return step_until(l, function() return l:next() end)
end

local function get(l, client, head)
  return request(l, client, (head or "GET / HTTP/1.1") .. "\r\nHost: shop.example.com\r\n\r\n")
end

-- Reads up to the end of the connection. Returns what was read and how it ended: "closed" or "reset".
local function read_all(l, client)
  local got, how = "", "closed"
  step_until(l, function()
    socket.select({client}, nil, 0.001)
    local failed = client:getoption("error")
    if failed and failed ~= 0 then how = "reset" end
    local all, err, partial = client:receive(65536)
    got = got .. (all or partial)
    return err == "closed"
  end)
  return got, how
end

-- Reads a response: its status, its head and its body, according to Content-Length.
local function read_response(l, client, without_body)
  local got = ""
  local check
  function check()
    local head, at = got:match("^(.-\r\n\r\n)()")
    local length = head and not without_body and tonumber(head:match("Content%-Length: (%d+)"))
    if head and #got - at + 1 >= (length or 0) then
      return {status = tonumber(head:match("^HTTP/1.1 (%d+)")), head = head, body = got:sub(at)}
    end
    local all, _, partial = client:receive(without_body and 65536 or 1)
    got = got .. (all or partial)
    return all and check()  -- byte by byte, because the rest belongs to the next response
  end
  return step_until(l, check)
end

describe("gumroad.listener", function()
  after_each(function()
    for i = #open, 1, -1 do
      open[i]:close()
      open[i] = nil
    end
  end)

  describe("new", function()
    it("listens on a free port of 127.0.0.1 by default", function()
      local l = listen()
      assert.equal("127.0.0.1", l:address())
      assert.is_true(l:port() > 0)
    end)

    if has_ipv6 then it("listens on IPv6", function()
      local l = listen {address = "::1"}
      local r = get(l, connect(l))
      assert.equal("::1", l:address())
      assert.equal("::1", r:peer())
    end) end

    if has_ipv6 then it("takes IPv4 clients on '::' and shows their address as IPv4", function()
      local l = listen {address = "::"}
      assert.equal("127.0.0.1", get(l, connect(l, "127.0.0.1")):peer())
    end) end

    it("says that a port is in use and what to do", function()
      local port = listen():port()
      local l, code, message = listener.new {port = port}
      assert.is_nil(l)
      assert.equal("in_use", code)
      assert.equal("port " .. port .. " on 127.0.0.1 is already taken; choose another port, or "
                   .. "0 for any free one", message)
    end)

    it("says that an address is not one of this machine", function()
      local _, code, message = listener.new {address = "192.0.2.1"}
      assert.equal("address", code)
      assert.matches("192.0.2.1 is not an address of this machine", message, 1, true)
    end)

    it("says that a text is not an address", function()
      for _, text in ipairs {"", "localhost", "127.0.0.1\0", "1.2.3.4.5", "::1::"} do
        local l, code = listener.new {address = text}
        assert.is_nil(l)
        assert.equal("address", code)
      end
    end)

    it("raises errors that name unknown options", function()
      assert.error_matches(function() listener.new {adress = "::"} end, "unknown option 'adress'")
      assert.error_matches(function() listener.new {"::"} end, "option names are strings")
    end)

    it("raises errors that name options of a wrong type or out of range", function()
      local wrong = {address = 1, port = "80", max_connections = false, timeout = {},
                     max_body = "1"}
      local beyond = {port = 65536, max_connections = 0, timeout = 0, max_body = -1}
      for name, value in pairs(wrong) do
        assert.error_matches(function() listener.new {[name] = value} end, name .. ": %a+ expected")
      end
      for name, value in pairs(beyond) do
        assert.error_matches(function() listener.new {[name] = value} end, name .. ": out of range")
      end
      assert.error_matches(function() listener.new {port = 1.5} end, "port: out of range")
      assert.error_matches(function() listener.new {timeout = 0 / 0} end, "timeout: out of range")
      assert.error_matches(function() listener.new() end, "table expected")
    end)
  end)

  describe("a request", function()
    it("has the method as it was sent", function()
      local l = listen()
      local client = connect(l)
      for _, method in ipairs {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} do
        local r = get(l, client, method .. " / HTTP/1.1")
        assert.equal(method, r:method())
        r:answer(200)
        read_response(l, client)
      end
    end)

    it("has the path and the query as they were sent, still encoded", function()
      local l = listen()
      local r = get(l, connect(l), "GET /v2/a%2Fb%20c+d?x=%41&y=?&%zz HTTP/1.1")
      assert.equal("/v2/a%2Fb%20c+d", r:path())
      assert.equal("x=%41&y=?&%zz", r:query())
    end)

    it("distinguishes a missing query from an empty one", function()
      local l = listen()
      assert.is_nil(get(l, connect(l), "GET /a HTTP/1.1"):query())
      assert.equal("", get(l, connect(l), "GET /a? HTTP/1.1"):query())
    end)

    it("has a query of many fields", function()
      local l = listen()
      local query = ("a[]=1&"):rep(300)
      assert.equal(query, get(l, connect(l), "GET /?" .. query .. " HTTP/1.1"):query())
    end)

    it("has headers under lower-case names, with repeated ones joined", function()
      local l = listen()
      local r = request(l, connect(l),
        "GET / HTTP/1.1\r\nHost: a.example.com\r\nX-One: 1\r\nACCEPT: b\r\nx-one: 2\r\n\r\n")
      assert.same({host = "a.example.com", ["x-one"] = "1, 2", accept = "b"}, r:headers())
    end)

    it("has them even for a caller that passes too many arguments", function()
      local l = listen()
      assert.same({host = "shop.example.com"}, get(l, connect(l)):headers("accept"))
    end)

    it("finds a header whatever its case", function()
      local l = listen()
      local r = request(l, connect(l),
        "GET / HTTP/1.1\r\nHost: a.example.com\r\nX-One: 1\r\nX-On: 3\r\nx-one: 2\r\n\r\n")
      assert.equal("1, 2", r:header("x-ONE"))
      assert.equal("3", r:header("X-On"))
      assert.is_nil(r:header("x"))
      assert.is_nil(r:header(""))
    end)

    it("has the client's address", function()
      local l = listen()
      assert.equal("127.0.0.1", get(l, connect(l)):peer())
    end)

    it("has an empty body if none was sent", function()
      local l = listen()
      assert.equal("", get(l, connect(l)):body())
    end)

    it("has the whole body, with any bytes, once all of it has arrived", function()
      local l = listen()
      local client, body = connect(l), ("\0\1\r\n\255"):rep(20000)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " .. #body .. "\r\n\r\n")
      send(l, client, body:sub(1, -2))
      assert.is_nil(l:next())
      local r = request(l, client, body:sub(-1))
      assert.is_true(r:body() == body)
    end)

    it("has a chunked body assembled", function()
      local l = listen()
      local r = request(l, connect(l), "POST / HTTP/1.1\r\nHost: a\r\n"
        .. "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
      assert.equal("abcde", r:body())
    end)

    it("is continued with 100 if the client waits for that", function()
      local l = listen()
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
        .. "Expect: 100-continue\r\n\r\n")
      assert.equal(100, read_response(l, client).status)
      assert.equal("abc", request(l, client, "abc"):body())
    end)

    it("can still be read after the response was sent", function()
      local l = listen()
      local client = connect(l)
      local r = request(l, client, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      assert.is_true(r:answer(200))
      read_response(l, client)
      get(l, client)
      assert.equal("abc", r:body())
      assert.equal("/p", r:path())
    end)

    it("is returned in the order of completion", function()
      local l = listen()
      local a, b = connect(l), connect(l)
      send(l, a, "GET /a HTTP/1.1\r\nHost: a\r\n")
      send(l, b, "GET /b HTTP/1.1\r\nHost: b\r\n\r\n")
      local first = step_until(l, function() return l:next() end)
      local second = request(l, a, "\r\n")
      assert.equal("/b", first:path())
      assert.equal("/a", second:path())
      assert.is_nil(l:next())
    end)

    it("is not returned twice or while it is incomplete", function()
      local l = listen()
      local client = connect(l)
      send(l, client, "GET / HTTP/1.1\r\n")
      assert.is_nil(l:next())
      local r = request(l, client, "Host: a\r\n\r\n")
      assert.is_not_nil(r)
      assert.is_nil(l:next())
    end)
  end)

  describe("answer", function()
    it("sends status, headers and body", function()
      local l = listen()
      local client = connect(l)
      local headers = {["Content-Type"] = "application/json", ["X-Count"] = 3}
      assert.is_true(get(l, client):answer(404, headers, "{}"))
      local response = read_response(l, client)
      assert.equal(404, response.status)
      assert.equal("{}", response.body)
      assert.matches("\r\nContent-Type: application/json\r\n", response.head, 1, true)
      assert.matches("\r\nX-Count: 3\r\n", response.head, 1, true)
    end)

    it("sends a large body of any bytes", function()
      local l = listen()
      local client, body = connect(l), ("\0\255\r\n"):rep(500000)
      get(l, client):answer(200, nil, body)
      local got = ""
      step_until(l, function()
        local all, _, partial = client:receive(65536)
        got = got .. (all or partial)
        return #got >= #body and got:sub(-#body) == body
      end)
    end)

    it("keeps the connection open for the next request", function()
      local l = listen()
      local client = connect(l)
      for i = 1, 3 do
        get(l, client, "GET /" .. i .. " HTTP/1.1"):answer(200, nil, tostring(i))
        assert.equal(tostring(i), read_response(l, client).body)
      end
      assert.equal(1, l:connections())
    end)

    it("responds to pipelined requests in their order", function()
      local l = listen()
      local client = connect(l)
      local one = "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
      send(l, client, one:format(1) .. one:format(2) .. one:format(3))
      for i = 1, 3 do
        local r = step_until(l, function() return l:next() end)
        assert.equal("/" .. i, r:path())
        assert.is_nil(l:next())
        r:answer(200, nil, tostring(i))
        assert.equal(tostring(i), read_response(l, client).body)
      end
    end)

    it("closes the connection if 'Connection: close' says so", function()
      local l = listen()
      local client = connect(l)
      get(l, client):answer(200, {Connection = "close"}, "bye")
      local got, how = read_all(l, client)
      assert.matches("bye$", got)
      assert.equal("closed", how)
    end)

    it("sends the length but no body in response to HEAD", function()
      local l = listen()
      local client = connect(l)
      get(l, client, "HEAD / HTTP/1.1"):answer(200, nil, "abc")
      local response = read_response(l, client, true)
      assert.matches("Content-Length: 3\r\n", response.head, 1, true)
      assert.equal("", response.body)
      get(l, client):answer(200, nil, "next")
      assert.equal("next", read_response(l, client).body)
    end)

    it("works once", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      assert.is_true(r:answer(200, nil, "first"))
      local ok, code, message = r:answer(200, nil, "second")
      assert.is_nil(ok)
      assert.equal("answered", code)
      assert.equal("the response has been sent already", message)
      assert.equal("first", read_response(l, client).body)
    end)

    it("raises an error for headers that would break the head, and can be called again without them", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      for _, value in ipairs {"a\rb", "a\nb", "a\0b"} do
        assert.error_matches(function() r:answer(200, {["X-A"] = value}) end, "X%-A: CR, LF or NUL")
      end
      for _, name in ipairs {"", "a b", "a:b", "a\nb", "a\0b", "\195\164"} do
        assert.error_matches(function() r:answer(200, {[name] = "x"}) end, "is not a header name")
      end
      assert.is_true(r:answer(200, nil, "ok"))
      assert.equal("ok", read_response(l, client).body)
    end)

    it("raises errors for invalid arguments", function()
      local l = listen()
      local r = get(l, connect(l))
      assert.error_matches(function() r:answer(100) end, "200 to 599")
      assert.error_matches(function() r:answer(600) end, "200 to 599")
      assert.error_matches(function() r:answer(200, "x") end, "table expected")
      assert.error_matches(function() r:answer(200, {"x"}) end, "header names are strings")
      assert.error_matches(function() r:answer(200, {a = true}) end, "string expected, got boolean")
      assert.error_matches(function() r:answer(200, {["content-length"] = "1"}) end,
                           "follows from the body")
      assert.error_matches(function() r:answer(200, nil, {}) end, "string expected")
    end)

    it("reports that the client has gone", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      client:close()
      local ok, code, message = r:answer(200, nil, "anybody?")
      assert.is_nil(ok)
      assert.equal("closed", code)
      assert.equal("the client has closed the connection", message)
      step_until(l, function() return l:connections() == 0 end)
    end)

    it("survives a client that leaves while a large body is sent", function()
      local l = listen()
      local client = connect(l)
      get(l, client):answer(200, nil, ("x"):rep(10000000))
      step_until(l, function() return client:receive(1) end)
      client:close()
      step_until(l, function() return l:connections() == 0 end)
    end)

    it("still reaches a client that has only closed its own side", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      client:shutdown("send")
      r:answer(200, nil, "still here")
      assert.matches("still here$", (read_all(l, client)))
    end)
  end)

  describe("answer_part", function()
    for _, bytes in ipairs {0, 1, 7, 50000} do
      it("announces the whole body, sends " .. bytes .. " bytes and resets the connection", function()
        local l = listen()
        local client, body = connect(l), ("0123456789"):rep(10000)
        assert.is_true(get(l, client):answer_part(200, {["X-A"] = "b"}, body, bytes))
        local got, how = read_all(l, client)
        assert.equal("reset", how)
        assert.matches("X-A: b\r\n", got, 1, true)
        assert.matches("Content-Length: 100000\r\n", got, 1, true)
        assert.is_true(got:match("\r\n\r\n(.*)$") == body:sub(1, bytes))
      end)
    end

    it("raises an error if nothing would be missing", function()
      local l = listen()
      local r = get(l, connect(l))
      assert.error_matches(function() r:answer_part(200, nil, "abc", 3) end, "less than the body")
      assert.error_matches(function() r:answer_part(200, nil, "abc", -1) end, "less than the body")
    end)
  end)

  describe("reset", function()
    it("resets the connection without a response", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      assert.is_true(r:reset())
      local got, how = read_all(l, client)
      assert.equal("", got)
      assert.equal("reset", how)
      assert.equal("answered", select(2, r:answer(200)))
    end)
  end)

  describe("a dropped request", function()
    it("gets the response 500", function()
      local l = listen()
      local client = connect(l)
      local r = get(l, client)
      assert.is_not_nil(r)
      r = nil  -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      assert.equal(500, read_response(l, client).status)
    end)

    it("is harmless after the response", function()
      local l = listen()
      local client = connect(l)
      get(l, client):answer(200, nil, "a")
      collectgarbage()
      collectgarbage()
      assert.equal("a", read_response(l, client).body)
    end)
  end)

  describe("max_body", function()
    local post = "POST / HTTP/1.1\r\nHost: a\r\n"

    it("accepts a body of exactly this size", function()
      local l = listen {max_body = 5}
      assert.equal("abcde", request(l, connect(l), post .. "Content-Length: 5\r\n\r\nabcde"):body())
      assert.equal("abcde", request(l, connect(l), post
        .. "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"):body())
    end)

    it("refuses a larger one as soon as it is announced", function()
      local l = listen {max_body = 5}
      local client = connect(l)
      send(l, client, post .. "Content-Length: 6\r\n\r\n")
      local got, how = read_all(l, client)
      assert.matches("^HTTP/1.1 413 ", got)
      assert.matches("The request body is too large.$", got)
      assert.equal("closed", how)
      assert.is_nil(l:next())
    end)

    it("refuses a chunked one when it exceeds the limit", function()
      local l = listen {max_body = 5}
      local client = connect(l)
      send(l, client, post .. "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n")
      assert.matches("^HTTP/1.1 413 ", (read_all(l, client)))
      assert.is_nil(l:next())
    end)

    it("lets a client that sends it anyway read the refusal", function()
      local l = listen {max_body = 5}
      local client, body = connect(l), ("x"):rep(3000000)
      send(l, client, post .. "Content-Length: " .. #body .. "\r\n\r\n")
      send(l, client, body)
      assert.matches("^HTTP/1.1 413 ", (read_all(l, client)))
      step_until(l, function() return l:connections() == 0 end)
      assert.is_nil(l:next())
    end)

    it("does not wait forever for the rest of it", function()
      local l = listen {max_body = 5, timeout = 0.05}
      local client = connect(l)
      send(l, client, post .. "Content-Length: 6\r\n\r\n")
      read_all(l, client)
      step_until(l, function() return l:connections() == 0 end)
    end)
  end)

  describe("for a path with large bodies", function()
    local HEAD = "PUT /large/a?b HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: %d\r\n\r\n"

    local function put(l, client, size)
      return request(l, client, HEAD:format(size) .. ("x"):rep(size))
    end

    it("counts and discards a body that is larger than max_body", function()
      local l = listen {max_body = 10, large = "/large/"}
      local r = put(l, connect(l), 1000000)
      assert.equal(1000000, r:received())
      assert.equal("", r:body())
      assert.equal("/large/a", r:path())
    end)

    it("keeps a body that is not larger", function()
      local l = listen {max_body = 10, large = "/large/"}
      local r = put(l, connect(l), 10)
      assert.same({10, "xxxxxxxxxx"}, {r:received(), r:body()})
    end)

    it("refuses a body on another path or one that turns out larger without announcement", function()
      local l = listen {max_body = 10, large = "/large/"}
      for _, head in ipairs {"PUT /large/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n",
          "PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n"} do
        local client = connect(l)
        send(l, client, head .. ("x"):rep(20))
        assert.matches("^HTTP/1.1 413 ", (read_all(l, client)))
      end
      assert.is_nil(l:next())
    end)

    it("allows a body to take longer than the timeout as long as it makes progress", function()
      local l = listen {large = "/large/", timeout = 0.2}
      local client = connect(l)
      send(l, client, HEAD:format(15))
      local start, sent = socket.gettime(), 0
      local r = step_until(l, function()
        if sent < 15 and socket.gettime() - start > sent * 0.02 then
          client:send("x")
          sent = sent + 1
        end
        return l:next()
      end)
      assert.equal(15, r:received())
    end)

    it("resets the connection in the middle of a body if told to", function()
      local l = listen {large = "/large/"}
      l:cut(5, 1, 1)
      assert.equal(10, put(l, connect(l), 10):received())  -- the first one passes
      local client = connect(l)
      send(l, client, HEAD:format(10) .. "xxxxx")
      assert.equal("reset", select(2, read_all(l, client)))
      assert.equal(10, put(l, connect(l), 10):received())
      assert.is_nil(l:next())
    end)

    it("does not reset it after the order was withdrawn, or on another path", function()
      local l = listen {large = "/large/"}
      l:cut(0)
      local r = request(l, connect(l), "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
      assert.equal("x", r:body())
      l:cut(0, 0)
      assert.equal(10, put(l, connect(l), 10):received())
    end)

    it("accepts only valid arguments for that", function()
      assert.error_matches(function() listener.new {large = 5} end, "large: string expected, got number")
      local l = listen()
      for _, arguments in ipairs {{-1}, {0, -1}, {0, 1, -1}, {"x"}} do
        assert.is_false(pcall(l.cut, l, arguments[1], arguments[2], arguments[3]))
      end
    end)
  end)

  describe("a gate", function()
    local FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
    local GATE = {target = "/hook?secret=s"}

    local function post(target, body, headers)
      return ("POST %s HTTP/1.1\r\nHost: a\r\n%s%sContent-Length: %d\r\n\r\n%s"):format(
        target, FORM, headers or "", #body, body)
    end

    -- Takes the next request, which must be acceptable, and responds to it.
    local function respond_to_next(l, body)
      local r = step_until(l, function() return l:next() end)
      assert.equal("/hook", r:path())
      r:answer(200, nil, body)
    end

    local function refusal(l)
      return step_until(l, function() return l:refused() end)
    end

    local function is_alive(l, client)
      send(l, client, post(GATE.target, "a=b"))
      respond_to_next(l, "alive")
      return read_response(l, client).body == "alive"
    end

    -- Resident memory, in bytes.
    local function resident()
      local file = assert(io.open "/proc/self/statm")
      local pages = file:read "*a":match "^%d+ (%d+)"
      file:close()
      return pages * 4096
    end

    it("accepts an expected ping", function()
      local l = listen {gate = GATE}
      assert.equal("a=b", request(l, connect(l), post(GATE.target, "a=b")):body())
      assert.is_nil(l:refused())
    end)

    -- The response after any 100 Continue.
    local function read_final(l, client)
      local response
      repeat response = read_response(l, client) until response.status ~= 100
      return response
    end

    for name, bad in pairs {
      ["has a body"] = {404, post("/hook?secret=wrong", ("x"):rep(3000))},
      ["has none"] = {405, "GET /hook?secret=s HTTP/1.1\r\nHost: a\r\n\r\n"},
      ["expects to be told to go on"] = {404, post("/hook?secret=wrong", "a=b", "Expect: 100-continue\r\n")},
    } do
      it("responds to pipelined requests in their order if a refused request in between " .. name, function()
        local l = listen {gate = GATE}
        local client, status, wrong = connect(l), bad[1], bad[2]
        local good = post(GATE.target, "a=b", name:match("expects") and "Expect: 100-continue\r\n")
        send(l, client, good .. wrong .. good .. wrong)
        respond_to_next(l, "one")
        assert.equal("one", read_final(l, client).body)
        assert.equal(status, read_final(l, client).status)
        respond_to_next(l, "two")
        assert.equal("two", read_final(l, client).body)
        assert.equal(status, read_final(l, client).status)
        assert.is_true(is_alive(l, client))
      end)
    end

    it("responds to all pipelined requests for a loop that only waits for fd() and timeout()", function()
      local l = listen {gate = GATE}
      local client, got = connect(l), ""
      local good, bad = post(GATE.target, "a=b"), post("/", "a=b")
      client:send(bad .. good .. bad .. bad .. good)
      local deadline = socket.gettime() + PATIENCE
      while select(2, got:gsub("HTTP/1.1 ", "")) < 5 and socket.gettime() < deadline do
        local watch = {getfd = function() return l:fd() end}
        socket.select({watch, client}, nil, math.min(l:timeout() or PATIENCE, PATIENCE))
        l:step()
        local r = l:next()
        if r then r:answer(200) end
        local all, _, partial = client:receive(65536)
        got = got .. (all or partial)
      end
      local statuses = {}
      for status in got:gmatch("HTTP/1.1 (%d+)") do table.insert(statuses, tonumber(status)) end
      assert.same({404, 200, 404, 404, 200}, statuses)
      assert.is_true(socket.gettime() < deadline - PATIENCE / 2)
    end)

    it("lets a client send a small body that is refused, and keeps its connection", function()
      local l = listen {gate = GATE}
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      assert.equal(100, read_response(l, client).status)
      send(l, client, "a=b")
      assert.equal(404, read_response(l, client).status)
      assert.is_true(is_alive(l, client))
    end)

    it("does not let a client send a large body that is refused", function()
      local l = listen {gate = GATE}
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n")
      local got, how = read_all(l, client)
      assert.matches("^HTTP/1.1 404 [^\r]+\r\nContent%-Type: text/plain\r\nContent%-Length: 0\r\n"
        .. "Connection: close\r\n\r\n$", got)
      assert.equal("closed", how)
    end)

    for size, lives in pairs {[65535] = true, [65536] = true, [65537] = false} do
      it(("%s the connection of a refused body of %d bytes"):format(lives and "keeps" or "closes", size), function()
        local l = listen {gate = GATE}
        local client = connect(l)
        local head, body = post("/", ("x"):rep(size)):match("^(.-\r\n\r\n)(.*)$")
        send(l, client, head)
        if lives then
          for _ = 1, 5 do l:step() end
          assert.equal("timeout", select(2, client:receive(1)))  -- it is read to the end first
          send(l, client, body)
          assert.equal(404, read_response(l, client).status)
          assert.is_true(is_alive(l, client))
        else
          local got, how = read_all(l, client)  -- before any byte of the body was sent
          assert.matches("^HTTP/1.1 404 .*\r\nConnection: close\r\n", got)
          assert.equal("closed", how)
        end
        assert.equal(404, refusal(l).status)
        assert.is_nil(l:next())
      end)
    end

    it("responds at once and closes the connection if the refused body is chunked", function()
      local l = listen {gate = GATE}
      local client = connect(l)
      send(l, client, "POST /hook HTTP/1.1\r\nHost: a\r\n" .. FORM .. "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n")
      assert.matches("^HTTP/1.1 404 ", (read_all(l, client)))
      assert.equal("wrong path or secret", refusal(l).reason)
      client:close()
      step_until(l, function() return l:connections() == 0 end)
    end)

    it("stores no byte of 4 MB for a wrong path, and the client can read why it was refused #large", function()
      local l = listen {gate = GATE, max_body = 8 * 1048576}
      local size = 4 * 1048576
      local almost_all = ("x"):rep(size - 1)
      local head = post("/", ""):gsub("Content%-Length: 0", "Content-Length: " .. size)
      local before = resident()
      for _ = 1, 10 do
        local client = connect(l)
        send(l, client, head)
        assert.matches("^HTTP/1.1 404 ", (read_all(l, client)))
        send(l, client, almost_all)  -- it is accepted nonetheless
        assert.equal(404, refusal(l).status)
      end
      local watch = {getfd = function() return l:fd() end}
      step_until(l, function() return l:timeout() ~= 0 and #socket.select({watch}, nil, 0) == 0 end)
      assert.equal(10, l:connections())
      assert.is_nil(l:next())
      assert.is_true(resident() - before < 8 * 1048576)
    end)

    it("does not wait forever for a small refused body", function()
      local l = listen {gate = GATE, timeout = 0.05}
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
      assert.equal("", (read_all(l, client)))
      step_until(l, function() return l:connections() == 0 end)
    end)

    it("reports for each refusal what was wrong and who sent it", function()
      local l = listen {gate = {target = "/hook", max_body = 10}}
      local client = connect(l)
      local rows = {
        {404, "wrong path or secret", post("/hook?", "a=b")},
        {405, "method PUT, not POST", (post("/hook", "a=b"):gsub("^POST", "PUT"))},
        {405, "method GET, not POST", "GET /hook HTTP/1.1\r\nHost: a\r\n\r\n"},
        {413, "a body of 11 bytes, more than 10", post("/hook", "a=123456789")},
        {400, "the content type is text/plain; Gumroad sends application/x-www-form-urlencoded",
          (post("/hook", "a=b"):gsub("Content%-Type: [^\r]*", "Content-Type: text/plain; charset=utf-8"))},
        {400, "the content type is missing; Gumroad sends application/x-www-form-urlencoded",
          (post("/hook", "a=b"):gsub("Content%-Type: [^\r]*\r\n", ""))},
      }
      for _, row in ipairs(rows) do
        send(l, client, row[3])
        assert.equal(row[1], read_response(l, client).status)
        assert.same({status = row[1], reason = row[2], peer = "127.0.0.1", missed = 0}, refusal(l))
      end
      assert.is_nil(l:refused())
      assert.is_nil(l:next())
    end)

    it("also reports bodies that turn out too large or ambiguous, with and without a gate", function()
      for _, gate in ipairs {GATE, false} do
        local l = listen {gate = gate or nil, max_body = 5}
        local head = "POST /hook?secret=s HTTP/1.1\r\nHost: a\r\n" .. FORM
        send(l, connect(l), head .. "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n")
        assert.same({status = 413, reason = "a body of more than 5 bytes", peer = "127.0.0.1", missed = 0}, refusal(l))
        local unclear = connect(l)
        send(l, unclear, head .. "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
        if IS_STRICT then assert.matches("^HTTP/1.1 400 ", (read_all(l, unclear)))
        else assert.equal("it is not clear where the body ends", refusal(l).reason) end
      end
    end)

    it("reports a header that is folded, and takes nothing that follows on the connection", function()
      for _, header in ipairs {"Content-Length: 3\r\nContent-Length:\r\n 0\r\n", "Content-Length:\r\n\t3\r\n",
        "Content-Length: 3\r\nX: y\r\n z\r\n", "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nTransfer-Encoding:\r\n chunked\r\n"} do
        local l = listen {gate = GATE}
        local client = connect(l)
        send(l, client, "POST /hook?secret=s HTTP/1.1\r\nHost: a\r\n" .. FORM .. header .. "\r\na=b"
             .. post("/hook?secret=s", "a=c"))
        assert.matches("^HTTP/1.1 400 ", (read_all(l, client)))
        local folded = {status = 400, reason = "a folded header", peer = "127.0.0.1", missed = 0}
        assert.same(not IS_STRICT and folded or nil, l:refused())
        assert.is_nil(l:next())
      end
    end)

    it("remembers the latest refusals and how many others there were", function()
      local l = listen {gate = GATE}
      local client = connect(l)
      for i = 1, 40 do
        send(l, client, ("GE%d"):format(i) .. " " .. GATE.target .. " HTTP/1.1\r\nHost: a\r\n\r\n")
        assert.equal(405, read_response(l, client).status)
      end
      for i = 9, 40 do
        local refused = l:refused()
        assert.equal("method GE" .. i .. ", not POST", refused.reason)
        assert.equal(i == 9 and 8 or 0, refused.missed)
      end
      assert.is_nil(l:refused())
    end)

    it("can be set, changed and taken away while the listener runs", function()
      local l = listen()
      local client = connect(l)
      local function status_of(target)
        send(l, client, post(target, "a=b"))
        local status = step_until(l, function()
          local r, refused = l:next(), l:refused()
          if r then r:answer(200) end
          return r and 200 or refused and refused.status
        end)
        assert.equal(status, read_response(l, client).status)
        return status
      end
      assert.equal(200, status_of "/a")
      l:gate {target = "/a"}
      assert.same({200, 404}, {status_of "/a", status_of "/b"})
      l:gate {target = "/b"}
      assert.same({404, 200}, {status_of "/a", status_of "/b"})
      l:gate {target = ""}
      assert.equal(404, status_of "/a")
      l:gate {}
      assert.equal(200, status_of "/a")
      l:gate {target = "/b"}
      l:gate(nil)
      assert.equal(200, status_of "/a")
    end)

    it("must be valid", function()
      local l = listen()
      assert.error_matches(function() listener.new {gate = "/hook"} end, "gate: table expected, got string")
      for _, wrong in ipairs {{target = 5}, {max_body = 0}, {seller_id = "a"}, {"a"}} do
        assert.is_false(pcall(l.gate, l, wrong))
        assert.is_false(pcall(listener.new, {gate = wrong}))
      end
      l:close()
      l:gate(GATE)
      assert.is_nil(l:refused())
    end)

    it("sends the pending refusals when the listener is closed", function()
      local l = listen {gate = GATE}
      local client = connect(l)
      send(l, client, post("/", "a=b"))
      step_until(l, function() return l:refused() end)
      l:close()
      client:settimeout(PATIENCE)
      assert.matches("^HTTP/1.1 404 ", (client:receive("*a")))
    end)
  end)

  it("closes a connection that does not speak HTTP", function()
    local l = listen()
    local client = connect(l)
    send(l, client, "some nonsense\r\n\r\n")
    read_all(l, client)  -- up to the end; libmicrohttpd 1.0 sends nothing here, 0.9 sends 400
    assert.is_nil(l:next())
  end)

  it("responds to malformed HTTP with 400 and closes the connection", function()
    local l = listen()
    for _, bytes in ipairs {"GET / HTTP/9\r\n\r\n",
                            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"} do
      local client = connect(l)
      send(l, client, bytes)
      assert.matches("^HTTP/1.1 [45]%d%d ", (read_all(l, client)))
    end
    assert.is_nil(l:next())
  end)

  it("refuses a request with an ambiguous end, which a proxy may have read differently", function()
    local length, chunked = "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"
    for _, head in ipairs {length .. "Content-Length: 10\r\n", length .. chunked, chunked .. chunked,
                           "Content-Length : 3\r\n", "Content-Length\t: 3\r\n", length .. "Content-Length:\r\n 0\r\n",
                           "Content-Length:\r\n 3\r\n", "Transfer-Encoding:\r\n\tchunked\r\n",
                           length .. " 4\r\n"} do
      local l = listen()
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\n" .. head .. "\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
      assert.matches("^HTTP/1.1 400 ", (read_all(l, client)))
      assert.is_nil(l:next())
    end
  end)

  it("refuses a request whose head is too large", function()
    local l = listen()
    for expected, head in pairs {[414] = "GET /%s HTTP/1.1\r\n\r\n", [431] = "GET / HTTP/1.1\r\nX: %s\r\n\r\n"} do
      local client = connect(l)
      client:send(head:format(("a"):rep(70000)))
      assert.equal(tostring(expected), (read_all(l, client)):match("^HTTP/1.1 (%d+) "))
    end
    assert.is_nil(l:next())
  end)

  -- The status for a request, whose owner answers 200 with a header of 1,000 bytes.
  local function status_of(l, bytes)
    local client, got = connect(l), ""
    client:send(bytes)
    return step_until(l, function()
      local r = l:next()
      if r then r:answer(200, {Connection = "close", ["X-Long"] = ("x"):rep(1000)}) end
      local all, err, part = client:receive(4096)
      got = got .. (all or part)
      return err == "closed" and assert(got:match("^HTTP/1.1 (%d+) "), "no response")
    end)
  end

  -- Makes a head cost that many bytes of the 16,384 that it may cost: 64 for each header besides itself.
  local COSTS = {
    ["with one long header"] = function(cost)
      local head = "GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n"
      return head:format(("y"):rep(cost - #head + 2 - 128))
    end,
    ["with many headers"] = function(cost)
      local head = "GET / HTTP/1.1\r\nHost: a\r\n" .. ("X: yz\r\n"):rep(200) .. "Y: %s\r\n\r\n"
      return head:format(("y"):rep(cost - #head + 2 - 202 * 64))
    end,
    ["with a long target"] = function(cost)
      local head = "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"
      return head:format(("a"):rep(cost - #head + 2 - 64))
    end,
    ["with a cookie"] = function(cost)
      local head = "GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\nCookie: " .. ("a=b; "):rep(99) .. "a=b\r\n\r\n"
      return head:format(("y"):rep(cost - #head + 2 - 498 - 103 * 64))
    end,
  }
  for name, make in pairs(COSTS) do
    it("takes a head " .. name .. " up to 16 KB, and answers 431 to one of a byte more #large", function()
      local l = listen()
      assert.equal("200", status_of(l, make(16384)))
      assert.equal("431", status_of(l, make(16385)))
      for cost = 16386, 20000, 61 do assert.matches("^4[13][14]$", status_of(l, make(cost))) end
      for cost = 14000, 16384, 61 do assert.equal("200", status_of(l, make(cost))) end
      assert.is_nil(l:next())
    end)
  end

  it("handles no chunked request whose trailers leave no room for a response #large", function()
    local l = listen()
    for size = 14000, 19000, 101 do
      local status = status_of(l, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: "
        .. ("y"):rep(size) .. "\r\n\r\n")
      assert.is_true(status == (size < 16100 and "200" or "431") or size > 16000 and size < 16400)
    end
  end)

  it("takes a query of many fields, which libmicrohttpd has no room for", function()
    local l = listen()
    local client = connect(l)
    for _, query in ipairs {("a=1&"):rep(3000), ("&"):rep(12000), ("a"):rep(12000), "", "?", "a=%zz&+", "\255"} do
      local r = get(l, client, "GET /a?" .. query .. " HTTP/1.1")
      assert.same({"/a", query}, {r:path(), r:query()})
      r:answer(200)
      assert.equal(200, read_response(l, client).status)
    end
  end)

  it("answers 501 to a transfer coding that it does not know, and closes", function()
    local l = listen {gate = {}}
    for _, coding in ipairs {"x", "identity", "gzip, chunked", "chunked, chunked", "chunked;q=1", "\"chunked\"", ""} do
      local client = connect(l)
      send(l, client, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " .. coding .. "\r\n\r\n0\r\n\r\n")
      local got, how = read_all(l, client)
      assert.matches("^HTTP/1.1 " .. (IS_STRICT and 400 or 501) .. " .*\r\nConnection: close\r\n", got)
      assert.equal("closed", how)
      local refused = l:refused()
      if not IS_STRICT then
        assert.same({501, "a transfer coding other than chunked"}, {refused.status, refused.reason})
      end
    end
    assert.is_nil(l:next())
  end)

  it("holds no connection without a response, whatever is sent on it", function()
    local type = "Content-Type: application/x-www-form-urlencoded\r\n"
    local rows = {
      {not IS_STRICT and "400" or nil, "GET /\0?" .. ("a&"):rep(6000) .. " HTTP/1.1\r\nHost: a\r\n\r\n"},
      {not IS_STRICT and "400" or nil, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551614\r\n\r\n"},
      {"431", "GET / HTTP/1.1\r\nHost: a\r\nCookie: " .. ("a=b; "):rep(2000) .. "\r\n\r\n"},
      {"431", "GET / HTTP/1.1\r\nHost: a\r\n" .. ("X:\r\n"):rep(2000) .. "\r\n"},
      {"431", "POST / HTTP/1.1\r\nHost: a\r\n" .. type .. "Transfer-Encoding: chunked\r\n\r\n0\r\n"
        .. ("X: y\r\n"):rep(9000)},
    }
    for _, gate in ipairs {false, {}} do
      local l = listen {gate = gate or nil}
      for i, row in ipairs(rows) do
        local client = connect(l)
        client:send(row[2])
        local got = ""
        step_until(l, function()
          local all, err, part = client:receive(65536)
          got = got .. (all or part)
          return err == "closed"
        end)
        assert.same({i, row[1]}, {i, got:match("^HTTP/1.1 (%d+) ")})
      end
      assert.is_nil(l:next())
    end
  end)

  it("closes a connection that libmicrohttpd no longer watches, as it cannot read on, in time", function()
    local chunk = "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" .. ("x"):rep(50000)
    local l = listen {timeout = 0.3, max_memory = 10}
    local kept, waiting = connect(l), connect(l)
    send(l, kept, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n" .. chunk)
    send(l, waiting, chunk)
    local r = step_until(l, function() return l:next() end)
    for _ = 1, 20 do l:step() end
    r:answer(200)
    step_until(l, function() return l:connections() == 0 end)
  end)

  it("lets a loop rest while a chunk does not begin, and closes in time", function()
    local l = listen {timeout = 0.5}
    local client = connect(l)
    client:send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" .. ("x"):rep(50000))
    for _ = 1, 200 do l:step() end
    if not IS_STRICT then
      assert.equal(1, l:connections())
      assert.is_true(l:timeout() > 0.005)
      assert.equal("", (read_all(l, client)))
    end
    step_until(l, function() return l:connections() == 0 end)
  end)

  it("continues after a client that leaves in the middle of a request", function()
    local l = listen {timeout = 0.1}
    for _, bytes in ipairs {"", "GET", "GET / HTTP/1.1\r\nHost: a\r\n",
                            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"} do
      local client = connect(l)
      send(l, client, bytes .. " ")
      client:close()
      step_until(l, function() return l:connections() == 0 end)
    end
    assert.equal("/", get(l, connect(l)):path())
  end)

  describe("timeout", function()
    it("closes a connection without a request", function()
      local l = listen {timeout = 0.02}
      assert.equal("", (read_all(l, connect(l))))
    end)

    it("closes the connection of a request that is too slow, even if bytes keep arriving", function()
      local l = listen {timeout = 0.05}
      for _, start in ipairs {"GET /", "GET / HTTP/1.1\r\nX: ",
                              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n",
                              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n"} do
        local client = connect(l)
        send(l, client, start)
        step_until(l, function()
          client:send("x")
          local _, err = client:receive(1)
          return err == "closed"
        end)
      end
      assert.is_nil(l:next())
    end)

    it("closes a connection that is idle after a response", function()
      local l = listen {timeout = 0.02}
      local client = connect(l)
      get(l, client):answer(200, nil, "a")
      assert.matches("a$", (read_all(l, client)))
    end)

    it("throws no request away that arrives while the owner of another one takes its time #timing", function()
      local l = listen {timeout = 0.05}
      local clients = {}
      for i = 1, 20 do
        clients[i] = connect(l)
        get(l, clients[i]):answer(200)
        read_response(l, clients[i])
      end
      local r = get(l, clients[1])
      for i = 2, 20 do clients[i]:send("GET /" .. i .. " HTTP/1.1\r\nHost: a\r\n\r\n") end
      local half = connect(l)  -- more than fits into one read, and its end comes later
      half:send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" .. ("x"):rep(20000))
      socket.sleep(0.2)
      r:answer(200)
      for _ = 2, 20 do step_until(l, function() return l:next() end):answer(200) end
      for i = 1, 20 do assert.equal(200, read_response(l, clients[i]).status) end
      assert.equal("/half", request(l, half, ("x"):rep(10000)):path())
    end)

    it("throws no request away that arrives while the loop is elsewhere #timing", function()
      local l = listen {timeout = 0.05}
      local kept, large = connect(l), connect(l)
      get(l, kept):answer(200)
      read_response(l, kept)
      large:send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
      step_until(l, function() return l:connections() == 2 end)
      kept:send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n")
      large:send(("x"):rep(100000))
      socket.sleep(0.2)
      local paths = {}
      for _ = 1, 2 do
        local r = step_until(l, function() return l:next() end)
        paths[r:path()] = true
        r:answer(200)
      end
      assert.same({["/kept"] = true, ["/large"] = true}, paths)
    end)

    it("does not count the time for which a request is held, and nothing else #timing", function()
      local l = listen {timeout = 0.2}
      local held, slow = connect(l), connect(l)
      send(l, slow, "GET /")
      step_until(l, function() return l:connections() == 2 end)
      local r = get(l, held)
      socket.sleep(0.4)
      r:answer(200)
      assert.equal(200, read_response(l, held).status)
      assert.equal("timeout", select(2, slow:receive(1)))
      local begin = socket.gettime()
      read_all(l, slow)
      assert.is_true(socket.gettime() - begin < 0.3)
    end)

    it("does not touch a request that waits for its response", function()
      local l = listen {timeout = 0.02}
      local client = connect(l)
      local r = get(l, client)
      for _ = 1, 3 do read_all(l, connect(l)) end  -- three others time out in the meantime
      assert.is_true(r:answer(200, nil, "late"))
      assert.equal("late", read_response(l, client).body)
    end)
  end)

  it("closes the connection of a client that does not read its response", function()
    local l = listen {timeout = 0.02}
    local client = connect(l)
    get(l, client):answer(200, nil, ("x"):rep(10000000))
    step_until(l, function() return l:connections() == 0 end)
  end)

  describe("max_connections", function()
    local REQUEST = "GET %s HTTP/1.1\r\nHost: a\r\n\r\n"

    -- A connection that has sent no more than the beginning of a request, and which the listener has accepted.
    local function half_sent(l)
      local count, client = l:connections(), connect(l)
      send(l, client, "GET /")
      step_until(l, function() return l:connections() > count end)
      return client
    end

    local function is_open(client)
      return select(2, client:receive(1)) ~= "closed"
    end

    local function pass_time(l, seconds)
      local done = socket.gettime() + seconds
      step_until(l, function() return socket.gettime() > done end)
    end

    it("lets more connections wait at the port, and takes them when there is room", function()
      local l = listen {max_connections = 2}
      local held, kept = connect(l), connect(l)
      local r = get(l, held)
      get(l, kept):answer(200)
      read_response(l, kept)
      local late = connect(l)
      late:send(REQUEST:format "/late")
      for _ = 1, 20 do l:step() end
      assert.is_nil(l:next())
      assert.equal(2, l:connections())
      kept:close()
      assert.equal("/late", step_until(l, function() return l:next() end):path())
      assert.equal(2, l:connections())
      r:answer(200, nil, "a")
      assert.equal("a", read_response(l, held).body)
    end)

    it("closes whoever has waited longest for a whole request when somebody waits at the port", function()
      local l = listen {max_connections = 2}
      local oldest, other = half_sent(l), half_sent(l)
      assert.equal("/late", request(l, connect(l), REQUEST:format "/late"):path())
      assert.is_false(is_open(oldest))
      assert.is_true(is_open(other))
    end)

    it("closes nobody who has waited 250 ms or less", function()
      local l = listen {max_connections = 1}
      local begin = socket.gettime()
      local early = half_sent(l)
      local late = connect(l)
      late:send(REQUEST:format "/late")
      step_until(l, function()
        assert.is_true(is_open(early) or socket.gettime() - begin > 0.25)
        return l:next()
      end)
      assert.is_true(socket.gettime() - begin > 0.25)
    end)

    it("closes nobody while nobody waits at the port", function()
      local l = listen {max_connections = 2}
      local clients = {half_sent(l), half_sent(l)}
      pass_time(l, 0.4)
      for _, client in ipairs(clients) do assert.is_true(is_open(client)) end
    end)

    it("closes an idle connection, and one that has said nothing, but none whose request is held", function()
      local l = listen {max_connections = 3}
      local held, idle, silent = connect(l), connect(l), connect(l)
      local r = get(l, held)
      get(l, idle):answer(200)
      read_response(l, idle)
      step_until(l, function() return l:connections() == 3 end)
      pass_time(l, 0.3)
      for i = 1, 2 do
        local path = "/" .. i
        local late = request(l, connect(l), REQUEST:format(path))
        assert.equal(path, late:path())
        table.insert(open, {close = function() late:answer(200) end})  -- held until then
      end
      assert.is_false(is_open(idle))
      assert.is_false(is_open(silent))
      assert.is_true(r:answer(200, nil, "a"))
      assert.equal("a", read_response(l, held).body)
    end)

    it("closes nothing of a burst, which is all handled #large", function()
      local l = listen {max_connections = 4}
      local clients, count = {}, 0
      for i = 1, 100 do
        clients[i] = connect(l)
        clients[i]:send(REQUEST:format("/" .. i))
      end
      step_until(l, function()
        local r = l:next()
        if r then r:answer(200, {Connection = "close"}); count = count + 1 end
        return count == 100
      end)
      for _, client in ipairs(clients) do assert.matches("^HTTP/1.1 200 ", (read_all(l, client))) end
      assert.equal(100, count)
    end)

    it("handles all of a burst whose connections stay open", function()
      local l = listen {max_connections = 4}
      local count = 0
      for i = 1, 12 do connect(l):send(REQUEST:format("/" .. i)) end
      step_until(l, function()
        local r = l:next()
        if r then r:answer(200); count = count + 1 end
        return count == 12
      end)
    end)

    it("throws nothing away that has arrived, however late the loop is", function()
      local l = listen {max_connections = 1}
      local kept, late = connect(l), connect(l)
      get(l, kept):answer(200)
      read_response(l, kept)
      late:send(REQUEST:format "/late")
      l:step()
      kept:send(REQUEST:format "/kept")
      socket.sleep(0.3)
      assert.equal("/kept", step_until(l, function() return l:next() end):path())
    end)

    it("wakes a loop that waits for fd() and timeout() alone, and lets it rest", function()
      local l = listen {max_connections = 1}
      half_sent(l)
      pass_time(l, 0.3)
      local late = connect(l)
      late:send(REQUEST:format "/late")
      local watch, turns, r = {getfd = function() return l:fd() end}, 0
      repeat
        socket.select({watch}, nil, math.min(l:timeout() or PATIENCE, PATIENCE))
        l:step()
        r, turns = l:next(), turns + 1
      until r or turns == 30
      assert.equal("/late", r:path())
      r:answer(200)
      read_response(l, late)
      connect(l):send(REQUEST:format "/later")  -- waits until 'late' has idled long enough
      turns = 0
      repeat
        socket.select({watch}, nil, math.min(l:timeout() or PATIENCE, PATIENCE))
        l:step()
        r, turns = l:next(), turns + 1
      until r or turns == 30
      assert.equal("/later", r:path())
    end)

    it("makes room, too, where the process has no descriptor left for a connection", function()
      local program = [[local socket, files = require "socket", {}
        local l = require("gumroad.listener").new {}
        local first, second, give_up = socket.tcp(), socket.tcp(), socket.gettime() + 8
        repeat
          local file = io.open "/dev/null"
          files[#files + 1] = file
        until not file
        for i = 1, 3 do files[i]:close() end
        local function send(client, path)
          client:connect("127.0.0.1", l:port())
          client:send("GET " .. path .. " HTTP/1.1\r\nHost: a\r\n\r\n")
          local r
          repeat
            l:step()
            r = l:next()
            socket.sleep(math.min(0.01, l:timeout() or 1))
          until r or socket.gettime() > give_up
          print(r and r:path())
          return r
        end
        send(first, "/first"):answer(200)
        send(second, "/second")]]
      assert.equal("/first\n/second", support.output("ulimit -n 100 && " .. support.lua_command(program)))
    end)

    it("is at most the limit of descriptors less 64, and never less than 1", function()
      local program = [[local listener = require "gumroad.listener"
        local preset, asked = listener.new {}, listener.new {max_connections = 1000}
        print(preset:max_connections(), asked:max_connections())]]
      for limit, expected in pairs {["50"] = "1\t1", ["64"] = "1\t1", ["65"] = "1\t1", ["66"] = "2\t2",
                                    ["1063"] = "999\t999", ["1064"] = "1000\t1000", ["1088"] = "1024\t1000",
                                    ["1089"] = "1024\t1000"} do
        assert.equal(expected, support.output(("ulimit -n %s && %s"):format(limit, support.lua_command(program))))
      end
    end)
  end)

  describe("max_memory", function()
    local HEAD = "POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"

    -- Sends a head that announces a body.
    local function announce(l, name, size, headers)
      local client = connect(l)
      send(l, client, (HEAD:format(name, size):gsub("\r\n\r\n$", "\r\n" .. (headers or "") .. "\r\n")))
      return client
    end

    -- Which request is complete next; nil where none is soon.
    local function next_path(l)
      local done = socket.gettime() + 0.05
      return step_until(l, function()
        local r = l:next()
        if r then table.insert(open, {close = function() r:answer(200) end}) end  -- held until then
        return r and r:path() or socket.gettime() > done and "none"
      end)
    end

    it("takes bodies together that need that much, and lets a byte more wait behind its head", function()
      for size, path in pairs {[5] = "/b", [6] = "none"} do
        local l = listen {max_memory = 10}
        announce(l, "a", 5)
        send(l, announce(l, "b", size), ("x"):rep(size))
        assert.equal(path, next_path(l))
      end
    end)

    it("takes a body that is larger alone, and no other beside it", function()
      local l = listen {max_memory = 10}
      local client = announce(l, "a", 11)
      send(l, announce(l, "b", 1), "x")
      assert.equal("none", next_path(l))
      send(l, client, ("x"):rep(11))
      assert.equal("/a", next_path(l))
    end)

    it("lets no body wait that takes no more than its connection's share of one half", function()
      for size, path in pairs {[0] = "/small", [50] = "/small", [51] = "none"} do
        local l = listen {max_memory = 1000, max_connections = 10}
        announce(l, "large", 1000)
        send(l, announce(l, "small", size), ("x"):rep(size))
        assert.equal(path, next_path(l))
      end
    end)

    it("is one half for bodies that take more than their share", function()
      for size, path in pairs {[100] = "/b", [101] = "none"} do
        local l = listen {max_memory = 1000, max_connections = 10}
        announce(l, "small", 50)
        announce(l, "a", 400)
        send(l, announce(l, "b", size), ("x"):rep(size))
        assert.equal(path, next_path(l))
      end
    end)

    it("counts a chunked body as max_body, and none as nothing", function()
      local l = listen {max_memory = 10, max_body = 8}
      local client = connect(l)
      send(l, client, "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      send(l, announce(l, "b", 3), "xxx")
      send(l, announce(l, "c", 0), "")
      assert.equal("/c", next_path(l))
      assert.equal("none", next_path(l))
      send(l, client, "2\r\nab\r\n0\r\n\r\n")
      assert.equal("/a", next_path(l))
    end)

    it("takes those that wait in their order, with their whole bodies, once there is room", function()
      local l = listen {max_memory = 10}
      local first = announce(l, "a", 10)
      local clients = {b = announce(l, "b", 8), c = announce(l, "c", 4), d = announce(l, "d", 2)}
      local bodies = {b = "12345678", c = "abcd", d = "xy"}
      for name, client in pairs(clients) do send(l, client, bodies[name]) end
      local r = request(l, first, ("x"):rep(10))
      assert.is_nil(l:next())
      r:answer(200)
      for name, body in ("b=12345678,c=abcd,d=xy"):gmatch("(%w)=(%w+)") do
        r = step_until(l, function() return l:next() end)
        assert.same({"/" .. name, body}, {r:path(), r:body()})
        r:answer(200)
        read_response(l, clients[name])
      end
    end)

    it("closes a client that would be late with its body, after 250 ms, when others wait for memory", function()
      local l = listen {max_memory = 100, timeout = 2 * PATIENCE}
      local begin = socket.gettime()
      local slow = announce(l, "slow", 80)
      local late = announce(l, "late", 80)
      send(l, late, ("x"):rep(80))
      step_until(l, function() return select(2, slow:receive(1)) == "closed" end)
      assert.is_true(socket.gettime() - begin > 0.25)
      assert.equal("/late", step_until(l, function() return l:next() end):path())
    end)

    it("does not close one that will be in time at its rate, nor one that has no memory, nor for nobody", function()
      local l = listen {max_memory = 100, timeout = 5}
      local idle, steady = connect(l), announce(l, "steady", 80)
      send(l, idle, "GET /")
      local done = socket.gettime() + 0.4
      step_until(l, function() return socket.gettime() > done end)
      assert.equal("timeout", select(2, steady:receive(1)))
      send(l, steady, ("x"):rep(40))  -- half of it in less than half of the time
      send(l, announce(l, "late", 80), ("x"):rep(80))
      assert.equal("none", next_path(l))
      done = socket.gettime() + 0.5
      step_until(l, function() return socket.gettime() > done end)
      assert.equal("/steady", request(l, steady, ("x"):rep(40)):path())
      assert.equal("timeout", select(2, idle:receive(1)))
    end)

    it("tells a client to go on only when there is room for its body", function()
      local l = listen {max_memory = 10}
      local first = announce(l, "a", 10)
      local client = announce(l, "b", 3, "Expect: 100-continue\r\n")
      for _ = 1, 10 do l:step() end
      assert.equal("timeout", select(2, client:receive(1)))
      request(l, first, ("x"):rep(10)):answer(200)
      assert.equal(100, read_response(l, client).status)
      assert.equal("abc", request(l, client, "abc"):body())
    end)

    it("lets nobody wait for it longer than a request may take", function()
      local l = listen {max_memory = 10, timeout = 0.3}
      local r = request(l, announce(l, "a", 10), ("x"):rep(10))
      local clients = {announce(l, "b", 8), announce(l, "c", 8)}
      l:next()  -- so that the time runs
      step_until(l, function() return l:connections() == 1 end)
      for _, client in ipairs(clients) do assert.equal("closed", select(2, client:receive(1))) end
      r:answer(200)
      assert.equal("/d", request(l, announce(l, "d", 8), ("x"):rep(8)):path())
    end)

    for i, oldest in ipairs {"one that waits for it", "one whose head has not arrived"} do
      it("gives the place of " .. oldest .. " to whoever comes, if it has waited longest", function()
        local l = listen {max_memory = 1000, max_connections = 3}
        local r = request(l, announce(l, "a", 600), ("x"):rep(600))  -- it keeps the memory
        local function starve() return announce(l, "b", 600) end
        local function delay()
          for _ = 1, 10 do l:step() end  -- the other one, if it came first, waits now
          local client = connect(l)
          send(l, client, "GET /")
          return client
        end
        local first, second = (i == 1 and starve or delay)(), (i == 1 and delay or starve)()
        local long_enough = socket.gettime() + 0.3  -- both may have to leave now
        step_until(l, function() return not l:next() and socket.gettime() > long_enough end)
        send(l, connect(l), "GET /new HTTP/1.1\r\nHost: a\r\n\r\n")
        assert.equal("/new", step_until(l, function() return l:next() end):path())
        assert.equal("closed", select(2, first:receive(1)))
        assert.equal("timeout", select(2, second:receive(1)))
        r:answer(200)
      end)
    end

    it("takes the call after the wait for the head, not for the end", function()
      local l = listen {max_memory = 10}
      local first, client = announce(l, "a", 10), announce(l, "b", 3)
      request(l, first, ("x"):rep(10)):answer(200)
      for _ = 1, 10 do
        l:step()
        assert.is_nil(l:next())
      end
      assert.equal("abc", request(l, client, "abc"):body())
    end)

    it("is given back when a request is answered, dropped or reset", function()
      local l = listen {max_memory = 10}
      for _, how in ipairs {"answer", "drop", "reset"} do
        local r = request(l, announce(l, "a", 10), ("x"):rep(10))
        local client = announce(l, "b", 10)
        send(l, client, ("y"):rep(10))
        for _ = 1, 10 do l:step() end
        assert.is_nil(l:next())
        if how == "answer" then r:answer(200) elseif how == "reset" then r:reset() end
        r = nil  -- luacheck: ignore
        collectgarbage()
        collectgarbage()
        step_until(l, function() return l:next() end):answer(200)
      end
    end)

    it("is given back when the client goes, is too late or sends too much", function()
      for _, how in ipairs {"goes", "late", "too much"} do
        local l = listen {max_memory = 10, max_body = 10, timeout = how == "late" and 0.1 or nil}
        local first = connect(l)
        send(l, first, "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        for _ = 1, 5 do l:step() end
        send(l, announce(l, "b", 10), ("y"):rep(10))
        if how == "goes" then first:close()
        elseif how == "too much" then send(l, first, "a\r\n1234567890\r\n") end
        assert.equal("/b", step_until(l, function() return l:next() end):path())
      end
    end)

    it("is there again after many requests", function()
      local l = listen {max_memory = 100}
      for _ = 1, 3 do
        for i = 1, 20 do send(l, announce(l, "a" .. i, 30), ("x"):rep(30)) end
        for _ = 1, 20 do step_until(l, function() return l:next() end):answer(200) end
      end
    end)

    it("does not keep the listener from being closed while heads wait", function()
      local l = listen {max_memory = 10}
      local clients = {announce(l, "a", 10), announce(l, "b", 10), announce(l, "c", 10)}
      for _ = 1, 10 do l:step() end
      l:close()
      for _, client in ipairs(clients) do
        client:settimeout(PATIENCE)
        assert.equal("closed", select(2, client:receive(1)))
      end
    end)
  end)

  describe("in an event loop", function()
    -- Waits like an event loop: for the descriptor, for at most timeout() seconds.
    local function wait(l)
      local patience = l:timeout() or PATIENCE
      local watch = {getfd = function() return l:fd() end}
      local ready = patience == 0 or socket.select({watch}, nil, patience)[1]
      assert.is_truthy(ready)
      l:step()
    end

    it("shows with fd() and timeout() when there is something to do", function()
      local l = listen()
      assert.is_nil(l:timeout())
      local client = connect(l)
      client:send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
      wait(l)
      client:send("abc")
      local r
      repeat wait(l); r = l:next() until r
      r:answer(200, nil, "done")
      assert.equal(0, l:timeout())
      local got = ""
      repeat
        wait(l)
        local all, _, partial = client:receive(65536)
        got = got .. (all or partial)
      until got:find("done")
    end)

    it("knows when the first connection times out", function()
      local l = listen {timeout = 10}
      connect(l)
      step_until(l, function() return l:connections() == 1 end)
      local seconds = step_until(l, function() return l:timeout() > 0 and l:timeout() end)
      assert.is_true(seconds > 0 and seconds <= 10)
    end)

    it("knows when one that waits for memory has to leave", function()
      local l = listen {max_memory = 10, timeout = 10}
      local head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
      local r = request(l, connect(l), head .. ("x"):rep(10))
      send(l, connect(l), head)
      assert.is_nil(l:next())
      local seconds = step_until(l, function() return (l:timeout() or 0) > 0 and l:timeout() end)
      assert.is_true(seconds <= 10, seconds)
      r:answer(200)
    end)

    it("steps without waiting if nothing happens", function()
      local l = listen()
      for _ = 1, 100 do assert.equal(0, select("#", l:step())) end
    end)
  end)

  describe("close", function()
    it("closes the connections and the port, and can be repeated", function()
      local l = listen()
      local client, port = connect(l), l:port()
      step_until(l, function() return l:connections() == 1 end)
      l:close()
      l:close()
      assert.equal("closed", select(2, client:receive(1)))
      assert.equal(0, l:connections())
      assert.equal(port, listen {port = port}:port())
    end)

    it("leaves nothing to do", function()
      local l = listen()
      l:close()
      l:step()
      assert.is_nil(l:next())
      assert.is_nil(l:fd())
      assert.is_nil(l:timeout())
    end)

    it("closes connections whose requests wait, whether or not they were returned", function()
      local l = listen()
      local taken, waiting = connect(l), connect(l)
      local r = get(l, taken)
      send(l, waiting, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      l:step()
      l:close()
      for _, client in ipairs {taken, waiting} do
        client:settimeout(PATIENCE)
        assert.equal("closed", select(2, client:receive(1)))
      end
      local ok, code, message = r:answer(200)
      assert.is_nil(ok)
      assert.equal("closed", code)
      assert.equal("the listener is closed", message)
      assert.equal("closed", select(2, r:reset()))
      assert.equal("closed", select(2, r:answer_part(200, nil, "abc", 1)))
      assert.equal("/", r:path())
    end)

    it("sends the responses that were given before", function()
      local l = listen()
      local client = connect(l)
      get(l, client):answer(200, nil, "last words")
      l:close()
      client:settimeout(PATIENCE)
      assert.matches("last words$", (client:receive("*a")))
    end)

    it("happens when the listener is collected, before or after its requests", function()
      local l = assert(listener.new {})
      local client = connect(l)
      local r = get(l, client)
      l = nil  -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      assert.equal("closed", select(2, client:receive(1)))
      assert.equal("closed", select(2, r:answer(200)))
    end)

    it("happens at the end of a to-be-closed variable", function()
      local scoped = (loadstring or load)("local l <close> = ...; return l:port()")
      if not scoped then return end  -- before Lua 5.4
      local l = listen()
      local port = scoped(l)
      assert.is_nil(l:fd())
      assert.equal(port, listen {port = port}:port())
    end)
  end)

  if has_ffi then it("leaves everything to the parent after a fork", function()
    ffi.cdef "int fork(void); void _exit(int); int waitpid(int, int *, int);"
    local l = listen()
    local held, idle = connect(l), connect(l)
    local r = get(l, held)
    step_until(l, function() return l:connections() == 2 end)
    local pid = ffi.C.fork()
    if pid == 0 then
      idle:send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
      for _ = 1, 20 do l:step() end
      local calm = l:next() == nil and l:fd() == nil and select(2, r:answer(200)) == "closed"
      l:close()
      r = nil
      collectgarbage()
      ffi.C._exit(calm and 0 or 1)
    end
    local status = ffi.new("int[1]")
    ffi.C.waitpid(pid, status, 0)
    assert.equal(0, status[0])
    assert.equal("/idle", step_until(l, function() return l:next() end):path())
    assert.is_true(r:answer(200, nil, "from the parent"))
    assert.equal("from the parent", read_response(l, held).body)
  end) end
end)
