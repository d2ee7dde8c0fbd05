--- The sales of a shop. Sale number n (1 is the oldest) is computed from the seed and n until it is changed.
local buyers = require "gumroad.emulator.shop.buyers"
local catalog = require "gumroad.emulator.shop.catalog"
local json = require "gumroad.emulator.http.json"
local names = require "gumroad.emulator.shop.names"
local prices = require "gumroad.emulator.shop.prices"
local rng = require "gumroad.emulator.shop.rng"
local subscriptions = require "gumroad.emulator.shop.subscriptions"
local timeline = require "gumroad.emulator.shop.timeline"

local floor = math.floor

local sales = {}

sales.created = timeline.sale_created

--- Creates an empty sale.
function sales.blank(shop, number, product, buyer)
  return {
    number = number, id = shop.rng:id("sale", number), order_number = rng.order_number(number),
    product = product, buyer = buyer, email = buyer.email, quantity = 1, variants_cents = 0,
    custom_fields = json.dict(), referrer = "direct", refunded_cents = 0, disputed = false,
    dispute_won = false, variant_seed = number,
  }
end

--- Chooses a version of each of the product's categories.
function sales.choose_variants(shop, sale)
  for place, category in ipairs(sale.product.categories) do
    local options = catalog.options(category)
    if #options > 0 and not category.deleted then
      sale.variants = sale.variants or json.dict()
      local option = shop.rng:choose("option", sale.variant_seed * 4 + place, options)
      json.put(sale.variants, category.title, option.name)
      sale.variants_cents = sale.variants_cents + option.difference
    end
  end
end

--- Fills in the product's custom fields.
function sales.fill_fields(shop, sale)
  for i, field in ipairs(sale.product.custom_fields) do
    local roll = shop.rng:roll("field_value", sale.number * 8 + i, 60)
    local value = names.field_values[1 + roll % #names.field_values]
    if field.type == "checkbox" then value = roll % 2 == 0 end
    json.put(sale.custom_fields, field.name, value)
  end
end

-- Adds refunds, disputes and better things to a paid sale.
local function add_misfortunes(shop, sale)
  local number, rolls = sale.number, shop.rng
  if rolls:roll("refund", number, 100) < 3 then
    sale.refund_tried = true
    sale.refunded_cents = rolls:roll("refund", number + 7, 3) == 0 and floor(sale.listed_cents / 2)
      or sale.listed_cents
  end
  if rolls:roll("dispute", number, 400) == 0 then
    sale.disputed, sale.dispute_won = true, rolls:roll("dispute", number + 7, 2) == 0
  end
end

local function add_extras(shop, sale)
  local number, rolls = sale.number, shop.rng
  if rolls:roll("tip", number, 30) == 0 then sale.tip_cents = 200 end
  if rolls:roll("affiliate", number, 25) == 0 then sale.affiliate_email = "affiliate@example.com" end
  if not sale.subscription and rolls:roll("gift", number, 60) == 0 then
    sale.gifter_email, sale.giftee_email = sale.email, "giftee@example.com"
  end
end

local function add_shipping(shop, sale)
  sale.shipped = shop.rng:roll("shipped", sale.number, 5) > 0
  if sale.shipped then
    sale.tracking_url = ("https://tracking.example.com/t/%.0f"):format(sale.order_number)
  end
end

-- Adds what happened after the order.
local function add_history(shop, sale)
  local paid = sale.price > 0
  if paid then
    add_misfortunes(shop, sale)
    add_extras(shop, sale)
  end
  sale.discovered = paid and shop.rng:roll("discover", sale.number, 20) == 0
  sale.newsletter = shop.rng:roll("newsletter", sale.number, 16) == 0
  if sale.product.physical then add_shipping(shop, sale) end
  if sales.is_reviewed(shop, sale.number) then sale.review = "Lovely texture." end
end

local function make(shop, number)
  local product = catalog.get(shop, timeline.product_of_sale(shop, number))
  local buyer = buyers.get(shop, timeline.buyer_of_sale(shop, number))
  local sale = sales.blank(shop, number, product, buyer)
  local subscription, recurring = timeline.subscription_of_sale(shop, number)
  if subscription then
    sale.subscription, sale.recurring = subscriptions.get(shop, subscription), recurring
    sale.variant_seed = subscription  -- so that each charge has the same tier
  end
  sale.created = sales.created(shop, number)
  sale.referrer = shop.rng:choose("referrer", number, names.referrers)
  if product.physical then sale.quantity = 1 + floor(shop.rng:roll("quantity", number, 8) / 7) end
  if product.price > 0 and shop.rng:roll("offer", number, 12) == 0 then
    sale.offer_code = "AUTUMN-10"
  end
  sales.choose_variants(shop, sale)
  sales.fill_fields(shop, sale)
  prices.set(sale)
  add_history(shop, sale)
  return sale
end

--- Returns sale number n, or nil. Call `keep` after changing it.
function sales.get(shop, number)
  if number < 1 or number > shop.sale_count then return nil end
  return shop.sales[number] or make(shop, number)
end

--- Stores a sale that was changed.
function sales.keep(shop, sale)
  shop.sales[sale.number] = sale
  if sale.subscription then subscriptions.keep(shop, sale.subscription) end
end

--- Finds a sale by its id.
function sales.find(shop, id)
  local number = shop.rng:number_of_id("sale", id)
  return number and sales.get(shop, number)
end

--- Whether a sale has a review with a text. This does not create the sale.
function sales.is_reviewed(shop, number)
  if shop.sales[number] then return shop.sales[number].review ~= nil end
  return shop.rng:roll("review", number, 30) == 0
end

--- Whether `GET /sales` lists the sale. It leaves out test purchases and the receivers of gifts.
function sales.is_listed(shop, number)
  local sale = shop.sales[number]
  return not (sale and sale.unlisted)
end

return sales
