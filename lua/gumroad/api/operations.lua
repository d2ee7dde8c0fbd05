--- Gumroad's API v2 as data: one row for each operation. Methods, parameter checks, the
-- emulator's routes and whatever else needs to know the API derive from these rows; to add
-- an endpoint is to add a row.
--
-- A row: { OPERATION, METHOD, PATH, field = value, ... } under its resource.
--
-- * `scopes`: a token needs any ONE of them.
--   None: no token is needed, and none is sent.
-- * `params`: { NAME, TYPE, [required = true,] [json = true,] [fields = LIST,] [doc = TEXT] },
--   besides the names in the path. TYPE is string, integer, boolean, date, array, object or function
--   (which is called, and never sent);
--   `fields` are an object's own parameters. They go into the query of a GET or DELETE, else
--   into a form body; if one marked `json` is given, the whole body is JSON, as a form would
--   be misread there. `also = "boolean"`: true and false are taken too, and sent as text.
-- * `json`: the body is always JSON.
-- * `kind`: "list", "object", "message" (it succeeded: that is all) or "file" (no JSON; the
--   method returns its bytes).
-- * `returns`: what the value is called in the answer; none, with an object: its fields stand
--   at the answer's top level. `or_returns`: what it is called instead for some objects, both
--   there and in gumroad.schema.
-- * `beside`: fields of the answer that stand beside that value, as in gumroad.schema; the
--   method puts them on what it returns.
-- * `bare`: the answer has no `success`.
-- * `object`: the name in gumroad.schema of what is returned (or of the list's elements).
-- * `page_size`: the list comes in pages of so many, each but the last with a
--   `next_page_key`; `opt_in`: parameters without which the server does not page.
-- * `too_slow`: the words with which the server refuses, with HTTP 400, a list that takes it too
--   long. The days between `after` and `before` are then asked for in parts: see gumroad.resources.date_ranges.
--   `since`: before that day there is nothing. `advice`: for a day that is too long by itself.
-- * `repeatable`: the same request again leaves the same state and does no harm, so it may
--   be retried when nobody knows whether it arrived. `repeatable_with`: so it is where these
--   parameters have these values.
-- * `look`: RESOURCE.OPERATION that shows what it did, where that is not the resource's own
--   `get` or, of `create`, its `list`; for errors about an unknown outcome.
-- * `doc`: what a caller wants to know; how many requests are let through is added from gumroad.api.limits.
-- * `composed`: one request is not enough; gumroad.resources.composed has what carries it out. Such a
--   row may do without METHOD and PATH, being no endpoint of Gumroad's; `args` are then the names of
--   its positional arguments.
-- * A parameter's `default` is sent where it is not given, nor the one that `unless` names.
--
-- Source: Gumroad's server, 2025-04 to 2026-09; a row's `since = "newer"` marks what the
-- April 2025 server did not have.
--
-- What follows from a row is in it, too: its RESOURCE (`resource`) and places by their names (`name`,
-- `method`, `path`); `path_params`: the names in the path; `param`: parameters by their names, and
-- `needed`: those that are required or have a default; `query`: parameters go into the query; `is_list`:
-- the method has the iterators `each` and `pages` beside it; `takes_params`: the method takes a table of
-- parameters, and `needs_params`: which cannot be left out.
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
local ONLY_EDIT_PROFILE = { "edit_profile" }  -- `account` is refused
local ONLY_VIEW_PROFILE = { "view_profile" }
local EDIT_EMAILS = { "edit_emails", "account" }
local VIEW_PAYOUTS = { "view_payouts", "account" }
local VIEW_TAX_DATA = { "view_tax_data", "account" }

local PAGE_KEY = { "page_key", "string", doc = "`next_page_key` of the page before; opaque" }

local POST_URL = ("public host, at most %d characters"):format(delivery.MAX_URL)

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

local CUSTOM_HTML = { { "custom_html", "string", required = true,
  doc = "\"\" clears; at most 500,000 characters" } }
local FIND_AND_REPLACE = {
  { "find", "string", required = true, doc = "must occur exactly once" },
  { "replace", "string", required = true, doc = "\"\" deletes" },
}
local MAIN_COVER = { { "main_cover_id", "string?" } }
local UPLOADED = "of direct_uploads.upload; this or url"

local VARIANT_FIELDS = {
  { "price_difference_cents", "integer", doc = "may be negative" },
  { "description", "string" },
  { "max_purchase_count", "integer", doc = "stock" },
}
local OFFER_LIMITS = {
  { "max_purchase_count", "integer", doc = "how often it may be used" },
  { "minimum_amount_cents", "integer", doc = "newer servers" },
}
local UPSELL_FIELDS = {
  { "cross_sell", "boolean", doc = "true offers another product, false another version" },
  { "variant_id", "string", doc = "of the offered product" },
  { "text", "string" },
  { "description", "string" },
  { "universal", "boolean", doc = "for the buyers of any product" },
  { "replace_selected_products", "boolean" },
  { "paused", "boolean" },
  { "product_ids", "array", json = true, doc = "products whose buyers see a cross-sell" },
  { "offer_code", "object", json = true, doc = "amount_cents or amount_percentage" },
  { "upsell_variants", "array", json = true,
    doc = "objects with selected_variant_id and offered_variant_id" },
}
local UTM = {
  { "utm_term", "string" },
  { "utm_content", "string" },
}
local UTM_TARGET = "profile_page, subscribe_page, product_page or post_page"
local UTM_TARGET_ID = "of the product or the post"

local BLOB = {
  { "filename", "string", required = true },
  { "byte_size", "integer", required = true },
  { "checksum", "string", required = true, doc = "base64 of the MD5" },
  { "content_type", "string", required = true,
    doc = "JPEG, PNG, GIF or video; for media any image but SVG" },
}

local LICENSE = {
  { "product_id", "string", doc = "needed for products made since 2023; not a permalink" },
  { "license_key", "string", required = true },
}
local USES = { { "uses", "integer", doc = "how often the key was verified" } }

local DELAY_UNIT = "hour, day, week or month"

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
      { "draft", "boolean", default = true, unless = "published",
        doc = "true, the default here, makes a draft; false publishes at once, on the newest servers" },
      { "published", "boolean", doc = "true publishes at once, on the newest servers; in place of draft" },
    }, PRODUCT_FIELDS),
    returns = "product", kind = "object", object = "product",
    doc = "A new product, a draft unless asked otherwise. Read `published` of what is returned: older "
      .. "servers always make drafts." },
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
    doc = "Changes the given fields." },
  { "delete", "DELETE", "/products/:product_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true, doc = "Hides the product; `get` still finds it." },
  { "enable", "PUT", "/products/:product_id/enable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Publishes the product." },
  { "disable", "PUT", "/products/:product_id/disable", scopes = EDIT_PRODUCTS,
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "Takes the product off sale." },
  { "comps", "GET", "/products/comps", scopes = READ, since = "newer",
    params = {
      { "taxonomy", "string", doc = "path or number of a category; this or query" },
      { "query", "string" },
      { "price_currency_type", "string", doc = "default: usd" },
    },
    returns = "comps", kind = "object", object = "comps", repeatable = true,
    doc = "What comparable products of other sellers cost." },
  { "preview_custom_html", "POST", "/products/:product_id/preview_custom_html",
    scopes = EDIT_PRODUCTS, since = "newer", params = CUSTOM_HTML,
    kind = "object", object = "custom_html_preview", repeatable = true,
    doc = "What would become of custom_html; saves nothing." },
  { "get_custom_html", "GET", "/products/:product_id/custom_html", scopes = READ, since = "newer",
    kind = "object", object = "landing_page", repeatable = true,
    doc = "The product's page as the seller wrote it." },
  { "edit_custom_html", "POST", "/products/:product_id/custom_html/edit", scopes = EDIT_PRODUCTS,
    since = "newer", look = "products.get_custom_html",
    params = FIND_AND_REPLACE, kind = "object", object = "landing_page_change",
    doc = "Replaces one place in custom_html; `find` is refused unless it occurs exactly once." },
}

api.bundle_contents = {
  { "update", "PUT", "/products/:product_id/bundle_contents", scopes = EDIT_PRODUCTS, since = "newer",
    params = { { "products", "array", required = true, json = true,
      doc = "objects with product_id, variant_id, quantity (default 1), position; replaces all" } },
    returns = "product", kind = "object", object = "product", repeatable = true,
    doc = "What a bundle is made of; refused for products that are no bundles." },
}

api.thumbnails = {
  { "create", "POST", "/products/:product_id/thumbnail", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "signed_blob_id", "string", doc = UPLOADED },
      { "url", "string", doc = "public image, at most 5 MB" },
    },
    returns = "thumbnail", kind = "object", object = "thumbnail", look = "products.get",
    doc = "Replaces the thumbnail." },
  { "delete", "DELETE", "/products/:product_id/thumbnail", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "thumbnail", kind = "message", repeatable = true,
    doc = "Removes the thumbnail; the answer's `thumbnail` is null." },
}

api.covers = {
  { "create", "POST", "/products/:product_id/covers", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "signed_blob_id", "string", doc = UPLOADED },
      { "url", "string", doc = "image, video or oEmbed page" },
    },
    returns = "covers", kind = "list", object = "cover", beside = MAIN_COVER, look = "products.get",
    doc = "Adds a cover and answers all; `cover_ids` of products.update sets their order." },
  { "delete", "DELETE", "/products/:product_id/covers/:cover_id", scopes = EDIT_PRODUCTS,
    since = "newer", returns = "covers", kind = "list", object = "cover", beside = MAIN_COVER,
    repeatable = true, doc = "Removes a cover and answers the others." },
}

api.reviews = {
  { "list", "GET", "/products/:product_id/reviews", scopes = READ, since = "newer",
    params = { PAGE_KEY },
    returns = "product_reviews", kind = "list", object = "review", page_size = 100,
    repeatable = true, doc = "Reviews that say something, newest first." },
}

api.skus = {
  { "list", "GET", "/products/:product_id/skus", scopes = READ,
    returns = "skus", kind = "list", object = "sku", repeatable = true,
    doc = "The SKUs; of a physical product without them its variants, of others nothing." },
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

local VARIANTS = "/products/:product_id/variant_categories/:variant_category_id/variants"

api.variants = {
  { "list", "GET", VARIANTS, scopes = READ,
    returns = "variants", kind = "list", object = "variant", repeatable = true,
    doc = "The versions in a category, or the tiers of a membership; always all of them." },
  { "get", "GET", VARIANTS .. "/:variant_id", scopes = READ,
    returns = "variant", kind = "object", object = "variant", repeatable = true,
    doc = "One variant; deleted ones are still found." },
  { "create", "POST", VARIANTS, scopes = EDIT_PRODUCTS,
    params = copy_with({ { "name", "string", required = true } }, VARIANT_FIELDS),
    returns = "variant", kind = "object", object = "variant", doc = "A new variant of a category." },
  { "update", "PUT", VARIANTS .. "/:variant_id", scopes = EDIT_PRODUCTS,
    params = copy_with({
      { "name", "string" },
      { "rich_content", "array", json = true,
        doc = "page objects; refused while the product shares its content" },
    }, VARIANT_FIELDS),
    returns = "variant", kind = "object", object = "variant", repeatable = true,
    doc = "Changes the given fields." },
  { "delete", "DELETE", VARIANTS .. "/:variant_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true, doc = "Hides the variant; `get` still finds it." },
}

api.offer_codes = {
  { "list", "GET", "/products/:product_id/offer_codes", scopes = READ,
    returns = "offer_codes", kind = "list", object = "offer_code", repeatable = true,
    doc = "The product's discount codes, oldest first, and the universal ones in its currency." },
  { "get", "GET", "/products/:product_id/offer_codes/:offer_code_id", scopes = READ,
    returns = "offer_code", kind = "object", object = "offer_code", repeatable = true,
    doc = "One discount code." },
  { "create", "POST", "/products/:product_id/offer_codes", scopes = EDIT_PRODUCTS,
    params = copy_with({
      { "name", "string", required = true,
        doc = "the code that is typed at checkout: letters, digits, - and _" },
      { "amount_off", "integer", doc = "smallest currency unit or percent; this or amount_cents" },
      { "amount_cents", "integer", doc = "wins over amount_off" },
      { "offer_type", "string", doc = "cents (default) or percent" },
      { "universal", "boolean", doc = "for all products" },
    }, OFFER_LIMITS),
    returns = "offer_code", kind = "object", object = "offer_code", doc = "A new discount code." },
  { "update", "PUT", "/products/:product_id/offer_codes/:offer_code_id", scopes = EDIT_PRODUCTS,
    params = OFFER_LIMITS,
    returns = "offer_code", kind = "object", object = "offer_code", repeatable = true,
    doc = "Changes the limits; nothing else can be changed." },
  { "delete", "DELETE", "/products/:product_id/offer_codes/:offer_code_id", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    doc = "Removes the code; a universal one from all products." },
}

api.custom_fields = {
  { "list", "GET", "/products/:product_id/custom_fields", scopes = READ,
    returns = "custom_fields", kind = "list", object = "custom_field", repeatable = true,
    doc = "What the buyer is asked at checkout." },
  { "create", "POST", "/products/:product_id/custom_fields", scopes = EDIT_PRODUCTS,
    params = {
      { "name", "string", required = true, doc = "also its address from then on" },
      { "required", "boolean" },
      { "type", "string", doc = "text (default), checkbox, terms (the name is a URL), long_text or file" },
    },
    returns = "custom_field", kind = "object", object = "custom_field", doc = "A new question." },
  { "update", "PUT", "/products/:product_id/custom_fields/:name", scopes = EDIT_PRODUCTS,
    params = { { "required", "boolean" } },
    returns = "custom_field", kind = "object", object = "custom_field", repeatable = true,
    doc = "Changes whether an answer is required; the name cannot be changed." },
  { "delete", "DELETE", "/products/:product_id/custom_fields/:name", scopes = EDIT_PRODUCTS,
    kind = "message", repeatable = true,
    doc = "Removes the question from this product." },
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
    too_slow = { "Query timed out.", "The 'page' parameter is deprecated.", since = "2011-01-01",
      advice = "give product_id or email" },
    doc = "Successful sales, newest first; test purchases, gift receivers and pre-orders are "
      .. "left out by Gumroad. Where it takes Gumroad too long, the days are asked for in parts." },
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
      doc = "smallest unit of the sale's `currency` (whole yen for JPY, dong for VND); default: all that is left" } },
    returns = "sale", kind = "object", object = "sale", composed = true,
    doc = "Refunds. The sale is read before, and amounts that it cannot bear are refused; a token "
      .. "without view_sales skips that. Where the answer is lost it is not sent again: the sale is read "
      .. "again and returned if it shows the refund, else the error is outcome_unknown, with the sale "
      .. "in `before` and `after`." },
  { "resend_receipt", "POST", "/sales/:sale_id/resend_receipt", scopes = EDIT_SALES,
    since = "newer", kind = "message", doc = "Mails the receipt to the buyer again." },
  { "revoke_access", "PUT", "/sales/:sale_id/revoke_access", scopes = EDIT_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true, since = "newer",
    doc = "Takes the buyer's access to the content away; refused for refunded, physical and "
      .. "subscription sales." },
  { "undo_revoke_access", "PUT", "/sales/:sale_id/undo_revoke_access", scopes = EDIT_SALES,
    returns = "sale", kind = "object", object = "sale", repeatable = true, since = "newer",
    doc = "Gives the buyer's access back." },
  { "export", "POST", "/sales/exports", scopes = VIEW_SALES, since = "newer",
    params = {
      { "from", "date", doc = "inclusive" },
      { "to", "date", doc = "inclusive" },
      { "product_id", "string" },
    },
    kind = "object", object = "sales_export",
    doc = "Has the sales mailed to the seller as CSV; they are not in the answer." },
  { "summary", "GET", "/sales/summary", scopes = VIEW_SALES, since = "newer",
    params = {
      { "from", "date", doc = "inclusive, in the seller's time zone; default: 29 days before `to`" },
      { "to", "date", doc = "inclusive, in the seller's time zone; default: today" },
      { "group_by", "string", doc = "product, day, week, month or hour (short times only)" },
    },
    kind = "object", object = "sales_summary", repeatable = true,
    doc = "What was sold and refunded, in US cents. Its days are the seller's, those of `list` "
      .. "are UTC's." },
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

api.licenses = {
  { "verify", "POST", "/licenses/verify",
    params = copy_with(LICENSE, {
      { "increment_uses_count", "string", also = "boolean", default = "false",
        doc = "true: counts as a use; false, the default here, does not (at Gumroad itself, leaving "
          .. "it out counts)" },
      { "product_permalink", "string", doc = "in place of product_id, for products made before 2023" },
    }),
    returns = "purchase", or_returns = "imported_customer", kind = "object", object = "license",
    beside = USES, repeatable_with = { increment_uses_count = "false" }, look = "licenses.verify",
    doc = "The sale that a licence key was given with. Counts no use unless told to. "
      .. "Needs no token, so it may be called from a program that users have. Without product_id and "
      .. "product_permalink Gumroad is asked all the same, and refuses." },
  { "check", composed = true, kind = "object", object = "license_check",
    params = copy_with(LICENSE, {
      { "product_permalink", "string", doc = "in place of product_id, for products made before 2023" },
      { "count_use", "boolean", doc = "true: counts as a use" },
      { "last", "object", doc = "what an earlier check of the same key returned" },
      { "grace", "integer", doc = "seconds for which a good answer in `last` holds while Gumroad cannot be "
        .. "reached; default: 0" },
    }),
    doc = "Whether a licence key is good now, of refunds, disputes and ended memberships too; a key that "
      .. "is not is told apart from a Gumroad that cannot be reached. Counts no use unless told to. "
      .. "Needs no token. Raises where neither product_id nor product_permalink is given." },
  { "enable", "PUT", "/licenses/enable", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", or_returns = "imported_customer", kind = "object", object = "license",
    beside = USES, repeatable = true, doc = "Makes a disabled key good again." },
  { "disable", "PUT", "/licenses/disable", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", or_returns = "imported_customer", kind = "object", object = "license",
    beside = USES, repeatable = true, doc = "From now on `verify` does not find the key." },
  { "decrement_uses", "PUT", "/licenses/decrement_uses_count", scopes = EDIT_PRODUCTS,
    params = LICENSE,
    returns = "purchase", or_returns = "imported_customer", kind = "object", object = "license",
    beside = USES, look = "licenses.verify", doc = "Takes one use back; never below 0." },
  { "rotate", "PUT", "/licenses/rotate", scopes = EDIT_PRODUCTS, params = LICENSE,
    returns = "purchase", or_returns = "imported_customer", kind = "object", object = "license",
    beside = USES, since = "newer", look = "licenses.verify",
    doc = "A new key, in `license_key`; the old one is good for nothing at once." },
}

api.user = {
  { "get", "GET", "/user", scopes = READ,
    returns = "user", kind = "object", object = "user", repeatable = true,
    doc = "Whose token it is. Which fields come depends on the token's scopes." },
  { "update", "PUT", "/user", scopes = EDIT_PROFILE, since = "newer",
    params = { { "name", "string" }, { "bio", "string" } },
    returns = "user", kind = "object", object = "user", repeatable = true,
    doc = "Changes the profile; needs a confirmed email address." },
  { "theme", "GET", "/user/theme", scopes = READ, since = "newer",
    returns = "theme", kind = "object", object = "theme", repeatable = true,
    doc = "Colours and font of the profile." },
  { "profile_layout", "GET", "/user/profile_layout", scopes = ONLY_VIEW_PROFILE, since = "newer",
    returns = "profile_layout", kind = "object", object = "profile_layout", repeatable = true,
    doc = "How the profile is laid out; the scope account alone is refused." },
  { "get_custom_html", "GET", "/user/custom_html", scopes = READ, since = "newer",
    kind = "object", object = "landing_page", repeatable = true,
    doc = "The profile's page as the seller wrote it." },
  { "update_custom_html", "PUT", "/user/custom_html", scopes = EDIT_PROFILE, since = "newer",
    params = CUSTOM_HTML, kind = "object", object = "landing_page_change", repeatable = true,
    doc = "Replaces the profile's page." },
  { "edit_custom_html", "POST", "/user/custom_html/edit", scopes = EDIT_PROFILE, since = "newer",
    look = "user.get_custom_html", params = FIND_AND_REPLACE, kind = "object", object = "landing_page_change",
    doc = "Replaces one place in custom_html; `find` is refused unless it occurs exactly once." },
  { "preview_custom_html", "POST", "/user/preview_custom_html", scopes = EDIT_PROFILE,
    since = "newer", params = CUSTOM_HTML,
    kind = "object", object = "custom_html_preview", repeatable = true,
    doc = "What would become of custom_html; saves nothing." },
}

api.pages = {
  { "list", "GET", "/pages", scopes = READ, since = "newer",
    params = { { "metadata_only", "boolean", doc = "leave out what the pages hold; newest servers" } },
    returns = "pages", kind = "list", object = "page", repeatable = true,
    doc = "The profile's own pages." },
  { "get", "GET", "/pages/:slug", scopes = READ, since = "newer",
    params = { { "source_only", "boolean", doc = "leave out rendered_html; newest servers" } },
    returns = "page", kind = "object", object = "page", repeatable = true,
    beside = { { "rendered_html", "string?", doc = "what visitors get" } },
    doc = "One page." },
  { "create", "POST", "/pages", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "title", "string", required = true },
      { "slug", "string", doc = "default: made from the title" },
      { "content", "string", doc = "HTML; not together with custom_html" },
      { "custom_html", "string" },
    },
    returns = "page", kind = "object", object = "page", beside = { SANITIZATION },
    doc = "A new page; the scope account alone is refused." },
  { "update", "PUT", "/pages/:slug", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "title", "string" },
      { "content", "string", doc = "HTML; clears custom_html" },
      { "custom_html", "string", doc = "clears content" },
    },
    returns = "page", kind = "object", object = "page", repeatable = true, beside = { SANITIZATION },
    doc = "Changes the given fields; the scope account alone is refused." },
  { "delete", "DELETE", "/pages/:slug", scopes = ONLY_EDIT_PROFILE, since = "newer",
    kind = "message", repeatable = true,
    doc = "Removes the page; the scope account alone is refused." },
}

api.media = {
  { "list", "GET", "/media", scopes = ONLY_VIEW_PROFILE, since = "newer",
    returns = "media", kind = "list", object = "media", repeatable = true,
    doc = "The seller's images, newest first, at most 500; the scope account alone is refused." },
  { "create", "POST", "/media", scopes = ONLY_EDIT_PROFILE, since = "newer",
    params = {
      { "url", "string", doc = "public image; this or signed_blob_id" },
      { "signed_blob_id", "string", doc = "of direct_uploads.upload with purpose \"media\"" },
      { "name", "string" },
    },
    returns = "media", kind = "object", object = "media",
    doc = "Adds an image of at most 10 MB, no SVG." },
  { "delete", "DELETE", "/media/:media_id", scopes = ONLY_EDIT_PROFILE, since = "newer",
    kind = "message", repeatable = true, doc = "Removes an image." },
}

api.files = {
  { "upload", composed = true, args = { "path" }, scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "filename", "string", doc = "as buyers see it; default: the file's own" },
      { "parallel", "integer", doc = "parts that are sent at a time, default 3" },
      { "progress", "function", doc = "called as it goes with { sent, total, part, parts }: bytes, the number "
        .. "of the part that moved, and of how many" },
      { "resume", "object", doc = "`upload` of the error that an earlier call ended with: what was sent is kept; "
        .. "where it is too late for that (15 minutes), all is sent anew" },
    },
    kind = "object", object = "completed_upload",
    doc = "Uploads a product's file of at most 20 GB from disk; `file_url` then goes into `files` of a product. "
      .. "A part that fails is sent again, as often as `retries` says. An error has in `upload` how far it came, "
      .. "for `resume` or for `abort`; its URLs let anyone send parts, so keep it to yourself. Where nothing can "
      .. "come of it any more, because the file changed or 15 minutes are over, it is aborted. The option `timeout` "
      .. "is how many seconds a part may not move." },
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
  { "upload", composed = true, args = { "path" },
    scopes = { "edit_products", "edit_profile", "account" }, since = "newer",
    params = {
      { "purpose", "string", doc = "\"media\": for media.create; needs edit_profile" },
      { "content_type", "string", doc = "default: by the name's extension" },
      { "filename", "string", doc = "default: the file's own" },
    },
    kind = "object", object = "uploaded_blob",
    doc = "Uploads a cover, thumbnail or medium from disk; pass `signed_id` on as signed_blob_id. "
      .. "Needs luaossl, for the checksum." },
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

api.categories = {
  { "list", "GET", "/categories", scopes = READ, since = "newer",
    returns = "categories", kind = "list", object = "category", repeatable = true,
    doc = "What products can be filed under; `path` is the category of products.create." },
}

api.help_articles = {
  { "list", "GET", "/help/articles", scopes = READ, since = "newer",
    params = { { "query", "string" } },
    returns = "help_articles", kind = "list", object = "help_article", repeatable = true,
    beside = { { "count", "integer" } }, doc = "Gumroad's help." },
  { "get", "GET", "/help/articles/:slug", scopes = READ, since = "newer",
    returns = "help_article", kind = "object", object = "help_article", repeatable = true,
    doc = "One article with its text." },
}

api.refund_policy = {
  { "get", "GET", "/refund_policy", scopes = READ, since = "newer",
    returns = "refund_policy", kind = "object", object = "refund_policy", repeatable = true,
    doc = "The account's refund policy." },
  { "update", "PUT", "/refund_policy", scopes = EDIT_PRODUCTS, since = "newer",
    params = {
      { "refund_period", "string", required = true, doc = "7, 14, 30 or 183 (days)" },
      { "fine_print", "string", doc = "\"\" clears; at most 3,000 characters" },
    },
    returns = "refund_policy", kind = "object", object = "refund_policy", repeatable = true,
    doc = "Changes it; refused while `in_effect` is false." },
}

api.upsells = {
  { "list", "GET", "/upsells", scopes = READ, since = "newer",
    returns = "upsells", kind = "list", object = "upsell", repeatable = true,
    doc = "What is offered at checkout besides." },
  { "get", "GET", "/upsells/:upsell_id", scopes = READ, since = "newer",
    returns = "upsell", kind = "object", object = "upsell", repeatable = true, doc = "One upsell." },
  { "create", "POST", "/upsells", scopes = EDIT_PRODUCTS, since = "newer", json = true,
    params = copy_with({
      { "name", "string", required = true },
      { "product_id", "string", required = true, doc = "the offered product" },
    }, UPSELL_FIELDS),
    returns = "upsell", kind = "object", object = "upsell", doc = "A new upsell." },
  { "update", "PUT", "/upsells/:upsell_id", scopes = EDIT_PRODUCTS, since = "newer", json = true,
    params = copy_with({
      { "name", "string" },
      { "product_id", "string", doc = "the offered product" },
    }, UPSELL_FIELDS),
    returns = "upsell", kind = "object", object = "upsell", repeatable = true,
    doc = "Changes an upsell. Send all that it shall have: what is left out may be reset." },
  { "delete", "DELETE", "/upsells/:upsell_id", scopes = EDIT_PRODUCTS, since = "newer",
    kind = "message", repeatable = true, doc = "Removes the upsell." },
}

api.utm_links = {
  { "list", "GET", "/utm_links", scopes = READ, since = "newer",
    returns = "utm_links", kind = "list", object = "utm_link", repeatable = true,
    doc = "Links that count who came by them." },
  { "get", "GET", "/utm_links/:utm_link_id", scopes = READ, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true, doc = "One link." },
  { "create", "POST", "/utm_links", scopes = EDIT_PRODUCTS, since = "newer",
    params = copy_with({
      { "title", "string", required = true },
      { "target_resource_type", "string", required = true, doc = UTM_TARGET },
      { "target_resource_id", "string", doc = UTM_TARGET_ID },
      { "utm_source", "string", required = true, doc = "each at most 200 characters" },
      { "utm_medium", "string", required = true },
      { "utm_campaign", "string", required = true },
    }, UTM),
    returns = "utm_link", kind = "object", object = "utm_link",
    doc = "A new link; the five utm values together must be new." },
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
    doc = "Changes the given fields." },
  { "delete", "DELETE", "/utm_links/:utm_link_id", scopes = EDIT_PRODUCTS, since = "newer",
    kind = "message", repeatable = true, doc = "Removes the link." },
  { "enable", "PUT", "/utm_links/:utm_link_id/enable", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true,
    doc = "Lets the link lead on again." },
  { "disable", "PUT", "/utm_links/:utm_link_id/disable", scopes = EDIT_PRODUCTS, since = "newer",
    returns = "utm_link", kind = "object", object = "utm_link", repeatable = true,
    doc = "Takes the link out of service." },
}

api.emails = {
  { "list", "GET", "/emails", scopes = EDIT_EMAILS, since = "newer",
    params = { { "type", "string", doc = "published, scheduled or draft" }, PAGE_KEY },
    returns = "emails", kind = "list", object = "email", page_size = 10, repeatable = true,
    doc = "Posts to the audience, newest first." },
  { "get", "GET", "/emails/:email_id", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email", repeatable = true, doc = "One post." },
  { "create", "POST", "/emails", scopes = EDIT_EMAILS, since = "newer",
    params = {
      { "subject", "string", required = true },
      { "body", "string", required = true, doc = "HTML" },
      { "audience", "string", doc = "all (default), customers, followers or product" },
      { "product_id", "string", doc = "with the audience product" },
      { "publish", "boolean", doc = "true sends at once" },
      { "draft", "boolean", doc = "false sends at once" },
    },
    returns = "email", kind = "object", object = "email",
    doc = "A new post: a draft unless it is sent at once." },
  { "delete", "DELETE", "/emails/:email_id", scopes = EDIT_EMAILS, since = "newer",
    kind = "message", repeatable = true, doc = "Deletes a post." },
  { "preview", "POST", "/emails/:email_id/preview", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email",
    beside = { { "preview_url", "string", doc = "where the seller sees it" } },
    doc = "Mails the post to the seller alone." },
  { "send", "POST", "/emails/:email_id/send", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email", doc = "Sends the post to its audience." },
  { "schedule", "POST", "/emails/:email_id/schedule", scopes = EDIT_EMAILS, since = "newer",
    params = { { "to_be_published_at", "string", required = true, doc = "date and time" } },
    returns = "email", kind = "object", object = "email", doc = "Sends the post later." },
  { "unschedule", "POST", "/emails/:email_id/unschedule", scopes = EDIT_EMAILS, since = "newer",
    returns = "email", kind = "object", object = "email", doc = "Makes it a draft again." },
}

api.workflows = {
  { "list", "GET", "/workflows", scopes = EDIT_EMAILS, since = "newer",
    returns = "workflows", kind = "list", object = "workflow", repeatable = true,
    doc = "Series of emails that an event starts; always all of them, without their emails." },
  { "get", "GET", "/workflows/:workflow_id", scopes = EDIT_EMAILS, since = "newer",
    returns = "workflow", kind = "object", object = "workflow", repeatable = true,
    doc = "One workflow, with its emails." },
}

api.workflow_emails = {
  { "create", "POST", "/workflows/:workflow_id/emails", scopes = EDIT_EMAILS, since = "newer",
    params = {
      { "subject", "string", required = true },
      { "body", "string", required = true, doc = "HTML" },
      { "delay_amount", "integer", required = true, doc = "not negative" },
      { "delay_unit", "string", required = true, doc = DELAY_UNIT },
    },
    returns = "email", kind = "object", object = "workflow_email", look = "workflows.get",
    doc = "One more email of a workflow, so long after the event." },
  { "update", "PUT", "/workflows/:workflow_id/emails/:workflow_email_id", scopes = EDIT_EMAILS,
    since = "newer",
    params = {
      { "subject", "string" },
      { "body", "string", doc = "HTML" },
      { "delay_amount", "integer", doc = "not negative; together with delay_unit" },
      { "delay_unit", "string", doc = DELAY_UNIT },
    },
    returns = "email", kind = "object", object = "workflow_email", repeatable = true,
    doc = "Changes what is given, which must be something." },
}

api.payouts = {
  { "list", "GET", "/payouts", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "after", "date", doc = "inclusive" },
      { "before", "date", doc = "exclusive" },
      { "include_upcoming", "string", also = "boolean", doc = "false leaves upcoming payouts out" },
      PAGE_KEY,
    },
    returns = "payouts", kind = "list", object = "payout", page_size = 10, repeatable = true,
    doc = "Payouts, newest first, those to come (without an id) before the others." },
  { "upcoming", "GET", "/payouts/upcoming", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "include_sales", "string", also = "boolean", doc = "false leaves the ids of sales out" },
      { "include_transactions", "string", also = "boolean", doc = "true adds transactions" },
    },
    returns = "payouts", kind = "list", object = "payout", repeatable = true,
    doc = "The payouts to come: none, one or two." },
  { "get", "GET", "/payouts/:payout_id", scopes = VIEW_PAYOUTS, since = "newer",
    params = {
      { "include_sales", "string", also = "boolean", doc = "false leaves the ids of sales out" },
      { "include_transactions", "string", also = "boolean", doc = "true adds transactions" },
    },
    returns = "payout", kind = "object", object = "payout", repeatable = true,
    doc = "One payout. The ids of its sales need view_sales too." },
}

api.tax_forms = {
  { "list", "GET", "/tax_forms", scopes = VIEW_TAX_DATA, since = "newer",
    params = { { "year", "integer" } },
    returns = "tax_forms", kind = "list", object = "tax_form", repeatable = true,
    doc = "Tax forms that were filed; refused where the account has no tax center." },
  { "download", "GET", "/tax_forms/:year/:tax_form_type/download", scopes = VIEW_TAX_DATA,
    since = "newer", kind = "file", repeatable = true,
    doc = "A tax form as PDF; the year as text. us_1099_k or us_1099_misc." },
}

api.earnings = {
  { "get", "GET", "/earnings", scopes = VIEW_TAX_DATA, since = "newer",
    params = { { "year", "integer", required = true } },
    kind = "object", object = "earnings", repeatable = true,
    doc = "What a year came to, in cents." },
}

api.resource_subscriptions = {
  { "list", "GET", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = events.words },
      { "current_oauth_application_only", "boolean",
        doc = "only those that this token may delete; newest servers" },
    },
    returns = "resource_subscriptions", kind = "list", object = "resource_subscription",
    repeatable = true,
    doc = "The webhooks for one sort of event, those of other applications included." },
  { "create", "PUT", "/resource_subscriptions", scopes = VIEW_SALES,
    params = {
      { "resource_name", "string", required = true, doc = events.words },
      { "post_url", "string", required = true, doc = POST_URL },
    },
    returns = "resource_subscription", kind = "object", object = "resource_subscription",
    doc = "A new webhook. A PUT, and yet each repetition adds one more." },
  { "delete", "DELETE", "/resource_subscriptions/:resource_subscription_id", scopes = VIEW_SALES,
    kind = "message", repeatable = true,
    doc = "Ends a webhook; needs a token of the application that made it." },
}

-- Parameters by their names, and those of them that are required or have a default.
local function index(params)
  local named, needed = {}, {}
  for _, param in ipairs(params) do
    named[param[1]] = param
    if param.required or param.default ~= nil then needed[#needed + 1] = param end
    if param.fields then param.field, param.needed = index(param.fields) end
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
  local limit = row.path and limits.words(row.method, "/v2" .. row.path)
  return limit and row.doc .. " " .. limit or row.doc
end

-- What the rows leave to be said once: names instead of places, and what follows from the
-- path and the method.
local function complete(resource, row)
  row.resource, row.name, row.method, row.path = resource, row[1], row[2], row[3]
  row.path_params, row.params = row.args or {}, row.params or {}
  for name in (row.path or ""):gmatch(":([%w_]+)") do
    row.path_params[#row.path_params + 1] = name
  end
  row.param, row.needed = index(row.params)
  row.query = row.method == "GET" or row.method == "DELETE"
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
