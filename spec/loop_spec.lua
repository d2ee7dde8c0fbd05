local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local Error = require "gumroad.base.error"
local support = require "support"

-- Only Lua 5.1 cannot yield from inside pcall or the iterator of a for loop.
local yields_anywhere = coroutine.resume(coroutine.create(function() pcall(coroutine.yield) end))
  and select(2, coroutine.resume(coroutine.create(function() return pcall(coroutine.yield) end))) == nil

describe("Concurrent calls", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 25, products = 12 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  -- A response that arrives while a number of other requests is in progress.
  local function slow(count)
    gum:fault { kind = "delay", seconds = 0.1, times = count }
  end

  it("return the value of each function at its index", function()
    local values, errors = gumroad.all {
      function() return shop.user:get().name end,
      function() return #shop.products:list() end,
      function() return "no call at all" end,
      function() end,
    }
    assert.same({ "Ana Petrova", 10, "no call at all" }, values)
    assert.same({}, errors)
  end)

  it("return the error of each function at its index", function()
    local values, errors = gumroad.all {
      function() return shop.products:get("no-such-id") end,
      function() return shop.user:get() end,
      function() error(Error.new("invalid", "raised")) end,
    }
    assert.is_nil(values[1])
    assert.equal("not_found", errors[1].kind)
    assert.is_table(values[2])
    assert.is_nil(errors[2])
    assert.equal("raised", errors[3].message)
  end)

  it("have no error where a second result is not one", function()
    local values, errors = gumroad.all {
      function() return shop:request { url = "user" } end, function() return "value", "more" end,
      function() return false, "error" end,
    }
    assert.is_true(values[1].success)
    assert.same({ [3] = "error" }, errors)
  end)

  it("are all in progress at the same time", function()
    slow(5)
    local functions = {}
    for i = 1, 5 do functions[i] = function() return shop.user:get() end end
    assert.equal(5, #gumroad.all(functions))
    assert.equal(5, gum:stats().max_in_flight)
  end)

  it("may consist of several calls each", function()
    local function walk()
      local count, key = 0, nil
      repeat
        local list = assert(shop.sales:list { page_key = key })
        count, key = count + #list, list.next_page_key
      until not key
      return count
    end
    assert.same({ 25, 25, 25 }, (gumroad.all { walk, walk, walk }))
  end)

  it("are retried without delaying the others", function()
    finally(support.without_pauses())
    gum:fault { kind = "status", status = 503, path = "/v2/user", times = "always" }
    local values = gumroad.all {
      function() return shop.user:get { retries = 10000 } end,  -- until the other one is finished
      function()
        local list = shop.products:list()
        gum:clear_faults()
        return list
      end,
    }
    assert.equal(2, #values)
  end)

  it("pause before they are retried", function()
    gum:fault { kind = "status", status = 503, path = "/v2/user" }
    local values = gumroad.all {
      function() return shop.user:get() end,
      function() return shop.products:list() end,
    }
    assert.equal(2, #values)
  end)

  it("raise a mistake again, with its position", function()
    local _, message = pcall(gumroad.all, {
      function() return shop.user:get() end,
      function() return ("text").name.first end,
    })
    assert.truthy(message:find("loop_spec.lua:%d+: attempt to index"))
  end)

  it("raise a mistake that comes after a call", function()
    local message = support.raised(gumroad.all, {
      function() shop.user:get(); error("after the call") end,
    })
    assert.truthy(message:find("after the call", 1, true))
  end)

  it("leave nothing running after a mistake", function()
    pcall(gumroad.all, { function() return shop.user:get() end, function() error("at once") end })
    collectgarbage()
    collectgarbage()
    assert.equal(0, core.engine():running())
  end)

  it("may be nested", function()
    local values = gumroad.all {
      function()
        return gumroad.all { function() return shop.user:get().name end, function() return 2 end }
      end,
      function() return #shop.products:list() end,
    }
    assert.same({ { "Ana Petrova", 2 }, 10 }, values)
  end)

  it("are all in progress at the same time when nested", function()
    slow(4)
    local function one() return shop.user:get() end
    local function two() return gumroad.all { one, one } end
    gumroad.all { two, two }
    assert.equal(4, gum:stats().max_in_flight)
  end)

  it("are not lost if one finishes while another one blocks", function()
    gum:fault { kind = "delay", seconds = 0.1, path = "/v2/products" }
    local values = gumroad.all {
      function() return shop.user:get().name end,
      function() return coroutine.wrap(function() return #shop.products:list() end)() end,
    }
    assert.same({ "Ana Petrova", 10 }, values)
  end)

  it("continue before anything waits if another one blocked until they could", function()
    gum:fault { kind = "delay", seconds = 0.02, path = "/v2/user" }
    gum:fault { kind = "delay", seconds = 0.1, path = "/v2/products" }
    local has_name, has_blocked, has_slept = false, false, false
    gumroad.all({
      function() has_name = shop.user:get().name ~= nil end,
      function()
        coroutine.wrap(function() return shop.products:list() end)()
        has_blocked = true
      end,
    }, { sleep = function() has_slept = has_slept or (has_blocked and not has_name) end })
    assert.same({ true, true, false }, { has_name, has_blocked, has_slept })
  end)

  it("may be C functions", function()
    assert.equal("a", gumroad.all({ coroutine.wrap(function() return "a" end) })[1])
  end)

  it("without functions are done at once", function()
    assert.same({}, (gumroad.all {}))
  end)

  if yields_anywhere then
    it("may iterate over pages in a for loop", function()
      local function walk()
        local count = 0
        for _ in shop.sales:each() do count = count + 1 end
        return count
      end
      assert.same({ 25, 25 }, (gumroad.all { walk, walk }))
    end)

    it("may catch a mistake of a nested all", function()
      local values = gumroad.all {
        function()
          local ok, message = pcall(gumroad.all, { function() error("inner mistake") end })
          return not ok and message
        end,
        function() return shop.user:get().name end,
      }
      assert.truthy(values[1]:find("inner mistake", 1, true))
      assert.equal("Ana Petrova", values[2])
    end)
  else
    it("say what to do if this Lua cannot wait", function()
      local message = support.raised(gumroad.all, { function()
        for sale in shop.sales:each() do assert(sale) end
      end })
      assert.truthy(message:find("call list instead of each", 1, true))
    end)
  end

  it("wait inside a coroutine of the caller", function()
    local inner = coroutine.wrap(function() return shop.user:get().name end)
    assert.equal("Ana Petrova", inner())
    local values = gumroad.all { function()
      return coroutine.wrap(function() return shop.user:get().name end)()
    end }
    assert.same({ "Ana Petrova" }, values)
  end)
end)

describe("A cooperative scheduler", function()
  local gum

  setup(function() gum = assert(emulator.start { sales = 25, products = 12 }) end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  -- Runs functions in turn. Each one yields when it sleeps.
  local function run(functions)
    local threads, turns = {}, 0
    for i, each in ipairs(functions) do threads[i] = coroutine.create(each) end
    while #threads > 0 do
      turns = turns + 1
      for i = #threads, 1, -1 do
        assert(coroutine.resume(threads[i]))
        if coroutine.status(threads[i]) == "dead" then table.remove(threads, i) end
      end
    end
    return turns
  end

  it("runs other things while a call waits", function()
    local shop = support.shop(gum, { sleep = coroutine.yield })
    gum:fault { kind = "delay", seconds = 0.1, times = 2 }
    local names, others = {}, 0
    run {
      function() names[1] = shop.user:get().name end,
      function() names[2] = shop.user:get().name end,
      function()
        while #names < 2 do
          others = others + 1
          coroutine.yield()
        end
      end,
    }
    assert.same({ "Ana Petrova", "Ana Petrova" }, names)
    assert.is_true(others > 1)
    assert.equal(2, gum:stats().max_in_flight)
  end)

  it("is asked to sleep for at most a millisecond", function()
    local longest = 0
    local shop = support.shop(gum, { sleep = function(seconds)
      assert(type(seconds) == "number" and seconds >= 0)
      longest = math.max(longest, seconds)
    end })
    gum:fault { kind = "delay", seconds = 0.05 }
    assert.is_table(shop.user:get())
    assert.is_true(longest > 0 and longest <= 0.001)
  end)

  it("sleeps during the pause before another attempt", function()
    local slept = 0
    local shop = support.shop(gum, { sleep = function() slept = slept + 1 end })
    gum:fault { kind = "status", status = 503, headers = { ["Retry-After"] = "1" } }
    local start = core.now()
    assert.is_table(shop.user:get())
    assert.is_true(core.now() - start >= 1)
    assert.is_true(slept > 10)
  end)

  it("may be passed to gumroad.all", function()
    local slept = 0
    local shop = support.shop(gum)
    gum:fault { kind = "delay", seconds = 0.05 }
    local values = gumroad.all({ function() return shop.user:get().name end },
      { sleep = function() slept = slept + 1 end })
    assert.same({ "Ana Petrova" }, values)
    assert.is_true(slept > 0)
  end)
end)

describe("In nginx", function()
  local real
  before_each(function() real = rawget(_G, "ngx") end)
  after_each(function() rawset(_G, "ngx", real) end)

  for _, phase in ipairs {
    "init", "init_worker", "set", "header_filter", "body_filter", "log", "balancer", "exit_worker",
  } do
    it("a call in the phase " .. phase .. " says that it cannot wait and sends nothing", function()
      local shop = gumroad.new { access_token = "a", base_url = "http://127.0.0.1:1" }
      rawset(_G, "ngx", { get_phase = function() return phase end })
      local user, err = shop.user:get()
      assert.is_nil(user)
      assert.equal("config", err.kind)
      local words = "nothing can wait in nginx's " .. phase .. " phase; make the call from ngx.timer.at(0, ...)"
      assert.equal(1, (err.message:find(words, 1, true)))
      assert.equal(err.kind, support.raised(gumroad.all, {}).kind)
      assert.equal(0, core.engine():running())
    end)

    it("a list in the phase " .. phase .. " says that it cannot wait", function()
      local shop = gumroad.new { access_token = "a", base_url = "http://127.0.0.1:1" }
      rawset(_G, "ngx", { get_phase = function() return phase end })
      local list, err = shop.sales:list()
      assert.is_nil(list)
      assert.equal("config", err.kind)
      assert.equal("config", support.raised(shop.sales:each()).kind)
      assert.equal(0, core.engine():running())
    end)
  end
end)
