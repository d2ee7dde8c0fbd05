local core = require "gumroad.core"
local json = require "gumroad.base.json"
local webhook = require "gumroad.webhook"
local support = require "support"

local FORM = "application/x-www-form-urlencoded"

local function ping(name)
  return assert(webhook.parse(support.fixture("pings/" .. name .. ".form"), FORM))
end

local function fails(kind, words, ...)
  local event, err = webhook.parse(...)
  assert.is_nil(event)
  assert.equal(kind, err.kind)
  assert.truthy(err.message:find(words, 1, true), err.message)
end

-- The ping of a sale with further fields, given as names and values.
local function sale_with(fields)
  return core.form_encode { sale_id = "s1", resource_name = "sale" } .. "&" .. core.form_encode(fields)
end

describe("webhook.parse", function()
  -- The payload before the form encoding, without nulls and with custom fields as strings.
  local function expected(payload)
    local custom = payload.custom_fields or {}
    for name, value in pairs(custom) do
      custom[name] = tostring(value)
      if type(payload[name]) == "boolean" and value == payload[name] and name ~= "test" then
        payload[name] = tostring(value)
      end
    end
    return payload
  end

  for _, name in ipairs(support.fixtures("pings", ".form")) do
    it("reads every field of " .. name .. " with its type", function()
      local text = support.fixture("pings/" .. name .. ".payload.json")
      -- the only thing that a form cannot distinguish: %5B and a bracket in a field's name
      local payload = json.decode((text:gsub('"percent %%5B literal"', '"percent [ literal"')))
      assert.same(expected(payload), ping(name).data)
    end)
  end

  -- type, test, retry_count, shadowed
  for name, want in pairs {
    sale_plain = { "sale", false, 0, {} }, sale_free_guest = { "sale", false, 0, {} },
    sale_plain_retry_1 = { "sale", false, 1, {} }, sale_plain_retry_3 = { "sale", false, 3, {} },
    sale_recurring_charge = { "sale", false, 0, {} }, sale_test_purchase = { "sale", true, 0, {} },
    test_ping_from_settings = { "sale", true, 0, {} }, refund_full = { "refund", false, 0, {} },
    refund_partial = { "refund", false, 0, {} }, dispute = { "dispute", false, 0, {} },
    dispute_won = { "dispute_won", false, 0, {} }, cancellation_by_buyer = { "cancellation", false, 0, {} },
    cancellation_payment_failures = { "cancellation", false, 0, {} },
    subscription_updated_upgrade = { "subscription_updated", false, 0, {} },
    subscription_updated_downgrade = { "subscription_updated", false, 0, {} },
    subscription_ended = { "subscription_ended", false, 0, {} },
    subscription_restarted = { "subscription_restarted", false, 0, {} },
    sale_variants_custom_fields = { "sale", false, 0, {} },
    sale_custom_field_collisions = { "sale", false, 0, { "card", "email", "price" } },
  } do
    it("recognizes " .. name, function()
      local event = ping(name)
      assert.same(want, { event.type, event.test, event.retry_count, event.shadowed })
    end)
  end

  for _, name in ipairs { "json_sale", "json_subscription_updated" } do
    it("reads " .. name, function()
      local event = assert(webhook.parse(support.fixture("pings/" .. name .. ".body.json"), "application/json"))
      assert.same(json.decode(support.fixture("pings/" .. name .. ".json")), event.data)
    end)
  end

  it("returns integers, booleans and strings", function()
    local data = ping("sale_plain").data
    assert.equal("number", type(data.price))
    assert.falsy(tostring(data.price):find(".", 1, true))
    assert.is_false(data.refunded)
    assert.is_string(data.sale_id)
    assert.equal("number", type(ping("subscription_updated_upgrade").data.old_plan.price_cents))
  end)

  it("leaves nulls out", function()
    assert.is_nil(ping("sale_plain").data.card.bin)
    assert.is_nil(ping("cancellation_by_buyer").data.free_trial_ends_at)
  end)

  it("keeps a field unchanged if it does not match its type", function()
    local data = assert(webhook.parse(sale_with {
      price = "1e5", quantity = ("9"):rep(20), refunded = "perhaps", card = "none",
    }, FORM)).data
    assert.same({ "1e5", ("9"):rep(20), "perhaps", "none" }, { data.price, data.quantity, data.refunded, data.card })
  end)

  it("keeps unknown fields, as strings", function()
    local data = assert(webhook.parse(sale_with { ["Shirt size"] = "12", brand_new = { a = { b = "1" } } }, FORM)).data
    assert.equal("12", data["Shirt size"])
    assert.same({ a = { b = "1" } }, data.brand_new)
  end)

  it("reads an event that is newer than the library", function()
    local event = assert(webhook.parse("resource_name=subscription_paused&subscription_id=a&price=5", FORM))
    assert.equal("subscription_paused", event.type)
    assert.equal("subscription_paused:a", event.key)
    assert.equal("payout", assert(webhook.parse("resource_name=payout&sale_id=a", FORM)).type)
  end)

  for _, content_type in ipairs {
    FORM .. "; charset=UTF-8", "Application/X-WWW-Form-URLEncoded", " " .. FORM, FORM .. ";charset=utf-8",
  } do
    it("accepts the content type '" .. content_type .. "'", function()
      assert.is_table(webhook.parse("sale_id=a", content_type))
    end)
  end

  -- Keys ---------------------------------------------------------------------------------------

  it("gives repeated deliveries of an event the same key", function()
    assert.equal(ping("sale_plain").key, ping("sale_plain_retry_1").key)
    assert.equal(ping("sale_plain").key, ping("sale_plain_retry_3").key)
  end)

  it("gives different events different keys", function()
    local owners = {}
    for _, name in ipairs(support.fixtures("pings", ".form")) do
      if not name:find("_retry_", 1, true) then
        local key = ping(name).key
        assert.is_nil(owners[key], name .. " and " .. tostring(owners[key]))
        owners[key] = name
      end
    end
  end)

  it("distinguishes a test ping from the sale that it shows", function()
    assert.equal(ping("sale_plain").data.sale_id, ping("test_ping_from_settings").data.sale_id)
    assert.not_equal(ping("sale_plain").key, ping("test_ping_from_settings").key)
  end)

  -- What the buyer typed -------------------------------------------------------------------------

  it("names a field that a custom field has overwritten", function()
    local body = sale_with { license_key = "AAAA", custom_fields = { license_key = "AAAA" } }
    local event = assert(webhook.parse(body, FORM))
    assert.same({ "license_key" }, event.shadowed)
  end)

  it("does not name a field that no custom field can overwrite", function()
    local event = assert(webhook.parse(sale_with { refunded = "false", custom_fields = { refunded = "false" } }, FORM))
    assert.same({}, event.shadowed)
    assert.is_false(event.data.refunded)
  end)

  for name, known in pairs(webhook.EVENTS) do
    if known[2] == "subscription_id" then
      it("names no field of a " .. name .. ", where custom fields are separate", function()
        local event = assert(webhook.parse(core.form_encode { resource_name = name, subscription_id = "a",
          user_email = "wanda@example.com", charge_occurrence_count = "12",
          custom_fields = { user_email = "wanda@example.com", charge_occurrence_count = "12" } }, FORM))
        assert.same({}, event.shadowed)
        assert.equal(12, event.data.charge_occurrence_count)
      end)
    end
  end

  it("does not take `test` and `retry_count` from what the buyer typed", function()
    local event = assert(webhook.parse(sale_with {
      test = "true", retry_count = "2", custom_fields = { test = "true", retry_count = "2" },
    }, FORM))
    assert.is_false(event.test)
    assert.equal(0, event.retry_count)
    assert.same({ "retry_count", "test" }, event.shadowed)
    assert.equal("true", event.data.test)
  end)

  it("keeps the buyer's text as typed", function()
    local data = ping("sale_custom_field_collisions").data
    assert.equal("free please", data.price)
    assert.equal("I paid by card", data.card)
  end)

  -- What is refused --------------------------------------------------------------------------------

  it("refuses an empty body", function() fails("invalid", "the body is empty", "", FORM) end)

  it("refuses a missing content type", function()
    fails("invalid", "the content type is missing; Gumroad sends " .. FORM, "sale_id=a", nil)
    fails("invalid", "the content type is missing", "sale_id=a", "")
  end)

  for _, content_type in ipairs { "text/plain", "multipart/form-data; boundary=a", "text/html", "application/jsonp" } do
    it("refuses the content type " .. content_type, function()
      fails("invalid", "the content type is " .. content_type:match("^[^;]*"), "sale_id=a", content_type)
    end)
  end

  for name, body in pairs {
    ["a body that is no ping"] = "hello", ["a body of one &"] = "&", ["a sale without its id"] = "resource_name=sale",
    ["a sale with an empty id"] = "sale_id=", ["a sale whose id is a table"] = "sale_id[]=a",
    ["a cancellation without its subscription"] = "resource_name=cancellation&sale_id=a",
    ["bytes"] = "\0\255\127\1", ["a truncated ping"] = support.fixture("pings/sale_plain.form"):sub(1, 200),
  } do
    it("refuses " .. name, function() fails("invalid", "this is not a ping from Gumroad: it has no", body, FORM) end)
  end

  for name, body in pairs {
    ["twice"] = "effective_as_of=a&effective_as_of=b", ["as a list"] = "effective_as_of[]=a",
    ["as a table"] = "effective_as_of[a]=b",
  } do
    it("refuses a ping that has a field of its key " .. name .. ", as no two deliveries would have one key", function()
      fails("invalid", "this is not a ping from Gumroad: its effective_as_of is not one text",
        "resource_name=subscription_updated&subscription_id=a&" .. body, FORM)
    end)
  end

  for _, count in ipairs { "retry_count=many", "retry_count[]=1", "retry_count=" } do
    it("takes " .. count .. " for the first delivery", function()
      assert.equal(0, assert(webhook.parse("sale_id=a&" .. count, FORM)).retry_count)
    end)
  end

  it("reads bad escapes literally", function()
    local data = assert(webhook.parse("sale_id=a&full_name=100%&email=%zz%4&referrer=%", FORM)).data
    assert.same({ "100%", "%zz%4", "%" }, { data.full_name, data.email, data.referrer })
  end)

  it("reads a name with unbalanced brackets literally", function()
    local data = assert(webhook.parse("sale_id=a&card[bin=1&b]=2&c][=3&d[[e]=4", FORM)).data
    assert.same({ sale_id = "a", ["card[bin"] = "1", ["b]"] = "2", ["c]["] = "3", ["d[[e]"] = "4" }, data)
  end)

  for name, case in pairs {
    ["its bytes"] = { "max_bytes", { max_bytes = 20 }, "sale_id=a&b=" .. ("x"):rep(20) },
    ["its fields"] = { "max_fields", { max_fields = 2 }, "sale_id=a&b=1&c=2" },
    ["its names"] = { "max_key", { max_key = 7 }, "sale_id=a&" .. ("b"):rep(8) .. "=1" },
    ["its values"] = { "max_value", { max_value = 5 }, "sale_id=a&b=123456" },
    ["its depth"] = { "max_depth", { max_depth = 2 }, "sale_id=a&b[c][d][e]=1" },
  } do
    it("refuses more than a limit on " .. name, function()
      fails("too_large", tostring(case[2][case[1]]), case[3], FORM, case[2])
    end)
  end

  for name, body in pairs {
    ["a body of more than 8 MiB"] = "sale_id=a&" .. ("b=1&"):rep(2097152),
    ["more than 16,384 fields"] = (function()
      local parts = { "sale_id=a" }
      for i = 1, 16384 do parts[#parts + 1] = "f" .. i .. "=1" end
      return table.concat(parts, "&")
    end)(),
    ["a name of more than 16 KiB"] = "sale_id=a&" .. ("b"):rep(16385) .. "=1",
    ["a value of more than 64 KiB"] = "sale_id=a&b=" .. ("c"):rep(65537),
    ["more than 32 levels"] = "sale_id=a&b" .. ("[c]"):rep(32) .. "=1",
  } do
    it("refuses " .. name .. " by default", function() fails("too_large", "", body, FORM) end)
  end

  for name, body in pairs {
    ["truncated JSON"] = support.fixture("pings/json_sale.body.json"):sub(1, 200),
    ["a form that is called JSON"] = "sale_id=a",
    ["JSON that is no object"] = "5", ["JSON that is null"] = "null", ["JSON nested too deeply"] = ("["):rep(50),
  } do
    it("refuses " .. name, function() fails("decode", "the body is not", body, "application/json") end)
  end

  it("skips a byte order mark before JSON", function()
    assert.equal("a", webhook.parse('\239\187\191{"sale_id":"a"}', "application/json").data.sale_id)
  end)

  it("refuses JSON with more than 500,000 values", function()
    local body = '{"sale_id":"a","x":[' .. ("1,"):rep(499998) .. "1]}"
    fails("too_large", "more than 500000 values (max_values)", body, "application/json")
  end)

  it("refuses JSON without an id", function() fails("invalid", "it has no sale_id", "[]", "application/json") end)

  it("refuses JSON over its limit", function()
    fails("too_large", "more than 10 bytes", '{"sale_id":"a"}', "application/json", { max_bytes = 10 })
    fails("too_large", "more than 8388608 bytes", '{"sale_id":"' .. ("a"):rep(8388608) .. '"}', "application/json")
  end)

  it("raises an error for a body that is not a string", function()
    assert.equal("webhook.parse: body: string expected, got nil", support.raised(webhook.parse, nil, FORM))
  end)

  it("is part of gumroad", function()
    assert.equal(webhook, require("gumroad").webhook)
  end)
end)
