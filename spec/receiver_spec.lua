local core = require "gumroad.core"
local receiver = require "gumroad.webhook.receiver"
local socket = require "socket"
local support = require "support"

local PATIENCE = 20  -- seconds until a test gives up; never reached in practice
local PING = support.fixture "pings/sale_plain.form"

-- The bytes of a request that posts a ping.
local function post(target, body)
  return ("POST %s HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    .. "Content-Length: %d\r\n\r\n%s"):format(target, #body, body)
end
local REQUEST = post("/", PING)
local GET = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"

describe("A receiver", function()
  local open, clients, events, refusals

  before_each(function()
    clients, events, refusals = {}, {}, {}
    open = assert(receiver.new { port = 0,
      on_event = function(event)
        events[#events + 1] = event.data.sale_id
        return 200
      end,
      on_refused = function(err) refusals[#refusals + 1] = err.message end })
  end)
  after_each(function()
    open:close()
    for _, client in ipairs(clients) do client:close() end
  end)

  local function send(bytes)
    local client = assert(socket.connect("127.0.0.1", open.port))
    client:settimeout(0)
    assert(client:send(bytes))
    clients[#clients + 1] = client
    return client
  end

  -- Waits for a number of responses on a connection. Returns their statuses.
  local function statuses(client, count)
    local give_up, got = core.now() + PATIENCE, ""
    while true do
      open:step(0.01)
      local all, _, partial = client:receive(65536)
      got = got .. (all or partial)
      local list = {}
      for status in got:gmatch("HTTP/1%.1 (%d+)") do list[#list + 1] = tonumber(status) end
      if #list >= count or core.now() > give_up then return list end
    end
  end

  it("accepts every ping at any path until it is told what to expect", function()
    assert.same({ 200, 200, 405 }, statuses(send(REQUEST .. post("/b?c=d", "sale_id=s1&seller_id=bob") .. GET), 3))
    assert.equal(2, #events)
    assert.same({ "a request was refused: method GET, not POST" }, refusals)
  end)

  it("takes a ping of several very long answers, and refuses one of more than 8 MiB by its head", function()
    local request = post("/", "sale_id=s1" .. ("&b=" .. ("c"):rep(65535)):rep(20))
    local client, sent, give_up = send "", 0, core.now() + PATIENCE
    while sent < #request and core.now() < give_up do
      local all, _, part = client:send(request, sent + 1)
      sent = all or part
      open:step(0)
    end
    assert.same({ 200 }, statuses(client, 1))
    assert.same({ 413 }, statuses(send(post("/", ""):gsub("Length: 0", "Length: 8388609")), 1))
    assert.same({ "s1" }, events)
    assert.same({ "a request was refused: a body of 8388609 bytes, more than 8388608" }, refusals)
  end)

  it("expects everything that it was told, one after the other", function()
    open:expect { target = "/hook" }
    open:expect { seller_id = "ana" }
    local client = send(post("/hook", "sale_id=s1&seller_id=ana") .. post("/hook", "sale_id=s2&seller_id=bob")
      .. post("/", "sale_id=s3&seller_id=ana") .. post("/hook", "sale_id=s4&seller_id=ana"))
    assert.same({ 200, 403, 404, 200 }, statuses(client, 4))
    assert.same({ "s1", "s4" }, events)
    table.sort(refusals)
    assert.same({ "a ping for another seller was refused", "a request was refused: wrong path or secret" }, refusals)
  end)

  it("reports every refused request, or their number if there are many at once", function()
    for _ = 1, 60 do send(GET) end
    local give_up = core.now() + PATIENCE
    repeat open.listener:step() until #socket.select(clients, nil, 0) == 60 or core.now() > give_up
    open:step(0)
    local count = 0
    for _, message in ipairs(refusals) do
      assert.matches("^a request was refused: method GET, not POST", message)
      count = count + 1 + tonumber(message:match("%(and (%d+) before it%)$") or 0)
    end
    assert.equal(60, count)
    assert.is_true(#refusals < 60)
  end)

  it("reports a body that is too large, without storing it", function()
    local client = send(post("/", "sale_id=s1"):gsub("Content%-Length: %d+", "Content-Length: 99999999"))
    assert.same({ 413 }, statuses(client, 1))
    assert.same({ 1, {} }, { #refusals, events })
    assert.matches("^a request was refused: ", refusals[1])
  end)

  it("waits no longer once it has handled what had arrived", function()
    send(REQUEST)
    for _ = 1, 20 do
      open.listener:step()
      core.engine():step(0)  -- nothing is left to wake it
    end
    local start = core.now()
    open:step(PATIENCE)
    assert.equal(1, #events)
    assert.is_true(core.now() - start < PATIENCE / 4)
  end)

  it("sends the response to the ping during which it was stopped, and does not wait for more", function()
    function open.on_event()
      open:stop()
      return 200
    end
    local client, start = send(REQUEST), core.now()
    while not open.stopped do open:step(PATIENCE) end
    assert.is_true(core.now() - start < PATIENCE / 4)
    client:settimeout(PATIENCE)
    assert.equal("HTTP/1.1 200 OK", client:receive())
  end)

  it("releases everything when it is closed, which can be repeated", function()
    local held, several = {}, {}
    finally(function()
      for _, thing in ipairs(held) do thing:close() end
    end)
    open:close()
    for i = 1, 16 do several[i] = assert(receiver.new { port = 0 }) end
    for i = 1, 16 do several[i]:close() end
    for i = 1, 64 do held[i] = assert(socket.bind("127.0.0.1", 0)) end  -- takes the numbers of the closed descriptors
    held[65] = assert(receiver.new { port = 0 })
  end)

  it("accepts no more requests after it was stopped", function()
    open:stop()
    local client = send(REQUEST)
    for _ = 1, 5 do open:step(0.01) end
    assert.equal("timeout", select(2, client:receive(1)))
    assert.same({}, events)
  end)

  it("does not wait while there is a ping that arrived earlier", function()
    local idle, is_idle_open  -- a connection that is closed if a wait takes too long
    open:close()
    open = assert(receiver.new { port = 0, on_refused = error, on_event = function()
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
    open:step(0)  -- sends the response
    client:settimeout(PATIENCE)
    assert.equal("HTTP/1.1 200 OK", client:receive())
    idle:close()
    client:close()
  end)

  it("answers 503 to what has arrived when it is closed, and closes the port", function()
    local early = {}
    for i = 1, 30 do early[i] = send(REQUEST) end
    local half = send(REQUEST:sub(1, -2))
    open:close()
    open:close()
    for _, client in ipairs(early) do
      client:settimeout(PATIENCE)
      assert.equal("HTTP/1.1 503 Service Unavailable", client:receive())
    end
    half:settimeout(PATIENCE)
    assert.equal("closed", select(2, half:receive()))
    assert.is_nil((socket.connect("127.0.0.1", open.port)))
    assert.same({}, events)
    open:step(PATIENCE)  -- does nothing any more
  end)

  it("does not wait for ever when it is closed while more and more arrives", function()
    local client = send(REQUEST)
    local function more() client:send(REQUEST:rep(100)) end
    local begin, real = core.now(), open.listener
    open.listener = setmetatable({}, { __index = function(_, name)
      return function(_, ...)
        if name == "step" then more() end
        return real[name](real, ...)
      end
    end })
    open:close()
    assert.is_true(core.now() - begin < 5)
    assert.is_nil(real:fd())
  end)

  it("answers 503 to a ping whose event somebody fails to take, and raises the error again", function()
    local raises = true
    open.on_event = function() if raises then error("full", 0) end return 200 end
    local client = send(REQUEST .. REQUEST)
    local ok, raised
    repeat ok, raised = pcall(open.step, open, 0.01) until not ok
    assert.equal("full", raised)
    raises = false
    assert.same({ 503, 200 }, statuses(client, 2))
  end)

  it("is closed after the current request when on_event closes it, also from a step within a step", function()
    local inner
    open.on_event = function()
      if not inner then
        inner = true
        open:step(0)
      end
      open:close()
      return 200
    end
    local clients_of = { send(REQUEST), send(REQUEST) }
    local give_up = core.now() + PATIENCE
    while open.listener and core.now() < give_up do open:step(0.01) end
    for _, client in ipairs(clients_of) do
      client:settimeout(PATIENCE)
      assert.equal("HTTP/1.1 200 OK", client:receive())
    end
  end)
end)
