-- What operations_spec.lua needs to know about single operations. An operation without arguments needs no
-- entry; its recorded response, if there is one, is called RESOURCE_OPERATION.
--
-- * `call(shop, known)`: returns the arguments of a call that succeeds. It first creates what the call changes.
-- * `samples`: recorded responses. The emulator's response to this call must have all of their fields.
-- * `schema_samples`: recorded responses that are compared only with the schema, because their contents depend
--   on the object (emulator/shape_spec.lua compares many objects with them).
-- * `not_found`: a pattern for the message about an unknown id, if it is not the usual one.
-- * `refused`: { WHAT, parameters, kind, message }, for operations without an id.
-- * `scopes_depend`: why a single scope is not always enough.
local core = require "gumroad.core"

local calls = {}

--- Types that differ from those in the catalog, by RESOURCE.OPERATION.PARAMETER, with the reason.
calls.types = {
  -- Strings in the catalog, because only the string true counts, which is how a form sends a boolean.
  ["offer_codes.create.universal"] = "boolean",
  ["custom_fields.create.required"] = "boolean",
  ["custom_fields.update.required"] = "boolean",
}

--- Kinds that differ from those in the catalog, by RESOURCE.OPERATION.
calls.kinds = {
  ["thumbnails.delete"] = "message",  -- the thumbnail in its response is always null
  ["sales.resend_receipt"] = "message",  -- only `success`
  ["tax_forms.download"] = "file",  -- a PDF
}

--- Objects of the emulated shop that the calls use.
function calls.known(shop, gum)
  local known = { gum = gum, product = assert(shop.products:get("pxvra")), brushes = assert(shop.products:get("kzqwu")),
    tape = assert(shop.products:get("tapel")), club = assert(shop.products:get("mclub")) }
  known.category = assert(shop.variant_categories:list(known.product.id))[1]
  known.sale = assert(gum:sell { product_id = "kzqwu" })
  known.subscriber = assert(shop.subscribers:list(known.club.id))[1]
  return known
end

local function none() end

local function recorded(name)
  local file = io.open("spec/fixtures/" .. name .. ".json")
  if file then file:close() end
  return file and { name } or {}
end

--- Returns what is known about the operation of a row.
function calls.of(row)
  local own = calls[row.resource .. "." .. row.name]
  if own then return own end
  assert(#row.path_params == 0 and not row.needs_params, "operation_calls.lua has nothing for " .. row.name)
  return { call = none, samples = recorded(row.resource .. "_" .. row.name) }
end

local function product(_, known) return known.product.id end
local function brushes(_, known) return known.brushes.id end

local function new_product(shop)
  return assert(shop.products:create { name = "Ink", price = 900 }).id
end

-- products --------------------------------------------------------------------------------

calls["products.list"] = { call = none, schema_samples = { "products_list", "products_list_last_page",
  "products_list_without_view_sales" } }
calls["products.get"] = { call = brushes, samples = { "product_get" }, schema_samples = { "product_get_membership" } }
calls["products.create"] = {
  call = function() return { name = "Ink", price = 900, draft = true } end,
  refused = { "a blank name", { name = " ", price = 1 }, "invalid", "Name can't be blank" },
}
calls["products.update"] = {
  call = function(_, known) return known.tape.id, { price = 90 } end,
  schema_samples = { "product_update_with_warning" },
}
calls["products.delete"] = { call = new_product, samples = { "product_delete" } }
calls["products.enable"] = { call = new_product }
calls["products.disable"] = { call = new_product, schema_samples = { "product_disable" } }

calls["products.comps"] = {
  call = function() return { query = "ink" } end, samples = { "products_comps" },
  refused = { "nothing to compare", {}, "invalid", "taxonomy or query is required" },
}

local HTML = { custom_html = "<p onclick='a()'>Ink</p><iframe></iframe>" }
local LONG = { custom_html = ("x"):rep(500001) }
local TOO_LONG = "Custom html is too long (maximum is 500000 characters)"

calls["products.preview_custom_html"] = { call = function(shop) return new_product(shop), HTML end }
calls["products.get_custom_html"] = { call = new_product }
calls["products.edit_custom_html"] = {
  call = function(shop)
    local id = new_product(shop)
    assert(shop.products:update(id, HTML))
    return id, { find = "Ink", replace = "Oil" }
  end,
}

calls["bundle_contents.update"] = {
  call = function(shop, known)
    local bundle = assert(shop.products:create { name = "All", price = 900, native_type = "bundle" })
    return bundle.id, { products = { { product_id = known.brushes.id }, { product_id = known.tape.id, quantity = 2 } } }
  end,
}

calls["variant_categories.list"] = { call = product, samples = { "variant_categories_list" } }
calls["variant_categories.get"] = { call = function(_, known) return known.product.id, known.category.id end }
calls["variant_categories.create"] = {
  call = function(shop) return new_product(shop), { title = "Size" } end, samples = { "variant_category_create" },
}
local function new_category(shop)
  local id = new_product(shop)
  return id, assert(shop.variant_categories:create(id, { title = "Size" })).id
end
calls["variant_categories.update"] = {
  call = function(shop)
    local id, category = new_category(shop)
    return id, category, { title = "Colour" }
  end,
}
calls["variant_categories.delete"] = { call = new_category, samples = { "variant_category_delete" } }

local function new_variant(shop)
  local id, category = new_category(shop)
  return id, category, assert(shop.variants:create(id, category, { name = "A4" })).id
end

calls["variants.list"] = {
  call = function(_, known) return known.product.id, known.category.id end, samples = { "variants_list" },
}
calls["variants.get"] = {
  call = function(shop, known)
    local category = assert(shop.variant_categories:list(known.club.id))[1].id
    return known.club.id, category, assert(shop.variants:list(known.club.id, category))[1].id
  end,
  samples = { "variant_get", "variant_get_tier" },
}
calls["variants.create"] = {
  call = function(shop)
    local id, category = new_category(shop)
    return id, category, { name = "A4", price_difference_cents = -100, max_purchase_count = 5 }
  end,
}
calls["variants.update"] = {
  call = function(shop)
    local id, category, variant = new_variant(shop)
    return id, category, variant, { description = "Large" }
  end,
}
calls["variants.delete"] = { call = new_variant, samples = { "variant_delete" } }

calls["skus.list"] = {
  call = function(shop) return assert(shop.products:get("rqdnt")).id end, samples = { "skus_list" },
}

local function new_code(shop)
  local id = new_product(shop)
  return id, assert(shop.offer_codes:create(id, { name = "FIVEOFF", amount_off = 500 })).id
end

calls["offer_codes.list"] = {
  call = function(shop) return (new_code(shop)) end, schema_samples = { "offer_codes_list" },
}
calls["offer_codes.get"] = { call = new_code }
calls["offer_codes.create"] = {
  call = function(shop)
    return new_product(shop), { name = "FIVEOFF", amount_off = 500, max_purchase_count = 100,
      minimum_amount_cents = 2000 }
  end,
  samples = { "offer_code_create" },
}
calls["offer_codes.update"] = {
  call = function(shop)
    local id, code = new_code(shop)
    return id, code, { max_purchase_count = 3 }
  end,
}
calls["offer_codes.delete"] = { call = new_code, samples = { "offer_code_delete" } }

local function new_field(shop)
  local id = new_product(shop)
  return id, assert(shop.custom_fields:create(id, { name = "Name v1.0 / print", required = true })).name
end

calls["custom_fields.list"] = { call = product, samples = { "custom_fields_list" } }
calls["custom_fields.create"] = {
  call = function(shop) return new_product(shop), { name = "Name on print", required = true } end,
  samples = { "custom_field_create" },
}
calls["custom_fields.update"] = {
  call = function(shop)
    local id, name = new_field(shop)
    return id, name, { required = false }
  end,
}
calls["custom_fields.delete"] = { call = new_field, samples = { "custom_field_delete" } }

local PICTURE = { url = "https://example.com/a.png" }

calls["thumbnails.create"] = {
  call = function(shop) return new_product(shop), PICTURE end, samples = { "thumbnail_create" },
}
calls["thumbnails.delete"] = { call = new_product, samples = { "thumbnail_delete" } }
calls["covers.create"] = {
  call = function(shop) return new_product(shop), PICTURE end, samples = { "cover_create" },
}
calls["covers.delete"] = {
  call = function(shop)
    local id = new_product(shop)
    return id, assert(shop.covers:create(id, PICTURE)).main_cover_id
  end,
}
calls["reviews.list"] = { call = brushes, samples = { "product_reviews_list" } }

local UPSELL = { name = "Add tapes", cross_sell = true, text = "Take the tapes too", description = "Half price",
  offer_code = { amount_percentage = 50 } }

local function upsell_for(known)
  local upsell = { product_id = known.tape.id, product_ids = { known.brushes.id } }
  for name, value in pairs(UPSELL) do upsell[name] = value end
  return upsell
end
local function new_upsell(shop, known)
  return assert(shop.upsells:create(upsell_for(known))).id
end

calls["upsells.get"] = { call = new_upsell }
calls["upsells.create"] = {
  call = function(_, known) return upsell_for(known) end,
  refused = { "an unknown product", { name = "a", product_id = "x" }, "not_found", "The product was not found." },
}
calls["upsells.update"] = {
  call = function(shop, known)
    local versions = assert(shop.variants:list(known.product.id, known.category.id))
    return new_upsell(shop, known), { product_id = known.product.id, cross_sell = false,
      upsell_variants = { { selected_variant_id = versions[1].id, offered_variant_id = versions[2].id } } }
  end,
}
calls["upsells.delete"] = { call = new_upsell }

local function utm_link(shop)
  local number = #assert(shop.utm_links:list()) + 1
  return { title = "Autumn", target_resource_type = "product_page", target_resource_id = "kzqwu",
    utm_source = "newsletter", utm_medium = "email", utm_campaign = "autumn " .. number }
end
local function new_link(shop)
  return assert(shop.utm_links:create(utm_link(shop))).id
end

calls["utm_links.list"] = { call = function(shop) new_link(shop) end }
calls["utm_links.get"] = { call = new_link }
calls["utm_links.create"] = {
  call = utm_link, samples = { "utm_link_create" },
  refused = { "an unknown target", { title = "a", target_resource_type = "x", utm_source = "b", utm_medium = "c",
    utm_campaign = "d" }, "invalid", "Target resource type is not included in the list" },
}
calls["utm_links.update"] = { call = function(shop) return new_link(shop), { utm_term = "ink" } end }
calls["utm_links.delete"] = { call = new_link }
calls["utm_links.enable"] = { call = new_link }
calls["utm_links.disable"] = { call = new_link }

-- files -----------------------------------------------------------------------------------

local function wait_for(transfer)
  while not transfer:done() do core.engine():step(1) end
  return assert(transfer:result())
end

-- PUTs bytes to a URL of the emulator's storage.
local function put(known, url, bytes, headers)
  return wait_for(assert(core.engine():send { method = "PUT", base_url = known.gum.url,
    path = url:sub(#known.gum.url + 1), body = bytes, headers = headers or {} }))
end

local function upload(shop)
  return assert(shop.files:presign { filename = "ink.zip", file_size = 9 })
end

-- Uploads a file in two parts, without completing it.
local function uploaded(shop, known)
  local begun, parts = upload(shop), {}
  for i, bytes in ipairs { "01234", "5678" } do
    local result = put(known, begun.parts[i].presigned_url, bytes)
    parts[i] = { part_number = i, etag = result.headers.etag }
  end
  return { upload_id = begun.upload_id, key = begun.key, parts = parts }
end

calls["files.presign"] = {
  call = function() return { filename = "ink.zip", file_size = 9 } end, samples = { "files_presign" },
  refused = { "an empty file", { filename = "a", file_size = 0 }, "invalid", "file_size must be a positive integer" },
}
calls["files.complete"] = {
  call = uploaded, samples = { "files_complete" },
  refused = { "an unknown upload", { upload_id = "a", key = "b", parts = {} }, "invalid", "The upload was not found" },
}
calls["files.abort"] = {
  call = function(shop)
    local begun = upload(shop)
    return { upload_id = begun.upload_id, key = begun.key }
  end,
  samples = { "files_abort" },
}

local IMAGE = { filename = "a.png", byte_size = 3, checksum = "kAFQmDzST7DWlj99KOF/cg==", content_type = "image/png" }
local DRAWING = { filename = "a.svg", byte_size = 3, checksum = "kAFQmDzST7DWlj99KOF/cg==",
  content_type = "image/svg+xml" }

calls["direct_uploads.create"] = {
  call = function() return { blob = IMAGE } end, samples = { "direct_upload_create" },
  refused = { "a type that is not allowed", { blob = DRAWING }, "invalid", "This content type is not allowed" },
  scopes_depend = "for media edit_profile is needed, else edit_products",
}

-- sales -----------------------------------------------------------------------------------

local function sale(_, known) return known.sale.id end

local function new_sale(_, known)
  return assert(known.gum:sell { product_id = "kzqwu" }).id
end

calls["sales.list"] = { call = none, schema_samples = { "sales_list", "sales_list_last_page", "sales_list_empty" },
  refused = { "a product that does not exist", { product_id = "x" }, "invalid", "Invalid product ID." } }
calls["sales.get"] = { call = sale, schema_samples = { "sale_get", "sale_get_free", "sale_get_membership",
  "sale_get_variants_custom_fields", "sale_get_buyer_presentment" } }
calls["sales.mark_as_shipped"] = { call = new_sale, schema_samples = { "sale_mark_as_shipped" } }
calls["sales.refund"] = { call = new_sale, schema_samples = { "sale_refund_full", "sale_refund_partial" } }
calls["sales.resend_receipt"] = { call = sale, samples = { "sale_resend_receipt" } }

calls["sales.revoke_access"] = { call = new_sale }
calls["sales.undo_revoke_access"] = { call = new_sale }
calls["sales.export"] = {
  call = function() return { from = "2026-01-01", to = "2026-01-31" } end, samples = { "sales_export" },
  refused = { "a product that does not exist", { product_id = "x" }, "invalid", "Invalid product ID." },
}
calls["sales.summary"] = {
  call = function() return { from = "2026-01-01", to = "2026-09-01", group_by = "month" } end,
  samples = { "sales_summary", "sales_summary_by_month", "sales_summary_by_product" },
  refused = { "days in the wrong order", { from = "2026-02-01", to = "2026-01-01" }, "invalid",
    "'from' must be on or before 'to'." },
}

calls["subscribers.list"] = {
  call = function(_, known) return known.club.id end,
  samples = { "subscribers_list" }, schema_samples = { "subscribers_list_unpaginated" },
}
calls["subscribers.get"] = { call = function(_, known) return known.subscriber.id end, samples = { "subscriber_get" } }

-- licenses --------------------------------------------------------------------------------

local function new_license(_, known)
  local sold = assert(known.gum:sell { product_id = "brpro" })
  return { product_id = sold.product_id, license_key = sold.license_key }
end

local UNKNOWN_KEY = { "an unknown key", { product_id = "x", license_key = "y" }, "not_found",
  "That license does not exist for the provided product." }

calls["licenses.verify"] = { call = new_license, refused = UNKNOWN_KEY,
  schema_samples = { "license_verify", "license_verify_membership", "license_verify_offer_code",
    "license_verify_imported_customer" } }
calls["licenses.enable"] = { call = new_license, refused = UNKNOWN_KEY }
calls["licenses.disable"] = { call = new_license, refused = UNKNOWN_KEY }
calls["licenses.decrement_uses"] = { call = new_license, refused = UNKNOWN_KEY }
calls["licenses.rotate"] = { call = new_license, refused = UNKNOWN_KEY, schema_samples = { "license_rotate" } }

-- mail ------------------------------------------------------------------------------------

local POST = { subject = "Autumn sale", body = "<p>Hello</p>", audience = "customers" }

local function new_email(shop)
  return assert(shop.emails:create(POST)).id
end

local function at(shop)
  return new_email(shop), { to_be_published_at = "2030-01-01T08:00:00Z" }
end

calls["emails.list"] = { call = none, samples = { "emails_list" },
  refused = { "an unknown type", { type = "x" }, "invalid",
    "Invalid type. Valid values are: published, scheduled, draft." } }
calls["emails.get"] = { call = new_email }
calls["emails.create"] = { call = function() return POST end,
  refused = { "a blank subject", { subject = " ", body = "x" }, "invalid", "Subject can't be blank" } }
calls["emails.delete"] = { call = new_email }
calls["emails.preview"] = { call = new_email, samples = { "email_preview" } }
calls["emails.send"] = { call = new_email }
calls["emails.schedule"] = { call = at }
calls["emails.unschedule"] = {
  call = function(shop)
    local id, params = at(shop)
    return assert(shop.emails:schedule(id, params)).id
  end,
}

local function workflow(shop)
  return assert(shop.workflows:list())[1].id
end

calls["workflows.get"] = { call = workflow, samples = { "workflow_get" } }
calls["workflow_emails.create"] = {
  call = function(shop)
    return workflow(shop), { subject = "Welcome", body = "<p>Hi</p>", delay_amount = 1, delay_unit = "day" }
  end,
  samples = { "workflow_email_create" },
}
calls["workflow_emails.update"] = {
  call = function(shop)
    local full = assert(shop.workflows:get(workflow(shop)))
    return full.id, full.emails[1].id, { subject = "Hello" }
  end,
}

-- money -----------------------------------------------------------------------------------

calls["payouts.list"] = { call = none, samples = { "payouts_list" },
  refused = { "a wrong page_key", { page_key = "x" }, "invalid", "Invalid page_key." } }
calls["payouts.upcoming"] = {
  call = function(_, known)
    assert(known.gum:sell { product_id = "kzqwu" })
    return {}
  end,
  samples = { "payouts_upcoming" },
}
calls["payouts.get"] = {
  call = function(shop)
    return assert(shop.payouts:list { include_upcoming = false })[1].id, { include_transactions = true }
  end,
  samples = { "payout_get" },
}
calls["tax_forms.list"] = { call = none, samples = { "tax_forms_list" },
  refused = { "a year without a form", { year = 1999 }, "not_found", "Tax form not found." } }
calls["tax_forms.download"] = { call = function() return "2025", "us_1099_k" end,
  not_found = "^Tax form not found%.$" }
calls["earnings.get"] = { call = function() return { year = 2025 } end, samples = { "earnings_get" },
  refused = { "no year of four digits", { year = 7 }, "not_found", "The year was not found." } }

-- the account -----------------------------------------------------------------------------

calls["user.get"] = { call = none, samples = { "user_get" }, schema_samples = { "user_get_view_public_only" } }

calls["user.update"] = { call = function() return { bio = "Brushes and prints." } end }

calls["user.update_custom_html"] = {
  call = function() return HTML end, refused = { "too long a text", LONG, "invalid", TOO_LONG },
}
calls["user.edit_custom_html"] = {
  call = function(shop)
    assert(shop.user:update_custom_html(HTML))
    return { find = "Ink", replace = "Oil" }
  end,
  refused = { "what does not occur", { find = "Acryl", replace = "" }, "invalid",
    "find must occur exactly once, it occurs 0 times" },
}
calls["user.preview_custom_html"] = {
  call = function() return HTML end, refused = { "too long a text", LONG, "invalid", TOO_LONG },
}

local function new_page(shop)
  local number = #assert(shop.pages:list()) + 1
  return assert(shop.pages:create { title = "Ink & Öl " .. number, content = "<p>a</p>" }).slug
end

calls["pages.get"] = { call = function() return "about" end, samples = { "page_get" } }
calls["pages.create"] = {
  call = function() return { title = "FAQ", custom_html = HTML.custom_html } end,
  refused = { "a title that is blank", { title = " " }, "invalid", "Title can't be blank" },
}
calls["pages.update"] = { call = function(shop) return new_page(shop), { title = "Oil" } end }
calls["pages.delete"] = { call = new_page }

calls["media.create"] = {
  call = function() return { url = "https://example.com/a.png" } end, samples = { "media_create" },
  refused = { "a drawing", { url = "https://example.com/a.svg" }, "invalid", "Only images can be uploaded." },
}
calls["media.delete"] = {
  call = function(shop) return assert(shop.media:create { url = "https://example.com/a.png" }).id end,
}

calls["help_articles.get"] = { call = function() return "66-gumroads-fees" end }
calls["refund_policy.update"] = {
  call = function() return { refund_period = "30" } end,
  refused = { "a period that is not offered", { refund_period = "none" }, "invalid",
    "Refund period is not included in the list" },
}

local HOOK = { resource_name = "sale", post_url = "https://example.com/hook" }

calls["resource_subscriptions.list"] = {
  call = function(shop)
    assert(shop.resource_subscriptions:create(HOOK))
    return { resource_name = "sale" }
  end,
  samples = { "resource_subscriptions_list", "resource_subscriptions_list_empty" },
  refused = { "an unknown event", { resource_name = "x" }, "invalid", "Valid resource_name parameter required" },
}
calls["resource_subscriptions.create"] = {
  call = function() return HOOK end, samples = { "resource_subscription_create" },
  refused = { "an unknown event", { resource_name = "x", post_url = "https://example.com/" }, "invalid",
    "Unable to subscribe to ''." },
}
calls["resource_subscriptions.delete"] = {
  call = function(shop) return assert(shop.resource_subscriptions:create(HOOK)).id end,
  samples = { "resource_subscription_delete" },
  not_found = "^The resource_subscription was not found; only the application that created a webhook can delete it$",
}

return calls
