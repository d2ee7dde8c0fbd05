--- The invented shop: what is known of it at any time. Products, sales and subscriptions follow from the
-- seed and a number; what a client changed, or what happened since the start, is kept here and wins. So a
-- shop of any size starts at once.
--
-- The modules beside this one are functions of a shop. Records are plain Lua tables; how they look on the
-- wire is the business of gumroad.emulator.views (responses) and gumroad.emulator.pings.
local catalog = require "gumroad.emulator.shop.catalog"
local limits = require "gumroad.api.limits"
local rng = require "gumroad.emulator.shop.rng"
local timeline = require "gumroad.emulator.shop.timeline"

local Shop = {}
Shop.__index = Shop
Shop.SELLER_EMAIL = "ana@example.com"

--- Seconds of Unix time in the emulated world: it starts at `now` and runs as ours does,
-- unless it is advanced.
function Shop:time()
  return self.started_at + (os.time() - self.real_start) + self.advanced
end

-- What clients changed and made, at the start.
local function new_state()
  return {
    products = {}, sales = {}, subscriptions = {}, payouts = {}, stores = {}, tokens = {}, imported = {},
    licenses = { sale = {}, subscription = {}, imported = {} }, new_keys = {}, rotations = 0,
    storage = { uploads = {}, files = {}, blobs = {}, blob_of_path = {}, count = 0 },
    profile = { name = "Ana Petrova", bio = "Brushes and prints." },
    refund_policy = { period = "30", in_effect = true }, advanced = 0,
  }
end

--- A shop.
-- @param options `seed`, `products`, `sales`, `subscribers` (how many there are at the start), `now` (Unix
--   time), and optionally `url` (of its server), `part_size`, `strict_post_url`, `old_server`
-- @return shop; its field `emit` (function(event, record)) is called at each event
function Shop.new(options)
  local self = setmetatable(new_state(), Shop)
  self.rng, self.started_at, self.real_start = rng.new(options.seed), options.now, os.time()
  self.first_products, self.product_count = options.products, options.products
  self.first_sales, self.sale_count = options.sales, options.sales
  self.first_subscriptions, self.subscription_count = options.subscribers, options.subscribers
  self.membership_number, self.plain_buyers = 2, math.floor(options.sales * 0.6) + 20
  self.sellable, self.place_of = catalog.sellable(options.products), {}
  for place, number in ipairs(self.sellable) do self.place_of[number] = place end
  timeline.lay_out(self)
  self.seller_id, self.user_id = self.rng:id("seller", 1), self.rng:digits("seller", 1, 13)
  self.url, self.part_size = options.url or "https://s3.example.com", options.part_size or limits.UPLOAD.part
  self.strict_post_url, self.old_server = options.strict_post_url, options.old_server
  self.emit = function() end
  return self
end

return Shop
