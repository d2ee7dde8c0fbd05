--- What products are made of: methods of gumroad.emulator.shop.
local wares = {}

--- A version of a product, or a tier of a membership.
-- @param difference of price, in the product's smallest unit
function wares:new_option(product, category, name, difference)
  local place = #category.options + 1
  category.options[place] = { name = name, difference = difference,
    id = self:id("variant", product.number * 100000 + category.place * 100 + place) }
  return category.options[place]
end

--- The versions that a category has; the deleted ones are still in `options`.
function wares.options_of(_, category)
  local live = {}
  for _, option in ipairs(category.options) do
    if not option.deleted then live[#live + 1] = option end
  end
  return live
end

--- @param options optional list of { name, difference }
function wares:new_category(product, title, options)
  local place = #product.categories + 1
  local category = { id = self:id("category", product.number * 1000 + place), title = title,
    place = place, options = {} }
  for _, option in ipairs(options or {}) do
    self:new_option(product, category, option[1], option[2])
  end
  product.categories[place] = category
  return category
end

--- A question of the checkout.
function wares:new_field(product, kind, name, required)
  product.field_count = product.field_count + 1
  local field = { id = self:id("field", product.number * 100 + product.field_count), type = kind,
    name = name, required = required }
  table.insert(product.custom_fields, field)
  return field
end

function wares:new_cover(product)
  product.cover_count = product.cover_count + 1
  table.insert(product.cover_ids, self:guid("cover", product.number * 100 + product.cover_count))
end

function wares:new_thumbnail(product)
  product.thumbnail_count = product.thumbnail_count + 1
  product.thumbnail_id = self:guid("thumbnail", product.number * 100 + product.thumbnail_count)
end

local GROUPS = { zip = "archive", pdf = "document", epub = "document", mp3 = "audio", mp4 = "video",
  png = "image", jpg = "image" }

--- A file of a product.
function wares:new_file(product, path, size)
  product.file_count = product.file_count + 1
  local filename = path:match("[^/]*$")
  local kind = filename:match("%.(%w+)$") or ""
  return { id = self:id("file", product.number * 100 + product.file_count), size = size,
    name = filename:gsub("%.%w+$", ""), filetype = kind, filegroup = GROUPS[kind:lower()] or "other",
    filename = filename }
end

local function add_parts(self, product, ware)
  for _, variant in ipairs(ware.variants or {}) do
    local options = {}
    for i = 2, #variant do options[i - 1] = variant[i] end
    self:new_category(product, variant[1], options)
  end
  for _, field in ipairs(ware.custom_fields or {}) do
    self:new_field(product, field[1], field[2], field[3])
  end
  for _ = 1, ware.covers or 0 do self:new_cover(product) end
  if ware.covers then self:new_thumbnail(product) end
  if ware.file then product.files[1] = self:new_file(product, ware.file, 50541363) end
end

--- A product's record from a ware, such as names.lua lists.
function wares:make_product(number, ware, created)
  local product = {
    number = number, id = self:id("product", number), created = created, name = ware.name,
    permalink = ware.permalink, custom_permalink = ware.custom_permalink,
    description = ware.description or "<p>Made by hand.</p>", price = ware.price,
    currency = ware.currency or "usd", pay_what_you_want = ware.pay_what_you_want,
    published = not ware.draft, deleted = false, tags = ware.tags or {}, summary = ware.summary,
    stock = ware.stock, physical = ware.physical or false, membership = ware.membership or false,
    licensed = ware.licensed or false, shares_content = ware.membership or false,
    preorder = ware.preorder or false, bundle = ware.bundle, skus = ware.skus,
    taxonomy_id = 66, custom_fields = {}, cover_ids = {}, files = {},
    categories = {}, bundle_products = {}, sold_since = 0, field_count = 0, cover_count = 0,
    thumbnail_count = 0, file_count = 0,
  }
  add_parts(self, product, ware)
  return product
end

return wares
