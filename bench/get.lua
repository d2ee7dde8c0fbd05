-- A GET of a page of sales over a kept connection, decoded: the client against libcurl in C
-- with the same cjson. How near it can come is told besides: with the same values as the client's
-- (whole numbers, no nulls) and, as an event loop needs it, driven from outside, but without any
-- request being read, checked or built.
local cjson = require "cjson"
local core = require "gumroad.core"
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

local function least()
  for _ = 1, REQUESTS do assert(core.json_values(cjson.decode(handle:get_driven()))) end
end

support.report("get_ratio", support.ratio(ROUNDS, client, bare), "x", "<= 1.15")
support.report("get_ratio_at_least", support.ratio(ROUNDS, least, bare), "x")
stop()
