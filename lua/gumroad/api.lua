--- Gumroad's API v2 as data: one row for each operation. Methods, parameter checks, the
-- emulator's routes and whatever else needs to know the API derive from these rows; to add
-- an endpoint is to add a row.
--
-- A row: { OPERATION, METHOD, PATH, field = value, ... } under its resource.
--
-- * `scopes`: a token needs any ONE of them.
--   None: no token is needed, and none is sent.
-- * `params`: { NAME, TYPE, [required = true,] [json = true,] [fields = LIST,] [doc = TEXT] },
--   besides the names in the path. TYPE is string, integer, boolean, date, array or object;
--   `fields` are an object's own parameters. They go into the query of a GET or DELETE, else
--   into a form body; if one marked `json` is given, the whole body is JSON, as a form would
--   be misread there.
-- * `json`: the body is always JSON.
-- * `kind`: "list", "object", "message" (it succeeded: that is all) or "file" (no JSON; the
--   method returns its bytes).
-- * `returns`: what the value is called in the answer; none, with an object: its fields stand
--   at the answer's top level.
-- * `beside`: fields of the answer that stand beside that value, as in gumroad.schema; the
--   method puts them on what it returns.
-- * `bare`: the answer has no `success`.
-- * `object`: the name in gumroad.schema of what is returned (or of the list's elements).
-- * `page_size`: the list comes in pages of so many, each but the last with a
--   `next_page_key`; `opt_in`: parameters without which the server does not page.
-- * `repeatable`: the same request again leaves the same state and does no harm, so it may
--   be retried when nobody knows whether it arrived.
-- * `doc`: what a caller wants to know.
--
-- Source: Gumroad's server, 2025-04 to 2026-09; a row's `since = "newer"` marks what the
-- April 2025 server did not have.

local function copy_with(scopes, more)
  local out = {}
  for i, scope in ipairs(scopes) do out[i] = scope end
  for _, scope in ipairs(more) do out[#out + 1] = scope end
  return out
end

local READ = {
  "view_public", "view_profile", "edit_products", "view_sales", "mark_sales_as_shipped",
  "edit_sales", "view_payouts", "view_tax_data", "revenue_share", "ifttt", "account",
}
local EDIT_PRODUCTS = { "edit_products", "account" }
local VIEW_SALES = { "view_sales", "account" }
local EDIT_SALES = { "edit_sales", "account" }

local PAGE_KEY = { "page_key", "string", doc = "`next_page_key` of the page before; opaque" }
local EVENTS = "sale, refund, dispute, dispute_won, cancellation, subscription_updated, "
  .. "subscription_ended or subscription_restarted"

local PRODUCT_FIELDS = {
  { "description", "string", doc = "HTML" },
  { "custom_permalink", "string" },
  { "price_currency_type", "string", doc = "three letters, such as usd; default: the account's" },
  { "customizable_price", "boolean", doc = "pay what you want" },
  { "suggested_price_cents", "integer", doc = "smallest currency unit" },
  { "max_purchase_count", "integer", doc = "stock" },
  { "category", "string", doc = "path of a category; not together with taxonomy_id" },
  { "taxonomy_id", "integer" },
  { "tags", "array", doc = "of strings; replaces all" },
  { "custom_summary", "string" },
  { "refund_period", "string", doc = "inherit, none, 7, 14, 30 or 183 (days)" },
  { "refund_fine_print", "string" },
  { "files", "array", json = true,
    doc = "objects with url, or id to keep a file; replaces all: a file left out is removed" },
  { "rich_content", "array", json = true, doc = "page objects; replaces all" },
}

local WARNING = { "warning", "string?", doc = "what was saved and yet may not be as you want it" }
local SANITIZATION = { "sanitization_report", "sanitization_report?", doc = "what was taken out of custom_html" }

local BLOB = {
  { "filename", "string", required = true },
  { "byte_size", "integer", required = true },
  { "checksum", "string", required = true, doc = "base64 of the MD5" },
  { "content_type", "string", required = true,
    doc = "JPEG, PNG, GIF or video; for media any image but SVG" },
}

local api = {}

api.products = {
  { "list", "GET", "/products", scopes = READ, params = { PAGE_KEY },
    returns = "products", kind = "list", object = "product", page_size = 10, repeatable = true,
    doc = "The shop's products, newest first, drafts included, deleted ones not." },
  { "get", "GET", "/products/:product_id", scopes = READ,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "One product by its id or its unique permalink (a custom permalink is not found)." },
  { "create", "POST", "/products", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "name", "string", required = true },
      { "price", "integer", required = true, doc = "smallest currency unit" },
      { "native_type", "string", doc = "digital (default), course, ebook, membership, bundle, "
        .. "coffee, call or commission; cannot be changed later" },
      { "subscription_duration", "string", doc = "memberships only: monthly, quarterly, "
        .. "biannually, yearly or every_two_years" },
      { "draft", "boolean", doc = "newest servers publish at once unless this is true" },
      { "published", "boolean", doc = "false makes a draft, on the newest servers" },
    }, PRODUCT_FIELDS),
    returns = "product", kind = "object", object = "product",
    doc = "A new product. Send `draft` and read `published`: servers differ in the default. "
      .. "At most 10 a minute." },
  { "update", "PUT", "/products/:product_id", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "name", "string" },
      { "price", "integer", doc = "smallest currency unit; refused for tiered memberships" },
      { "quantity_enabled", "boolean" },
      { "is_adult", "boolean" },
      { "display_product_reviews", "boolean" },
      { "should_show_sales_count", "boolean" },
      { "custom_receipt", "string" },
      { "has_same_rich_content_for_all_variants", "boolean" },
      { "cover_ids", "array", doc = "new order of the covers" },
      { "custom_html", "string", doc = "\"\" clears; at most 500,000 characters" },
    }, PRODUCT_FIELDS),
    returns = "product", kind = "object", object = "product", repeatable = true,
    beside = { WARNING, { "previous_custom_html", "string?" }, SANITIZATION },
    doc = "Changes the given fields. At most 30 a minute." },
  { "delete", "DELETE", "/products/:product_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true, doc = "Hides the product; `get` still finds it." },
  { "enable", "PUT", "/products/:product_id/enable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Publishes the product." },
  { "disable", "PUT", "/products/:product_id/disable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Takes the product off sale." },
}

api.variant_categories = {
  { "list", "GET", "/products/:product_id/variant_categories", scopes = READ,
    returns = "variant_categories", kind = "list", object = "variant_category", repeatable = true,
    doc = "The product's categories, such as Size; always all of them." },
  { "get", "GET", "/products/:product_id/variant_categories/:variant_category_id", scopes = READ,
    returns = "variant_category", kind = "object", object = "variant_category", repeatable = true,
    doc = "One category; deleted ones are still found." },
  { "create", "POST", "/products/:product_id/variant_categories", scopes = EDIT_PRODUCTS,
    params = { { "title", "string", required = true } },
    returns = "variant_category", kind = "object", object = "variant_category",
    doc = "A new category of a product." },
  { "update", "PUT", "/products/:product_id/variant_categories/:variant_category_id",
    scopes = EDIT_PRODUCTS, params = { { "title", "string" } },
    returns = "variant_category", kind = "object", object = "variant_category", repeatable = true,
    doc = "Changes the title." },
  { "delete", "DELETE", "/products/:product_id/variant_categories/:variant_category_id",
    scopes = EDIT_PRODUCTS, kind = "message", repeatable = true,
    doc = "Hides the category; its variants stay." },
}

api.sales = {
  { "list", "GET", "/sales", scopes = VIEW_SALES,
    params = {
      { "after", "date", doc = "inclusive" },
      { "before", "date", doc = "exclusive" },
      { "product_id", "string", doc = "the product's id; a permalink is refused here" },
      { "email", "string", doc = "exactly as typed at checkout" },
      { "order_id", "integer", doc = "belongs to one sale" },
      { "name", "string", doc = "part of the buyer's name; newer servers" },
      { "license_key", "string", doc = "newer servers" },
      PAGE_KEY,
      { "page", "integer", doc = "deprecated by Gumroad; wins over page_key" },
    },
    returns = "sales", kind = "list", object = "sale", page_size = 10, repeatable = true,
    doc = "Successful sales, newest first; test purchases, gift receivers and pre-orders are "
      .. "left out by Gumroad." },
  { "get", "GET", "/sales/:sale_id", scopes = VIEW_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true,
    doc = "One sale, also of the sorts that `list` leaves out." },
  { "mark_as_shipped", "PUT", "/sales/:sale_id/mark_as_shipped",
    scopes = { "mark_sales_as_shipped", "account" },
    params = { { "tracking_url", "string" } },
    returns = "sale", kind = "object", object = "sale", repeatable = true,
    doc = "Marks the sale as shipped and mails the buyer once." },
  { "refund", "PUT", "/sales/:sale_id/refund",
    scopes = { "refund_sales", "edit_sales", "account" },
    params = { { "amount_cents", "integer",
      doc = "smallest unit of the sale's `currency` (whole yen for JPY); default: all that is left" } },
    returns = "sale", kind = "object", object = "sale",
    doc = "Refunds; each repetition of a partial refund refunds again, so it is never retried." },
  { "resend_receipt", "POST", "/sales/:sale_id/resend_receipt", scopes = EDIT_SALES,
    since = "newer", kind = "message", doc = "Mails the receipt to the buyer again." },
}

api.subscribers = {
  { "list", "GET", "/products/:product_id/subscribers", scopes = VIEW_SALES,
    params = {
      { "email", "string", doc = "exactly that of one of the subscription's purchases" },
      { "paginated", "string", doc = "\"true\" turns paging on; set by this library" },
      PAGE_KEY,
    },
    returns = "subscribers", kind = "list", object = "subscriber", page_size = 100,
    opt_in = { paginated = "true" }, repeatable = true,
    doc = "Active subscribers of a product, those who will end included." },
  { "get", "GET", "/subscribers/:subscriber_id", scopes = VIEW_SALES,
    returns = "subscriber", kind = "object", object = "subscriber", repeatable = true,
    doc = "One subscriber by the subscription's id; ended ones are found too." },
}

api.user = {
  { "get", "GET", "/user", scopes = READ,
    returns = "user", kind = "object", object = "user", repeatable = true,
    doc = "Whose token it is. Which fields come depends on the token's scopes." },
}

api.resource_subscriptions = {
  { "list", "GET", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = EVENTS },
      { "current_oauth_application_only", "boolean",
        doc = "only those that this token may delete; newest servers" },
    },
    returns = "resource_subscriptions", kind = "list", object = "resource_subscription",
    repeatable = true,
    doc = "The webhooks for one sort of event, those of other applications included." },
  { "create", "PUT", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = EVENTS },
      { "post_url", "string", required = true, doc = "public host, at most 255 characters" },
    },
    returns = "resource_subscription", kind = "object", object = "resource_subscription",
    doc = "A new webhook. A PUT, and yet each repetition adds one more." },
  { "delete", "DELETE", "/resource_subscriptions/:resource_subscription_id", scopes = VIEW_SALES,
    kind = "message", repeatable = true,
    doc = "Ends a webhook; needs a token of the application that made it." },
}

local function by_name(params)
  local named = {}
  for _, param in ipairs(params) do
    named[param[1]] = param
    if param.fields then param.field = by_name(param.fields) end
  end
  return named
end

api.files = {
  { "presign", "POST", "/files/presign", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "filename", "string", required = true },
      { "file_size", "integer", required = true, doc = "bytes; at most 20 GB" },
    },
    kind = "object", object = "presigned_upload",
    doc = "Begins the upload of a product's file: PUT each part of 100 MB to its URL, within 15 "
      .. "minutes, keep the ETags, then `complete`." },
  { "complete", "POST", "/files/complete", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "upload_id", "string", required = true, json = true },
      { "key", "string", required = true, json = true },
      { "parts", "array", required = true, json = true, doc = "objects with part_number and etag" },
    },
    kind = "object", object = "completed_upload",
    doc = "Ends an upload; `file_url` then goes into `files` of a product." },
  { "abort", "POST", "/files/abort", scopes = EDIT_PRODUCTS, since = "newer",
    params = { { "upload_id", "string", required = true }, { "key", "string", required = true } },
    kind = "object", object = "aborted_upload", repeatable = true,
    doc = "Drops an upload and its parts." },
}

api.direct_uploads = {
  { "create", "POST", "/direct_uploads", scopes = { "edit_products", "edit_profile", "account" },
    since = "newer",
    params = {
      { "blob", "object", required = true, fields = BLOB },
      { "purpose", "string", doc = "\"media\": for media.create; needs edit_profile" },
    },
    kind = "object", object = "direct_upload", bare = true,
    doc = "A place for a cover, thumbnail or medium: PUT the bytes to `direct_upload.url` with "
      .. "exactly `direct_upload.headers`, then pass `signed_id` on as signed_blob_id." },
}

-- What the rows leave to be said once: names instead of places, and what follows from the
-- path and the method.
local function complete(resource, row)
  row.resource, row.name, row.method, row.path = resource, row[1], row[2], row[3]
  row.path_params, row.params = {}, row.params or {}
  for name in row.path:gmatch(":([%w_]+)") do
    row.path_params[#row.path_params + 1] = name
  end
  row.param = by_name(row.params)
  row.query = row.method == "GET" or row.method == "DELETE"
  return row
end

for resource, rows in pairs(api) do
  for _, row in ipairs(rows) do rows[row[1]] = complete(resource, row) end
end

return api
