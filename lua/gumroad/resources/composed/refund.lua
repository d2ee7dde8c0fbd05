--- Refunds a sale (sales.refund). A request sent twice would refund twice, so it is never repeated. Instead the
-- sale is read before, and read again if the response is lost. A token that may not read sales can still refund,
-- without this check.
local left_of = require("gumroad.sale").refundable
local Error = require "gumroad.base.error"

local function amount_words(sale)
  return ("%s %s"):format(sale.amount_refundable_in_currency, sale.currency or sale.currency_symbol or "")
end

-- Why this refund is impossible, or nil.
local function impossible(sale, amount)
  local left = left_of(sale)
  if left == 0 then
    return sale.refunded and "Purchase is already refunded." or "There is nothing to refund: the sale was free."
  elseif left and amount and amount > left then
    return ("Refund amount cannot be greater than the purchase price. amount_cents counts the smallest unit: "
      .. "you asked for %d, and %d (%s) can be refunded"):format(amount, left, amount_words(sale))
  end
end

local function is_carried_out(before, after, amount)
  if not amount and after.refunded then return not before.refunded end
  local left = left_of(before)
  return left ~= nil and left_of(after) == left - (amount or left)
end

local function what_was_found(before, after)
  if not (left_of(before) and left_of(after)) then
    return "the sale does not say what can be refunded: look at it in Gumroad before you refund again"
  end
  if before.amount_refundable_in_currency ~= after.amount_refundable_in_currency then
    return ("%s can be refunded now, and it was %s before: something else refunded part of it meanwhile"):format(
      amount_words(after), amount_words(before))
  end
  return ("the sale shows no refund yet (%s can be refunded, as before): look again in a minute or two, and "
    .. "refund only if there is still none"):format(amount_words(after))
end

-- Reads the sale again after the response was lost.
local function settle(operation, err, before)
  local after, wrong = operation.resource("sales"):get(operation.ids[1], operation.options)
  if after and is_carried_out(before, after, operation.params.amount_cents) then return after end
  err.before, err.after = before, after
  return nil, Error.reword(err, ("%s. The sale was read again: %s"):format(err.message,
    after and what_was_found(before, after) or "that failed too, " .. tostring(wrong)))
end

--- Carries out sales.refund; see its row in gumroad.api.
return function(operation)
  local amount = operation.params.amount_cents
  if amount and amount < 1 then
    Error.usage("%s: parameter 'amount_cents': at least 1 expected, got %d", operation.where, amount)
  end
  local before, err = operation.resource("sales"):get(operation.ids[1], operation.options)
  if not before and err.kind ~= "scope" then return nil, err end
  local wrong = before and impossible(before, amount)
  if wrong then return nil, Error.new("invalid", wrong, { retryable = false }) end
  local sale
  sale, err = operation:send(operation.params)
  if sale or err.kind ~= "outcome_unknown" or not before then return sale, err end
  return settle(operation, err, before)
end
