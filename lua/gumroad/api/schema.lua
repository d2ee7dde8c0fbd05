--- Every object that Gumroad answers with or sends in a ping: { FIELD, TYPE, doc = TEXT }.
--
-- TYPE is string, integer, number, boolean, table, list, or `TYPE[]`, `map<TYPE>`, the name of
-- another object, or two of these with `|` between; with `?` where the field may be absent or
-- null (both are nil here). An object that is `open` has fields besides, which buyers named.
-- Money is an integer in the smallest unit of its currency: cents, or whole yen or dong; `money` says which
-- currency, or names the field that says it.
-- Times are texts, ISO 8601 in UTC, unless said otherwise.

local delivery = require "gumroad.api.delivery"

local schema = {}

-- The fields of another object; those that are named again are different here, and those
-- named without a type are not there.
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
  { "price", "integer", money = "currency", doc = "base price, in `currency`" },
  { "currency", "string", doc = "lower case, such as usd" },
  { "formatted_price", "string", doc = "for people: $19, $0+, $9 a month" },
  { "customizable_price", "boolean?", doc = "pay what you want; nil: no" },
  { "published", "boolean" },
  { "deleted", "boolean" },
  { "short_url", "string", doc = "the product's page" },
  { "custom_permalink", "string?" },
  { "preview_url", "string?" },
  { "thumbnail_url", "string?" },
  { "tags", "string[]" },
  { "file_info", "map<string>", doc = "empty unless the product has exactly one file" },
  { "max_purchase_count", "integer?", doc = "stock" },
  { "require_shipping", "boolean", doc = "whether buyers are asked for an address" },
  { "custom_receipt", "string?" },
  { "custom_summary", "string?" },
  { "custom_fields", "custom_field[]", doc = "asked at checkout, those of all products included" },
  { "subscription_duration", "string?", doc = "monthly, quarterly, biannually, yearly or every_two_years" },
  { "is_tiered_membership", "boolean" },
  { "recurrences", "string[]?", doc = "tiered memberships: as subscription_duration" },
  { "variants", "product_variants[]" },
  { "purchasing_power_parity_prices", "map<integer>?", doc = "by country code" },
  { "is_preorder", "boolean?" },
  { "is_in_preorder_state", "boolean?" },
  { "release_at", "string?", doc = "2026-12-01 00:00:00 UTC" },
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
  { "title", "string", doc = "of the category" },
  { "options", "table[]", doc = "name, price_difference, is_pay_what_you_want, recurrence_prices; no ids" },
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
  { "inherited", "boolean", doc = "whether the account's policy holds" },
}

schema.comps = {
  { "count", "integer" },
  { "currency", "string" },
  { "price_cents", "percentiles" },
  { "examples", "comparable_product[]" },
}

schema.percentiles = {
  { "p25", "integer?", doc = "a quarter costs less, in the smallest unit" },
  { "p50", "integer?" },
  { "p75", "integer?" },
}

schema.comparable_product = {
  { "name", "string" },
  { "price", "string", doc = "for people" },
  { "url", "string" },
}

schema.custom_html_preview = {
  { "custom_html", "string?", doc = "as it would be saved" },
  { "sanitization_report", "sanitization_report" },
  { "warning", "string?" },
}

--- The page of a product or profile that the seller wrote in HTML.
schema.landing_page = {
  { "custom_html", "string?" },
  { "rendered_html", "string?", doc = "profiles" },
  { "has_landing_page", "boolean" },
  { "landing_url", "string?", doc = "products" },
  { "profile_url", "string?", doc = "profiles" },
}

schema.landing_page_change = {
  { "custom_html", "string?" },
  { "previous_custom_html", "string?" },
  { "sanitization_report", "sanitization_report" },
  { "landing_url", "string?", doc = "products" },
  { "profile_url", "string?", doc = "profiles" },
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
  { "response", "review_response?", doc = "the seller's" },
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
  { "max_purchase_count", "integer?", doc = "stock" },
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
  { "size", "integer?", doc = "bytes" },
  { "url", "string", doc = "signed; works for a short time" },
  { "filetype", "string" },
  { "filegroup", "string" },
}

schema.custom_field = {
  { "id", "string" },
  { "type", "string", doc = "text, checkbox, terms, long_text or file" },
  { "name", "string" },
  { "required", "boolean" },
  { "global", "boolean?", doc = "asked for all products" },
  { "collect_per_product", "boolean" },
  { "products", "string[]?", doc = "ids" },
}

schema.variant_category = {
  { "id", "string" },
  { "title", "string" },
}

schema.variant = {
  { "id", "string" },
  { "name", "string" },
  { "description", "string?" },
  { "price_difference_cents", "integer?", doc = "nil: a tier, which has prices of its own" },
  { "max_purchase_count", "integer?", doc = "stock" },
  { "is_customizable_price", "boolean?", doc = "tiers" },
  { "recurrence_price_values", "map<recurrence_price>?", doc = "tiers: all five recurrences" },
  { "rich_content", "table[]?", doc = "not in lists" },
}

schema.recurrence_price = {
  { "enabled", "boolean" },
  { "price_cents", "integer?" },
  { "suggested_price_cents", "integer?" },
  { "price", "string?", doc = "without a symbol" },
  { "suggested_price", "string?" },
}

schema.offer_code = {
  { "id", "string" },
  { "name", "string", doc = "the code" },
  { "universal", "boolean", doc = "for all products" },
  { "max_purchase_count", "integer?", doc = "how often it may be used" },
  { "minimum_amount_cents", "integer?" },
  { "times_used", "integer" },
  { "percent_off", "integer?", doc = "this or amount_cents" },
  { "amount_cents", "integer?" },
}

schema.sale = {
  { "id", "string" },
  { "email", "string", doc = "of the buyer's account, else as typed at checkout" },
  { "purchase_email", "string", doc = "as typed at checkout" },
  { "seller_id", "string" },
  { "timestamp", "string", doc = "for people: about 2 months ago" },
  { "daystamp", "string", doc = "for people, in the seller's time zone" },
  { "created_at", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "product_permalink", "string", doc = "the unique permalink" },
  { "product_has_variants", "boolean" },
  { "price", "integer", money = "usd", doc = "US cents, whatever the product's currency" },
  { "gumroad_fee", "integer", money = "usd", doc = "US cents" },
  { "formatted_display_price", "string", doc = "in the listed currency" },
  { "formatted_total_price", "string", doc = "in the listed currency" },
  { "currency_symbol", "string" },
  { "currency", "string?", doc = "the listed currency; refunds are counted in it" },
  { "amount_refundable_in_currency", "string", doc = "a number as text" },
  { "subscription_duration", "string?" },
  { "is_bundle_purchase", "boolean" },
  { "is_bundle_product_purchase", "boolean" },
  { "refunded", "boolean?", doc = "nil: never refunded" },
  { "partially_refunded", "boolean?" },
  { "chargedback", "boolean", doc = "disputed and not won" },
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
  { "variants", "map<string>?", doc = "title of the category -> name of the variant" },
  { "variants_and_quantity", "string", doc = "for people: (A4, Qty: 2)" },
  { "has_custom_fields", "boolean" },
  { "custom_fields", "table", doc = "name -> text or boolean" },
  { "order_id", "integer", doc = "of this one sale" },
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
  { "ppp", "table?", doc = "country, discount" },
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
  { "buyer_presentment", "table?", doc = "what the card was charged in another currency" },
  { "card", "card" },
  { "product_rating", "integer?" },
  { "reviews_count", "integer?" },
  { "average_rating", "number?" },
  { "subscription_id", "string?", doc = "this and the next six: sales of subscriptions" },
  { "cancelled", "boolean?" },
  { "dead", "boolean?" },
  { "ended", "boolean?" },
  { "free_trial_ended", "boolean?" },
  { "free_trial_ends_on", "string?", doc = "Mar 12, 2026" },
  { "recurring_charge", "boolean?", doc = "false: the subscription's first charge" },
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
  { "id", "string", doc = "of the subscription" },
  { "email", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "user_id", "string?", doc = "digits; nil for guests" },
  { "user_email", "string?", doc = "nil for guests" },
  { "purchase_ids", "string[]", doc = "successful charges" },
  { "created_at", "string" },
  { "user_requested_cancellation_at", "string?" },
  { "cancelled_at", "string?", doc = "may lie in the future: the end of the paid time" },
  { "ended_at", "string?" },
  { "failed_at", "string?" },
  { "free_trial_ends_at", "string?" },
  { "charge_occurrence_count", "integer?", doc = "how many charges there will be; nil: endless" },
  { "recurrence", "string", doc = "monthly, quarterly, biannually, yearly or every_two_years" },
  { "status", "string", doc = "alive, pending_cancellation, pending_failure, failed_payment, "
    .. "fixed_subscription_period_ended or cancelled" },
  { "license_key", "string?" },
}

schema.sales_export = {
  { "status", "string", doc = "queued" },
  { "recipient_email", "string" },
}

schema.sales_figures = {
  { "gross_cents", "integer", money = "usd", doc = "US cents" },
  { "net_cents", "integer", money = "usd", doc = "gross without what was refunded" },
  { "units", "integer" },
  { "refunded_cents", "integer", money = "usd" },
  { "refunded_units", "integer" },
}

schema.sales_summary = like(schema.sales_figures, {
  { "currency", "string", doc = "usd" },
  { "from", "string", doc = "2026-09-04" },
  { "to", "string" },
  { "breakdown", "sales_group[]?", doc = "if grouped; by product: the most first, else by `key`" },
})

schema.sales_group = like(schema.sales_figures, {
  { "key", "string", doc = "the product's id; or 2026-09-14, 2026-09, 2026-09-14T13:00" },
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
  { "audience_count", "integer?", doc = "whom it would reach now" },
  { "recipients_count", "integer?", doc = "whom it reached" },
  { "url", "string?" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.workflow = {
  { "id", "string" },
  { "name", "string" },
  { "audience_type", "string",
    doc = "audience, seller, follower, product, variant, affiliate or abandoned_cart" },
  { "trigger", "string?", doc = "member_cancellation" },
  { "product_id", "string?" },
  { "variant_id", "string?" },
  { "state", "string", doc = "draft or published" },
  { "published_at", "string?" },
  { "first_published_at", "string?" },
  { "send_to_past_customers", "boolean" },
  { "emails_count", "integer" },
  { "filters", "workflow_filters", doc = "those that are set" },
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
  { "sent_count", "integer?", doc = "this and the next four: nil after a write" },
  { "open_count", "integer?" },
  { "open_rate", "number?", doc = "per cent" },
  { "click_count", "integer?" },
  { "click_rate", "number?", doc = "per cent" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.delay = {
  { "amount", "integer" },
  { "unit", "string", doc = "hour, day, week or month" },
}

schema.payout = {
  { "id", "string?", doc = "nil: to come" },
  { "amount", "string", doc = "main units with two decimals: 150.00" },
  { "currency", "string", doc = "usd or USD" },
  { "status", "string", doc = "payable (to come), creating, processing, unclaimed, completed, failed, "
    .. "cancelled, reversed or returned" },
  { "created_at", "string?" },
  { "processed_at", "string?" },
  { "payment_processor", "string?", doc = "stripe or paypal, in either case" },
  { "bank_account_visual", "string?", doc = "******1234" },
  { "paypal_email", "string?" },
  { "sales", "string[]?", doc = "ids; this and the next three are not in lists" },
  { "refunded_sales", "string[]?" },
  { "disputed_sales", "string[]?" },
  { "transactions", "payout_transaction[]?", doc = "only with include_transactions" },
}

--- Amounts are numbers in main units, or "" where there is none.
schema.payout_transaction = {
  { "type", "string", doc = "Sale, Chargeback, Full Refund, Partial Refund, Payout Fee, ..." },
  { "date", "string", doc = "2026-09-14" },
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
  { "id", "string", doc = "digits; not the seller_id" },
  { "user_id", "string", doc = "the seller_id of sales and pings" },
  { "name", "string?" },
  { "bio", "string?" },
  { "twitter_handle", "string?" },
  { "url", "string", doc = "the profile" },
  { "links", "string[]?", doc = "permalinks" },
  { "currency_type", "string?", doc = "this, email and profile_url need view_profile, view_sales or edit_products" },
  { "email", "string?" },
  { "profile_url", "string?", doc = "the PICTURE, in spite of its name" },
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

--- Its fields are not known.
schema.profile_layout = {}

schema.page = {
  { "slug", "string", doc = "its address" },
  { "title", "string" },
  { "content", "string?", doc = "HTML; this or custom_html" },
  { "custom_html", "string?" },
  { "url", "string?" },
  { "created_at", "string" },
  { "updated_at", "string" },
}

schema.media = {
  { "id", "string" },
  { "name", "string" },
  { "extension", "string", doc = "upper case" },
  { "file_size", "integer?", doc = "bytes" },
  { "url", "string?" },
  { "status", "table", doc = "type: saved" },
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
  { "cross_sell", "boolean", doc = "true: another product, false: another version" },
  { "replace_selected_products", "boolean" },
  { "universal", "boolean", doc = "for the buyers of any product" },
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
  { "cents", "integer?", doc = "fixed" },
  { "percents", "integer?", doc = "percent" },
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

--- A product or variant by its name.
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
  { "file_url", "string", doc = "where the file will be" },
  { "parts", "upload_part[]" },
}

schema.upload_part = {
  { "part_number", "integer", doc = "from 1" },
  { "presigned_url", "string", doc = "where the part is to be PUT; works for 15 minutes" },
}

schema.completed_upload = {
  { "file_url", "string", doc = "for `files` of a product" },
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
  { "signed_id", "string", doc = "the signed_blob_id of covers, thumbnails and media" },
}

schema.direct_upload = like(schema.uploaded_blob, {
  { "direct_upload", "upload_target" },
})

schema.upload_target = {
  { "url", "string" },
  { "headers", "map<string>", doc = "to be sent exactly so" },
}

schema.card = {
  { "visual", "string?", doc = "**** **** **** 4242" },
  { "type", "string?", doc = "visa" },
  { "bin", "string?", doc = "always nil" },
  { "expiry_month", "integer?", doc = "always nil" },
  { "expiry_year", "integer?", doc = "always nil" },
}

--- What a ping of a sale, refund, dispute or won dispute carries.
schema.sale_ping = {
  { "seller_id", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "permalink", "string", doc = "the custom one, if there is one" },
  { "product_permalink", "string", doc = "a URL here" },
  { "short_product_id", "string", doc = "the unique permalink" },
  { "email", "string", doc = "as typed at checkout" },
  { "price", "integer", money = "usd", doc = "US cents" },
  { "gumroad_fee", "integer", money = "usd", doc = "US cents" },
  { "currency", "string", doc = "the product's; it does not belong to `price`" },
  { "quantity", "integer" },
  { "discover_fee_charged", "boolean" },
  { "can_contact", "boolean" },
  { "referrer", "string?" },
  { "card", "card" },
  { "order_number", "integer", doc = "order_id of the sale" },
  { "sale_id", "string" },
  { "sale_timestamp", "string", doc = "of the sale, also in a refund's ping" },
  { "full_name", "string?" },
  { "purchaser_id", "string?" },
  { "subscription_id", "string?" },
  { "affiliate_credit_amount_cents", "integer?" },
  { "url_params", "table?", doc = "only with the first ping of a sale" },
  { "variants", "map<string>?" },
  { "offer_code", "string?" },
  { "test", "boolean?", doc = "true: the seller bought, or a test ping" },
  { "is_recurring_charge", "boolean?", doc = "true: a later charge of a subscription" },
  { "is_preorder_authorization", "boolean?" },
  { "street_address", "string?" },
  { "country", "string?" },
  { "state", "string?" },
  { "zip_code", "string?" },
  { "city", "string?" },
  { "shipping_information", "table?" },
  { "custom_fields", "map<string>?", doc = "texts, as the buyer typed them" },
  { "license_key", "string?" },
  { "is_multiseat_license", "boolean?" },
  { "ip_country", "string?", doc = "English name" },
  { "shipping_rate", "integer?", doc = "US cents" },
  { "recurrence", "string?" },
  { "affiliate", "string?", doc = "email" },
  { "is_gift_receiver_purchase", "boolean", doc = "true: `price` is 0, the giver paid `gift_price`" },
  { "gift_price", "integer?" },
  { "gifter_email", "string?" },
  { "sku_id", "string?", doc = "the custom SKU, if there is one" },
  { "original_sku_id", "string?", doc = "only with a custom SKU" },
  { "refunded", "boolean", doc = "true only after a full refund" },
  { "resource_name", "string?", doc = "none in a test ping from the settings page" },
  { "disputed", "boolean" },
  { "dispute_won", "boolean" },
  { "retry_count", "integer?", doc = ("1 to %d in a repeated delivery"):format(#delivery.PAUSES) },
}

--- What a licence key was given with: the sale in its ping's words, but for some fields.
-- What the buyer typed stands beside the others, as there.
schema.license = like(schema.sale_ping, {
  { "resource_name" }, { "retry_count" }, { "url_params" },
  { "variants", "string", doc = "(Large, Red)" },
  { "custom_fields", "string[]", doc = "Name: Lena" },
  { "offer_code", "table?", doc = "code, displayed_amount_off, name" },
  { "id", "string", doc = "of the sale" },
  { "created_at", "string" },
  { "chargebacked", "boolean?", doc = "not of subscriptions" },
  { "subscription_ended_at", "string?" },
  { "subscription_cancelled_at", "string?" },
  { "subscription_failed_at", "string?" },
})
schema.license.open = true

schema.license_check = {
  { "valid", "boolean" },
  { "status", "string", doc = "valid, unknown, disabled, refunded, disputed, expired (the membership is over, "
    .. "or access was taken away) or unreachable: Gumroad gave no answer; `valid` then says what `last` was "
    .. "good for" },
  { "message", "string?", doc = "why it is not valid, or what kept Gumroad from answering" },
  { "license_key", "string", doc = "that was checked" },
  { "product_id", "string?", doc = "that was checked" },
  { "uses", "integer?" },
  { "purchase", "license?" },
  { "imported_customer", "imported_customer?" },
  { "test", "boolean", doc = "a purchase of the seller's own; valid all the same" },
  { "checked_at", "integer?", doc = "Unix time of the answer that this rests on" },
  { "grace_until", "integer?", doc = "unreachable and valid: Unix time up to which `last` holds" },
}

schema.imported_customer = {
  { "email", "string" },
  { "created_at", "string" },
  { "timestamp", "string", doc = "for people: over 2 years ago" },
  { "link_name", "string?" },
  { "product_name", "string?" },
  { "price", "integer?", doc = "always nil" },
  { "is_imported_customer", "boolean", doc = "true" },
  { "purchase_email", "string" },
  { "id", "string" },
  { "can_update", "boolean?", doc = "always nil" },
}

schema.plan = {
  { "tier", "table", doc = "id, name" },
  { "recurrence", "string" },
  { "price_cents", "integer", doc = "in the listed currency" },
  { "quantity", "integer" },
}

--- What a ping of a cancellation or another event of a subscription carries.
schema.subscription_ping = {
  { "subscription_id", "string" },
  { "product_id", "string" },
  { "product_name", "string" },
  { "user_id", "string?", doc = "digits; nil for guests" },
  { "user_email", "string", doc = "also of guests" },
  { "purchase_ids", "string[]", doc = "all of them, failed ones too" },
  { "created_at", "string" },
  { "charge_occurrence_count", "integer?" },
  { "recurrence", "string" },
  { "free_trial_ends_at", "string?" },
  { "resource_name", "string" },
  { "type", "string?", doc = "updated: upgrade or downgrade" },
  { "effective_as_of", "string?", doc = "updated" },
  { "old_plan", "plan?" },
  { "new_plan", "plan?" },
  { "restarted_at", "string?" },
  { "custom_fields", "map<string>?" },
  { "license_key", "string?" },
  { "cancelled", "boolean?" },
  { "cancelled_at", "string?", doc = "may lie in the future" },
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
