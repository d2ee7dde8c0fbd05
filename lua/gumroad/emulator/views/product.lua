--- Products in responses.
local catalog = require "gumroad.emulator.shop.catalog"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"
local pictures = require "gumroad.emulator.views.pictures"
local prices = require "gumroad.emulator.shop.prices"
local taxonomy = require "gumroad.emulator.shop.taxonomy"
local variants = require "gumroad.emulator.views.variant"

local null, or_null = json.null, json.or_null

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
local FileInfo = json.shape { "Size" }
local Parity = json.shape { "IN", "BR", "UA" }
local Field = json.shape { "id", "type", "name", "required", "collect_per_product" }
local RefundPolicy = json.shape { "refund_period", "title", "fine_print", "inherited" }
local RichContent = json.shape { "id", "page_id", "title", "variant_id", "description",
  "updated_at" }
local Node = json.shape { "type", "content", "attrs", "text" }
local Attributes = json.shape { "id", "uid" }
local Bundled = json.shape { "product_id", "variant_id", "quantity", "position" }
local File = json.shape { "id", "name", "size", "url", "filetype", "filegroup" }

local function custom_field(field)
  return Field { id = field.id, type = field.type, name = field.name, required = field.required,
    collect_per_product = false }
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
    preview_url = first_cover and links.image(first_cover) or null,
    thumbnail_url = product.thumbnail_id and links.image(product.thumbnail_id) or null,
    short_url = links.product(product), tags = product.tags,
    formatted_price = formatted_price(product), published = product.published,
    file_info = #product.files == 1 and FileInfo { Size = "48.2 MB" } or json.dict(),
    max_purchase_count = or_null(product.stock), custom_summary = or_null(product.summary),
    custom_fields = json.list(product.custom_fields, custom_field),
    custom_html = or_null(product.custom_html), is_tiered_membership = product.membership,
    recurrences = product.membership and { "monthly", "yearly" } or null,
    taxonomy_id = or_null(product.taxonomy_id), category = or_null(filed.path),
    category_label = or_null(filed.label), covers = json.list(product.cover_ids, pictures.cover),
    main_cover_id = or_null(first_cover), bundle_products = json.list(product.bundle_products, bundled),
  }
end

local function add_preorder(out)
  out.is_preorder, out.is_in_preorder_state = true, true
  out.release_at = "2026-12-01 00:00:00 UTC"
end

local function add_sales(shop, out, product)
  local sold = catalog.sold(shop, product)
  out.custom_delivery_url, out.sales_count = null, sold
  out.sales_usd_cents = sold * prices.us_cents(product.price, product.currency)
end

local function downloads(shop, product)
  local id, file_id = shop.rng:id("rich_content", product.number), product.files[1].id
  local words = Node { type = "text", text = "Thank you!" }
  local thanks = Node { type = "paragraph", content = { words } }
  local attributes = Attributes { id = file_id, uid = shop.rng:guid("embed", product.number) }
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
  out.files = json.list(product.files, file, shop)
end

--- A product.
-- @param scopes set of the token's scopes: the figures of sales need view_sales or account
-- @param in_full whether to include the fields that lists leave out
return function(shop, product, scopes, in_full)
  local out = basics(product)
  out.variants = variants.in_product(product, in_full)
  if product.custom_permalink then
    out.purchasing_power_parity_prices = Parity { IN = math.floor(product.price * 0.5),
      BR = math.floor(product.price * 0.6), UA = math.floor(product.price * 0.45) }
  end
  if product.preorder then add_preorder(out) end
  if scopes.view_sales or scopes.account then add_sales(shop, out, product) end
  if in_full then add_details(shop, out, product) end
  return Product(out)
end
