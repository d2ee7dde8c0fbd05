-- Engine, transfers, listeners, requests and secrets that begin and end in any order. Each byte of the
-- input is an operation, those behind it say what it is done to. Objects with finalizers call into the
-- others, whenever they are collected, coroutines hold some, and at the end the state is closed with
-- whatever is open then.
local core = require "gumroad.core"
local listener = require "gumroad.listener"
local socket = require "socket"

local SLOTS, MOST_OPERATIONS = 16, 300
local FILE = "spec/fuzz/lifetimes_fuzz.lua"

core.keep_loaded(require("socket.core").gettime)  -- finalizers may call it after the package library has ended

local engine = core.engine()
local slots = {}  -- kind and object
local input, at, done = "", 0, 0
local is_over = false
local operations = {}

local function byte()
  at = at + 1
  return input:byte(at) or 0
end

local function chance(n)
  return byte() % n == 0
end

local function keep(kind, object)
  local slot = byte() % SLOTS + 1
  if kind == "peer" and slots[slot] and slots[slot][1] == "peer" then slots[slot][2]:close() end
  slots[slot] = object and { kind, object }
end

-- An object of a kind, the first from a slot on, or nil.
local function find(kind)
  local from = byte()
  for i = 0, SLOTS - 1 do
    local slot = slots[(from + i) % SLOTS + 1]
    if slot and slot[1] == kind then return slot[2] end
  end
end

local function run_one()
  if done >= MOST_OPERATIONS then return end
  done = done + 1
  return pcall(operations[byte() % #operations + 1])
end

local function run(count)
  for _ = 1, count do run_one() end
end

local function add(operation)
  operations[#operations + 1] = operation
end

-- Does something to an object of a kind, where there is one.
local function add_for(kind, operation)
  add(function()
    local object = find(kind)
    if object then operation(object) end
  end)
end

-- == The engine and transfers ==

local function url()
  local server, peer = find "listener", find "server"
  if server and (not peer or chance(2)) then return "http://127.0.0.1:" .. server:port() end
  if peer then return "http://127.0.0.1:" .. select(2, peer:getsockname()) end
  return chance(2) and "http://127.0.0.1:1" or "ftp://a"
end

local BODIES = {
  function() return {} end,
  function() return { body = ("x"):rep(byte() * 20) } end,
  function() return { file = { path = FILE, offset = byte() } } end,
  function() return { file = { path = FILE, length = byte() }, body = chance(4) and "both" or nil } end,
}
local METHODS = { "GET", "POST", "PUT", "DELETE", "HEAD", "TRACE" }

add(function()
  local request = BODIES[byte() % #BODIES + 1]()
  request.method, request.base_url, request.path = METHODS[byte() % #METHODS + 1], url(), "/hook?secret=s"
  request.secret, request.fresh = find "secret", chance(3)
  request.timeout = chance(5) and 0.001 or 5
  request.max_size = chance(3) and 10 or nil
  keep("transfer", (engine:send(request)))
end)
add(function() engine:step(0) end)
add(function() engine:step(0, true) end)
add_for("listener", function(server) engine:watch(server:fd()) end)
add_for("listener", function(server) engine:unwatch(server:fd()) end)
add_for("transfer", function(transfer) transfer:close() end)
add_for("transfer", function(transfer) return transfer:done() and transfer:progress() end)
add_for("transfer", function(transfer)
  local response = transfer:result()
  return response and response.headers
end)

-- == The listener and requests ==

add(function()
  keep("listener", (listener.new { max_body = chance(2) and 100 or 5000, max_connections = byte() % 8 + 1,
    timeout = chance(3) and 0.001 or 5, large = chance(2) and "/large" or nil,
    gate = chance(2) and { target = "/hook?secret=s" } or nil }))
end)
add_for("listener", function(server) server:step() end)
add_for("listener", function(server) keep("request", server:next()) end)
add_for("listener", function(server) server:close() end)
add_for("listener", function(server) server:gate(chance(2) and { target = ("/"):rep(byte()) } or nil) end)
add_for("listener", function(server) return server:refused(), server:timeout(), server:connections() end)
add_for("listener", function(server) server:cut(byte(), byte() % 3, byte() % 3) end)
add_for("request", function(request)
  return request:method(), request:path(), request:query(), request:headers(), request:header("Host"),
    request:body(), request:peer(), request:received()
end)
add_for("request", function(request)
  request:answer(200, { ["X-One"] = chance(5) and "\n" or "1" }, ("y"):rep(byte() * byte()))
end)
add_for("request", function(request) request:answer_part(200, nil, ("y"):rep(1000), byte()) end)
add_for("request", function(request) request:reset() end)

-- == Secrets ==

add(function() keep("secret", core.secret(("s"):rep(byte() % 40 + 1))) end)
add_for("secret", function(secret) return secret:equals("s") and tostring(secret) end)
add_for("secret", function(secret) secret:close() end)

-- == Peers that are not ours: LuaSocket leaves those open that a finalizer makes when all is over ==

local function peer_of(client)
  client:settimeout(0)
  keep("peer", client)
end

add_for("listener", function(server)
  if is_over then return end
  peer_of(assert(socket.connect("127.0.0.1", server:port())))
end)
add(function()
  if is_over then return end
  local server = assert(socket.bind("127.0.0.1", 0))
  server:settimeout(0)
  keep("server", server)
end)
add_for("server", function(server)
  local client = not is_over and server:accept()
  if client then peer_of(client) end
end)

local TEXTS = {
  "POST /hook?secret=s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "hello", "\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  "5\r\nhello\r\n0\r\nX: y\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", " folded: x\r\n",
}
add_for("peer", function(peer)
  local text = TEXTS[byte() % #TEXTS + 1]
  peer:send(chance(3) and text:sub(1, byte()) or text)
end)
add_for("peer", function(peer) peer:receive(byte() * 10) end)
add_for("peer", function(peer)
  if chance(2) then peer:setoption("linger", { on = true, timeout = 0 }) end
  peer:close()
end)

-- == All of it moves on ==

local function move_on()
  engine:step(0)
  for i = 1, SLOTS do
    if slots[i] and slots[i][1] == "listener" then slots[i][2]:step() end
  end
end

add(function() for _ = 1, 4 do move_on() end end)
add(function() for _ = 1, 20 do move_on() end end)

-- == Ends ==

local function with_finalizer(finalizer)
  if not newproxy then return setmetatable({}, { __gc = finalizer }) end
  local proxy = newproxy(true)
  getmetatable(proxy).__gc = finalizer
  return proxy
end

add(function() slots[byte() % SLOTS + 1] = nil end)
-- Before 5.4 a Lua must not collect while it is closed: it forgets what it has marked, or never ends.
local COLLECTS_TO_THE_END = _VERSION == "Lua 5.4"

local function collect(how, size)
  if COLLECTS_TO_THE_END or not is_over then collectgarbage(how, size) end
end

add(function() collect "collect" end)
add(function() collect("step", byte()) end)
add(function()
  collectgarbage("setpause", chance(2) and 0 or 200)
  collectgarbage("setstepmul", chance(2) and 400 or 200)
end)

-- Runs operations when it is collected, some with an object that is collected in the same go.
add(function()
  local count, object = byte() % 6 + 1, slots[byte() % SLOTS + 1]
  local proxy = with_finalizer(function()
    if object then slots[count] = object end
    run(count)
  end)
  if chance(2) then keep("proxy", proxy) end
end)

-- Holds an object in a coroutine that is resumed later, or never.
add(function()
  local object, count = slots[byte() % SLOTS + 1], byte() % 4
  local thread = coroutine.create(function()
    run(count)
    coroutine.yield(object)
    run(count)
  end)
  coroutine.resume(thread)
  keep("thread", thread)
end)
add_for("thread", function(thread) coroutine.resume(thread) end)

-- A method of one object with another, not of LuaSocket's, which would then wait without end.
local OURS = { transfer = true, listener = true, request = true, secret = true }
add(function()
  local one, other = slots[byte() % SLOTS + 1], slots[byte() % SLOTS + 1]
  if not OURS[one[1]] then return end
  local methods = (debug.getmetatable(one[2]) or {}).__index
  local names = {}
  for name in pairs(type(methods) == "table" and methods or {}) do names[#names + 1] = name end
  table.sort(names)
  methods[names[byte() % #names + 1]](other[2])
end)

return function(bytes)
  input, at, done = bytes, 0, 0
  while at < #input and done < MOST_OPERATIONS do run_one() end
  at, done = at % 7, MOST_OPERATIONS - 50  -- for finalizers that run when the state is closed
  is_over = true
  if not COLLECTS_TO_THE_END then
    collectgarbage()
    collectgarbage "stop"
  end
  return true
end
