local core = require "gumroad.core"
local socket = require "socket"

local PATIENCE = 10  -- seconds until a test gives up; nothing waits that long
local engine = core.engine()

local function run(command)
  local ok = os.execute(command .. " >/dev/null 2>&1")
  return ok == true or ok == 0
end

local function write_file(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return tonumber(port)
end

local NGINX = [[
pid DIR/pid;
error_log DIR/error.log;
events { }
http {
  access_log off;
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
  uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  default_type text/plain;
  server {
    listen 127.0.0.1:PORT ssl http2;
    ssl_certificate DIR/cert.pem;
    ssl_certificate_key DIR/key.pem;
    location / { return 200 "$server_protocol $connection $http_authorization"; }
    location /gzip { gzip on; gzip_types *; gzip_min_length 1; return 200 "GZIPPED"; }
    location /slow { limit_rate 1; return 200 "SLOW"; }
    location /length { client_max_body_size 1m; proxy_pass http://unix:DIR/socket:/; }
  }
  server {
    listen unix:DIR/socket;
    location / { return 200 $content_length; }
  }
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

local tools = run("openssl version") and run("nginx -v")

describe("engine over TLS", function()
  if not tools then pending("needs nginx and openssl") return end

  local dir, url, ca_file

  setup(function()
    local port = free_port()
    dir = os.tmpname()
    os.remove(dir)
    assert(run("mkdir " .. dir))
    assert(run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      .. " -subj /CN=shop.example.com -addext subjectAltName=IP:127.0.0.1"
      .. " -keyout " .. dir .. "/key.pem -out " .. dir .. "/cert.pem"))
    local conf = NGINX:gsub("%u+", { DIR = dir, PORT = tostring(port), GZIPPED = ("zip"):rep(1000),
      SLOW = ("slow"):rep(1000) })
    write_file(dir .. "/nginx.conf", conf)
    assert(run("nginx -p " .. dir .. " -c " .. dir .. "/nginx.conf"))  -- it listens when this returns
    url, ca_file = "https://127.0.0.1:" .. port, dir .. "/cert.pem"
  end)

  teardown(function()
    run("nginx -p " .. dir .. " -c " .. dir .. "/nginx.conf -s stop")
    run("rm -r " .. dir)
  end)

  after_each(function()
    assert.equal(0, engine:running())
    engine:step(0)
  end)

  local function refused(address, fields)
    local response, code, message, info = result(send(address, fields))
    assert.is_nil(response)
    assert.equal("tls", code)
    assert.is_false(info.sent)
    return message
  end

  it("sends nothing to a server whose certificate nobody vouches for", function()
    assert.matches("certificate", refused(url, { secret = core.secret("token-of-the-test") }))
  end)

  it("sends nothing to a server with a certificate for another name", function()
    refused(url:gsub("127.0.0.1", "localhost"), { ca_file = ca_file })
  end)

  it("sends nothing where the file of certificates is missing", function()
    refused(url, { ca_file = dir .. "/none.pem" })
  end)

  it("sends nothing to a server that does not speak TLS", function()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    server:settimeout(PATIENCE)
    local transfer = send("https://127.0.0.1:" .. port)
    local peer = server:accept()
    peer:send("HTTP/1.1 400 Bad Request\r\n\r\n")
    local _, code, _, info = result(transfer)
    assert.equal("tls", code)
    assert.is_false(info.sent)
    peer:close()
    server:close()
  end)

  it("speaks HTTP/2 to a server that it can trust", function()
    local response = result(send(url, { ca_file = ca_file, secret = core.secret("token-of-the-test") }))
    assert.equal(200, response.status)
    assert.matches("^HTTP/2.0 %d+ Bearer token%-of%-the%-test$", response.body)
    assert.equal("text/plain", response.headers["content-type"])
  end)

  it("sends a body, and none, by HTTP/2", function()
    for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "HEAD" } do
      assert.equal(200, result(send(url, { ca_file = ca_file, method = method })).status)
    end
    local long = { ca_file = ca_file, method = "POST", body = ("x"):rep(500000) }  -- more than a window
    assert.equal("500000", result(send(url .. "/length", long)).body)
  end)

  it("has many requests on one connection at the same time", function()
    local transfers, connections, count = {}, {}, 0
    for i = 1, 30 do transfers[i] = send(url, { ca_file = ca_file }) end
    for i = 1, 30 do connections[result(transfers[i]).body] = true end
    for _ in pairs(connections) do count = count + 1 end
    assert.equal(1, count)
  end)

  it("decompresses by HTTP/2", function()
    local response = result(send(url .. "/gzip", { ca_file = ca_file }))
    assert.equal("gzip", response.headers["content-encoding"])
    assert.equal(("zip"):rep(1000), response.body)
  end)

  it("cancels one request of a connection, and the others go on", function()
    local slow = send(url .. "/slow", { ca_file = ca_file })
    local first = result(send(url, { ca_file = ca_file })).body
    assert.is_false(slow:done())
    slow:close()
    assert.equal(first, result(send(url, { ca_file = ca_file })).body)
  end)

  it("holds a time-out while another request's handshake does not come to an end", function()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    local first = send("https://127.0.0.1:" .. port)
    local _, code, message, info = result(send("https://127.0.0.1:" .. port, { timeout = 0.1 }))
    assert.equal("timeout", code)
    assert.equal("no connection within 0.1 seconds", message)
    assert.is_false(info.sent)
    assert.is_false(first:done())
    first:close()
    server:close()
  end)

  it("lets a request go on at once that waited for the handshake of a cancelled one", function()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    server:settimeout(PATIENCE)
    local first = send("https://127.0.0.1:" .. port)
    local second = send("https://127.0.0.1:" .. port)
    local peer = server:accept()
    first:close()
    local deadline, other = core.now() + PATIENCE
    server:settimeout(0)
    repeat
      engine:step(PATIENCE)
      other = server:accept()
    until other or core.now() > deadline
    assert.is_truthy(other)
    second:close()
    for _, one in ipairs { peer, other, server } do one:close() end
  end)
end)
