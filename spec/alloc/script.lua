-- Calls every function of gumroad.core, gumroad.listener and gumroad.system, and causes every failure for which
-- they allocate. alloc.c runs this again and again, each time with another allocation failing. It may then raise
-- any error, but it must end.
local function finalizer(run)
  if not newproxy then return setmetatable({}, { __gc = run }) end
  local proxy = newproxy(true)
  debug.getmetatable(proxy).__gc = run
  return proxy
end

local core, listener, system, make_all

-- Finalizers run in the opposite order of their making: this one, when the modules have closed all.
BEFORE_ALL = finalizer(function() return make_all and make_all() end)  -- luacheck: ignore

core = require "gumroad.core"
listener = require "gumroad.listener"
system = require "gumroad.system"

local CHECKING = ...  -- whether to check that every function was called
local TIMEOUT = 5  -- seconds; never reached in practice
local called = setmetatable({}, { __mode = "k" })
if CHECKING then debug.sethook(function() called[debug.getinfo(2, "f").func] = true end, "c") end

-- Codecs and secrets
local function check_forms()
  assert(core.form_decode("a=1&a=2&b%5Bc%5D=3&d[]=4&d[]=%20%zz&e[][f]=5&" .. ("k"):rep(300) .. "=" .. ("v"):rep(3000)))
  assert(not core.form_decode("a=1&b=2", { max_fields = 1 }))
  assert(core.form_encode { a = "1", b = { c = true, d = { "x", "y z" } }, [("k"):rep(300)] = ("ä"):rep(500) })
  assert(not pcall(core.form_encode, { a = print }))
  assert(core.percent_encode(("ä="):rep(500)))
end

-- A sale whose id the buyer typed, in one pass and by tables.
local function check_events()
  local read_form, read_fields = core.event_readers({
    { name = "card", object = 1, child = 2 }, { name = "custom_fields", object = 1 },
    { name = "order_number", object = 1, type = "integer" }, { name = "sale_id", object = 1, open_to_buyer = true },
    { name = "bin", object = 2, parent = 1, optional = true },
  }, { { name = "sale", object = 1, key = { 4, 5 } } })
  local body = "sale_id=a&order_number=5&card[bin]=&custom_fields[sale_id]=a&note=" .. ("n"):rep(3000)
  assert(read_form(body).key == "sale:order_number:5:nil")
  assert(read_form(body .. "&note=2").data.order_number == 5)
  assert(not read_form("sale_id=a&card[bin][]=1"))
  assert(read_fields({ sale_id = "a", order_number = 5, card = { bin = true } }).key == "sale:a:true")
end

local function check_json()
  local decode = require "cjson".decode
  core.keep_loaded(decode)
  assert(not pcall(core.keep_loaded, check_forms))
  assert(core.json_decode(decode, '{"a":1,"b":[2,{"c":3.5,"d":null}],"e":null,"f":{"g":{"h":-1}}}').a == 1)
  assert(core.json_decode(decode, '{"a":1,"b":[2,{"c":3.5}],"\\u0061":null,"f":{"g":{"h":-1e3}}}').f.g.h == -1000)
  assert(core.json_decode(decode, '\239\187\191["\\ud83d",9007199254740993,null]', 4, true)[3])
  assert(#core.json_decode(decode, "[" .. ('{"a":1},'):rep(20) .. '1e2,"' .. ("x"):rep(70000) .. '"]') == 22)
  assert(not core.json_decode(decode, "[1,2]", 2))
  assert(not pcall(core.json_decode, decode, '{"a":1,"b":nil}'))
  assert(not pcall(core.json_decode, decode, '{"a":1,"b":"\\q"}'))
end

local function check_json_writers()
  local nodes = { { { "a", 2 }, { "b" } }, { is_list = true } }
  local value = { b = ("\27\255é"):rep(700), a = { 1.5, { x = true, y = "z" } }, other = {}, [7] = 1 }
  assert(#core.json_writer(nodes)(value, true) > 4000)
  local line, has_others = core.csv_writer(nodes, { { "a", node = 2 }, { "b" }, { "c.d", "c", "d" } }, true)(value)
  assert(#line > 2000 and has_others)
  assert(not pcall(core.json_writer, { { { "a", 3 } } }))
end

local function check_gate()
  assert(not core.gate_head({ target = "/a", max_body = 10 }, "POST", "/a", "application/json", 10))
  assert(core.gate_head({}, "GET", "/a") == 405 and not pcall(core.gate_head, { targt = "" }, "POST", "/a"))
end

-- Returns a secret for the requests below.
local function check_secrets()
  local token = core.secret("token-of-the-test")
  assert(token:equals("token-of-the-test") and core.equal("a", "a") and tostring(token))
  assert(not pcall(core.secret, "line\n"))
  return token
end

-- Files, locks, terminals, names
local FOLDER = "build/alloc/" .. (rawget(_G, "jit") and "LuaJIT" or _VERSION)

local function check_private_files()
  assert(system.make_folder(FOLDER) and system.write_private(FOLDER .. "/file", ("bytes"):rep(1000)))
  assert(system.is_private(FOLDER .. "/file") and system.is_private("/none") == nil)
  assert(not system.write_private(FOLDER, "") and not system.write_private("/none/file", ""))
  assert(not system.make_folder(FOLDER .. "/file/folder"))
end

-- Returns a closed lock.
local function check_locks()
  assert(not system.lock(FOLDER) and not pcall(system.lock, "\0"))
  local lock = assert(system.lock(FOLDER .. "/lock"))
  lock:close()
  lock:close()
  return lock
end

local function check_signals()
  local signals = assert(system.signals())
  assert(signals:fd() and not signals:caught())
  signals:close()
  signals:close()
  return signals
end

local function check_process()
  assert(not system.is_terminal(system.terminal_width(65535) or 65535))
  assert(system.raise_descriptor_limit() > 0)
  system.end_on_broken_pipe()
  system.interrupt_on_end()
  assert(not system.output_failed())
  assert(system.resolve("127.0.0.1") and not system.resolve(("x"):rep(64)) and not pcall(system.resolve, ""))
end

check_forms()
check_events()
check_json()
check_json_writers()
assert(core.now() > 0 and core.curl().version)
check_gate()
local token = check_secrets()
check_private_files()
local lock = check_locks()
check_process()
local signals = check_signals()

-- A server and a client in one process
local engine = core.engine()
local server = assert(listener.new { max_body = 1000, max_memory = 10, large = "/large" })
local url = "http://" .. server:address() .. ":" .. server:port()
assert(not listener.new { port = server:port() })
assert(not pcall(listener.new, { prot = 1 }))
engine:watch(server:fd())

local function send(fields)
  local request = { method = "GET", base_url = url, timeout = TIMEOUT }
  for name, value in pairs(fields) do request[name] = value end
  return assert(engine:send(request))
end

-- Runs both until `check` returns true.
local function step_until(check)
  local deadline = core.now() + 2 * TIMEOUT
  repeat
    engine:step(math.min(server:timeout() or 1, 0.02))  -- not long: a descriptor may not be watched
    server:step()
    assert(core.now() < deadline, "nothing happened")
  until check()
end

local function receive(transfer)
  local request
  step_until(function()
    request = server:next()
    return request or transfer:done()
  end)
  return assert(request, "the request did not arrive")
end

local function result(transfer)
  step_until(function() return transfer:done() end)
  return transfer:result()
end

local function exchange(fields, reply)
  local transfer = send(fields)
  reply(receive(transfer))
  return result(transfer)
end

local page = ("sale"):rep(10000)

local function check_request(request)
  assert(request:method() == "POST" and request:path() == "/hook" and request:query() == "a=b")
  assert(request:headers()["x-one"] == "1" and request:header("X-Empty") == "")
  assert(request:body() == "a=1" and request:peer() == "127.0.0.1")
  assert(server:connections() > 0 and server:max_connections() > 0)
  assert(not pcall(request.answer, request, 200, { ["X-Two"] = "\n" }))
  assert(request:answer(200, { ["X-Two"] = "2", ["Set-Cookie"] = "c" }, page))
  assert(not request:answer(200))
end

local function check_exchange()
  local response = assert(exchange({ method = "POST", path = "/hook?a=b", secret = token, body = "a=1",
    headers = { ["X-One"] = "1", ["X-Empty"] = "" } }, check_request))
  assert(response.status == 200 and response.body == page and response.headers["x-two"] == "2")
end

-- Files as bodies
local FILE = "spec/alloc/script.lua"
local size = assert(core.file_stat(FILE))

local function check_files()
  assert(not core.file_stat("spec") and not pcall(core.file_stat, "a\0b"))
  local sending = send { method = "PUT", path = "/large", file = { path = FILE, offset = 10 },
    stall_timeout = TIMEOUT }
  local received = receive(sending)
  assert(received:received() == size - 10 and received:body() == "")
  received:answer(200)
  assert(result(sending).status == 200 and sending:progress() == size - 10)
  sending = send { method = "PUT", path = "/large", file = { path = FILE, length = 100 } }
  received = receive(sending)
  assert(#received:body() == 100)
  received:reset()
  sending:close()
end

-- Bodies that are more than max_memory together, and heads that are too large
local function check_limits()
  local first, second = send { method = "POST", body = "1234567" }, send { method = "POST", body = "7654321" }
  local held = receive(first)
  for _ = 1, 5 do
    engine:step(0)
    server:step()
  end
  assert(not server:next() and server:max_connections() > 0)
  held:answer(200)
  receive(second):answer(200)
  assert(result(first).status == 200 and result(second).status == 200)
  assert(result(send { headers = { X = ("y"):rep(16300) } }).status == 431 and server:refused().status == 431)
end

-- Failures, of the network and of the caller
local function fails(wanted, transfer, code, message)
  assert(not transfer and code == wanted and message,
    ("%s expected, got %s: %s"):format(wanted, tostring(code), tostring(message)))
end

local function check_broken_responses()
  fails("network", exchange({}, function(request) request:answer_part(200, nil, page, 10) end))
  fails("network", exchange({ fresh = true }, function(request) request:reset() end))
  fails("too_large", exchange({ max_size = 10 }, function(request) request:answer(200, nil, page) end))
end

local function check_refused_requests()
  server:gate { target = "/hook", max_body = 10 }
  assert(result(send { method = "POST", path = "/hooks", body = "a=1" }).status == 404)
  assert(server:refused().status == 404 and not server:refused())
  server:gate(nil)
  assert(not pcall(server.gate, server, { target = 1 }) and not pcall(listener.new, { gate = 1 }))
  assert(listener.new { gate = { target = "/hook" } }):close()
end

local function check_dropped_request()
  local dropped = send {}
  receive(dropped)
  collectgarbage()
  collectgarbage()
  assert(result(dropped).status == 500)
  assert(result(send { method = "PUT", body = page }).status == 413)
end

local function check_unsendable()
  for _, file in ipairs { { path = "/none" }, { path = "spec" }, { path = FILE, offset = size + 1 } } do
    fails("file", engine:send { method = "PUT", base_url = url, file = file })
  end
  fails("config", engine:send { method = "GET", base_url = "ftp://example.com" })
  fails("config", engine:send { method = "PUT", base_url = url, file = { path = FILE }, body = "a" })
  fails("config", engine:send { method = "GET", base_url = url, headers = { X = "\n" } })
  assert(not pcall(engine.send, engine, { method = "PUT", base_url = url, file = { path = FILE, length = 1.5 } }))
  assert(not pcall(engine.send, engine, { base_url = url, method = 1 }))
  assert(not pcall(engine.watch, engine, -1))
end

local function check_broken_connections()
  server:cut(10)
  fails("network", result(send { method = "PUT", path = "/large", file = { path = FILE }, fresh = true }))
  fails("tls", result(send { base_url = url:gsub("http", "https"), ca_file = "/none" }))
end

-- Returns a cancelled transfer.
local function check_cancelled()
  local cancelled = send {}
  assert(engine:running() == 1 and engine:fd() and engine:step(0, true))
  cancelled:close()
  fails("cancelled", cancelled:result())
  return cancelled
end

local function check_abandoned()
  send {}
  collectgarbage()
  collectgarbage()
  assert(engine:running() == 0)
end

-- Returns a request whose server is closed.
local function check_closed_server()
  local held = receive(send { path = "/held" })
  engine:unwatch(server:fd())
  server:close()
  fails("closed", held:answer(200))
  return held
end

check_exchange()
check_files()
check_limits()
check_broken_responses()
check_refused_requests()
check_dropped_request()
check_unsendable()
check_broken_connections()
local cancelled = check_cancelled()
check_abandoned()
local held = check_closed_server()
token:close()

local function check_coverage()
  debug.sethook()
  local of_userdata = {}
  for _, value in ipairs { engine, cancelled, token, server, held, lock, signals } do
    table.insert(of_userdata, debug.getmetatable(value).__index)
  end
  for _, functions in ipairs { core, listener, system, unpack and unpack(of_userdata) or table.unpack(of_userdata) } do
    for name, value in pairs(functions) do
      assert(type(value) ~= "function" or called[value], name .. " was not called")
    end
  end
end

if CHECKING then check_coverage() end

-- What the state still has when it is closed

-- Comes after the finalizers of what it calls
local waiting, late
AFTER_ALL = finalizer(function()  -- luacheck: ignore
  server:gate { target = "/late" }
  late:answer(200)
  waiting:close()
end)

server = assert(listener.new {})
engine:watch(server:fd())
url = "http://127.0.0.1:" .. server:port()
waiting = send {}
late = receive(waiting)
LEFT = { waiting, late, send {}, core.secret("left open"), server, system.lock(FOLDER .. "/lock") }  -- luacheck: ignore

function make_all()
  listener.new { large = "/large", gate = { target = "/hook" } }
  system.lock(FOLDER .. "/late")
  system.signals()
end

-- What a finalizer begins while the state is closed is never collected. It is the youngest object: it runs first
AT_END = finalizer(function()  -- luacheck: ignore
  local finished = send { method = "POST", body = "a=1", fresh = true }
  step_until(function()
    local request = server:next()
    if request then request:answer(200, nil, page) end
    return finished:done()
  end)
  send { method = "PUT", file = { path = FILE }, secret = core.secret("another secret") }
  receive(send { fresh = true })
  pcall(engine.send, engine, { method = "GET", base_url = url, headers = "x" })
  make_all()
end)
