--- Checks whether a license key is valid (licenses.check). It judges Gumroad's response to licenses.verify; if
-- there is no response, it judges the result of an earlier check that the caller has stored.
local date = require "gumroad.base.date"
local trimmed = require("gumroad.base.text").trimmed
local Error = require "gumroad.base.error"

-- The messages with which Gumroad refuses a key, with HTTP 404.
local REFUSALS = {
  { "^That license does not exist", "unknown" },
  { "^This license key has been disabled", "disabled" },
  { "^Access to the purchase associated with this license has expired", "expired" },
}

-- Failures that the caller has to fix. All others say nothing about the key: not even 401 and 403, which must come
-- from a proxy, as Gumroad needs no token here.
local OWN_FAULT = { invalid = true, config = true, cancelled = true }

-- The times that end a membership; each may lie in the future.
local ENDS = {
  { "subscription_ended_at", "the membership ended at " },
  { "subscription_cancelled_at", "the membership was cancelled at " },
  { "subscription_failed_at", "the payment of the membership failed at " },
}

-- The purchase decides whether a key is valid. Gumroad says whether the charge was disputed for one-time products only.
-- For a membership a refund means nothing: its first charge may have been refunded while the membership goes on.
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

-- A result that says nothing yet about uses and purchase.
local function new_result(given, status, message)
  return { valid = status == "valid", status = status, message = message, license_key = given.license_key,
    product_id = given.product_id, test = false }
end

local function from_response(given, purchase, now)
  local result = new_result(given, judge(purchase, now))
  result[purchase.is_imported_customer and "imported_customer" or "purchase"] = purchase
  result.uses, result.test, result.checked_at = purchase.uses, purchase.test == true, now
  return result
end

local function is_of_same_key(last, given)
  local key = type(last.license_key) == "string" and trimmed(last.license_key)  -- as the given one is
  return key == given.license_key and last.product_id == given.product_id
end

-- Takes over the earlier result, with its time, so that the grace period starts there, however often Gumroad has been
-- unreachable since.
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

-- Tells whether Gumroad would see a parameter; it ignores empty ones.
local function is_given(value)
  return value ~= nil and trimmed(value) ~= ""
end

local function check_given(where, given)
  if not (is_given(given.product_id) or is_given(given.product_permalink)) then
    Error.usage("%s: parameter 'product_id' is missing", where)
  elseif given.grace and given.grace < 0 then
    Error.usage("%s: parameter 'grace': at least 0 seconds expected, got %s", where, tostring(given.grace))
  end
end

--- Carries out licenses.check; see its row in gumroad.api.
return function(operation)
  local given, now = operation.params, os.time()
  check_given(operation.where, given)
  local purchase, err = operation.resource("licenses"):verify({
    product_id = given.product_id, product_permalink = given.product_permalink, license_key = given.license_key,
    increment_uses_count = given.count_use == true,
  }, operation.options)
  if purchase then return from_response(given, purchase, now) end
  local status = refusal_status(err)
  if status then
    local result = new_result(given, status, err.message)
    result.checked_at = now
    return result
  end
  if OWN_FAULT[err.kind] then return nil, err end
  return from_last(given, now, tostring(err))
end
