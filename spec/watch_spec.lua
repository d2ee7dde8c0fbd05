-- shop:watch over real sockets: the emulator sends pings, and strangers send anything.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local events = require "gumroad.api.events"
local gumroad = require "gumroad"
local watch = require "gumroad.watch"
local Error = require "gumroad.base.error"
local socket = require "socket"
local support = require "support"

local PATIENCE = 10      -- seconds until a test gives up; never reached in practice
local SCALE = 0.0001     -- a retry after a minute comes after 6 ms
local PATH = "/gumroad/7f3d0c5b9a"
local FORM = "application/x-www-form-urlencoded"

local function ignore() end

describe("shop:watch", function()
  local gum, shop, seller_id
  local errors  -- arguments of on_error: { err, event }

  -- A watch that is never stopped fails after a while.
  local new_watcher = watch.new
  local function new_with_end(...)
    local watcher, err = new_watcher(...)
    local give_up, step = core.now() + PATIENCE, watcher and watcher.step
    if not watcher then return nil, err end
    function watcher:step(seconds)
      assert(core.now() < give_up, "nobody stopped the watch")
      step(self, math.min(seconds, give_up - core.now()))
    end
    return watcher
  end

  setup(function() watch.new = new_with_end end)
  teardown(function() watch.new = new_watcher end)
  before_each(function()
    gum = assert(emulator.start { sales = 0, products = 2, subscribers = 0, time_scale = SCALE })
    shop = support.shop(gum)
    seller_id = assert(shop.user:get()).user_id
    errors = {}
  end)
  after_each(function() gum:stop() end)

  local function with_defaults(options)
    local all = { url = "http://127.0.0.1:0" .. PATH, port = 0,
      on_error = function(...) errors[#errors + 1] = { ... } end }
    for name, value in pairs(options) do all[name] = value end
    return all
  end

  -- Watches while `run` does something with the watcher.
  local function watching(options, run)
    local all = with_defaults(options)
    all.on_ready = function(watcher)
      run(watcher)
      watcher:stop()
    end
    return shop:watch(all)
  end

  -- The body of a ping, from this seller unless the fields say otherwise.
  local function ping(fields)
    local all = { resource_name = "sale", sale_id = "s1", seller_id = seller_id }
    for name, value in pairs(fields or {}) do all[name] = value end
    return core.form_encode(all)
  end

  local function send(watcher, request)
    return assert(core.engine():send { method = request.method or "POST",
      base_url = "http://127.0.0.1:" .. watcher.port, path = request.path or PATH, fresh = true, timeout = PATIENCE,
      headers = { ["Content-Type"] = request.content_type or FORM }, body = request.body or ping() })
  end

  -- Sends a request. Returns the status of the response.
  local function status_of(watcher, request)
    local transfer = send(watcher, request)
    while not transfer:done() do watcher:step(PATIENCE) end
    return assert(transfer:result()).status
  end

  -- Waits for a number of pings. Returns the statuses that Gumroad got for them.
  local function statuses(watcher, count)
    local give_up, pings = core.now() + PATIENCE, {}
    while #pings < count and core.now() < give_up do
      watcher:step(0.01)
      pings = assert(gum:stats()).pings
    end
    local list = {}
    for i, delivery in ipairs(pings) do list[i] = delivery.status or "error" end
    return list
  end

  local function webhooks(name)
    local urls = {}
    for i, hook in ipairs(assert(shop.resource_subscriptions:list { resource_name = name })) do
      urls[i] = hook.post_url
    end
    return urls
  end

  local function is_open(port)
    local client = socket.connect("127.0.0.1", port)
    if client then client:close() end
    return client ~= nil
  end

  -- Handlers ----------------------------------------------------------------------------------

  it("creates the webhook, passes a sale to its handler and responds with 200", function()
    local got, watcher_of_run
    assert.is_true(watching({ sale = function(...) got = { ... } end }, function(watcher)
      watcher_of_run = watcher
      local sale = assert(gum:sell { email = "wanda@example.com" })
      assert.same({ 200 }, statuses(watcher, 1))
      assert.same({ sale.id, "wanda@example.com" }, { got[1].sale_id, got[1].email })
    end))
    assert.same({ "sale", got[1], {} }, { got[2].type, got[2].data, got[2].shadowed })
    assert.equal(watcher_of_run, got[3])
    assert.same({}, errors)
  end)

  for _, name in ipairs(events.names) do
    it("passes a " .. name .. " to the handler of this name and to no other", function()
      local called, options = {}, {}
      for _, other in ipairs(events.names) do
        options[other] = function(_, event) called[#called + 1] = { other, event.type } end
      end
      watching(options, function(watcher)
        assert.equal(200, status_of(watcher, { body = ping { resource_name = name, subscription_id = "u1" } }))
      end)
      assert.same({ { name, name } }, called)
    end)
  end

  it("responds with 200 to an event without a handler", function()
    local count = 0
    watching({ sale = function() count = count + 1 end }, function(watcher)
      assert.equal(200, status_of(watcher, { body = ping { resource_name = "refund" } }))
      assert.equal(200, status_of(watcher, { body = ping { resource_name = "made_up_later" } }))
    end)
    assert.same({ 0, {} }, { count, errors })
  end)

  it("does not call one of its options for a ping with this name", function()
    watching({ sale = error }, function(watcher)
      for _, name in ipairs { "on_error", "on_ready", "handlers", "__index" } do
        assert.equal(200, status_of(watcher, { body = ping { resource_name = name } }))
      end
    end)
    assert.same({}, errors)
  end)

  it("responds with 503 when a handler raises an error, so that Gumroad sends the ping again", function()
    local keys, retries = {}, {}
    watching({ sale = function(_, event)
      keys[#keys + 1], retries[#retries + 1] = event.key, event.retry_count
      if #keys < 3 then error("no room for it") end
    end }, function(watcher)
      assert(gum:sell {})
      assert.same({ 503, 503, 200 }, statuses(watcher, 3))
    end)
    assert.same({ keys[1], keys[1], keys[1] }, keys)
    assert.same({ 0, 1, 2 }, retries)
    assert.equal(2, #errors)
    local err, event = errors[1][1], errors[1][2]
    assert.equal("invalid", err.kind)
    assert.matches("^spec/watch_spec%.lua:%d+: no room for it$", err.message)
    assert.matches("^stack traceback:\n.*spec/watch_spec%.lua:%d+:", err.traceback)
    assert.equal(keys[1], event.key)
  end)

  it("passes the error object that a handler raised to on_error, unchanged", function()
    local raised = Error.new("not_found", "no such sale")
    watching({ sale = function() error(raised) end }, function(watcher)
      assert.equal(503, status_of(watcher, {}))
    end)
    assert.equal(raised, errors[1][1])
  end)

  it("responds with 503 whatever a handler raises", function()
    local raised
    watching({ sale = function() error(raised) end }, function(watcher)
      for _, value in ipairs { false, {}, 5 } do
        raised = value
        assert.equal(503, status_of(watcher, {}))
      end
      raised = nil
      assert.equal(503, status_of(watcher, {}))
    end)
    assert.equal(4, #errors)
  end)

  it("responds with 200 whatever a handler returns", function()
    local returned
    watching({ sale = function() return returned end }, function(watcher)
      for _, value in ipairs { false, 503, "no" } do
        returned = value
        assert.equal(200, status_of(watcher, {}))
      end
    end)
  end)

  it("writes errors to stderr if there is no on_error", function()
    local real, lines = io.stderr, {}
    local watcher
    finally(function()
      io.stderr = real  -- luacheck: ignore 122
      watcher:close()
    end)
    local options = with_defaults { sale = function() error(Error.new("invalid", "no room"), 0) end }
    options.on_error = nil
    watcher = assert(watch.new(shop, options))
    io.stderr = { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end }  -- luacheck: ignore 122
    assert.equal(503, status_of(watcher, {}))
    assert.equal(404, status_of(watcher, { path = "/" }))
    assert.same({ "gumroad: sale:s1: invalid: no room\n",
      "gumroad: invalid: a request was refused: wrong path or secret\n" }, lines)
  end)

  it("lets a handler call the API", function()
    local sale_of_api
    watching({ sale = function(sale) sale_of_api = assert(shop.sales:get(sale.sale_id)) end }, function(watcher)
      local sale = assert(gum:sell {})
      assert.same({ 200 }, statuses(watcher, 1))
      assert.equal(sale.id, sale_of_api.id)
    end)
  end)

  -- Who may in --------------------------------------------------------------------------------

  -- Watches and checks statuses: rows of { expected status, request }. The handler is called only for 200.
  local function check_statuses(options, rows)
    local count, taken = 0, 0
    errors = {}
    options.sale = function() count = count + 1 end
    watching(options, function(watcher)
      for i, row in ipairs(rows) do
        local request = { path = row.path, method = row.method, body = row.body, content_type = row.content_type }
        assert.same({ i, row[1] }, { i, status_of(watcher, request) })
        if row[1] == 200 then taken = taken + 1 end
      end
    end)
    assert.equal(taken, count)
    assert.equal(#rows - taken, #errors)
  end

  it("responds with 404 to another path or query than that of the url", function()
    check_statuses({}, {
      { 200 }, { 404, path = "/" }, { 404, path = "/gumroad" }, { 404, path = PATH .. "/" },
      { 404, path = PATH .. "?a=1" }, { 404, path = PATH:sub(1, -2) }, { 404, path = PATH .. "0" },
      { 404, path = PATH:upper() },
    })
    for _, given in ipairs(errors) do
      assert.equal("invalid: a request was refused: wrong path or secret", tostring(given[1]))
      assert.is_nil(given[2])
    end
  end)

  it("responds with 404 to a missing or wrong secret", function()
    check_statuses({ secret = "open-sesame" }, {
      { 200, path = PATH .. "?secret=open-sesame" }, { 404, path = PATH }, { 404, path = PATH .. "?secret=" },
      { 404, path = PATH .. "?secret=open-sesamf" }, { 404, path = PATH .. "?secret=open-sesam" },
      { 404, path = PATH .. "?secret=open-sesame1" }, { 404, path = PATH .. "?secret=OPEN-SESAME" },
      { 404, path = PATH .. "?a=1&secret=open-sesame" }, { 404, path = "/?secret=open-sesame" },
    })
    assert.is_false(support.holds(errors, "sesam"))
  end)

  it("gives Gumroad the percent-encoded secret at the end of the query of the url", function()
    local count = 0
    watching({ url = "http://127.0.0.1:0/hook?shop=1", secret = "a b&c/ö", sale = function() count = count + 1 end },
      function(watcher)
        assert.equal("http://127.0.0.1:" .. watcher.port .. "/hook?shop=1&secret=a%20b%26c%2F%C3%B6", watcher.url)
        assert.same({ watcher.url }, webhooks "sale")
        assert(gum:sell {})
        assert.same({ 200 }, statuses(watcher, 1))
        assert.equal(404, status_of(watcher, { path = "/hook?shop=1" }))
      end)
    assert.equal(1, count)
  end)

  it("accepts pings at the path that a proxy made of the url, with the query of the url", function()
    check_statuses({ url = "http://127.0.0.1:0/public/hook?a=1", path = "/inner", secret = "s" }, {
      { 200, path = "/inner?a=1&secret=s" }, { 404, path = "/public/hook?a=1&secret=s" }, { 404, path = "/inner" },
      { 404, path = "/inner?a=1" }, { 404, path = "/?a=1&secret=s" },
    })
    check_statuses({ path = "/inner" }, { { 200, path = "/inner" } })
  end)

  it("accepts pings at / if the url has no path", function()
    check_statuses({ url = "http://127.0.0.1:0" }, { { 200, path = "/" }, { 404, path = PATH } })
    check_statuses({ url = "http://127.0.0.1:0?a=1" }, { { 200, path = "/?a=1" } })
  end)

  it("responds with 405 to other methods than POST", function()
    check_statuses({}, { { 405, method = "GET", body = "" }, { 405, method = "PUT" } })
    assert.equal("a request was refused: method GET, not POST", errors[1][1].message)
  end)

  it("responds with 404 to another method at another path, so that it does not reveal paths", function()
    check_statuses({}, { { 404, method = "GET", path = "/", body = "" } })
  end)

  it("responds with 400 to what is not a ping", function()
    check_statuses({}, {
      { 400, body = "" }, { 400, body = "hello" }, { 400, content_type = "text/plain" },
      { 400, content_type = "application/json" }, { 400, body = "resource_name=cancellation&sale_id=s1" },
    })
    for _, given in ipairs(errors) do assert.is_true(Error.is(given[1])) end
  end)

  it("responds with 403 to the ping of another seller", function()
    check_statuses({}, { { 200 }, { 403, body = ping { seller_id = "somebody" } },
      { 403, body = ping { seller_id = "" } } })
    local err, event = errors[1][1], errors[1][2]
    assert.same({ "invalid", "a ping for another seller was refused" }, { err.kind, err.message })
    assert.equal("sale:s1", event.key)
  end)

  it("expects the given seller, without asking who owns the token", function()
    gum:reset_stats()
    check_statuses({ seller_id = "somebody" }, { { 403 }, { 200, body = ping { seller_id = "somebody" } } })
    for _, request in ipairs(support.requests(gum)) do assert.not_equal("/v2/user", request.path) end
  end)

  it("responds with 403 if Gumroad itself sends another seller's sale", function()
    local count = 0
    watching({ seller_id = "somebody", sale = function() count = count + 1 end }, function(watcher)
      assert(gum:sell {})
      assert.same({ 403 }, statuses(watcher, 1))
    end)
    assert.equal(0, count)
  end)

  it("accepts a ping whose buyer filled in a custom field named seller_id", function()
    local shadowed
    watching({ sale = function(_, event) shadowed = event.shadowed end }, function(watcher)
      assert(gum:sell { custom_fields = { { "seller_id", "somebody" } } })
      assert.same({ 200 }, statuses(watcher, 1))
    end)
    assert.same({ "seller_id" }, shadowed)
    assert.same({}, errors)
  end)

  it("accepts the ping of a cancellation, which names no seller", function()
    local count = 0
    watching({ cancellation = function() count = count + 1 end }, function(watcher)
      local sale = assert(gum:sell { product_id = "mclub" })
      assert(gum:cancel(sale.subscription_id))
      assert.same({ 200 }, statuses(watcher, 1))
    end)
    assert.equal(1, count)
  end)

  -- Beginning and end -------------------------------------------------------------------------

  it("is ready when the webhooks exist and the port is open, which replaces port 0 in the url", function()
    local seen = {}
    assert(shop:watch(with_defaults { sale = ignore, refund = ignore, on_ready = function(watcher)
      seen[#seen + 1] = watcher
      assert.is_true(is_open(watcher.port))
      assert.equal(("http://127.0.0.1:%d%s"):format(watcher.port, PATH), watcher.url)
      assert.same({ { watcher.url }, { watcher.url }, {} }, { webhooks "sale", webhooks "refund", webhooks "dispute" })
      watcher:stop()
    end }))
    assert.equal(1, #seen)
  end)

  it("gives Gumroad any other port unchanged", function()
    watching({ url = "http://127.0.0.1:8080" .. PATH, sale = ignore }, function(watcher)
      assert.equal("http://127.0.0.1:8080" .. PATH, watcher.url)
    end)
  end)

  it("listens on the given port and address", function()
    local port = support.free_port()
    watching({ address = "127.0.0.2", port = port, sale = ignore }, function(watcher)
      assert.equal(port, watcher.port)
      assert.is_false(is_open(port))
      assert(socket.connect("127.0.0.2", port)):close()
    end)
  end)

  for _, how in ipairs { "stop", "close" } do
    it("ends with " .. how .. "() in a handler after the response to the current ping; the others get 503", function()
      local port, transfers, count = nil, {}, 0
      assert.is_true(shop:watch(with_defaults {
        on_ready = function(watcher)
          port = watcher.port
          for i = 1, 20 do
            transfers[i] = send(watcher, { body = ping { sale_id = "s" .. i } })
          end
        end,
        sale = function(_, _, watcher)
          count = count + 1
          watcher[how](watcher)
          watcher[how](watcher)
        end,
      }))
      assert.is_false(is_open(port))
      local got = {}
      for _, transfer in ipairs(transfers) do
        while not transfer:done() do core.engine():step(PATIENCE) end
        local status = assert(transfer:result()).status
        got[status] = (got[status] or 0) + 1
      end
      assert.same({ 1, { [200] = 1, [503] = 19 } }, { count, got })
    end)
  end

  it("ends when on_error closes it", function()
    local current, transfer
    assert.is_true(shop:watch(with_defaults { sale = ignore,
      on_ready = function(watcher)
        current, transfer = watcher, send(watcher, { path = "/wrong" })
      end,
      on_error = function() current:close() end }))
    while not transfer:done() do core.engine():step(PATIENCE) end
    assert.equal(404, assert(transfer:result()).status)
    current:step(PATIENCE)  -- does nothing any more
  end)

  it("answers 503, closes the port and raises the error again when on_error raises", function()
    local port, transfer
    local raised = support.raised(shop.watch, shop, with_defaults { sale = ignore,
      on_ready = function(watcher)
        port, transfer = watcher.port, send(watcher, { body = ping { seller_id = "other" } })
      end,
      on_error = function() error("no room in the log") end })
    assert.matches("no room in the log", raised, 1, true)
    assert.is_false(is_open(port))
    while not transfer:done() do core.engine():step(PATIENCE) end
    assert.equal(503, assert(transfer:result()).status)
  end)

  it("ends at once if on_ready stops it", function()
    assert.is_true(shop:watch(with_defaults { sale = ignore, on_ready = function(watcher) watcher:stop() end }))
  end)

  it("closes the port and raises the error of on_ready again", function()
    local port
    local raised = support.raised(shop.watch, shop, with_defaults { sale = ignore, on_ready = function(watcher)
      port = watcher.port
      error("not ready")
    end })
    assert.matches("not ready$", raised)
    assert.is_false(is_open(port))
  end)

  it("keeps the webhooks when it ends, and creates none twice", function()
    local url
    for _ = 1, 2 do
      watching({ url = "http://127.0.0.1:9" .. PATH, sale = ignore }, function(watcher) url = watcher.url end)
    end
    assert.same({ url }, webhooks "sale")
  end)

  it("has a watcher that can be closed at any time, and again", function()
    local watcher = assert(watch.new(shop, with_defaults { sale = ignore }))
    assert.is_true(is_open(watcher.port))
    watcher:close()
    watcher:close()
    assert.is_false(is_open(watcher.port))
  end)

  it("creates no webhooks with subscribe = false", function()
    gum:reset_stats()
    local count = 0
    watching({ subscribe = false, sale = function() count = count + 1 end }, function(watcher)
      assert.equal(200, status_of(watcher, {}))
    end)
    for _, request in ipairs(support.requests(gum)) do assert.equal("/v2/user", request.path) end
    assert.same({ 1, {} }, { count, webhooks "sale" })
  end)

  it("then accepts an address in a private network, which a proxy or Gumroad's settings may point to", function()
    local elsewhere = gumroad.new { access_token = "a", base_url = "https://gumroad.invalid" }
    assert.is_true(elsewhere:watch { url = "http://10.0.0.5/hook", port = 0, subscribe = false, seller_id = "s",
      sale = ignore, on_ready = function(watcher) watcher:stop() end })
  end)

  it("opens no more connections and holds no more of bodies than it is told, and handles all pings", function()
    local count = 0
    watching({ max_connections = 2, max_memory = 1, sale = function() count = count + 1 end }, function(watcher)
      local transfers = {}
      for i = 1, 10 do transfers[i] = send(watcher, { body = ping { sale_id = "s" .. i } }) end
      for _, transfer in ipairs(transfers) do
        while not transfer:done() do watcher:step(PATIENCE) end
        assert.equal(200, assert(transfer:result()).status)
      end
      assert.equal(2, watcher.receiver.listener:max_connections())
    end)
    assert.equal(10, count)
  end)

  -- Signals -----------------------------------------------------------------------------------

  -- A script that watches; its handler takes a while.
  local SCRIPT = [[
    local core = require "gumroad.core"
    local shop = require("gumroad").new { access_token = "a", base_url = "https://gumroad.invalid" }
    local function say(word) io.write(word, "\n") io.flush() end
    local done = shop:watch { url = "http://10.0.0.5/hook", port = 0, subscribe = false, seller_id = "s",
      on_ready = function(watcher) say(watcher.port) end, on_error = function() say "error" end,
      sale = function()
        say "begun"
        local enough = core.now() + 0.3
        while core.now() < enough do end
        say "finished"
      end }
    say("returned " .. tostring(done))]]

  -- Sends two pings to such a script, and a signal while the first one is handled.
  -- @return the two statuses, and the lines that the script then writes; the last one is its exit code
  local function interrupt(signal, wrapper)
    local command = ("timeout %d %s %s 2>&1 & echo $!; wait $!; echo $?"):format(2 * PATIENCE, wrapper or "",
      support.lua_command(SCRIPT))
    local pipe = assert(io.popen(command))
    local pid, port = pipe:read("*l"), tonumber(pipe:read("*l"))
    local got, lines, clients = {}, {}, {}
    for i = 1, 2 do
      clients[i] = assert(socket.connect("127.0.0.1", port))
      clients[i]:settimeout(PATIENCE)
      local body = "seller_id=s&sale_id=s" .. i
      clients[i]:send(("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"):format(
        FORM, #body, body))
      if i == 1 then assert.equal("begun", pipe:read("*l")) end
    end
    local function child_of(parent) return ("$(pgrep -P %s)"):format(parent) end
    local target = child_of(pid)  -- as the process itself is timeout(1)
    if wrapper then target = child_of(target) end
    os.execute(("unset LD_PRELOAD; kill -%s %s"):format(signal, target))  -- pgrep may hang with that of a sanitizer
    for i, client in ipairs(clients) do
      got[i] = tonumber((client:receive("*l") or ""):match("^HTTP/1.1 (%d+)"))
      client:close()
    end
    for line in pipe:lines() do lines[#lines + 1] = line end
    pipe:close()
    return got, lines
  end

  it("finishes the current handler on SIGTERM, answers the others 503, and ends", function()
    local got, lines = interrupt "TERM"
    assert.same({ { 200, 503 }, { "finished", "returned true", "0" } }, { got, lines })
  end)

  it("answers 503 on Ctrl-C, where Lua's interpreter breaks off the handler, and ends", function()
    local got, lines = interrupt "INT"
    assert.same({ { 503, 503 }, { "returned true", "0" } }, { got, lines })
  end)

  it("ends on SIGTERM as process 1 too, as in a container #unshare", function()
    local wrapper = "unshare --user --map-root-user --pid --fork"
    local got, lines = interrupt("TERM", wrapper)
    assert.same({ { 200, 503 }, { "finished", "returned true", "0" } }, { got, lines })
  end)

  -- What goes wrong ---------------------------------------------------------------------------

  it("returns an error if the port is in use, and creates no webhook", function()
    local port = support.free_port()
    local server = assert(socket.bind("127.0.0.1", port))
    local done, err = shop:watch(with_defaults { port = port, sale = ignore })
    server:close()
    assert.same({ "nil", "config", "in_use" }, { type(done), err.kind, err.code })
    assert.same({}, webhooks "sale")
  end)

  for what, path in pairs { ["tell whose the token is"] = "/v2/user",
    ["make the webhooks"] = "/v2/resource_subscriptions" } do
    it("returns the error and closes the port if the server does not " .. what, function()
      local port = support.free_port()
      gum:fault { kind = "status", status = 401, path = path }
      local done, err = shop:watch(with_defaults { port = port, sale = ignore, on_ready = error })
      assert.same({ "nil", "auth" }, { type(done), err.kind })
      assert.is_false(is_open(port))
    end)
  end
end)

describe("shop:watch", function()
  local shop = gumroad.new { access_token = "a", base_url = "https://gumroad.invalid" }
  local URL = "https://hooks.example.com/gumroad/7f3d"

  local ROWS = {
    { "watch: table expected, got string", function() shop:watch "sale" end },
    { "watch: called with a dot; write shop:watch(...)", function() shop.watch { url = URL, sale = print } end },
    { "watch: unknown option 'sales' (did you mean 'sale'?)", function() shop:watch { url = URL, sales = print } end },
    { "watch: unknown option '1'", function() shop:watch { URL, sale = print } end },
    { "watch: url: string expected, got number", function() shop:watch { url = 5, sale = print } end },
    { "watch: secret: string expected, got number", function() shop:watch { url = URL, secret = 5, sale = print } end },
    { "watch: path: string expected, got boolean", function() shop:watch { url = URL, path = true, sale = print } end },
    { "watch: address: string expected, got number",
      function() shop:watch { url = URL, address = 5, sale = print } end },
    { "watch: seller_id: string expected, got number",
      function() shop:watch { url = URL, seller_id = 5, sale = print } end },
    { "watch: subscribe: boolean expected, got string",
      function() shop:watch { url = URL, subscribe = "no", sale = print } end },
    { "watch: on_error: function expected, got boolean",
      function() shop:watch { url = URL, on_error = true, sale = print } end },
    { "watch: on_ready: function expected, got string",
      function() shop:watch { url = URL, on_ready = "x", sale = print } end },
    { "watch: refund: function expected, got table",
      function() shop:watch { url = URL, sale = print, refund = {} } end },
    { "watch: port: number expected, got string", function() shop:watch { url = URL, port = "80", sale = print } end },
    { "watch: port: a whole number from 0 to 65535", function() shop:watch { url = URL, port = -1, sale = print } end },
    { "watch: max_connections: a whole number from 1 to 100000",
      function() shop:watch { url = URL, max_connections = 0, sale = print } end },
    { "watch: max_connections: a whole number from 1 to 100000",
      function() shop:watch { url = URL, max_connections = 100001, sale = print } end },
    { "watch: max_memory: a whole number from 1 to 2147483647",
      function() shop:watch { url = URL, max_memory = 0, sale = print } end },
    { "watch: max_memory: a whole number from 1 to 2147483647",
      function() shop:watch { url = URL, max_memory = 2147483648, sale = print } end },
    { "watch: port: a whole number from 0 to 65535",
      function() shop:watch { url = URL, port = 80.5, sale = print } end },
    { "watch: port: a whole number from 0 to 65535",
      function() shop:watch { url = URL, port = 0 / 0, sale = print } end },
    { "watch: a handler is missing, such as", function() shop:watch { url = URL } end },
    { "watch: url is missing", function() shop:watch { sale = print } end },
    { "watch: url is not in the public network", function() shop:watch { url = "http://10.0.0.5/", sale = print } end },
    { "watch: url must be http(s)://HOST/PATH, without a fragment",
      function() shop:watch { url = URL .. "#a", sale = print } end },
    { "watch: url is longer than the 255 bytes",
      function() shop:watch { url = URL, secret = ("a"):rep(255), sale = print } end },
  }
  for i, row in ipairs(ROWS) do
    it(("reports a mistake at the caller's line: %s (%d)"):format(row[1], i), function()
      local ok, message = pcall(row[2])
      assert.is_false(ok)
      local line = debug.getinfo(row[2], "S").linedefined
      assert.truthy(message:find(("watch_spec.lua:%d: "):format(line), 1, true), message)
      assert.truthy(message:find(row[1], 1, true), message)
    end)
  end
end)
