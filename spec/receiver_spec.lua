local receiver = require "gumroad.webhook.receiver"
local socket = require "socket"
local support = require "support"

local PATIENCE = 20  -- seconds until a test gives up; nothing waits that long
local PING = support.fixture "pings/sale_plain.form"
local REQUEST = ("POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"
  .. "Content-Length: %d\r\n\r\n%s"):format(#PING, PING)

describe("A receiver", function()
  it("does not wait while a ping is there that came before it looked", function()
    local idle, is_idle_open  -- a connection that is closed when a wait has taken too long
    local open = assert(receiver.new { port = 0, on_refused = error, on_event = function()
      is_idle_open = select(2, idle:receive()) == "timeout"
      return 200
    end })
    idle = assert(socket.connect("127.0.0.1", open.port))
    idle:settimeout(0)
    open:step(0)
    local client = assert(socket.connect("127.0.0.1", open.port))
    assert(client:send(REQUEST))
    while is_idle_open == nil do open:step(PATIENCE) end
    assert.is_true(is_idle_open)
    open:step(0)  -- sends the answer
    client:settimeout(PATIENCE)
    assert.equal("HTTP/1.1 200 OK", client:receive())
    open:close()
    idle:close()
    client:close()
  end)
end)
