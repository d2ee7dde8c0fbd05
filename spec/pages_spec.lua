local gumroad = require "gumroad"
local api = require "gumroad.api"
local core = require "gumroad.core"
local date = require "gumroad.base.date"
local emulator = require "gumroad.emulator"
local calls = require "operation_calls"
local support = require "support"
local ids_of, collect = support.ids, support.collect

local SALES = 25  -- three pages: 10, 10, 5

local function append(list, more)
  for _, item in ipairs(more) do list[#list + 1] = item end
  return list
end

describe("A list in pages", function()
  local gum, shop, all  -- all: the ids, newest first

  setup(function()
    gum = assert(emulator.start { sales = SALES, products = 12, subscribers = 120 })
    shop = support.shop(gum, { retries = 0 })
    all = ids_of(assert(shop.sales:list { limit = 1000 }))
    assert.equal(SALES, #all)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function first(count)
    return { (table.unpack or unpack)(all, 1, count) }
  end

  local function asked()
    return #support.requests(gum)
  end

  describe("list", function()
    it("returns one page without a limit, with one request", function()
      local list = assert(shop.sales:list())
      assert.same(first(10), ids_of(list))
      assert.is_string(list.next_page_key)
      assert.is_false(list.complete)
      assert.equal("page", list.reason)
      collectgarbage()
      assert.equal(1, asked())
    end)

    -- limit, requests, complete
    for _, row in ipairs {
      { 0, 0, false }, { 1, 1, false }, { 9, 1, false }, { 10, 1, false }, { 11, 2, false },
      { 20, 2, false }, { 24, 3, false }, { 25, 3, true }, { 26, 3, true }, { math.huge, 3, true },
    } do
      it(("returns %s with %d requests"):format(row[1], row[2]), function()
        local list = assert(shop.sales:list { limit = row[1] })
        assert.same(first(math.min(row[1], SALES)), ids_of(list))
        assert.equal(row[3], list.complete)
        assert.equal(not row[3] and "limit" or nil, list.reason)
        assert.equal(row[3] or row[1] == 0, list.next_page_key == nil)
        assert.equal(row[2], asked())
      end)
    end

    it("continues exactly where a limit cut it, wherever that was", function()
      for limit = 1, SALES - 1 do
        local list = assert(shop.sales:list { limit = limit })
        local rest = assert(shop.sales:list { limit = 1000, page_key = list.next_page_key })
        assert.same(all, ids_of(append(list, rest)))
      end
    end)

    it("continues exactly in steps that cut one page several times", function()
      local list, key = {}, nil
      repeat
        local some = assert(shop.sales:list { limit = 3, page_key = key })
        append(list, some)
        key = some.next_page_key
      until some.complete
      assert.same(all, ids_of(list))
    end)

    it("continues on the page whose number it began with", function()
      for _, number in ipairs { 1, 2 } do
        local cut = assert(shop.sales:list { page = number, limit = 4 })
        local rest = { (table.unpack or unpack)(all, number * 10 - 5, SALES) }
        for _, again in ipairs { { page_key = cut.next_page_key }, { page_key = cut.next_page_key, page = number } } do
          again.limit = 100
          assert.same(rest, ids_of(assert(shop.sales:list(again))))
        end
      end
    end)

    it("loses nothing if what it returned is deleted before it continues", function()
      local own = assert(emulator.start { products = 12 })
      finally(function() own:stop() end)
      local seller = support.shop(own)
      local before = ids_of(assert(seller.products:list { limit = 100 }))
      local list, key = {}, nil
      repeat
        local some = assert(seller.products:list { limit = 4, page_key = key })
        for _, id in ipairs(ids_of(some)) do assert(seller.products:delete(id)) end
        append(list, some)
        key = some.next_page_key
      until some.complete
      assert.same(before, ids_of(list))
    end)

    for _, new in ipairs { 1, 4, 20 } do
      it(("repeats nothing if %d are added before it continues"):format(new), function()
        local own = assert(emulator.start { sales = 12 })
        finally(function() own:stop() end)
        local seller = support.shop(own)
        local times, key, goes_on = {}, nil, 0
        repeat
          local some = assert(seller.sales:list { limit = 7, page_key = key })
          for _, id in ipairs(ids_of(some)) do times[id] = (times[id] or 0) + 1 end
          for _ = 1, goes_on == 0 and new or 0 do assert(own:sell {}) end
          key, goes_on = some.next_page_key, goes_on + 1
        until some.complete
        for _, sale in ipairs(assert(seller.sales:list { limit = 100 })) do
          assert.is_true((times[sale.id] or 0) <= 1)
          times[sale.id] = nil
        end
        assert.is_nil(next(times))
      end)
    end

    for _, limit in ipairs { 3, 4, 10, false } do
      it(("repeats nothing if %s are requested after others were added"):format(limit or "single pages"), function()
        local own = assert(emulator.start { sales = 12 })
        finally(function() own:stop() end)
        local seller = support.shop(own)
        local list = assert(seller.sales:list { limit = 7 })
        local key, new = list.next_page_key, {}
        for i = 1, 4 do new[i] = assert(own:sell {}).id end  -- the first page ends before the last element of now
        repeat
          local some = assert(seller.sales:list { limit = limit or nil, page_key = key })
          append(list, some)
          key = some.next_page_key
        until some.complete
        local want, got = ids_of(assert(seller.sales:list { limit = 100 })), ids_of(list)
        table.sort(want)
        table.sort(got)
        assert.same({ 4, want }, { #new, got })
      end)
    end

    it("continues exactly if some elements have no id", function()
      local own = assert(emulator.start { sales = 2000 })
      finally(function() own:stop() end)
      local seller = support.shop(own)
      local whole, list, key = assert(seller.payouts:list { limit = 15 }), {}, nil
      assert.is_nil(whole[1].id)
      repeat
        local some = assert(seller.payouts:list { limit = 1, page_key = key })
        append(list, some)
        key = some.next_page_key
      until #list == 15
      for i, payout in ipairs(whole) do assert.same({ payout.id, payout.amount }, { list[i].id, list[i].amount }) end
    end)

    it("returns the rest of a page that was cut if the next call has no limit", function()
      local cut = assert(shop.sales:list { limit = 7 })
      assert.equal(3, #assert(shop.sales:list { page_key = cut.next_page_key }))
    end)

    it("is complete if nothing is found", function()
      local list = assert(shop.sales:list { email = "nobody@example.com" })
      assert.equal(0, #list)
      assert.is_true(list.complete)
      assert.is_nil(list.reason)
    end)

    it("is complete if Gumroad does not page", function()
      local product = assert(shop.products:list { limit = 1 })[1]
      assert.is_true(assert(shop.variant_categories:list(product.id)).complete)
    end)

    it("asks for pages if the server pages only on demand", function()
      local membership
      for product in shop.products:each() do
        if product.is_tiered_membership then membership = membership or product end
      end
      gum:reset_stats()
      local list = assert(shop.subscribers:list(membership.id, { limit = 120 }))
      assert.equal(120, #list)
      assert.truthy(support.requests(gum)[1].query:find("paginated=true", 1, true))
      assert.equal(2, asked())
    end)

    it("returns nil and the error if a later page fails", function()
      gum:fault { kind = "status", status = 401, path = "/v2/sales", after = 1 }
      local list, err = shop.sales:list { limit = 25 }
      assert.is_nil(list)
      assert.equal("auth", err.kind)
    end)

    it("does not take a response without the list for an empty list", function()
      gum:fault { kind = "status", status = 200, body = '{"success":true}' }
      local list, err = shop.sales:list()
      assert.is_nil(list)
      assert.equal("decode", err.kind)
      assert.truthy(err.message:find("'sales'", 1, true))
    end)

    for _, row in ipairs {
      { '"sales":{"a":1}', "a 'sales' that is not a list of objects" },
      { '"sales":[{},5]', "a 'sales' that is not a list of objects" },
      { '"sales":[],"next_page_key":5', "a next_page_key that is not a string" },
      { '"sales":[],"next_page_key":false', "a next_page_key that is not a string" },
      { '"sales":[],"next_page_key":{}', "a next_page_key that is not a string" },
    } do
      it("does not accept a page that has " .. row[1], function()
        gum:fault { kind = "status", status = 200, body = '{"success":true,' .. row[1] .. "}" }
        local list, err = shop.sales:list { limit = 20, after = 1 }
        assert.is_nil(list)
        assert.same({ "decode", "the response has " .. row[2] }, { err.kind, err.message })
      end)
    end

    it("fails if page keys repeat", function()
      gum:fault { kind = "repeat_page_key", path = "/v2/sales", times = "always" }
      local list, err = shop.sales:list { limit = 1000 }
      assert.is_nil(list)
      assert.equal("server", err.kind)
      assert.truthy(err.message:find("next_page_key", 1, true))
      assert.equal(2, asked())
    end)

    it("fails if the next page is the one that was requested", function()
      local key = assert(shop.sales:list()).next_page_key
      gum:fault { kind = "repeat_page_key", key = key, path = "/v2/sales" }
      local list, err = shop.sales:list { page_key = key }
      assert.is_nil(list)
      assert.equal("server", err.kind)
    end)

    it("returns the server's error for an invalid page key", function()
      for _, key in ipairs { "yesterday", "lena@example.com", "2026-01-01@x", "a..b@c", "2026-13-01..@x",
        "..2026-02-30@" } do
        local list, err = shop.sales:list { page_key = key }
        assert.is_nil(list)
        assert.same({ "invalid", "Invalid page_key." }, { err.kind, err.message })
      end
    end)

    it("has iterators that only serve one task at a time, and says so", function()
      gum:fault { kind = "delay", path = "/v2/sales" }  -- otherwise the response may arrive at once
      local next_sale = shop.sales:each()
      local function read() return next_sale() end
      assert.matches("already waiting for a page: make one for each task", support.raised(gumroad.all, { read, read }))
      assert.is_truthy(shop.sales:each()())
    end)

    it("does not change the caller's parameters", function()
      local params = { limit = 11, after = 1 }
      assert(shop.sales:list(params))
      assert.same({ limit = 11, after = 1 }, params)
    end)

    for _, limit in ipairs { -1, 1.5, "10", 0 / 0 } do
      it("refuses the limit " .. tostring(limit), function()
        assert.truthy(support.raised(shop.sales.list, shop.sales, { limit = limit }):find("sales.list: limit", 1, true))
      end)
    end
  end)

  describe("each", function()
    it("returns everything, in the server's order", function()
      assert.same(all, ids_of(collect(shop.sales:each())))
      assert.equal(3, asked())
    end)

    for _, limit in ipairs { 0, 1, 10, 11, 25, 26 } do
      it("returns at most a limit of " .. limit, function()
        assert.same(first(math.min(limit, SALES)), ids_of(collect(shop.sales:each { limit = limit })))
      end)
    end

    it("returns nothing if nothing is found", function()
      assert.same({}, collect(shop.sales:each { email = "nobody@example.com" }))
    end)

    it("remains at its end", function()
      local next_sale = shop.sales:each { limit = 1 }
      assert.is_table(next_sale())
      assert.is_nil(next_sale())
      assert.is_nil(next_sale())
    end)

    it("raises the error object after the preceding elements", function()
      gum:fault { kind = "status", status = 401, path = "/v2/sales", after = 1 }
      local count = 0
      local ok, err = pcall(function()
        for _ in shop.sales:each() do count = count + 1 end
      end)
      assert.is_false(ok)
      assert.equal("auth", err.kind)
      assert.equal(10, count)
    end)

    it("can continue where it raised an error", function()
      for page = 0, 2 do
        gum:fault { kind = "status", status = 401, path = "/v2/sales", after = page }
        local next_sale, ids, raised = shop.sales:each(), {}, 0
        repeat
          local ok, sale = pcall(next_sale)
          if not ok then raised = raised + 1 elseif sale then ids[#ids + 1] = sale.id end
        until ok and not sale
        assert.equal(1, raised)
        assert.same(all, ids)
      end
    end)

    it("raises an error if page keys repeat", function()
      gum:fault { kind = "repeat_page_key", path = "/v2/sales", times = "always" }
      local err = support.raised(collect, shop.sales:each())
      assert.equal("server", err.kind)
    end)

    it("requests nothing before its first step", function()
      shop.sales:each()
      assert.equal(0, asked())
    end)

    it("leaves nothing running when the loop is left", function()
      local function leave_early()
        for _ in shop.sales:each() do break end  -- luacheck: ignore 512
      end
      leave_early()
      collectgarbage()
      collectgarbage()
      assert.equal(0, core.engine():running())
    end)

    it("accepts the options of the call as its last argument", function()
      local err = support.raised(collect, shop.sales:each({}, { max_size = 1 }))
      assert.equal("too_large", err.kind)
    end)
  end)

  describe("pages", function()
    it("returns an array for each page", function()
      local sizes, completes = {}, {}
      for page in shop.sales:pages() do
        sizes[#sizes + 1], completes[#completes + 1] = #page, page.complete
      end
      assert.same({ 10, 10, 5 }, sizes)
      assert.same({ false, false, true }, completes)
    end)

    it("cuts the last page at the limit", function()
      local pages = collect(shop.sales:pages { limit = 11 })
      assert.equal(2, #pages)
      assert.equal(1, #pages[2])
      assert.equal("limit", pages[2].reason)
    end)

    it("requests the next page before the script does", function()
      local next_page = shop.sales:pages()
      next_page()
      local count
      for _ = 1, 100 do  -- round trips while the request is in progress
        count = asked()
        if count > 1 then break end
      end
      assert.equal(2, count)
    end)

    it("does not request a page beyond the limit", function()
      local next_page = shop.sales:pages { limit = 10 }
      next_page()
      assert.is_nil(next_page())
      assert.equal(1, asked())
    end)
  end)

  describe("a date", function()
    local created  -- of each sale, as a string
    setup(function()
      created = {}
      for i, sale in ipairs(assert(shop.sales:list { limit = 1000 })) do created[i] = sale.created_at end
    end)

    local function query_of(index)
      return support.requests(gum)[index or 1].query
    end

    local function matching(after, before)
      local kept = {}
      for i, at in ipairs(created) do
        if (not after or at >= after) and (not before or at < before) then kept[#kept + 1] = all[i] end
      end
      return kept
    end

    it("that is a day is sent unchanged", function()
      assert(shop.sales:list { after = "2026-01-01", before = "2026-02-01" })
      assert.equal("after=2026-01-01&before=2026-02-01", query_of())
    end)

    it("that is a UTC midnight in another zone is sent as this day", function()
      assert(shop.sales:list { after = "2026-01-01T02:00:00+02:00" })
      assert.equal("after=2026-01-01", query_of())
    end)

    it("finer than a day is sent as the days around it", function()
      assert(shop.sales:list { after = "2026-01-10T12:00:00Z", before = "2026-01-20T12:00:00Z" })
      assert.equal("after=2026-01-10&before=2026-01-21", query_of())
    end)

    for _, kind in ipairs { "text", "number", "table" } do
      local function write(text)
        if kind == "text" then return text end
        return kind == "number" and date.parse(text) or os.date("*t", date.parse(text))
      end

      it("finer than a day is an exact lower bound, as a " .. kind, function()
        for _, at in ipairs(created) do
          assert.same(matching(at), ids_of(assert(shop.sales:list { after = write(at), limit = 1000 })))
        end
      end)

      it("finer than a day is an exact upper bound, as a " .. kind, function()
        for _, at in ipairs(created) do
          assert.same(matching(nil, at), ids_of(assert(shop.sales:list { before = write(at), limit = 1000 })))
        end
      end)
    end

    it("finer than a day is exact even if a limit cuts a page", function()
      local list, key = {}, nil
      repeat
        local some = assert(shop.sales:list { after = created[23], before = created[2], limit = 4, page_key = key })
        append(list, some)
        key = some.next_page_key
      until some.complete
      assert.same(matching(created[23], created[2]), ids_of(list))
    end)

    it("finer than a day does not end a list at a page without matching elements", function()
      -- all sales of the newest day are outside; they may fill whole pages
      local list = assert(shop.sales:list { before = created[25], after = "2000-01-01" })
      assert.is_true(list.complete)
      assert.same(matching(nil, created[25]), ids_of(list))
    end)

    for _, wrong in ipairs { "2026-02-30", "yesterday", "2026-09-14T10:00:00", "", true, {} } do
      it(("%q is refused with what is expected"):format(tostring(wrong):gsub("0x%x+", "")), function()
        local message = support.raised(shop.sales.list, shop.sales, { after = wrong })
        assert.truthy(message:find('sales.list: parameter \'after\': a date ("YYYY-MM-DD"', 1, true), message)
        assert.equal(0, asked())
      end)
    end
  end)
end)

describe("A list of a server that does not page", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 0, products = 12, old_server = true })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function() gum:reset_stats() end)

  it("is complete with one request", function()
    for _, limit in ipairs { 12, 100, false } do
      gum:reset_stats()
      local list = assert(shop.products:list { limit = limit or nil })
      assert.equal(12, #list)
      assert.is_true(list.complete)
      assert.is_nil(list.next_page_key)
      assert.equal(1, #support.requests(gum))
    end
  end)

  it("can be cut and continued anyway", function()
    local list = assert(shop.products:list { limit = 5 })
    assert.same({ 5, false, "limit" }, { #list, list.complete, list.reason })
    local rest = assert(shop.products:list { limit = 100, page_key = list.next_page_key })
    assert.same({ 7, true }, { #rest, rest.complete })
    assert.not_equal(list[5].id, rest[1].id)
  end)

  it("is complete if the server does not know the paging parameter", function()
    local whole = support.fixture("subscribers_list_unpaginated.json")
    gum:fault { kind = "status", status = 200, body = whole, times = "always" }
    local list = assert(shop.subscribers:list("a"))
    assert.is_true(list.complete)
    local count = 0
    for _ in shop.subscribers:each("a") do count = count + 1 end
    assert.equal(#list, count)
    assert.equal(2, #support.requests(gum))
  end)
end)

-- Each operation whose response is a list, whatever it is called.
describe("The response of", function()
  local gum, shop, known

  setup(function()
    gum = assert(emulator.start { sales = 60, subscribers = 4, now = 1790000000 })
    shop = support.shop(gum)
    known = calls.known(shop, gum)
  end)
  teardown(function() gum:stop() end)

  for resource, rows in pairs(api) do
    for _, row in ipairs(rows) do
      local name = resource .. "." .. row.name
      if row.kind == "list" then
        it(name .. " says whether it is complete", function()
          local list = assert(shop[resource][row.name](shop[resource], calls.of(row).call(shop, known)))
          assert.is_boolean(list.complete)
          assert.equal(list.complete, list.next_page_key == nil)
          assert.equal(not list.complete and "page" or nil, list.reason)
          if not row.page_size then assert.is_true(list.complete) end
        end)

        it(name .. " says so if the server has more, although it is not known to page", function()
          local arguments = { calls.of(row).call(shop, known) }
          gum:fault { kind = "status", status = 200,
            body = ('{"success":true,"%s":[{"id":"a"}],"next_page_key":"20260101000000000000-1"}'):format(row.returns) }
          local list = assert(shop[resource][row.name](shop[resource], (table.unpack or unpack)(arguments)))
          assert.same({ false, "page" }, { list.complete, list.reason })
          assert.is_string(list.next_page_key)
        end)
      end
    end
  end
end)
