--- Payouts in responses.
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"

local null, or_null = json.null, json.or_null

local Payout = json.shape { "id", "amount", "currency", "status", "created_at", "processed_at",
  "payment_processor", "bank_account_visual", "paypal_email", "sales", "refunded_sales", "disputed_sales",
  "transactions" }
local Transaction = json.shape { "type", "date", "purchase_id", "item_name", "buyer_name", "buyer_email",
  "taxes", "shipping", "sale_price", "gumroad_fees", "net_total" }

-- A line of a payout. Amounts are in dollars. Fields of the sale are "" if the line has no sale.
local function transaction(line)
  local sale = line.sale
  return Transaction {
    type = line.type, date = os.date("!%Y-%m-%d", line.time), purchase_id = sale and sale.id or "",
    item_name = sale and sale.product.name or "", buyer_name = sale and sale.buyer.name or "",
    buyer_email = sale and sale.email or "", taxes = sale and 0 or "", shipping = sale and 0 or "",
    sale_price = sale and line.price / 100 or "", gumroad_fees = line.fee / 100, net_total = line.net / 100,
  }
end

local function add_details(view, payout, details)
  if details.sales then
    view.sales, view.refunded_sales, view.disputed_sales = payout.sales, payout.refunded_sales, payout.disputed_sales
  end
  if details.transactions then view.transactions = json.list(payout.entries, transaction) end
end

--- A payout of gumroad.emulator.shop.ledger.
-- @param details nil, or a table: `sales` and `transactions`, whether to include them
return function(payout, details)
  local paypal = payout.paypal
  local done = payout.status == "completed"
  local view = Payout {
    id = or_null(payout.id), amount = ("%d.%02d"):format(math.floor(payout.cents / 100), payout.cents % 100),
    currency = "usd", status = payout.status, created_at = format.iso(payout.created),
    processed_at = done and format.iso(payout.created + 26 * 3600) or null,
    payment_processor = paypal and "paypal" or "stripe",
    bank_account_visual = paypal and null or "******1234",
    paypal_email = paypal and "ana.pay@example.com" or null,
  }
  if details then add_details(view, payout, details) end
  return view
end
