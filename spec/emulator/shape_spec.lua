-- What the emulator sends, compared with recorded responses and pings of Gumroad.
local Shop = require "gumroad.emulator.shop"
local catalog = require "gumroad.emulator.shop.catalog"
local events = require "gumroad.emulator.shop.events"
local form = require "gumroad.emulator.pings.form"
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"
local product_view = require "gumroad.emulator.views.product"
local rng = require "gumroad.emulator.shop.rng"
local sale_view = require "gumroad.emulator.views.sale"
local sales = require "gumroad.emulator.shop.sales"
local subscriber_view = require "gumroad.emulator.views.subscriber"
local subscriptions = require "gumroad.emulator.shop.subscriptions"
local support = require "support"
local user_view = require "gumroad.emulator.views.user"

local function read(name)
  local file = assert(io.open("spec/fixtures/" .. name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- from JSON to the emulator's objects, which keep the order of their keys -----------------

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64,
    0x80 + code % 64)
end

local function parse_string(text, at)
  local stop = at + 1
  while text:sub(stop, stop) ~= '"' do
    stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
  end
  local value = text:sub(at + 1, stop - 1):gsub("\\u(%x%x%x%x)", function(hex)
    return utf8_of(tonumber(hex, 16))
  end)
  return value:gsub("\\(.)", function(c) return ESCAPES[c] or c end), stop + 1
end

local parse

local function parse_object(text, at)
  local out = json.dict()
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "}" do
    local key, value
    key, at = parse_string(text, text:find('"', at, true))
    value, at = parse(text, text:find(":", at, true) + 1)
    json.put(out, key, value)
    at = text:find("[^%s,]", at)
  end
  return out, at + 1
end

local function parse_array(text, at)
  local out = {}
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "]" do
    out[#out + 1], at = parse(text, at)
    at = text:find("[^%s,]", at)
  end
  return out, at + 1
end

local WORDS = { ["true"] = true, ["false"] = false, null = json.null }

function parse(text, at)
  at = text:find("%S", at or 1)
  local first = text:sub(at, at)
  if first == "{" then return parse_object(text, at) end
  if first == "[" then return parse_array(text, at) end
  if first == '"' then return parse_string(text, at) end
  local word = text:match("^[%w.+-]+", at)
  local value = WORDS[word]
  if value == nil then value = tonumber(word) end
  return value, at + #word
end

local function fixture(name)
  return (parse(read(name)))
end

-- shapes ----------------------------------------------------------------------------------

local function kind(value)
  if value == json.null then return "null" end
  if type(value) ~= "table" then return type(value) end
  return json.keys(value) and "object" or "list"
end

-- The kinds of values of each key, in any of the objects.
local function kinds_of(objects)
  local out = {}
  for _, object in ipairs(objects) do
    for _, key in ipairs(json.keys(object)) do
      local value = object[key]
      if value ~= nil then
        out[key] = out[key] or {}
        out[key][kind(value)] = true
      end
    end
  end
  return out
end

local function position_of(keys)
  local out = {}
  for i, key in ipairs(keys) do out[key] = i end
  return out
end

local function check_keys(kinds, place, sample)
  local last = 0
  for _, key in ipairs(json.keys(sample)) do
    assert.is_truthy(kinds[key], "no key " .. key)
    local want = kind(sample[key])
    assert.is_true(kinds[key][want] or want == "null", key .. " is never " .. want)
    assert.is_true(place[key] > last, key .. " is out of order")
    last = place[key]
  end
end

-- Checks that the emulator has every key of the samples, with the same kind of value, in the same order.
local function check_shapes(ours, samples)
  local kinds, place = kinds_of(ours), position_of(json.keys(ours[1]))
  for _, sample in ipairs(samples) do check_keys(kinds, place, sample) end
end

local ALL = { view_sales = true, view_profile = true }

local function all_sales(shop)
  local out = {}
  for number = 1, shop.sale_count do out[number] = sale_view(shop, sales.get(shop, number)) end
  return out
end

describe("The emulator's objects", function()
  local shop
  setup(function()
    shop = Shop.new { seed = 7, products = 12, sales = 2000, subscribers = 60, now = 1790000000 }
  end)

  it("have the keys of sales", function()
    local samples = {}
    for _, name in ipairs { "sale_get", "sale_get_free", "sale_get_membership",
      "sale_get_variants_custom_fields", "sale_mark_as_shipped", "sale_refund_full",
      "sale_refund_partial", "sale_get_buyer_presentment" } do
      samples[#samples + 1] = fixture(name .. ".json").sale
    end
    for _, name in ipairs { "sales_list", "sales_list_last_page" } do
      for _, sale in ipairs(fixture(name .. ".json").sales) do samples[#samples + 1] = sale end
    end
    check_shapes(all_sales(shop), samples)
  end)

  it("have the keys of products, in lists and in full", function()
    local listed, full = {}, {}
    for number = 1, shop.product_count do
      listed[number] = product_view(shop, catalog.get(shop, number), ALL)
      full[number] = product_view(shop, catalog.get(shop, number), ALL, true)
    end
    check_shapes(listed, fixture("products_list.json").products)
    check_shapes(full, { fixture("product_get.json").product,
      fixture("product_get_membership.json").product })
    assert.is_nil(listed[1].refund_policy)
  end)

  it("have the keys of subscribers", function()
    local ours = {}
    for number = 1, shop.subscription_count do
      ours[number] = subscriber_view(shop, subscriptions.get(shop, number))
    end
    events.finish(shop, subscriptions.get(shop, 1))
    check_shapes(ours, { fixture("subscriber_get.json").subscriber })
  end)

  it("have the keys of the user, with and without private ones", function()
    check_shapes({ user_view(shop, ALL) }, { fixture("user_get.json").user })
    local public = user_view(shop, { view_public = true })
    check_shapes({ public }, { fixture("user_get_view_public_only.json").user })
    assert.is_nil(public.email)
    assert.is_nil(public.twitter_handle)
  end)

  it("distinguish empty dictionaries from empty lists, and contain null", function()
    local text = json.encode(product_view(shop, catalog.get(shop, 3), ALL, true))
    assert.is_truthy(text:find('"file_info":{}', 1, true))
    assert.is_truthy(text:find('"custom_fields":[]', 1, true))
    assert.is_truthy(text:find('"max_purchase_count":null', 1, true))
  end)
end)

describe("The emulator's JSON", function()
  it("equals the server's, byte for byte", function()
    for _, name in ipairs { "json_sale", "json_subscription_updated" } do
      local body = read("pings/" .. name .. ".body.json")
      assert.equal(body, json.encode(parse(body)))
    end
  end)

  it("escapes controls and line separators", function()
    assert.equal([["\u0000\n\u001f\"\\\u2028é"]], json.encode("\0\n\31\"\\\226\128\168é"))
  end)
end)

describe("The form of a ping", function()
  for _, name in ipairs(support.fixtures("pings", ".form")) do
    it("equals " .. name .. ", byte for byte", function()
      assert.equal(read("pings/" .. name .. ".form"),
        form(fixture("pings/" .. name .. ".payload.json")))
    end)
  end
end)

describe("The payload of a ping", function()
  local shop, seen
  before_each(function()
    seen = {}
    shop = Shop.new { seed = 7, products = 12, sales = 50, subscribers = 20, now = 1790000000 }
    shop.emit = function(name, record, details) seen[#seen + 1] = { name, record, details } end
  end)

  -- the keys of the payload of the latest event
  local function last_payload()
    local name, record = seen[#seen][1], seen[#seen][2]
    local make = record.order_number and payloads.sale or payloads.subscription
    return make(shop, record, name, seen[#seen][3])
  end

  local function check_payload(name)
    check_shapes({ last_payload() }, { fixture("pings/" .. name .. ".payload.json") })
  end

  it("has the keys of a sale with variants, fields and a discount", function()
    events.sell(shop, { product_id = "pxvra", email = "jules@example.net", offer_code = "AUTUMN-10",
      custom_fields = { { "Name on print", "Zoë" }, { "100% sure?", true } } })
    local payload = last_payload()
    assert.equal("Zoë", payload["Name on print"])
    assert.equal("AUTUMN-10", payload.offer_code)
    assert.same({ "Name on print", "100% sure?" }, json.keys(payload.custom_fields))
  end)

  it("lets a custom field overwrite an earlier field, in its place", function()
    events.sell(shop, { product_id = "gvone", email = "real@example.com",
      custom_fields = { { "email", "typed@example.com" }, { "refunded", "yes" } } })
    local payload = last_payload()
    assert.equal("typed@example.com", payload.email)
    assert.equal("email", json.keys(payload)[7])
    assert.is_false(payload.refunded)
    assert.equal("yes", payload.custom_fields.refunded)
  end)

  it("has the keys of a physical product", function()
    events.sell(shop, { product_id = "rqdnt" })
    local sample = fixture("pings/sale_physical.payload.json")
    local payload = last_payload()
    for _, key in ipairs(json.keys(sample)) do
      assert.is_true(payload[key] ~= nil or key == "purchaser_id", key)
    end
  end)

  it("has the keys of a gift to the receiver", function()
    local sale = events.sell(shop, { product_id = "kzqwu", email = "gifter@example.com",
      gift_to = "giftee@example.com" })
    check_payload "sale_gift_receiver"
    assert.equal(1, #seen)
    assert.equal("giftee@example.com", last_payload().email)
    assert.equal(sale.price, last_payload().gift_price)
  end)

  it("has the keys of a pre-order, a test purchase and a partial refund", function()
    events.sell(shop, { product_id = "inkfg" })
    assert.is_true(last_payload().is_preorder_authorization)
    events.sell(shop, { product_id = "kzqwu", test = true })
    check_payload "sale_test_purchase"
    assert.is_true(events.refund(shop, events.sell(shop, { product_id = "kzqwu" }), 500))
    check_payload "refund_partial"
    assert.is_false(last_payload().refunded)
  end)

  it("has url_params only in the first ping of a sale", function()
    local sale = events.sell(shop, { product_id = "kzqwu", url_params = { { "ref", "letter" } } })
    assert.equal("letter", last_payload().url_params.ref)
    events.refund(shop, sale)
    assert.is_nil(last_payload().url_params)
  end)

  it("has the keys of a membership, its charges and its changes", function()
    events.sell(shop, { product_id = "mclub" })
    local subscription = seen[1][2].subscription
    assert.equal(subscription.id, last_payload().subscription_id)
    events.sell(shop, { subscription_id = subscription.id })
    assert.is_true(last_payload().is_recurring_charge)
    subscription.buyer.account_id = "2602880564246"
    events.change_plan(shop, subscription)
    check_payload "subscription_updated_upgrade"
    events.cancel(shop, subscription)
    assert.is_true(last_payload().cancelled_by_buyer)
    events.finish(shop, subscription)
    check_payload "subscription_ended"
    events.restart(shop, subscription)
    check_payload "subscription_restarted"
    assert.equal(2, #last_payload().purchase_ids)
  end)
end)

describe("The emulator's random number generator", function()
  local seven = rng.new(7)

  it("returns the same on every Lua", function()
    assert.equal("e0MygEdYklQ3MjGUrSHoxA==", seven:id("sale", 70000))
    assert.equal("911FB23B-EB570872-152BD351-056CEC5A", seven:license_key("sale_license", 70000))
    assert.equal(237119315, rng.order_number(70000))
    assert.equal(976554, rng.new(2147483647):roll("discover", 1073741823, 1000000))
    assert.equal("1411926915827", seven:digits("seller", 1, 13))
  end)

  it("creates ids, keys and order numbers that can be read back", function()
    for number = 1, 2 ^ 29, 1234567 do
      assert.equal(number, seven:number_of_id("sale", seven:id("sale", number)))
      assert.equal(number,
        seven:number_of_license_key("sale_license", seven:license_key("sale_license", number)))
      assert.equal(number, rng.number_of_order(rng.order_number(number)))
    end
  end)

  it("creates unique ids", function()
    local id = seven:id("sale", 5)
    assert.is_nil(rng.new(8):number_of_id("sale", id))
    assert.is_nil(seven:number_of_id("subscription", id))
    assert.is_nil(seven:number_of_id("sale", "A" .. id:sub(2)))
    assert.is_nil(seven:number_of_id("sale", ""))
  end)

  it("works for purposes that are not listed", function()
    local id = seven:id("something_new", 5)
    assert.equal(5, seven:number_of_id("something_new", id))
    assert.is_nil(seven:number_of_id("something_newer", id))
    assert.equal(id, rng.new(7):id("something_new", 5))
  end)
end)

describe("The emulator's shop", function()
  local function shop_of(count)
    return Shop.new { seed = 3, products = 15, sales = count, subscribers = 30, now = 1790000000 }
  end

  it("is the same for the same seed", function()
    assert.equal(json.encode(all_sales(shop_of(100))), json.encode(all_sales(shop_of(100))))
  end)

  it("finds a sale by its id without creating the others", function()
    local shop = shop_of(100000)
    local sale = sales.get(shop, 70000)
    assert.equal(70000, sales.find(shop, sale.id).number)
    assert.same({}, shop.sales)
  end)

  it("has sales whose times increase with their numbers", function()
    local shop = shop_of(3000)
    for number = 2, 3000 do
      assert.is_true(sales.created(shop, number) >= sales.created(shop, number - 1))
    end
    assert.is_true(sales.created(shop, 3000) <= 1790000000)
  end)

  it("counts the sales of each product as in its list", function()
    local shop = shop_of(1234)
    events.sell(shop, {})
    local counts = {}
    for number = 1, shop.sale_count do
      local id = sales.get(shop, number).product.id
      counts[id] = (counts[id] or 0) + 1
    end
    for number = 1, shop.product_count do
      local product = catalog.get(shop, number)
      assert.equal(counts[product.id] or 0, catalog.sold(shop, product))
    end
  end)

  it("has subscriptions whose purchases are the sales of the membership", function()
    local shop = shop_of(400)
    for number = 1, shop.subscription_count do
      local subscription = subscriptions.get(shop, number)
      local ids = subscriptions.purchase_ids(shop, subscription)
      assert.equal(subscription.created, sales.find(shop, ids[1]).created)
      for _, id in ipairs(ids) do
        assert.equal(subscription.id, sales.find(shop, id).subscription.id)
      end
    end
  end)
end)
