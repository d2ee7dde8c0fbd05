--- The products of a shop. Product number n (1 is the oldest) is computed from the seed and n when it is first
-- needed, and then stored.
local names = require "gumroad.emulator.shop.names"
local timeline = require "gumroad.emulator.shop.timeline"

local DAY = 86400

local catalog = {}

-- parts of a product ----------------------------------------------------------------------

--- Adds a version to a product or a tier to a membership.
-- @param difference price difference in the smallest unit of the product's currency
function catalog.add_option(shop, product, category, name, difference)
  local place = #category.options + 1
  category.options[place] = { name = name, difference = difference,
    id = shop.rng:id("variant", product.number * 100000 + category.place * 100 + place) }
  return category.options[place]
end

--- Returns the versions in a category without the deleted ones, which are still in `options`.
function catalog.options(category)
  local live = {}
  for _, option in ipairs(category.options) do
    if not option.deleted then live[#live + 1] = option end
  end
  return live
end

--- Adds a category of versions.
-- @param options optional list of { name, difference }
function catalog.add_category(shop, product, title, options)
  local place = #product.categories + 1
  local category = { id = shop.rng:id("category", product.number * 1000 + place), title = title,
    place = place, options = {} }
  for _, option in ipairs(options or {}) do
    catalog.add_option(shop, product, category, option[1], option[2])
  end
  product.categories[place] = category
  return category
end

--- Adds a custom field: a question at checkout.
function catalog.add_field(shop, product, kind, name, required)
  product.field_count = product.field_count + 1
  local field = { id = shop.rng:id("custom_field", product.number * 100 + product.field_count), type = kind,
    name = name, required = required }
  table.insert(product.custom_fields, field)
  return field
end

function catalog.add_cover(shop, product)
  product.cover_count = product.cover_count + 1
  table.insert(product.cover_ids, shop.rng:guid("cover", product.number * 100 + product.cover_count))
end

function catalog.set_thumbnail(shop, product)
  product.thumbnail_count = product.thumbnail_count + 1
  product.thumbnail_id = shop.rng:guid("thumbnail", product.number * 100 + product.thumbnail_count)
end

local GROUPS = { zip = "archive", pdf = "document", epub = "document", mp3 = "audio", mp4 = "video",
  png = "image", jpg = "image" }

--- Creates a file for a product, without adding it to the product's files.
function catalog.new_file(shop, product, path, size)
  product.file_count = product.file_count + 1
  local filename = path:match("^.*/(.*)$") or path
  local kind = filename:match("%.(%w+)$") or ""
  return { id = shop.rng:id("file", product.number * 100 + product.file_count), size = size,
    name = filename:gsub("%.%w+$", ""), filetype = kind, filegroup = GROUPS[kind:lower()] or "other",
    filename = filename }
end

local function add_parts(shop, product, plan)
  for _, variant in ipairs(plan.variants or {}) do
    local options = {}
    for i = 2, #variant do options[i - 1] = variant[i] end
    catalog.add_category(shop, product, variant[1], options)
  end
  for _, field in ipairs(plan.custom_fields or {}) do
    catalog.add_field(shop, product, field[1], field[2], field[3])
  end
  for _ = 1, plan.covers or 0 do catalog.add_cover(shop, product) end
  if plan.covers then catalog.set_thumbnail(shop, product) end
  if plan.file then product.files[1] = catalog.new_file(shop, product, plan.file, 50541363) end
end

-- products --------------------------------------------------------------------------------

local function make(shop, number, plan, created)
  local product = {
    number = number, id = shop.rng:id("product", number), created = created, name = plan.name,
    permalink = plan.permalink, custom_permalink = plan.custom_permalink,
    description = plan.description or "<p>Made by hand.</p>", price = plan.price,
    currency = plan.currency or "usd", pay_what_you_want = plan.pay_what_you_want,
    published = not plan.draft, deleted = false, tags = plan.tags or {}, summary = plan.summary,
    stock = plan.stock, physical = plan.physical or false, membership = plan.membership or false,
    licensed = plan.licensed or false, shares_content = plan.membership or false,
    preorder = plan.preorder or false, bundle = plan.bundle, skus = plan.skus,
    taxonomy_id = 66, custom_fields = {}, cover_ids = {}, files = {},
    categories = {}, bundle_products = {}, sold_since = 0, field_count = 0, cover_count = 0,
    thumbnail_count = 0, file_count = 0,
  }
  add_parts(shop, product, plan)
  return product
end

-- The plan of product number n: what it consists of at the start.
local function plan_of(number)
  local plan = names.products[number]
  if plan then return plan end
  local issue = number - #names.products
  return { name = ("Colour Notes No. %d"):format(issue), permalink = ("cnot%d"):format(issue),
    price = 700 + 100 * (issue % 6), tags = { "zine", "colour" } }
end

--- Returns product number n, or nil.
function catalog.get(shop, number)
  if number < 1 or number > shop.product_count then return nil end
  local product = shop.products[number]
  if not product then
    local created = shop.opened_at - (shop.first_products - number + 1) * DAY
    product = make(shop, number, plan_of(number), created)
    shop.products[number] = product
  end
  return product
end

--- Returns the Unix time at which product number n was created.
function catalog.created(shop, number)
  return catalog.get(shop, number).created
end

--- Finds a product by its id or its unique permalink.
function catalog.find(shop, id)
  local number = shop.rng:number_of_id("product", id)
  if number then return catalog.get(shop, number) end
  for n = 1, shop.product_count do
    local product = shop.products[n]
    if (product or plan_of(n)).permalink == id then return catalog.get(shop, n) end
  end
end

--- Adds a product that a client creates.
-- @param plan as in names.products
function catalog.add(shop, plan)
  local number = shop.product_count + 1
  plan.permalink = ("p%s"):format(shop.rng:guid("product", number):sub(1, 5))
  shop.product_count = number
  shop.products[number] = make(shop, number, plan, shop:time())
  shop.products[number].taxonomy_id = nil
  return shop.products[number]
end

--- Returns the numbers of the products among which the sales before the start rotate. The membership is not one of
-- them: its sales are charges of subscriptions.
function catalog.sellable(count)
  local list = {}
  for number = 1, count do
    local plan = plan_of(number)
    if not (plan.draft or plan.preorder or plan.membership) then list[#list + 1] = number end
  end
  return list
end

--- Returns how many sales a product has had.
function catalog.sold(shop, product)
  if product.number > shop.first_products then return product.sold_since end
  return product.sold_since + timeline.sold_before(shop, product)
end

return catalog
