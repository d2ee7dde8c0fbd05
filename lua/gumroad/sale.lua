--- What can be computed from a sale without a request: what is left of its money, and the sale of a ping.
local currency = require "gumroad.api.currency"
local schema = require "gumroad.api.schema"
local Error = require "gumroad.base.error"

local sale = {}

-- Money ---------------------------------------------------------------------------------------

-- Older servers name only the currency's symbol.
local function currency_of(given)
  local code = given.currency or currency.with_symbol(given.currency_symbol)
  return type(code) == "string" and code:lower() or nil
end

--- Returns what can still be refunded, in the smallest unit of the sale's currency, or nil if the sale does not say.
-- @param given a sale of the API
-- @local
function sale.refundable(given)
  local text = given.amount_refundable_in_currency
  return type(text) == "string" and currency.parse(text, currency_of(given)) or nil
end

-- Parses "$1,234.50 a month" or "99¢": what comes before the first digit is the symbol.
local function parse_price(text, code)
  local first = type(text) == "string" and text:find("%d")
  if not first then return nil end
  local amount = text:match("^[%d,.]+", first)
  if text:sub(first + #amount, first + #amount + 1) == "¢" then return tonumber((amount:gsub("[,.]", ""))) end
  return currency.parse(amount, code)
end

-- Refunds count only if the sale says that there are any: what can be refunded is 0 for other reasons, too, and may be
-- off by a cent, as Gumroad converts it from dollars.
local function refunded_of(given, total)
  if given.refunded then return total end
  if not given.partially_refunded then return 0 end
  local left = sale.refundable(given)
  return left and math.max(total - left, 0) or nil
end

local function is_lost(given)
  return given.chargedback == true or (given.disputed == true and given.dispute_won ~= true)
end

--- Computes what is left of a sale after refunds and disputes.
--
--     local money = gumroad.sale.net(shop.sales:get(id))
--     print(money.net, money.currency)
-- @param given a sale of the API: of shop.sales:get, list or each
-- @return table of whole numbers in the smallest unit of `currency` (a code such as "usd"): `total`, and what it
--   consists of: `refunded`, `disputed` (held back because of a dispute that is not won) and `net`
--   | nil, error of kind decode if the sale does not say what it cost
function sale.net(given)
  if type(given) ~= "table" then Error.usage("sale.net: a sale expected, got %s", type(given)) end
  local code = currency_of(given)
  local total = code and parse_price(given.formatted_total_price, code)
  if given.is_preorder_authorization then total = 0 end  -- nothing was charged yet
  local refunded = total and refunded_of(given, total)
  if not refunded then
    return nil, Error.new("decode", ("sale %s does not say how much was paid and refunded"):format(tostring(given.id)))
  end
  local left = total - refunded
  local disputed = is_lost(given) and left or 0
  return { currency = code, total = total, refunded = refunded, disputed = disputed, net = left - disputed }
end

--- Writes an amount for people: 123450 of "usd" as "1,234.50 USD".
-- @param amount whole number in the smallest unit
-- @param code   such as "usd"
function sale.format(amount, code)
  return currency.format(amount, code)
end

-- Pings ---------------------------------------------------------------------------------------

--- What a ping and a sale of the API call by different names: { of the ping, of the sale }.
sale.PING_NAMES = {
  { "sale_id", "id" },
  { "order_number", "order_id" },
  { "sale_timestamp", "created_at" },
  { "short_product_id", "product_permalink" },
  { "is_recurring_charge", "recurring_charge" },
  { "recurrence", "subscription_duration" },
  { "shipping_rate", "shipping_cents" },
  { "email", "purchase_email" },
  { "ip_country", "country" },
}

-- What has the same name, but is something else.
local OTHERS = { product_permalink = true, offer_code = true, affiliate = true }

-- The real fields of a ping; what a buyer has overwritten is nil.
local function real_fields(data, event)
  local fields = {}
  for _, field in ipairs(schema.sale_ping) do fields[field[1]] = data[field[1]] end
  for _, name in ipairs(event and event.shadowed or {}) do fields[name] = nil end
  return fields
end

local function add_derived(out, fields)
  local code, affiliate = fields.offer_code, fields.affiliate
  out.offer_code = code and { code = code, name = code }
  out.affiliate = affiliate and { email = affiliate }
  out.custom_fields = out.custom_fields or {}
  out.has_custom_fields, out.has_variants = next(out.custom_fields) ~= nil, out.variants ~= nil
  out.is_recurring_billing = out.subscription_id ~= nil
  if out.subscription_id then out.recurring_charge = out.recurring_charge == true end
  if out.price then out.paid = out.price ~= 0 end
  if out.disputed ~= nil then out.chargedback = out.disputed and not out.dispute_won end
end

--- Returns the sale of a ping under the names of the API, without a request. Fields that a ping does not have are
-- absent; `email` is what the buyer typed at checkout, even if the buyer's account has another one.
--
--     sale = function(data, event)
--       local sale = gumroad.sale.from_ping(data, event)
--       print(sale.id, sale.created_at)
--     end
-- @param data  first argument of a handler for sale, refund, dispute or dispute_won
-- @param event its second argument; fields that the buyer has overwritten are then left out
-- @return table like a sale of shop.sales:get
function sale.from_ping(data, event)
  if type(data) ~= "table" then Error.usage("sale.from_ping: the data of a ping expected, got %s", type(data)) end
  local fields, out = real_fields(data, event), {}
  for name, value in pairs(fields) do
    if schema.sale.type[name] and not OTHERS[name] then out[name] = value end
  end
  for _, names in ipairs(sale.PING_NAMES) do
    if out[names[2]] == nil then out[names[2]] = fields[names[1]] end
  end
  add_derived(out, fields)
  return out
end

return sale
