local core = require "gumroad.core"
local socket = require "socket"
local support = require "support"

local PATIENCE = 10  -- seconds until a test gives up; never reached in practice
local has_ffi, ffi = pcall(require, "ffi")  -- only LuaJIT can fork from a spec

-- "hello, hello, hello", and 100,000 times "a", compressed by gzip
local HELLO_GZIP = "\031\139\008\000\000\000\000\000\002\003\203\072\205\201\201\215\081\200\064"
  .. "\162\000\159\161\202\009\019\000\000\000"
local BOMB_GZIP = "\031\139\008\000\000\000\000\000\002\003\237\193\049\001\000\000\000\194\160\172"
  .. "\235\095\194\026\030\064\001" .. ("\000"):rep(96) .. "\175\006\135\250\226\027\160\134\001\000"

local engine = core.engine()
local open = {}  -- sockets of the current test

local function keep(thing)
  table.insert(open, thing)
  return thing
end

-- Steps the engine until `check` returns a value, and returns it.
local function step_until(check)
  local deadline = core.now() + PATIENCE
  repeat
    engine:step(0.001)
    local result = check()
    if result then return result end
  until core.now() > deadline
  error("nothing came of it", 2)
end

local function listen(backlog)
  local server = keep(assert(socket.tcp()))
  assert(server:bind("127.0.0.1", 0))
  assert(server:listen(backlog or 32))
  server:settimeout(0)
  local _, port = server:getsockname()
  return server, "http://127.0.0.1:" .. port
end

local function accept(server)
  local peer = step_until(function() return (server:accept()) end)
  peer:settimeout(0)
  return keep(peer)
end

-- Reads a request, with the body that its Content-Length announces.
local function read_request(peer)
  local got = ""
  return step_until(function()
    local all, _, partial = peer:receive(65536)
    got = got .. (all or partial)
    local head, at = got:match("^(.-\r\n\r\n)()")
    local length = head and tonumber(head:match("[Cc]ontent%-[Ll]ength: (%d+)")) or 0
    return head and #got >= at - 1 + length and got
  end)
end

local function write(peer, bytes)
  local at = 1
  step_until(function()
    local last, why, partial = peer:send(bytes, at)
    at = (last or partial) + 1
    return at > #bytes or why == "closed"
  end)
end

local function respond(peer, body, head)
  write(peer, "HTTP/1.1 200 OK\r\nContent-Length: " .. #body .. "\r\n" .. (head or "") .. "\r\n" .. body)
end

local function reset(peer)
  peer:setoption("linger", { on = true, timeout = 0 })
  peer:close()
end

local function is_closed(peer)
  local _, why = peer:receive(1)
  return why == "closed"
end

local function send(url, fields)
  local request = { method = "GET", base_url = url, timeout = PATIENCE, connect_timeout = PATIENCE }
  for name, value in pairs(fields or {}) do request[name] = value end
  return assert(engine:send(request))
end

local function result(transfer)
  step_until(function() return transfer:done() end)
  return transfer:result()
end

-- Sends a request to a peer that responds with `bytes` and closes. Returns the result and the request.
local function exchange(bytes, fields)
  local server, url = listen()
  local transfer = send(url, fields)
  local peer = accept(server)
  local asked = read_request(peer)
  write(peer, bytes)
  peer:close()
  local response, code, message, info = result(transfer)
  return { response = response, code = code, message = message, info = info, asked = asked }
end

-- Resident memory, in bytes.
local function resident()
  local file = assert(io.open "/proc/self/statm")
  local pages = file:read "*a":match "^%d+ (%d+)"
  file:close()
  return pages * 4096
end

-- A watched pair of sockets: writing to the second makes the first readable.
local function watched_pair()
  local server, url = listen()
  local writer = keep(assert(socket.connect("127.0.0.1", tonumber(url:match("%d+$")))))
  local reader = accept(server)
  engine:watch(reader:getfd())
  return reader, writer
end

local function readable(fd)
  return #socket.select({ { getfd = function() return fd end } }, nil, 0) > 0
end

describe("engine", function()
  after_each(function()
    for i = #open, 1, -1 do
      if open[i].getfd and open[i]:getfd() >= 0 then engine:unwatch(open[i]:getfd()) end
      open[i]:close()
      open[i] = nil
    end
    assert.equal(0, engine:running())
    engine:step(0)
  end)

  -- In a process of its own, as memory that was used and freed here would hide it.
  it("keeps no memory of a large body for the next one #slow", function()
    local server, url = listen()
    local pipe = assert(io.popen(support.lua_command(([[
      local engine = require("gumroad.core").engine()
      local function get()
        local transfer = assert(engine:send { method = "GET", base_url = %q, path = "/", timeout = %d, max_size = 3e7 })
        while not transfer:done() do engine:step(1) end
        return #assert(transfer:result()).body
      end
      local function resident()
        collectgarbage()
        collectgarbage()
        return io.open("/proc/self/statm"):read("*a"):match("^%%d+ (%%d+)") * 4096
      end
      get()
      local before = resident()
      print(get(), math.floor(resident() - before))]]):format(url, PATIENCE))))
    local peer, mebibyte = accept(server), ("x"):rep(1048576)
    read_request(peer)
    respond(peer, "small")
    read_request(peer)
    write(peer, "HTTP/1.1 200 OK\r\nContent-Length: 25165824\r\n\r\n")
    for _ = 1, 24 do write(peer, mebibyte) end
    local size, grown = pipe:read("*l"):match("^(%d+)\t(-?%d+)$")
    pipe:close()
    assert.equal(25165824, tonumber(size))
    assert.is_true(tonumber(grown) < 10000000, grown)
  end)

  it("is shared by the whole Lua state", function()
    assert.equal(engine, core.engine())
  end)

  it("says which libcurl it runs on", function()
    assert.matches("^%d+%.%d+", core.curl().version)
  end)

  describe("a response", function()
    it("has a status, headers under lower-case names, and a body", function()
      local got = exchange("HTTP/1.1 404 Not Found\r\nX-Request-Id: r1\r\nSet-Cookie: a=1\r\n"
        .. "Set-Cookie: b=2\r\nContent-Length: 5\r\n\r\nnope\n")
      assert.equal(404, got.response.status)
      assert.equal("r1", got.response.headers["x-request-id"])
      assert.equal("a=1, b=2", got.response.headers["set-cookie"])
      assert.matches("^HTTP/1.1 404 Not Found\r\nX%-Request%-Id: r1\r\n", got.response.head)
      assert.equal(got.response.headers, got.response.headers)  -- created once, and not shared
      assert.is_nil(got.response.nothing)
      assert.equal("nope\n", got.response.body)
      assert.is_true(got.response.seconds >= 0)
    end)

    it("has no headers after its head was discarded", function()
      local response = exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").response
      response.head = nil
      assert.is_nil(response.headers)
    end)

    it("keeps the bytes of the body unchanged", function()
      local bytes = "\0\255\r\n\0"
      assert.equal(bytes, exchange("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" .. bytes).response.body)
    end)

    it("is assembled from chunks", function()
      local got = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        .. "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
      assert.equal("abcde", got.response.body)
    end)

    it("may end when the connection ends", function()
      assert.equal("all of it", exchange("HTTP/1.1 200 OK\r\n\r\nall of it").response.body)
    end)

    it("is decompressed", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " .. #HELLO_GZIP
        .. "\r\n\r\n" .. HELLO_GZIP)
      assert.equal("hello, hello, hello", got.response.body)
      assert.matches("Accept%-Encoding: [^\r]*gzip", got.asked)
    end)

    it("has only the final headers after 1xx responses", function()
      local got = exchange("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
        .. "Content-Length: 0\r\n\r\n")
      assert.equal(200, got.response.status)
      assert.is_nil(got.response.headers.link)
      assert.equal("", got.response.body)
    end)

    it("has no header from its status line", function()
      local got = exchange("HTTP/1.1 200 OK: done\r\nX-One: 1\r\nContent-Length: 0\r\n\r\n")
      assert.same({ ["x-one"] = "1", ["content-length"] = "0" }, got.response.headers)
    end)

    it("has no header from its trailer", function()
      local got = exchange("HTTP/1.1 200 OK\r\nRetry-After: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        .. "1\r\na\r\n0\r\nRetry-After: 9\r\nX-One: 1\r\n\r\n")
      assert.same({ ["retry-after"] = "1", ["transfer-encoding"] = "chunked" }, got.response.headers)
    end)

    it("may begin with a folded line, which does not belong to a header of the previous one", function()
      for _ = 1, 20 do  -- libcurl before 8.1.0 would write to freed memory
        exchange("HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 0\r\n\r\n")
        local got = exchange("HTTP/1.1 200 OK\r\n X-Two: 2\r\nContent-Length: 0\r\n\r\n")
        assert.is_true(got.code == "network" or got.response.status == 200)
      end
    end)

    it("keeps its headers where a trailer looks like a status line", function()
      local got = exchange("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-One: 1\r\n"
        .. "Transfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 100 Continue: x\r\nX-One: 2\r\n\r\n")
      assert.same({ ["x-one"] = "1", ["transfer-encoding"] = "chunked" }, got.response.headers)
      assert.equal(200, got.response.status)
    end)

    it("is returned once", function()
      local server, url = listen()
      local transfer = send(url)
      respond(accept(server), "x")
      assert.equal("x", result(transfer).body)
      assert.has_error(function() transfer:result() end, "the result was taken already")
    end)

    it("cannot be fetched while it is in progress", function()
      local _, url = listen()
      local transfer = send(url)
      assert.is_false(transfer:done())
      assert.has_error(function() transfer:result() end, "the transfer is still running")
      transfer:close()
    end)

    it("that redirects is returned and not followed", function()
      local other, other_url = listen()
      local got = exchange("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " .. other_url .. "/\r\n\r\n",
        { secret = core.secret("token-of-the-test") })
      assert.equal(302, got.response.status)
      assert.equal(other_url .. "/", got.response.headers.location)
      assert.is_nil((other:accept()))
    end)
  end)

  describe("a limit", function()
    local function too_large(bytes, fields)
      local got = exchange(bytes, fields)
      assert.is_nil(got.response)
      assert.equal("too_large", got.code)
      assert.is_true(got.info.sent)
      return got.message
    end

    it("stops a response that announces too much", function()
      assert.equal("the response is larger than 1000 bytes",
        too_large("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", { max_size = 1000 }))
    end)

    it("stops a response that announces nothing", function()
      too_large("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" .. ("x"):rep(1001)
        .. "\r\n0\r\n\r\n", { max_size = 1000 })
    end)

    it("counts decompressed bytes", function()
      too_large("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " .. #BOMB_GZIP .. "\r\n\r\n"
        .. BOMB_GZIP, { max_size = 99999 })
    end)

    it("accepts what just fits", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " .. #BOMB_GZIP
        .. "\r\n\r\n" .. BOMB_GZIP, { max_size = 100000 })
      assert.equal(("a"):rep(100000), got.response.body)
    end)

    it("of zero accepts only an empty body", function()
      assert.equal("", exchange("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", { max_size = 0 }).response.body)
      too_large("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", { max_size = 0 })
    end)

    it("ignores a body that the response to HEAD only announces", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", { method = "HEAD", max_size = 1000 })
      assert.equal(200, got.response and got.response.status or got.message)
    end)

    it("stops endless headers", function()
      local message = too_large("HTTP/1.1 200 OK\r\n" .. ("X-Header: " .. ("x"):rep(1000) .. "\r\n"):rep(200) .. "\r\n")
      assert.equal("the headers of the response are larger than 131072 bytes", message)
    end)

    local HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    local TRAILER = "X-Trailer: " .. ("x"):rep(1000 - 13) .. "\r\n"

    it("stops trailers without end", function()
      local message = too_large(HEAD .. "1\r\na\r\n0\r\n" .. TRAILER:rep(2000) .. "\r\n")
      assert.equal("the headers of the response are larger than 131072 bytes", message)
    end)

    it("stops responses before the response without end", function()
      too_large(("HTTP/1.1 103 Early Hints\r\n" .. TRAILER .. "\r\n"):rep(200) .. HEAD .. "0\r\n\r\n")
    end)

    it("counts the bytes of head and trailers alike, and lets through what just fits", function()
      local interim = "HTTP/1.1 103 Early Hints\r\n\r\n"
      local rest = 131072 - #interim - #HEAD - 129 * #TRAILER - #"X-Last: \r\n"
      local function sent_with(last)
        return interim .. HEAD .. "0\r\n" .. TRAILER:rep(129) .. "X-Last: " .. ("x"):rep(last) .. "\r\n\r\n"
      end
      assert.equal("", exchange(sent_with(rest)).response.body)
      too_large(sent_with(rest + 1))
    end)

    it("stops a single endless header", function()  -- libcurl's own limit, which has no error code before 8.6
      local got = exchange("HTTP/1.1 200 OK\r\nX-Header: " .. ("x"):rep(200000) .. "\r\n\r\n")
      assert.is_nil(got.response)
      assert.is_true(got.code == "too_large" or got.code == "network")
    end)
  end)

  describe("a failure", function()
    it("to connect means that nothing was sent", function()
      local server, url = listen()
      server:close()
      local response, code, message, info = result(send(url))
      assert.is_nil(response)
      assert.equal("network", code)
      assert.matches("127.0.0.1", message, 1, true)
      assert.is_false(info.sent)
      assert.is_true(info.curl_code > 0)
    end)

    it("to find the host means that nothing was sent", function()
      local _, code, _, info = result(send("http://no-such-host.invalid/"))
      assert.equal("network", code)
      assert.is_false(info.sent)
    end)

    it("to find the host in time delays nothing, not even the end of the program", function()
      local folder, remove = support.folder()
      local resolver = folder .. "/silent.so"
      support.output("LD_PRELOAD= cc -shared -fPIC -pthread -o " .. resolver .. " spec/resolver/silent.c")
      local program = [[
        local engine = require("gumroad.core").engine()
        local function send(timeout)
          return engine:send { method = "GET", base_url = "http://shop.example.com", timeout = timeout }
        end
        local late = send(0.05)
        while not late:done() do engine:step(1) end
        print((select(2, late:result())))
        send(60):close()
        print "cancelled"
        send(60)
      ]]
      local told = support.output(("LD_PRELOAD=$LD_PRELOAD:%s timeout %d %s; echo $?"):format(resolver,
        PATIENCE, support.lua_command(program)))
      remove()
      assert.equal("timeout\ncancelled\n0", told)
    end)

    it("to connect in time is a timeout, and nothing was sent", function()
      local _, url = listen(0)
      for _ = 1, 3 do  -- the queue is full, so the kernel makes further ones wait
        local filler = keep(assert(socket.tcp()))
        filler:settimeout(0)
        filler:connect("127.0.0.1", tonumber(url:match("%d+$")))
      end
      local _, code, message, info = result(send(url, { connect_timeout = 0.05 }))
      assert.equal("timeout", code)
      assert.equal("no connection within 0.05 seconds", message)
      assert.is_false(info.sent)
    end)

    it("to respond in time is a timeout, and something was sent", function()
      local server, url = listen()
      local transfer = send(url, { timeout = 0.1 })
      read_request(accept(server))
      local _, code, message, info = result(transfer)
      assert.equal("timeout", code)
      assert.equal("no complete response within 0.1 seconds", message)
      assert.is_true(info.sent)
    end)

    it("to send the whole response in time is a timeout", function()
      local server, url = listen()
      local transfer = send(url, { timeout = 0.1 })
      write(accept(server), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      local _, code = result(transfer)
      assert.equal("timeout", code)
    end)

    it("in the middle of the body is a network failure", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      assert.equal("network", got.code)
      assert.is_true(got.info.sent)
    end)

    it("in the middle of a chunk is a network failure", function()
      assert.equal("network", exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf").code)
    end)

    it("at any byte of the head is a network failure", function()
      local head = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n\r\n"
      for size = 0, #head - 1 do
        local got = exchange(head:sub(1, size))
        assert.equal("network", got.code, size)
        assert.is_true(got.info.sent)
      end
      assert.equal(200, exchange(head).response.status)
    end)

    it("takes no memory for what came of the response #slow", function()
      local failed, before = {}, resident()
      for i = 1, 10 do
        local server, url = listen()
        failed[i] = send(url, { max_size = 4000000 })
        local peer = accept(server)
        read_request(peer)
        write(peer, "HTTP/1.1 200 OK\r\n\r\n" .. ("a"):rep(4200000))
        peer:close()
        assert.equal("too_large", select(2, result(failed[i])))
      end
      collectgarbage()
      assert.is_true(resident() - before < 20000000)
    end)

    it("by a reset means that something was sent", function()
      local server, url = listen()
      local transfer = send(url, { method = "POST", body = "a=1" })
      local peer = accept(server)
      read_request(peer)
      reset(peer)
      local _, code, _, info = result(transfer)
      assert.equal("network", code)
      assert.is_true(info.sent)
    end)

    it("without any response means that something was sent", function()
      local got = exchange("")
      assert.equal("network", got.code)
      assert.is_true(got.info.sent)
    end)

    it("because the response is not HTTP is a network failure", function()
      assert.equal("network", exchange("SSH-2.0-OpenSSH_9.2\r\n").code)
    end)

    it("because the status has not three digits is a network failure, if libcurl does not see that", function()
      local got = exchange("HTTP/2233720TTP/:\r\nContent-Length: 2\r\n\r\n{}")
      assert.is_true(got.code == "network" or got.response.status <= 999)
    end)

    it("of the compression is recognized", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")
      assert.equal("decode", got.code)
    end)

    it("of the compression is recognized even if data follows the compressed data", function()
      local bytes = HELLO_GZIP .. "and more of something else"
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " .. #bytes
        .. "\r\n\r\n" .. bytes)
      assert.equal("decode", got.code)
      assert.equal("the response is not compressed as its Content-Encoding says", got.message)
    end)

    it("can be fetched again", function()
      local server, url = listen()
      server:close()
      local transfer = send(url)
      local _, first = result(transfer)
      local _, second = transfer:result()
      assert.equal(first, second)
    end)

    it("never shows the password of a proxy", function()
      local program = [[
        local engine = require("gumroad.core").engine()
        for _, url in ipairs { "https://shop.example.com", "http://shop.example.com" } do
          local transfer = engine:send { method = "GET", base_url = url, timeout = 5 }
          while not transfer:done() do engine:step(1) end
          local _, code, message = transfer:result()
          print(code, message)
        end
      ]]
      local bad = "config\tthe proxy in https_proxy, http_proxy or all_proxy cannot be used: it must be "
        .. "http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded"
      for proxy, words in pairs {
        ["http://bob:s3cret@127.0.0.1:99999"] = bad, ["http://bob:s3/cret@127.0.0.1:1"] = bad,
        ["http://bob:s3#cret@127.0.0.1:1"] = bad, ["http://bob:s3@cret@127.0.0.1:1"] = bad,
        ["http://bob:s3?cret@127.0.0.1:1"] = bad, ["bob:s3cret@127.0.0.1:99999"] = bad,
        ["ftp://bob:s3cret@127.0.0.1:1"] = bad, ["http://bob:s3cret"] = bad,
        ["http://bob:s3cret@127.0.0.1:1"] = "network\t", ["https://bob:s3cret@127.0.0.1:1"] = "network\t",
        ["socks5h://bob:s3cret@127.0.0.1:1"] = "network\t", ["http://bob:s3cret@no-such-host.invalid"] = "network\t",
        ["http://bob:9/s3cret@127.0.0.1:1"] = "network\t",
      } do
        local own, all = "https_proxy=PROXY http_proxy=PROXY", "all_proxy=PROXY http_proxy= https_proxy="
        for _, variables in ipairs { own, all } do
          local command = variables:gsub("PROXY", (support.quote(proxy):gsub("%%", "%%%%")))
          local printed = support.output("no_proxy= " .. command .. " " .. support.lua_command(program) .. " 2>&1")
          assert.falsy(printed:find("cret", 1, true), printed)
          assert.falsy(printed:find("s3", 1, true), printed)
          for line in (printed .. "\n"):gmatch("([^\n]*)\n") do assert.equal(words, line:sub(1, #words)) end
        end
      end
    end)

    it("never shows the secret", function()
      local got = exchange("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        { secret = core.secret("token-of-the-test") })
      assert.matches("Bearer token-of-the-test", got.asked, 1, true)
      assert.is_nil(got.message:find("token", 1, true))
    end)
  end)

  describe("connections", function()
    it("are kept for the next request", function()
      local server, url = listen()
      local peer
      for i = 1, 3 do
        local transfer = send(url .. "/" .. i)
        peer = peer or accept(server)
        assert.matches("^GET /" .. i .. " ", read_request(peer))
        respond(peer, "ok")
        assert.equal("ok", result(transfer).body)
      end
      assert.is_nil((server:accept()))
    end)

    it("that the server closed meanwhile are replaced", function()
      local server, url = listen()
      for _ = 1, 2 do
        local transfer = send(url)
        local peer = accept(server)
        read_request(peer)
        respond(peer, "ok")
        peer:close()
        assert.equal("ok", result(transfer).body)
      end
    end)

    it("are new if the request wants that", function()
      local server, url = listen()
      for _ = 1, 2 do
        local transfer = send(url, { fresh = true })
        local peer = accept(server)
        read_request(peer)
        respond(peer, "ok")
        assert.equal("ok", result(transfer).body)
      end
    end)

    it("carry nothing over from one request to the next", function()
      local server, url = listen()
      local first = send(url, { method = "POST", body = "a=1", headers = { ["X-One"] = "1" },
        secret = core.secret("token-of-the-test"), max_size = 5 })
      local peer = accept(server)
      read_request(peer)
      respond(peer, "ok")
      assert.equal("ok", result(first).body)
      local second = send(url)
      local asked = read_request(peer)
      respond(peer, "longer than five")
      assert.equal("longer than five", result(second).body)
      assert.matches("^GET / ", asked)
      for _, trace in ipairs { "X%-One", "Authorization", "token", "Content%-" } do
        assert.is_nil(asked:find(trace))
      end
    end)

    it("serve many requests at once", function()
      local server, url = listen()
      local transfers, peers = {}, {}
      for i = 1, 30 do transfers[i] = send(url .. "/" .. i) end
      assert.equal(30, engine:running())
      for i = 1, 30 do peers[i] = accept(server) end  -- before the first response
      for i = 30, 1, -1 do respond(peers[i], read_request(peers[i]):match("^GET /(%d+)")) end
      for i = 1, 30 do assert.equal(tostring(i), result(transfers[i]).body) end
      assert.equal(0, engine:running())
    end)

    it("stay open while there are requests, and few of them afterwards", function()
      local server, url = listen(64)
      local transfers, peers = {}, {}
      for i = 1, 40 do transfers[i] = send(url .. "/first") end
      for i = 1, 40 do peers[i] = accept(server) end
      for _, peer in ipairs(peers) do read_request(peer) end
      for i, peer in ipairs(peers) do  -- one request ends and another one begins
        respond(peer, "ok")
        step_until(function()
          for at, transfer in pairs(transfers) do
            if transfer:done() then
              assert.equal("ok", transfer:result().body)
              transfers[at] = nil
              return true
            end
          end
        end)
        transfers[40 + i] = send(url .. "/second")
        assert.matches("^GET /second ", read_request(peer))
      end
      assert.is_nil((server:accept()))
      for _, peer in ipairs(peers) do respond(peer, "ok") end
      for _, transfer in pairs(transfers) do assert.equal("ok", result(transfer).body) end
      local open_peers = {}
      step_until(function()
        open_peers = {}
        for _, peer in ipairs(peers) do
          if not is_closed(peer) then open_peers[#open_peers + 1] = peer end
        end
        return #open_peers <= 8
      end)
      assert.is_true(#open_peers > 0)
      local transfer = send(url .. "/third")
      step_until(function()
        for _, peer in ipairs(open_peers) do
          if peer:receive(1) then respond(peer, "ok") return true end
        end
      end)
      assert.equal("ok", result(transfer).body)
      assert.is_nil((server:accept()))
    end)

    it("are few afterwards even if many requests end at the same time", function()
      local server, url = listen(64)
      local transfers, peers = {}, {}
      for i = 1, 40 do transfers[i] = send(url) end
      for i = 1, 40 do peers[i] = accept(server) end
      for _, peer in ipairs(peers) do read_request(peer) end
      for _, peer in ipairs(peers) do assert(peer:send "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") end
      socket.sleep(0.3)  -- a loop that is elsewhere: by now a timer is due, so libcurl looks at all of them at once
      for _, transfer in ipairs(transfers) do assert.equal("ok", result(transfer).body) end
      step_until(function()
        local count = 0
        for _, peer in ipairs(peers) do count = count + (is_closed(peer) and 0 or 1) end
        return count <= 16
      end)
      local transfer = send(url)  -- an idle connection, or a new one
      local peer = server:accept()
      peers[#peers + 1] = peer and keep(peer)
      step_until(function()
        for _, one in ipairs(peers) do
          one:settimeout(0)
          if one:receive(1) then respond(one, "ok") return true end
        end
      end)
      assert.equal("ok", result(transfer).body)
    end)

    it("do not use a proxy for this machine", function()
      if not has_ffi then return end  -- only LuaJIT can set an environment variable
      ffi.cdef "int setenv(const char *, const char *, int); int unsetenv(const char *);"
      local proxy, proxy_url = listen()
      ffi.C.setenv("http_proxy", proxy_url, 1)
      finally(function() ffi.C.unsetenv("http_proxy") end)
      local server, url = listen()
      for _ = 1, 3 do  -- results for a base URL are cached
        local transfer = send(url, { path = "/", fresh = true })
        local peer = accept(server)
        read_request(peer)
        respond(peer, "")
        assert.equal(200, result(transfer).status)
      end
      assert.is_nil((proxy:accept()))
    end)

    it("use a proxy for other machines, even after a request to this machine", function()
      if not has_ffi then return end
      local proxy, proxy_url = listen()
      ffi.C.setenv("http_proxy", proxy_url, 1)
      finally(function() ffi.C.unsetenv("http_proxy") end)
      local server, url = listen()
      for _, base in ipairs { url, "http://shop.example.com", url, "http://shop.example.com" } do
        local transfer = send(base, { path = "/", fresh = true })
        local peer = accept(base == url and server or proxy)
        local asked = read_request(peer)
        respond(peer, "")
        assert.equal(200, result(transfer).status)
        assert.equal(base == url and "GET / " or "GET http://shop.example.com/ ", asked:match("^%u+ %S+ "))
      end
    end)
  end)

  describe("cancelling", function()
    it("closes the connection and says so", function()
      local server, url = listen()
      local transfer = send(url)
      local peer = accept(server)
      read_request(peer)
      transfer:close()
      assert.equal(0, engine:running())
      assert.is_true(transfer:done())
      local response, code, message, info = transfer:result()
      assert.is_nil(response)
      assert.equal("cancelled", code)
      assert.equal("the request was cancelled", message)
      assert.is_true(info.sent)
      step_until(function() return is_closed(peer) end)
    end)

    it("is done by dropping the transfer", function()
      local server, url = listen()
      local transfer = send(url)
      local peer = accept(server)
      read_request(peer)
      assert.is_false(transfer:done())
      transfer = nil  -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      assert.equal(0, engine:running())
      step_until(function() return is_closed(peer) end)
    end)

    it("may be repeated, even after the end", function()
      local server, url = listen()
      local transfer = send(url)
      respond(accept(server), "ok")
      step_until(function() return transfer:done() end)
      transfer:close()
      transfer:close()
      assert.has_error(function() transfer:result() end, "the result was taken already")
    end)

    it("of one request lets another one continue at once", function()
      local server, url = listen()
      local first = send(url .. "/first")
      local peer = accept(server)
      read_request(peer)
      local second = send(url .. "/second")
      first:close()
      local other = accept(server)
      assert.matches("^GET /second ", read_request(other))
      respond(other, "ok")
      assert.equal("ok", result(second).body)
    end)
  end)

  describe("step", function()
    it("reports once how many requests were finished", function()
      local server, url = listen()
      server:close()
      local transfer, finished = send(url), 0
      step_until(function() return transfer:done() end)
      transfer = send(url)
      for _ = 1, 1000 do
        finished = finished + engine:step(0.01)
        if transfer:done() then break end
      end
      assert.is_true(finished >= 1)
      assert.equal(0, (engine:step(0)))
    end)

    it("enforces a timeout even while another request to the server waits", function()
      local server, url = listen()
      local first = send(url)
      read_request(accept(server))
      local second = send(url, { timeout = 0.1 })
      local _, code = result(second)
      assert.equal("timeout", code)
      assert.is_false(first:done())
      first:close()
    end)

    it("has something to do when its descriptor is readable", function()
      local server, url = listen()
      local transfer = send(url)
      local peer = accept(server)
      read_request(peer)
      engine:step(0)
      assert.is_false(readable(engine:fd()))
      respond(peer, "ok")
      step_until(function() return readable(engine:fd()) or transfer:done() end)
      assert.equal("ok", result(transfer).body)
    end)

    it("accepts no request object if none is running", function()
      assert.equal(0, (engine:step()))
    end)
  end)

  describe("a watched descriptor", function()
    it("is reported when it is readable", function()
      local reader, writer = watched_pair()
      local _, ready = engine:step(0)
      assert.is_nil(ready)
      writer:send("x")
      ready = step_until(function() return select(2, engine:step(1)) end)
      assert.same({ [reader:getfd()] = "readable" }, ready)
    end)

    it("is reported again as long as nobody has read", function()
      local reader, writer = watched_pair()
      writer:send("x")
      for _ = 1, 3 do
        local ready = step_until(function() return select(2, engine:step(1)) end)
        assert.equal("readable", ready[reader:getfd()])
        assert.is_true(readable(engine:fd()))
      end
      reader:receive(1)
      engine:step(0)
      assert.is_nil((select(2, engine:step(0))))
      assert.is_false(readable(engine:fd()))
    end)

    it("does not keep waking a call that waits for its own request", function()
      local reader, writer = watched_pair()
      writer:send("x")
      step_until(function() return readable(reader:getfd()) end)
      engine:step(0, true)
      for _ = 1, 3 do assert.is_nil((select(2, engine:step(0, true)))) end
      assert.is_false(readable(engine:fd()))
      assert.equal("readable", select(2, engine:step(0))[reader:getfd()])
    end)

    it("is reported when it hangs up", function()
      local reader, writer = watched_pair()
      reset(writer)
      local ready = step_until(function() return select(2, engine:step(1)) end)
      assert.equal("hangup", ready[reader:getfd()])
    end)

    it("is no longer reported when it is unwatched", function()
      local reader, writer = watched_pair()
      writer:send("x")
      step_until(function() return readable(reader:getfd()) end)
      engine:unwatch(reader:getfd())
      engine:unwatch(reader:getfd())
      assert.is_nil((select(2, engine:step(0))))
    end)

    it("may be watched twice", function()
      local reader = watched_pair()
      engine:watch(reader:getfd())
      engine:unwatch(reader:getfd())
    end)

    it("that was closed but not unwatched does not disturb a request", function()
      local reader, writer = watched_pair()
      local server, url = listen()
      local fd = reader:getfd()
      reader:close()
      writer:close()
      local transfer = send(url)  -- the kernel returns the lowest free descriptor
      local peer = accept(server)
      read_request(peer)
      respond(peer, "ok")
      assert.equal("ok", result(transfer).body)
      engine:unwatch(fd)
    end)

    it("may have the number of one that was closed but not unwatched", function()
      local server, url = listen()
      local port = tonumber(url:match("%d+$"))
      keep(assert(socket.connect("127.0.0.1", port)))
      local old = accept(server)
      local number = old:getfd()
      engine:watch(number)
      local writer = keep(assert(socket.connect("127.0.0.1", port)))
      old:close()
      assert.equal(number, accept(server):getfd())  -- the lowest free one
      engine:watch(number)
      write(writer, "x")
      assert.equal("readable", step_until(function() return (select(2, engine:step(0.01)) or {})[number] end))
    end)

    it("must be something that can become readable", function()
      assert.has_error(function() engine:watch(-1) end)
      assert.has_error(function() engine:watch(1000000) end, "cannot watch descriptor 1000000: Bad file descriptor")
    end)

    it("is one of at most sixteen", function()
      local watched = {}
      local server, url = listen()
      for i = 1, 16 do
        keep(assert(socket.connect("127.0.0.1", tonumber(url:match("%d+$")))))
        watched[i] = accept(server):getfd()
        engine:watch(watched[i])
      end
      assert.error_matches(function() engine:watch(server:getfd()) end, "16 descriptors are watched already")
      for i = 1, 16 do engine:unwatch(watched[i]) end
    end)
  end)

  describe("a file as the body", function()
    local path

    before_each(function()
      path = os.tmpname()
    end)

    after_each(function()
      os.remove(path)
    end)

    -- Writes `text` and extends the file to `size` bytes.
    local function write_file(text, size)
      local file = assert(io.open(path, "wb"))
      file:write(text)
      if size then file:seek("set", size - 1) file:write("\0") end
      file:close()
    end

    local function put(url, fields)
      local request = { method = "PUT", file = { path = path } }
      for name, value in pairs(fields or {}) do request[name] = value end
      return send(url, request)
    end

    local OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    it("is sent with its length and without Expect", function()
      write_file("a\0b\r\n")
      local got = exchange(OK, { method = "PUT", file = { path = path } })
      assert.equal(200, got.response.status)
      assert.matches("^PUT / HTTP/1.1\r\n", got.asked)
      assert.matches("\r\nContent%-Length: 5\r\n", got.asked)
      assert.equal("a\0b\r\n", got.asked:match("\r\n\r\n(.*)$"))
      for _, name in ipairs { "Expect", "Transfer%-Encoding", "Content%-Type" } do
        assert.not_matches("\n" .. name .. ":", got.asked)
      end
    end)

    it("may be a part of a file", function()
      write_file("0123456789")
      local got = exchange(OK, { method = "PUT", file = { path = path, offset = 3, length = 4 } })
      assert.equal("3456", got.asked:match("\r\n\r\n(.*)$"))
    end)

    it("may be empty", function()
      local got = exchange(OK, { method = "PUT", file = { path = path } })
      assert.matches("\r\nContent%-Length: 0\r\n", got.asked)
    end)

    it("is opened before anything is sent, and failures are reported at once", function()
      local server, url = listen()
      write_file("0123456789")
      local function refused(file)
        local transfer, code, message = engine:send { method = "PUT", base_url = url, file = file }
        assert.same({ nil, "file" }, { transfer, code })
        return message
      end
      assert.equal("cannot read /none/such: No such file or directory", refused { path = "/none/such" })
      assert.equal("cannot read spec: it is a directory", refused { path = "spec" })
      assert.equal("cannot read /dev/null: it is not a regular file", refused { path = "/dev/null" })
      assert.matches("it is shorter than it was$", refused { path = path, offset = 5, length = 6 })
      assert.matches("it is shorter than it was$", refused { path = path, offset = 11 })
      engine:step(0.01)
      assert.is_nil((server:accept()))
    end)

    it("is closed at once if the request is not made", function()
      write_file("0123456789")
      collectgarbage()
      collectgarbage "stop"
      engine:send { method = "PUT", base_url = "http://127.0.0.1", file = { path = path, length = 11 } }
      local open_files = support.output "ls -l /proc/$PPID/fd"
      collectgarbage "restart"
      assert.is_nil(open_files:find(path, 1, true))
    end)

    it("must be described in whole bytes", function()
      write_file("0123456789")
      for _, length in ipairs { 1.5, -1, 2 ^ 60, "x" } do
        assert.has_error(function()
          engine:send { method = "PUT", base_url = "http://127.0.0.1", file = { path = path, length = length } }
        end, "request.file.length: a whole number of bytes expected")
      end
    end)

    it("is refused together with a string body or HEAD", function()
      write_file("0")
      local _, code = engine:send { method = "PUT", base_url = "http://127.0.0.1", file = { path = path }, body = "a" }
      assert.equal("config", code)
      _, code = engine:send { method = "HEAD", base_url = "http://127.0.0.1", file = { path = path } }
      assert.equal("config", code)
    end)

    it("fails if it becomes shorter while it is sent", function()
      write_file("", 64 * 1048576)
      local server, url = listen()
      local transfer = put(url)
      local peer = accept(server)
      write_file("")
      step_until(function()
        peer:receive(1048576)
        return transfer:done()
      end)
      local _, code, message, info = transfer:result()
      assert.equal("file", code)
      assert.equal("the file cannot be read any more: it became shorter while it was sent", message)
      assert.is_true(info.sent)
    end)

    it("is sent again from its beginning if a kept connection turns out to be dead", function()
      local text = ("0123456789"):rep(20000)
      write_file(text)
      local server, url = listen()
      local first = send(url)
      local peer = accept(server)
      read_request(peer)
      respond(peer, "x")
      assert.equal("x", result(first).body)
      local transfer = put(url)
      step_until(function() return peer:receive(100) end)
      peer:shutdown("send")
      local again = step_until(function()
        peer:receive(65536)
        return (server:accept())
      end)
      keep(again):settimeout(0)
      assert.equal(text, read_request(again):match("\r\n\r\n(.*)$"))
      respond(again, "stored")
      assert.equal("stored", result(transfer).body)
    end)

    it("reports how much of it was sent #large", function()
      write_file("", 64 * 1048576)
      local server, url = listen()
      local transfer = put(url)
      local peer, last = accept(server), 0
      assert.is_true(transfer:progress() < 64 * 1048576)
      step_until(function()
        peer:receive(1048576)
        assert.is_true(transfer:progress() >= last)
        last = transfer:progress()
        return last == 64 * 1048576
      end)
      step_until(function() return not peer:receive(1048576) end)
      respond(peer, "")
      assert.equal(200, result(transfer).status)
      assert.equal(64 * 1048576, transfer:progress())
    end)

    it("may take as long as it makes progress, and no longer", function()
      local server, url = listen()  -- an empty file makes no progress at all, so this is the fastest way to find out
      local transfer = put(url, { timeout = 0.001, stall_timeout = 0.5 })
      accept(server)
      local _, code, message = result(transfer)
      assert.same({ "timeout", "nothing moved for 1 seconds" }, { code, message })
    end)
  end)

  if has_ffi then describe("after a fork", function()
    ffi.cdef "int fork(void); void _exit(int); int waitpid(int, int *, int);"

    -- Runs `body` in a child process. Returns whether it returned true.
    local function in_child(body)
      local pid = ffi.C.fork()
      if pid == 0 then
        local ok, result_of_body = pcall(body)
        ffi.C._exit(ok and result_of_body and 0 or 1)
      end
      local status = ffi.new("int[1]")
      ffi.C.waitpid(pid, status, 0)
      return status[0] == 0
    end

    it("the child starts afresh and the parent continues", function()
      local server, url = listen()
      local transfer = send(url)
      local peer = accept(server)
      read_request(peer)
      assert.is_true(in_child(function()
        local other, other_url = listen()
        local new = send(other_url)
        respond(accept(other), "child")
        local _, code, _, info = transfer:result()
        return engine:running() == 1 and transfer:done() and code == "cancelled" and info.sent
          and result(new).body == "child" and not is_closed(peer)
      end))
      respond(peer, "parent")
      assert.equal("parent", result(transfer).body)
    end)

    it("the child closes the file that the parent sends, and the parent continues to send it", function()
      ffi.cdef "int getpid(void);"
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      file:write(("0123456789"):rep(1000000))
      file:close()
      local server, url = listen()
      local transfer = send(url, { method = "PUT", file = { path = path } })
      local peer = accept(server)
      local function is_open()
        local pipe = io.popen(("ls -l /proc/%d/fd"):format(ffi.C.getpid()))
        local found = pipe:read("*a"):find(path, 1, true)
        pipe:close()
        return found
      end
      assert.is_true(in_child(function() return is_open() and transfer:done() and not is_open() end))
      os.remove(path)
      assert.equal(10000000, #read_request(peer):match("\r\n\r\n(.*)$"))
      respond(peer, "parent")
      assert.equal("parent", result(transfer).body)
    end)

    it("the child may drop the parent's requests", function()
      local server, url = listen()
      local transfer = send(url)
      local peer = accept(server)
      read_request(peer)
      assert.is_true(in_child(function()
        transfer:close()
        collectgarbage()
        return engine:running() == 0
      end))
      assert.is_false(is_closed(peer))
      respond(peer, "parent")
      assert.equal("parent", result(transfer).body)
    end)
  end) end
end)
