local emulator = require "gumroad.emulator"
local support = require "support"

local NOW = 1790000000  -- 2026-09-21T14:13:20Z, a Monday; 07:13 in the seller's time zone
local WEEK = 7 * 86400

local gum, shop

local function refused(kind, message, value, err)
  assert.is_nil(value)
  assert.same({ kind, message }, { err.kind, err.message })
end

describe("The emulator's figures", function()
  setup(function()
    gum = assert(emulator.start { sales = 700, subscribers = 10, now = NOW,
      tokens = { ["payouts-only"] = "view_payouts" } })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  -- The sums over a list of sales.
  local function sums(sales)
    local gross, units = 0, 0
    for _, sale in ipairs(sales) do gross, units = gross + sale.price, units + sale.quantity end
    return gross, units
  end

  it("sum up sales by the seller's days", function()
    local summary = assert(shop.sales:summary { from = "2026-03-01", to = "2026-03-31" })
    local sales = {}  -- the seller is seven hours behind UTC
    for sale in shop.sales:each { after = "2026-03-01T07:00:00Z", before = "2026-04-01T07:00:00Z" } do
      sales[#sales + 1] = sale
    end
    local gross, units = sums(sales)
    assert.same({ gross, units }, { summary.gross_cents, summary.units })
    assert.equal(summary.gross_cents - summary.refunded_cents, summary.net_cents)
    assert.same({ "2026-03-01", "2026-03-31", "usd" }, { summary.from, summary.to, summary.currency })
    assert.is_nil(summary.breakdown)
  end)

  it("cover the last thirty days by default", function()
    local summary = assert(shop.sales:summary())
    assert.same({ "2026-08-23", "2026-09-21" }, { summary.from, summary.to })
  end)

  it("can be grouped by product, hour, day, week or month, and the groups add up to the whole", function()
    local keys = { product = "^[%w_-]+==$", hour = "^2026%-%d%d%-%d%dT%d%d:00$", day = "^2026%-%d%d%-%d%d$",
      week = "^20%d%d%-%d%d%-%d%d$", month = "^2026%-%d%d$" }
    for by, pattern in pairs(keys) do
      local summary = assert(shop.sales:summary { from = "2026-01-01", to = "2026-06-30", group_by = by })
      local gross, last = 0, nil
      for _, group in ipairs(summary.breakdown) do
        assert.truthy(group.key:find(pattern), group.key)
        local rank = by == "product" and -group.gross_cents or group.key
        assert.is_true(last == nil or rank >= last)
        gross, last = gross + group.gross_cents, rank
      end
      assert.equal(summary.gross_cents, gross)
    end
  end)

  it("refuse invalid days and groups", function()
    refused("invalid", "Invalid group_by. Valid values are: product, day, week, month, hour.",
      shop.sales:summary { group_by = "year" })
    refused("invalid", "Invalid date format provided in field 'to'. Dates must be in the format YYYY-MM-DD.",
      shop:request { method = "GET", url = "/v2/sales/summary", query = { to = "tomorrow" } })
  end)

  it("pay out each week what is left of its sales", function()
    local payouts = assert(shop.payouts:list { include_upcoming = false, limit = 5 })
    local before
    for _, listed in ipairs(payouts) do
      assert.is_true(before == nil or listed.created_at < before)
      before = listed.created_at
      assert.is_nil(listed.sales)
      local payout = assert(shop.payouts:get(listed.id, { include_transactions = true }))
      local sum, sold = 0, 0
      for _, line in ipairs(payout.transactions) do
        sum = sum + line.net_total
        if line.type == "Sale" then sold = sold + 1 end
      end
      assert.equal(payout.amount, ("%.2f"):format(sum))
      assert.equal(sold, #payout.sales)
      assert.equal("Payout Fee", payout.transactions[#payout.transactions].type)
      assert.equal("", payout.transactions[#payout.transactions].sale_price)
      assert(shop.sales:get(payout.sales[1]))
    end
  end)

  it("pay out what was just sold, later", function()
    local before = assert(shop.payouts:upcoming {})
    local sale = assert(gum:sell { product_id = "kzqwu" })
    local after = assert(shop.payouts:upcoming { include_transactions = true })
    assert.is_nil(after[1].id)
    assert.equal("payable", after[1].status)
    assert.equal(sale.id, after[1].sales[#after[1].sales])
    assert.equal(sale.price / 100, after[1].transactions[#after[1].transactions].sale_price)
    assert.not_equal(before[1] and before[1].amount, after[1].amount)
    assert.is_nil(assert(shop.payouts:upcoming { include_sales = false })[1].sales)
  end)

  it("list upcoming payouts first, only on the first page, and count them there", function()
    assert(gum:sell { product_id = "kzqwu" })
    local first = assert(shop.payouts:list())
    assert.equal(10, #first)
    assert.is_nil(first[1].id)
    local seen = {}
    for payout in shop.payouts:each() do
      local id = payout.id or "upcoming"
      assert.is_nil(seen[id])
      seen[id] = true
    end
    assert.is_true(seen.upcoming)
    assert.is_string(assert(shop.payouts:list { include_upcoming = false })[1].id)
  end)

  it("find payouts between two days", function()
    for payout in shop.payouts:each { after = "2026-02-01", before = "2026-03-01" } do
      assert.equal("2026-02", payout.created_at:sub(1, 7))
    end
    local of_february = assert(shop.payouts:list { after = "2026-02-01", before = "2026-03-01" })
    assert.equal(4, #of_february)
  end)

  it("show a payout's sales only to a token that may read sales", function()
    local id = assert(shop.payouts:list { include_upcoming = false })[1].id
    local payout = assert(support.shop(gum, { access_token = "payouts-only" }).payouts:get(id))
    assert.is_nil(payout.sales)
    assert.is_nil(payout.refunded_sales)
    assert.is_table(assert(shop.payouts:get(id)).disputed_sales)
  end)

  it("sum up a year", function()
    local year = assert(shop.earnings:get { year = 2025 })
    local gross = 0
    for sale in shop.sales:each { after = "2025-01-01", before = "2026-01-01" } do gross = gross + sale.price end
    assert.equal(gross, year.gross_cents)
    assert.equal(gross - year.fees_cents - year.taxes_cents - year.affiliate_credit_cents, year.net_cents)
  end)

  it("include a tax form for each past year, as a PDF", function()
    local forms = assert(shop.tax_forms:list())
    assert.same({ 2025, 2024 }, { forms[1].tax_year, forms[2].tax_year })
    assert.equal(1, #assert(shop.tax_forms:list { year = 2025 }))
    assert.equal("%PDF-", assert(shop.tax_forms:download("2025", "us_1099_k")):sub(1, 5))
    refused("not_found", "Tax form not found.", shop.tax_forms:download("2026", "us_1099_k"))
    refused("not_found", "Tax form not found.", shop.tax_forms:download("2025", "us_1099_misc"))
  end)
end)

describe("The emulator's emails", function()
  setup(function()
    gum = assert(emulator.start { sales = 20, subscribers = 2, now = NOW })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  local function new(more)
    local params = { subject = "Autumn sale", body = "<p>Hello</p>" }
    for name, value in pairs(more or {}) do params[name] = value end
    return assert(shop.emails:create(params))
  end

  it("are drafts unless they are sent at once", function()
    assert.equal("draft", new().state)
    assert.equal("draft", new { publish = false }.state)
    for _, how in ipairs { { publish = true }, { draft = false } } do
      local email = new(how)
      assert.equal("published", email.state)
      assert.equal(email.audience_count, email.recipients_count)
      assert.equal("https://anapetrova.gumroad.com/p/autumn-sale", email.url)
    end
  end)

  it("go to all, to customers, to followers or to the buyers of a product", function()
    assert.equal("audience", new().audience_type)
    assert.equal("seller", new { audience = "customers" }.audience_type)
    assert.equal("follower", new { audience = "follower" }.audience_type)
    local product = assert(shop.products:get("kzqwu"))
    assert.equal(product.id, new { audience = "product", product_id = product.id }.product_id)
    refused("not_found", "The product was not found.",
      shop.emails:create { subject = "a", body = "b", audience = "product" })
  end)

  it("can be scheduled, unscheduled and sent", function()
    local id = new().id
    local email = assert(shop.emails:schedule(id, { to_be_published_at = "2030-01-01T08:00:00Z" }))
    assert.same({ "scheduled", "2030-01-01T08:00:00Z" }, { email.state, email.scheduled_at })
    assert.equal(id, assert(shop.emails:list { type = "scheduled" })[1].id)
    email = assert(shop.emails:unschedule(id))
    assert.equal("draft", email.state)
    assert.is_nil(email.scheduled_at)
    assert.equal("published", assert(shop.emails:send(id)).state)
    local unable = "The email was unable to be modified."
    refused("invalid", unable, shop.emails:send(id))
    refused("invalid", unable, shop.emails:unschedule(id))
    refused("invalid", unable, shop.emails:schedule(new().id, { to_be_published_at = "2020-01-01" }))
  end)

  it("are listed newest first, in pages, until they are deleted", function()
    local id = new().id
    local ids, before = {}, nil
    for email in shop.emails:each() do
      assert.is_true(before == nil or email.created_at <= before)
      before = email.created_at
      ids[#ids + 1] = email.id
    end
    assert.equal(id, ids[1])
    assert.is_true(#ids > 12)
    assert(shop.emails:delete(id))
    refused("not_found", "The email was not found.", shop.emails:get(id))
    assert.not_equal(id, assert(shop.emails:list())[1].id)
  end)

  it("have a preview that is sent to the seller", function()
    local email = new()
    local preview = assert(shop.emails:preview(email.id))
    assert.equal("https://gumroad.com/emails/" .. email.id:gsub("=", "%%3D") .. "/edit?preview_post=true",
      preview.preview_url)
    assert.equal("<p>Hello</p>", preview.message)
  end)

  it("of a workflow can be added and changed", function()
    local workflow = assert(shop.workflows:list())[1]
    local email = assert(shop.workflow_emails:create(workflow.id, { subject = "Tips", body = "<p>2</p>",
      delay_amount = 2, delay_unit = "week" }))
    assert.same({ amount = 2, unit = "week" }, email.delay)
    assert(shop.workflow_emails:update(workflow.id, email.id, { delay_amount = 0, delay_unit = "hour" }))
    local full = assert(shop.workflows:get(workflow.id))
    assert.equal(workflow.emails_count + 1, full.emails_count)
    assert.same({ amount = 0, unit = "hour" }, full.emails[#full.emails].delay)
    assert.equal("Tips", full.emails[#full.emails].subject)
  end)

  it("of a workflow are refused with 400 for an incomplete delay, an unknown unit or no fields", function()
    local workflow = assert(shop.workflows:list())[1]
    local id = assert(shop.workflows:get(workflow.id)).emails[1].id
    for _, params in ipairs { { delay_amount = 1 }, { delay_unit = "day" }, {}, { subject = " " },
      { delay_amount = -1, delay_unit = "day" }, { delay_amount = 1, delay_unit = "year" } } do
      local _, err = shop.workflow_emails:update(workflow.id, id, params)
      assert.same({ "invalid", 400 }, { err.kind, err.status })
    end
    local _, err = shop:request { method = "PUT", url = "/v2/workflows/" .. workflow.id .. "/emails/" .. id,
      body = { subject = "a", state = "published" } }
    assert.equal(400, err.status)
  end)
end)

describe("A shop of 100,000 sales", function()
  it("has its last payouts as fast as a small shop", function()
    local big = assert(emulator.start { sales = 100000, subscribers = 1000, now = NOW })
    local payouts = assert(support.shop(big).payouts:list())
    assert.equal(10, #payouts)
    assert.truthy(payouts[2].created_at > os.date("!%Y-%m-%d", NOW - 2 * WEEK))
    big:stop()
  end)
end)
