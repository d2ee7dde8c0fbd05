--- Payouts, including upcoming ones.
local finders = require "gumroad.emulator.shop.finders"
local json = require "gumroad.emulator.http.json"
local ledger = require "gumroad.emulator.shop.ledger"
local paging = require "gumroad.emulator.http.paging"
local show = require "gumroad.emulator.views.payout"

local payouts = {}

-- The details to include in a payout, according to the request and its token.
local function details(request)
  local scopes = request.token.scopes
  return {
    sales = (scopes.view_sales or scopes.account) and request:text "include_sales" ~= "false",
    transactions = request:text "include_transactions" == "true",
  }
end

-- The upcoming payouts at the beginning of a list.
local function upcoming_in_list(shop, request, is_within)
  local out = {}
  if request:text "page_key" or request:text "include_upcoming" == "false" then return out end
  for _, payout in ipairs(ledger.upcoming(shop)) do
    if is_within(payout) then out[#out + 1] = show(payout) end
  end
  return out
end

--- Upcoming payouts come before the others and count towards the size of the first page.
function payouts.list(shop, request)
  local after, before = request:days("after", -math.huge, "before", math.huge)
  if not after then return request:bad(before) end
  local function is_within(payout)
    return payout and payout.created >= after and payout.created < before
  end
  return paging.page(request, {
    count = ledger.payout_count(shop),
    created = function(number) return ledger.payout_created(shop, number) end,
    before = upcoming_in_list(shop, request, is_within),
    keep = function(number) return is_within(ledger.payout(shop, number)) end,
    show = function(number) return show(ledger.payout(shop, number)) end,
  })
end

function payouts.upcoming(shop, request)
  return json.list(ledger.upcoming(shop), show, details(request))
end

local on_payout = finders.new("payout", function(shop, request)
  local number = shop.rng:number_of_id("payout", request:text "payout_id")
  return number and number <= ledger.payout_count(shop) and ledger.payout(shop, number)
end)

payouts.get = on_payout(function(_, request, payout)
  return show(payout, details(request))
end)

return payouts
