--- Which fields of requests and responses may be shown to others, for example in a log. An unknown field may contain
-- anything, such as a buyer's answer to a custom field, so only known fields may be shown.
local operations = require "gumroad.api.operations"
local schema = require "gumroad.api.schema"

-- Known fields that identify a buyer, and keys: of a license, of an upload, of a receiver of pings.
local PRIVATE = {
  "affiliate", "bank_account_visual", "buyer_email", "buyer_name", "city", "custom_fields", "email", "file_url",
  "full_name", "giftee_email", "gifter_email", "invoice_url", "key", "license_key", "paypal_email", "post_url",
  "presigned_url", "processor_transaction_id", "purchase_email", "rater_name", "recipient_email", "referrer",
  "review", "signed_blob_id", "signed_id", "street_address", "tracking_url", "transaction_url_for_seller",
  "twitter_handle", "upload_id", "url", "url_params", "user_email", "visual", "zip_code",
}

-- Fields of envelopes and of OAuth's responses.
local ENVELOPE = { "error", "error_description", "message", "next_page_key", "scope", "success", "token_type" }

local shown = {}

local function add(list)
  for _, row in ipairs(list) do
    shown[row[1]] = true
    if row.fields then add(row.fields) end
  end
end

for _, object in pairs(schema) do add(object) end
for _, rows in pairs(operations) do
  for _, row in ipairs(rows) do
    add(row.params)
    add(row.extra_fields or {})
    if row.returns then shown[row.returns] = true end
  end
end
for _, name in ipairs(ENVELOPE) do shown[name] = true end
for _, name in ipairs(PRIVATE) do shown[name] = nil end

local is_private = {}
for _, name in ipairs(PRIVATE) do is_private[name] = true end

local private = {}

--- Whether the value of a field may be shown.
function private.is_shown(name)
  return shown[name] == true
end

--- Whether a field is known to be private.
function private.is_private(name)
  return is_private[name] == true
end

return private
