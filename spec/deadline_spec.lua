-- A call as a whole: its deadline and its canceller. nginx_spec.lua covers the loop of nginx.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local support = require "support"

describe("A call", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 45, products = 12, part_size = 5 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  -- Returns what a function returns. Fails if it was not the deadline or the canceller that ended it, but the time
  -- limit of an attempt, which is 30 seconds.
  local function in_time(run, ...)
    local start = core.now()
    local value, err = run(...)
    assert.is_true(core.now() - start < 10, core.now() - start)
    return value, err
  end

  local function delay(seconds)
    gum:fault { kind = "delay", seconds = seconds, times = "always" }
  end

  local function get(options)
    return shop.user:get(options)
  end

  local stalled = { kind = "stall", times = "always" }
  local refused = { kind = "status", status = 503, times = "always" }

  -- The deadline -----------------------------------------------------------------------------

  it("ends at its deadline", function()
    gum:fault(stalled)
    local _, err = in_time(get, { deadline = 0.2 })
    assert.same({ "timeout", true, 1, true }, { err.kind, err.sent, err.attempts, err.retryable })
    assert.equal("the call did not end within 0.2 seconds (deadline)", err.message)
  end)

  it("succeeds before its deadline", function()
    delay(0.05)
    assert.is_table(get { deadline = 5 })
  end)

  it("is retried until its deadline, and returns the last error", function()
    gum:fault(refused)
    local _, err = in_time(get, { deadline = 1, retries = 1000 })
    assert.equal("server", err.kind)
    assert.is_true(err.attempts > 1)
  end)

  it("is not retried if the server asks for a pause beyond its deadline", function()
    gum:fault { kind = "status", status = 503, headers = { ["Retry-After"] = "20" } }
    local _, err = in_time(get, { deadline = 10 })
    assert.same({ "server", 20, 1 }, { err.kind, err.retry_after, err.attempts })
  end)

  it("that changes something has an unknown outcome at its deadline", function()
    gum:fault { kind = "stall", method = "POST" }
    local _, err = shop.products:create({ name = "Ink", price = 900 }, { deadline = 0.2 })
    assert.same({ "outcome_unknown", "timeout", false }, { err.kind, err.cause, err.retryable })
  end)

  it("of several requests ends as a whole", function()
    delay(0.15)
    local _, err = in_time(shop.sales.list, shop.sales, { limit = 45 }, { deadline = 0.4 })
    assert.equal("timeout", err.kind)
    assert.is_true(#support.requests(gum) >= 2)
    gum:reset_stats()
    _, err = in_time(shop.sales.refund, shop.sales, "x", {}, { deadline = 0.1 })
    assert.equal("timeout", err.kind)
    assert.equal(1, #support.requests(gum))
  end)

  it("that creates subscriptions ends as a whole", function()
    delay(0.15)
    local _, err = in_time(shop.ensure_webhooks, shop, { sale = "http://127.0.0.1/hook" }, { deadline = 0.2 })
    assert.is_true(err.kind == "timeout" or err.cause == "timeout")
  end)

  it("of an iterator has the whole time for each page", function()
    delay(0.1)
    local count = 0
    for _ in shop.sales:each({}, { deadline = 0.3 }) do
      count = count + 1
      if count == 10 then require("socket").sleep(0.4) end  -- the time of the loop is not that of the call
    end
    assert.equal(45, count)
    gum:clear_faults()
    gum:fault { kind = "stall", after = 1 }
    local err = support.raised(function()
      for _ in shop.sales:each({}, { deadline = 0.2 }) do count = count + 1 end
    end)
    assert.same({ "timeout", 55 }, { err.kind, count })
  end)

  it("has the deadline of its shop by default", function()
    gum:fault(stalled)
    local hasty = support.shop(gum, { deadline = 0.1 })
    local _, err = in_time(hasty.user.get, hasty.user)
    assert.equal("timeout", err.kind)
    _, err = in_time(hasty.request, hasty, { url = "user" })
    assert.equal("timeout", err.kind)
    gum:clear_faults()
    delay(0.2)
    assert.is_table(hasty.user:get { deadline = 2 })
  end)

  it("ends at its deadline among concurrent calls", function()
    gum:fault(stalled)
    local _, errors = in_time(gumroad.all, {
      function() return get { deadline = 0.1 } end, function() return get { deadline = 0.3 } end,
    })
    assert.same({ "timeout", "timeout" }, { errors[1].kind, errors[2].kind })
  end)

  it("ends at its deadline with a scheduler", function()
    gum:fault(stalled)
    local slow = support.shop(gum, { sleep = function(seconds) require("socket").sleep(seconds) end })
    local _, err = in_time(slow.user.get, slow.user, { deadline = 0.2 })
    assert.equal("timeout", err.kind)
  end)

  it("that uploads ends at its deadline, and can be resumed", function()
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local file = assert(io.open(path, "wb"))
    file:write("0123456789")
    file:close()
    gum:fault { kind = "stall", path = "/_storage/", times = "always" }
    local _, err = in_time(shop.files.upload, shop.files, path, { progress = function() end }, { deadline = 0.3 })
    assert.equal("timeout", err.kind)
    gum:clear_faults()
    assert.is_table(shop.files:upload(path, { resume = err.upload }))
  end)

  it("accepts only a valid deadline or canceller", function()
    for want, options in pairs {
      ["user.get: option 'deadline': a positive number expected, got 0"] = { deadline = 0 },
      ["user.get: option 'deadline': a number of seconds expected, got table"] = { deadline = {} },
      ["user.get: option 'deadline': a number of seconds expected, got string"] = { deadline = "5" },
      ["user.get: option 'cancel': the result of gumroad.canceller() expected, got table"] = { cancel = {} },
    } do
      assert.equal(want, support.raised(get, options))
    end
    assert.matches("^gumroad.new: option 'cancel': ", support.raised(support.shop, gum, { cancel = {} }))
  end)

  -- Cancelling -------------------------------------------------------------------------------

  it("is cancelled from a concurrent function", function()
    gum:fault { kind = "stall", path = "/v2/user", times = "always" }
    local canceller = gumroad.canceller()
    local values, errors = in_time(gumroad.all, {
      function() return get { cancel = canceller } end,
      function() return get { cancel = canceller } end,
      function()
        local products = shop.products:list()
        canceller:cancel()
        return #products
      end,
    })
    assert.equal(10, values[3])
    for i = 1, 2 do
      assert.same({ "cancelled", true, false }, { errors[i].kind, errors[i].sent, errors[i].retryable })
    end
    assert.is_true(canceller.cancelled)
    assert.equal(0, core.engine():running())
  end)

  it("is cancelled during the pause before a retry", function()
    gum:fault { kind = "status", status = 503, path = "/v2/user", headers = { ["Retry-After"] = "30" } }
    local canceller = gumroad.canceller()
    local _, errors = in_time(gumroad.all, {
      function() return get { cancel = canceller } end,
      function()
        repeat shop.products:list() until gum:stats().requests > 3
        canceller:cancel()
      end,
    })
    assert.same({ "cancelled", 1 }, { errors[1].kind, errors[1].attempts })
  end)

  it("is not sent if it was cancelled before", function()
    local canceller = gumroad.canceller()
    canceller:cancel()
    canceller:cancel()
    for _, run in ipairs {
      function() return get { cancel = canceller } end,
      function() return shop.products:create({ name = "Ink", price = 900 }, { cancel = canceller }) end,
      function() return support.shop(gum, { cancel = canceller }).sales:list() end,
      function() return gumroad.http.request { url = gum.url, cancel = canceller } end,
    } do
      local _, err = run()
      assert.same({ "cancelled", false }, { err.kind, err.sent })
    end
    assert.same({}, support.requests(gum))
  end)

  it("that changes something has an unknown outcome if it was sent", function()
    local before = gum:stats().in_flight
    gum:fault { kind = "stall", method = "POST" }
    local canceller = gumroad.canceller()
    local _, errors = gumroad.all {
      function() return shop.products:create({ name = "Ink", price = 900 }, { cancel = canceller }) end,
      function()
        repeat shop.user:get() until gum:stats().in_flight > before
        canceller:cancel()
      end,
    }
    assert.same({ "outcome_unknown", "cancelled" }, { errors[1].kind, errors[1].cause })
  end)

  it("of an iterator is cancelled from its loop", function()
    local canceller, count = gumroad.canceller(), 0
    local err = support.raised(function()
      for _ in shop.sales:each({}, { cancel = canceller }) do
        count = count + 1
        if count == 5 then canceller:cancel() end
      end
    end)
    assert.same({ "cancelled", 10 }, { err.kind, count })
  end)

  it("of an iterator is cancelled even if the next page has arrived", function()
    local canceller, count = gumroad.canceller(), 0
    local err = support.raised(function()
      for _ in shop.sales:each({}, { cancel = canceller }) do
        count = count + 1
        if count == 5 then
          repeat shop.user:get() until #support.requests(gum) > 2 and core.engine():running() == 0
          canceller:cancel()
        end
      end
    end)
    assert.same({ "cancelled", 10 }, { err.kind, count })
  end)

  it("that uploads is cancelled from its progress function", function()
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local file = assert(io.open(path, "wb"))
    file:write("0123456789")
    file:close()
    local canceller = gumroad.canceller()
    gum:fault { kind = "stall", path = "/_storage/", times = "always" }
    local _, err = in_time(shop.files.upload, shop.files, path, {
      progress = function() canceller:cancel() end,
    }, { cancel = canceller })
    assert.equal("cancelled", err.kind)
    assert.is_table(err.upload)
  end)

  it("is cancelled with a scheduler, like a request to another server", function()
    gum:fault(stalled)
    local canceller, errors = gumroad.canceller(), {}
    local cooperative = support.shop(gum, { sleep = coroutine.yield, cancel = canceller })
    local threads = {
      coroutine.create(function() errors[1] = select(2, cooperative.user:get()) end),
      coroutine.create(function()
        errors[2] = select(2, gumroad.http.request { url = gum.url, sleep = coroutine.yield, cancel = canceller })
      end),
    }
    for turn = 1, 1000 do
      for _, thread in ipairs(threads) do
        if coroutine.status(thread) ~= "dead" then assert(coroutine.resume(thread)) end
      end
      if turn == 20 then canceller:cancel() end
      if errors[1] and errors[2] then break end
    end
    assert.same({ "cancelled", "cancelled" }, { errors[1] and errors[1].kind, errors[2] and errors[2].kind })
  end)

  it("leaves nothing in its canceller", function()
    local canceller = gumroad.canceller()
    for _ = 1, 5 do assert.is_table(get { cancel = canceller }) end
    assert.is_nil(next(canceller.waiting))
    assert.matches("spec/deadline_spec%.lua:%d+: cancel: called with a dot",
      select(2, pcall(function() canceller.cancel() end)))
  end)
end)
