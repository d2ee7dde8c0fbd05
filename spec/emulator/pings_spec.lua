local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local listener = require "gumroad.listener"
local post_url = require "gumroad.emulator.pings.post_url"

local SCALE = 0.001  -- a retry after a minute comes after 60 ms

-- A receiver of pings in this process. `statuses` are those of its responses, in order; then 200 follows.
local function new_receiver()
  local open = assert(listener.new { port = 0 })
  core.engine():watch(open:fd())
  local receiver = { statuses = {}, got = {}, url = "http://127.0.0.1:" .. open:port() }
  receiver.location = receiver.url .. "/elsewhere"

  local function take(request)
    local status = table.remove(receiver.statuses, 1) or 200
    table.insert(receiver.got, { method = request:method(), path = request:path(),
      headers = request:headers(), body = request:body(),
      fields = core.form_decode(request:body()) })
    request:answer(status, status == 302 and { Location = receiver.location } or nil)
  end

  -- Waits for a number of pings and returns them.
  function receiver.wait(count)
    local give_up = core.now() + 20
    while #receiver.got < count and core.now() < give_up do
      core.engine():step(0.05)
      open:step()
      local request = open:next()
      if request then take(request) end
    end
    open:step()
    assert.equal(count, #receiver.got)
    return receiver.got
  end

  function receiver.close()
    core.engine():unwatch(open:fd())
    open:close()
  end
  return receiver
end

describe("The emulator's pings", function()
  local gum, receiver

  local function subscribe(resource_name, url, token)
    local transfer = assert(core.engine():send {
      method = "PUT", base_url = gum.url, path = "/v2/resource_subscriptions",
      headers = { Authorization = "Bearer " .. (token or gum.access_token),
        ["Content-Type"] = "application/x-www-form-urlencoded" },
      body = core.form_encode { resource_name = resource_name,
        post_url = url or receiver.url .. "/hook?secret=x" },
    })
    while not transfer:done() do core.engine():step(1) end
    assert.is_truthy(assert(transfer:result()).body:find('"success":true', 1, true))
  end

  local function start(options)
    options = options or {}
    options.time_scale, options.sales, options.subscribers = SCALE, 20, 5
    gum = assert(emulator.start(options))
  end

  local function statuses()
    gum:settle()
    local out = {}
    for i, ping in ipairs(gum:stats().pings) do out[i] = ping.status or "error" end
    return out
  end

  before_each(function() receiver = new_receiver() end)
  after_each(function()
    gum:stop()
    receiver.close()
  end)

  it("are posted as the server posts them", function()
    start()
    subscribe "sale"
    local sale = gum:sell { product_id = "pxvra", email = "zoë@example.com",
      custom_fields = { { "Font [serif]", "a&b" } } }
    local ping = receiver.wait(1)[1]
    assert.equal("POST", ping.method)
    assert.equal("/hook", ping.path)
    assert.equal("application/x-www-form-urlencoded", ping.headers["content-type"])
    assert.equal("Ruby", ping.headers["user-agent"])
    assert.equal("*/*", ping.headers.accept)
    assert.equal("gzip;q=1.0,deflate;q=0.6,identity;q=0.3", ping.headers["accept-encoding"])
    assert.equal(tostring(#ping.body), ping.headers["content-length"])
    assert.equal(sale.id, ping.fields.sale_id)
    assert.equal("sale", ping.fields.resource_name)
    assert.equal("a&b", ping.fields.custom_fields["Font [serif]"])
    assert.is_truthy(ping.body:find("&Font%20%255Bserif%255D=a%26b&", 1, true))
    assert.is_truthy(ping.body:find("&email=zo%C3%AB%40example.com&", 1, true))
    assert.same({ 200 }, statuses())
  end)

  it("go to each subscription, and those of sales also to the URL in the settings", function()
    start()
    subscribe "sale"
    subscribe "sale"
    subscribe "refund"
    gum:settings_ping_url(receiver.url:gsub("^http://", "") .. "/settings")
    local sale = gum:sell()
    local paths = {}
    for i, ping in ipairs(receiver.wait(3)) do paths[i] = ping.path end
    table.sort(paths)
    assert.same({ "/hook", "/hook", "/settings" }, paths)
    gum:refund(sale.id)
    assert.equal("refund", receiver.wait(4)[4].fields.resource_name)
    assert.same({ 200, 200, 200, 200 }, statuses())
  end)

  it("are repeated, with a count, after errors of the receiver", function()
    start()
    subscribe "sale"
    receiver.statuses = { 500, 503 }
    gum:sell()
    local pings = receiver.wait(3)
    assert.is_nil(pings[1].fields.retry_count)
    assert.equal(pings[1].body .. "&retry_count=1", pings[2].body)
    assert.equal(pings[1].body .. "&retry_count=2", pings[3].body)
    assert.same({ 500, 503, 200 }, statuses())
  end)

  it("are given up after the fourth delivery", function()
    start()
    subscribe "sale"
    receiver.statuses = { 502, 504, 499, 500, 500 }
    gum:sell()
    receiver.wait(4)
    assert.same({ 502, 504, 499, 500 }, statuses())
  end)

  it("follow three redirects with the same body, and are then lost", function()
    start()
    subscribe "sale"
    receiver.statuses = { 302, 302, 302 }
    gum:sell()
    local got = receiver.wait(4)
    assert.same({ "POST", "/elsewhere", got[1].body }, { got[4].method, got[4].path, got[4].body })
    assert.same({ 302, 302, 302, 200 }, statuses())
    gum:reset_stats()
    receiver.statuses = { 302, 302, 302, 302 }
    gum:sell()
    receiver.wait(8)
    assert.same({ 302, 302, 302, 302 }, statuses())
  end)

  it("are lost when the receiver redirects to what is not a web address", function()
    start()
    subscribe "sale"
    receiver.statuses, receiver.location = { 302 }, "ftp://127.0.0.1/"
    gum:sell()
    receiver.wait(1)
    assert.same({ 302, "error" }, statuses())
  end)

  it("are lost by older servers when the receiver redirects", function()
    start { old_server = true }
    subscribe "sale"
    receiver.statuses = { 302 }
    gum:sell()
    receiver.wait(1)
    assert.same({ 302 }, statuses())
  end)

  for _, status in ipairs { 400, 404, 410, 429, 501 } do
    it("are lost when the response is " .. status, function()
      start()
      subscribe "sale"
      receiver.statuses = { status }
      gum:sell()
      receiver.wait(1)
      assert.same({ status }, statuses())
    end)
  end

  it("are repeated without a response, but only by newer servers", function()
    for old, deliveries in pairs { [false] = 4, [true] = 1 } do
      start { old_server = old }
      subscribe("sale", "http://127.0.0.1:1/nobody")
      gum:sell()
      assert.equal(deliveries, #statuses())
      if old == false then gum:stop() end
    end
  end)

  it("stop when the last token of the application is revoked", function()
    start()
    gum:grant("theirs", "view_sales", "their application")
    subscribe("sale", receiver.url .. "/theirs", "theirs")
    subscribe("sale", receiver.url .. "/ours")
    gum:revoke("theirs")
    gum:sell()
    assert.equal("/ours", receiver.wait(1)[1].path)
    assert.same({ 200 }, statuses())
  end)

  it("report what happens to subscriptions", function()
    start()
    for _, name in ipairs { "sale", "cancellation", "subscription_updated", "subscription_ended",
      "subscription_restarted" } do
      subscribe(name)
    end
    local sale = gum:sell { product_id = "mclub", email = "noor@example.com" }
    local id = sale.subscription_id
    assert.equal(id, receiver.wait(1)[1].fields.subscription_id)
    gum:event("subscription_updated", { subscriber_id = id })
    local fields = receiver.wait(2)[2].fields
    assert.equal("upgrade", fields.type)
    assert.equal("Supporter", fields.old_plan.tier.name)
    gum:cancel(id)
    fields = receiver.wait(3)[3].fields
    assert.equal("true", fields.cancelled_by_buyer)
    assert.same({ sale.id }, fields.purchase_ids)
    assert.is_nil(fields.seller_id)
    gum:event("subscription_ended", { subscriber_id = id })
    assert.equal("cancelled", receiver.wait(4)[4].fields.ended_reason)
    gum:event("subscription_restarted", { subscriber_id = id })
    assert.equal("subscription_restarted", receiver.wait(5)[5].fields.resource_name)
  end)

  it("report disputes, and repeat a sale on request", function()
    start()
    for _, name in ipairs { "sale", "dispute", "dispute_won" } do subscribe(name) end
    local sale = gum:sell()
    local first = receiver.wait(1)[1]
    gum:event("dispute", { sale_id = sale.id })
    assert.equal("true", receiver.wait(2)[2].fields.disputed)
    gum:event("dispute_won", { sale_id = sale.id })
    assert.equal("true", receiver.wait(3)[3].fields.dispute_won)
    gum:event("resend", { sale_id = sale.id })
    assert.equal(first.fields.sale_id, receiver.wait(4)[4].fields.sale_id)
  end)

  it("can be tested in the settings: without a resource name, with test at the end, never repeated", function()
    start()
    receiver.statuses = { 500 }
    gum:test_ping(receiver.url .. "/test")
    local ping = receiver.wait(1)[1]
    assert.is_nil(ping.fields.resource_name)
    assert.is_truthy(ping.body:find("&test=true$"))
    assert.same({ 500 }, statuses())
  end)

  it("are JSON for hosts that end with zapier.com", function()
    start()
    for url, format in pairs {
      ["https://hooks.zapier.com/hooks/1/"] = "json", ["https://HOOKS.zapier.com:443"] = "json",
      ["https://notzapier.com"] = "json", ["https://zapier.com.example.org/"] = "form",
      ["https://example.org/?x=zapier.com"] = "form", ["https://zapier.com@example.org"] = "form",
    } do
      assert.equal(format, post_url.format(url), url)
    end
  end)
end)
