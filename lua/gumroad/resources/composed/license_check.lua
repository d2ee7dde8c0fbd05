--- Whether a licence key is good (licenses.check): Gumroad's answer to licenses.verify judged,
-- or, where there is none, an earlier answer that the caller has kept.
local date = require "gumroad.base.date"
local Error = require "gumroad.base.error"

-- Gumroad's words for a key that it does not let pass, with HTTP 404.
local REFUSALS = {
  { "^That license does not exist", "unknown" },
  { "^This license key has been disabled", "disabled" },
  { "^Access to the purchase associated with this license has expired", "expired" },
}

-- Failures that are the caller's to mend. All others say nothing of the key: not even 401 and
-- 403, as Gumroad asks for no token here, so they come from a proxy.
local OWN_FAULT = { invalid = true, config = true, cancelled = true }

-- The times of a membership that end it, each perhaps still to come.
local ENDS = {
  { "subscription_ended_at", "the membership ended at " },
  { "subscription_cancelled_at", "the membership was cancelled at " },
  { "subscription_failed_at", "the payment of the membership failed at " },
}

-- What becomes of a key follows from its purchase. Of one-time products, and of no others,
-- Gumroad says whether the charge was disputed; the first charge of a membership may have been
-- given back while the membership runs on.
local function judge(purchase, now)
  if type(purchase) ~= "table" then return "valid" end
  for _, ending in ipairs(ENDS) do
    local text = purchase[ending[1]]
    local at = type(text) == "string" and date.parse(text)
    if at and at <= now then return "expired", ending[2] .. text end
  end
  if type(purchase.chargebacked) ~= "boolean" then return "valid" end
  if purchase.refunded then return "refunded", "the purchase was refunded" end
  if purchase.chargebacked then return "disputed", "the buyer disputes the charge" end
  return "valid"
end

local function refusal_status(err)
  for _, refusal in ipairs(REFUSALS) do
    if err.message:find(refusal[1]) then return refusal[2] end
  end
end

-- A result in which nothing is said of the licence itself yet.
local function new_result(given, status, message)
  return { valid = status == "valid", status = status, message = message, license_key = given.license_key,
    product_id = given.product_id, test = false }
end

local function from_answer(given, answer, now)
  local result = new_result(given, judge(answer, now))
  result[answer.is_imported_customer and "imported_customer" or "purchase"] = answer
  result.uses, result.test, result.checked_at = answer.uses, answer.test == true, now
  return result
end

local function is_of_same_key(last, given)
  return last.license_key == given.license_key and last.product_id == given.product_id
end

-- Keeps what an earlier answer said, and its time: grace is counted from there, however often
-- Gumroad was not reached since.
local function from_last(given, now, message)
  local result, last = new_result(given, "unreachable", message), given.last
  if not (last and is_of_same_key(last, given) and type(last.checked_at) == "number") then return result end
  result.uses, result.purchase, result.imported_customer = last.uses, last.purchase, last.imported_customer
  result.test, result.checked_at = last.test == true, last.checked_at
  local age = now - last.checked_at
  local status = judge(last.purchase, now)
  if last.valid == true and status == "valid" and age >= 0 and age <= (given.grace or 0) then
    result.valid, result.grace_until = true, last.checked_at + given.grace
  end
  return result
end

local function check_given(where, given)
  if not (given.product_id or given.product_permalink) then
    Error.usage("%s: parameter 'product_id' is missing", where)
  elseif given.grace and given.grace < 0 then
    Error.usage("%s: parameter 'grace': seconds, at least 0, expected", where)
  end
end

--- See the row licenses.check of gumroad.api.
return function(operation)
  local given, now = operation.params, os.time()
  check_given(operation.where, given)
  local answer, err = operation.resource("licenses"):verify({
    product_id = given.product_id, product_permalink = given.product_permalink, license_key = given.license_key,
    increment_uses_count = given.count_use == true,
  }, operation.options)
  if answer then return from_answer(given, answer, now) end
  local status = refusal_status(err)
  if status then
    local result = new_result(given, status, err.message)
    result.checked_at = now
    return result
  end
  if OWN_FAULT[err.kind] then return nil, err end
  return from_last(given, now, tostring(err))
end
