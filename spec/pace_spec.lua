-- Gumroad's rate limits are kept before a request is sent.
local core = require "gumroad.core"
local client_limits = require "gumroad.client.limits"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local limits = require "gumroad.api.limits"
local pace = require "gumroad.client.pace"
local retry = require "gumroad.client.retry"
local support = require "support"
local Throttle = require "gumroad.emulator.http.throttle"

-- Requests that limits count, as the throttle sees them and as a client is given them.
local REQUESTS = {
  { "POST", "/v2/products" }, { "PUT", "/v2/products/a" }, { "PUT", "/v2/products/b" }, { "PATCH", "/v2/products/b" },
  { "POST", "/v2/products/a/preview_custom_html" }, { "POST", "/v2/user/preview_custom_html" },
  { "PUT", "/v2/user/custom_html" }, { "POST", "/v2/media" }, { "GET", "/v2/sales?page=11" }, { "GET", "/v2/sales" },
  { "POST", "/oauth/device/code" }, { "POST", "/oauth/token", "device_code=x&grant_type="
    .. "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code" },
}

-- A world with a clock of its own: functions take turns, each yields the time at which it goes on.
local function simulate(start, functions)
  local now, threads = start, {}
  for i, run in ipairs(functions) do threads[i] = { at = start, co = coroutine.create(run) } end
  local function clock() return now end
  local function run()
    while true do
      local first
      for _, thread in ipairs(threads) do
        if coroutine.status(thread.co) ~= "dead" and (not first or thread.at < first.at) then first = thread end
      end
      if not first then return end
      now = math.max(now, first.at)
      first.at = now + (select(2, assert(coroutine.resume(first.co))) or 0)
    end
  end
  return clock, run
end

-- Tokens of two clients, as a throttle sees them.
local TOKENS = { "Bearer one", "Bearer two" }

local function as_raw(request, token)
  local path, query = request[2]:match("^([^?]*)%??(.*)$")
  return { method = request[1], path = path, query = query, headers = { authorization = token },
    body = request[3] or "" }
end

local function uses_of(request, token)
  return client_limits.uses({ base_url = "https://api.gumroad.com", token_id = token },
    { method = request[1], path = request[2], body = request[3] })
end

describe("Pacing", function()
  -- Many callers, for some hours, at the mercy of dice. What the throttle refuses, and how many requests it saw.
  local function play(seed, callers, hours)
    math.randomseed(seed)
    local throttle, functions, result = Throttle.new(), {}, { sent = 0, refused = 0, waits = 0, given_up = 0 }
    local start = 8 ^ 6 * 100 + math.random() * 8 ^ 6
    local stop, clock, pacer = start + hours * 3600, nil, nil

    local function call(request, token)
      local uses = uses_of(request, token)
      local ticket = uses and pacer:plan(uses, 30)
      if ticket and ticket.wait > 60 then
        pacer:finish(ticket, false)
        result.given_up = result.given_up + 1
        return coroutine.yield(math.random() * 3 * ticket.wait)
      end
      local wait = ticket and ticket.wait or 0
      while wait > 0 do
        result.waits = result.waits + 1
        coroutine.yield(wait)
        if math.random() < 0.02 then return pacer:finish(ticket, false) end  -- cancelled
        wait = pacer:wait(ticket)
      end
      coroutine.yield(math.random() < 0.4 and math.random() * 25 or math.random() * 0.2)  -- on its way
      result.sent = result.sent + 1
      if throttle:check(as_raw(request, token), clock()) then result.refused = result.refused + 1 end
      coroutine.yield(math.random() * 2)
      if ticket then pacer:finish(ticket, true) end
    end

    for i = 1, callers do
      functions[i] = function()
        local favorite = REQUESTS[math.random(#REQUESTS)]
        while clock() < stop do
          local request = math.random() < 0.7 and favorite or REQUESTS[math.random(#REQUESTS)]
          call(request, TOKENS[math.random(2)])
          coroutine.yield(math.random() < 0.3 and 0 or math.random() * 20)
        end
      end
    end
    local run
    clock, run = simulate(start, functions)
    pacer = pace.new(function() return clock() end)
    run()
    return result
  end

  for seed = 1, 6 do
    it("lets no request through that Gumroad would refuse, whatever happens, world " .. seed, function()
      local result = play(seed, 3 + seed * 7, 3)
      assert.equal(0, result.refused)
      assert.is_true(result.sent > 300 and result.waits > 0 and result.given_up > 10,
        ("%d %d %d"):format(result.sent, result.waits, result.given_up))
    end)
  end

  -- A pacer, and a function that sends as much as it allows at a time; its responses take some seconds.
  local function new_pacer()
    local now = 0
    local pacer = pace.new(function() return now end)
    return pacer, function(request, time, count, seconds)
      local sent, wait = 0, nil
      now = time
      local uses, tickets = uses_of(request, "one"), {}
      for _ = 1, count do
        local ticket = pacer:plan(uses, 30)
        if ticket.wait > 0 then
          wait = wait or ticket
          pacer:finish(ticket, false)
        else
          sent = sent + 1
          tickets[sent] = ticket
        end
      end
      now = now + (seconds or 0)
      for _, ticket in ipairs(tickets) do pacer:finish(ticket, true) end
      return sent, wait
    end
  end

  it("allows the whole limit at once, and again after its time", function()
    local _, send = new_pacer()
    local sent, first = send({ "POST", "/v2/products" }, 0, 15)
    assert.same({ 10, 60, 10, 60 }, { sent, first.wait, first.requests, first.seconds })
    assert.equal(0, (send({ "POST", "/v2/products" }, 59.9, 1)))
    assert.equal(10, (send({ "POST", "/v2/products" }, 60, 15)))
  end)

  it("knows all levels: 30 a minute become 150 in nine hours, and 180 in three days with one token", function()
    local _, send = new_pacer()
    local total, at_level = 0, {}
    for minute = 0, 8 ^ 6 / 60 - 1 do
      local sent, wait = send({ "PUT", "/v2/products/a" }, minute * 60, 30)
      total = total + sent
      if wait and wait.seconds then at_level[wait.seconds] = true end
      if minute * 60 < 8 ^ 5 and (minute + 1) * 60 >= 8 ^ 5 then assert.equal(150, total) end
    end
    assert.equal(180, total)
    for level = 3, 6 do assert.is_true(at_level[8 ^ level], level) end  -- the second allows what the first does
  end)

  it("counts a request as sent until its response is there", function()
    local _, send = new_pacer()
    assert.equal(10, (send({ "POST", "/v2/products" }, 0, 10, 5)))
    assert.equal(0, (send({ "POST", "/v2/products" }, 64.9, 1)))
    assert.equal(10, (send({ "POST", "/v2/products" }, 65, 10)))
  end)

  it("waits longer if a response comes late, and keeps the order", function()
    local now, uses, first, waiting = 0, uses_of { "POST", "/v2/products" }, {}, {}
    local pacer = pace.new(function() return now end)
    for i = 1, 10 do first[i] = pacer:plan(uses, 100) end
    for i, time in ipairs { 0, 20, 50 } do
      now = time
      waiting[i] = pacer:plan(uses, 100)
      assert.equal(60, waiting[i].wait)  -- as long as there is no response
    end
    now = 55
    for i = 1, 2 do pacer:finish(first[i], true) end
    now = 60
    assert.equal(55, pacer:wait(waiting[1]))
    assert.equal(55, pacer:wait(waiting[2]))
    assert.equal(60, pacer:wait(waiting[3]))
    now = 115
    assert.same({ 0, 0, 60 }, { pacer:wait(waiting[2]), pacer:wait(waiting[1]), pacer:wait(waiting[3]) })
    for i = 3, 10 do pacer:finish(first[i], true) end
    pacer:finish(waiting[1], false)  -- cancelled: its place is free
    assert.same({ 0, 60 }, { pacer:wait(waiting[3]), pacer:plan(uses, 100).wait })
  end)

  it("does not count what was never sent", function()
    local pacer = new_pacer()
    for _ = 1, 50 do
      local ticket = pacer:plan(uses_of { "POST", "/v2/products" }, 30)
      assert.equal(0, ticket.wait)
      pacer:finish(ticket, false)
    end
  end)

  it("counts a request that nobody finished until its attempt must have ended", function()
    local now = 0
    local pacer = pace.new(function() return now end)
    for _ = 1, 10 do pacer:plan(uses_of { "POST", "/v2/products" }, 30) end
    now = 89
    assert.equal(1, math.floor(pacer:plan(uses_of { "POST", "/v2/products" }, 30).wait + 0.5))
  end)

  it("counts such a request at that time, even if it is noticed after the response to a later one", function()
    local now, uses = 0, uses_of { "POST", "/v2/products" }
    local pacer = pace.new(function() return now end)
    local tickets = { pacer:plan(uses, 30) }  -- never finished: it counts at 30
    now = 29
    for i = 2, 10 do tickets[i] = pacer:plan(uses, 30) end
    now = 31
    for i = 2, 10 do pacer:finish(tickets[i], true) end
    now = 32
    assert.equal(30 + 60 - 32, pacer:plan(uses, 30).wait)
  end)

  it("forgets what no longer counts", function()
    local pacer, send = new_pacer()
    for i = 1, 3000 do send({ "PUT", "/v2/products/" .. i }, i * 600, 1) end
    local count = 0
    for _ in pairs(pacer.lists) do count = count + 1 end
    assert.is_true(count < 2000, count)
    send({ "PUT", "/v2/products/x" }, 1e9, 1)
    pacer:sweep()
    count = 0
    for _ in pairs(pacer.lists) do count = count + 1 end
    assert.is_true(count <= 2, count)
  end)

  it("counts products, tokens and servers apart, and PATCH with PUT", function()
    local function keys(request, client)
      local out = {}
      for i, use in ipairs(client_limits.uses(client, request) or {}) do out[i] = use.key end
      return table.concat(out, "\n")
    end
    local one, two = { base_url = "https://a", token_id = "1" }, { base_url = "https://a", token_id = "2" }
    local put = { method = "PUT", path = "/v2/products/a" }
    assert.equal(keys(put, one), keys({ method = "PATCH", path = "/v2/products/a" }, one))
    assert.are_not.equal(keys(put, one), keys({ method = "PUT", path = "/v2/products/b" }, one))
    assert.are_not.equal(keys(put, one), keys(put, two))
    assert.are_not.equal(keys(put, one), keys(put, { base_url = "https://b", token_id = "1" }))
    assert.equal("", keys({ method = "GET", path = "/v2/products/a" }, one))
    assert.equal("", keys({ method = "GET", path = "/v2/sales?page=10" }, one))
    assert.are_not.equal("", keys({ method = "GET", path = "/v2/sales?page=11" }, one))
    assert.equal("", keys({ method = "POST", url = "https://s3.example.com/v2/products", path = "/v2/products" }, one))
  end)

  it("keeps no token, and knows it again", function()
    local id = client_limits.token_id "kD5vB2mX9qLw7RtY3nZpH8sJ"
    assert.equal(id, client_limits.token_id "kD5vB2mX9qLw7RtY3nZpH8sJ")
    assert.are_not.equal(id, client_limits.token_id "kD5vB2mX9qLw7RtY3nZpH8sK")
    assert.matches("^%d+%-%d+$", id)
  end)

  it("is on at Gumroad's own address, and elsewhere if it is asked for", function()
    for address, own in pairs {
      ["https://api.gumroad.com"] = true, ["https://API.GUMROAD.COM/v2"] = true, ["https://gumroad.com"] = true,
      ["https://gumroad.com.example.com"] = false, ["https://agumroad.com"] = false, ["http://127.0.0.1:8089"] = false,
    } do
      assert.equal(own, client_limits.is_gumroad(address), address)
    end
  end)

  it("reads the limits that the throttle enforces", function()
    assert.same({}, limits.matching("GET", "/v2/products"))
    assert.equal(2, #limits.matching("PATCH", "/api/v2/products/a.json"))
    for _, row in ipairs(limits) do
      local path = row.path:gsub(":[%w_]+", "x")
      assert.is_true(#limits.matching(row.method, path) > 0)
    end
  end)
end)

describe("A shop that keeps Gumroad's limits", function()
  local gum
  before_each(function()
    client_limits.pacer.lists = {}
    gum = assert(emulator.start { sales = 3, products = 3, throttle = true })
  end)
  after_each(function() gum:stop() end)

  local function create(shop, options)
    return function() return shop.products:create({ name = "Ink", price = 900 }, options) end
  end

  local function many(count, run)
    local functions = {}
    for i = 1, count do functions[i] = run end
    return gumroad.all(functions)
  end

  local function sent(method, path)
    local count = 0
    for _, request in ipairs(support.requests(gum)) do
      if request.method == method and request.path == path then count = count + 1 end
    end
    return count
  end

  -- The emulator's window of a minute must not end while a spec counts.
  local function not_at_the_end_of_a_window()
    local left = 60 - os.time() % 60
    if left < 5 then gum:advance(left + 1) end
  end

  it("waits no longer than a minute or its deadline: nothing is sent", function()
    not_at_the_end_of_a_window()
    local shop = support.shop(gum, { pace = true })
    local start = core.now()
    local values, errors = many(14, create(shop, { deadline = 5 }))
    assert.is_true(core.now() - start < 4)
    local made, refused = 0, 0
    for i = 1, 14 do
      if values[i] then made = made + 1
      else
        refused = refused + 1
        local err = errors[i]
        assert.same({ "rate_limit", 0, false, true }, { err.kind, err.attempts, err.sent, err.retryable })
        assert.is_nil(err.status)
        assert.is_true(err.retry_after > 50 and err.retry_after <= 61, err.retry_after)
        assert.matches("^Gumroad allows 10 of these requests in 60 seconds, and this program has sent as many: nothing",
          err.message)
      end
    end
    assert.same({ 10, 4, 10 }, { made, refused, sent("POST", "/v2/products") })
  end)

  it("never sends beyond the second level", function()
    local shop = support.shop(gum, { pace = true })
    local uses = client_limits.uses({ base_url = gum.url, token_id = "x" }, { method = "POST", path = "/v2/products" })
    for _ = 1, 20 do  -- as if they were sent long enough ago for the first level
      local ticket = client_limits.pacer:plan({ uses[1] }, 30)
      client_limits.pacer:finish(ticket, true)
    end
    local list = client_limits.pacer.lists[uses[1].key]
    for i = 1, 20 do list.done[i] = core.now() - 61 end
    local _, err = create(shop, { deadline = 2 })()
    assert.same({ "rate_limit", 3 }, { err.kind, err.retry_after })
    assert.matches("allows 20 of these requests in 64 seconds", err.message)
  end)

  local function late_page(shop)
    return function() return shop:request { url = "/v2/sales?page=11" } end
  end

  local function check_late_pages(shop)
    local start = core.now()
    local values, errors = many(25, late_page(shop))
    assert.same({}, errors)
    assert.equal(25, #values)
    assert.is_true(core.now() - start >= 2)
  end

  it("waits for its turn, side by side", function()
    check_late_pages(support.shop(gum, { pace = true, retries = 0 }))
  end)

  it("shares its count with all shops of the process", function()
    local options = { pace = true, retries = 0 }
    local first, second = support.shop(gum, options), support.shop(gum, options)
    local start = core.now()
    local functions = {}
    for i = 1, 15 do functions[i] = late_page(i % 2 == 0 and first or second) end
    local _, errors = gumroad.all(functions)
    assert.same({}, errors)
    assert.is_true(core.now() - start >= 1)
  end)

  it("waits with a scheduler's sleep, and can be cancelled", function()
    local canceller = gumroad.canceller()
    local shop = support.shop(gum, { pace = true, retries = 0, sleep = coroutine.yield, cancel = canceller })
    local threads, errors, done = {}, {}, 0
    for i = 1, 15 do
      threads[i] = coroutine.create(function()
        local _, err = late_page(shop)()
        done, errors[i] = done + 1, type(err) == "table" and err.kind or nil
      end)
    end
    while done < 15 do
      for i = 1, 15 do
        if coroutine.status(threads[i]) ~= "dead" then assert(coroutine.resume(threads[i])) end
      end
      if done == 10 then canceller:cancel() end
    end
    local cancelled = 0
    for i = 1, 15 do cancelled = cancelled + (errors[i] == "cancelled" and 1 or 0) end
    assert.equal(5, cancelled)
    assert.equal(10, sent("GET", "/v2/sales"))
  end)

  it("is not the default for an emulator", function()
    not_at_the_end_of_a_window()
    local shop = support.shop(gum)
    local _, errors = many(14, create(shop))
    local refused = 0
    for i = 1, 14 do
      if errors[i] then
        refused = refused + 1
        assert.same({ "rate_limit", 429, 1 }, { errors[i].kind, errors[i].status, errors[i].attempts })
      end
    end
    assert.same({ 4, 14 }, { refused, sent("POST", "/v2/products") })
  end)

  it("repeats a 429 of such an operation only if the server says when", function()
    finally(support.without_pauses())
    for _, paced in ipairs { true, false } do
      local shop = support.shop(gum, { pace = paced })
      gum:reset_stats()
      gum:fault { kind = "status", status = 429, path = "/v2/products/x", times = 2 }
      local _, err = shop.products:update("x", { name = "Ink" })
      assert.same({ "rate_limit", 1 }, { err.kind, err.attempts })
      gum:clear_faults()
      gum:fault { kind = "status", status = 429, path = "/v2/products/x", headers = { ["Retry-After"] = "1" } }
      _, err = shop.products:update("x", { name = "Ink" })
      assert.same({ "not_found", 2 }, { err.kind, err.attempts })
      gum:fault { kind = "status", status = 429, path = "/v2/user", times = 2 }
      assert.is_table(shop.user:get())
    end
  end)

  it("counts each attempt", function()
    finally(support.without_pauses())
    local shop = support.shop(gum, { pace = true })
    gum:fault { kind = "status", status = 503, path = "/v2/products/x", times = 2 }
    shop.products:update("x", { name = "Ink" })
    local uses = client_limits.uses({ base_url = gum.url, token_id = client_limits.token_id(gum.access_token) },
      { method = "PUT", path = "/v2/products/x" })
    for _, use in ipairs(uses) do
      assert.same({ 3, 0 }, { #client_limits.pacer.lists[use.key].done, #client_limits.pacer.lists[use.key].open })
    end
  end)

  it("counts no attempt that found no server", function()
    local shop = support.shop(gum, { pace = true, retries = 0, base_url = "http://127.0.0.1:" .. support.free_port() })
    for _ = 1, 35 do assert.equal("network", select(2, shop.products:update("x", { name = "Ink" })).kind) end
  end)
end)

describe("retry.is_retryable", function()
  it("knows that nothing was sent", function()
    assert.is_true(retry.is_retryable(false, { kind = "rate_limit", sent = false }))
  end)
end)
