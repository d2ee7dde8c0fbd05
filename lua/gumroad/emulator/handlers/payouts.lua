--- Payouts, made and to come.
local books = require "gumroad.emulator.shop.ledger"
local paging = require "gumroad.emulator.http.paging"
local views = require "gumroad.emulator.views"

local payouts = {}

-- What one payout shows besides, as the request and its token have it.
local function details(request)
  local scopes = request.token.scopes
  return {
    sales = (scopes.view_sales or scopes.account) and request:text "include_sales" ~= "false",
    transactions = request:text "include_transactions" == "true",
  }
end

--- Payouts to come stand before the others and count towards the first page.
function payouts.list(shop, request)
  local after, before = request:days("after", -math.huge, "before", math.huge)
  if not after then return request:bad(before) end
  local function is_within(payout)
    return payout and payout.created >= after and payout.created < before
  end
  local start = paging.start(request:text "page_key", books.payout_count(shop),
    function(number) return books.payout_created(shop, number) end)
  if not start then return request:bad "Invalid page_key." end
  local out = {}
  if not request:text "page_key" and request:text "include_upcoming" ~= "false" then
    for _, payout in ipairs(books.upcoming(shop)) do
      if is_within(payout) then out[#out + 1] = views.payout(payout) end
    end
  end
  local numbers, last = paging.collect(start, 1, request.row.page_size - #out,
    function(number) return is_within(books.payout(shop, number)) end)
  for _, number in ipairs(numbers) do out[#out + 1] = views.payout(books.payout(shop, number)) end
  return out, last and paging.key(books.payout_created(shop, last), last)
end

function payouts.upcoming(shop, request)
  local out = {}
  for i, payout in ipairs(books.upcoming(shop)) do out[i] = views.payout(payout, details(request)) end
  return out
end

function payouts.get(shop, request)
  local number = shop:number_of("payout", request:text "payout_id")
  local payout = number and number <= books.payout_count(shop) and books.payout(shop, number)
  if not payout then return request:missing "payout" end
  return views.payout(payout, details(request))
end

return payouts
