-- Where the sales before the start are in time.
local complete = require "gumroad.emulator.options"
local date = require "gumroad.base.date"
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local Shop = require "gumroad.emulator.shop"
local sales = require "gumroad.emulator.shop.sales"
local support = require "support"

local NOW, DAY = date.parse "2026-09-14T12:00:00Z", 86400

local function times(options)
  options.now = NOW
  local shop, list = Shop.new(complete(options)), {}
  for number = 1, shop.first_sales do list[number] = sales.created(shop, number) end
  return list
end

local function refusal(sales_at, count)
  return support.raised(complete, { now = NOW, sales = count, sales_at = sales_at })
end

describe("The emulator's sales #once", function()
  it("are as old as listed, oldest first", function()
    assert.same({ NOW - 900, NOW - 500, NOW - 500, NOW }, times { sales_at = { NOW - 500, NOW, NOW - 900, NOW - 500 } })
  end)

  it("are spread over the days given", function()
    local list = times { sales = 1000, sales_at = { days = 1000 } }
    for i, time in ipairs(list) do
      assert.is_true(time >= NOW - (1001 - i) * DAY and time <= NOW - (1000 - i) * DAY, i)
    end
  end)

  it("are on one day of UTC to the share given, and never decrease", function()
    for _, share in ipairs { 0.3, 0.5, 1 } do
      local count, most = {}, 0
      local list = times { sales = 1000, sales_at = { days = 4, on_one_day = share } }
      for i, time in ipairs(list) do
        assert.is_true(time <= NOW and time >= (list[i - 1] or NOW - 4 * DAY), i)
        local day = date.day(time)
        count[day] = (count[day] or 0) + 1
        most = math.max(most, count[day])
      end
      assert.is_true(most >= 1000 * share, most)
    end
  end)

  it("are listed with their times", function()
    local sales_at = { NOW - 40 * DAY, NOW - 3 * DAY - 1, NOW - 3 * DAY }
    local running = assert(emulator.start { now = NOW, sales_at = sales_at })
    local shop = gumroad.new { base_url = running.url, access_token = running.access_token }
    local list, err = shop.sales:list { after = "2026-09-01" }
    running:stop()
    assert(list, err)
    assert.equal(2, #list)
    assert.equal("2026-09-11T12:00:00Z", list[1].created_at)
    assert.equal("2026-09-11T11:59:59Z", list[2].created_at)
  end)

  it("raise for times that they cannot have", function()
    assert.truthy(refusal({ NOW + 1 }):find("item 1: a Unix time in whole seconds expected", 1, true))
    assert.truthy(refusal({ NOW, "x" }):find("item 2: a Unix time", 1, true))
    assert.truthy(refusal({ NOW }, 2):find("sales: 1 expected, the number of times in sales_at", 1, true))
    assert.truthy(refusal({ days = 3 }):find("days: a whole number of at least 4 expected", 1, true))
    assert.truthy(refusal({ on_one_day = 1.1 }):find("on_one_day: a share from 0 to 1 expected", 1, true))
    assert.truthy(refusal({ weeks = 3 }):find("weeks", 1, true))
  end)
end)
