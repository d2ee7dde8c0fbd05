--- Reviews of products.
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local paging = require "gumroad.emulator.http.paging"
local sale_filter = require "gumroad.emulator.shop.sale_filter"
local sales = require "gumroad.emulator.shop.sales"

local AFTER = 3600  -- seconds between the sale and the review

local reviews = {}

local Review = json.shape { "id", "rating", "message", "created_at", "purchase_id", "rater_name",
  "response" }
local Response = json.shape { "message", "created_at" }

local function show(shop, number)
  local sale = sales.get(shop, number)
  local written = sale.created + AFTER
  local answered = number % 3 == 0
  return Review { id = shop.rng:id("review_id", number), rating = 5, message = sale.review,
    created_at = format.iso(written), purchase_id = sale.id, rater_name = sale.buyer.name,
    response = answered and Response { message = "Thank you!", created_at = format.iso(written + AFTER) }
      or json.null }
end

reviews.list = finders.product(function(shop, request, product)
  local is_of_product = sale_filter(shop, { product_id = product.id })
  return paging.page(request, {
    count = shop.sale_count, created = function(number) return sales.created(shop, number) + AFTER end,
    keep = function(number) return sales.is_reviewed(shop, number) and is_of_product(number) end,
    show = function(number) return show(shop, number) end,
  })
end)

return reviews
