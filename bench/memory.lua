-- Whether memory grows: compares the resident size after a warm-up with that after many more calls.
local core = require "gumroad.core"
local gumroad = require "gumroad"
local support = require "bench.support"

local DECODES, REQUESTS = 1000000, 50000

local file = assert(io.open("spec/fixtures/pings/sale_physical.form"))
local ping = file:read("*a")
file:close()

local function growth(warm_up, count, run)
  for _ = 1, warm_up do run() end
  collectgarbage()
  local before = support.resident()
  for _ = 1, count do run() end
  collectgarbage()
  return (support.resident() - before) / 1024
end

support.report("memory_after_1000000_decodes",
  growth(DECODES / 20, DECODES, function() assert(core.form_decode(ping)) end), "MiB", "<= 1")

local url, stop = support.page_server()
local shop = gumroad.new { base_url = url, access_token = "a-token-that-is-long-enough" }
support.report("memory_after_50000_requests",
  growth(REQUESTS / 10, REQUESTS, function() assert(shop.sales:list()) end), "MiB", "<= 1")
stop()
