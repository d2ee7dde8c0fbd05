-- Lists of sales that take Gumroad too long as a whole. Here, the emulator refuses queries over more
-- than `max_days` days.
local date = require "gumroad.base.date"
local emulator = require "gumroad.emulator"
local support = require "support"
local ids_of, collect = support.ids, support.collect

local NOW = date.parse "2026-09-14T12:00:00Z"
local DAY = 86400

describe("A list of sales that takes too long", function()
  local gum, shop, sales, all  -- newest first, over two years

  setup(function()
    gum = assert(emulator.start { sales = 300, products = 12, now = NOW })
    for _ = 1, 3 do assert(gum:sell {}) end  -- today
    shop = support.shop(gum)
    sales = assert(shop.sales:list { limit = 1000 })
    all = ids_of(sales)
    assert.equal(303, #all)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function allow(max_days)
    assert(gum:fault { kind = "query_timeout", max_days = max_days, times = "always" })
  end

  local function asked()
    return #support.requests(gum)
  end

  for _, max_days in ipairs { 30, 365, 731 } do
    it(("is complete and in order, with %d days at a time"):format(max_days), function()
      allow(max_days)
      assert.same(all, ids_of(collect(shop.sales:each())))
    end)
  end

  for _, max_days in ipairs { 1, 2, 7, 30, 365 } do
    it(("has the sales between two days, with %d days at a time"):format(max_days), function()
      allow(max_days)
      local after, before = "2026-01-17", "2026-08-03"
      local expected = {}
      for _, sale in ipairs(sales) do
        if sale.created_at >= after and sale.created_at < before then expected[#expected + 1] = sale.id end
      end
      local list = assert(shop.sales:list { after = after, before = before, limit = 1000 })
      assert.same(expected, ids_of(list))
      assert.is_true(list.complete)
    end)
  end

  it("is exact for bounds that are finer than a day", function()
    allow(5)
    local newest, oldest = sales[20].created_at, sales[70].created_at
    local list = assert(shop.sales:list { after = oldest, before = newest, limit = 1000 })
    assert.same({ (table.unpack or unpack)(all, 21, 70) }, ids_of(list))
  end)

  it("requests the newest half first", function()
    allow(16)
    assert(shop.sales:list { after = "2026-08-01", before = "2026-09-02", limit = 1 })
    local queries = {}
    for i, request in ipairs(support.requests(gum)) do queries[i] = request.query end
    assert.same({ "after=2026-08-01&before=2026-09-02", "after=2026-08-17&before=2026-09-02" }, queries)
  end)

  it("doubles the length of the next part after a part that succeeded", function()
    assert(gum:fault { kind = "query_timeout", times = 3 })  -- 32 days, 16, 8; then the server is fast
    assert(shop.sales:list { after = "2026-08-01", before = "2026-09-02", limit = 1000 })
    local seen, parts = {}, {}
    for _, request in ipairs(support.requests(gum)) do
      local part = request.query:match("^after=[%d-]*&before=[%d-]*")
      if not seen[part] then parts[#parts + 1] = part end
      seen[part] = true
    end
    assert.same({ "after=2026-08-01&before=2026-09-02", "after=2026-08-17&before=2026-09-02",
      "after=2026-08-25&before=2026-09-02", "after=2026-08-29&before=2026-09-02",
      "after=2026-08-21&before=2026-08-29", "after=2026-08-05&before=2026-08-21",
      "after=2026-08-01&before=2026-08-05" }, parts)
  end)

  it("adds no bound that the caller did not give, so that no clock decides what is newest", function()
    allow(100)
    gum:reset_stats()
    collect(shop.sales:each())
    local requests = support.requests(gum)
    for _, request in ipairs(requests) do assert.truthy(request.query or request == requests[1]) end
    assert.falsy(requests[2].query:find("before", 1, true))
    assert.falsy(requests[#requests].query:find("after", 1, true))
  end)

  it("is cut at the current position if it happens in the middle", function()
    local pages = shop.sales:pages()
    local list = pages()
    list = { list, pages() }  -- the next page is in progress
    allow(30)
    local ids = {}
    for _, page in ipairs(list) do for _, sale in ipairs(page) do ids[#ids + 1] = sale.id end end
    for page in pages do
      for _, sale in ipairs(page) do ids[#ids + 1] = sale.id end
    end
    assert.same(all, ids)
  end)

  it("is cut at the day of the page key, not at today", function()
    local list = assert(shop.sales:list { limit = 200 })
    gum:reset_stats()
    allow(20)
    local after = date.day(date.parse(list[200].created_at) - 39 * DAY)
    assert(shop.sales:list { page_key = list.next_page_key, after = after })
    assert.equal(2, asked())
  end)

  for _, limit in ipairs { 1, 3, 7, 10, 50 } do
    it(("continues exactly where a limit of %d cut it"):format(limit), function()
      allow(40)
      local ids, key = {}, nil
      repeat
        local list = assert(shop.sales:list { limit = limit, page_key = key, after = "2026-03-01",
          before = "2026-09-15" })
        for _, sale in ipairs(list) do ids[#ids + 1] = sale.id end
        key = list.next_page_key
        assert.equal(list.complete, key == nil)
        assert.equal(not list.complete and "limit" or nil, list.reason)
      until not key
      local expected = {}
      for _, sale in ipairs(sales) do
        if sale.created_at >= "2026-03-01" then expected[#expected + 1] = sale.id end
      end
      assert.same(expected, ids)
    end)
  end

  it("continues page by page with its keys, even when the server is fast again", function()
    allow(40)
    local first = assert(shop.sales:list())
    assert.is_false(first.complete)
    assert.equal("page", first.reason)
    local second = assert(shop.sales:list { page_key = first.next_page_key })
    gum:clear_faults()
    local rest = assert(shop.sales:list { page_key = second.next_page_key, limit = 1000 })
    local ids = ids_of(first)
    for _, part in ipairs { second, rest } do
      for _, sale in ipairs(part) do ids[#ids + 1] = sale.id end
    end
    assert.same(all, ids)
    assert.is_true(rest.complete)
  end)

  it("returns one page of sales, however many parts are empty", function()
    allow(2)
    local list = assert(shop.sales:list { email = sales[290].email, after = sales[295].created_at,
      before = sales[200].created_at })
    assert.truthy(#list > 0)
  end)

  it("keeps the other parameters in every part", function()
    allow(300)
    for sale in shop.sales:each { product_id = sales[1].product_id } do
      assert.equal(sales[1].product_id, sale.product_id)
    end
    for _, request in ipairs(support.requests(gum)) do assert.truthy(request.query:find("product_id=", 1, true)) end
  end)

  it("fails with advice if a single day takes too long", function()
    allow(0)
    local list, err = shop.sales:list { after = "2026-09-01", before = "2026-09-05" }
    assert.is_nil(list)
    assert.same({ "invalid", 400 }, { err.kind, err.status })
    assert.truthy(err.message:find("^Query timed out%..* The server says so even for a single day: give product_id or "
      .. "email$"), err.message)
    assert.equal(3, asked())  -- 4 days, 2, 1
  end)

  it("fails at once with an error of another kind", function()
    gum:fault { kind = "query_timeout" }
    gum:fault { kind = "status", status = 401, path = "/v2/sales" }
    local _, err = shop.sales:list()
    assert.equal("auth", err.kind)
    assert.equal(2, asked())
  end)

  it("ends with an error if page keys repeat in a part", function()
    gum:fault { kind = "query_timeout", times = 2 }
    gum:fault { kind = "repeat_page_key", path = "/v2/sales", times = "always" }
    local _, err = shop.sales:list { limit = 1000 }
    assert.equal("server", err.kind)
    assert.truthy(err.message:find("next_page_key", 1, true))
  end)

  it("prefetches in parts too", function()
    allow(200)
    local next_page = shop.sales:pages { after = "2026-01-01" }
    next_page()
    local count
    for _ = 1, 100 do  -- round trips while the request is in progress
      count = asked()
      if count > 2 + 1 then break end
    end
    assert.equal(2 + 1, count)  -- all days, half of the days, then the second page
  end)

  -- The old way to page ---------------------------------------------------------------------

  it("continues without page numbers after the first page", function()
    allow(100)
    assert.same(all, ids_of(collect(shop.sales:each { page = 1 })))
  end)

  it("fails for a later page number, because parts have other pages", function()
    allow(100)
    local _, err = shop.sales:list { page = 3 }
    assert.equal("invalid", err.kind)
    assert.truthy(err.message:find("^The 'page' parameter is deprecated%. Please use 'page_key' instead"))
  end)

  it("continues after a page number while the server is fast", function()
    assert.same({ (table.unpack or unpack)(all, 21) }, ids_of(collect(shop.sales:each { page = 3 })))
  end)
end)

describe("A list of many sales a day that takes too long", function()
  it("loses nothing of a day in which a page ends", function()
    local gum = assert(emulator.start { sales = 6000, now = NOW })
    finally(function() gum:stop() end)
    local shop = support.shop(gum)
    local all = assert(shop.sales:list { limit = 100 })
    assert.equal(all[10].created_at:sub(1, 10), all[11].created_at:sub(1, 10))
    local key = assert(shop.sales:list()).next_page_key
    assert(gum:fault { kind = "query_timeout", max_days = 3, times = "always" })
    local rest = assert(shop.sales:list { page_key = key, limit = 90 })
    assert.same({ (table.unpack or unpack)(ids_of(all), 11) }, ids_of(rest))
  end)
end)

describe("A list of something other than sales", function()
  it("fails with the server's error", function()
    local gum = assert(emulator.start { sales = 0 })
    gum:fault { kind = "query_timeout", path = "/v2/payouts" }
    local _, err = support.shop(gum).payouts:list()
    gum:stop()
    assert.same({ "invalid", 400 }, { err.kind, err.status })
  end)
end)
