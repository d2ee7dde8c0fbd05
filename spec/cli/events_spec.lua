-- gumroad-lua trigger and listen: pings from one process to another.
local cjson = require "cjson"
local emulator = require "gumroad.emulator"
local EVENTS = require("gumroad.api.events").names
local event_line = require "gumroad.cli.commands.listen.event_line"
local schema = require "gumroad.api.schema"
local socket = require "socket"
local webhook = require "gumroad.webhook"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"

local FORM = "application/x-www-form-urlencoded"
local SECRET = "pR4tX9mK2w"

-- A fixture with what a ping of each event always contains, if it does not have the event's name.
local SAMPLES = { sale = "sale_plain", refund = "refund_full", cancellation = "cancellation_by_buyer",
  subscription_updated = "subscription_updated_upgrade" }

local function printed(...)
  local words = { "trigger", "--print", ... }
  local result = command.batch { words }[1]
  assert.equal(0, result.code, result.err)
  return result.out
end

-- The names of the top-level fields of a form, each once, in order.
local function names_of(form)
  local names, seen = {}, {}
  for pair in form:gmatch("[^&]+") do
    local name = pair:match("^(.-)%%5B") or pair:match("^(.-)=")
    if pair:find("^[^=]*%%5B") == nil then name = pair:match("^(.-)=") end
    if not seen[name] then names[#names + 1], seen[name] = name, true end
  end
  return names
end

local function places_in(object, names)
  local places = {}
  for place, field in ipairs(object) do places[field[1]] = place end
  local out = {}
  for i, name in ipairs(names) do out[i] = assert(places[name], name) end
  return out
end

local function wrong(...)
  local result = command.batch { { "trigger", ... } }[1]
  assert.equal(2, result.code, result.err)
  assert.equal("", result.out)
  return result.err
end

describe("gumroad-lua trigger", function()
  for _, name in ipairs(EVENTS) do
    it("creates a ping of type " .. name .. " with Gumroad's fields, in Gumroad's order", function()
      local form = printed(name, "--seed", "7")
      local event = assert(webhook.parse(form, FORM))
      assert.same({ name, false, 0 }, { event.type, event.test, event.retry_count })
      local object = schema[webhook.EVENTS[name][1]]
      local places = places_in(object, names_of(form))
      for i = 2, #places do assert.truthy(places[i - 1] < places[i], names_of(form)[i]) end
      local sample = assert(webhook.parse(support.fixture("pings/" .. (SAMPLES[name] or name) .. ".form"), FORM))
      for field, value in pairs(sample.data) do
        if object.type[field]:sub(-1) ~= "?" then
          assert.equal(type(value), type(event.data[field]), name .. ": " .. field)
        end
      end
    end)
  end

  it("creates the test ping of the settings page, for a sale and without resource_name", function()
    local form = printed("test", "--seed", "7")
    local event = assert(webhook.parse(form, FORM))
    assert.same({ "sale", true }, { event.type, event.test })
    assert.is_nil(event.data.resource_name)
    assert.truthy(form:find("&test=true$"))
  end)

  it("creates test purchases, but not of subscriptions", function()
    for _, name in ipairs { "sale", "refund", "dispute" } do
      assert.is_true(assert(webhook.parse(printed(name, "--test"), FORM)).test)
    end
    local message = wrong("cancellation", "--print", "--test")
    assert.truthy(message:find("--test: pings about subscriptions do not say", 1, true))
  end)

  it("creates repeated deliveries, with one more field at the end", function()
    local first, again = printed("refund", "--seed", "3"), printed("refund", "--seed", "3", "--retry-count", "2")
    local function timeless(form) return (form:gsub("%d+%-%d+%-%d+T%d+%%3A%d+%%3A%d+Z", "now")) end
    assert.equal(timeless(first) .. "&retry_count=2", timeless(again))
    assert.truthy(wrong("sale", "--print", "--retry-count", "4"):find("at least 1 and at most 3 expected", 1, true))
    assert.truthy(wrong("test", "--print", "--retry-count", "1"):find("never repeats", 1, true))
  end)

  it("invents different pings each time, and the same ones from a seed", function()
    local function key(...) return assert(webhook.parse(printed("sale", ...), FORM)).key end
    assert.equal(key("--seed", "5"), key("--seed", "5"))
    assert.not_equal(key("--seed", "5"), key("--seed", "6"))
    assert.not_equal(key(), key())
  end)

  it("invents as many as requested, all different", function()
    for _, name in ipairs { "sale", "subscription_ended", "test" } do
      local keys, count = {}, 0
      for line in printed(name, "--count", "60", "--seed", "1"):gmatch("[^\n]+") do
        local key = assert(webhook.parse(line, FORM)).key
        if not keys[key] then keys[key], count = true, count + 1 end
      end
      assert.equal(60, count, name)
    end
  end)

  it("changes fields, keeping their types and positions", function()
    local form = printed("sale", "--set", "price=900", "--set", "offer_code=LATE", "--set", "card.type=mastercard",
      "--set", "url_params.utm[x]=1", "--set", "discover_fee_charged=true", "--set", "referrer=")
    local data = assert(webhook.parse(form, FORM)).data
    assert.same({ 900, "LATE", "mastercard", true }, { data.price, data.offer_code, data.card.type,
      data.discover_fee_charged })
    assert.is_nil(data.referrer)
    assert.same({ ["utm[x]"] = "1" }, data.url_params)
    local places = places_in(schema.sale_ping, names_of(form))
    for i = 2, #places do assert.truthy(places[i - 1] < places[i]) end
    assert.truthy(printed("sale", "--json-body", "--set", "price=900"):find('"price":900,', 1, true))
  end)

  it("also puts the buyer's answers at the top level of a sale, where they overwrite earlier fields", function()
    local event = assert(webhook.parse(printed("sale", "--set", "custom_fields.Size [cm]=30=1&", "--set",
      "custom_fields.email=x", "--set", "custom_fields.refunded=yes"), FORM))
    assert.same({ ["Size [cm]"] = "30=1&", email = "x", refunded = "yes" }, event.data.custom_fields)
    assert.same({ "30=1&", "x", false }, { event.data["Size [cm]"], event.data.email, event.data.refunded })
    assert.same({ "email" }, event.shadowed)
    local cancelled = assert(webhook.parse(printed("cancellation", "--set", "custom_fields.Size=XL"), FORM))
    assert.is_nil(cancelled.data.Size)
    assert.equal("XL", cancelled.data.custom_fields.Size)
  end)

  it("says what is wrong with a field or an event", function()
    for words, message in pairs {
      ["emial=x"] = "unknown field 'emial' (did you mean 'email'?)", ["price=much"] = "price: integer expected",
      ["refunded=yes"] = "refunded: boolean expected", ["card=visa"] = "name a field in it, as in card.NAME=VALUE",
      ["card.typ=visa"] = "card.typ: unknown field 'typ' (did you mean 'type'?)",
      ["email.x=1"] = "'email' has no fields",
      ["price"] = "FIELD=VALUE expected, got 'price'",
    } do
      assert.truthy(wrong("sale", "--print", "--set", words):find(message, 1, true), words)
    end
    assert.truthy(wrong("sold", "--print"):find("unknown event 'sold'", 1, true))
    assert.truthy(wrong("sale"):find("--to is missing", 1, true))
    assert.truthy(wrong("sale", "--to", "hooks.example.com"):find("must begin with https:// or http://", 1, true))
  end)

  describe("at a receiver", function()
    local gum
    setup(function() gum = assert(emulator.start { sales = 0, products = 1 }) end)
    teardown(function() gum:stop() end)
    before_each(function() gum:clear_faults() end)

    -- Returns what trigger says if the response to a ping has a status.
    local function trigger_at(status, ...)
      gum:fault { kind = "status", status = status, path = "/hook" }
      return command.batch { { "trigger", "sale", "--to", gum.url .. "/hook/" .. SECRET .. "?key=" .. SECRET, ... } }[1]
    end

    it("says what Gumroad would do after each response", function()
      local again = "Gumroad would send it again after 1, 3 and 10 minutes"
      for status, want in pairs {
        [200] = { 0, "accepted" }, [204] = { 0, "accepted" }, [499] = { 5, again }, [500] = { 5, again },
        [502] = { 5, again }, [503] = { 5, again }, [504] = { 5, again },
        [400] = { 5, "Gumroad would drop it for good" },
        [404] = { 5, "Gumroad would drop it for good" }, [429] = { 5, "Gumroad would drop it for good" },
        [501] = { 5, "Gumroad would drop it for good" },
        [302] = { 5, "Gumroad would drop it for good, as not every server of Gumroad follows redirects" },
      } do
        local result = trigger_at(status)
        assert.equal(want[1], result.code, status)
        local told = result.out:gsub("%(%d%.%d+ s%)", "(S)")
        assert.equal(("sale to %s/hook/pR4t...?...: %d (S): %s\n"):format(gum.url, status, want[2]), told)
        assert.is_nil((result.out .. result.err):find(SECRET, 1, true))
      end
    end)

    it("says how many deliveries are left", function()
      assert.truthy(trigger_at(503, "--retry-count", "1").out:find("again after 3 and 10 minutes\n", 1, true))
      assert.truthy(trigger_at(503, "--retry-count", "2").out:find("again after 10 minutes\n", 1, true))
      assert.truthy(trigger_at(503, "--retry-count", "3").out:find("that was the last delivery", 1, true))
    end)

    it("sends what Gumroad sends, with Gumroad's headers", function()
      gum:reset_stats()
      trigger_at(200, "--seed", "9", "--json")
      local request = support.requests(gum)[1]
      assert.equal("POST", request.method)
      assert.equal(FORM, request.headers["content-type"])
      assert.equal("Ruby", request.headers["user-agent"])
      assert.is_nil(request.headers.authorization)
      assert.equal("sale", assert(webhook.parse(request.body, FORM)).type)
    end)

    it("prints its results in the formats of other commands", function()
      local result = cjson.decode(trigger_at(503, "--json").out)[1]
      assert.same({ "sale", 503 }, { result.event, result.status })
      assert.truthy(trigger_at(200, "--fields", "event,fate").out:find("^sale\taccepted\n$"))
    end)

    it("ends with another exit code if there is no response", function()
      local result = command.batch { { "trigger", "sale", "--to", "http://127.0.0.1:" .. support.free_port() } }[1]
      assert.equal(6, result.code)
      assert.truthy(result.out:find("newer servers of Gumroad would send it again after 1, 3 and 10 minutes", 1, true))
    end)
  end)
end)

describe("The line for an event", function()
  it("contains what is special about the event, and no control sequences", function()
    local event = { type = "sale", test = true, retry_count = 2, shadowed = { "email" }, data = { price = 1296,
      email = "lena@example.com\27[2J", product_name = ("Colour Notes No. 7 "):rep(9) } }
    local line = event_line.text(event, true)
    assert.truthy(line:find("$12.96 (test; retry 2; typed by the buyer: email)", 1, true), line)
    assert.is_nil(line:find("\27", 1, true))
    assert.is_true(#line < 200)
    assert.equal("sale\tlena@example.com\\x1b[2J", event_line.text(event, false):match("\t(.-\t.-)\t"))
  end)

  it("says what happened to a subscription", function()
    local function amount(data)
      return event_line.text({ type = "x", retry_count = 0, shadowed = {}, data = data }, false):match("([^\t]*)\t$")
    end
    assert.equal("by buyer", amount { cancelled_by_buyer = true })
    assert.equal("payments failed", amount { cancelled_due_to_payment_failures = true })
    assert.equal("upgrade to price_cents 18000, yearly", amount { type = "upgrade", new_plan = { price_cents = 18000,
      recurrence = "yearly" } })
    assert.equal("cancelled", amount { ended_reason = "cancelled" })
    assert.equal("", amount {})
  end)
end)

describe("gumroad-lua listen #slow", function()
  after_each(background.stop)

  local function listen(...)
    local process = background.start { "listen", "--port", "0", ... }
    process.url = process:wait_for("listening on (http://[%w.:]+[^, ]*)")
    return process
  end

  local function trigger(url, ...)
    return command.run { "trigger", "--to", url, ... }
  end

  local function events(text)
    local list = {}
    for line in text:gmatch("[^\n]+") do list[#list + 1] = cjson.decode(line) end
    return list
  end

  it("prints every triggered event, and forwards it unchanged", function()
    local target = listen("--json")
    local relay = listen("--json", "--forward", target.url .. "/deep/hook?a=b", "--count", tostring(#EVENTS))
    for _, name in ipairs(EVENTS) do
      assert.equal(0, trigger(relay.url, name, "--seed", "4", "--set", "custom_fields.Größe [cm]=30 & mehr").code)
    end
    local first, second = relay:finish(), target:interrupt()
    assert.same({ 0, 0 }, { first.code, second.code })
    local relayed, arrived = events(first.out), events(second.out)
    assert.equal(#EVENTS, #relayed)
    for i, event in ipairs(relayed) do
      assert.equal(EVENTS[i], event.type)
      event.received_at, arrived[i].received_at = nil, nil
      assert.same(event, arrived[i])
      assert.truthy(event.subject:find "^%a+:.")
      assert.equal("30 & mehr", event.data.custom_fields["Größe [cm]"])
      local printed_data = assert(webhook.parse(printed(event.type, "--seed", "4", "--set",
        "custom_fields.Größe [cm]=30 & mehr"), FORM)).data
      for name, value in pairs(printed_data) do assert.equal(type(value), type(event.data[name]), name) end
    end
    local summary = "%d events received: 1 cancellation, 1 dispute, 1 dispute_won, 1 refund,"
    assert.truthy(first.err:find(summary:format(#EVENTS), 1, true))
  end)

  it("prints a line with tabs for each event if there is no terminal", function()
    local process = listen("--count", "1")
    trigger(process.url, "sale", "--set", "email=lena@example.com", "--set", "price=1296", "--set", "product_name=Ink")
    local line = process:finish().out
    assert.truthy(line:find("^%d+%-%d+%-%d+T%d+:%d+:%d+Z\tsale\tlena@example.com\tInk\t%$12%.96\t\n$"), line)
  end)

  it("accepts only requests with the secret and the path, and shows neither", function()
    local process = listen("--path", "/hook", "--secret", SECRET, "--count", "1")
    local base = process.url:match("^(http://[^/]+)")
    for _, target in ipairs { "/hook", "/hook?secret=" .. SECRET .. "x", "/?secret=" .. SECRET, "/hook?secret=" } do
      local refused = trigger(base .. target, "sale")
      assert.equal(5, refused.code)
      assert.truthy(refused.out:find(": 404 (", 1, true))
    end
    assert.equal(0, trigger(base .. "/hook?secret=" .. SECRET, "refund").code)
    local result = process:finish()
    assert.truthy(result.out:find("\trefund\t"))
    assert.truthy(result.err:find("1 event received: 1 refund; 4 refused", 1, true), result.err)
    assert.is_nil((result.out .. result.err):find(SECRET, 1, true))
  end)

  it("reads the secret from a file", function()
    local folder, remove = support.folder()
    os.execute(("echo %s >%s/secret"):format(SECRET, folder))
    local process = listen("--secret", "@" .. folder .. "/secret", "--count", "1")
    assert.equal(0, trigger(process.url .. "?secret=" .. SECRET, "sale").code)
    assert.equal(0, process:finish().code)
    remove()
  end)

  it("lets Gumroad repeat what its target does not accept", function()
    local target = listen("--path", "/other")
    for _, url in ipairs { "http://127.0.0.1:" .. support.free_port() .. "/" .. SECRET, target.url .. SECRET } do
      local relay = listen("--forward", url, "--count", "1")
      local result = trigger(relay.url, "sale")
      assert.equal(5, result.code)
      assert.truthy(result.out:find(": 503 (", 1, true), result.out)
      local told = relay:finish()
      assert.equal(0, told.code)
      assert.truthy(told.err:find("so Gumroad is asked to send it again: ", 1, true), told.err)
      assert.is_nil(told.err:find(SECRET, 1, true))
    end
  end)

  it("accepts other pings while a target keeps it waiting", function()
    local gum = assert(emulator.start { sales = 0, products = 1 })
    gum:fault { kind = "stall", path = "/slow" }
    local relay = listen("--json", "--forward", gum.url .. "/slow", "--count", "2")
    local waiting = background.start { "trigger", "sale", "--to", relay.url }
    repeat until relay:out():find("\n", 1, true)
    gum:fault { kind = "status", status = 200, path = "/slow" }
    assert.equal(0, trigger(relay.url, "refund").code)
    assert.equal("refund", events(relay:out())[2].type)
    assert.equal(5, waiting:finish().code)  -- 503, after the timeout of the target
    assert.equal(0, relay:finish().code)
    gum:stop()
  end)

  it("lets Gumroad repeat what its target has not accepted yet when it is ended", function()
    local gum = assert(emulator.start { sales = 0, products = 1 })
    finally(function() gum:stop() end)
    gum:fault { kind = "stall", path = "/slow" }
    local relay = listen("--json", "--forward", gum.url .. "/slow")
    local waiting = background.start { "trigger", "sale", "--to", relay.url }
    repeat until relay:out():find("\n", 1, true)
    assert.equal(0, relay:interrupt().code)
    local result = waiting:finish()
    assert.equal(5, result.code)
    assert.truthy(result.out:find(": 503 (", 1, true), result.out)
  end)

  it("lets Gumroad repeat what cannot be forwarded", function()
    local http = require "gumroad.client.http"
    local start = http.start
    finally(function() http.start = start end)
    http.start = function() return nil, { message = "too many open files" } end
    local failed
    local forwards = require("gumroad.cli.commands.listen.forward").new("http://127.0.0.1:1/", function(event, message)
      failed = { event, message }
    end)
    local request = { body = function() return "a=b" end, header = function() end }
    assert.equal(503, forwards:send("the event", request))
    assert.same({ "the event", "too many open files" }, failed)
    assert.is_false(forwards:is_busy())
  end)

  it("prints and counts only the requested events", function()
    local process = listen("--events", "refund,dispute", "--count", "1")
    assert.equal(0, trigger(process.url, "sale").code)
    assert.equal(0, trigger(process.url, "dispute").code)
    assert.truthy(process:finish().err:find("1 event received: 1 dispute\n", 1, true))
  end)

  it("refuses what is not a ping", function()
    local process = listen()
    local out = support.output("curl -s -o /dev/null -w '%{http_code} ' -d a=b " .. process.url .. " " .. process.url
      .. " --next -s -o /dev/null -w '%{http_code}' " .. process.url)
    assert.equal("400 400 405", out)
    assert.truthy(process:interrupt().err:find("0 events received; 3 refused", 1, true))
  end)

  it("reports that its port is in use", function()
    local process = listen()
    local result = command.run { "listen", "--port", process.url:match(":(%d+)") }
    assert.equal(3, result.code)
    assert.truthy(result.err:find("is already taken", 1, true), result.err)
  end)

  it("says what to install if it was built without its listener", function()
    local folder, remove = support.folder()
    local lua, cpath = support.lua_command(""):match("([^/%s]+) "), package.cpath
    assert.equal(0, command.shell(("make -s LUA=%s BUILD=%s MHD_LIBS= %s/gumroad/listener.so"):format(lua, folder,
      folder)).code)
    package.cpath = folder .. "/?.so;" .. cpath
    local result = command.run { "listen" }
    package.cpath = cpath
    assert.equal(3, result.code)
    assert.truthy(result.err:find("built without libmicrohttpd", 1, true), result.err)
    remove()
  end)

  it("says what is wrong with its arguments", function()
    for message, words in pairs {
      ["--subscribe needs --url"] = { "--subscribe", "sale" },
      ["option '--events': unknown event 'sold'"] = { "--events", "sold" },
      ["a path that begins with / expected"] = { "--path", "hook" }, ["of at least 1 expected"] = { "--count", "0" },
      ["events can only be printed as lines"] = { "--csv" },
      ["option '--forward': http(s)://HOST/PATH expected"] = { "--forward", "foo" },
    } do
      local result = command.batch { { "listen", (table.unpack or unpack)(words) } }[1]
      assert.equal(2, result.code)
      assert.truthy(result.err:find(message, 1, true), result.err)
    end
  end)

  describe("with a shop", function()
    local gum, shop
    setup(function()
      gum = assert(emulator.start { sales = 3, subscribers = 3, time_scale = 0.001 })
      shop = support.shop(gum)
    end)
    teardown(function() gum:stop() end)

    local function webhooks()
      local addresses = {}
      for _, name in ipairs(EVENTS) do
        for _, hook in ipairs(assert(shop.resource_subscriptions:list { resource_name = name })) do
          addresses[#addresses + 1] = name .. " " .. hook.post_url:gsub("^http://[^/]+", "")
        end
      end
      return addresses
    end

    local function listen_for(...)
      local port = tostring(support.free_port())
      local url = "http://127.0.0.1:" .. port .. "/hook"
      local process = background.start({ "listen", "--port", port, "--url", url, ... }, command.to(gum))
      process.url = process:wait_for("listening on (http://[%w.:]+[^, ]*)")
      return process
    end

    it("creates the webhooks, prints what happens, and removes what it created", function()
      local process = listen_for("--secret", SECRET, "--count", "2", "--json")
      assert.equal(#EVENTS, #webhooks())
      assert.equal("sale /hook?secret=" .. SECRET, webhooks()[1])
      local sale = assert(gum:sell { email = "lena@example.com" })
      gum:settle()
      assert(gum:refund(sale.id))
      local result = process:finish()
      local list = events(result.out)
      assert.same({ "sale", "refund" }, { list[1].type, list[2].type })
      assert.equal(sale.id, list[2].data.sale_id)
      assert.same({}, webhooks())
      assert.is_nil((result.out .. result.err):find(gum.access_token, 1, true))
    end)

    it("removes what it created if it ends because its output cannot be written", function()
      local port = support.free_port()
      local words = { "listen", "--port", tostring(port), "--url", ("http://127.0.0.1:%d/hook"):format(port) }
      local process = background.start(words, command.to(gum), "/dev/full")
      process:wait_for("listening on")
      assert(gum:sell {})
      local result = process:finish()
      assert.equal(1, result.code)
      assert.truthy(result.err:find("cannot write the output", 1, true), result.err)
      assert.same({}, webhooks())
    end)

    it("removes what it created if one of the webhooks cannot be created", function()
      gum:fault { kind = "status", status = 403, method = "PUT" }
      local result = command.run({ "listen", "--port", "0", "--url", "http://127.0.0.1:9/hook" }, command.to(gum))
      assert.equal(3, result.code)
      assert.same({}, webhooks())
    end)

    it("removes what it created if it is terminated or its terminal closes", function()
      for _, signal in ipairs { "TERM", "HUP" } do
        local process = listen_for("--subscribe", "sale")
        assert.same({ "sale /hook" }, webhooks())
        local result = process:interrupt(signal)
        assert.equal(0, result.code, signal)
        assert.truthy(result.err:find("0 events received\n", 1, true), result.err)
        assert.same({}, webhooks())
      end
    end)

    it("ends on SIGTERM as process 1 too, as in a container #unshare", function()
      local wrapper = "unshare --user --map-root-user --pid --fork "
      local line = command.line({ "listen", "--port", "0" }, command.to(gum))
      local shell = ("exec 2>&1; %s%s </dev/null & echo $!; wait $!; echo exit $?"):format(wrapper, line)
      local pipe = assert(io.popen(shell))
      local pid = pipe:read("*l")
      assert.matches("listening on", pipe:read("*l"), 1, true)
      os.execute("kill -TERM $(pgrep -P " .. pid .. ")")
      local told = pipe:read("*a")
      pipe:close()
      assert.equal("gumroad-lua: 0 events received\nexit 0\n", told)
    end)

    -- Connects clients that never finish their requests; returns how many of them stay connected.
    local function count_connections(limits, ...)
      local port, clients, count = tostring(support.free_port()), {}, 0
      local line = command.line({ "listen", "--port", port, ... }, command.to(gum))
      local pipe = assert(io.popen("echo $$; " .. limits .. "exec " .. line .. " 2>&1 </dev/null"))
      local pid = pipe:read("*l")
      assert.matches("listening on", pipe:read("*l"), 1, true)
      local function sockets()
        return tonumber(support.output(("ls -l /proc/%s/fd | grep -c socket:"):format(pid)))
      end
      local before, give_up = sockets(), socket.gettime() + 1
      for i = 1, 12 do
        clients[i] = assert(socket.connect("127.0.0.1", port))
        clients[i]:send("POST")
      end
      repeat
        count = math.max(count, sockets() - before)
      until count == #clients or socket.gettime() > give_up
      for _, client in ipairs(clients) do client:close() end
      os.execute("kill -TERM " .. pid)
      pipe:read("*a")
      pipe:close()
      return count
    end

    it("opens no more connections than it is told, and as many as the hard limit of descriptors allows", function()
      assert.equal(12, count_connections "")
      assert.equal(3, count_connections("", "--max-connections", "3", "--max-memory", "1000"))
      assert.equal(12, count_connections "ulimit -Sn 70; ulimit -Hn 200; ")
      assert.equal(6, count_connections "ulimit -n 70; ")
    end)

    it("says which limits it takes", function()
      for option, most in pairs { ["--max-connections"] = 100000, ["--max-memory"] = 2147483647 } do
        local result = command.run({ "listen", option, "0" }, command.to(gum))
        assert.equal(2, result.code)
        assert.truthy(result.err:find(("at least 1 and at most %d expected"):format(most), 1, true), result.err)
      end
    end)

    it("creates webhooks for the named events, and keeps existing ones", function()
      local url = "http://127.0.0.1:9/hook"
      local there = assert(shop.resource_subscriptions:create { resource_name = "sale", post_url = url })
      local process = listen_for("--subscribe", "sale,refund")
      assert.same({ "sale /hook", "sale /hook", "refund /hook" }, webhooks())
      assert.equal(0, process:interrupt().code)
      assert.same({ "sale /hook" }, webhooks())
      assert(shop.resource_subscriptions:delete(there.id))
    end)

    it("refuses the pings of another seller", function()
      local process = listen_for("--events", "sale")
      local result = trigger(process.url, "sale")
      assert.truthy(result.out:find(": 403 (", 1, true))
      assert.truthy(result.err:find("--set seller_id=ID", 1, true))
      local mine = "seller_id=" .. assert(shop.user:get()).user_id
      assert.equal(0, trigger(process.url, "sale", "--set", mine).code)
      assert.truthy(process:interrupt().err:find("1 event received: 1 sale; 1 refused", 1, true))
    end)

    it("accepts pings that are triggered with the token of the same seller", function()
      local process = listen_for("--events", "sale,refund")
      local function with_token(...)
        return command.run({ "trigger", "--to", process.url, ... }, command.to(gum))
      end
      for _, name in ipairs { "sale", "refund", "test" } do assert.equal(0, with_token(name).code) end
      local other = with_token("sale", "--set", "seller_id=another")
      assert.equal(5, other.code)
      local without = command.run({ "trigger", "sale", "--to", process.url }, {})
      assert.equal(5, without.code)
      assert.truthy(without.err:find("run trigger with the same GUMROAD_ACCESS_TOKEN", 1, true), without.err)
      assert.truthy(process:interrupt().err:find("3 events received: 1 refund, 2 sale; 2 refused", 1, true))
    end)

    it("works with trigger whether or not the API can be reached", function()
      local nowhere = { GUMROAD_ACCESS_TOKEN = gum.access_token, GUMROAD_API_BASE_URL = "http://127.0.0.1:1" }
      gum:fault { kind = "status", status = 200, path = "/hook" }
      local words = { "trigger", "sale", "--to", gum.url .. "/hook" }
      assert.equal(0, command.run(words, nowhere).code)
      nowhere.GUMROAD_API_BASE_URL = "nowhere"
      gum:fault { kind = "status", status = 200, path = "/hook" }
      assert.equal(0, command.run(words, nowhere).code)
    end)

    it("needs a token that may read sales", function()
      assert(gum:grant("token-of-little-use", "view_public"))
      local result = command.run({ "listen", "--port", "0", "--url", "http://127.0.0.1:9/hook" },
        command.to(gum, { GUMROAD_ACCESS_TOKEN = "token-of-little-use" }))
      assert.equal(3, result.code)
      assert.is_nil(result.err:find("token-of-little-use", 1, true))
      assert.same({}, webhooks())
    end)

    it("refuses an address that Gumroad refuses before it listens", function()
      local result = command.run({ "listen", "--port", "0", "--url", "hooks.example.com" }, command.to(gum))
      assert.equal(2, result.code)
      assert.truthy(result.err:find("http(s)://HOST/PATH", 1, true), result.err)
    end)
  end)
end)
