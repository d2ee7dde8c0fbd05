--- How records look in answers: every key the server sends, in its order.
local chance = require "gumroad.emulator.shop.rng"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local taxonomy = require "gumroad.emulator.shop.taxonomy"

local null = json.null

local views = {}

local PUBLIC_FILES = "https://public-files.example.com/"

--- The seller's pages on the web.
views.PROFILE = "https://anapetrova.gumroad.com"

function views.product_url(product)
  return views.PROFILE .. "/l/" .. (product.custom_permalink or product.permalink)
end

local function or_null(value)
  if value == nil then return null end
  return value
end

-- products --------------------------------------------------------------------------------

local Product = json.shape {
  "name", "description", "customizable_price", "require_shipping", "custom_receipt",
  "custom_permalink", "subscription_duration", "preview_url", "id", "url", "price", "currency",
  "short_url", "thumbnail_url", "tags", "formatted_price", "published", "file_info",
  "max_purchase_count", "deleted", "custom_fields", "custom_summary", "custom_html",
  "is_tiered_membership", "recurrences", "taxonomy_id", "category", "category_label", "covers",
  "main_cover_id", "bundle_products", "variants", "purchasing_power_parity_prices", "is_preorder",
  "is_in_preorder_state", "release_at", "custom_delivery_url", "sales_count", "sales_usd_cents",
  "refund_policy", "rich_content", "has_same_rich_content_for_all_variants", "files",
}
local Cover = json.shape { "url", "original_url", "thumbnail", "id", "type", "filetype", "width",
  "height", "native_width", "native_height" }
local FileInfo = json.shape { "Size" }
local Parity = json.shape { "IN", "BR", "UA" }
local Field = json.shape { "id", "type", "name", "required", "collect_per_product" }
local Variants = json.shape { "title", "options" }
local Option = json.shape { "name", "price_difference", "is_pay_what_you_want",
  "recurrence_prices", "url", "rich_content" }
local Recurrences = json.shape { "monthly", "yearly" }
local RecurrencePrice = json.shape { "price_cents", "suggested_price_cents" }
local RefundPolicy = json.shape { "refund_period", "title", "fine_print", "inherited" }
local RichContent = json.shape { "id", "page_id", "title", "variant_id", "description",
  "updated_at" }
local Node = json.shape { "type", "content", "attrs", "text" }
local Attributes = json.shape { "id", "uid" }
local Bundled = json.shape { "product_id", "variant_id", "quantity", "position" }
local File = json.shape { "id", "name", "size", "url", "filetype", "filegroup" }

function views.cover(id)
  return Cover { url = PUBLIC_FILES .. id .. ".png", thumbnail = null, id = id, type = "image",
    original_url = PUBLIC_FILES .. id .. "/original.png", filetype = "png", width = 670,
    height = 447, native_width = 1500, native_height = 1000 }
end

local function map(list, make, ...)
  local out = {}
  for i, value in ipairs(list) do out[i] = make(value, ...) end
  return out
end

local function custom_field(field)
  return Field { id = field.id, type = field.type, name = field.name, required = field.required,
    collect_per_product = false }
end

local function tier_prices(product, option)
  local monthly = product.price + option.difference
  return Recurrences {
    monthly = RecurrencePrice { price_cents = monthly, suggested_price_cents = null },
    yearly = RecurrencePrice { price_cents = 10 * monthly, suggested_price_cents = null },
  }
end

local function option(of, product, in_full)
  local tier = product.membership
  return Option {
    name = of.name, price_difference = tier and 0 or of.difference, is_pay_what_you_want = false,
    recurrence_prices = tier and tier_prices(product, of) or null, url = null,
    rich_content = in_full and {} or nil,
  }
end

local function variants(shop, product, in_full)
  local out = {}
  for _, category in ipairs(product.categories) do
    if not category.deleted then
      out[#out + 1] = Variants { title = category.title,
        options = map(shop:options_of(category), option, product, in_full) }
    end
  end
  return out
end

local function formatted_price(product)
  return format.price(product.price, product.currency) .. (product.pay_what_you_want and "+" or "")
    .. format.recurrence(product.membership and "monthly" or nil)
end

local function bundled(part)
  return Bundled { product_id = part.product.id, variant_id = or_null(part.variant_id),
    quantity = part.quantity, position = part.position }
end

local function basics(product)
  local first_cover, filed = product.cover_ids[1], taxonomy.find(product.taxonomy_id) or {}
  return {
    name = product.name, description = or_null(product.description), url = null,
    customizable_price = product.pay_what_you_want or null, require_shipping = product.physical,
    custom_receipt = or_null(product.custom_receipt), id = product.id, price = product.price,
    custom_permalink = or_null(product.custom_permalink), currency = product.currency,
    subscription_duration = product.membership and "monthly" or null, deleted = product.deleted,
    preview_url = first_cover and PUBLIC_FILES .. first_cover .. ".png" or null,
    thumbnail_url = product.thumbnail_id and PUBLIC_FILES .. product.thumbnail_id .. ".png" or null,
    short_url = views.product_url(product), tags = product.tags,
    formatted_price = formatted_price(product), published = product.published,
    file_info = #product.files == 1 and FileInfo { Size = "48.2 MB" } or json.dict(),
    max_purchase_count = or_null(product.stock), custom_summary = or_null(product.summary),
    custom_fields = map(product.custom_fields, custom_field),
    custom_html = or_null(product.custom_html), is_tiered_membership = product.membership,
    recurrences = product.membership and { "monthly", "yearly" } or null,
    taxonomy_id = or_null(product.taxonomy_id), category = or_null(filed.path),
    category_label = or_null(filed.label), covers = map(product.cover_ids, views.cover),
    main_cover_id = or_null(first_cover), bundle_products = map(product.bundle_products, bundled),
  }
end

local function add_preorder(out)
  out.is_preorder, out.is_in_preorder_state = true, true
  out.release_at = "2026-12-01 00:00:00 UTC"
end

local function add_sales(shop, out, product)
  local sold = shop:sold(product)
  out.custom_delivery_url, out.sales_count = null, sold
  out.sales_usd_cents = sold * shop:us_cents(product.price, product.currency)
end

local function downloads(shop, product)
  local id, file_id = shop:id("rich_content", product.number), product.files[1].id
  local words = Node { type = "text", text = "Thank you!" }
  local thanks = Node { type = "paragraph", content = { words } }
  local attributes = Attributes { id = file_id, uid = chance.guid(shop.seed, 44, product.number) }
  local embed = Node { type = "fileEmbed", attrs = attributes }
  return RichContent { id = id, page_id = id, title = "Downloads", variant_id = null,
    description = Node { type = "doc", content = { thanks, embed } },
    updated_at = format.iso(product.created) }
end

local function file(of, shop)
  return File { id = of.id, name = of.name, size = of.size, filetype = of.filetype,
    filegroup = of.filegroup,
    url = ("https://files.example.com/attachments/%s/original/%s?signature=made-up"):format(
      shop.user_id, of.filename) }
end

local function add_details(shop, out, product)
  out.refund_policy = RefundPolicy { refund_period = product.refund_period or "inherit",
    title = null, fine_print = or_null(product.refund_fine_print),
    inherited = product.refund_period == nil }
  out.rich_content = product.rich_content or product.files[1] and { downloads(shop, product) } or {}
  out.has_same_rich_content_for_all_variants = product.shares_content
  out.files = map(product.files, file, shop)
end

--- A product.
-- @param scopes set of the token's scopes: sales figures are for view_sales and account
-- @param in_full whether to add what lists leave out
function views.product(shop, product, scopes, in_full)
  local out = basics(product)
  out.variants = variants(shop, product, in_full)
  if product.custom_permalink then
    out.purchasing_power_parity_prices = Parity { IN = math.floor(product.price * 0.5),
      BR = math.floor(product.price * 0.6), UA = math.floor(product.price * 0.45) }
  end
  if product.preorder then add_preorder(out) end
  if scopes.view_sales or scopes.account then add_sales(shop, out, product) end
  if in_full then add_details(shop, out, product) end
  return Product(out)
end

local Thumbnail = json.shape { "url", "guid" }

function views.thumbnail(product)
  return Thumbnail { url = PUBLIC_FILES .. product.thumbnail_id .. ".png", guid = product.thumbnail_id }
end

local Variant = json.shape { "id", "max_purchase_count", "name", "description",
  "price_difference_cents", "custom_sku", "is_customizable_price", "recurrence_price_values",
  "rich_content" }
local AllRecurrences = json.shape { "monthly", "quarterly", "biannually", "yearly", "every_two_years" }
local Tier = json.shape { "enabled", "price_cents", "suggested_price_cents", "price" }

local function tier_price(cents, currency)
  if not cents then return Tier { enabled = false } end
  return Tier { enabled = true, price_cents = cents, suggested_price_cents = null,
    price = format.amount(cents, currency) }
end

local function add_tier(out, product, of)
  local prices = tier_prices(product, of)
  out.price_difference_cents, out.is_customizable_price = null, false
  out.recurrence_price_values = AllRecurrences {}
  for _, name in ipairs(json.keys(out.recurrence_price_values)) do
    local price = prices[name]
    out.recurrence_price_values[name] = tier_price(price and price.price_cents, product.currency)
  end
end

--- A variant or, in the list of SKUs, a SKU.
function views.variant(of, product, in_full)
  local out = {
    id = of.id, max_purchase_count = or_null(of.stock), name = of.name,
    description = of.description or (product.membership and "" or null),
    price_difference_cents = of.difference, rich_content = in_full and (of.rich_content or {}) or nil,
  }
  if product.membership then add_tier(out, product, of) end
  return Variant(out)
end

function views.sku(of, product, place)
  local out = views.variant(of, product)
  if product.skus then out.custom_sku = ("%s-%d"):format(product.skus, place) end
  return out
end

local CustomField = json.shape { "id", "type", "name", "required", "global", "collect_per_product",
  "products" }

--- A custom field by itself; inside a product it shows less.
function views.custom_field(field, product)
  return CustomField { id = field.id, type = field.type, name = field.name, required = field.required,
    global = false, collect_per_product = false, products = { product.id } }
end

local Category = json.shape { "id", "title" }

function views.variant_category(category)
  return Category { id = category.id, title = category.title }
end

-- sales -----------------------------------------------------------------------------------

local Sale = json.shape {
  "id", "email", "seller_id", "timestamp", "daystamp", "created_at", "product_name",
  "product_has_variants", "price", "gumroad_fee", "is_bundle_purchase",
  "is_bundle_product_purchase", "subscription_duration", "formatted_display_price",
  "formatted_total_price", "currency_symbol", "currency", "amount_refundable_in_currency",
  "product_id", "product_permalink", "refunded", "partially_refunded", "chargedback",
  "purchase_email", "giftee_email", "gifter_email", "full_name", "street_address", "city",
  "state", "zip_code", "country", "country_iso2", "paid", "has_variants", "variants",
  "variants_and_quantity", "has_custom_fields", "custom_fields", "order_id",
  "is_product_physical", "purchaser_id", "is_recurring_billing", "can_contact", "is_following",
  "disputed", "dispute_won", "is_additional_contribution", "discover_fee_charged",
  "is_upgrade_purchase", "is_more_like_this_recommended", "is_gift_sender_purchase",
  "is_gift_receiver_purchase", "referrer", "paypal_refund_expired", "tip_cents", "tax_cents",
  "shipping_cents", "tax_label", "tax_included_in_price", "access_revoked",
  "variants_price_cents", "review", "sent_abandoned_cart_email", "utm_source",
  "utm_medium", "utm_campaign", "buyer_presentment", "card", "product_rating", "reviews_count",
  "average_rating",
  "subscription_id", "cancelled", "dead", "ended", "free_trial_ended", "free_trial_ends_on",
  "recurring_charge", "is_preorder_authorization", "is_in_preorder_state", "shipped",
  "tracking_url", "offer_code", "affiliate", "discover_fee_percentage", "license_key", "license_id",
  "license_disabled", "license_uses", "is_multiseat_license", "sku_id", "sku_external_id",
  "formatted_shipping_amount", "quantity",
}
local Card = json.shape { "visual", "type", "bin", "expiry_month", "expiry_year" }
local Presentment = json.shape { "currency", "price_cents", "tip_cents", "seller_tax_cents",
  "gumroad_tax_cents", "shipping_cents", "total_cents", "fx_rate", "refunded_cents" }
local OfferCode = json.shape { "code", "displayed_amount_off", "name" }
local Affiliate = json.shape { "email", "amount" }

--- What was paid with, as answers and pings show it.
function views.card(sale)
  local paid = sale.price > 0
  return Card { visual = paid and "**** **** **** 4242" or null, type = paid and "visa" or null,
    bin = null, expiry_month = null, expiry_year = null }
end

local function variants_and_quantity(sale)
  local parts = {}
  for _, title in ipairs(sale.variants and json.keys(sale.variants) or {}) do
    parts[#parts + 1] = sale.variants[title]
  end
  if sale.quantity > 1 then parts[#parts + 1] = ("Qty: %d"):format(sale.quantity) end
  return #parts > 0 and "(" .. table.concat(parts, ", ") .. ")" or ""
end

local function what_was_bought(sale, now)
  local product = sale.product
  local price = format.price(sale.listed_cents, product.currency)
    .. format.recurrence(sale.subscription and sale.subscription.recurrence)
  return {
    id = sale.id, timestamp = format.ago(sale.created, now), created_at = format.iso(sale.created),
    daystamp = format.daystamp(sale.created), product_name = product.name,
    product_has_variants = #product.categories > 0, product_id = product.id,
    product_permalink = product.permalink, price = sale.price, gumroad_fee = sale.fee,
    is_bundle_purchase = false, is_bundle_product_purchase = false,
    formatted_display_price = price, formatted_total_price = price,
    currency_symbol = format.symbol(product.currency), currency = product.currency,
    paid = sale.price ~= 0, has_variants = sale.variants ~= nil, variants = sale.variants,
    variants_and_quantity = variants_and_quantity(sale), order_id = sale.order_number,
    has_custom_fields = #json.keys(sale.custom_fields) > 0, custom_fields = sale.custom_fields,
    is_product_physical = product.physical, tip_cents = sale.tip_cents,
    tax_cents = sale.tax_cents, shipping_cents = sale.shipping_cents, card = views.card(sale),
    variants_price_cents = sale.variants_cents * sale.quantity, quantity = sale.quantity,
    review = sale.review, product_rating = sale.review and 5 or null, reviews_count = 4,
    average_rating = 4.8,
    amount_refundable_in_currency = format.amount(sale.listed_cents - sale.refunded_cents,
      product.currency),
  }
end

-- What the card of a buyer in Canada was charged.
local function presentment(sale)
  local rate = 0.7322
  local price, tip = math.floor(sale.price / rate), math.floor((sale.tip_cents or 0) / rate)
  local shipping = math.floor(sale.shipping_cents / rate)
  return Presentment { currency = "cad", price_cents = price, tip_cents = tip, seller_tax_cents = 0,
    gumroad_tax_cents = 0, shipping_cents = shipping, total_cents = price + tip + shipping,
    fx_rate = tostring(rate), refunded_cents = 0 }
end

local function add_buyer(out, shop, sale)
  local buyer = sale.buyer
  out.seller_id, out.purchase_email, out.referrer = shop.seller_id, sale.email, sale.referrer
  out.email = buyer.account_id and buyer.account_email or sale.email
  out.purchaser_id, out.full_name = buyer.account_id, buyer.name
  out.country, out.country_iso2 = buyer.country, buyer.country_code
  if buyer.state ~= "" then out.state = buyer.state end
  if buyer.country_code == "CA" and sale.price > 0 then
    out.buyer_presentment = presentment(sale)
  end
  if sale.product.physical then
    out.street_address, out.city, out.zip_code = buyer.street, buyer.city, buyer.zip_code
  end
end

local FLAGS = {
  can_contact = true, is_following = false, is_additional_contribution = false,
  is_upgrade_purchase = false, is_more_like_this_recommended = false,
  paypal_refund_expired = false, sent_abandoned_cart_email = false,
}

local function add_state(out, sale)
  for name, value in pairs(FLAGS) do out[name] = value end
  local left = sale.listed_cents - sale.refunded_cents
  out.access_revoked = sale.access_revoked or false
  if sale.refund_tried then out.refunded = left == 0 end
  out.partially_refunded = sale.refunded_cents > 0 and left > 0
  out.chargedback = sale.disputed and not sale.dispute_won
  out.disputed, out.dispute_won = sale.disputed, sale.dispute_won
  out.discover_fee_charged = sale.discovered or false
  if sale.discovered then out.discover_fee_percentage = 30 end
  out.is_recurring_billing = sale.subscription ~= nil
  out.giftee_email, out.gifter_email = sale.giftee_email, sale.gifter_email
  out.is_gift_sender_purchase = sale.giftee_email ~= nil
  out.is_gift_receiver_purchase = sale.gift_price ~= nil
  if sale.preorder then out.is_preorder_authorization, out.is_in_preorder_state = true, true end
  if sale.tax_cents > 0 then out.tax_label, out.tax_included_in_price = "VAT", false end
  if sale.newsletter then
    out.utm_source, out.utm_medium, out.utm_campaign = "newsletter", "email", "autumn"
  end
end

local function add_subscription(out, subscription, sale)
  out.subscription_duration, out.subscription_id = subscription.recurrence, subscription.id
  out.cancelled = subscription.cancelled_at ~= nil
  out.ended = subscription.ended_at ~= nil
  out.dead = out.ended or subscription.failed_at ~= nil
  out.free_trial_ended, out.free_trial_ends_on = false, null
  out.recurring_charge = sale.recurring or false
end

local function add_licence(out, licence)
  out.license_key, out.license_id = licence.key, licence.id
  out.license_disabled, out.license_uses = licence.disabled, licence.uses
  out.is_multiseat_license = false
end

local function add_shipping(out, shop, sale)
  out.sku_id = shop:id("sku", sale.product.number)
  out.sku_external_id = out.sku_id
  out.formatted_shipping_amount = format.price(sale.shipping_cents, "usd")
end

--- The discount of a sale, or nil.
function views.offer_code(sale)
  return sale.offer_code
    and OfferCode { code = sale.offer_code, displayed_amount_off = "10%", name = sale.offer_code } or nil
end

--- A sale; `now` is the emulated time.
function views.sale(shop, sale)
  local out = what_was_bought(sale, shop:time())
  add_buyer(out, shop, sale)
  add_state(out, sale)
  if sale.subscription then add_subscription(out, sale.subscription, sale) end
  local licence = shop:licence_of(sale)
  if licence then add_licence(out, licence) end
  if sale.shipped ~= nil then
    out.shipped, out.tracking_url = sale.shipped, or_null(sale.tracking_url)
  end
  if sale.product.physical then add_shipping(out, shop, sale) end
  out.offer_code = views.offer_code(sale)
  if sale.affiliate_email then
    out.affiliate = Affiliate { email = sale.affiliate_email,
      amount = ("$%.2f"):format(sale.price / 1000) }
  end
  return Sale(out)
end

-- subscribers -----------------------------------------------------------------------------

local Subscriber = json.shape {
  "id", "email", "product_id", "product_name", "user_id", "user_email", "purchase_ids",
  "created_at", "user_requested_cancellation_at", "charge_occurrence_count", "recurrence",
  "cancelled_at", "ended_at", "failed_at", "free_trial_ends_at", "status", "license_key",
}

--- A Unix time as text, or null for none.
function views.time_or_null(time)
  return time and format.iso(time) or null
end

local function status(shop, subscription)
  if subscription.status == "pending_cancellation" and not shop:is_active(subscription) then
    return "cancelled"
  end
  return subscription.status
end

local function reversed(list)
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

function views.subscriber(shop, subscription)
  local buyer, licence = subscription.buyer, shop:licence_of_subscription(subscription)
  return Subscriber {
    id = subscription.id, product_id = subscription.product.id,
    email = buyer.account_id and buyer.account_email or subscription.email,
    product_name = subscription.product.name, user_id = or_null(buyer.account_id),
    user_email = buyer.account_id and buyer.account_email or null,
    purchase_ids = reversed(shop:purchase_ids(subscription)),
    created_at = format.iso(subscription.created), recurrence = subscription.recurrence,
    user_requested_cancellation_at = views.time_or_null(subscription.cancel_requested),
    charge_occurrence_count = null, cancelled_at = views.time_or_null(subscription.cancelled_at),
    ended_at = views.time_or_null(subscription.ended_at),
    failed_at = views.time_or_null(subscription.failed_at),
    free_trial_ends_at = null, status = status(shop, subscription),
    license_key = licence and licence.key,
  }
end

local Imported = json.shape { "email", "created_at", "timestamp", "link_name", "product_name", "price",
  "is_imported_customer", "purchase_email", "id", "can_update" }

--- A customer who came without a sale.
function views.imported_customer(shop, customer)
  return Imported {
    email = customer.email, created_at = format.iso(customer.created), price = null,
    timestamp = format.ago(customer.created, shop:time()), link_name = customer.product.name,
    product_name = customer.product.name, is_imported_customer = true, purchase_email = customer.email,
    id = customer.id, can_update = null,
  }
end

-- payouts ---------------------------------------------------------------------------------

local Payout = json.shape { "id", "amount", "currency", "status", "created_at", "processed_at",
  "payment_processor", "bank_account_visual", "paypal_email", "sales", "refunded_sales", "disputed_sales",
  "transactions" }
local Transaction = json.shape { "type", "date", "purchase_id", "item_name", "buyer_name", "buyer_email",
  "taxes", "shipping", "sale_price", "gumroad_fees", "net_total" }

-- What one line of a payout says: amounts in dollars; "" where there is no sale.
local function transaction(line)
  local sale = line.sale
  return Transaction {
    type = line.type, date = os.date("!%Y-%m-%d", line.time), purchase_id = sale and sale.id or "",
    item_name = sale and sale.product.name or "", buyer_name = sale and sale.buyer.name or "",
    buyer_email = sale and sale.email or "", taxes = sale and 0 or "", shipping = sale and 0 or "",
    sale_price = sale and line.price / 100 or "", gumroad_fees = line.fee / 100, net_total = line.net / 100,
  }
end

--- A payout of books.lua.
-- @param details nil, or table: `sales` and `transactions`, whether to add these
function views.payout(payout, details)
  local paypal, with_sales = payout.paypal, details and details.sales
  local done = payout.status == "completed"
  return Payout {
    id = or_null(payout.id), amount = ("%d.%02d"):format(math.floor(payout.cents / 100), payout.cents % 100),
    currency = "usd", status = payout.status, created_at = format.iso(payout.created),
    processed_at = done and format.iso(payout.created + 26 * 3600) or null,
    payment_processor = paypal and "paypal" or "stripe",
    bank_account_visual = paypal and null or "******1234",
    paypal_email = paypal and "ana.pay@example.com" or null,
    sales = with_sales and payout.sales or nil,
    refunded_sales = with_sales and payout.refunded_sales or nil,
    disputed_sales = with_sales and payout.disputed_sales or nil,
    transactions = details and details.transactions and map(payout.entries, transaction) or nil,
  }
end

-- the rest --------------------------------------------------------------------------------

local User = json.shape { "name", "currency_type", "bio", "twitter_handle", "id", "user_id", "url",
  "links", "profile_url", "email", "display_name", "profile_picture_url" }

local function links(shop)
  local list = {}
  for number = shop.product_count, 1, -1 do
    local product = shop:product(number)
    if not product.deleted then list[#list + 1] = product.custom_permalink or product.permalink end
  end
  return list[1] and list or null
end

local PRIVATE = { "edit_products", "view_sales", "revenue_share", "ifttt", "view_profile" }

local function any(scopes, wanted)
  for _, scope in ipairs(wanted) do
    if scopes[scope] then return true end
  end
  return false
end

--- The seller; what is shown depends on the token's scopes.
function views.user(shop, scopes)
  local private = any(scopes, PRIVATE)
  local picture = PUBLIC_FILES .. chance.guid(shop.seed, 41, 1) .. ".png"
  local own = scopes.view_profile
  return User {
    name = shop.profile.name, bio = shop.profile.bio or private and null or nil, id = shop.user_id,
    user_id = shop.seller_id, url = views.PROFILE, links = links(shop),
    currency_type = private and "usd" or nil, twitter_handle = private and null or nil,
    profile_url = private and picture or nil, email = private and shop.SELLER_EMAIL or nil,
    display_name = own and shop.profile.name or nil, profile_picture_url = own and picture or nil,
  }
end

local Hook = json.shape { "id", "resource_name", "post_url" }

function views.resource_subscription(hook)
  return Hook { id = hook.id, resource_name = hook.resource_name, post_url = hook.post_url }
end

return views
