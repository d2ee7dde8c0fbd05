-- A day in a Gumroad shop: everything that an integration platform's Gumroad app does, as a script.
-- It runs against the emulator, a Gumroad on this machine:
--
--     make demo
--
-- The first part only reads. It can run against your own shop, where it changes nothing:
--
--     LIVE=1 GUMROAD_ACCESS_TOKEN=... make demo
local gumroad = require "gumroad"

local live = os.getenv("LIVE") == "1"

local function heading(text)
  print("\n" .. text .. "\n" .. ("-"):rep(#text))
end

-- Pads a UTF-8 text to the width of a column. Emoji and East Asian characters are two cells wide.
local function column(text, width)
  local characters, wide = select(2, text:gsub("[^\128-\191]", "")), select(2, text:gsub("[\227-\237\240-\247]", ""))
  return text .. (" "):rep(width - characters - wide)
end

local function dollars(cents)
  return ("$%d.%02d"):format(math.floor(cents / 100), cents % 100)
end

-- Connect --------------------------------------------------------------------------------

-- Returns your own shop.
local function connect_live()
  local ok, shop = pcall(gumroad.new)
  if ok then return shop end
  io.stderr:write(tostring(shop), "\n")
  os.exit(1)
end

-- Returns an emulated shop and the handle of its emulator.
local function connect_emulator()
  local gum = assert(require("gumroad.emulator").start { sales = 240, subscribers = 60, time_scale = 0.1 })
  return gumroad.new { access_token = gum.access_token, base_url = gum.url }, gum
end

local shop, gum
if live then shop = connect_live() else shop, gum = connect_emulator() end

local user = assert(shop.user:get())
print(("Connected to %s as %s."):format(live and "Gumroad" or gum.url, user.name or user.user_id))

-- List and get ---------------------------------------------------------------------------

local function show_products()
  heading "Products"
  local products = assert(shop.products:list { limit = 5 })
  for _, product in ipairs(products) do
    print(("  %s %s %d sold"):format(column(product.name, 34), column(product.formatted_price, 14),
      product.sales_count or 0))
  end
  local product = assert(shop.products:get(products[1].id))
  print(("  One of them: %s, %s"):format(product.name, product.short_url))
  return product
end

local function find_membership()
  for product in shop.products:each() do
    if product.is_tiered_membership then return product end
  end
end

local function show_sales()
  heading "Sales of the last 30 days"
  local count, total = 0, 0
  for sale in shop.sales:each { after = os.time() - 30 * 86400 } do
    count, total = count + 1, total + sale.price
    if count <= 5 then
      print(("  %s  %s %s %8s"):format(sale.created_at:sub(1, 10), column(sale.email, 32),
        column(sale.product_name, 38), dollars(sale.price)))
    end
  end
  print(("  %s%d sales, %s in total."):format(count > 5 and "These are the latest 5 of " or "", count, dollars(total)))
end

local function show_latest_sale()
  local latest = assert(shop.sales:list { limit = 1 })[1]
  if not latest then return end
  local sale = assert(shop.sales:get(latest.id))
  print(("  The latest: order %d by %s from %s"):format(sale.order_id, sale.full_name or sale.email,
    sale.country or "somewhere"))
end

local function show_subscribers(membership)
  heading "Subscribers"
  if not membership then return print("  There is no membership in this shop.") end
  local subscribers = assert(shop.subscribers:list(membership.id, { limit = 5 }))
  for _, subscriber in ipairs(subscribers) do
    print(("  %s %s %s"):format(column(subscriber.email, 34), column(subscriber.recurrence, 12), subscriber.status))
  end
  if not subscribers[1] then return print("  Nobody has subscribed yet.") end
  local subscriber = assert(shop.subscribers:get(subscribers[1].id))
  print(("  One of them: %s has paid %d times so far"):format(subscriber.email, #subscriber.purchase_ids))
  return subscriber
end

local product = show_products()
show_sales()
show_latest_sale()
local subscriber = show_subscribers(find_membership())

heading "Any API call: GET /v2/products"
local response = assert(shop:request { url = "/v2/products" })
print(("  success: %s, %d products on the first page"):format(response.success, #response.products))

if live then
  print("\nThe rest would change your shop, so it only runs against the emulator: make demo")
  return
end

-- Change ---------------------------------------------------------------------------------

heading "A new category"
local category = assert(shop.variant_categories:create(product.id, { title = "Size" }))
print(("  %s (%s) of %s"):format(category.title, category.id, product.name))

-- Watch ----------------------------------------------------------------------------------

heading "Watching for sales and cancellations"
local waiting_for = { sale = true, cancellation = true }
local function seen(name, watcher)
  waiting_for[name] = nil
  if not next(waiting_for) then watcher:stop() end
end

-- This demo takes any free port. At home, use a public https URL and the port that your proxy forwards it to.
assert(shop:watch {
  url = "http://127.0.0.1:0/gumroad/7f3d0c5b9a", port = 0,

  sale = function(sale, _, watcher)
    print(("  New sale: %s bought %s for %s"):format(sale.email, sale.product_name, dollars(sale.price)))
    seen("sale", watcher)
  end,

  cancellation = function(subscription, _, watcher)
    print(("  Cancellation: %s leaves %s, paid until %s"):format(subscription.user_email,
      subscription.product_name, subscription.cancelled_at:sub(1, 10)))
    seen("cancellation", watcher)
  end,

  on_ready = function(watcher)
    print(("  Listening on port %d; somebody buys, and somebody cancels ..."):format(watcher.port))
    assert(gum:sell { product_id = product.id, email = "wanda@example.com" })
    assert(gum:cancel(subscriber.id))
  end,
})

gum:stop()
print("\nAll of this went over real sockets. Now try it with your shop: see README.md.")
