-- What the core makes of a ping: types, shadowed fields, key and subject. See webhook_spec for the public function.
local core = require "gumroad.core"
local events = require "gumroad.api.events"
local reader = require "gumroad.webhook.reader"
local webhook = require "gumroad.webhook"
local support = require "support"

local FORM, JSON = "application/x-www-form-urlencoded", "application/json"
local WIDE = { max_bytes = 8388608, max_fields = 16384, max_key = 16384, max_depth = 32 }

local function read(body) return assert(webhook.parse(body, FORM)) end

local function fixture(name) return support.fixture("pings/" .. name .. ".form") end

-- The ping of a sale with further fields, as names and values.
local function sale(fields)
  fields.sale_id, fields.order_number = fields.sale_id or "s1", fields.order_number or "77"
  fields.resource_name = fields.resource_name or "sale"
  return core.form_encode(fields)
end

-- Reads a form by tables of texts, as JSON is read.
local function read_by_tables(body)
  local fields, code, message = core.form_decode(body, WIDE)
  if not fields then return nil, code, message end
  return reader.fields(fields)
end

local ODD = {  -- bodies in which the two ways have to agree on what is out of the ordinary
  "", "&", "=", "=1&sale_id=a", "sale_id", "sale_id=a&sale_id=b", "sale_id=a&price=1&price=2",
  "sale_id=a&price=1&price[]=2", "sale_id=a&price[]=1&price=2", "sale_id=a&price[]=1&price[]=2",
  "sale_id=a&card=x&card[bin]=1", "sale_id=a&card[bin]=1&card=x", "sale_id=a&card[bin]=",
  "sale_id=a&card[]=&card[bin]=", "sale_id=a&card[]=", "sale_id=a&card[bin][]=1&card[bin]=2",
  "sale_id=a&card[bin]=1&card[bin][x]=2", "sale_id=a&card[][bin]=1&card[][bin]=2", "sale_id=a&referrer=&referrer=b",
  "sale_id=a&referrer=&email=", "sale_id[]=a", "sale_id[x]=a", "sale_id=a&card[expiry_month]=007",
  "sale_id=a&price=-5&quantity=-&gumroad_fee=123456789012345&shipping_rate=1234567890123456&gift_price=1e3",
  "sale_id=a&refunded=true&disputed=false&dispute_won=TRUE&can_contact=1", "sale_id=a&price=1&custom_fields[price]=1",
  "sale_id=a&price=1&custom_fields[price]=1&custom_fields[price]=2", "sale_id=a&price=1&custom_fields[price][]=1",
  "sale_id=a&price=1&custom_fields[price]=1&custom_fields[price][x]=1", "sale_id=a&price=1&custom_fields=x",
  "sale_id=a&email=&custom_fields[email]=", "sale_id=a&referrer=&custom_fields[referrer]=",
  "sale_id=a&custom_fields[custom_fields]=x", "sale_id=a&custom_fields[]=x&custom_fields[email]=y&email=y",
  "sale_id=a&resource_name=refund&custom_fields[resource_name]=refund",
  "sale_id=a&resource_name=refund&custom_fields[resource_name]=refund&test=true",
  "sale_id=a&resource_name=cancellation&custom_fields[resource_name]=cancellation&test=true",
  "sale_id=a&resource_name=cancellation&subscription_id=b", "sale_id=a&resource_name=sale&resource_name=refund",
  "sale_id=a&resource_name[]=refund", "sale_id=a&resource_name=",
  "subscription_id=a&resource_name=subscription_paused",
  "subscription_id=a&sale_id=&resource_name=subscription_paused",
  "resource_name=subscription_updated&subscription_id=a",
  "resource_name=subscription_updated&subscription_id=a&new_plan=x",
  "resource_name=subscription_ended&subscription_id=a&ended_at[]=1",
  "resource_name=subscription_updated&subscription_id=a&new_plan[tier]=x&new_plan[quantity]=2&old_plan[quantity]=3",
  "resource_name=subscription_updated&subscription_id=a&new_plan[tier][id]=x&new_plan[tier][id]=y",
  "resource_name=subscription_updated&subscription_id=a&new_plan[quantity][x]=1&purchase_ids[]=",
  "sale_id=%00a%FF&price=%31&c%61rd%5Bbin%5D=1&card%5bvisual%5d=%zz&e%255Bmail%255D=1",
  "sale_id=a&card[bin=1&b]=2&[email]=3&email[[x]]=4",
  "sale_id=a&x[][a]=1&x[][b]=2&x[][a]=3&variants[a][b][c][d][e][f]=1", "sale_id=a&test=true&retry_count=2",
  "sale_id=a&test=true&custom_fields[test]=true&retry_count=2&custom_fields[retry_count]=2",
  "sale_id=a&retry_count=-1", "sale_id=a&sale_id&order_number=5&custom_fields[sale_id]=a",
  "sale_id=a&order_number=5&custom_fields[sale_id]=a",
  "sale_id=a&order_number=5&custom_fields[sale_id]=a&custom_fields[order_number]=5&email=x",
  "sale_id=&custom_fields[sale_id]=", "sale_id=a&url_params[]=&card[bin]=&card[visual]=1",
  "sale_id=" .. ("a"):rep(9000), ("x=1&"):rep(200) .. "sale_id=a&price=5",
}

describe("an event", function()
  for _, name in ipairs(support.fixtures("pings", ".form")) do
    it("is the same in one pass and by tables: " .. name, function()
      assert.same(read_by_tables(fixture(name)), reader.form(fixture(name)))
    end)
  end

  it("is the same in one pass and by tables where the form is out of the ordinary", function()
    for _, body in ipairs(ODD) do
      assert.same({ read_by_tables(body) }, { reader.form(body) }, body)
    end
  end)

  for _, name in ipairs(support.fixtures("pings", ".payload.json")) do
    it("is the same as JSON: " .. name, function()
      local form = read(fixture(name))
      local json = assert(webhook.parse(support.fixture("pings/" .. name .. ".payload.json"), JSON))
      form.data, json.data = nil, nil
      assert.same(form, json)
    end)
  end

  for _, row in ipairs(events) do
    it("of sort " .. row.name .. " has a key that begins with its type and id", function()
      local event = read(core.form_encode { resource_name = row.name, [row.key[1]] = "ID" })
      assert.equal(row.name, event.type)
      assert.equal(("%s:ID%s"):format(row.name, (":nil"):rep(#row.key - 1)), event.key)
    end)
  end

  -- Types --------------------------------------------------------------------------------

  it("has integers of up to 15 characters, and longer ones as texts", function()
    local data = read("sale_id=a&price=-5&gumroad_fee=123456789012345&shipping_rate=1234567890123456").data
    assert.same({ -5, 123456789012345, "1234567890123456" }, { data.price, data.gumroad_fee, data.shipping_rate })
  end)

  it("has the texts of a repeated field as they were sent", function()
    local data = read("sale_id=a&price=01&price=2&refunded=true&refunded[]=x").data
    assert.same({ { "01", "2" }, { "true", "x" } }, { data.price, data.refunded })
  end)

  it("has an empty table where only nulls were in it", function()
    assert.same({}, read("sale_id=a&card[bin]=").data.card)
  end)

  it("has the types of plans", function()
    local plans = "&old_plan[price_cents]=500&new_plan[quantity]=2"
    local data = read("resource_name=subscription_updated&subscription_id=a" .. plans).data
    assert.same({ { price_cents = 500 }, { quantity = 2 } }, { data.old_plan, data.new_plan })
  end)

  it("has NUL and bytes that are not UTF-8 as they were sent", function()
    local event = read("sale_id=a%00b%FF&email=%C3%00")
    assert.same({ "sale:a\0b\255", "\195\0" }, { event.key, event.data.email })
  end)

  -- Keys and subjects ---------------------------------------------------------------------

  it("has its subscription as subject, otherwise its sale", function()
    assert.equal("sale:s1", read(sale {}).subject)
    assert.equal("subscription:m1", read(sale { subscription_id = "m1", resource_name = "refund" }).subject)
    assert.equal("subscription:m1", read("resource_name=cancellation&subscription_id=m1").subject)
  end)

  it("has no subject that the buyer typed", function()
    local event = read(sale { subscription_id = "m1", custom_fields = { subscription_id = "m1" } })
    assert.equal("sale:s1", event.subject)
  end)

  for name, value in pairs {
    ["new_plan[tier][id]"] = "t2", ["new_plan[recurrence]"] = "yearly", ["new_plan[price_cents]"] = "900",
    ["new_plan[quantity]"] = "2", type = "upgrade", effective_as_of = "2026-03-01T00:00:00Z",
  } do
    it("of a changed subscription has a key of its own for another " .. name, function()
      local fields = { resource_name = "subscription_updated", subscription_id = "a", type = "downgrade",
        effective_as_of = "2026-02-01T00:00:00Z",
        new_plan = { tier = { id = "t1", name = "Basic" }, recurrence = "monthly", price_cents = 500, quantity = 1 } }
      local key = read(core.form_encode(fields)).key
      assert.equal("subscription_updated:a:2026-02-01T00:00:00Z:downgrade:t1:monthly:500:1", key)
      local changed = core.form_encode(fields)
      local parameter = core.percent_encode(name)
      changed = ("&" .. changed):gsub("&" .. parameter:gsub("%%", "%%%%") .. "=[^&]*", ""):sub(2)
      assert.not_equal(key, read(changed .. "&" .. parameter .. "=" .. core.percent_encode(value)).key)
    end)
  end

  it("is refused if a field of a plan in its key is no text", function()
    local body = "resource_name=subscription_updated&subscription_id=a&new_plan[tier][id][]=1"
    local event, err = webhook.parse(body, FORM)
    assert.is_nil(event)
    assert.equal("this is not a ping from Gumroad: its new_plan.tier.id is not one text", err.message)
  end)

  it("has the number of its order in key and subject if the buyer typed the id of the sale", function()
    local event = read(sale { sale_id = "mine", custom_fields = { sale_id = "mine" } })
    assert.same({ "sale:order_number:77", "sale:order_number:77" }, { event.key, event.subject })
    assert.same({ "sale_id" }, event.shadowed)
    assert.equal("mine", event.data.sale_id)
  end)

  it("is accepted if the buyer left a field called sale_id empty", function()
    assert.equal("sale:order_number:77", read(sale { sale_id = "", custom_fields = { sale_id = "" } }).key)
  end)

  describe("whose id and order number the buyer typed", function()
    local function typed(fields)
      fields.sale_id, fields.order_number = "mine", "1"
      fields.custom_fields = { sale_id = "mine", order_number = "1", email = fields.email }
      return read(sale(fields))
    end

    it("has the same key in each delivery", function()
      local first, again = typed { sale_timestamp = "a" }, typed { sale_timestamp = "a", retry_count = 2 }
      assert.truthy(first.key:find("^sale:fields:%x+$"))
      assert.same({ first.key, first.subject }, { again.key, again.subject })
    end)

    it("has another key for another sale, whatever the buyer types", function()
      assert.not_equal(typed({ sale_timestamp = "a" }).key, typed({ sale_timestamp = "b" }).key)
      assert.equal(typed({ sale_timestamp = "a", email = "x" }).key, typed({ sale_timestamp = "a", email = "y" }).key)
    end)
  end)

  -- What the buyer typed --------------------------------------------------------------------

  it("from the settings page is a test of a sale if the buyer typed its resource_name", function()
    local event = read("sale_id=a&resource_name=refund&custom_fields[resource_name]=refund&test=true")
    assert.same({ "sale", "sale:a:test", { "resource_name" } }, { event.type, event.key, event.shadowed })
  end)

  it("is a refund if the buyer typed the word, too", function()
    local event = read("sale_id=a&resource_name=refund&refunded=true&custom_fields[resource_name]=refund")
    assert.same({ "refund", "refund:a:true", {} }, { event.type, event.key, event.shadowed })
  end)

  it("is no test if the buyer typed so, in JSON either", function()
    local body = '{"sale_id":"a","test":true,"custom_fields":{"test":true},"price":"free"}'
    local event = assert(webhook.parse(body, JSON))
    assert.same({ false, { "test" }, true }, { event.test, event.shadowed, event.data.test })
  end)

  it("has no shadowed field for a custom field with another value, or within brackets", function()
    local event = read(sale { email = "a", custom_fields = { email = "b" } } .. "&price[]=1&custom_fields[price][]=1")
    assert.same({}, event.shadowed)
  end)

  it("has no shadowed field for a custom field of another type in JSON", function()
    local body = '{"sale_id":"a","price":5,"test":true,"custom_fields":{"price":"5","test":"true"}}'
    local event = assert(webhook.parse(body, JSON))
    assert.same({ {}, true, 5 }, { event.shadowed, event.test, event.data.price })
  end)

  it("has the text of a shadowed field as the buyer typed it, and its names in order", function()
    local event = read(sale { price = "007", can_contact = "true", referrer = "",
      custom_fields = { price = "007", can_contact = "true", referrer = "" } })
    assert.same({ "can_contact", "price", "referrer" }, event.shadowed)
    assert.same({ "true", "007", "" }, { event.data.can_contact, event.data.price, event.data.referrer })
  end)

  -- Limits ------------------------------------------------------------------------------------

  local function repeated(count, field)
    return "sale_id=a" .. ("&" .. field):rep(count)
  end
  local filler = repeated(128, "b=" .. ("c"):rep(65500))

  for name, case in pairs {
    ["8,388,608 bytes"] = { filler .. "&d=" .. ("e"):rep(8388608 - #filler - 3), "max_bytes", "x" },
    ["16,384 fields"] = { repeated(16383, "purchase_ids[]=b"), "max_fields", "&b" },
    ["a name of 16,384 bytes"] = { "sale_id=a&url_params[" .. ("b"):rep(16372) .. "]", "max_key", "c" },
    ["a value of 65,536 bytes"] = { "sale_id=a&b=" .. ("c"):rep(65536), "max_value", "c" },
    ["a name of 32 parts"] = { "sale_id=a&b" .. ("[c]"):rep(31), "max_depth", "[c]" },
  } do
    it("may have " .. name .. " and no more", function()
      assert.equal("sale:a", read(case[1]).key)
      local longer = case[2] == "max_key" and case[1]:gsub("%]$", case[3] .. "]") or case[1] .. case[3]
      local event, err = webhook.parse(longer, FORM)
      assert.is_nil(event)
      assert.equal("too_large", err.kind)
      assert.truthy(err.message:find(case[2], 1, true), err.message)
    end)
  end

  it("takes little memory for many deep tables #large", function()
    local parts = {}
    for i = 1, 4000 do parts[i] = "x[" .. i .. "]" .. ("[a]"):rep(30) .. "=1" end
    local body = "sale_id=a&" .. table.concat(parts, "&")  -- 390 KB
    collectgarbage()
    local before = collectgarbage "count"
    collectgarbage "stop"
    local event = read(body)
    local kilobytes = collectgarbage "count" - before
    collectgarbage "restart"
    assert.is_table(event.data.x["4000"])
    assert.is_true(kilobytes < 24576, kilobytes)
  end)

  it("is not named by a number that a double cannot hold", function()
    local UPDATED = '{"subscription_id":"a","resource_name":"subscription_updated","new_plan":{"price_cents":%s}}'
    assert.is_table(webhook.parse(UPDATED:format "1e99", JSON))
    for _, number in ipairs { "1e999", "-1e999" } do
      assert.equal("sale:a", assert(webhook.parse('{"sale_id":"a","price":' .. number .. "}", JSON)).key)
      local event, err = webhook.parse(UPDATED:format(number), JSON)
      assert.is_nil(event)
      assert.equal("invalid", err.kind)
    end
  end)

  it("may be nested 32 deep in JSON", function()
    local function nested(depth) return '{"sale_id":"a","x":' .. ("["):rep(depth) .. ("]"):rep(depth) .. "}" end
    assert.is_table(webhook.parse(nested(31), JSON))
    assert.is_nil(webhook.parse(nested(32), JSON))
  end)
end)

describe("core.event_readers", function()
  it("raises for more than it has room for", function()
    local fields = {}
    for i = 1, 200 do fields[i] = { name = ("f%03d"):format(i), object = 1 } end
    assert.truthy(support.raised(core.event_readers, fields, {}):find("no room for the field 'f193'", 1, true))
    local message = support.raised(core.event_readers, {}, { { name = "x", object = 1, key = {} } })
    assert.truthy(message:find("no room for the event 'x'", 1, true))
  end)
end)
