local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"
local webhook = require "gumroad.webhook"
local support = require "support"

local URL = "https://hooks.example.com/gumroad/7f3d0c5b9a"
local OTHER = "https://hooks.example.com/gumroad/old"

local EVENTS = {}
for name in pairs(webhook.EVENTS) do EVENTS[#EVENTS + 1] = name end
table.sort(EVENTS)

local function all_events(url)
  local wanted = {}
  for _, name in ipairs(EVENTS) do wanted[name] = url end
  return wanted
end

for _, old_server in ipairs { false, true } do
  describe("ensure_webhooks" .. (old_server and " with the webhooks of other applications" or ""), function()
    local gum, shop, stranger, with_pauses

    setup(function() with_pauses = support.without_pauses() end)
    teardown(function() with_pauses() end)
    before_each(function()
      gum = assert(emulator.start { sales = 0, old_server = old_server, strict_post_url = true })
      gum:grant("strangers-token", "view_sales", "another application")
      shop = support.shop(gum)
      stranger = support.shop(gum, { access_token = "strangers-token" })
    end)
    after_each(function() gum:stop() end)

    -- The webhooks of all applications: "EVENT URL", sorted.
    local function there()
      local out = {}
      for _, name in ipairs(EVENTS) do
        for _, subscription in ipairs(assert(shop.resource_subscriptions:list { resource_name = name })) do
          out[#out + 1] = name .. " " .. subscription.post_url
        end
      end
      table.sort(out)
      return out
    end

    local function names(subscriptions)
      local out = {}
      for i, subscription in ipairs(subscriptions) do out[i] = subscription.resource_name end
      return out
    end

    local function create(by, name, url)
      return assert(by.resource_subscriptions:create { resource_name = name, post_url = url })
    end

    it("creates what is missing, once", function()
      local done = assert(shop:ensure_webhooks(all_events(URL)))
      assert.same({ EVENTS, {}, {} }, { names(done.made), names(done.kept), names(done.removed) })
      for _ = 1, 99 do
        done = assert(shop:ensure_webhooks(all_events(URL)))
        assert.same({ {}, EVENTS }, { names(done.made), names(done.kept) })
      end
      assert.equal(#EVENTS, #there())
    end)

    it("leaves everything else unless asked to remove it", function()
      create(shop, "sale", OTHER)
      create(shop, "dispute", URL)
      local done = assert(shop:ensure_webhooks { sale = URL, refund = OTHER })
      assert.same({ "refund", "sale" }, names(done.made))
      assert.same({ "dispute " .. URL, "refund " .. OTHER, "sale " .. URL, "sale " .. OTHER }, there())
      assert.same({ made = {}, kept = {}, removed = {} }, assert(shop:ensure_webhooks {}))
    end)

    it("removes the rest of its own application, and of no other", function()
      create(shop, "sale", OTHER)
      create(shop, "dispute", URL)
      create(stranger, "sale", OTHER)
      create(stranger, "refund", URL .. "/stranger")
      local done = assert(shop:ensure_webhooks { sale = URL, remove = true })
      assert.same({ { "sale" }, {}, { "dispute", "sale" } },
        { names(done.made), names(done.kept), names(done.removed) })
      assert.same({ "refund " .. URL .. "/stranger", "sale " .. URL, "sale " .. OTHER }, there())
      done = assert(shop:ensure_webhooks { sale = URL, remove = true })
      assert.same({ {}, { "sale" }, {} }, { names(done.made), names(done.kept), names(done.removed) })
    end)

    it("removes all of its own if none is wanted", function()
      assert(shop:ensure_webhooks(all_events(URL)))
      assert.same(EVENTS, names(assert(shop:ensure_webhooks { remove = true }).removed))
      assert.same({}, there())
    end)

    it("leaves one of several equal ones, which is its own", function()
      create(stranger, "sale", URL)
      for _ = 1, 3 do create(shop, "sale", URL) end
      assert(shop:ensure_webhooks { sale = URL, remove = true })
      assert.same({ "sale " .. URL, "sale " .. URL }, there())
      assert(stranger:ensure_webhooks { remove = true })
      assert.same({ "sale " .. URL }, there())
    end)

    it("does not create a webhook twice if the response was lost", function()
      gum:fault { kind = "reset_body", method = "PUT" }
      local done = assert(shop:ensure_webhooks { sale = URL })
      assert.same({ "sale" }, names(done.made))
      assert.same({ "sale " .. URL }, there())
    end)

    it("fails with outcome_unknown if it is unknown whether one was created", function()
      gum:fault { kind = "reset", method = "PUT" }
      local done, err = shop:ensure_webhooks { sale = URL }
      assert.is_nil(done)
      assert.equal("outcome_unknown", err.kind)
      assert.truthy(err.message:find("check with shop.resource_subscriptions:list({ ... })", 1, true), err.message)
      assert(shop:ensure_webhooks { sale = URL })
      assert.same({ "sale " .. URL }, there())
    end)

    it("returns what it created if the webhook of another event could not be created", function()
      gum:fault { kind = "status", status = 502, method = "PUT" }
      local done, err, partly = shop:ensure_webhooks { sale = URL, refund = URL }
      assert.same({ "nil", "outcome_unknown" }, { type(done), err.kind })
      assert.equal(1, #partly.made)
      assert.same({ partly.made[1].resource_name .. " " .. URL }, there())
    end)

    it("removes none of several equal ones if it is unknown whether another one was created", function()
      for _ = 1, 2 do create(shop, "sale", URL) end
      gum:fault { kind = "reset", method = "PUT" }
      local _, err = shop:ensure_webhooks { sale = URL, remove = true }
      assert.equal("outcome_unknown", err.kind)
      assert.same({ "sale " .. URL, "sale " .. URL }, there())
    end)

    it("creates its own next to that of another application if it can distinguish them", function()
      create(stranger, "sale", URL)
      local done = assert(shop:ensure_webhooks { sale = URL })
      assert.equal(old_server and 0 or 1, #done.made)
      assert.equal(old_server and 1 or 0, #done.kept)
    end)

    it("returns Gumroad's message for a refusal", function()
      local done, err = support.shop(gum, { access_token = "none" }):ensure_webhooks { sale = URL }
      assert.is_nil(done)
      assert.equal("auth", err.kind)
      done, err = shop:ensure_webhooks { sale = "http://127.0.0.1/hook" }  -- this emulator refuses it
      assert.is_nil(done)
      assert.same({ "invalid", "Invalid post URL 'http://127.0.0.1/hook'" }, { err.kind, err.message })
    end)
  end)
end

describe("ensure_webhooks", function()
  it("asks about all events concurrently", function()
    local gum = assert(emulator.start { sales = 0, latency = 0.05 })
    assert(support.shop(gum):ensure_webhooks(all_events(URL)))
    assert.equal(#EVENTS, assert(gum:stats()).max_in_flight)
    gum:stop()
  end)

  it("waits like the shop, with a cooperative scheduler and among other calls", function()
    local gum = assert(emulator.start { sales = 0 })
    local slept = 0
    local shop = support.shop(gum, { sleep = function() slept = slept + 1 end })
    assert(shop:ensure_webhooks { sale = URL })
    assert.is_true(slept > 0)
    shop = support.shop(gum)
    local values = gumroad.all { function() return shop:ensure_webhooks { sale = URL } end,
      function() return shop.user:get() end }
    assert.equal(1, #values[1].kept)
    assert.is_table(values[2])
    gum:stop()
  end)

  it("is what watch creates its webhooks with", function()
    local gum = assert(emulator.start { sales = 0 })
    local shop = support.shop(gum)
    local function watch()
      local watcher = assert(require("gumroad.watch").new(shop, { url = "http://127.0.0.1:9/hook", port = 0,
        sale = print, cancellation = print }))
      watcher:close()
    end
    watch()
    watch()
    for _, name in ipairs { "sale", "cancellation" } do
      local subscriptions = assert(shop.resource_subscriptions:list { resource_name = name })
      assert.equal(1, #subscriptions)
      assert.equal("http://127.0.0.1:9/hook", subscriptions[1].post_url)
    end
    gum:stop()
  end)

  it("makes watch fail clearly if the server does not say which seller the token belongs to", function()
    local gum = assert(emulator.start { sales = 0 })
    finally(function() gum:stop() end)
    gum:fault { kind = "status", status = 200, path = "/v2/user", body = '{"success":true,"user":{"id":"1"}}' }
    local done, err = support.shop(gum):watch { url = "http://127.0.0.1:9/hook", port = 0, sale = print }
    assert.is_nil(done)
    assert.equal("decode: the server does not say which seller the token belongs to: pass seller_id", tostring(err))
  end)

  it("makes watch refuse addresses that Gumroad cannot reach, before it listens", function()
    local shop = gumroad.new { access_token = "a", base_url = "https://gumroad.invalid" }
    local message = support.raised(shop.watch, shop, { url = "http://127.0.0.1:8080/", sale = print })
    assert.equal(1, (message:find("watch: url is not in the public network", 1, true)), message)
  end)

  -- Wrong addresses ---------------------------------------------------------------------------

  local shop = gumroad.new { access_token = "a", base_url = "https://gumroad.invalid" }

  for _, url in ipairs {
    "http://localhost/hook", "https://LOCALHOST:8080/", "http://127.0.0.1:8089/hook", "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://169.254.169.254/latest",
    "http://100.64.0.1/", "http://100.127.0.1/", "http://192.0.2.1/", "http://198.18.0.1/", "http://198.19.0.1/",
    "http://203.0.113.9/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://256.1.1.1/", "http://2130706433/", "http://[::1]/", "http://[fe80::1]/",
    "http://[fc00::1]/", "http://[2001:db8::1]/", "http://user:pass@10.0.0.1/",
  } do
    it("refuses " .. url, function()
      local message = support.raised(shop.ensure_webhooks, shop, { sale = url })
      assert.truthy(message:find("ensure_webhooks: sale: the URL is not in the public network", 1, true), message)
      assert.truthy(message:find("use a public host or a tunnel", 1, true), message)
    end)
  end

  for _, url in ipairs { "", "hooks.example.com/a", "ftp://example.com/", "https:///a", "https://example.com/a b",
    "https://example.com/#a", "https://example.com/\r\na" } do
    it(("refuses %q"):format(url):gsub("%c", "?"), function()
      local message = support.raised(shop.ensure_webhooks, shop, { refund = url })
      assert.truthy(message:find("ensure_webhooks: refund: the URL must be http(s)://HOST/PATH", 1, true), message)
    end)
  end

  it("accepts URLs of up to 255 bytes", function()
    local url = "https://example.com/" .. ("a"):rep(235)
    local _, err = shop:ensure_webhooks({ sale = url }, { retries = 0 })
    assert.equal("network", err.kind)
    local message = support.raised(shop.ensure_webhooks, shop, { sale = url .. "a" })
    assert.truthy(message:find("is longer than the 255 bytes that Gumroad takes", 1, true), message)
  end)

  it("accepts public addresses of all forms", function()
    for _, url in ipairs { "http://8.8.8.8/", "https://[2606:4700::1111]/a", "https://cafe.example.com:8443/a?b=c",
      "HTTPS://example.com", "http://172.15.0.1/", "http://172.32.0.1/", "http://100.63.0.1/", "http://100.128.0.1/",
      "http://169.253.0.1/", "http://169.255.0.1/", "http://192.167.0.1/", "http://192.169.0.1/",
      "http://198.17.0.1/", "http://198.20.0.1/", "http://223.1.1.1/" } do
      local _, err = shop:ensure_webhooks({ sale = url }, { retries = 0 })
      assert.equal("network", err.kind)
    end
  end)

  it("refuses unknown events and wrong types", function()
    for message, wanted in pairs {
      ["ensure_webhooks: unknown event 'sales' (did you mean 'sale'?)"] = { sales = URL },
      ["ensure_webhooks: sale: a URL expected, got boolean"] = { sale = true },
      ["ensure_webhooks: remove: boolean expected, got string"] = { remove = "all" },
      ["ensure_webhooks: table expected, got string"] = URL,
    } do
      local raised = support.raised(shop.ensure_webhooks, shop, wanted)
      assert.equal(1, (raised:find(message, 1, true)), raised)
    end
  end)
end)
