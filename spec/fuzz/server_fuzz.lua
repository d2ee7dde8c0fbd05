-- The listener, fed by a client that sends the input and then closes its side.
local listener = require "gumroad.listener"
local socket = require "socket"

local server = assert(listener.new { max_body = 1000, timeout = 5, large = "/large",
  gate = { target = "/hook?secret=s" } })
local open = assert(listener.new { max_body = 1000, timeout = 5 })

local RUNS_OF_AN_ADDRESS = 10000  -- a closed connection keeps its port for a while
local runs = 0

local function connect(port)
  runs = runs + 1
  local client = socket.tcp4()
  local address = runs // RUNS_OF_AN_ADDRESS % 250 + 1
  assert(client:bind("127.0.1." .. address, 0))
  assert(client:connect("127.0.0.1", port))
  client:settimeout(0)
  return client
end

local function check_request(request)
  assert(type(request:method()) == "string" and type(request:path()) == "string")
  assert(#request:body() <= 1000 and request:received() >= #request:body())
  for name, value in pairs(request:headers()) do
    assert(name == name:lower() and request:header(name) == value)
  end
end

-- Steps until the client has been told all: a connection that it has closed on its side alone may
-- stay for the listener's timeout.
local function serve(at, client)
  local quiet = 0
  while quiet < 5 do
    at:step()
    local request = at:next()
    if request then
      check_request(request)
      request:answer(200, nil, "ok")
    end
    local bytes, wrong, part = client:receive(65536)
    if wrong == "closed" then return end
    quiet = not request and not bytes and part == "" and quiet + 1 or 0
  end
end

local function exchange(at, input)
  local client = connect(at:port())
  at:step()
  client:send(input)
  client:shutdown("send")
  serve(at, client)
  client:setoption("linger", { on = true, timeout = 0 })
  client:close()
  for _ = 1, 3 do at:step() end
  while at:refused() do end
  assert(at:connections() == 0, "a connection is left")
end

return function(input)
  exchange(open, input)
  exchange(server, input)
end
