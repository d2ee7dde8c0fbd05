--- The invented shop. Product, sale and subscription number n are pure functions of
-- (seed, n), made when somebody asks; what a client changed, or what happened since the
-- start, is kept and wins over them. So a shop of any size starts at once.
--
-- Records are plain Lua tables; how they look on the wire is the business of views.lua
-- (answers) and payloads.lua (pings). What a product is made of is in wares.lua, what happens
-- after the start in events.lua, who may ask in access.lua, licence keys in licences.lua, what
-- the sales come to in books.lua.
local access = require "gumroad.emulator.http.access"
local chance = require "gumroad.emulator.shop.rng"
local events = require "gumroad.emulator.shop.events"
local json = require "gumroad.emulator.http.json"
local licences = require "gumroad.emulator.shop.licenses"
local names = require "gumroad.emulator.shop.names"
local wares = require "gumroad.emulator.shop.catalog"

local floor, min, max = math.floor, math.min, math.max

local DAY = 86400
local OPEN_FOR = 730 * DAY     -- the shop opened so long before the start
local MOST_CHARGES = 24        -- of one subscription: monthly over two years
local CENTS = { usd = 1, eur = 1.08, gbp = 1.27, jpy = 0.662 }  -- US cents for a unit

-- what dice are rolled for, and what ids name
local FOR = {
  product = 1, sale = 2, subscription = 3, category = 4, variant = 5, field = 6, hook = 7,
  imported = 8, email = 9, workflow = 10, workflow_email = 11, payout = 12, seller = 40, file = 41,
  cover = 42, rich_content = 43, sku = 44, thumbnail = 45, offer_code = 46, media = 47, upsell = 48,
  upsell_variant = 49, utm_link = 50, review_id = 51, page = 52,
  buyer = 100, first = 101, last = 102, host = 103, place = 104, account = 105, street = 106,
  mail = 107, mail_style = 108,
  jitter = 110, block = 111, quantity = 112, option = 113, answer = 117, offer = 118, tip = 119,
  refund = 120, dispute = 121, affiliate = 122, utm = 123, referrer = 124,
  shipped = 126, guest = 127, status = 128, uses = 129, gift = 130, review = 131, discover = 132,
}

local Shop = {}
Shop.__index = Shop
Shop.SELLER_EMAIL = "ana@example.com"
Shop.YEAR = 10  -- a year of a membership costs as much as so many months

for name, method in pairs(events) do Shop[name] = method end
for name, method in pairs(wares) do Shop[name] = method end
for name, method in pairs(access) do Shop[name] = method end
for name, method in pairs(licences) do Shop[name] = method end

function Shop:roll(purpose, number, sides)
  return chance.roll(self.seed, FOR[purpose], number, sides)
end

function Shop:id(purpose, number)
  return chance.id(self.seed, FOR[purpose], number)
end

function Shop:guid(purpose, number)
  return chance.guid(self.seed, FOR[purpose], number)
end

--- The number behind an id of that kind, or nil.
function Shop:number_of(purpose, id)
  return chance.from_id(self.seed, FOR[purpose], id)
end

--- Seconds of Unix time in the emulated world: it starts at `now` and runs as ours does,
-- unless it is advanced.
function Shop:time()
  return self.started_at + (os.time() - self.real_start) + self.advanced
end

-- products --------------------------------------------------------------------------------

local function ware_of(number)
  local ware = names.wares[number]
  if ware then return ware end
  local issue = number - #names.wares
  return { name = ("Colour Notes No. %d"):format(issue), permalink = ("cnot%d"):format(issue),
    price = 700 + 100 * (issue % 6), tags = { "zine", "colour" } }
end

--- Product number n, 1 being the oldest, or nil.
function Shop:product(number)
  if number < 1 or number > self.product_count then return nil end
  local product = self.products[number]
  if not product then
    local created = self.opened_at - (self.first_products - number + 1) * DAY
    product = self:make_product(number, ware_of(number), created)
    self.products[number] = product
  end
  return product
end

function Shop:product_created(number)
  return self:product(number).created
end

--- A product by its id or its unique permalink, or nil.
function Shop:find_product(id)
  local number = chance.from_id(self.seed, FOR.product, id)
  if number then return self:product(number) end
  for n = 1, self.product_count do
    local product = self.products[n]
    if (product or ware_of(n)).permalink == id then return self:product(n) end
  end
end

--- A product that a client makes.
function Shop:add_product(ware)
  local number = self.product_count + 1
  ware.permalink = ("p%s"):format(chance.guid(self.seed, FOR.product, number):sub(1, 5))
  self.product_count = number
  self.products[number] = self:make_product(number, ware, self:time())
  self.products[number].taxonomy_id = nil
  return self.products[number]
end

-- Which products the sales before the start go round. The membership's are apart: each is a
-- charge of a subscription.
local function sellable(count)
  local list = {}
  for number = 1, count do
    local ware = ware_of(number)
    if not (ware.draft or ware.preorder or ware.membership) then list[#list + 1] = number end
  end
  return list
end

--- How many sales a product has had.
function Shop:sold(product)
  local n = product.sold_since
  if product.number > self.first_products then return n end
  if product.membership then return n + self.charges end
  local kinds, plain = #self.sellable, self.first_sales - self.charges
  if plain < 1 or not self.place_of[product.number] then return n end
  local blocks = floor(plain / kinds)
  local place = (self.place_of[product.number] - 1 - self:roll("block", blocks, kinds)) % kinds
  return n + blocks + (place < plain % kinds and 1 or 0)
end

-- people ----------------------------------------------------------------------------------

local function first_and_last(self, number)
  return names.first[1 + self:roll("first", number, #names.first)],
    names.last[1 + self:roll("last", number, #names.last)]
end

local function full_name(self, number)
  local first, last = first_and_last(self, number)
  return first[1] .. " " .. last[1]
end

local function address(self, number)
  local first, last = first_and_last(self, number)
  local host = names.mail_hosts[1 + self:roll("host", number, #names.mail_hosts)]
  local plus = self:roll("mail_style", number, 9) == 0 and "+shop" or ""
  return ("%s.%s%d%s@%s"):format(first[2], last[2], number, plus, host)
end

--- Buyer number n. `account_email` differs from the checkout `email` for a few; guests have
-- no `account_id`.
function Shop:buyer(number)
  local email = address(self, number)
  local place = names.places[1 + self:roll("place", number, #names.places)]
  local guest = self:roll("guest", number, 3) == 0
  local other = not guest and self:roll("mail", number, 12) == 0
  return {
    email = email, name = full_name(self, number),
    account_id = not guest and chance.digits(self.seed, FOR.account, number, 13) or nil,
    account_email = other and email:gsub("@", ".account@") or email,
    country = place[1], country_code = place[2], taxed = place[3], city = place[4],
    state = place[5], zip_code = place[6],
    street = names.streets[1 + self:roll("street", number, #names.streets)],
  }
end

-- Whose checkout address that is: the buyer's number stands in it.
local function buyer_of_email(self, email)
  local number = tonumber(email:match("^[%a.]-(%d+)[+%a]*@"))
  if not number or number > 2 ^ 30 then return nil end
  return address(self, number) == email and number or nil
end

-- sales -----------------------------------------------------------------------------------

--- Unix time of sale number n; it never falls as n grows.
function Shop:sale_created(number)
  if number > self.first_sales then return self.sales[number].created end
  local from, to = floor((number - 1) * self.pause), floor(number * self.pause)
  return self.opened_at + from + self:roll("jitter", number, max(1, to - from))
end

-- Which charge of a subscription a sale is: 1, 2, ... over all subscriptions, or nil.
local function charge_of(self, number)
  if number > self.first_sales or self.charges == 0 or number % self.charge_step ~= 0 then
    return nil
  end
  local charge = number / self.charge_step
  return charge <= self.charges and floor(charge) or nil
end

local function subscription_number_of_sale(self, number)
  local kept = self.sales[number]
  if kept then return kept.subscription and kept.subscription.number end
  local charge = charge_of(self, number)
  return charge and (charge - 1) % self.first_subscriptions + 1
end

local function product_number_of_sale(self, number)
  if charge_of(self, number) then return self.membership_number end
  local charges_before = self.charges > 0
    and min(floor(number / self.charge_step), self.charges) or 0
  local plain = number - charges_before - 1
  local kinds = #self.sellable
  local block = floor(plain / kinds)
  return self.sellable[(plain % kinds + self:roll("block", block, kinds)) % kinds + 1]
end

local function buyer_number_of_sale(self, number)
  local charge = charge_of(self, number)
  if charge then return self.plain_buyers + (charge - 1) % self.first_subscriptions + 1 end
  return 1 + self:roll("buyer", number, self.plain_buyers)
end

function Shop:choose_variants(sale)
  for place, category in ipairs(sale.product.categories) do
    local options = self:options_of(category)
    if #options > 0 and not category.deleted then
      sale.variants = sale.variants or json.dict()
      local option = options[1 + self:roll("option", sale.dice * 4 + place, #options)]
      json.put(sale.variants, category.title, option.name)
      sale.variants_cents = sale.variants_cents + option.difference
    end
  end
end

function Shop:answer_fields(sale)
  for i, field in ipairs(sale.product.custom_fields) do
    local roll = self:roll("answer", sale.number * 8 + i, 60)
    local answer = names.answers[1 + roll % #names.answers]
    if field.type == "checkbox" then answer = roll % 2 == 0 end
    json.put(sale.custom_fields, field.name, answer)
  end
end

--- The US cents that smallest units of a currency are worth here.
function Shop.us_cents(_, amount, currency)
  return floor(amount * (CENTS[currency] or 1) + 0.5)
end

--- Sets what follows from product, quantity, variants and discount.
function Shop:price_sale(sale)
  local product = sale.product
  local each = product.price + sale.variants_cents
  if sale.subscription and sale.subscription.recurrence == "yearly" then each = each * self.YEAR end
  if sale.offer_code then each = floor(each * 0.9) end
  sale.listed_cents = each * sale.quantity
  sale.price = self:us_cents(sale.listed_cents, product.currency)
  sale.fee = sale.price > 0 and floor(sale.price * 0.1) + 50 * sale.quantity or 0
  sale.tax_cents = sale.buyer.taxed and floor(sale.price * 0.2) or 0
  sale.shipping_cents = product.physical and 900 or 0
end

local function befall(self, sale)
  local number = sale.number
  local paid = sale.price > 0
  if paid and self:roll("refund", number, 100) < 3 then
    sale.refund_tried = true
    sale.refunded_cents = self:roll("refund", number + 7, 3) == 0 and floor(sale.listed_cents / 2)
      or sale.listed_cents
  end
  if paid and self:roll("dispute", number, 400) == 0 then
    sale.disputed, sale.dispute_won = true, self:roll("dispute", number + 7, 2) == 0
  end
  if paid and self:roll("tip", number, 30) == 0 then sale.tip_cents = 200 end
  if paid and self:roll("affiliate", number, 25) == 0 then
    sale.affiliate_email = "affiliate@example.com"
  end
  sale.discovered = paid and self:roll("discover", number, 20) == 0
  sale.newsletter = self:roll("utm", number, 16) == 0
  if sale.product.physical then
    sale.shipped = self:roll("shipped", number, 5) > 0
    if sale.shipped then
      sale.tracking_url = ("https://tracking.example.com/t/%.0f"):format(sale.order_number)
    end
  end
  if self:is_reviewed(number) then sale.review = "Lovely texture." end
  if paid and not sale.subscription and self:roll("gift", number, 60) == 0 then
    sale.gifter_email, sale.giftee_email = sale.email, "giftee@example.com"
  end
end

function Shop:blank_sale(number, product, buyer)
  return {
    number = number, id = self:id("sale", number), order_number = chance.order_number(number),
    product = product, buyer = buyer, email = buyer.email, quantity = 1, variants_cents = 0,
    custom_fields = json.dict(), referrer = "direct", refunded_cents = 0, disputed = false,
    dispute_won = false, dice = number,
  }
end

local function make_sale(self, number)
  local product = self:product(product_number_of_sale(self, number))
  local sale = self:blank_sale(number, product, self:buyer(buyer_number_of_sale(self, number)))
  local charge = charge_of(self, number)
  if charge then
    sale.subscription = self:subscription((charge - 1) % self.first_subscriptions + 1)
    sale.recurring = charge > self.first_subscriptions
    sale.dice = sale.subscription.number  -- the same tier at each charge
  end
  sale.created = self:sale_created(number)
  sale.referrer = names.referrers[1 + self:roll("referrer", number, #names.referrers)]
  if product.physical then sale.quantity = 1 + floor(self:roll("quantity", number, 8) / 7) end
  if product.price > 0 and self:roll("offer", number, 12) == 0 then
    sale.offer_code = "AUTUMN-10"
  end
  self:choose_variants(sale)
  self:answer_fields(sale)
  self:price_sale(sale)
  befall(self, sale)
  return sale
end

--- Sale number n, 1 being the oldest, or nil. Whoever changes it must keep_sale it.
function Shop:sale(number)
  if number < 1 or number > self.sale_count then return nil end
  return self.sales[number] or make_sale(self, number)
end

function Shop:keep_sale(sale)
  self.sales[sale.number] = sale
  if sale.subscription then self:keep_subscription(sale.subscription) end
end

function Shop:find_sale(id)
  local number = chance.from_id(self.seed, FOR.sale, id)
  return number and self:sale(number)
end

--- Whether a sale was reviewed in words. Known without making the sale.
function Shop:is_reviewed(number)
  if self.sales[number] then return self.sales[number].review ~= nil end
  return self:roll("review", number, 30) == 0
end

--- Whether `GET /sales` shows the sale at all (test purchases and gift receivers not).
function Shop:is_listed(number)
  local sale = self.sales[number]
  return not (sale and sale.unlisted)
end

-- How each filter of the list is tested: function(shop, wanted) -> function(number) ->
-- boolean. What can be known without making the sale is looked at first.
local FILTERS = {
  { "order_id", function(_, wanted)
    local only = chance.from_order_number(wanted)
    return function(number) return number == only end
  end },
  { "product_id", function(self, wanted)
    local product = self:find_product(wanted).number
    return function(number)
      local kept = self.sales[number]
      return (kept and kept.product.number or product_number_of_sale(self, number)) == product
    end
  end },
  { "email", function(self, wanted)
    local buyer = buyer_of_email(self, wanted)
    return function(number)
      local kept = self.sales[number]
      if kept then return kept.email == wanted end
      return buyer_number_of_sale(self, number) == buyer
    end
  end },
  { "license_key", function(self, wanted)
    local licence = self:find_licence(wanted:upper()) or {}
    return function(number)
      if licence.of ~= "subscription" then return licence.of == "sale" and number == licence.number end
      return subscription_number_of_sale(self, number) == licence.number
    end
  end },
  { "name", function(self, wanted)
    wanted = wanted:lower()
    return function(number)
      local kept = self.sales[number]
      local name = kept and kept.buyer.name
        or full_name(self, buyer_number_of_sale(self, number))
      return name:lower():find(wanted, 1, true) ~= nil
    end
  end },
}

--- A test of sale numbers for the list of sales.
-- @param filters table of `product_id` (of a product that exists), `email`, `order_id`,
--   `name`, `license_key`
-- @return function(number) -> boolean
function Shop:sale_filter(filters)
  local tests = { function(number) return self:is_listed(number) end }
  for _, filter in ipairs(FILTERS) do
    local wanted = filters[filter[1]]
    if wanted then tests[#tests + 1] = filter[2](self, wanted) end
  end
  return function(number)
    for i = 1, #tests do
      if not tests[i](number) then return false end
    end
    return true
  end
end

-- subscriptions ---------------------------------------------------------------------------

--- Unix time of subscription number n; it never falls as n grows.
function Shop:subscription_created(number)
  local kept = self.subscriptions[number]
  if kept then return kept.created end
  if self.charges >= self.first_subscriptions then
    return self:sale_created(number * self.charge_step)
  end
  return self.opened_at + floor((number - 0.5) / self.first_subscriptions * OPEN_FOR)
end

local STATUSES = { [0] = "pending_cancellation", "pending_cancellation", "pending_failure" }

local function make_subscription(self, number)
  local created = self:subscription_created(number)
  local status = STATUSES[self:roll("status", number, 20)] or "alive"
  local subscription = {
    number = number, id = self:id("subscription", number), created = created,
    product = self:product(self.membership_number), status = status, recurrence = self.recurrence,
    buyer = self:buyer(self.plain_buyers + number), custom_fields = json.dict(), extra_sales = {},
  }
  subscription.email = subscription.buyer.email
  if status == "pending_cancellation" then
    subscription.cancel_requested = self.started_at - 5 * DAY
    subscription.cancelled_at = self.started_at + 9 * DAY
  end
  return subscription
end

--- Subscription number n, 1 being the oldest, or nil. Whoever changes it must
-- keep_subscription it.
function Shop:subscription(number)
  if number < 1 or number > self.subscription_count then return nil end
  return self.subscriptions[number] or make_subscription(self, number)
end

function Shop:keep_subscription(subscription)
  self.subscriptions[subscription.number] = subscription
end

function Shop:find_subscription(id)
  local number = chance.from_id(self.seed, FOR.subscription, id)
  return number and self:subscription(number)
end

--- Ids of a subscription's purchases, oldest first.
function Shop:purchase_ids(subscription)
  local ids = {}
  if subscription.number <= self.first_subscriptions then
    for charge = subscription.number, self.charges, self.first_subscriptions do
      ids[#ids + 1] = self:id("sale", charge * self.charge_step)
    end
  end
  for _, sale in ipairs(subscription.extra_sales) do ids[#ids + 1] = sale.id end
  return ids
end

--- Whether the list of subscribers shows it: active, or to end later.
function Shop:is_active(subscription)
  return not subscription.ended_at
    and (not subscription.cancelled_at or subscription.cancelled_at > self:time())
end

-- making a shop ---------------------------------------------------------------------------

-- How the charges of the subscriptions lie among the sales: every `charge_step`-th sale is
-- one, and they go round the subscriptions, so each has one now and then until today.
local function lay_out_charges(self)
  self.charges, self.charge_step = 0, 1
  if self.first_subscriptions == 0 then return end
  local most = MOST_CHARGES * self.first_subscriptions
  self.charge_step = max(2, math.ceil(self.first_sales / most))
  self.charges = floor(self.first_sales / self.charge_step)
  local days = self.pause * self.charge_step * self.first_subscriptions / DAY
  self.recurrence = days > 60 and "yearly" or "monthly"
end

--- A shop.
-- @param options `seed`, `products`, `sales`, `subscribers` (how many there are at the
--   start), `now` (Unix time)
-- @return shop; its field `emit` (function(event, record)) is called at each event
function Shop.new(options)
  local self = setmetatable({
    seed = floor(options.seed) % 2147483648, started_at = options.now, real_start = os.time(), advanced = 0,
    opened_at = options.now - OPEN_FOR, first_products = options.products,
    product_count = options.products, first_sales = options.sales, sale_count = options.sales,
    first_subscriptions = options.subscribers, subscription_count = options.subscribers,
    products = {}, sales = {}, subscriptions = {}, tokens = {}, hooks = {}, kept = {}, payouts = {},
    licences = { sale = {}, subscription = {}, imported = {} }, new_keys = {}, rotations = 0, imported = {},
    sellable = sellable(options.products), place_of = {}, recurrence = "monthly",
    profile = { name = "Ana Petrova", bio = "Brushes and prints." },
    refund_policy = { period = "30", in_effect = true }, membership_number = 2,
    emit = function() end, url = "https://s3.example.com", part_size = 104857600,
  }, Shop)
  for place, number in ipairs(self.sellable) do self.place_of[number] = place end
  self.pause = OPEN_FOR / max(1, options.sales)
  self.plain_buyers = floor(options.sales * 0.6) + 20
  lay_out_charges(self)
  self.seller_id = self:id("seller", 1)
  self.user_id = chance.digits(self.seed, FOR.seller, 1, 13)
  return self
end

return Shop
