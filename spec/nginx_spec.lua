local emulator = require "gumroad.emulator"
local Nginx = require "nginx.server"
local socket = require "socket"

local eventually = Nginx.eventually

describe("In nginx #nginx, a worker", function()
  local gum, nginx, more

  setup(function()
    gum = assert(emulator.start { access_token = "token-of-the-nginx-spec", sales = 25, time_scale = 0.001,
      part_size = 1000 })
    nginx = Nginx.start(gum)
  end)

  teardown(function()
    if nginx then nginx:stop() end
    if gum then gum:stop() end
  end)

  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  after_each(function()
    if more then more:stop() end
    more = nil
  end)

  -- A second nginx, for a test that ends it.
  local function start_another()
    more = Nginx.start(gum)
    return more
  end

  local function delay(times)
    assert(gum:fault { kind = "delay", seconds = 1, path = "/v2/user", times = times })
  end

  local function wait_for_calls(count)
    eventually(function() return gum:stats().in_flight == count end)
  end

  local function wait_for_requests(count)
    eventually(function() return gum:stats().requests == count end)
  end

  -- Repeats a request until the response is the expected one.
  local function wait_for_response(path, expected)
    eventually(function() return select(2, nginx:get(path)) == expected end)
  end

  local function assert_user(status, body)
    assert.same({ 200, "Ana Petrova" }, { status, body })
  end

  it("makes calls with a shop that was created before the fork", function()
    assert_user(nginx:get("/user"))
  end)

  it("uploads the parts of a file and serves others meanwhile", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(("x"):rep(2500))
    file:close()
    assert(gum:fault { kind = "delay", seconds = 0.3, path = "/_storage/", times = 3 })
    local upload = nginx:open("/upload?" .. path)
    wait_for_calls(3)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    local status, body = Nginx.read(upload)
    os.remove(path)
    assert.same({ 200, path:match("[^/]*$") .. " 2500" }, { status, body })
  end)

  it("overlaps 50 calls of one request and serves others meanwhile", function()
    delay(50)
    local client = nginx:open("/all?50")
    wait_for_calls(50)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.equal(50, gum:stats().in_flight)
    assert.same({ 200, "50" }, { Nginx.read(client) })
    assert.equal(50, gum:stats().max_in_flight)
  end)

  it("overlaps the calls of 50 requests and serves others meanwhile", function()
    delay(50)
    local clients = {}
    for i = 1, 50 do clients[i] = nginx:open("/user") end
    wait_for_calls(50)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.equal(50, gum:stats().in_flight)
    for _, client in ipairs(clients) do assert_user(Nginx.read(client)) end
    assert.equal(50, gum:stats().max_in_flight)
  end)

  it("sends requests to other servers during its calls and serves others meanwhile", function()
    assert(gum:fault { kind = "delay", seconds = 1, times = 2 })
    local client = nginx:open("/http")
    wait_for_calls(2)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.same({ 200, "404 Ana Petrova" }, { Nginx.read(client) })
    assert.equal(2, gum:stats().max_in_flight)
  end)

  local RETRY_LATER = { kind = "status", status = 503, path = "/v2/user", headers = { ["Retry-After"] = "30" } }

  it("cancels a call from another request, at once", function()
    delay(1)
    local client = nginx:open("/cancellable?0")
    wait_for_requests(1)
    assert.same({ 200, "cancelled" }, { nginx:get("/cancel") })
    local _, body = Nginx.read(client)
    assert.truthy(body:find("^cancelled: "), body)
    wait_for_calls(0)  -- until the emulator has responded to nobody
  end)

  it("cancels the pause before a retry, at once", function()
    assert(gum:fault(RETRY_LATER))
    local client = nginx:open("/cancellable?1")
    wait_for_requests(1)
    nginx:get("/user")
    nginx:get("/cancel")
    local _, body = Nginx.read(client)
    assert.truthy(body:find("^cancelled: "), body)
    assert.equal(2, gum:stats().requests)
  end)

  it("waits until Gumroad's limits allow a request, and serves others meanwhile", function()
    local client = nginx:open("/paced?25")
    local start = socket.gettime()
    wait_for_requests(10)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.is_true(gum:stats().requests <= 20)
    assert.same({ 200, "nil" }, { Nginx.read(client) })
    assert.is_true(socket.gettime() - start >= 2)
  end)

  it("ends a call at its deadline", function()
    delay(1)
    local _, body = nginx:get("/deadline")
    assert.truthy(body:find("^timeout: the call did not end within 0.2 seconds"), body)
    wait_for_calls(0)
    assert(gum:fault(RETRY_LATER))
    _, body = nginx:get("/deadline")
    assert.truthy(body:find("^server: "), body)
  end)

  it("returns the value or error of each of several functions", function()
    assert.same({ 200, "Ana Petrova not_found not_found" }, { nginx:get("/all-with-failures") })
  end)

  it("raises a mistake in one of several functions, with its position", function()
    local _, body = nginx:get("/all-with-mistake")
    assert.truthy(body:find("^false .*handlers%.lua:%d+: attempt to index"), body)
  end)

  it("waits for the user of a device and serves others meanwhile", function()
    local _, user_code = nginx:get("/device")
    local client = nginx:open("/connect")
    eventually(function() return gum:stats().requests > 3 end)  -- some polls
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.is_table(gum:approve(user_code))
    assert.same({ 200, "view_public" }, { Nginx.read(client) })
  end)

  it("follows every page", function()
    assert.same({ 200, "25" }, { nginx:get("/each") })
    assert.equal(3, gum:stats().requests)
  end)

  it("serves other requests during the pause before a retry", function()
    gum:fault { kind = "status", status = 429, path = "/v2/user", headers = { ["Retry-After"] = "1" } }
    local client = nginx:open("/user")
    eventually(function()
      local stats = gum:stats()
      return stats.requests == 1 and stats.in_flight == 0
    end)
    assert.same({ 200, "pong" }, { nginx:get("/ping") })
    assert.equal(1, gum:stats().requests)
    assert_user(Nginx.read(client))
    assert.equal(2, gum:stats().requests)
  end)

  it("makes calls from a timer", function()
    nginx:get("/from-timers?1")
    wait_for_response("/seen?timers", "1")
  end)

  it("makes calls from as many timers as nginx runs, which leaves none for the library", function()
    wait_for_response("/timers", "0")
    nginx:get("/from-timers?4")
    wait_for_response("/seen?timers", "4")
  end)

  for _, phase in ipairs { "header_filter", "log" } do
    it("refuses a call in the " .. phase .. " phase and sends nothing", function()
      nginx:get("/phases")
      local _, errors = nginx:get("/seen?" .. phase)
      local refusal = "config: nothing can wait in nginx's " .. phase
        .. " phase; make the call from ngx.timer.at(0, ...)"
      assert.equal(refusal .. "\n" .. refusal, errors)
      assert_user(nginx:get("/user"))  -- earlier requests would be sent together with it
      assert.equal(1, gum:stats().requests)
    end)
  end

  it("refuses a call in the init_worker phase and sends nothing", function()
    local server = start_another()
    local _, errors = server:get("/seen?init_worker")
    assert.truthy(errors:find("^config: nothing can wait in nginx's init_worker phase"), errors)
    assert_user(server:get("/user"))
    assert.equal(1, gum:stats().requests)
  end)

  it("stops polling when the last call has ended", function()
    delay(1)
    local client = nginx:open("/user")
    wait_for_calls(1)
    assert.are_not.equal("0", select(2, nginx:get("/timers")))
    assert_user(Nginx.read(client))
    wait_for_response("/timers", "0")
  end)

  it("stops polling when a request is dropped and finishes the calls of others", function()
    delay(2)
    local dropped = nginx:open("/dropped/user")
    local kept = nginx:open("/user")
    wait_for_calls(2)
    dropped:close()
    assert_user(Nginx.read(kept))
    wait_for_response("/timers", "0")
  end)

  it("finishes the calls that wait when it is told to quit", function()
    delay(1)
    local server = start_another()
    local client = server:open("/user")
    wait_for_calls(1)
    server:signal("QUIT")
    assert_user(Nginx.read(client))
    eventually(function() return not server:pid() end)
  end)

  it("makes the remaining attempts of a call when it is told to quit", function()
    gum:fault { kind = "status", status = 429, path = "/v2/user", headers = { ["Retry-After"] = "1" } }
    local server = start_another()
    local client = server:open("/user")
    eventually(function() return gum:stats().requests == 1 end)
    server:signal("QUIT")
    assert_user(Nginx.read(client))
    eventually(function() return not server:pid() end)
  end)

  it("finishes the calls that wait when nginx is reloaded, and makes calls from the new worker", function()
    delay(1)
    local server = start_another()
    local _, old_worker = server:get("/worker")
    local client = server:open("/user")
    wait_for_calls(1)
    server:signal("HUP")
    eventually(function() return select(2, server:get("/worker")) ~= old_worker end)
    assert_user(server:get("/user"))
    assert_user(Nginx.read(client))
  end)

  it("writes no access token to the error log", function()
    nginx:get("/log")
    local log = nginx:log()
    assert.truthy(log:find("not_found", 1, true))
    assert.is_nil(log:find(gum.access_token, 1, true))
  end)
end)
