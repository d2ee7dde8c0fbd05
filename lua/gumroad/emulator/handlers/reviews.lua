--- What buyers say of a product.
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local on = require "gumroad.emulator.shop.finders"
local paging = require "gumroad.emulator.http.paging"

local AFTER = 3600  -- seconds from the sale to the review

local reviews = {}

local Review = json.shape { "id", "rating", "message", "created_at", "purchase_id", "rater_name",
  "response" }
local Response = json.shape { "message", "created_at" }

local function show(shop, number)
  local sale = shop:sale(number)
  local written = sale.created + AFTER
  local answered = number % 3 == 0
  return Review { id = shop:id("review_id", number), rating = 5, message = sale.review,
    created_at = format.iso(written), purchase_id = sale.id, rater_name = sale.buyer.name,
    response = answered and Response { message = "Thank you!", created_at = format.iso(written + AFTER) }
      or json.null }
end

local function written_at(shop)
  return function(number) return shop:sale_created(number) + AFTER end
end

reviews.list = on.product(function(shop, request, product)
  local start = paging.start(request:text "page_key", shop.sale_count, written_at(shop))
  if not start then return request:bad "Invalid page_key." end
  local is_of_product = shop:sale_filter { product_id = product.id }
  local numbers, last = paging.collect(start, 1, request.row.page_size, function(number)
    return shop:is_reviewed(number) and is_of_product(number)
  end)
  local out = {}
  for i, number in ipairs(numbers) do out[i] = show(shop, number) end
  return out, last and paging.key(written_at(shop)(last), last)
end)

return reviews
