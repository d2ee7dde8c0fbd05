--- Gumroad's API v2 as data: one row for each operation. The methods, the parameter checks, the
-- emulator's routes and the reference are all derived from these rows. To add an endpoint, add a row.
--
-- A row: { OPERATION, METHOD, PATH, field = value, ... } under its resource.
--
-- * `scopes`: a token needs any ONE of them. Without `scopes`, no token is needed and none is sent.
-- * `params`: { NAME, TYPE, [required = true,] [json = true,] [fields = LIST,] [doc = TEXT] }, the
--   parameters that are not in the path. TYPE is string, integer, boolean, date, array, object or function
--   (a callback, never sent). `fields` are the parameters inside an object. Parameters go into the query
--   of a GET or DELETE and into a form body otherwise. If a parameter marked `json` is given, the whole
--   body is JSON, because Gumroad would misread it in a form. `accepts_boolean`: a string parameter that
--   also accepts true and false, which are sent as text. `accepts_digits`: an integer parameter that also
--   accepts its digits as a text. `trimmed`: white space and invisible characters around the string are
--   removed. `default`: the value that is sent if the parameter is absent; `default_unless` names another
--   parameter that, if given, suppresses the default. `money`: it is an amount, as in gumroad.schema. `every`:
--   all its values, over which the command goes if it is not given. `from_disk`: the command's option for files
--   on this machine, which files.upload uploads into it. A string in a query is never empty,
--   because Gumroad ignores empty parameters and would return everything; nor is a required string, unless
--   it `may_be_empty`.
-- * `json`: the body is always JSON.
-- * `kind`: "list", "object", "message" (nothing but success) or "file" (not JSON; the method returns
--   the bytes).
-- * `returns`: the name of the returned value in the response. An object without `returns` has its fields
--   at the top level of the response. `alternative`: another name that the value may have, which is also
--   its type in gumroad.schema.
-- * `extra_fields`: fields that the response has next to that value, in the form of gumroad.schema. The
--   method copies them into the table that it returns.
-- * `no_success_field`: the response has no `success`.
-- * `object`: the name in gumroad.schema of what is returned, or of the elements of a list.
-- * `page_size`: the number of elements on a page; every page but the last has a `next_page_key`.
--   `paging_params`: parameters that turn paging on, for a list that is not paged without them.
-- * `slow_query`: the messages with which the server refuses, with HTTP 400, a query that takes too long.
--   The days between `after` and `before` are then requested in parts: see gumroad.resources.date_ranges.
--   `earliest`: there is nothing before this day. `hint`: what to do if a single day takes too long.
-- * `repeatable`: sending the request twice leaves the same state and does no harm, so it may be retried
--   when it is unknown whether it arrived. `repeatable_when`: repeatable only with these values.
-- * `verify_with`: the RESOURCE.OPERATION that shows whether a change was carried out, for errors of kind
--   outcome_unknown. The default is the resource's `list` for `create` and its `get` for everything else.
-- * `not_found_hint`: why Gumroad may say "not found" about something that is there.
-- * `irreversible`: the change cannot be undone, and reaches buyers, money or something that is then gone:
--   { QUESTION, read = RESOURCE.OPERATION, only = { PARAM = VALUE, ... } }. QUESTION says what will happen, for a
--   person who is asked first. {field} stands for a field of the object that `read` returns, or that is in the list
--   which it returns under the last id; {:name} for an id or a parameter of the call; {a|b} for a, or else b;
--   {=text} for itself. Without `read` the call itself says all. With `only`, it holds if one of these parameters has
--   that value.
-- * `doc`: the documentation. The rate limit is appended from gumroad.api.limits.
-- * `composed`: the operation needs more than one request and is implemented in gumroad.resources.composed.
--   A row without METHOD and PATH is not an endpoint of Gumroad; its `args` name the positional arguments.
-- * `since = "newer"`: the server of April 2025 did not have this operation.
--
-- Source: Gumroad's server, 2025-04 to 2026-09.
--
-- These fields are computed from a row and stored in it: `resource`, `name`, `method` and `path`;
-- `path_params`, the names in the path; `params_by_name`; `needed`, the parameters that are required or
-- have a default; `in_query`, whether parameters go into the query; `is_list`, whether the method comes
-- with the iterators `each` and `pages`; `takes_params`, whether the method takes a table of parameters;
-- `needs_params`, whether that table is required.
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local limits = require "gumroad.api.limits"

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
local EDIT_PROFILE = { "edit_profile", "account" }
local ONLY_EDIT_PROFILE = { "edit_profile" }  -- `account` is not enough
local ONLY_VIEW_PROFILE = { "view_profile" }
local EDIT_EMAILS = { "edit_emails", "account" }
local VIEW_PAYOUTS = { "view_payouts", "account" }
local VIEW_TAX_DATA = { "view_tax_data", "account" }

local PAGE_KEY = { "page_key", "string", doc = "`next_page_key` of the previous page" }

local POST_URL = ("URL on a public host, at most %d characters"):format(delivery.MAX_URL)

local PRODUCT_FIELDS = {
  { "description", "string", doc = "HTML" },
  { "custom_permalink", "string" },
  { "price_currency_type", "string", doc = "three letters, such as usd (default: the account's currency)" },
  { "customizable_price", "boolean", doc = "true: buyers pay what they want, from `price` upward" },
  { "suggested_price_cents", "integer", doc = "in the smallest currency unit" },
  { "max_purchase_count", "integer", doc = "how many may be sold" },
  { "category", "string", doc = "`path` of a category; not together with taxonomy_id" },
  { "taxonomy_id", "integer", accepts_digits = true, doc = "`id` of a category" },
  { "tags", "array", doc = "strings; replaces all tags" },
  { "custom_summary", "string" },
  { "refund_period", "string", doc = "inherit, none, 7, 14, 30 or 183 (days)" },
  { "refund_fine_print", "string" },
  { "files", "array", json = true,
    doc = "objects with url (a new file) or id (a file to keep); files that are not in the array are removed" },
  { "rich_content", "array", json = true, doc = "page objects; replaces all pages" },
}

local WARNING = { "warning", "string?", doc = "a problem with what was saved" }
local SANITIZATION = { "sanitization_report", "sanitization_report?", doc = "what was removed from custom_html" }

local CUSTOM_HTML = { { "custom_html", "string", required = true, may_be_empty = true,
  doc = "HTML, at most 500,000 characters; \"\" removes the page" } }
local FIND_AND_REPLACE = {
  { "find", "string", required = true, doc = "text that occurs exactly once" },
  { "replace", "string", required = true, may_be_empty = true, doc = "text to put there; \"\" deletes `find`" },
}
local MAIN_COVER = { { "main_cover_id", "string?" } }
local UPLOADED = "`signed_id` from direct_uploads.upload; this or url"

local VARIANT_FIELDS = {
  { "price_difference_cents", "integer", doc = "added to the product's price; may be negative" },
  { "description", "string" },
  { "max_purchase_count", "integer", doc = "how many may be sold" },
}
local OFFER_LIMITS = {
  { "max_purchase_count", "integer", doc = "how often the code may be used" },
  { "minimum_amount_cents", "integer", doc = "smallest purchase that the code applies to; newer servers only" },
}
local UPSELL_FIELDS = {
  { "cross_sell", "boolean", doc = "true offers another product, false offers another version" },
  { "variant_id", "string", doc = "a variant of the offered product" },
  { "text", "string" },
  { "description", "string" },
  { "universal", "boolean", doc = "true: shown to the buyers of any product" },
  { "replace_selected_products", "boolean" },
  { "paused", "boolean" },
  { "product_ids", "array", json = true, doc = "ids of the products whose buyers see a cross-sell" },
  { "offer_code", "object", json = true, doc = "the discount: amount_cents or amount_percentage" },
  { "upsell_variants", "array", json = true,
    doc = "objects with selected_variant_id and offered_variant_id" },
}
local UTM = {
  { "utm_term", "string" },
  { "utm_content", "string" },
}
local UTM_TARGET = "profile_page, subscribe_page, product_page or post_page"
local UTM_TARGET_ID = "id of the product or post"

local BLOB = {
  { "filename", "string", required = true },
  { "byte_size", "integer", required = true },
  { "checksum", "string", required = true, doc = "base64 of the MD5" },
  { "content_type", "string", required = true,
    doc = "JPEG, PNG, GIF or video; for media, any image but SVG" },
}

local LICENSE = {
  { "product_id", "string", doc = "required for products created since 2023; not a permalink" },
  { "license_key", "string", required = true, trimmed = true, doc = "the key, as the buyer has it" },
}
local USES = { { "uses", "integer", doc = "how many uses were counted" } }

local DELAY_UNIT = "hour, day, week or month"

local api = {}

api.products = {
  { "list", "GET", "/products", scopes = READ, params = { PAGE_KEY },
    returns = "products", kind = "list", object = "product", page_size = 10, repeatable = true,
    doc = "Lists the shop's products, newest first. Drafts are included, deleted products are not." },
  { "get", "GET", "/products/:product_id", scopes = READ,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Returns a product by its id or its unique permalink. A custom permalink does not work." },
  { "create", "POST", "/products", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "name", "string", required = true },
      { "price", "integer", required = true, doc = "in the smallest currency unit" },
      { "native_type", "string", doc = "digital, course, ebook, membership, bundle, coffee, call or "
        .. "commission (default: digital); cannot be changed later" },
      { "subscription_duration", "string", doc = "memberships only: monthly, quarterly, "
        .. "biannually, yearly or every_two_years" },
      { "draft", "boolean", default = true, default_unless = "published",
        doc = "true creates a draft, false publishes at once on the newest servers (default: true)" },
      { "published", "boolean", doc = "true publishes at once on the newest servers; use this or draft" },
    }, PRODUCT_FIELDS),
    returns = "product", kind = "object", object = "product",
    doc = "Creates a product, by default as a draft. Check `published` in the result: older servers always "
      .. "create a draft." },
  { "update", "PUT", "/products/:product_id", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "name", "string" },
      { "price", "integer", doc = "in the smallest currency unit; refused for tiered memberships" },
      { "quantity_enabled", "boolean" },
      { "is_adult", "boolean" },
      { "display_product_reviews", "boolean" },
      { "should_show_sales_count", "boolean" },
      { "custom_receipt", "string" },
      { "has_same_rich_content_for_all_variants", "boolean" },
      { "cover_ids", "array", doc = "ids of the covers in their new order" },
      { "custom_html", "string", doc = "HTML, at most 500,000 characters; \"\" removes the page" },
    }, PRODUCT_FIELDS),
    returns = "product", kind = "object", object = "product", repeatable = true,
    extra_fields = { WARNING, { "previous_custom_html", "string?" }, SANITIZATION },
    doc = "Changes the fields that are given." },
  { "add_files", composed = true, args = { "product_id" }, scopes = EDIT_PRODUCTS, since = "newer",
    params = { { "files", "array", required = true, from_disk = "add-file",
      doc = "each `file_url` of files.upload, or an object with url and display_name" } },
    kind = "object", object = "product",
    extra_fields = { WARNING, { "added_files", "integer?", doc = "how many files were added" },
      { "kept_files", "integer?", doc = "how many files the product had and still has" } },
    doc = "Adds files to a product and keeps those it has. Reads the product first and sends its files along, because "
      .. "`files` of products.update replaces all files. Do not change the product's files elsewhere meanwhile." },
  { "delete", "DELETE", "/products/:product_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    irreversible = { "Delete the product \"{name}\" ({formatted_price}, {sales_count} sales)", read = "products.get" },
    doc = "Deletes the product. `get` still finds it." },
  { "enable", "PUT", "/products/:product_id/enable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Publishes the product." },
  { "disable", "PUT", "/products/:product_id/disable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Takes the product off sale." },
  { "comps", "GET", "/products/comps", scopes = READ, since = "newer",
    params = {
      { "taxonomy", "string", doc = "path or id of a category; this or query" },
      { "query", "string", doc = "words to search for" },
      { "price_currency_type", "string", doc = "currency of the prices (default: usd)" },
    },
    returns = "comps", kind = "object", object = "comps", repeatable = true,
    doc = "Returns the prices of comparable products of other sellers." },
  { "preview_custom_html", "POST", "/products/:product_id/preview_custom_html",
    scopes = EDIT_PRODUCTS, since = "newer", params = CUSTOM_HTML,
    kind = "object", object = "custom_html_preview", repeatable = true,
    doc = "Shows how custom_html would be cleaned up. Nothing is saved." },
  { "get_custom_html", "GET", "/products/:product_id/custom_html", scopes = READ, since = "newer",
    kind = "object", object = "landing_page", repeatable = true,
    doc = "Returns the HTML page that the seller wrote for the product." },
  { "edit_custom_html", "POST", "/products/:product_id/custom_html/edit", scopes = EDIT_PRODUCTS,
    since = "newer", verify_with = "products.get_custom_html",
    params = FIND_AND_REPLACE, kind = "object", object = "landing_page_change",
    doc = "Replaces a piece of custom_html. Refused unless `find` occurs exactly once." },
}

api.bundle_contents = {
  { "update", "PUT", "/products/:product_id/bundle_contents", scopes = EDIT_PRODUCTS, since = "newer",
    params = { { "products", "array", required = true, json = true,
      doc = "objects with product_id, variant_id, quantity (default: 1) and position; replaces the contents" } },
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Replaces the contents of a bundle. Refused for a product that is not a bundle." },
}

api.thumbnails = {
  { "create", "POST", "/products/:product_id/thumbnail", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "signed_blob_id", "string", doc = UPLOADED },
      { "url", "string", doc = "URL of a public image of at most 5 MB" },
    },
    returns = "thumbnail", kind = "object", object = "thumbnail", verify_with = "products.get",
    doc = "Replaces the thumbnail." },
  { "delete", "DELETE", "/products/:product_id/thumbnail", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "thumbnail", kind = "message", repeatable = true,
    irreversible = { "Remove the thumbnail of \"{name}\"", read = "products.get" },
    doc = "Removes the thumbnail." },
}

api.covers = {
  { "create", "POST", "/products/:product_id/covers", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "signed_blob_id", "string", doc = UPLOADED },
      { "url", "string", doc = "URL of an image, a video or an oEmbed page" },
    },
    returns = "covers", kind = "list", object = "cover", extra_fields = MAIN_COVER, verify_with = "products.get",
    doc = "Adds a cover and returns all covers. `cover_ids` of products.update sets their order." },
  { "delete", "DELETE", "/products/:product_id/covers/:cover_id", scopes = EDIT_PRODUCTS,
    since = "newer", returns = "covers", kind = "list", object = "cover", extra_fields = MAIN_COVER,
    repeatable = true,
    irreversible = { "Remove the cover {:cover_id} of \"{name}\"", read = "products.get" },
    doc = "Removes a cover and returns the others." },
}

api.reviews = {
  { "list", "GET", "/products/:product_id/reviews", scopes = READ, since = "newer",
    params = { PAGE_KEY },
    returns = "product_reviews", kind = "list", object = "review", page_size = 100,
    repeatable = true, doc = "Lists the reviews that have a text, newest first." },
}

api.skus = {
  { "list", "GET", "/products/:product_id/skus", scopes = READ,
    returns = "skus", kind = "list", object = "sku", repeatable = true,
    doc = "Lists the SKUs of a product. For a physical product without SKUs, lists its variants; for any other "
      .. "product, nothing." },
}

api.variant_categories = {
  { "list", "GET", "/products/:product_id/variant_categories", scopes = READ,
    returns = "variant_categories", kind = "list", object = "variant_category", repeatable = true,
    doc = "Lists all variant categories of a product, such as Size." },
  { "get", "GET", "/products/:product_id/variant_categories/:variant_category_id", scopes = READ,
    returns = "variant_category", kind = "object", object = "variant_category", repeatable = true,
    doc = "Returns a variant category, even a deleted one." },
  { "create", "POST", "/products/:product_id/variant_categories", scopes = EDIT_PRODUCTS,
    params = { { "title", "string", required = true } },
    returns = "variant_category", kind = "object", object = "variant_category",
    doc = "Creates a variant category." },
  { "update", "PUT", "/products/:product_id/variant_categories/:variant_category_id",
    scopes = EDIT_PRODUCTS, params = { { "title", "string" } },
    returns = "variant_category", kind = "object", object = "variant_category", repeatable = true,
    doc = "Changes the title." },
  { "delete", "DELETE", "/products/:product_id/variant_categories/:variant_category_id",
    scopes = EDIT_PRODUCTS, kind = "message", repeatable = true,
    irreversible = { "Delete the variant category \"{title}\"", read = "variant_categories.get" },
    doc = "Deletes the category. Its variants remain." },
}

local VARIANTS = "/products/:product_id/variant_categories/:variant_category_id/variants"

api.variants = {
  { "list", "GET", VARIANTS, scopes = READ,
    returns = "variants", kind = "list", object = "variant", repeatable = true,
    doc = "Lists all variants in a category: versions of a product or tiers of a membership." },
  { "get", "GET", VARIANTS .. "/:variant_id", scopes = READ,
    returns = "variant", kind = "object", object = "variant", repeatable = true,
    doc = "Returns a variant, even a deleted one." },
  { "create", "POST", VARIANTS, scopes = EDIT_PRODUCTS,
    params = copy_with({ { "name", "string", required = true } }, VARIANT_FIELDS),
    returns = "variant", kind = "object", object = "variant", doc = "Creates a variant." },
  { "update", "PUT", VARIANTS .. "/:variant_id", scopes = EDIT_PRODUCTS,
    params = copy_with({
      { "name", "string" },
      { "rich_content", "array", json = true,
        doc = "page objects; refused while all variants share the product's content" },
    }, VARIANT_FIELDS),
    returns = "variant", kind = "object", object = "variant", repeatable = true,
    doc = "Changes the fields that are given." },
  { "delete", "DELETE", VARIANTS .. "/:variant_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    irreversible = { "Delete the variant \"{name}\"", read = "variants.get" },
    doc = "Deletes the variant. `get` still finds it." },
}

api.offer_codes = {
  { "list", "GET", "/products/:product_id/offer_codes", scopes = READ,
    returns = "offer_codes", kind = "list", object = "offer_code", repeatable = true,
    doc = "Lists the discount codes of a product, oldest first, including the universal codes in its currency." },
  { "get", "GET", "/products/:product_id/offer_codes/:offer_code_id", scopes = READ,
    returns = "offer_code", kind = "object", object = "offer_code", repeatable = true,
    doc = "Returns a discount code." },
  { "create", "POST", "/products/:product_id/offer_codes", scopes = EDIT_PRODUCTS,
    params = copy_with({
      { "name", "string", required = true,
        doc = "the code that buyers type at checkout: letters, digits, - and _" },
      { "amount_off", "integer", doc = "in the smallest currency unit or percent; this or amount_cents" },
      { "amount_cents", "integer", doc = "takes precedence over amount_off" },
      { "offer_type", "string", doc = "unit of amount_off: cents or percent (default: cents)" },
      { "universal", "boolean", doc = "true: valid for all products" },
    }, OFFER_LIMITS),
    returns = "offer_code", kind = "object", object = "offer_code", doc = "Creates a discount code." },
  { "update", "PUT", "/products/:product_id/offer_codes/:offer_code_id", scopes = EDIT_PRODUCTS,
    params = OFFER_LIMITS,
    returns = "offer_code", kind = "object", object = "offer_code", repeatable = true,
    doc = "Changes the limits of a code. Nothing else can be changed." },
  { "delete", "DELETE", "/products/:product_id/offer_codes/:offer_code_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    irreversible = { "Delete the discount code \"{name}\", used {times_used} times", read = "offer_codes.get" },
    doc = "Removes the code, from all products if it is universal." },
}

api.custom_fields = {
  { "list", "GET", "/products/:product_id/custom_fields", scopes = READ,
    returns = "custom_fields", kind = "list", object = "custom_field", repeatable = true,
    doc = "Lists the questions that buyers answer at checkout." },
  { "create", "POST", "/products/:product_id/custom_fields", scopes = EDIT_PRODUCTS,
    params = {
      { "name", "string", required = true, doc = "the question; it also identifies the field in later calls" },
      { "required", "boolean" },
      { "type", "string", doc = "text, checkbox, terms (the name is a URL), long_text or file (default: text)" },
    },
    returns = "custom_field", kind = "object", object = "custom_field", doc = "Adds a question to the checkout." },
  { "update", "PUT", "/products/:product_id/custom_fields/:name", scopes = EDIT_PRODUCTS,
    params = { { "required", "boolean" } },
    returns = "custom_field", kind = "object", object = "custom_field", repeatable = true,
    doc = "Changes whether buyers must answer. The name cannot be changed." },
  { "delete", "DELETE", "/products/:product_id/custom_fields/:name", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    irreversible = { "Remove the question \"{:name}\" from the checkout of \"{name}\"", read = "products.get" },
    doc = "Removes the question from the product." },
}

api.sales = {
  { "list", "GET", "/sales", scopes = VIEW_SALES,
    params = {
      { "after", "date", doc = "inclusive" },
      { "before", "date", doc = "exclusive" },
      { "product_id", "string", doc = "id of the product; a permalink is refused" },
      { "email", "string", doc = "exactly as typed at checkout" },
      { "order_id", "integer", accepts_digits = true, doc = "order number, which belongs to one sale" },
      { "name", "string", doc = "part of the buyer's name; newer servers only" },
      { "license_key", "string", trimmed = true, doc = "newer servers only" },
      PAGE_KEY,
      { "page", "integer", doc = "page number; deprecated by Gumroad, takes precedence over page_key" },
    },
    returns = "sales", kind = "list", object = "sale", page_size = 10, repeatable = true,
    slow_query = { "Query timed out.", "The 'page' parameter is deprecated.", earliest = "2011-01-01",
      hint = "give product_id or email" },
    doc = "Lists the successful sales, newest first. Gumroad leaves out test purchases, the receivers' side of "
      .. "gifts, and pre-orders. A query that takes Gumroad too long is made in parts, by date." },
  { "get", "GET", "/sales/:sale_id", scopes = VIEW_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true,
    doc = "Returns a sale, including those that `list` leaves out." },
  { "mark_as_shipped", "PUT", "/sales/:sale_id/mark_as_shipped",
    scopes = { "mark_sales_as_shipped", "account" },
    params = { { "tracking_url", "string" } },
    returns = "sale", kind = "object", object = "sale", repeatable = true,
    irreversible = { "Mark \"{product_name}\" as shipped and notify {email}", read = "sales.get" },
    doc = "Marks the sale as shipped and notifies the buyer by email, once." },
  { "refund", "PUT", "/sales/:sale_id/refund",
    scopes = { "refund_sales", "edit_sales", "account" },
    params = { { "amount_cents", "integer",
      money = "currency", doc = "in the smallest unit of the sale's `currency`, whole yen for JPY, whole dong for VND "
        .. "(default: all that can still be refunded)" } },
    returns = "sale", kind = "object", object = "sale", composed = true,
    irreversible = { "Refund {:amount_cents|amount_refundable_in_currency} {currency|currency_symbol} to {email}, who "
      .. "bought \"{product_name}\"", read = "sales.get" },
    doc = "Refunds a sale, in full or in part. Reads the sale first and refuses an amount that exceeds what is "
      .. "left; this check needs the scope view_sales and is skipped without it. A refund is never sent twice: "
      .. "if the response is lost, the sale is read again and returned if it shows the refund. Otherwise the "
      .. "error is outcome_unknown and has the sale in `before` and `after`." },
  { "resend_receipt", "POST", "/sales/:sale_id/resend_receipt", scopes = EDIT_SALES,
    since = "newer", kind = "message",
    irreversible = { "Send the receipt for \"{product_name}\" to {email} again", read = "sales.get" },
    doc = "Sends the receipt to the buyer again." },
  { "revoke_access", "PUT", "/sales/:sale_id/revoke_access", scopes = EDIT_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true, since = "newer",
    doc = "Revokes the buyer's access to the content. Refused for refunded sales, physical products and "
      .. "subscriptions." },
  { "undo_revoke_access", "PUT", "/sales/:sale_id/undo_revoke_access", scopes = EDIT_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true, since = "newer",
    doc = "Restores the buyer's access to the content." },
  { "export", "POST", "/sales/exports", scopes = VIEW_SALES, since = "newer",
    params = {
      { "from", "date", doc = "inclusive" },
      { "to", "date", doc = "inclusive" },
      { "product_id", "string" },
    },
    kind = "object", object = "sales_export",
    doc = "Sends the sales to the seller by email, as CSV. The response does not contain them." },
  { "summary", "GET", "/sales/summary", scopes = VIEW_SALES, since = "newer",
    params = {
      { "from", "date", doc = "inclusive, in the seller's time zone (default: 29 days before `to`)" },
      { "to", "date", doc = "inclusive, in the seller's time zone (default: today)" },
      { "group_by", "string", doc = "product, day, week, month or, for short periods, hour" },
    },
    kind = "object", object = "sales_summary", repeatable = true,
    doc = "Sums up sales and refunds, in US cents. Days are in the seller's time zone, while those of `list` are "
      .. "in UTC." },
}

api.subscribers = {
  { "list", "GET", "/products/:product_id/subscribers", scopes = VIEW_SALES,
    params = {
      { "email", "string", doc = "exactly as in one of the subscription's purchases" },
      { "paginated", "string", doc = "\"true\" turns paging on; the library sets it" },
      PAGE_KEY,
    },
    returns = "subscribers", kind = "list", object = "subscriber", page_size = 100,
    paging_params = { paginated = "true" }, repeatable = true,
    doc = "Lists the active subscribers of a product, including those who have canceled but not ended yet." },
  { "get", "GET", "/subscribers/:subscriber_id", scopes = VIEW_SALES,
    returns = "subscriber", kind = "object", object = "subscriber", repeatable = true,
    doc = "Returns a subscriber by the id of the subscription, even one that has ended." },
}

api.licenses = {
  { "verify", "POST", "/licenses/verify",
    params = copy_with(LICENSE, {
      { "increment_uses_count", "string", accepts_boolean = true, default = "false",
        doc = "true counts a use (default: false); always sent, because Gumroad counts a use if it is absent" },
      { "product_permalink", "string", doc = "instead of product_id, for products created before 2023" },
    }),
    returns = "purchase", alternative = "imported_customer", kind = "object", object = "license",
    extra_fields = USES, repeatable_when = { increment_uses_count = "false" }, verify_with = "licenses.verify",
    doc = "Returns the sale that a license key belongs to. Does not count a use unless increment_uses_count is "
      .. "true. It works without a token, so you can call it from a program that you distribute. Gumroad refuses "
      .. "a request with neither product_id nor product_permalink." },
  { "check", composed = true, kind = "object", object = "license_check",
    params = copy_with(LICENSE, {
      { "product_permalink", "string", doc = "instead of product_id, for products created before 2023" },
      { "count_use", "boolean", doc = "true counts a use (default: false)" },
      { "last", "object", doc = "the result of an earlier check of the same key" },
      { "grace", "integer", doc = "seconds for which a valid `last` is trusted while Gumroad cannot be reached "
        .. "(default: 0)" },
    }),
    doc = "Checks whether a license key is valid now, taking refunds, disputes and ended memberships into account. "
      .. "The result distinguishes a key that is not valid from a Gumroad that cannot be reached. Does not count a "
      .. "use unless count_use is true. It works without a token. Raises an error if neither product_id nor "
      .. "product_permalink is given." },
  { "enable", "PUT", "/licenses/enable", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", alternative = "imported_customer", kind = "object", object = "license",
    extra_fields = USES, repeatable = true, doc = "Makes a disabled key valid again." },
  { "disable", "PUT", "/licenses/disable", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", alternative = "imported_customer", kind = "object", object = "license",
    extra_fields = USES, repeatable = true, doc = "Disables a key, so that `verify` no longer finds it." },
  { "decrement_uses", "PUT", "/licenses/decrement_uses_count", scopes = EDIT_PRODUCTS,
    params = LICENSE,
    returns = "purchase", alternative = "imported_customer", kind = "object", object = "license",
    extra_fields = USES, verify_with = "licenses.verify", doc = "Takes back one use, but never below 0." },
  { "rotate", "PUT", "/licenses/rotate", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", alternative = "imported_customer", kind = "object", object = "license",
    extra_fields = USES, since = "newer", verify_with = "licenses.verify",
    irreversible = { "Replace the license key of {email} for \"{product_name}\", so that the old key stops working",
      read = "licenses.verify" },
    doc = "Replaces the key with a new one, which is in `license_key`. The old key stops working at once." },
}

api.user = {
  { "get", "GET", "/user", scopes = READ,
    returns = "user", kind = "object", object = "user", repeatable = true,
    doc = "Returns the owner of the token. The token's scopes decide which fields are present." },
  { "update", "PUT", "/user", scopes = EDIT_PROFILE, since = "newer",
    params = { { "name", "string" }, { "bio", "string" } },
    returns = "user", kind = "object", object = "user", repeatable = true,
    doc = "Changes the profile. The account needs a confirmed email address." },
  { "theme", "GET", "/user/theme", scopes = READ, since = "newer",
    returns = "theme", kind = "object", object = "theme", repeatable = true,
    doc = "Returns the colors and the font of the profile." },
  { "profile_layout", "GET", "/user/profile_layout", scopes = ONLY_VIEW_PROFILE, since = "newer",
    returns = "profile_layout", kind = "object", object = "profile_layout", repeatable = true,
    doc = "Returns the layout of the profile. The scope account is not enough." },
  { "get_custom_html", "GET", "/user/custom_html", scopes = READ, since = "newer",
    kind = "object", object = "landing_page", repeatable = true,
    doc = "Returns the HTML page that the seller wrote for the profile." },
  { "update_custom_html", "PUT", "/user/custom_html", scopes = EDIT_PROFILE, since = "newer",
    params = CUSTOM_HTML, kind = "object", object = "landing_page_change", repeatable = true,
    doc = "Replaces the HTML page of the profile." },
  { "edit_custom_html", "POST", "/user/custom_html/edit", scopes = EDIT_PROFILE, since = "newer",
    verify_with = "user.get_custom_html", params = FIND_AND_REPLACE, kind = "object", object = "landing_page_change",
    doc = "Replaces a piece of custom_html. Refused unless `find` occurs exactly once." },
  { "preview_custom_html", "POST", "/user/preview_custom_html", scopes = EDIT_PROFILE,
    since = "newer", params = CUSTOM_HTML,
    kind = "object", object = "custom_html_preview", repeatable = true,
    doc = "Shows how custom_html would be cleaned up. Nothing is saved." },
}

api.pages = {
  { "list", "GET", "/pages", scopes = READ, since = "newer",
    params = { { "metadata_only", "boolean", doc = "true leaves the content out; newest servers only" } },
    returns = "pages", kind = "list", object = "page", repeatable = true,
    doc = "Lists the pages of the profile." },
  { "get", "GET", "/pages/:slug", scopes = READ, since = "newer",
    params = { { "source_only", "boolean", doc = "true leaves rendered_html out; newest servers only" } },
    returns = "page", kind = "object", object = "page", repeatable = true,
    extra_fields = { { "rendered_html", "string?", doc = "the page as visitors see it" } },
    doc = "Returns a page." },
  { "create", "POST", "/pages", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "title", "string", required = true },
      { "slug", "string", doc = "last part of the page's URL (default: made from the title)" },
      { "content", "string", doc = "HTML; not together with custom_html" },
      { "custom_html", "string" },
    },
    returns = "page", kind = "object", object = "page", extra_fields = { SANITIZATION },
    doc = "Creates a page. The scope account is not enough." },
  { "update", "PUT", "/pages/:slug", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "title", "string" },
      { "content", "string", doc = "HTML; replaces custom_html" },
      { "custom_html", "string", doc = "HTML; replaces content" },
    },
    returns = "page", kind = "object", object = "page", repeatable = true, extra_fields = { SANITIZATION },
    doc = "Changes the fields that are given. The scope account is not enough." },
  { "delete", "DELETE", "/pages/:slug", scopes = ONLY_EDIT_PROFILE, since = "newer",
    kind = "message", repeatable = true,
    irreversible = { "Remove the page \"{title}\"", read = "pages.get" },
    doc = "Removes the page. The scope account is not enough." },
}

api.media = {
  { "list", "GET", "/media", scopes = ONLY_VIEW_PROFILE, since = "newer",
    returns = "media", kind = "list", object = "media", repeatable = true,
    doc = "Lists the seller's images, newest first, at most 500. The scope account is not enough." },
  { "create", "POST", "/media", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "url", "string", doc = "URL of a public image; this or signed_blob_id" },
      { "signed_blob_id", "string", doc = "`signed_id` from direct_uploads.upload with purpose \"media\"" },
      { "name", "string" },
    },
    returns = "media", kind = "object", object = "media",
    doc = "Adds an image of at most 10 MB. SVG is refused." },
  { "delete", "DELETE", "/media/:media_id", scopes = ONLY_EDIT_PROFILE, since = "newer",
    kind = "message", repeatable = true,
    irreversible = { "Remove the image \"{name}\"", read = "media.list" },
    doc = "Removes an image." },
}

api.files = {
  { "upload", composed = true, args = { "path" }, scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "filename", "string", doc = "name that buyers see (default: the name on disk)" },
      { "parallel", "integer", doc = "parts that are sent at the same time (default: 3)" },
      { "progress", "function", doc = "called during the upload with { sent, total, part, parts }: bytes sent, "
        .. "bytes in all, number of the part that moved, number of parts" },
      { "resume", "object", doc = "`upload` from the error of an earlier call; parts that were sent are kept, but "
        .. "after 15 minutes everything is sent again" },
    },
    kind = "object", object = "completed_upload",
    doc = "Uploads a file of at most 20 GB for a product. Put the returned `file_url` into `files` of the product. "
      .. "A part that fails is sent again, up to `retries` times. If the upload fails, the error's `upload` field "
      .. "holds its state, for `resume` or `abort`. Keep it secret: its URLs let anyone send parts. The upload is "
      .. "aborted when it can no longer succeed, because the file has changed or 15 minutes have passed. The "
      .. "option `timeout` is the number of seconds that a part may stall." },
  { "presign", "POST", "/files/presign", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "filename", "string", required = true },
      { "file_size", "integer", required = true, doc = "in bytes, at most 20 GB" },
    },
    kind = "object", object = "presigned_upload",
    doc = "Starts the upload of a file for a product. PUT each part of 100 MB to its URL within 15 minutes, keep "
      .. "the ETags, then call `complete`." },
  { "complete", "POST", "/files/complete", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "upload_id", "string", required = true, json = true },
      { "key", "string", required = true, json = true },
      { "parts", "array", required = true, json = true, doc = "objects with part_number and etag" },
    },
    kind = "object", object = "completed_upload",
    doc = "Completes an upload. Put the returned `file_url` into `files` of a product." },
  { "abort", "POST", "/files/abort", scopes = EDIT_PRODUCTS, since = "newer",
    params = { { "upload_id", "string", required = true }, { "key", "string", required = true } },
    kind = "object", object = "aborted_upload", repeatable = true,
    doc = "Aborts an upload and discards its parts." },
}

api.direct_uploads = {
  { "upload", composed = true, args = { "path" },
    scopes = { "edit_products", "edit_profile", "account" }, since = "newer",
    params = {
      { "purpose", "string", doc = "\"media\" for media.create, which needs edit_profile" },
      { "content_type", "string", doc = "media type (default: from the file's extension)" },
      { "filename", "string", doc = "name of the file at Gumroad (default: the name on disk)" },
    },
    kind = "object", object = "uploaded_blob",
    doc = "Uploads a file for a cover, a thumbnail or media. Pass the returned `signed_id` as signed_blob_id. "
      .. "Requires luaossl, which computes the checksum." },
  { "create", "POST", "/direct_uploads", scopes = { "edit_products", "edit_profile", "account" },
    since = "newer",
    params = {
      { "blob", "object", required = true, fields = BLOB },
      { "purpose", "string", doc = "\"media\" for media.create, which needs edit_profile" },
    },
    kind = "object", object = "direct_upload", no_success_field = true,
    doc = "Prepares the upload of a cover, a thumbnail or media. PUT the bytes to `direct_upload.url` with exactly "
      .. "the headers in `direct_upload.headers`, then pass `signed_id` as signed_blob_id." },
}

api.categories = {
  { "list", "GET", "/categories", scopes = READ, since = "newer",
    returns = "categories", kind = "list", object = "category", repeatable = true,
    doc = "Lists the categories that a product can have. Pass `path` as `category` to products.create." },
}

api.help_articles = {
  { "list", "GET", "/help/articles", scopes = READ, since = "newer",
    params = { { "query", "string", doc = "words to search for" } },
    returns = "help_articles", kind = "list", object = "help_article", repeatable = true,
    extra_fields = { { "count", "integer" } }, doc = "Lists or searches Gumroad's help articles." },
  { "get", "GET", "/help/articles/:slug", scopes = READ, since = "newer",
    returns = "help_article", kind = "object", object = "help_article", repeatable = true,
    doc = "Returns a help article with its text." },
}

api.refund_policy = {
  { "get", "GET", "/refund_policy", scopes = READ, since = "newer",
    returns = "refund_policy", kind = "object", object = "refund_policy", repeatable = true,
    doc = "Returns the account's refund policy." },
  { "update", "PUT", "/refund_policy", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "refund_period", "string", required = true, doc = "7, 14, 30 or 183 (days)" },
      { "fine_print", "string", doc = "at most 3,000 characters; \"\" removes it" },
    },
    returns = "refund_policy", kind = "object", object = "refund_policy", repeatable = true,
    doc = "Changes the account's refund policy. Refused while `in_effect` is false." },
}

api.upsells = {
  { "list", "GET", "/upsells", scopes = READ, since = "newer",
    returns = "upsells", kind = "list", object = "upsell", repeatable = true,
    doc = "Lists the upsells: what buyers are also offered at checkout." },
  { "get", "GET", "/upsells/:upsell_id", scopes = READ, since = "newer",
    returns = "upsell", kind = "object", object = "upsell", repeatable = true, doc = "Returns an upsell." },
  { "create", "POST", "/upsells", scopes = EDIT_PRODUCTS, since = "newer", json = true,
    params = copy_with({
      { "name", "string", required = true },
      { "product_id", "string", required = true, doc = "id of the product that is offered" },
    }, UPSELL_FIELDS),
    returns = "upsell", kind = "object", object = "upsell", doc = "Creates an upsell." },
  { "update", "PUT", "/upsells/:upsell_id", scopes = EDIT_PRODUCTS, since = "newer", json = true,
    params = copy_with({
      { "name", "string" },
      { "product_id", "string", doc = "id of the product that is offered" },
    }, UPSELL_FIELDS),
    returns = "upsell", kind = "object", object = "upsell", repeatable = true,
    doc = "Changes an upsell. Send every field that it should keep: a field that is absent may be reset." },
  { "delete", "DELETE", "/upsells/:upsell_id", scopes = EDIT_PRODUCTS, since = "newer",
    kind = "message", repeatable = true,
    irreversible = { "Remove the upsell \"{name}\"", read = "upsells.get" },
    doc = "Removes the upsell." },
}

api.utm_links = {
  { "list", "GET", "/utm_links", scopes = READ, since = "newer",
    returns = "utm_links", kind = "list", object = "utm_link", repeatable = true,
    doc = "Lists the UTM links, which count their visitors." },
  { "get", "GET", "/utm_links/:utm_link_id", scopes = READ, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true, doc = "Returns a UTM link." },
  { "create", "POST", "/utm_links", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "title", "string", required = true },
      { "target_resource_type", "string", required = true, doc = UTM_TARGET },
      { "target_resource_id", "string", doc = UTM_TARGET_ID },
      { "utm_source", "string", required = true, doc = "each utm value has at most 200 characters" },
      { "utm_medium", "string", required = true },
      { "utm_campaign", "string", required = true },
    }, UTM),
    returns = "utm_link", kind = "object", object = "utm_link",
    doc = "Creates a UTM link. Its combination of the five utm values must be unique." },
  { "update", "PUT", "/utm_links/:utm_link_id", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "title", "string" },
      { "target_resource_type", "string", doc = UTM_TARGET },
      { "target_resource_id", "string", doc = UTM_TARGET_ID },
      { "utm_source", "string" },
      { "utm_medium", "string" },
      { "utm_campaign", "string" },
    }, UTM),
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true,
    doc = "Changes the fields that are given." },
  { "delete", "DELETE", "/utm_links/:utm_link_id", scopes = EDIT_PRODUCTS, since = "newer",
    kind = "message", repeatable = true,
    irreversible = { "Remove the UTM link \"{title}\" with its {total_clicks} clicks", read = "utm_links.get" },
    doc = "Removes the link." },
  { "enable", "PUT", "/utm_links/:utm_link_id/enable", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true,
    doc = "Enables the link again." },
  { "disable", "PUT", "/utm_links/:utm_link_id/disable", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true,
    doc = "Disables the link." },
}

api.emails = {
  { "list", "GET", "/emails", scopes = EDIT_EMAILS, since = "newer",
    params = { { "type", "string", doc = "published, scheduled or draft" }, PAGE_KEY },
    returns = "emails", kind = "list", object = "email", page_size = 10, repeatable = true,
    doc = "Lists the emails to the audience, newest first." },
  { "get", "GET", "/emails/:email_id", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email", repeatable = true, doc = "Returns an email." },
  { "create", "POST", "/emails", scopes = EDIT_EMAILS, since = "newer",
    params = {
      { "subject", "string", required = true },
      { "body", "string", required = true, doc = "HTML" },
      { "audience", "string", doc = "all, customers, followers or product (default: all)" },
      { "product_id", "string", doc = "id of the product whose buyers are the audience" },
      { "publish", "boolean", doc = "true sends the email at once" },
      { "draft", "boolean", doc = "false sends the email at once" },
    },
    returns = "email", kind = "object", object = "email",
    irreversible = { "Send the email \"{:subject}\" at once to {:product_id|:audience|=all}",
      only = { publish = true, draft = false } },
    doc = "Creates an email, by default as a draft." },
  { "delete", "DELETE", "/emails/:email_id", scopes = EDIT_EMAILS, since = "newer",
    kind = "message", repeatable = true,
    irreversible = { "Delete the email \"{subject}\"", read = "emails.get" },
    doc = "Deletes an email." },
  { "preview", "POST", "/emails/:email_id/preview", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email",
    extra_fields = { { "preview_url", "string", doc = "where the seller can see it" } },
    doc = "Sends the email to the seller only." },
  { "send", "POST", "/emails/:email_id/send", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email",
    irreversible = { "Send the email \"{subject}\" now to {audience_count} people ({audience_type})",
      read = "emails.get" },
    doc = "Sends the email to its audience." },
  { "schedule", "POST", "/emails/:email_id/schedule", scopes = EDIT_EMAILS, since = "newer",
    params = { { "to_be_published_at", "string", required = true, doc = "date and time, in the seller's time zone" } },
    returns = "email", kind = "object", object = "email", doc = "Schedules the email." },
  { "unschedule", "POST", "/emails/:email_id/unschedule", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email", doc = "Turns a scheduled email into a draft again." },
}

api.workflows = {
  { "list", "GET", "/workflows", scopes = EDIT_EMAILS, since = "newer",
    returns = "workflows", kind = "list", object = "workflow", repeatable = true,
    doc = "Lists all workflows (series of emails that an event starts), without their emails." },
  { "get", "GET", "/workflows/:workflow_id", scopes = EDIT_EMAILS, since = "newer",
    returns = "workflow", kind = "object", object = "workflow", repeatable = true,
    doc = "Returns a workflow with its emails." },
}

api.workflow_emails = {
  { "create", "POST", "/workflows/:workflow_id/emails", scopes = EDIT_EMAILS, since = "newer",
    params = {
      { "subject", "string", required = true },
      { "body", "string", required = true, doc = "HTML" },
      { "delay_amount", "integer", required = true, doc = "0 or more, in delay_unit" },
      { "delay_unit", "string", required = true, doc = DELAY_UNIT },
    },
    returns = "email", kind = "object", object = "workflow_email", verify_with = "workflows.get",
    doc = "Adds an email to a workflow, to be sent some time after the event." },
  { "update", "PUT", "/workflows/:workflow_id/emails/:workflow_email_id", scopes = EDIT_EMAILS,
    since = "newer",
    params = {
      { "subject", "string" },
      { "body", "string", doc = "HTML" },
      { "delay_amount", "integer", doc = "0 or more; requires delay_unit" },
      { "delay_unit", "string", doc = DELAY_UNIT },
    },
    returns = "email", kind = "object", object = "workflow_email", repeatable = true,
    doc = "Changes the fields that are given. Refused if there are none." },
}

api.payouts = {
  { "list", "GET", "/payouts", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "after", "date", doc = "inclusive" },
      { "before", "date", doc = "exclusive" },
      { "include_upcoming", "string", accepts_boolean = true, doc = "false leaves the upcoming payouts out" },
      PAGE_KEY,
    },
    returns = "payouts", kind = "list", object = "payout", page_size = 10, repeatable = true,
    doc = "Lists the payouts, newest first. Upcoming payouts come before the others and have no id." },
  { "upcoming", "GET", "/payouts/upcoming", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "include_sales", "string", accepts_boolean = true, doc = "false leaves the ids of the sales out" },
      { "include_transactions", "string", accepts_boolean = true, doc = "true adds the transactions" },
    },
    returns = "payouts", kind = "list", object = "payout", repeatable = true,
    doc = "Lists the upcoming payouts: at most two." },
  { "get", "GET", "/payouts/:payout_id", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "include_sales", "string", accepts_boolean = true, doc = "false leaves the ids of the sales out" },
      { "include_transactions", "string", accepts_boolean = true, doc = "true adds the transactions" },
    },
    returns = "payout", kind = "object", object = "payout", repeatable = true,
    doc = "Returns a payout. The ids of its sales also require the scope view_sales." },
}

api.tax_forms = {
  { "list", "GET", "/tax_forms", scopes = VIEW_TAX_DATA, since = "newer",
    params = { { "year", "integer" } },
    returns = "tax_forms", kind = "list", object = "tax_form", repeatable = true,
    doc = "Lists the tax forms that were filed. Refused if the account has no tax center." },
  { "download", "GET", "/tax_forms/:year/:tax_form_type/download", scopes = VIEW_TAX_DATA,
    since = "newer", kind = "file", repeatable = true,
    doc = "Returns a tax form as a PDF. The year is a string; the type is us_1099_k or us_1099_misc." },
}

api.earnings = {
  { "get", "GET", "/earnings", scopes = VIEW_TAX_DATA, since = "newer",
    params = { { "year", "integer", required = true } },
    kind = "object", object = "earnings", repeatable = true,
    doc = "Sums up the earnings of a year, in cents." },
}

api.resource_subscriptions = {
  { "list", "GET", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = events.names_in_words, every = events.names },
      { "current_oauth_application_only", "boolean",
        doc = "true lists only the webhooks that this token may delete; newest servers only" },
    },
    returns = "resource_subscriptions", kind = "list", object = "resource_subscription",
    repeatable = true,
    doc = "Lists the webhooks for an event, including those of other applications." },
  { "create", "PUT", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = events.names_in_words },
      { "post_url", "string", required = true, doc = POST_URL },
    },
    returns = "resource_subscription", kind = "object", object = "resource_subscription",
    doc = "Creates a webhook. Each call creates another one, although the method is PUT." },
  { "delete", "DELETE", "/resource_subscriptions/:resource_subscription_id", scopes = VIEW_SALES,
    kind = "message", repeatable = true,
    not_found_hint = "only the application that created a webhook can delete it",
    irreversible = { "Delete the webhook for {resource_name} to {post_url}", read = "resource_subscriptions.list" },
    doc = "Deletes a webhook. The token must belong to the application that created it." },
}

-- The parameters by name, and those that are required or have a default.
local function index(params)
  local named, needed = {}, {}
  for _, param in ipairs(params) do
    named[param[1]] = param
    if param.required or param.default ~= nil then needed[#needed + 1] = param end
    if param.fields then param.fields_by_name, param.needed = index(param.fields) end
  end
  return named, needed
end

local function has_required(params)
  for _, param in ipairs(params) do
    if param.required then return true end
  end
  return false
end

local function doc_of(row)
  local limit = row.path and limits.sentence(row.method, "/v2" .. row.path)
  return limit and row.doc .. " " .. limit or row.doc
end

-- Adds the fields that are computed from a row.
local function complete(resource, row)
  row.resource, row.name, row.method, row.path = resource, row[1], row[2], row[3]
  row.path_params, row.params = row.args or {}, row.params or {}
  for name in (row.path or ""):gmatch(":([%w_]+)") do
    row.path_params[#row.path_params + 1] = name
  end
  row.params_by_name, row.needed = index(row.params)
  row.in_query = row.method == "GET" or row.method == "DELETE"
  row.doc = doc_of(row)
  row.is_list = row.name == "list"
  row.takes_params = row.is_list or #row.params > 0
  row.needs_params = has_required(row.params)
  return row
end

for resource, rows in pairs(api) do
  for _, row in ipairs(rows) do rows[row[1]] = complete(resource, row) end
end

return api
