--- What products can be filed under.
local json = require "gumroad.emulator.http.json"
local taxonomy = require "gumroad.emulator.shop.taxonomy"

local categories = {}

local Category = json.shape { "id", "name", "label", "path", "parent_id" }

function categories.list()
  local out = {}
  for i, category in ipairs(taxonomy) do
    out[i] = Category { id = category.id, name = category.name, label = category.label,
      path = category.path, parent_id = category.parent_id or json.null }
  end
  return out
end

return categories
