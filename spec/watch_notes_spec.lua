-- What watch tells about its address, its tests and its handlers.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local support = require "support"
local watch = require "gumroad.watch"

local FORM = "application/x-www-form-urlencoded"
local SAFE = "https://hooks.example.com/gumroad/7f3d0c5b9a"
local PATIENCE = 10

local function ignore() end

describe("watch", function()
  local gum, shop, seller_id, notes, errors, open

  setup(function()
    gum = assert(emulator.start { sales = 3, products = 2, subscribers = 0, time_scale = 0.0001 })
    shop = support.shop(gum)
    seller_id = assert(shop.user:get()).user_id
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    notes, errors, open = {}, {}, {}
    assert(shop:ensure_webhooks { remove = true })
  end)
  after_each(function()
    for _, watcher in ipairs(open) do watcher:close() end
  end)

  local function new(options)
    local all = { url = SAFE, port = 0, sale = ignore, on_note = function(text) notes[#notes + 1] = text end,
      on_error = function(...) errors[#errors + 1] = { ... } end }
    for name, value in pairs(options or {}) do all[name] = value end
    local watcher, err = watch.new(shop, all)
    open[#open + 1] = watcher
    return watcher, err
  end

  local function status_of(watcher, fields)
    local body = { resource_name = "sale", sale_id = "s1", seller_id = seller_id }
    for name, value in pairs(fields or {}) do body[name] = value end
    local target = watcher.url:match("^https?://[^/]+(.*)$")
    local transfer = assert(core.engine():send { method = "POST", base_url = "http://127.0.0.1:" .. watcher.port,
      path = target, headers = { ["Content-Type"] = FORM }, body = core.form_encode(body), timeout = PATIENCE })
    while not transfer:done() do watcher:step(PATIENCE) end
    return assert(transfer:result()).status
  end

  local function addresses(name)
    local out = {}
    for i, subscription in ipairs(assert(shop.resource_subscriptions:list { resource_name = name })) do
      out[i] = subscription.post_url
    end
    return out
  end

  -- An address that others can guess ---------------------------------------------------------

  for _, row in ipairs {
    { "https://hooks.example.com/gumroad", nil, true }, { "https://hooks.example.com", nil, true },
    { "https://hooks.example.com/gumroad/webhooks?v=2", nil, true }, { "https://hooks.example.com/hook1", nil, true },
    { "https://hooks.example.com/internationalization", nil, true },
    { "https://hooks.example.com/20260914", nil, true },
    { "https://hooks.example.com/gumroad", "short", true }, { SAFE, nil, false },
    { "https://hooks.example.com/h?key=0a1b2c3d", nil, false },
    { "https://hooks.example.com/gumroad", "correct horse", false },
    { "https://hooks.example.com/4f3c0e6a-9d5b-4b1e-8a57-2f0f6f1f3a10", nil, false },
    { "http://127.0.0.1:0/hook", nil, false },
  } do
    it(("says %s that %s can be guessed%s"):format(row[3] and "" or "nothing of it", row[1],
      row[2] and " with the secret " .. row[2] or ""), function()
      assert(new { url = row[1], secret = row[2] })
      assert.equal(row[3] and 1 or 0, #notes)
      if row[3] then assert.matches("^the url can be guessed, and pings are not signed", notes[1]) end
    end)
  end

  it("makes a secret that nobody guesses, and finds it again", function()
    local first = assert(new { url = "https://hooks.example.com/gumroad", secret = "auto", refund = ignore })
    local secret = first.url:match("^https://hooks%.example%.com/gumroad%?secret=(%x+)$")
    assert.equal(32, #secret)
    assert.same({}, notes)
    assert.same({ first.url }, addresses "sale")
    assert.equal(200, status_of(first))
    local again = assert(new { url = "https://hooks.example.com/gumroad", secret = "auto", refund = ignore })
    assert.equal(first.url, again.url)
    assert.same({ first.url }, addresses "refund")
    local without = assert(new { url = "https://hooks.example.com/gumroad", secret = "auto", subscribe = false })
    assert.equal(first.url, without.url)
    assert.same({}, notes)
    local other = assert(new { url = "https://hooks.example.com/other?a=1", secret = "auto" })
    assert.matches("^https://hooks%.example%.com/other%?a=1&secret=%x+$", other.url)
    assert.are_not.equal(secret, other.url:match("%x+$"))
  end)

  it("takes no part of another address for its secret", function()
    local base = "https://hooks.example.com/gumroad?secret="
    for _, tail in ipairs { "short", "abcdef", ("z"):rep(32), ("a"):rep(32) .. "&x=1", "" } do
      assert(shop.resource_subscriptions:create { resource_name = "sale", post_url = base .. tail })
    end
    local watcher = assert(new { url = "https://hooks.example.com/gumroad", secret = "auto" })
    assert.equal(32, #watcher.url:match("secret=(%x+)$"))
    assert.are_not.equal(("a"):rep(32), watcher.url:match("secret=(%x+)$"))
  end)

  it("has no secret to find if there is no webhook", function()
    local watcher, err = new { secret = "auto", subscribe = false }
    assert.is_nil(watcher)
    assert.equal("config", err.kind)
    assert.matches('secret = "auto": there is no webhook for this address yet', err.message)
  end)

  -- An old address ---------------------------------------------------------------------------

  it("says that an old address still gets the events, and ensure_webhooks ends its webhooks alone", function()
    local old, kept = "https://old.example.com/gumroad/0123456789abcdef", "https://hooks.example.com/kept/1a2b3c4d5e"
    assert(shop:ensure_webhooks { sale = old, refund = old, cancellation = old })
    assert(shop:ensure_webhooks { refund = kept })
    local watcher = assert(new { refund = ignore })
    assert.equal(1, #notes)
    assert.matches("^the same events go to [^ ]+, [^ ]+ as well; ", notes[1])
    for _, shown in ipairs { "https://old.example.com/gumroad/0123...", "https://hooks.example.com/kept/1a2b..." } do
      assert.truthy(notes[1]:find(shown, 1, true), notes[1])
    end
    local there = {}
    for i, subscription in ipairs(watcher.others) do
      there[i] = subscription.resource_name .. " " .. subscription.post_url
    end
    table.sort(there)
    assert.same({ "refund " .. kept, "refund " .. old, "sale " .. old }, there)
    local result = assert(shop:ensure_webhooks { sale = SAFE, refund = SAFE, remove = old })
    assert.same({ 0, 2, 3, 1 }, { #result.made, #result.kept, #result.removed, #result.others })
    assert.equal(kept, result.others[1].post_url)
    assert.same({ {}, { SAFE } }, { addresses "cancellation", addresses "sale" })
    assert.equal(2, #addresses "refund")
    assert(new { refund = ignore })
    assert(shop:ensure_webhooks { remove = kept })
    notes = {}
    assert(new { refund = ignore })
    assert.same({}, notes)
  end)

  it("says nothing of other addresses while it is tried on this machine", function()
    assert(shop:ensure_webhooks { sale = "http://127.0.0.1/old" })
    local watcher = assert(new { url = "http://127.0.0.1:0/hook" })
    assert.same({}, notes)
    assert.equal(1, #watcher.others)
  end)

  it("removes no address that is wanted", function()
    assert.matches("^ensure_webhooks: sale: the URL is to be removed, too$",
      support.raised(shop.ensure_webhooks, shop, { sale = SAFE, remove = SAFE }))
  end)

  it("says where it listens, on stderr, if nobody asks when it is ready", function()
    local real, lines, step = io.stderr, {}, nil
    io.stderr = { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end }  -- luacheck: ignore 122
    local real_new = watch.new
    finally(function()
      io.stderr, watch.new = real, real_new  -- luacheck: ignore 122
    end)
    watch.new = function(...)
      local watcher, err = real_new(...)
      step = watcher and watcher.step
      function watcher:step(seconds)
        self:stop()
        return step(self, math.min(seconds, 0))
      end
      return watcher, err
    end
    assert(shop:watch { url = SAFE, port = 0, sale = ignore })
    assert.equal(1, #lines)
    assert.matches("^gumroad: listening on port %d+ for pings to https://hooks%.example%.com/gumroad/7f3d%.%.%.\n$",
      lines[1])
  end)

  -- Tests ------------------------------------------------------------------------------------

  it("keeps test purchases and test pings from its handlers, and counts them", function()
    local got = {}
    local watcher = assert(new { sale = function(_, event) got[#got + 1] = event.test end })
    assert.equal(200, status_of(watcher, { test = "true" }))
    assert.equal(200, status_of(watcher, { test = "true", resource_name = "" }))
    assert.equal(200, status_of(watcher))
    assert.same({ { false }, 2 }, { got, watcher.tests })
  end)

  it("passes them to its handlers if it is asked to", function()
    local got = {}
    local watcher = assert(new { test = true, sale = function(_, event) got[#got + 1] = event.test end })
    assert.equal(200, status_of(watcher, { test = "true" }))
    assert.equal(200, status_of(watcher))
    assert.same({ { true, false }, 0 }, { got, watcher.tests })
  end)

  it("does not take a sale for a test because of what a buyer wrote", function()
    local got = 0
    local watcher = assert(new { sale = function() got = got + 1 end })
    assert.equal(200, status_of(watcher, { test = "true", custom_fields = { test = "true" } }))
    assert.same({ 1, 0 }, { got, watcher.tests })
  end)

  -- Handlers that make a mistake --------------------------------------------------------------

  it("tells a handler its own line if it writes a dot instead of a colon", function()
    for _, name in ipairs { "stop", "close", "step" } do
      local watcher = assert(new { sale = function(_, _, control) control[name]() end })
      assert.equal(503, status_of(watcher))
      local want = "^spec/watch_notes_spec%%.lua:%%d+: watcher%%.%s: called with a dot; write watcher:%s%%(%%)$"
      assert.matches(want:format(name, name), errors[#errors][1].message)
    end
  end)

  it("shows the frames of a handler that raised, and none of its own", function()
    local function deeper() error("no room") end
    local function deep() deeper() end
    local watcher = assert(new { sale = function()
      deep()
      return nil
    end })
    assert.equal(503, status_of(watcher))
    local traceback = errors[1][1].traceback
    assert.matches("^stack traceback:\n", traceback)
    local own = 0
    for line in traceback:gmatch("[^\n]+") do
      if line:find("spec/watch_notes_spec.lua", 1, true) then own = own + 1 end
    end
    assert.equal(3, own, traceback)
    assert.is_nil(traceback:find("gumroad/", 1, true), traceback)
    assert.is_nil(traceback:find("busted", 1, true), traceback)
  end)

  it("shows the beginning of a traceback that Lua cuts", function()
    local function recurse(depth)
      if depth == 0 then error("deep") end
      recurse(depth - 1)
      return nil
    end
    local watcher = assert(new { sale = function()
      recurse(100)
      return nil
    end })
    assert.equal(503, status_of(watcher))
    local traceback = errors[1][1].traceback
    local _, lines = traceback:gsub("\n", "")
    assert.is_true(lines >= 8 and lines <= 12, traceback)
    assert.is_nil(traceback:find("gumroad/", 1, true), traceback)
  end)

  it("shows nothing of the library for a mistake in a library call, but its words", function()
    local watcher = assert(new { sale = function()
      shop.sales:get()
      return nil
    end })
    assert.equal(503, status_of(watcher))
    assert.matches("^spec/watch_notes_spec%.lua:%d+: sales%.get: sale_id is missing$", errors[1][1].message)
  end)
end)
