-- Reads 1,000 pages from a server that takes 5 ms for each: compares each(), which requests the next page as soon
-- as one has arrived, with requesting the pages one by one. The script takes no time for a page, or 5 ms.
local core = require "gumroad.core"
local gumroad = require "gumroad"
local emulator = require "gumroad.emulator"
local support = require "bench.support"

local PAGES, PAGE_SIZE = 1000, 10

local gum = assert(emulator.start { sales = PAGES * PAGE_SIZE, latency = 0.005 })
local shop = gumroad.new { base_url = gum.url, access_token = gum.access_token }

local function work(seconds)
  local stop = core.now() + seconds
  while core.now() < stop do end
end

local function with_each(seconds)
  local count = 0
  for _ in shop.sales:each() do
    count = count + 1
    if count % PAGE_SIZE == 0 then work(seconds) end
  end
  assert(count == PAGES * PAGE_SIZE)
end

local function one_by_one(seconds)
  local key, count = nil, 0
  repeat
    local page = assert(shop.sales:list { page_key = key })
    key, count = page.next_page_key, count + #page
    work(seconds)
  until not key
  assert(count == PAGES * PAGE_SIZE)
end

local function ratio(seconds)
  return support.seconds(function() with_each(seconds) end) / support.seconds(function() one_by_one(seconds) end)
end

support.report("each_ahead_ratio", ratio(0), "x", "<= 1.00")
support.report("each_ahead_with_work_ratio", ratio(0.005), "x", "<= 0.75")
gum:stop()
