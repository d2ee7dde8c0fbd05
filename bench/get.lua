-- Gets and decodes a page of sales over a kept connection: compares the client with libcurl in C and the same cjson.
local cjson = require "cjson"
local gumroad = require "gumroad"
local baseline = require "get_baseline"
local support = require "bench.support"

local TOKEN, REQUESTS, ROUNDS = "a-token-that-is-long-enough", 300, 15

local url, stop = support.page_server()
local shop = gumroad.new { base_url = url, access_token = TOKEN }
local handle = baseline.new(url .. "/v2/sales", TOKEN)

local function client()
  for _ = 1, REQUESTS do assert(shop.sales:list()) end
end

local function bare()
  for _ = 1, REQUESTS do assert(cjson.decode(handle:get())) end
end

support.report("get_ratio", support.ratio(ROUNDS, client, bare), "x", "<= 1.15")
stop()
