--- UTM links, which count their visitors.
local catalog = require "gumroad.emulator.shop.catalog"
local core = require "gumroad.core"
local fields = require "gumroad.emulator.http.fields"
local finders = require "gumroad.emulator.shop.finders"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local links = require "gumroad.emulator.views.links"
local Store = require "gumroad.emulator.shop.store"
local tables = require "gumroad.base.tables"

local MOST_CHARACTERS = 200
local UTM = { "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term" }  -- sorted
local REQUIRED = { "title", "target_resource_type", "utm_source", "utm_medium", "utm_campaign" }

local utm_links = {}

local function links_of(shop)
  return Store.of(shop, "utm_links", "utm_link")
end

local Link = json.shape { "id", "title", "short_url", "utm_url", "target_resource_type",
  "target_resource_id", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
  "enabled", "total_clicks", "unique_clicks", "created_at", "updated_at" }

-- The URL of each kind of target, or nil if there is nothing with the id.
local TARGETS = {
  profile_page = function() return links.PROFILE end,
  subscribe_page = function() return links.PROFILE .. "/subscribe" end,
  product_page = function(shop, id)
    local product = id and catalog.find(shop, id)
    return product and links.product(product)
  end,
  post_page = function(_, id) return id and links.PROFILE .. "/p/" .. core.percent_encode(id) end,
}

local function url_of(shop, link)
  local parts = {}
  for _, name in ipairs(UTM) do
    if link[name] then parts[#parts + 1] = name .. "=" .. core.percent_encode(link[name]) end
  end
  return TARGETS[link.target_resource_type](shop, link.target_resource_id) .. "?" .. table.concat(parts, "&")
end

local function show(shop, link)
  local out = {
    id = link.id, title = link.title, utm_url = url_of(shop, link), enabled = link.enabled,
    short_url = "https://gum.co/u/" .. shop.rng:guid("utm_link", link.number):sub(1, 8),
    target_resource_type = link.target_resource_type, total_clicks = 0, unique_clicks = 0,
    target_resource_id = json.or_null(link.target_resource_id),
    created_at = format.iso(link.created), updated_at = format.iso(link.updated),
  }
  for _, name in ipairs(UTM) do out[name] = json.or_null(link[name]) end
  return Link(out)
end

local FIELDS = {
  title = { "title", tostring }, target_resource_type = { "target_resource_type", tostring },
  target_resource_id = { "target_resource_id", fields.or_nil },
}
for _, name in ipairs(UTM) do FIELDS[name] = { name, fields.or_nil } end

local function is_taken(shop, link)
  for _, other in ipairs(links_of(shop)) do
    local same = other.number ~= link.number and other.target_resource_id == link.target_resource_id
      and other.target_resource_type == link.target_resource_type
    for _, name in ipairs(UTM) do same = same and other[name] == link[name] end
    if same then return true end
  end
  return false
end

local function label(name)
  return (name:gsub("_", " "):gsub("^%l", string.upper))
end

-- What is wrong with a link, or nil.
local function fault_of(shop, link)
  for _, name in ipairs(REQUIRED) do
    if fields.is_blank(link[name]) then return label(name) .. " can't be blank" end
  end
  for _, name in ipairs(UTM) do
    if #(link[name] or "") > MOST_CHARACTERS then
      return label(name) .. " is too long (maximum is 200 characters)"
    end
  end
  local find = TARGETS[link.target_resource_type]
  if not find then return "Target resource type is not included in the list" end
  if not find(shop, link.target_resource_id) then return "Target resource can't be blank" end
  if is_taken(shop, link) then return "A link with these UTM parameters exists already" end
end

-- A copy of the link with the fields that were sent.
local function changed(shop, request, link)
  local copy = tables.copy(link)
  fields.change(copy, request, FIELDS)
  copy.updated = shop:time()
  return copy
end

local on_link = finders.record("utm_link", links_of)

function utm_links.list(shop)
  return json.list(links_of(shop), function(link) return show(shop, link) end)
end

utm_links.get = on_link(function(shop, _, link)
  return show(shop, link)
end)

function utm_links.create(shop, request)
  local link = changed(shop, request, { enabled = true, created = shop:time() })
  local fault = fault_of(shop, link)
  if fault then return request:refuse(fault) end
  return show(shop, links_of(shop):add(link))
end

utm_links.update = on_link(function(shop, request, link)
  local copy = changed(shop, request, link)
  local fault = fault_of(shop, copy)
  if fault then return request:refuse(fault) end
  for name in pairs(link) do link[name] = nil end
  for name, value in pairs(copy) do link[name] = value end
  return show(shop, link)
end)

utm_links.delete = on_link(function(shop, _, link)
  links_of(shop):remove(link)
end)

local function switch(enabled)
  return on_link(function(shop, _, link)
    link.enabled, link.updated = enabled, shop:time()
    return show(shop, link)
  end)
end

utm_links.enable = switch(true)
utm_links.disable = switch(false)

return utm_links
