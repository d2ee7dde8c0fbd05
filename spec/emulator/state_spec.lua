-- Changes to the emulated shop are visible afterward, and requests that Gumroad would refuse
-- are refused.
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local support = require "support"
local ids_of = support.ids

local function refused(message, value, err)
  assert.is_nil(value)
  assert.equal(message, err.message)
end

describe("The emulated shop", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 900, subscribers = 4, now = 1790000000, part_size = 4,
      tokens = { ["only-account"] = "account", ["only-products"] = "edit_products" } })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  local function new_product(fields)
    local all = { name = "Ink", price = 900, draft = true }
    for name, value in pairs(fields or {}) do all[name] = value end
    return assert(shop.products:create(all)).id
  end

  local function put(url, bytes, headers)
    local transfer = assert(core.engine():send { method = "PUT", base_url = gum.url,
      path = url:sub(#gum.url + 1), body = bytes, headers = headers or {} })
    while not transfer:done() do core.engine():step(1) end
    return assert(transfer:result())
  end

  -- Uploads bytes as a file for a product.
  local function upload(filename, bytes)
    local begun = assert(shop.files:presign { filename = filename, file_size = #bytes })
    local parts = {}
    for i, part in ipairs(begun.parts) do
      local response = put(part.presigned_url, bytes:sub(i * 4 - 3, i * 4))
      parts[i] = { part_number = i, etag = response.headers.etag }
    end
    return { upload_id = begun.upload_id, key = begun.key, parts = parts }
  end

  describe("accepts a file for a product", function()
    it("in the parts that its size requires, and shows it with the product", function()
      local url = assert(shop.files:complete(upload("my ink.zip", "0123456789"))).file_url
      local id = new_product { files = { { url = url, display_name = "The ink" } } }
      local file = assert(shop.products:get(id)).files[1]
      assert.same({ "The ink", 10, "zip", "archive" }, { file.name, file.size, file.filetype, file.filegroup })
    end)

    it("and removes it if it is not in `files`, but keeps those that are named by id", function()
      local first = assert(shop.files:complete(upload("a.zip", "01"))).file_url
      local second = assert(shop.files:complete(upload("b.zip", "01"))).file_url
      local id = new_product { files = { { url = first }, { url = second } } }
      local kept = assert(shop.products:get(id)).files[2].id
      assert(shop.products:update(id, { files = { { id = kept } } }))
      assert.same({ kept }, ids_of(shop.products:get(id).files))
    end)

    it("but not before all parts have arrived with their ETags, and not twice", function()
      local ready = upload("a.zip", "01234567")
      local etag = ready.parts[2].etag
      ready.parts[2].etag = "wrong"
      local _, err = shop.files:complete(ready)
      assert.equal(400, err.status)
      ready.parts[2] = nil
      _, err = shop.files:complete(ready)
      assert.equal(400, err.status)
      ready.parts[2] = { part_number = 2, etag = etag }
      assert(shop.files:complete(ready))
      _, err = shop.files:complete(ready)
      assert.equal(400, err.status)
    end)

    it("but not after the upload was aborted, which may be repeated", function()
      local begun = assert(shop.files:presign { filename = "a.zip", file_size = 3 })
      local which = { upload_id = begun.upload_id, key = begun.key }
      assert.equal("accepted", assert(shop.files:abort(which)).status)
      assert.equal("already_gone", assert(shop.files:abort(which)).status)
      assert.equal(404, put(begun.parts[1].presigned_url, "012").status)
    end)

    it("but not with a URL that was changed or has expired", function()
      local url = assert(shop.files:presign { filename = "a.zip", file_size = 3 }).parts[1].presigned_url
      local place = assert(shop.direct_uploads:create { blob = { filename = "a.png", byte_size = 3,
        checksum = "kAFQmDzST7DWlj99KOF/cg==", content_type = "image/png" } })
      local changed = put((url:gsub("Signature=", "Signature=0")), "012")
      assert.equal(403, changed.status)
      assert.matches("<Code>SignatureDoesNotMatch</Code>", changed.body)
      assert(gum:advance(301))
      assert.equal(403, put(place.direct_upload.url, "abc", place.direct_upload.headers).status)
      assert.equal(200, put(url, "012").status)
      assert(gum:advance(600))
      local late = put(url, "012")
      assert.equal(403, late.status)
      assert.matches("<Code>AccessDenied</Code><Message>Request has expired</Message>", late.body)
    end)

    it("but not as a part that it does not have", function()
      local url = assert(shop.files:presign { filename = "a.zip", file_size = 5 }).parts[1].presigned_url
      for _, number in ipairs { "0", "3", "99999" } do
        local refusal = put(url:gsub("partNumber=1", "partNumber=" .. number), "0123")
        assert.equal(400, refusal.status)
        assert.matches("<Code>InvalidArgument</Code>", refusal.body)
      end
    end)

    it("but not from a URL without an upload", function()
      local _, err = shop.products:create { name = "a", price = 0, files = { { url = "https://example.com/a.zip" } } }
      assert.equal("invalid", err.kind)
    end)

    it("of at most 20 GB", function()
      local _, err = shop.files:presign { filename = "a.zip", file_size = 20 * 1024 ^ 3 + 1 }
      assert.equal(400, err.status)
    end)
  end)

  describe("accepts a picture", function()
    local function reserve(options)
      local blob = { filename = "a.png", byte_size = 3, checksum = "kAFQmDzST7DWlj99KOF/cg==",
        content_type = "image/png" }
      return assert(shop.direct_uploads:create { blob = blob, purpose = options and options.purpose })
    end

    it("for a cover or thumbnail that was sent with the signed headers", function()
      local id, place = new_product(), reserve()
      local _, err = shop.covers:create(id, { signed_blob_id = place.signed_id })
      assert.equal("invalid", err.kind)
      assert.equal(403, put(place.direct_upload.url, "abc").status)
      assert.equal(200, put(place.direct_upload.url, "abc", place.direct_upload.headers).status)
      assert.equal(1, #assert(shop.covers:create(id, { signed_blob_id = place.signed_id })))
      local thumbnail = assert(shop.thumbnails:create(id, { signed_blob_id = place.signed_id }))
      assert.equal(thumbnail.url, shop.products:get(id).thumbnail_url)
      assert.is_nil(assert(shop.thumbnails:delete(id)).thumbnail)
      assert.is_nil(shop.products:get(id).thumbnail_url)
    end)

    it("but not for the profile without the scope edit_profile", function()
      for _, token in ipairs { "only-account", "only-products" } do
        local other = support.shop(gum, { access_token = token })
        local _, err = other.direct_uploads:create { purpose = "media",
          blob = { filename = "a", byte_size = 1, checksum = "a", content_type = "image/png" } }
        assert.equal("scope", err.kind)
        assert.truthy(err.message:find("This endpoint requires the edit_profile scope.", 1, true))
      end
    end)

    it("and puts covers into the requested order, starting with the main one", function()
      local id = new_product()
      local covers
      for _ = 1, 3 do covers = assert(shop.covers:create(id, { url = "https://example.com/a.png" })) end
      local ids = ids_of(covers)
      assert.equal(ids[1], covers.main_cover_id)
      assert.is_true(covers.complete)
      local product = assert(shop.products:update(id, { cover_ids = { ids[3], ids[1] } }))
      assert.same({ ids[3], ids[1], ids[2] }, ids_of(product.covers))
      assert.equal(ids[3], product.main_cover_id)
      covers = assert(shop.covers:delete(id, ids[3]))
      assert.same({ ids[1], ids[2] }, ids_of(covers))
      refused("The cover was not found.", shop.covers:delete(id, ids[3]))
    end)

    it("only from a web URL, and refuses others with HTTP 400 for thumbnails", function()
      local _, err = shop.thumbnails:create(new_product(), { url = "ftp://example.com/a.png" })
      assert.same({ 400, "invalid" }, { err.status, err.kind })
      _, err = shop.covers:create(new_product(), {})
      assert.same({ 200, "invalid" }, { err.status, err.kind })
    end)
  end)

  describe("has variants", function()
    local id, category
    before_each(function()
      id = new_product()
      category = assert(shop.variant_categories:create(id, { title = "Size" })).id
    end)

    it("that are shown in the product too", function()
      local variant = assert(shop.variants:create(id, category, { name = "A4", price_difference_cents = -100 }))
      local option = assert(shop.products:get(id)).variants[1].options[1]
      assert.same({ "A4", -100 }, { option.name, option.price_difference })
      assert(shop.variants:update(id, category, variant.id, { name = "A5", max_purchase_count = 3 }))
      assert.equal(3, assert(shop.variants:get(id, category, variant.id)).max_purchase_count)
    end)

    it("that are still found after they are deleted, but no longer listed", function()
      local variant = assert(shop.variants:create(id, category, { name = "A4" })).id
      assert(shop.variants:delete(id, category, variant))
      assert.equal(0, #assert(shop.variants:list(id, category)))
      assert.equal(0, #assert(shop.products:get(id)).variants[1].options)
      assert.equal("A4", assert(shop.variants:get(id, category, variant)).name)
    end)

    it("whose product and category must exist", function()
      refused("The product was not found.", shop.variants:get("x", "y", "z"))
      refused("The variant_category was not found.", shop.variants:get(id, "y", "z"))
      refused("The variant was not found.", shop.variants:get(id, category, "z"))
    end)

    it("that are tiers with their own prices in a membership", function()
      local club = new_product { native_type = "membership", price = 500 }
      local tiers = assert(shop.variant_categories:list(club))[1]
      local tier = assert(shop.variants:list(club, tiers.id))[1]
      assert.is_nil(tier.price_difference_cents)
      assert.equal(500, tier.recurrence_price_values.monthly.price_cents)
      assert.same({ enabled = false }, tier.recurrence_price_values.quarterly)
      refused("The price of a tiered membership is set on its tiers.", shop.products:update(club, { price = 700 }))
    end)

    it("as SKUs of physical products, and only there", function()
      assert.equal("NH-1", assert(shop.skus:list("rqdnt"))[1].custom_sku)
      assert.equal(0, #assert(shop.skus:list(id)))
    end)
  end)

  describe("has discount codes", function()
    it("for a product, oldest first, and universal ones for every product", function()
      local one, other = new_product(), new_product()
      local own = assert(shop.offer_codes:create(one, { name = "own", amount_off = 100 }))
      local all = assert(shop.offer_codes:create(one, { name = "all", amount_off = 5, offer_type = "percent",
        universal = true }))
      assert.same({ 100, nil, false }, { own.amount_cents, own.percent_off, own.universal })
      assert.same({ nil, 5, true }, { all.amount_cents, all.percent_off, all.universal })
      local listed = ids_of(shop.offer_codes:list(one))
      assert.same({ own.id, all.id }, { listed[#listed - 1], listed[#listed] })
      refused("The offer_code was not found.", shop.offer_codes:get(other, own.id))
      assert.equal("all", assert(shop.offer_codes:get(other, all.id)).name)
      assert(shop.offer_codes:delete(other, all.id))
      refused("The offer_code was not found.", shop.offer_codes:get(one, all.id))
    end)

    it("whose limits alone can be changed, and cleared with an empty value", function()
      local id = new_product()
      local code = assert(shop.offer_codes:create(id, { name = "own", amount_cents = 100, max_purchase_count = 3 })).id
      assert.equal(9, assert(shop.offer_codes:update(id, code, { max_purchase_count = 9 })).max_purchase_count)
      local body = { method = "PUT", url = "/v2/products/" .. id .. "/offer_codes/" .. code,
        body = { max_purchase_count = "", name = "other" } }
      local changed = assert(shop:request(body)).offer_code
      assert.same({ "own" }, { changed.name, changed.max_purchase_count })
    end)

    for message, fields in pairs {
      ["You are missing required offer code parameters. Please refer to https://gumroad.com/api#offer-codes "
        .. "for the correct parameters."] = { name = "a" },
      ["Discount code can only contain numbers, letters, dashes, and underscores."] = { name = "a b", amount_off = 1 },
      ["Please enter a discount amount that is 100% or less."] =
        { name = "a", amount_off = 101, offer_type = "percent" },
      ["The price after discount for all of your products must be either $0 or at least $0.99."] =
        { name = "a", amount_off = 850 },
      ["Discount code must be unique."] = { name = "autumn-10", amount_off = 100 },
    } do
      it("and says: " .. message, function()
        refused(message, shop.offer_codes:create(new_product(), fields))
      end)
    end

    it("and warns if one makes a product too cheap", function()
      local changed = assert(shop.products:update(new_product(), { price = 100 }))
      assert.equal(100, changed.price)
      assert.truthy(changed.warning:find("discounts this product below $0.99: AUTUMN-10.", 1, true))
      assert.is_nil(assert(shop.products:update(changed.id, { price = 900 })).warning)
    end)
  end)

  describe("has questions at checkout", function()
    it("with any names, and finds the last question with a name", function()
      local id, name = new_product(), "Name v1.0 / [print] & Öl?"
      assert(shop.custom_fields:create(id, { name = name }))
      assert(shop.custom_fields:create(id, { name = name, required = true }))
      assert.is_false(assert(shop.custom_fields:update(id, name, { required = false })).required)
      assert(shop.custom_fields:delete(id, name))
      assert.equal(1, #assert(shop.custom_fields:list(id)))
      assert.equal(name, shop.products:get(id).custom_fields[1].name)
    end)

    it("with encoded dots in names, because a format follows an unencoded dot", function()
      local id = new_product()
      assert(shop.custom_fields:create(id, { name = "size.cm" }))
      local _, err = shop:request { method = "DELETE", url = "/v2/products/" .. id .. "/custom_fields/size.cm" }
      assert.equal("The custom_field was not found.", err.message)
      assert(shop:request { method = "DELETE", url = "/v2/products/" .. id .. "/custom_fields/size%2Ecm" })
    end)

    it("only of known types", function()
      local id = new_product()
      for _, fields in ipairs { { name = " " }, { name = "a", type = "number" }, { name = "a", type = "terms" } } do
        refused("The custom_field was unable to be created.", shop.custom_fields:create(id, fields))
      end
      assert(shop.custom_fields:create(id, { name = "https://example.com/terms", type = "terms" }))
    end)

    it("and accepts only the string true for required", function()
      local made = assert(shop:request { method = "POST", url = "/v2/products/" .. new_product() .. "/custom_fields",
        body = '{"name":"a","required":true}', headers = { ["Content-Type"] = "application/json" } })
      assert.is_false(made.custom_field.required)
    end)
  end)

  describe("has reviews", function()
    it("of a product, newest first, consistent with its sales", function()
      local reviews, sales = {}, {}
      for review in shop.reviews:each("kzqwu") do reviews[#reviews + 1] = review.purchase_id end
      for sale in shop.sales:each { product_id = shop.products:get("kzqwu").id } do
        if sale.review then sales[#sales + 1] = sale.id end
      end
      assert.is_true(#reviews > 0)
      assert.same(sales, reviews)
    end)
  end)

  describe("has bundles", function()
    it("that consist of other products", function()
      local bundle, part = new_product { native_type = "bundle" }, new_product()
      assert(shop.bundle_contents:update(bundle, { products = { { product_id = part, quantity = 2 } } }))
      local parts = assert(shop.products:get(bundle)).bundle_products
      assert.same({ { product_id = part, quantity = 2, position = 0 } }, parts)
      refused("This product is not a bundle.", shop.bundle_contents:update(part, { products = {} }))
      refused("The product was not found.",
        shop.bundle_contents:update(bundle, { products = { { product_id = "x" } } }))
      assert.same({}, assert(shop.bundle_contents:update(bundle, { products = {} })).bundle_products)
    end)
  end)

  describe("stores custom HTML", function()
    local HTML = "<p onclick=\"a()\">Ink</p><iframe src='https://example.com/'></iframe>"

    it("of a product, without foreign code", function()
      local id = new_product()
      assert.is_false(assert(shop.products:get_custom_html(id)).has_landing_page)
      local changed = assert(shop.products:update(id, { custom_html = HTML }))
      assert.equal("<p>Ink</p>", changed.custom_html)
      assert.same({ { "iframe" }, { "onclick" }, 2 }, { changed.sanitization_report.removed_tags,
        changed.sanitization_report.removed_attributes, changed.sanitization_report.total_removed })
      local edited = assert(shop.products:edit_custom_html(id, { find = "Ink", replace = "Oil" }))
      assert.equal("<p>Oil</p>", edited.custom_html)
      assert.is_true(assert(shop.products:get_custom_html(id)).has_landing_page)
      local cleared = assert(shop.products:update(id, { custom_html = "" }))
      assert.same({ nil, "<p>Oil</p>" }, { cleared.custom_html, cleared.previous_custom_html })
    end)

    it("of the profile, and previews it without saving", function()
      assert(shop.user:update_custom_html { custom_html = "<p>Ana</p>" })
      assert.equal("<p>Ink</p>", assert(shop.user:preview_custom_html { custom_html = HTML }).custom_html)
      local page = assert(shop.user:get_custom_html())
      assert.same({ "<p>Ana</p>", true }, { page.custom_html, page.has_landing_page })
      assert.truthy(page.rendered_html:find("<p>Ana</p>", 1, true))
    end)

    it("and replaces only text that occurs exactly once", function()
      local id = new_product()
      assert(shop.products:update(id, { custom_html = "<p>a a</p>" }))
      refused("find must occur exactly once, it occurs 2 times",
        shop.products:edit_custom_html(id, { find = "a", replace = "b" }))
    end)
  end)

  describe("has a profile", function()
    it("whose name and bio can be changed", function()
      local user = assert(shop.user:update { name = "Ana P.", bio = "" })
      assert.same({ "Ana P.", "Ana P." }, { user.name, user.display_name, user.bio })
      assert(shop.user:update { name = "Ana Petrova", bio = "Brushes and prints." })
    end)

    it("with pages that have either content or custom HTML", function()
      local page = assert(shop.pages:create { title = "Häufige Fragen!", content = "<p>a</p>" })
      assert.equal("h-ufige-fragen", page.slug)
      page = assert(shop.pages:update(page.slug, { custom_html = "<b>b</b>", title = "FAQ" }))
      assert.same({ "FAQ", "<b>b</b>" }, { page.title, page.custom_html, page.content })
      assert.truthy(assert(shop.pages:get(page.slug)).rendered_html:find("<b>b</b>", 1, true))
      assert.is_nil(shop.pages:get(page.slug, { source_only = true }).rendered_html)
      assert.is_nil(assert(shop.pages:list { metadata_only = true })[1].content)
      refused("Slug has already been taken", shop.pages:create { title = "a", slug = page.slug })
      assert.equal("The page was deleted successfully.", assert(shop.pages:delete(page.slug)).message)
      refused("The page was not found.", shop.pages:get(page.slug))
    end)

    it("that cannot be changed with the scope account alone", function()
      local other = support.shop(gum, { access_token = "only-account" })
      for _, call in ipairs {
        function() return other.pages:create { title = "a" } end, function() return other.media:list() end,
        function() return other.user:profile_layout() end,
      } do
        local _, err = call()
        assert.same({ "scope", 403 }, { err.kind, err.status })
        assert.truthy(err.message:find("This endpoint requires the %l+_profile scope%."))
      end
    end)

    it("with media, newest first", function()
      local made = assert(shop.media:create { url = "https://example.com/a%20b.PNG?x=1", name = "Ink" })
      assert.same({ "Ink", "PNG", { type = "saved" } }, { made.name, made.extension, made.status })
      assert.equal(made.id, assert(shop.media:list())[1].id)
      assert.equal("The file was deleted.", assert(shop.media:delete(made.id)).message)
      refused("The media was not found.", shop.media:delete(made.id))
    end)
  end)

  describe("has upsells", function()
    it("that offer a product to the buyers of others, or another version", function()
      local one, other = new_product(), new_product()
      local made = assert(shop.upsells:create { name = "More", product_id = one, cross_sell = true,
        product_ids = { other }, offer_code = { amount_cents = 100 } })
      assert.same({ "fixed", 100 }, { made.discount.type, made.discount.cents })
      assert.same({ other }, ids_of(made.selected_products))
      local category = assert(shop.variant_categories:create(one, { title = "Size" })).id
      local small = assert(shop.variants:create(one, category, { name = "A4" })).id
      local large = assert(shop.variants:create(one, category, { name = "A3" })).id
      local changed = assert(shop.upsells:update(made.id, { cross_sell = false,
        upsell_variants = { { selected_variant_id = small, offered_variant_id = large } } }))
      assert.same({ "More", {} }, { changed.name, changed.selected_products, changed.discount })
      assert.equal("A3", changed.upsell_variants[1].offered_variant.name)
      assert(shop.upsells:delete(made.id))
      refused("The upsell was not found.", shop.upsells:get(made.id))
    end)
  end)

  describe("has UTM links", function()
    local LINK = { title = "Autumn", target_resource_type = "profile_page", utm_source = "a b", utm_medium = "mail",
      utm_campaign = "autumn" }

    local function link(fields)
      local all = {}
      for name, value in pairs(LINK) do all[name] = value end
      for name, value in pairs(fields) do all[name] = value end
      return all
    end

    it("that redirect with their values, and can be disabled", function()
      local made = assert(shop.utm_links:create(link { utm_term = "x&y" }))
      assert.equal("https://anapetrova.gumroad.com?utm_campaign=autumn&utm_medium=mail&utm_source=a%20b&utm_term=x%26y",
        made.utm_url)
      assert.is_false(assert(shop.utm_links:disable(made.id)).enabled)
      assert.is_true(assert(shop.utm_links:enable(made.id)).enabled)
      assert.equal("Winter", assert(shop.utm_links:update(made.id, { title = "Winter" })).title)
      assert(shop.utm_links:delete(made.id))
      refused("The utm_link was not found.", shop.utm_links:get(made.id))
    end)

    it("which are all different", function()
      assert(shop.utm_links:create(link {}))
      refused("A link with these UTM parameters exists already", shop.utm_links:create(link {}))
      assert(shop.utm_links:create(link { utm_content = "b" }))
    end)

    it("to existing targets, with values of at most 200 characters", function()
      refused("Target resource can't be blank", shop.utm_links:create(link { target_resource_type = "product_page" }))
      refused("Utm term is too long (maximum is 200 characters)",
        shop.utm_links:create(link { utm_term = ("x"):rep(201) }))
    end)
  end)

  describe("has a refund policy", function()
    it("that can be changed, and its title with it", function()
      local changed = assert(shop.refund_policy:update { refund_period = "183", fine_print = "Write to us." })
      assert.same({ "6-month money back guarantee", "Write to us." }, { changed.title, changed.fine_print })
      assert.equal("183", assert(shop.refund_policy:get()).refund_period)
    end)
  end)

  describe("refuses a product", function()
    for message, fields in pairs {
      ["Native type is not included in the list"] = { native_type = "physical" },
      ["Price currency type is not included in the list"] = { price_currency_type = "xyz" },
      ["Refund period is not included in the list"] = { refund_period = "8" },
      ["Category is not in the list of categories"] = { category = "no/such" },
      ["Provide either category or taxonomy_id, not both."] = { category = "a", taxonomy_id = 66 },
    } do
      it("and says: " .. message, function()
        local all = { name = "a", price = 900 }
        for name, value in pairs(fields) do all[name] = value end
        refused(message, shop.products:create(all))
      end)
    end
  end)

  it("sets the category of a product, and clears a field with a JSON null or an empty value", function()
    local id = new_product { category = "drawing-and-painting", max_purchase_count = 3 }
    local product = assert(shop.products:get(id))
    assert.same({ 65, "Drawing & Painting", 3 },
      { product.taxonomy_id, product.category_label, product.max_purchase_count })
    assert(shop:request { method = "PUT", url = "/v2/products/" .. id, body = '{"max_purchase_count":null}',
      headers = { ["Content-Type"] = "application/json" } })
    assert.is_nil(shop.products:get(id).max_purchase_count)
  end)

  it("keeps the content of a product, with ids for new pages, and the ids of those that have one", function()
    local id = new_product()
    local text = { type = "doc", content = { { type = "paragraph" } } }
    assert(shop.products:update(id, { rich_content = { { title = "One", description = text }, { title = "Two" } } }))
    local pages = assert(shop.products:get(id)).rich_content
    assert.same({ "One", "Two", text }, { pages[1].title, pages[2].title, pages[1].description })
    assert.is_true(pages[1].id ~= pages[2].id)
    assert(shop.products:update(id, { rich_content = { { id = pages[2].id, title = "Two" }, { title = "New" } } }))
    local changed = assert(shop.products:get(id)).rich_content
    assert.same({ pages[2].id, "Two", "New", 2 }, { changed[1].id, changed[1].title, changed[2].title, #changed })
  end)

  it("ends a cancelled membership when its paid time is over", function()
    local sale = assert(gum:sell { product_id = "mclub" })
    assert(gum:cancel(sale.subscription_id))
    assert.equal("pending_cancellation", shop.subscribers:get(sale.subscription_id).status)
    assert(gum:advance(32 * 86400))
    assert.equal("cancelled", shop.subscribers:get(sale.subscription_id).status)
  end)

  it("counts the help articles that contain a word", function()
    local found = assert(shop.help_articles:list { query = "FEES" })
    assert.same({ 1, 1 }, { #found, found.count })
    assert.truthy(shop.help_articles:get(found[1].slug).content)
  end)
end)
