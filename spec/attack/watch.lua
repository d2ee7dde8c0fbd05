-- A shop:watch under attack: an emulator's shop, pings to /hook. Its first line says the port and the seller;
-- each sale that was handed over is a line of the log. A sale of the id "stop" ends it; the handler of one with a
-- field `delay` takes that number of seconds.
--
--     lua watch.lua LOG [OPTION=NUMBER ...]     max_connections, max_memory
local emulator = require "gumroad.emulator"
local gumroad = require "gumroad"

local log = assert(io.open(arg[1], "w"))
local gum = assert(emulator.start { sales = 0, products = 1, subscribers = 0 })
local shop = gumroad.new { base_url = gum.url, access_token = gum.access_token }
local seller_id = assert(shop.user:get()).user_id

local options = { url = "http://127.0.0.1:0/hook", port = 0, seller_id = seller_id }
for i = 2, #arg do
  local name, number = arg[i]:match("^(.-)=(.*)$")
  options[name] = assert(tonumber(number))
end

function options.sale(sale, _, watcher)
  if sale.delay then os.execute("sleep " .. tonumber(sale.delay)) end
  if sale.sale_id == "stop" then watcher:stop()
  else assert(log:write(sale.sale_id, "\n")) end
end

function options.on_error(err, event)
  if event and event.data.seller_id == seller_id then error(err) end  -- not a refusal: the handler failed
end

function options.on_ready(watcher)
  io.write(watcher.port, " ", seller_id, "\n")
  io.flush()
end

assert(shop:watch(options))
assert(log:close())
gum:stop()
