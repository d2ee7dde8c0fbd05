-- What the emulator says, held against answers and pings in Gumroad's own shapes.
local Shop = require "gumroad.emulator.shop"
local chance = require "gumroad.emulator.shop.rng"
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"
local views = require "gumroad.emulator.views"

local function read(name)
  local file = assert(io.open("spec/fixtures/" .. name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- JSON to the emulator's objects, which keep the order of their keys ----------------------

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

-- For each key, in any of the objects, the kinds of values that it has.
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

-- Every key of the samples is among ours, with the same kind of value, in the same order.
local function check_shapes(ours, samples)
  local kinds, place = kinds_of(ours), position_of(json.keys(ours[1]))
  for _, sample in ipairs(samples) do check_keys(kinds, place, sample) end
end

local ALL = { view_sales = true, view_profile = true }

local function all_sales(shop)
  local out = {}
  for number = 1, shop.sale_count do out[number] = views.sale(shop, shop:sale(number)) end
  return out
end

describe("the emulator's objects", function()
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
      listed[number] = views.product(shop, shop:product(number), ALL)
      full[number] = views.product(shop, shop:product(number), ALL, true)
    end
    check_shapes(listed, fixture("products_list.json").products)
    check_shapes(full, { fixture("product_get.json").product,
      fixture("product_get_membership.json").product })
    assert.is_nil(listed[1].refund_policy)
  end)

  it("have the keys of subscribers", function()
    local ours = {}
    for number = 1, shop.subscription_count do
      ours[number] = views.subscriber(shop, shop:subscription(number))
    end
    shop:finish(shop:subscription(1))
    check_shapes(ours, { fixture("subscriber_get.json").subscriber })
  end)

  it("have the keys of the user, with and without private ones", function()
    check_shapes({ views.user(shop, ALL) }, { fixture("user_get.json").user })
    local public = views.user(shop, { view_public = true })
    check_shapes({ public }, { fixture("user_get_view_public_only.json").user })
    assert.is_nil(public.email)
    assert.is_nil(public.twitter_handle)
  end)

  it("tell empty dictionaries from empty lists and say null", function()
    local text = json.encode(views.product(shop, shop:product(3), ALL, true))
    assert.is_truthy(text:find('"file_info":{}', 1, true))
    assert.is_truthy(text:find('"custom_fields":[]', 1, true))
    assert.is_truthy(text:find('"max_purchase_count":null', 1, true))
  end)
end)

describe("the emulator's JSON", function()
  it("is what the server writes, byte for byte", function()
    for _, name in ipairs { "json_sale", "json_subscription_updated" } do
      local body = read("pings/" .. name .. ".body.json")
      assert.equal(body, json.encode(parse(body)))
    end
  end)

  it("escapes controls and line separators", function()
    assert.equal([["\u0000\n\u001f\"\\\u2028é"]], json.encode("\0\n\31\"\\\226\128\168é"))
  end)
end)

describe("a ping's form", function()
  local names = {}
  for name in ([[cancellation_by_buyer cancellation_payment_failures dispute dispute_won
    refund_full refund_partial sale_custom_field_collisions sale_free_guest sale_gift_receiver
    sale_membership_first_charge sale_physical sale_plain sale_plain_retry_1 sale_plain_retry_3
    sale_preorder_authorization sale_recurring_charge sale_test_purchase sale_url_params
    sale_variants_custom_fields subscription_ended subscription_restarted
    subscription_updated_downgrade subscription_updated_upgrade
    test_ping_from_settings]]):gmatch("%S+") do
    names[#names + 1] = name
  end

  for _, name in ipairs(names) do
    it("is that of " .. name .. ", byte for byte", function()
      assert.equal(read("pings/" .. name .. ".form"),
        payloads.form(fixture("pings/" .. name .. ".payload.json")))
    end)
  end
end)

describe("a ping's payload", function()
  local shop, told
  before_each(function()
    told = {}
    shop = Shop.new { seed = 7, products = 12, sales = 50, subscribers = 20, now = 1790000000 }
    shop.emit = function(name, record) told[#told + 1] = { name, record } end
  end)

  -- keys of the payload for the event that was told of last
  local function last_payload()
    local name, record = told[#told][1], told[#told][2]
    local make = record.order_number and payloads.sale or payloads.subscription
    return make(shop, record, name)
  end

  local function check_payload(name)
    check_shapes({ last_payload() }, { fixture("pings/" .. name .. ".payload.json") })
  end

  it("has the keys of a sale with variants, fields and a discount", function()
    shop:sell { product_id = "pxvra", email = "jules@example.net", offer_code = "AUTUMN-10",
      custom_fields = { { "Name on print", "Zoë" }, { "100% sure?", true } } }
    local payload = last_payload()
    assert.equal("Zoë", payload["Name on print"])
    assert.equal("AUTUMN-10", payload.offer_code)
    assert.same({ "Name on print", "100% sure?" }, json.keys(payload.custom_fields))
  end)

  it("lets a custom field overwrite what came before it, in its place", function()
    shop:sell { product_id = "gvone", email = "real@example.com",
      custom_fields = { { "email", "typed@example.com" }, { "refunded", "yes" } } }
    local payload = last_payload()
    assert.equal("typed@example.com", payload.email)
    assert.equal("email", json.keys(payload)[7])
    assert.is_false(payload.refunded)
    assert.equal("yes", payload.custom_fields.refunded)
  end)

  it("has the keys of shipped goods", function()
    shop:sell { product_id = "rqdnt" }
    local sample = fixture("pings/sale_physical.payload.json")
    local payload = last_payload()
    for _, key in ipairs(json.keys(sample)) do
      assert.is_true(payload[key] ~= nil or key == "purchaser_id", key)
    end
  end)

  it("has the keys of a gift, told to the receiver", function()
    local sale = shop:sell { product_id = "kzqwu", email = "gifter@example.com",
      gift_to = "giftee@example.com" }
    check_payload "sale_gift_receiver"
    assert.equal(1, #told)
    assert.equal("giftee@example.com", last_payload().email)
    assert.equal(sale.price, last_payload().gift_price)
  end)

  it("has the keys of a pre-order, a test purchase and a partial refund", function()
    shop:sell { product_id = "inkfg" }
    assert.is_true(last_payload().is_preorder_authorization)
    shop:sell { product_id = "kzqwu", test = true }
    check_payload "sale_test_purchase"
    assert.is_true(shop:refund(shop:sell { product_id = "kzqwu" }, 500))
    check_payload "refund_partial"
    assert.is_false(last_payload().refunded)
  end)

  it("has url_params only in the first ping of a sale", function()
    local sale = shop:sell { product_id = "kzqwu", url_params = { { "ref", "letter" } } }
    assert.equal("letter", last_payload().url_params.ref)
    shop:refund(sale)
    assert.is_nil(last_payload().url_params)
  end)

  it("has the keys of a membership, its charges and its changes", function()
    shop:sell { product_id = "mclub" }
    local subscription = told[1][2].subscription
    assert.equal(subscription.id, last_payload().subscription_id)
    shop:sell { subscription_id = subscription.id }
    assert.is_true(last_payload().is_recurring_charge)
    subscription.buyer.account_id = "2602880564246"
    shop:change_plan(subscription)
    check_payload "subscription_updated_upgrade"
    shop:cancel(subscription)
    assert.is_true(last_payload().cancelled_by_buyer)
    shop:finish(subscription)
    check_payload "subscription_ended"
    shop:restart(subscription)
    check_payload "subscription_restarted"
    assert.equal(2, #last_payload().purchase_ids)
  end)
end)

describe("the emulator's dice", function()
  it("fall the same on every Lua", function()
    assert.equal("e0MygEdYklQ3MjGUrSHoxA==", chance.id(7, 2, 70000))
    assert.equal("911FB23B-EB570872-152BD351-056CEC5A", chance.licence_key(7, 20, 70000))
    assert.equal(237119315, chance.order_number(70000))
    assert.equal(976554, chance.roll(2147483647, 132, 1073741823, 1000000))
    assert.equal("1411926915827", chance.digits(7, 40, 1, 13))
  end)

  it("make ids, keys and order numbers that can be read back", function()
    for number = 1, 2 ^ 29, 1234567 do
      assert.equal(number, chance.from_id(7, 2, chance.id(7, 2, number)))
      assert.equal(number, chance.from_licence_key(7, 20, chance.licence_key(7, 20, number)))
      assert.equal(number, chance.from_order_number(chance.order_number(number)))
    end
  end)

  it("make ids that name nothing else", function()
    local id = chance.id(7, 2, 5)
    assert.is_nil(chance.from_id(8, 2, id))
    assert.is_nil(chance.from_id(7, 3, id))
    assert.is_nil(chance.from_id(7, 2, "A" .. id:sub(2)))
    assert.is_nil(chance.from_id(7, 2, ""))
  end)
end)

describe("the emulator's shop", function()
  local function shop_of(sales)
    return Shop.new { seed = 3, products = 15, sales = sales, subscribers = 30, now = 1790000000 }
  end

  it("is the same for the same seed", function()
    assert.equal(json.encode(all_sales(shop_of(100))), json.encode(all_sales(shop_of(100))))
  end)

  it("finds a sale by its id without making the others", function()
    local shop = shop_of(100000)
    local sale = shop:sale(70000)
    assert.equal(70000, shop:find_sale(sale.id).number)
    assert.same({}, shop.sales)
  end)

  it("grows older with the number of a sale", function()
    local shop = shop_of(3000)
    for number = 2, 3000 do
      assert.is_true(shop:sale_created(number) >= shop:sale_created(number - 1))
    end
    assert.is_true(shop:sale_created(3000) <= 1790000000)
  end)

  it("counts the sales of each product as its list shows them", function()
    local shop = shop_of(1234)
    shop:sell {}
    local counts = {}
    for number = 1, shop.sale_count do
      local id = shop:sale(number).product.id
      counts[id] = (counts[id] or 0) + 1
    end
    for number = 1, shop.product_count do
      local product = shop:product(number)
      assert.equal(counts[product.id] or 0, shop:sold(product))
    end
  end)

  it("has subscriptions whose purchases are the membership's sales", function()
    local shop = shop_of(400)
    for number = 1, shop.subscription_count do
      local subscription = shop:subscription(number)
      local ids = shop:purchase_ids(subscription)
      assert.equal(subscription.created, shop:find_sale(ids[1]).created)
      for _, id in ipairs(ids) do
        assert.equal(subscription.id, shop:find_sale(id).subscription.id)
      end
    end
  end)
end)
