--- Changes by products.create and products.update. Where the server's messages are unknown, they are our own.
local currency = require "gumroad.api.currency"
local catalog = require "gumroad.emulator.shop.catalog"
local fields = require "gumroad.emulator.http.fields"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local offer_codes = require "gumroad.emulator.shop.offer_codes"
local taxonomy = require "gumroad.emulator.shop.taxonomy"
local uploads = require "gumroad.emulator.shop.uploads"

local KINDS = { digital = true, course = true, ebook = true, membership = true, bundle = true,
  coffee = true, call = true, commission = true }
local REFUND_PERIODS = { inherit = true, none = true, ["7"] = true, ["14"] = true, ["30"] = true,
  ["183"] = true }

local changes = {}

local FIELDS = {
  name = { "name", tostring }, description = { "description", tostring },
  price = { "price", fields.integer }, custom_permalink = { "custom_permalink", fields.or_nil },
  price_currency_type = { "currency", string.lower }, custom_summary = { "summary", fields.or_nil },
  customizable_price = { "pay_what_you_want", function(text) return fields.truth(text) or nil end },
  max_purchase_count = { "stock", fields.integer_or_nil },
  custom_receipt = { "custom_receipt", fields.or_nil },
  refund_fine_print = { "refund_fine_print", fields.or_nil },
  refund_period = { "refund_period", function(text) return text ~= "inherit" and text or nil end },
  taxonomy_id = { "taxonomy_id", fields.integer_or_nil },
  category = { "taxonomy_id", function(path) return (taxonomy.find(path) or {}).id end },
  has_same_rich_content_for_all_variants = { "shares_content", fields.truth },
}

--- Returns what is wrong with a new product, or nil.
function changes.fault_of_new(request)
  if fields.is_blank(request:text "name") then return "Name can't be blank" end
  if fields.is_blank(request:text "price") then return "Price can't be blank" end
  if not KINDS[request:text "native_type" or "digital"] then
    return "Native type is not included in the list"
  end
end

local function fault_of_taxonomy(request)
  local path, id = request:text "category", request:text "taxonomy_id"
  if path and id then return "Provide either category or taxonomy_id, not both." end
  local wanted = fields.or_nil(path or id or "")
  if wanted and not taxonomy.find(wanted) then return "Category is not in the list of categories" end
end

local function file_of(product, id)
  for _, file in ipairs(product and product.files or {}) do
    if file.id == id then return file end
  end
end

local function fault_of_files(shop, request, product)
  local files = request.params.files
  if files == nil then return nil end
  if type(files) ~= "table" then return "files must be an array" end
  for _, entry in ipairs(files) do
    if type(entry) ~= "table" then return "files must be an array of objects" end
    local known = file_of(product, entry.id) or uploads.size(shop, entry.url or "")
    if not known then return "Each of files needs the id of a file of the product or the url of a completed upload" end
  end
end

--- Returns what is wrong with the changes of a product, or nil.
-- @param product nil for a new one
function changes.fault_of(shop, request, product)
  local name, code = request:text "name", request:text "price_currency_type"
  if name and fields.is_blank(name) then return "Name can't be blank" end
  if product and product.membership and request:text "price" then
    return "The price of a tiered membership is set on its tiers."
  end
  if (tonumber(request:text "price") or 0) < 0 then return "Price must be greater than or equal to 0" end
  if code and not currency.is_known(code:lower()) then
    return "Price currency type is not included in the list"
  end
  if not REFUND_PERIODS[request:text "refund_period" or "inherit"] then
    return "Refund period is not included in the list"
  end
  return fault_of_taxonomy(request) or fault_of_files(shop, request, product)
end

--- Returns the plan of a new product, before the changes are applied.
function changes.plan_of(request)
  local kind = request:text "native_type"
  local draft = fields.truth(request:text "draft") or request:text "published" == "false"
  return { name = "", price = 0, draft = draft, membership = kind == "membership", bundle = kind == "bundle",
    variants = kind == "membership" and { { "Tier", { "Untitled", 0 } } } or nil }
end

local function set_files(shop, product, entries)
  local files = {}
  for i, entry in ipairs(entries) do
    files[i] = file_of(product, entry.id) or catalog.new_file(shop, product, entry.url, uploads.size(shop, entry.url))
    files[i].name = entry.display_name or files[i].name
  end
  product.files = files
end

-- Sets the pages as the server shows them: with ids, which are assigned to new pages.
local function set_content(shop, product, entries)
  local pages = {}
  for i, entry in ipairs(entries) do
    local id = entry.id or shop.rng:id("rich_content", product.number * 100 + i)
    pages[i] = json.dict("id", id, "page_id", id, "title", json.or_null(entry.title), "variant_id", json.null,
      "description", json.of(entry.description or { type = "doc", content = {} }),
      "updated_at", format.iso(shop:time()))
  end
  product.rich_content = pages
end

-- Puts the named covers first, in the given order.
local function order_covers(product, ids)
  local rest, ordered = {}, {}
  for _, id in ipairs(product.cover_ids) do rest[id] = true end
  for _, id in ipairs(ids) do
    if rest[id] then ordered[#ordered + 1], rest[id] = id, nil end
  end
  for _, id in ipairs(product.cover_ids) do
    if rest[id] then ordered[#ordered + 1] = id end
  end
  product.cover_ids = ordered
end

--- Applies the changes in a request, which must be valid.
function changes.apply(shop, request, product)
  fields.change(product, request, FIELDS)
  local params = request.params
  if type(params.tags) == "table" then product.tags = params.tags end
  if params.files then set_files(shop, product, params.files) end
  if type(params.rich_content) == "table" then set_content(shop, product, params.rich_content) end
  if type(params.cover_ids) == "table" then order_covers(product, params.cover_ids) end
end

--- Returns a warning about something that was saved but does not work, or nil.
function changes.warning(shop, product)
  local names = offer_codes.too_generous(shop, product)
  if #names == 0 then return nil end
  local text = "The following offer code discounts this product below %s: %s. "
    .. "Please update it or it will not work at checkout."
  return text:format(format.minimum_price(product.currency), table.concat(names, ", "))
end

return changes
