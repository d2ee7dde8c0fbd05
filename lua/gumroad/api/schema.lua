--- Every object in Gumroad's responses and pings: a list of { FIELD, TYPE, doc = TEXT }.
--
-- TYPE is string, integer, number, boolean, table, list, `TYPE[]`, `map<TYPE>`, the name of another object,
-- or several of these separated by `|`. A `?` at the end means that the field may be absent or null (here,
-- both are nil). An `open` object also has fields that are named by buyers.
-- Money is an integer in the smallest unit of its currency, such as cents or whole yen. `money` is the
-- currency, or the name of the field that contains it.
-- Times are strings in ISO 8601 and UTC unless noted otherwise.

local delivery = require "gumroad.api.delivery"

local schema = {}

-- The fields of another object with changes: { FIELD, TYPE, ... } replaces or adds a field, { FIELD } removes it.
local function like(object, changes)
  local out, changed = {}, {}
  for _, field in ipairs(changes) do changed[field[1]] = field end
  for _, field in ipairs(object) do
    if not changed[field[1]] then out[#out + 1] = field end
  end
  for _, field in ipairs(changes) do
    if field[2] then out[#out + 1] = field end
  end
  return out
end

schema.product = {
  { "id", "string" },
  { "name", "string" },
  { "description", "string?", doc = "HTML" },
  { "price", "integer", money = "currency", doc = "base price, in the smallest unit of `currency`" },
  { "currency", "string", doc = "in lower case, such as usd" },
  { "formatted_price", "string", doc = "for display: $19, $0+, $9 a month" },
  { "customizable_price", "boolean?", doc = "whether buyers pay what they want; nil means no" },
  { "published", "boolean" },
  { "deleted", "boolean" },
  { "short_url", "string", doc = "URL of the product's page" },
  { "custom_permalink", "string?" },
  { "preview_url", "string?" },
  { "thumbnail_url", "string?" },
  { "tags", "string[]" },
  { "file_info", "map<string>", doc = "empty unless the product has exactly one file" },
  { "max_purchase_count", "integer?", doc = "how many may be sold" },
  { "require_shipping", "boolean", doc = "whether buyers must enter an address" },
  { "custom_receipt", "string?" },
  { "custom_summary", "string?" },
  { "custom_fields", "custom_field[]", doc = "questions at checkout, including those for all products" },
  { "subscription_duration", "string?", doc = "monthly, quarterly, biannually, yearly or every_two_years" },
  { "is_tiered_membership", "boolean" },
  { "recurrences", "string[]?", doc = "tiered memberships: values as in subscription_duration" },
  { "variants", "product_variants[]" },
  { "purchasing_power_parity_prices", "map<integer>?", doc = "by country code" },
  { "is_preorder", "boolean?" },
  { "is_in_preorder_state", "boolean?" },
  { "release_at", "string?", doc = "such as 2026-12-01 00:00:00 UTC" },
  { "custom_html", "string?" },
  { "taxonomy_id", "integer?" },
  { "category", "string?" },
  { "category_label", "string?" },
  { "covers", "cover[]" },
  { "main_cover_id", "string?" },
  { "bundle_products", "bundle_product[]" },
  { "refund_policy", "product_refund_policy?", doc = "not in lists" },
  { "rich_content", "table[]?", doc = "not in lists" },
  { "has_same_rich_content_for_all_variants", "boolean?", doc = "not in lists" },
  { "files", "file[]?", doc = "not in lists" },
  { "sales_count", "integer?", doc = "needs view_sales" },
  { "sales_usd_cents", "integer?", money = "usd", doc = "needs view_sales" },
}

schema.product_variants = {
  { "title", "string", doc = "title of the category" },
  { "options", "table[]", doc = "name, price_difference, is_pay_what_you_want and recurrence_prices, without ids" },
}

schema.bundle_product = {
  { "product_id", "string" },
  { "variant_id", "string?" },
  { "quantity", "integer" },
  { "position", "integer?" },
}

schema.product_refund_policy = {
  { "refund_period", "string", doc = "inherit, none, 7, 14, 30 or 183 (days)" },
  { "title", "string?" },
  { "fine_print", "string?" },
  { "inherited", "boolean", doc = "whether the account's policy applies" },
}

schema.comps = {
  { "count", "integer" },
  { "currency", "string" },
  { "price_cents", "percentiles" },
  { "examples", "comparable_product[]" },
}

schema.percentiles = {
  { "p25", "integer?", doc = "a quarter of the products cost less; in the smallest unit of the currency" },
  { "p50", "integer?" },
  { "p75", "integer?" },
}

schema.comparable_product = {
  { "name", "string" },
  { "price", "string", doc = "for display" },
  { "url", "string" },
}

schema.custom_html_preview = {
  { "custom_html", "string?", doc = "the HTML as it would be saved" },
  { "sanitization_report", "sanitization_report" },
  { "warning", "string?" },
}

--- The HTML page that a seller wrote for a product or the profile.
schema.landing_page = {
  { "custom_html", "string?" },
  { "rendered_html", "string?", doc = "profiles only" },
  { "has_landing_page", "boolean" },
  { "landing_url", "string?", doc = "products only" },
  { "profile_url", "string?", doc = "profiles only" },
}

schema.landing_page_change = {
  { "custom_html", "string?" },
  { "previous_custom_html", "string?" },
  { "sanitization_report", "sanitization_report" },
  { "landing_url", "string?", doc = "products only" },
  { "profile_url", "string?", doc = "profiles only" },
  { "warning", "string?" },
}

schema.thumbnail = {
  { "url", "string" },
  { "guid", "string" },
}

schema.review = {
  { "id", "string" },
  { "rating", "integer", doc = "1 to 5" },
  { "message", "string?" },
  { "created_at", "string" },
  { "purchase_id", "string?" },
  { "rater_name", "string", doc = "Anonymous if unknown" },
  { "response", "review_response?", doc = "the seller's response" },
}

schema.review_response = {
  { "message", "string" },
  { "created_at", "string" },
}

schema.sku = {
  { "id", "string" },
  { "name", "string" },
  { "description", "string?" },
  { "price_difference_cents", "integer?" },
  { "max_purchase_count", "integer?", doc = "how many may be sold" },
  { "custom_sku", "string?" },
}

schema.cover = {
  { "id", "string" },
  { "url", "string" },
  { "original_url", "string" },
  { "thumbnail", "string?" },
  { "type", "string", doc = "image, video, oembed or unsplash" },
  { "filetype", "string?" },
  { "width", "integer?" },
  { "height", "integer?" },
  { "native_width", "integer?" },
  { "native_height", "integer?" },
}

schema.file = {
  { "id", "string" },
  { "name", "string?" },
  { "size", "integer?", doc = "in bytes" },
  { "url", "string", doc = "signed URL, which works for a short time" },
  { "filetype", "string" },
  { "filegroup", "string" },
}

schema.custom_field = {
  { "id", "string" },
  { "type", "string", doc = "text, checkbox, terms, long_text or file" },
  { "name", "string" },
  { "required", "boolean" },
  { "global", "boolean?", doc = "whether it applies to all products" },
  { "collect_per_product", "boolean" },
  { "products", "string[]?", doc = "ids of the products" },
}

schema.variant_category = {
  { "id", "string" },
  { "title", "string" },
}

schema.variant = {
  { "id", "string" },
  { "name", "string" },
  { "description", "string?" },
  { "price_difference_cents", "integer?", doc = "nil for a tier, which has its own prices" },
  { "max_purchase_count", "integer?", doc = "how many may be sold" },
  { "is_customizable_price", "boolean?", doc = "tiers only" },
  { "recurrence_price_values", "map<recurrence_price>?", doc = "tiers only: a price for each of the five recurrences" },
  { "rich_content", "table[]?", doc = "not in lists" },
}

schema.recurrence_price = {
  { "enabled", "boolean" },
  { "price_cents", "integer?" },
  { "suggested_price_cents", "integer?" },
  { "price", "string?", doc = "for display, without a currency symbol" },
  { "suggested_price", "string?" },
}

schema.offer_code = {
  { "id", "string" },
  { "name", "string", doc = "the code" },
  { "universal", "boolean", doc = "whether it is valid for all products" },
  { "max_purchase_count", "integer?", doc = "how often the code may be used" },
  { "minimum_amount_cents", "integer?" },
  { "times_used", "integer" },
  { "percent_off", "integer?", doc = "an offer code has this or amount_cents" },
  { "amount_cents", "integer?" },
}

schema.sale = {
  { "id", "string" },
  { "email", "string", doc = "email address of the buyer's account, or as typed at checkout if there is no account" },
  { "purchase_email", "string", doc = "as typed at checkout" },
  { "seller_id", "string" },
  { "timestamp", "string", doc = "for display: about 2 months ago" },
  { "daystamp", "string", doc = "for display, in the seller's time zone" },
  { "created_at", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "product_permalink", "string", doc = "the product's unique permalink" },
  { "product_has_variants", "boolean" },
  { "price", "integer", money = "usd", doc = "in US cents, whatever the product's currency" },
  { "gumroad_fee", "integer", money = "usd", doc = "in US cents" },
  { "formatted_display_price", "string", doc = "in the currency of the product" },
  { "formatted_total_price", "string", doc = "in the currency of the product" },
  { "currency_symbol", "string" },
  { "currency", "string?", doc = "the currency of the product, in which refunds are counted" },
  { "amount_refundable_in_currency", "string", doc = "what can still be refunded, for example 1,000.50" },
  { "subscription_duration", "string?" },
  { "is_bundle_purchase", "boolean" },
  { "is_bundle_product_purchase", "boolean" },
  { "refunded", "boolean?", doc = "nil if never refunded" },
  { "partially_refunded", "boolean?" },
  { "chargedback", "boolean", doc = "disputed, and the dispute was not won" },
  { "disputed", "boolean" },
  { "dispute_won", "boolean" },
  { "giftee_email", "string?" },
  { "gifter_email", "string?" },
  { "full_name", "string?" },
  { "street_address", "string?" },
  { "city", "string?" },
  { "state", "string?" },
  { "zip_code", "string?" },
  { "country", "string?" },
  { "country_iso2", "string?" },
  { "paid", "boolean", doc = "whether the price is not 0" },
  { "has_variants", "boolean" },
  { "variants", "map<string>?", doc = "names of variants by title of the category" },
  { "variants_and_quantity", "string", doc = "for display: (A4, Qty: 2)" },
  { "has_custom_fields", "boolean" },
  { "custom_fields", "table", doc = "strings and booleans by name of the field" },
  { "order_id", "integer", doc = "order number, which belongs to this sale alone" },
  { "is_product_physical", "boolean" },
  { "purchaser_id", "string?", doc = "digits" },
  { "is_recurring_billing", "boolean" },
  { "can_contact", "boolean" },
  { "is_following", "boolean" },
  { "is_additional_contribution", "boolean" },
  { "is_upgrade_purchase", "boolean" },
  { "is_more_like_this_recommended", "boolean" },
  { "discover_fee_charged", "boolean" },
  { "is_gift_sender_purchase", "boolean" },
  { "is_gift_receiver_purchase", "boolean" },
  { "paypal_refund_expired", "boolean" },
  { "referrer", "string?", doc = "a URL or \"direct\"" },
  { "ppp", "table?", doc = "purchasing power parity: country, discount" },
  { "upsell", "table?", doc = "name, discount, selected_product, selected_version" },
  { "invoice_url", "string?" },
  { "transaction_url_for_seller", "string?" },
  { "tip_cents", "integer?" },
  { "tax_cents", "integer?" },
  { "shipping_cents", "integer?" },
  { "variants_price_cents", "integer?" },
  { "tax_label", "string?" },
  { "tax_included_in_price", "boolean?" },
  { "payment_processor", "string?" },
  { "processor_transaction_id", "string?" },
  { "processor_fee_cents", "integer?" },
  { "processor_fee_currency", "string?" },
  { "access_revoked", "boolean?" },
  { "sent_abandoned_cart_email", "boolean?" },
  { "preorder_authorization_time", "string?" },
  { "cancellation_date", "string?" },
  { "subscription_end_date", "string?" },
  { "review", "string?" },
  { "utm_source", "string?" },
  { "utm_medium", "string?" },
  { "utm_campaign", "string?" },
  { "utm_term", "string?" },
  { "utm_content", "string?" },
  { "buyer_presentment", "table?", doc = "the charge, if the buyer paid in another currency" },
  { "card", "card" },
  { "product_rating", "integer?" },
  { "reviews_count", "integer?" },
  { "average_rating", "number?" },
  { "subscription_id", "string?", doc = "subscriptions only, like the next six fields" },
  { "cancelled", "boolean?" },
  { "dead", "boolean?" },
  { "ended", "boolean?" },
  { "free_trial_ended", "boolean?" },
  { "free_trial_ends_on", "string?", doc = "such as Mar 12, 2026" },
  { "recurring_charge", "boolean?", doc = "false for the first charge of a subscription" },
  { "preorder_cancelled", "boolean?" },
  { "is_preorder_authorization", "boolean?" },
  { "is_in_preorder_state", "boolean?" },
  { "shipped", "boolean?" },
  { "tracking_url", "string?" },
  { "offer_code", "table?", doc = "code, displayed_amount_off, name" },
  { "affiliate", "table?", doc = "email, amount" },
  { "discover_fee_percentage", "integer?" },
  { "license_key", "string?" },
  { "license_id", "string?" },
  { "license_disabled", "boolean?" },
  { "license_uses", "integer?" },
  { "is_multiseat_license", "boolean?" },
  { "sku_id", "string?" },
  { "sku_external_id", "string?" },
  { "formatted_shipping_amount", "string?" },
  { "quantity", "integer" },
}

schema.subscriber = {
  { "id", "string", doc = "id of the subscription" },
  { "email", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "user_id", "string?", doc = "digits; nil for guests" },
  { "user_email", "string?", doc = "nil for guests" },
  { "purchase_ids", "string[]", doc = "sales of the successful charges" },
  { "created_at", "string" },
  { "user_requested_cancellation_at", "string?" },
  { "cancelled_at", "string?", doc = "end of the paid period, which may be in the future" },
  { "ended_at", "string?" },
  { "failed_at", "string?" },
  { "free_trial_ends_at", "string?" },
  { "charge_occurrence_count", "integer?", doc = "number of charges, or nil for a subscription without an end" },
  { "recurrence", "string", doc = "monthly, quarterly, biannually, yearly or every_two_years" },
  { "status", "string", doc = "alive, pending_cancellation, pending_failure, failed_payment, "
    .. "fixed_subscription_period_ended or cancelled" },
  { "license_key", "string?" },
}

schema.sales_export = {
  { "status", "string", doc = "always queued" },
  { "recipient_email", "string" },
}

schema.sales_figures = {
  { "gross_cents", "integer", money = "usd", doc = "in US cents" },
  { "net_cents", "integer", money = "usd", doc = "gross_cents less refunds" },
  { "units", "integer" },
  { "refunded_cents", "integer", money = "usd" },
  { "refunded_units", "integer" },
}

schema.sales_summary = like(schema.sales_figures, {
  { "currency", "string", doc = "always usd" },
  { "from", "string", doc = "such as 2026-09-04" },
  { "to", "string" },
  { "breakdown", "sales_group[]?", doc = "only with group_by; products by gross_cents, highest first, other "
    .. "groups by `key`" },
})

schema.sales_group = like(schema.sales_figures, {
  { "key", "string", doc = "id of the product, or a time such as 2026-09-14, 2026-09 or 2026-09-14T13:00" },
  { "label", "string" },
})

schema.email = {
  { "id", "string" },
  { "subject", "string?" },
  { "message", "string?", doc = "HTML" },
  { "audience_type", "string", doc = "audience, seller (customers), follower or product" },
  { "product_id", "string?" },
  { "state", "string", doc = "draft, scheduled or published" },
  { "published_at", "string?" },
  { "scheduled_at", "string?" },
  { "send_emails", "boolean" },
  { "shown_on_profile", "boolean" },
  { "audience_count", "integer?", doc = "number of people whom it would reach now" },
  { "recipients_count", "integer?", doc = "number of people whom it reached" },
  { "url", "string?" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.workflow = {
  { "id", "string" },
  { "name", "string" },
  { "audience_type", "string",
    doc = "audience, seller, follower, product, variant, affiliate or abandoned_cart" },
  { "trigger", "string?", doc = "such as member_cancellation" },
  { "product_id", "string?" },
  { "variant_id", "string?" },
  { "state", "string", doc = "draft or published" },
  { "published_at", "string?" },
  { "first_published_at", "string?" },
  { "send_to_past_customers", "boolean" },
  { "emails_count", "integer" },
  { "filters", "workflow_filters", doc = "the filters that are set" },
  { "created_at", "string" },
  { "updated_at", "string" },
  { "emails", "workflow_email[]?", doc = "not in lists" },
}

schema.workflow_filters = {
  { "bought_products", "string[]?" },
  { "not_bought_products", "string[]?" },
  { "bought_variants", "string[]?" },
  { "not_bought_variants", "string[]?" },
  { "paid_more_than", "integer?" },
  { "paid_less_than", "integer?" },
  { "created_after", "string?" },
  { "created_before", "string?" },
  { "bought_from", "string?" },
  { "active_customers_only", "boolean?" },
  { "minimum_license_uses", "integer?" },
  { "affiliate_products", "string[]?" },
}

schema.workflow_email = {
  { "id", "string" },
  { "subject", "string?" },
  { "message", "string?", doc = "HTML" },
  { "audience_type", "string" },
  { "product_id", "string?" },
  { "state", "string" },
  { "published_at", "string?" },
  { "send_emails", "boolean" },
  { "delay", "delay", doc = "how long after the event" },
  { "sent_count", "integer?", doc = "nil in the response to a change, like the next four fields" },
  { "open_count", "integer?" },
  { "open_rate", "number?", doc = "in percent" },
  { "click_count", "integer?" },
  { "click_rate", "number?", doc = "in percent" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.delay = {
  { "amount", "integer" },
  { "unit", "string", doc = "hour, day, week or month" },
}

schema.payout = {
  { "id", "string?", doc = "nil for an upcoming payout" },
  { "amount", "string", doc = "in main units with two decimals, such as 150.00" },
  { "currency", "string", doc = "in lower or upper case: usd or USD" },
  { "status", "string", doc = "payable (upcoming), creating, processing, unclaimed, completed, failed, "
    .. "cancelled, reversed or returned" },
  { "created_at", "string?" },
  { "processed_at", "string?" },
  { "payment_processor", "string?", doc = "stripe or paypal, in lower or upper case" },
  { "bank_account_visual", "string?", doc = "such as ******1234" },
  { "paypal_email", "string?" },
  { "sales", "string[]?", doc = "ids; not in lists, like the next three fields" },
  { "refunded_sales", "string[]?" },
  { "disputed_sales", "string[]?" },
  { "transactions", "payout_transaction[]?", doc = "only with include_transactions" },
}

--- Amounts are numbers in main units, or "" if there is no amount.
schema.payout_transaction = {
  { "type", "string", doc = "Sale, Chargeback, Full Refund, Partial Refund, Payout Fee, ..." },
  { "date", "string", doc = "such as 2026-09-14" },
  { "purchase_id", "string" },
  { "item_name", "string" },
  { "buyer_name", "string" },
  { "buyer_email", "string" },
  { "taxes", "number|string" },
  { "shipping", "number|string" },
  { "sale_price", "number|string" },
  { "gumroad_fees", "number|string" },
  { "net_total", "number|string" },
}

schema.tax_form = {
  { "tax_year", "integer" },
  { "tax_form_type", "string", doc = "us_1099_k or us_1099_misc" },
  { "filed_at", "string?" },
}

schema.earnings = {
  { "year", "integer" },
  { "currency", "string" },
  { "gross_cents", "integer", money = "currency" },
  { "fees_cents", "integer", money = "currency" },
  { "taxes_cents", "integer", money = "currency" },
  { "affiliate_credit_cents", "integer", money = "currency" },
  { "net_cents", "integer", money = "currency" },
}

schema.user = {
  { "id", "string", doc = "digits; not the same as seller_id" },
  { "user_id", "string", doc = "the seller_id in sales and pings" },
  { "name", "string?" },
  { "bio", "string?" },
  { "twitter_handle", "string?" },
  { "url", "string", doc = "URL of the profile" },
  { "links", "string[]?", doc = "permalinks of the products" },
  { "currency_type", "string?", doc = "needs view_profile, view_sales or edit_products" },
  { "email", "string?", doc = "needs view_profile, view_sales or edit_products" },
  { "profile_url", "string?", doc = "URL of the profile PICTURE, despite its name; needs view_profile, view_sales or "
    .. "edit_products" },
  { "profile_picture_url", "string?" },
  { "display_name", "string?", doc = "needs view_profile" },
}

schema.resource_subscription = {
  { "id", "string" },
  { "resource_name", "string" },
  { "post_url", "string" },
}

schema.theme = {
  { "background_color", "string" },
  { "highlight_color", "string" },
  { "font", "string" },
  { "applies_to", "string[]" },
  { "editable_by_seller", "boolean" },
  { "how_to_change", "string" },
}

--- The fields are unknown.
schema.profile_layout = {}

schema.page = {
  { "slug", "string", doc = "last part of the page's URL" },
  { "title", "string" },
  { "content", "string?", doc = "HTML; a page has this or custom_html" },
  { "custom_html", "string?" },
  { "url", "string?" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.media = {
  { "id", "string" },
  { "name", "string" },
  { "extension", "string", doc = "in upper case" },
  { "file_size", "integer?", doc = "in bytes" },
  { "url", "string?" },
  { "status", "table", doc = "type, which is saved" },
  { "file_group", "string?" },
  { "created_at", "string" },
}

schema.category = {
  { "id", "integer" },
  { "name", "string" },
  { "label", "string" },
  { "path", "string" },
  { "parent_id", "integer?" },
}

schema.help_article = {
  { "slug", "string" },
  { "title", "string" },
  { "description", "string?" },
  { "url", "string?" },
  { "content", "string?", doc = "plain text; not in lists" },
}

schema.refund_policy = {
  { "refund_period", "string", doc = "none, 7, 14, 30 or 183 (days)" },
  { "title", "string" },
  { "fine_print", "string?" },
  { "in_effect", "boolean" },
}

schema.upsell = {
  { "id", "string" },
  { "name", "string" },
  { "cross_sell", "boolean", doc = "true offers another product, false offers another version" },
  { "replace_selected_products", "boolean" },
  { "universal", "boolean", doc = "whether it is shown to the buyers of any product" },
  { "text", "string?" },
  { "description", "string?" },
  { "paused", "boolean?" },
  { "product", "upsell_product" },
  { "discount", "upsell_discount?" },
  { "selected_products", "named[]" },
  { "upsell_variants", "upsell_variant[]" },
}

schema.upsell_product = {
  { "id", "string" },
  { "name", "string" },
  { "currency_type", "string" },
  { "variant", "named?" },
}

schema.upsell_discount = {
  { "type", "string", doc = "fixed or percent" },
  { "cents", "integer?", doc = "if the type is fixed" },
  { "percents", "integer?", doc = "if the type is percent" },
  { "product_ids", "string[]?" },
  { "expires_at", "string?" },
  { "minimum_quantity", "integer?" },
  { "duration_in_billing_cycles", "integer?" },
  { "minimum_amount_cents", "integer?" },
}

schema.upsell_variant = {
  { "id", "string" },
  { "selected_variant", "named" },
  { "offered_variant", "named" },
}

--- The id and the name of a product or variant.
schema.named = {
  { "id", "string" },
  { "name", "string" },
}

schema.utm_link = {
  { "id", "string" },
  { "title", "string" },
  { "short_url", "string" },
  { "utm_url", "string?" },
  { "target_resource_type", "string" },
  { "target_resource_id", "string?" },
  { "utm_source", "string" },
  { "utm_medium", "string" },
  { "utm_campaign", "string" },
  { "utm_term", "string?" },
  { "utm_content", "string?" },
  { "enabled", "boolean" },
  { "total_clicks", "integer" },
  { "unique_clicks", "integer" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.sanitization_report = {
  { "removed_tags", "string[]" },
  { "removed_attributes", "string[]" },
  { "total_removed", "integer" },
  { "truncated", "boolean" },
}

schema.presigned_upload = {
  { "upload_id", "string" },
  { "key", "string" },
  { "file_url", "string", doc = "where the file will be stored" },
  { "parts", "upload_part[]" },
}

schema.upload_part = {
  { "part_number", "integer", doc = "counted from 1" },
  { "presigned_url", "string", doc = "PUT the part here; works for 15 minutes" },
}

schema.completed_upload = {
  { "file_url", "string", doc = "URL to put into `files` of a product" },
}

schema.aborted_upload = {
  { "status", "string", doc = "accepted or already_gone" },
}

schema.uploaded_blob = {
  { "id", "integer" },
  { "key", "string" },
  { "filename", "string" },
  { "content_type", "string" },
  { "metadata", "table" },
  { "service_name", "string" },
  { "byte_size", "integer" },
  { "checksum", "string", doc = "base64 of the MD5" },
  { "created_at", "string" },
  { "signed_id", "string", doc = "value to pass as signed_blob_id for a cover, a thumbnail or media" },
}

schema.direct_upload = like(schema.uploaded_blob, {
  { "direct_upload", "upload_target" },
})

schema.upload_target = {
  { "url", "string" },
  { "headers", "map<string>", doc = "headers that must be sent, unchanged" },
}

schema.card = {
  { "visual", "string?", doc = "such as **** **** **** 4242" },
  { "type", "string?", doc = "such as visa" },
  { "bin", "string?", doc = "always nil" },
  { "expiry_month", "integer?", doc = "always nil" },
  { "expiry_year", "integer?", doc = "always nil" },
}

--- What a ping about a sale, a refund, a dispute or a won dispute contains.
schema.sale_ping = {
  { "seller_id", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "permalink", "string", doc = "the custom permalink if there is one, otherwise the unique one" },
  { "product_permalink", "string", doc = "a URL, unlike in a sale" },
  { "short_product_id", "string", doc = "the unique permalink" },
  { "email", "string", doc = "as typed at checkout" },
  { "price", "integer", money = "usd", doc = "in US cents" },
  { "gumroad_fee", "integer", money = "usd", doc = "in US cents" },
  { "currency", "string", doc = "currency of the product, not of `price`" },
  { "quantity", "integer" },
  { "discover_fee_charged", "boolean" },
  { "can_contact", "boolean" },
  { "referrer", "string?" },
  { "card", "card" },
  { "order_number", "integer", doc = "the order_id of the sale" },
  { "sale_id", "string" },
  { "sale_timestamp", "string", doc = "time of the sale, even in a ping about a refund" },
  { "full_name", "string?" },
  { "purchaser_id", "string?" },
  { "subscription_id", "string?" },
  { "affiliate_credit_amount_cents", "integer?" },
  { "url_params", "table?", doc = "only in the first ping about a sale" },
  { "variants", "map<string>?" },
  { "offer_code", "string?" },
  { "test", "boolean?", doc = "true if the buyer is the seller, and in a test ping" },
  { "is_recurring_charge", "boolean?", doc = "true for a later charge of a subscription" },
  { "is_preorder_authorization", "boolean?" },
  { "street_address", "string?" },
  { "country", "string?" },
  { "state", "string?" },
  { "zip_code", "string?" },
  { "city", "string?" },
  { "shipping_information", "table?" },
  { "custom_fields", "map<string>?", doc = "the buyer's answers by name of the field" },
  { "license_key", "string?" },
  { "is_multiseat_license", "boolean?" },
  { "ip_country", "string?", doc = "English name of the country" },
  { "shipping_rate", "integer?", doc = "in US cents" },
  { "recurrence", "string?" },
  { "affiliate", "string?", doc = "email address" },
  { "is_gift_receiver_purchase", "boolean", doc = "true for a gift: `price` is 0, and the giver paid `gift_price`" },
  { "gift_price", "integer?" },
  { "gifter_email", "string?" },
  { "sku_id", "string?", doc = "the custom SKU if there is one" },
  { "original_sku_id", "string?", doc = "only if there is a custom SKU" },
  { "refunded", "boolean", doc = "true only after a full refund" },
  { "resource_name", "string?", doc = "absent in a test ping from the settings page" },
  { "disputed", "boolean" },
  { "dispute_won", "boolean" },
  { "retry_count", "integer?", doc = ("1 to %d in a repeated delivery"):format(#delivery.PAUSES) },
}

--- The sale that a license key belongs to: the fields of its ping, with some differences. As in the ping, the
-- buyer's answers are also top-level fields.
schema.license = like(schema.sale_ping, {
  { "resource_name" }, { "retry_count" }, { "url_params" },
  { "variants", "string", doc = "such as (Large, Red)" },
  { "custom_fields", "string[]", doc = "such as Name: Lena" },
  { "offer_code", "table?", doc = "code, displayed_amount_off, name" },
  { "id", "string", doc = "id of the sale" },
  { "created_at", "string" },
  { "chargebacked", "boolean?", doc = "absent for subscriptions" },
  { "subscription_ended_at", "string?" },
  { "subscription_cancelled_at", "string?" },
  { "subscription_failed_at", "string?" },
})
schema.license.open = true

schema.license_check = {
  { "valid", "boolean" },
  { "status", "string", doc = "valid, unknown, disabled, refunded, disputed, expired (the membership has ended or "
    .. "access was revoked) or unreachable (there was no response from Gumroad; `valid` then depends on `last`)" },
  { "message", "string?", doc = "why the key is not valid, or why Gumroad could not be reached" },
  { "license_key", "string", doc = "the key that was checked" },
  { "product_id", "string?", doc = "the product that was checked" },
  { "uses", "integer?", doc = "how many uses were counted" },
  { "purchase", "license?" },
  { "imported_customer", "imported_customer?" },
  { "test", "boolean", doc = "whether the seller bought it; such a key is valid too" },
  { "checked_at", "integer?", doc = "Unix time of the response that the result is based on" },
  { "grace_until", "integer?", doc = "if unreachable and valid: Unix time until which `last` is trusted" },
}

schema.imported_customer = {
  { "email", "string" },
  { "created_at", "string" },
  { "timestamp", "string", doc = "for display: over 2 years ago" },
  { "link_name", "string?" },
  { "product_name", "string?" },
  { "price", "integer?", doc = "always nil" },
  { "is_imported_customer", "boolean", doc = "always true" },
  { "purchase_email", "string" },
  { "id", "string" },
  { "can_update", "boolean?", doc = "always nil" },
}

schema.plan = {
  { "tier", "table", doc = "id, name" },
  { "recurrence", "string" },
  { "price_cents", "integer", doc = "in the currency of the product" },
  { "quantity", "integer" },
}

--- What a ping about a cancellation or another event of a subscription contains.
schema.subscription_ping = {
  { "subscription_id", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "user_id", "string?", doc = "digits; nil for guests" },
  { "user_email", "string", doc = "present for guests too" },
  { "purchase_ids", "string[]", doc = "sales of all charges, including failed ones" },
  { "created_at", "string" },
  { "charge_occurrence_count", "integer?" },
  { "recurrence", "string" },
  { "free_trial_ends_at", "string?" },
  { "resource_name", "string" },
  { "type", "string?", doc = "subscription_updated only: upgrade or downgrade" },
  { "effective_as_of", "string?", doc = "subscription_updated only" },
  { "old_plan", "plan?" },
  { "new_plan", "plan?" },
  { "restarted_at", "string?" },
  { "custom_fields", "map<string>?" },
  { "license_key", "string?" },
  { "cancelled", "boolean?" },
  { "cancelled_at", "string?", doc = "may be in the future" },
  { "cancelled_by_admin", "boolean?" },
  { "cancelled_by_buyer", "boolean?" },
  { "cancelled_by_seller", "boolean?" },
  { "cancelled_due_to_payment_failures", "boolean?" },
  { "ended_at", "string?" },
  { "ended_reason", "string?", doc = "cancelled, failed_payment or fixed_subscription_period_ended" },
  { "retry_count", "integer?" },
}

for _, fields in pairs(schema) do
  fields.type = {}
  for _, field in ipairs(fields) do fields.type[field[1]] = field[2] end
end

return schema
