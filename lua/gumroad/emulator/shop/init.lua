--- The invented shop. Products, sales and subscriptions are computed from the seed and a number when they are needed,
-- so a shop of any size starts at once. What clients change and what happens after the start is stored here and
-- takes precedence.
--
-- The other modules in this folder are functions on a shop. Records are plain Lua tables. gumroad.emulator.views and
-- gumroad.emulator.pings convert them for responses and pings.
local catalog = require "gumroad.emulator.shop.catalog"
local limits = require "gumroad.api.limits"
local rng = require "gumroad.emulator.shop.rng"
local timeline = require "gumroad.emulator.shop.timeline"

local Shop = {}
Shop.__index = Shop
Shop.SELLER_EMAIL = "ana@example.com"

--- Returns the Unix time in the emulated world, in whole seconds. It starts at `now`, runs like the real time, and
-- can be advanced.
function Shop:time()
  return self.started_at + (os.time() - self.real_start) + self.advanced
end

-- The tables for what clients change and create.
local function new_state()
  return {
    products = {}, sales = {}, subscriptions = {}, payouts = {}, stores = {}, tokens = {}, imported = {},
    licenses = { sale = {}, subscription = {}, imported = {} }, new_keys = {}, rotations = 0,
    storage = { uploads = {}, files = {}, blobs = {}, blob_of_path = {}, count = 0 },
    profile = { name = "Ana Petrova", bio = "Brushes and prints." },
    refund_policy = { period = "30", in_effect = true }, advanced = 0,
  }
end

--- Creates a shop.
-- @param options `seed`, `products`, `sales` and `subscribers` (how many there are at the start), `now` (Unix
--   time); optionally `sales_at` (see gumroad.emulator.start), `url` (of its server), `part_size`, `strict_post_url`,
--   `old_server`
-- @return shop, whose field `emit`, a function(event, record, details), is called for each event
function Shop.new(options)
  local self = setmetatable(new_state(), Shop)
  self.rng, self.started_at, self.real_start = rng.new(options.seed), options.now, os.time()
  self.first_products, self.product_count = options.products, options.products
  self.first_sales, self.sale_count = options.sales, options.sales
  self.first_subscriptions, self.subscription_count = options.subscribers, options.subscribers
  self.membership_number, self.plain_buyers = 2, math.floor(options.sales * 0.6) + 20
  self.sellable, self.place_of = catalog.sellable(options.products), {}
  for place, number in ipairs(self.sellable) do self.place_of[number] = place end
  timeline.lay_out(self, options.sales_at)
  self.seller_id, self.user_id = self.rng:id("seller", 1), self.rng:digits("seller", 1, 13)
  self.url, self.part_size = options.url or "https://s3.example.com", options.part_size or limits.UPLOAD.part
  self.strict_post_url, self.old_server = options.strict_post_url, options.old_server
  self.emit = function() end
  return self
end

return Shop
