local core = require "gumroad.core"
local http2_server = require "nginx.http2_server"
local socket = require "socket"
local tls_server = require "tls_server"

local has_ffi, ffi = pcall(require, "ffi")

local PATIENCE = 10  -- seconds until a test gives up; never reached in practice
local engine = core.engine()

-- For HTTP/2.
local LOCATIONS = [[
    location / { return 200 "$server_protocol $connection $http_authorization"; }
    location /gzip { gzip on; gzip_types *; gzip_min_length 1; return 200 "]] .. ("zip"):rep(1000) .. [["; }
    location /slow { limit_rate 1; return 200 "]] .. ("slow"):rep(1000) .. [["; }
    location /length { client_max_body_size 1m; proxy_pass http://unix:DIR/socket:/; }
]]

local LENGTH_SERVER = [[
  server {
    listen unix:DIR/socket;
    location / { return 200 $content_length; }
  }
]]

local function send(url, fields)
  local request = { method = "GET", base_url = url, timeout = PATIENCE, connect_timeout = PATIENCE }
  for name, value in pairs(fields or {}) do request[name] = value end
  return assert(engine:send(request))
end

local function result(transfer)
  while not transfer:done() do engine:step(1) end
  return transfer:result()
end

local function check_idle()
  assert.equal(0, engine:running())
  engine:step(0)
end

describe("engine over TLS", function()
  local server, url, ca_file

  setup(function()
    server = tls_server.start { "/page" }
    url, ca_file = server.url, server.ca_file
  end)
  teardown(function() server.stop() end)
  after_each(check_idle)

  local function refused(address, fields)
    local response, code, message, info = result(send(address, fields))
    assert.is_nil(response)
    assert.equal("tls", code)
    assert.is_false(info.sent)
    return message
  end

  it("sends nothing to a server whose certificate is not signed by a trusted CA", function()
    assert.matches("certificate", refused(url, { secret = core.secret("token-of-the-test") }))
  end)

  if has_ffi then it("leaves nothing in the queue of errors that it shares with others who use OpenSSL", function()
    ffi.cdef "unsigned long ERR_peek_error(void);"
    local found, crypto = pcall(ffi.load, "libcrypto.so.3", true)
    if not found then return end  -- libcurl has another TLS library here
    for _ = 1, 3 do
      refused(url)
      assert.equal(0, tonumber(crypto.ERR_peek_error()))
    end
    local cancelled = send(url, { ca_file = ca_file })
    cancelled:close()
    assert.equal(0, tonumber(crypto.ERR_peek_error()))
  end) end

  it("sends nothing to a server with a certificate for another name", function()
    refused(url:gsub("127.0.0.1", "localhost"), { ca_file = ca_file })
  end)

  it("sends nothing if the file of certificates is missing", function()
    refused(url, { ca_file = server.folder .. "/none.pem" })
  end)

  it("sends nothing to a server that does not speak TLS", function()
    local plain = assert(socket.bind("127.0.0.1", 0))
    local _, port = plain:getsockname()
    plain:settimeout(PATIENCE)
    local transfer = send("https://127.0.0.1:" .. port)
    local peer = plain:accept()
    peer:send("HTTP/1.1 400 Bad Request\r\n\r\n")
    local _, code, _, info = result(transfer)
    assert.equal("tls", code)
    assert.is_false(info.sent)
    peer:close()
    plain:close()
  end)

  it("reads the response of a server that it trusts", function()
    local response = result(send(url .. "/page", { ca_file = ca_file, secret = core.secret("token-of-the-test") }))
    assert.same({ 200, "{}" }, { response.status, response.body })
  end)

  it("enforces a timeout while the handshake of another request does not end", function()
    local silent = assert(socket.bind("127.0.0.1", 0))
    local _, port = silent:getsockname()
    local first = send("https://127.0.0.1:" .. port)
    local _, code, message, info = result(send("https://127.0.0.1:" .. port, { timeout = 0.1 }))
    assert.equal("timeout", code)
    assert.equal("no connection within 0.1 seconds", message)
    assert.is_false(info.sent)
    assert.is_false(first:done())
    first:close()
    silent:close()
  end)

  it("continues at once a request that waited for the handshake of a cancelled one", function()
    local silent = assert(socket.bind("127.0.0.1", 0))
    local _, port = silent:getsockname()
    silent:settimeout(PATIENCE)
    local first = send("https://127.0.0.1:" .. port)
    local second = send("https://127.0.0.1:" .. port)
    local peer = silent:accept()
    local function is_ready() return #socket.select({ { getfd = function() return engine:fd() end } }, nil, 0) > 0 end
    repeat engine:step(0) until not is_ready()
    first:close()
    assert.is_true(is_ready())
    local deadline, other = core.now() + PATIENCE
    silent:settimeout(0)
    repeat
      engine:step(PATIENCE)
      other = silent:accept()
    until other or core.now() > deadline
    assert.is_truthy(other)
    second:close()
    for _, one in ipairs { peer, other, silent } do one:close() end
  end)
end)

describe("engine over HTTP/2 #nginx", function()
  local nginx, url, ca_file

  setup(function()
    nginx = http2_server.start(LOCATIONS, LENGTH_SERVER)
    url, ca_file = nginx.url, nginx.ca_file
  end)
  teardown(function() nginx.stop() end)
  after_each(check_idle)

  it("speaks HTTP/2 with a server that it trusts", function()
    local response = result(send(url, { ca_file = ca_file, secret = core.secret("token-of-the-test") }))
    assert.equal(200, response.status)
    assert.matches("^HTTP/2.0 %d+ Bearer token%-of%-the%-test$", response.body)
    assert.equal("text/plain", response.headers["content-type"])
  end)

  it("sends requests with and without a body over HTTP/2", function()
    for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "HEAD" } do
      assert.equal(200, result(send(url, { ca_file = ca_file, method = method })).status)
    end
    local long = { ca_file = ca_file, method = "POST", body = ("x"):rep(500000) }  -- more than a flow control window
    assert.equal("500000", result(send(url .. "/length", long)).body)
  end)

  it("uses no HTTP/2 for a request that must not be repeated, because libcurl repeats one whose stream is refused",
    function()
      for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "GET" } do
        local response = result(send(url, { ca_file = ca_file, method = method, fresh = true }))
        assert.matches("^HTTP/1.1 ", response.body)
      end
      assert.matches("^HTTP/2.0 ", result(send(url, { ca_file = ca_file })).body)
    end)

  it("multiplexes many requests on one connection", function()
    local transfers, connections, count = {}, {}, 0
    for i = 1, 30 do transfers[i] = send(url, { ca_file = ca_file }) end
    for i = 1, 30 do connections[result(transfers[i]).body] = true end
    for _ in pairs(connections) do count = count + 1 end
    assert.equal(1, count)
  end)

  it("decompresses over HTTP/2", function()
    local response = result(send(url .. "/gzip", { ca_file = ca_file }))
    assert.equal("gzip", response.headers["content-encoding"])
    assert.equal(("zip"):rep(1000), response.body)
  end)

  it("cancels one request of a connection while the others continue", function()
    local slow = send(url .. "/slow", { ca_file = ca_file })
    local first = result(send(url, { ca_file = ca_file })).body
    assert.is_false(slow:done())
    slow:close()
    assert.equal(first, result(send(url, { ca_file = ca_file })).body)
  end)
end)
