--- The invented shop. Product, sale and subscription number n are pure functions of
-- (seed, n), made when somebody asks; what a client changed, or what happened since the
-- start, is kept and wins over them. So a shop of any size starts at once.
--
-- Records are plain Lua tables; how they look on the wire is the business of views.lua
-- (answers) and payloads.lua (pings).
local chance = require "gumroad.emulator.chance"
local json = require "gumroad.emulator.json"
local names = require "gumroad.emulator.names"

local floor, min, max = math.floor, math.min, math.max

local DAY = 86400
local OPEN_FOR = 730 * DAY     -- the shop opened so long before the start
local YEAR = 10                -- a year of a membership costs as much as ten months
local MOST_CHARGES = 24        -- of one subscription: monthly over two years
local CENTS = { usd = 1, eur = 1.08, gbp = 1.27, jpy = 0.662 }  -- US cents for a unit

-- what dice are rolled for, and what ids name
local FOR = {
  product = 1, sale = 2, subscription = 3, category = 4, variant = 5, field = 6, hook = 7,
  licence = 8, sale_licence = 20, subscription_licence = 30, seller = 40, file = 41, cover = 42,
  rich_content = 43, sku = 44,
  buyer = 100, first = 101, last = 102, host = 103, place = 104, account = 105, street = 106,
  mail = 107, mail_style = 108,
  jitter = 110, block = 111, quantity = 112, option = 113, answer = 117, offer = 118, tip = 119,
  refund = 120, dispute = 121, affiliate = 122, utm = 123, referrer = 124, card = 125,
  shipped = 126, guest = 127, status = 128, uses = 129, gift = 130, review = 131, discover = 132,
}

local Shop = {}
Shop.__index = Shop

function Shop:roll(purpose, number, sides)
  return chance.roll(self.seed, FOR[purpose], number, sides)
end

function Shop:id(purpose, number)
  return chance.id(self.seed, FOR[purpose], number)
end

--- Seconds of Unix time in the emulated world: it starts at `now` and runs as ours does.
function Shop:time()
  return self.started_at + (os.time() - self.real_start)
end

-- products --------------------------------------------------------------------------------

local function ware_of(number)
  local ware = names.wares[number]
  if ware then return ware end
  local issue = number - #names.wares
  return { name = ("Colour Notes No. %d"):format(issue), permalink = ("cnot%d"):format(issue),
    price = 700 + 100 * (issue % 6), tags = { "zine", "colour" } }
end

function Shop:new_category(product, title, options)
  local place = #product.categories + 1
  local category = { id = self:id("category", product.number * 1000 + place), title = title,
    options = {} }
  for i, option in ipairs(options or {}) do
    category.options[i] = { name = option[1], difference = option[2],
      id = self:id("variant", product.number * 100000 + place * 100 + i) }
  end
  product.categories[place] = category
  return category
end

local function custom_fields_of(self, number, ware)
  local fields = {}
  for i, field in ipairs(ware.custom_fields or {}) do
    fields[i] = { id = self:id("field", number * 100 + i), type = field[1], name = field[2],
      required = field[3] }
  end
  return fields
end

local function cover_ids_of(self, number, ware)
  local ids = {}
  for i = 1, ware.covers or 0 do ids[i] = chance.guid(self.seed, FOR.cover, number * 100 + i) end
  return ids
end

--- A product's record from a ware, such as names.lua lists.
function Shop:make_product(number, ware, created)
  local product = {
    number = number, id = self:id("product", number), created = created, name = ware.name,
    permalink = ware.permalink, custom_permalink = ware.custom_permalink,
    description = ware.description or "<p>Made by hand.</p>", price = ware.price,
    currency = ware.currency or "usd", pay_what_you_want = ware.pay_what_you_want,
    published = not ware.draft, deleted = false, tags = ware.tags or {}, summary = ware.summary,
    stock = ware.stock, physical = ware.physical or false, membership = ware.membership or false,
    licensed = ware.licensed or false, preorder = ware.preorder or false, file = ware.file,
    custom_fields = custom_fields_of(self, number, ware),
    cover_ids = cover_ids_of(self, number, ware), categories = {}, sold_since = 0,
  }
  for _, variant in ipairs(ware.variants or {}) do
    local options = {}
    for i = 2, #variant do options[i - 1] = variant[i] end
    self:new_category(product, variant[1], options)
  end
  return product
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

local function ascii_address(self, number)
  local first = names.first[1 + self:roll("first", number, #names.first)]
  local last = names.last[1 + self:roll("last", number, #names.last)]
  local host = names.mail_hosts[1 + self:roll("host", number, #names.mail_hosts)]
  local plus = self:roll("mail_style", number, 9) == 0 and "+shop" or ""
  return first, last, ("%s.%s%d%s@%s"):format(first[2], last[2], number, plus, host)
end

--- Buyer number n. `account_email` differs from the checkout `email` for a few; guests have
-- no `account_id`.
function Shop:buyer(number)
  local first, last, email = ascii_address(self, number)
  local place = names.places[1 + self:roll("place", number, #names.places)]
  local guest = self:roll("guest", number, 3) == 0
  local other = not guest and self:roll("mail", number, 12) == 0
  return {
    email = email, name = first[1] .. " " .. last[1],
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
  local _, _, address = ascii_address(self, number)
  return address == email and number or nil
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

local function choose_variants(self, sale)
  for place, category in ipairs(sale.product.categories) do
    local options = category.options
    if #options > 0 and not category.deleted then
      sale.variants = sale.variants or json.dict()
      local option = options[1 + self:roll("option", sale.dice * 4 + place, #options)]
      json.put(sale.variants, category.title, option.name)
      sale.variants_cents = sale.variants_cents + option.difference
    end
  end
end

local function answer_fields(self, sale)
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
  if sale.subscription and sale.subscription.recurrence == "yearly" then each = each * YEAR end
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
  if self:roll("review", number, 30) == 0 then sale.review = "Lovely texture." end
  if paid and not sale.subscription and self:roll("gift", number, 60) == 0 then
    sale.gifter_email, sale.giftee_email = sale.email, "giftee@example.com"
  end
end

local function blank_sale(self, number, product, buyer)
  return {
    number = number, id = self:id("sale", number), order_number = chance.order_number(number),
    product = product, buyer = buyer, email = buyer.email, quantity = 1, variants_cents = 0,
    custom_fields = json.dict(), referrer = "direct", refunded_cents = 0, disputed = false,
    dispute_won = false, dice = number,
  }
end

local function licence_for(self, sale)
  if not sale.product.licensed then return end
  local purpose, number = "sale_licence", sale.number
  if sale.subscription then
    purpose, number = "subscription_licence", sale.subscription.number
  end
  sale.licence_key = chance.licence_key(self.seed, FOR[purpose], number)
  sale.licence_id = self:id("licence", sale.number)
  sale.licence_uses = self:roll("uses", sale.number, 4)
end

local function make_sale(self, number)
  local product = self:product(product_number_of_sale(self, number))
  local sale = blank_sale(self, number, product, self:buyer(buyer_number_of_sale(self, number)))
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
  choose_variants(self, sale)
  answer_fields(self, sale)
  self:price_sale(sale)
  licence_for(self, sale)
  befall(self, sale)
  return sale
end

--- Sale number n, 1 being the oldest, or nil. A caller that changes it must keep_sale it.
function Shop:sale(number)
  if number < 1 or number > self.sale_count then return nil end
  return self.sales[number] or make_sale(self, number)
end

function Shop:keep_sale(sale)
  self.sales[sale.number] = sale
end

function Shop:find_sale(id)
  local number = chance.from_id(self.seed, FOR.sale, id)
  return number and self:sale(number)
end

--- Whether `GET /sales` shows the sale at all (test purchases and gift receivers not).
function Shop:is_listed(number)
  local sale = self.sales[number]
  return not (sale and sale.unlisted)
end

--- A test of sale numbers that is cheap for sales nobody has made yet.
-- @param filters table of `product_id`, `email`, `order_id`, `name`, `license_key`
-- @return function(number) -> boolean
function Shop:sale_filter(filters)
  local product = filters.product_id and self:find_product(filters.product_id)
  local wanted_buyer = filters.email and buyer_of_email(self, filters.email)
  local order = filters.order_id and chance.from_order_number(filters.order_id)
  local name = filters.name and filters.name:lower()
  return function(number)
    if not self:is_listed(number) or order and number ~= order then return false end
    local kept = self.sales[number]
    if product then
      local of = kept and kept.product.number or product_number_of_sale(self, number)
      if of ~= product.number then return false end
    end
    if filters.email then
      local same
      if kept then same = kept.email == filters.email
      else same = buyer_number_of_sale(self, number) == wanted_buyer end
      if not same then return false end
    end
    if name and not self:sale(number).buyer.name:lower():find(name, 1, true) then return false end
    return not filters.license_key or self:sale(number).licence_key == filters.license_key
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
    licence_key = chance.licence_key(self.seed, FOR.subscription_licence, number),
  }
  subscription.email = subscription.buyer.email
  if status == "pending_cancellation" then
    subscription.cancel_requested = self.started_at - 5 * DAY
    subscription.cancelled_at = self.started_at + 9 * DAY
  end
  return subscription
end

--- Subscription number n, 1 being the oldest, or nil.
function Shop:subscription(number)
  if number < 1 or number > self.subscription_count then return nil end
  return self.subscriptions[number] or make_subscription(self, number)
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

-- what happens after the start ------------------------------------------------------------

local function next_month(time)
  return time + 30 * DAY
end

local function new_subscription(self, sale)
  local number = self.subscription_count + 1
  local subscription = {
    number = number, id = self:id("subscription", number), created = sale.created,
    product = sale.product, status = "alive", recurrence = "monthly", buyer = sale.buyer,
    email = sale.email, custom_fields = sale.custom_fields, extra_sales = { sale },
    licence_key = chance.licence_key(self.seed, FOR.subscription_licence, number),
  }
  self.subscription_count = number
  self.subscriptions[number] = subscription
  return subscription
end

local function named_buyer(self, number, fields)
  local buyer = self:buyer(self.plain_buyers + self.first_subscriptions + number)
  if fields.email then
    buyer.email, buyer.account_email, buyer.account_id = fields.email, fields.email, nil
  end
  buyer.name = fields.full_name or buyer.name
  return buyer
end

-- A new charge of a subscription that is there already.
local function recur(self, sale, subscription)
  sale.subscription, sale.recurring = subscription, true
  self.subscriptions[subscription.number] = subscription
  table.insert(subscription.extra_sales, sale)
end

--- The product of that id or, without one, the next in turn.
function Shop:product_to_sell(id)
  if id then return self:find_product(id) end
  local kinds = #self.sellable
  return kinds > 0 and self:product(self.sellable[self.sale_count % kinds + 1]) or nil
end

-- The order that a script asks for, not yet part of the shop.
local function order(self, fields, product, subscription)
  local number = self.sale_count + 1
  local buyer = subscription and subscription.buyer or named_buyer(self, number, fields)
  local sale = blank_sale(self, number, product, buyer)
  sale.created, sale.quantity = self:time(), fields.quantity or 1
  sale.offer_code, sale.referrer = fields.offer_code, fields.referrer or "direct"
  sale.url_params = fields.url_params and json.dict_of(fields.url_params)
  sale.test, sale.preorder = fields.test, product.preorder or nil
  sale.unlisted = sale.test or sale.preorder
  if fields.variants then sale.variants = json.dict_of(fields.variants)
  else choose_variants(self, sale) end
  if fields.custom_fields then sale.custom_fields = json.dict_of(fields.custom_fields)
  else answer_fields(self, sale) end
  return sale
end

-- Makes a sale the newest of the shop.
local function enter(self, sale)
  licence_for(self, sale)
  if sale.product.physical then sale.shipped = false end
  self.sale_count = sale.number
  sale.product.sold_since = sale.product.sold_since + 1
  self:keep_sale(sale)
end

-- Besides the sale to the giver, one to the receiver: free, in no list, and told of by the ping.
local function enter_gift(self, sale, receiver_email)
  sale.gifter_email, sale.giftee_email = sale.email, receiver_email
  enter(self, sale)
  local gift = blank_sale(self, sale.number + 1, sale.product,
    named_buyer(self, sale.number + 1, { email = receiver_email }))
  gift.created, gift.variants, gift.unlisted = sale.created, sale.variants, true
  self:price_sale(gift)
  gift.gift_price, gift.gifter_email = sale.price, sale.email
  gift.price, gift.fee, gift.listed_cents, gift.tax_cents = 0, 0, 0, 0
  enter(self, gift)
  self.emit("sale", gift)
end

--- Sells something now: the sale is the newest, and its ping is sent.
-- @param fields all optional: `product_id` (default: each in turn), `email`, `full_name`,
--   `quantity`, `variants`, `custom_fields` and `url_params` (tables or lists of pairs),
--   `offer_code`, `referrer`, `test` (true: the seller buys; unlisted), `subscription_id`
--   (a further charge), `gift_to` (the receiver's email)
-- @return the sale, or nil and a message
function Shop:sell(fields)
  local subscription = fields.subscription_id and self:find_subscription(fields.subscription_id)
  if fields.subscription_id and not subscription then return nil, "no such subscriber" end
  local product = subscription and subscription.product or self:product_to_sell(fields.product_id)
  if not product then return nil, "no such product" end
  local sale = order(self, fields, product, subscription)
  if subscription then recur(self, sale, subscription)
  elseif product.membership then sale.subscription = new_subscription(self, sale) end
  self:price_sale(sale)
  if fields.gift_to then
    enter_gift(self, sale, fields.gift_to)
  else
    enter(self, sale)
    self.emit("sale", sale)
  end
  return sale
end

--- Refunds a sale.
-- @param cents smallest units of the listed currency; nil: all that is left
-- @return true, or nil and the server's message
function Shop:refund(sale, cents)
  local left = sale.listed_cents - sale.refunded_cents
  if sale.listed_cents == 0 then return nil, "The sale was unable to be modified." end
  if left == 0 then return nil, "Purchase is already refunded." end
  if cents and cents > left then
    return nil, "Refund amount cannot be greater than the purchase price."
  end
  if cents and cents < 1 then return nil, "The sale was unable to be modified." end
  sale.refund_tried, sale.refunded_cents = true, sale.refunded_cents + (cents or left)
  self:keep_sale(sale)
  self.emit("refund", sale)
  return true
end

--- A buyer disputes a charge, or the seller wins the dispute.
function Shop:dispute(sale, won)
  sale.disputed, sale.dispute_won = true, won or false
  self:keep_sale(sale)
  self.emit(won and "dispute_won" or "dispute", sale)
end

--- Cancels a subscription at the end of the paid month.
-- @param by "buyer" (default), "seller", "admin" or "payment_failures" (ends at once)
function Shop:cancel(subscription, by)
  local now = self:time()
  subscription.cancelled_by = by or "buyer"
  if by == "payment_failures" then
    subscription.status, subscription.failed_at = "failed_payment", now
    subscription.cancelled_at = now
  else
    subscription.status, subscription.cancel_requested = "pending_cancellation", now
    subscription.cancelled_at = next_month(now)
  end
  self.subscriptions[subscription.number] = subscription
  self.emit("cancellation", subscription)
end

--- Ends a subscription now.
-- @param reason "cancelled" (default), "failed_payment" or "fixed_subscription_period_ended"
function Shop:finish(subscription, reason)
  subscription.ended_at, subscription.ended_reason = self:time(), reason or "cancelled"
  subscription.status = subscription.ended_reason
  subscription.cancelled_at = subscription.cancelled_at or subscription.ended_at
  self.subscriptions[subscription.number] = subscription
  self.emit("subscription_ended", subscription)
end

--- Takes a subscription up again.
function Shop:restart(subscription)
  subscription.ended_at, subscription.cancelled_at, subscription.failed_at = nil, nil, nil
  subscription.cancel_requested, subscription.status = nil, "alive"
  subscription.restarted_at = self:time()
  self.subscriptions[subscription.number] = subscription
  self.emit("subscription_restarted", subscription)
end

local function plan(tier, recurrence, cents)
  return { tier = tier, recurrence = recurrence, price_cents = cents, quantity = 1 }
end

--- The buyer changes the tier: up (default) or down.
function Shop:change_plan(subscription, down)
  local product = subscription.product
  local tiers = product.categories[1].options
  local low = plan(tiers[1], "monthly", product.price + tiers[1].difference)
  local high = plan(tiers[#tiers], "yearly", YEAR * (product.price + tiers[#tiers].difference))
  subscription.change = {
    type = down and "downgrade" or "upgrade", old_plan = down and high or low,
    new_plan = down and low or high,
    effective_as_of = down and next_month(self:time()) or self:time(),
  }
  subscription.recurrence = subscription.change.new_plan.recurrence
  self.subscriptions[subscription.number] = subscription
  self.emit("subscription_updated", subscription)
end

-- tokens and webhooks ---------------------------------------------------------------------

local function scope_set(text)
  local set = {}
  for scope in text:gmatch("%S+") do set[scope] = true end
  return set
end

--- Makes a token good for scopes (a text, separated by spaces), for an application.
function Shop:grant(token, scopes, application)
  self.tokens[token] = { scopes = scope_set(scopes), application = application }
end

--- Whether an application may still be told of sales: it has an unrevoked token for that.
function Shop:may_notify(application)
  for _, token in pairs(self.tokens) do
    if token.application == application and not token.revoked
      and (token.scopes.view_sales or token.scopes.account) then
      return true
    end
  end
  return false
end

--- Subscribes an application to a sort of event.
-- @param format "form" or "json": what its pings are written in
function Shop:add_hook(application, resource_name, post_url, format)
  local number = #self.hooks + 1
  self.hooks[number] = { id = self:id("hook", number), application = application,
    resource_name = resource_name, post_url = post_url, format = format }
  return self.hooks[number]
end

function Shop:find_hook(id)
  local number = chance.from_id(self.seed, FOR.hook, id)
  return number and self.hooks[number]
end

-- making a shop ---------------------------------------------------------------------------

-- How the charges of the subscriptions lie among the sales: every `charge_step`-th sale is
-- one, and they go round the subscriptions, so each has one now and then until today.
local function lay_out_charges(self)
  self.charges, self.charge_step = 0, 1
  if self.first_subscriptions == 0 then return end
  self.charges = min(floor(self.first_sales / 2), MOST_CHARGES * self.first_subscriptions)
  if self.charges == 0 then return end
  self.charge_step = floor(self.first_sales / self.charges)
  local days = self.pause * self.charge_step * self.first_subscriptions / DAY
  self.recurrence = days > 60 and "yearly" or "monthly"
end

--- A shop.
-- @param options `seed`, `products`, `sales`, `subscribers` (how many there are at the
--   start), `now` (Unix time)
-- @return shop; its field `emit` (function(event, record)) is called at each event
function Shop.new(options)
  local self = setmetatable({
    seed = options.seed % 2 ^ 31, started_at = options.now, real_start = os.time(),
    opened_at = options.now - OPEN_FOR, first_products = options.products,
    product_count = options.products, first_sales = options.sales, sale_count = options.sales,
    first_subscriptions = options.subscribers, subscription_count = options.subscribers,
    products = {}, sales = {}, subscriptions = {}, tokens = {}, hooks = {},
    sellable = sellable(options.products), place_of = {}, recurrence = "monthly",
    membership_number = 2, emit = function() end,
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
