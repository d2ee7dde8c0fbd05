-- The engine, fed by a server that sends the input, whatever it is asked, and then closes.
local core = require "gumroad.core"
local socket = require "socket"

local engine = core.engine()
local MAX_SIZE = 100000
local CODES = { network = true, too_large = true, decode = true }

-- A closed connection keeps its port for a while.
local RUNS_OF_A_SERVER, TIMEOUT = 10000, 5
local runs, server, url = 0, nil, nil

local function renew_server()
  if server then server:close() end
  server = assert(socket.bind(("127.0.1.%d"):format(runs // RUNS_OF_A_SERVER % 250 + 1), 0))
  server:settimeout(TIMEOUT)
  url = "http://" .. table.concat({ server:getsockname() }, ":", 1, 2)
end

local function check_response(response)
  assert(#response.body <= MAX_SIZE and #response.head <= 128 * 1024 and response.status <= 999)
  for name, value in pairs(response.headers) do
    assert(name ~= "" and not name:find("%u") and not value:find("\n"))
  end
end

-- Answers, by turns with a body and none.
local function answer(input)
  local peer = assert(server:accept())
  peer:settimeout(0)
  engine:step(0)
  peer:receive(65536)
  peer:send(input)
  peer:shutdown("send")
  return peer
end

return function(input)
  if runs % RUNS_OF_A_SERVER == 0 then renew_server() end
  runs = runs + 1
  local method = #input % 5 == 0 and "HEAD" or "GET"
  local transfer = assert(engine:send { method = method, base_url = url, timeout = TIMEOUT, max_size = MAX_SIZE })
  local peer = answer(input)
  while not transfer:done() do engine:step(TIMEOUT) end
  local response, code, message = transfer:result()
  if response then check_response(response)
  else assert(CODES[code] and message, tostring(code) .. ": " .. tostring(message)) end
  peer:close()
end
