--- The categories that products can have.
local json = require "gumroad.emulator.http.json"
local taxonomy = require "gumroad.emulator.shop.taxonomy"

local categories = {}

local Category = json.shape { "id", "name", "label", "path", "parent_id" }

local function show(category)
  return Category { id = category.id, name = category.name, label = category.label,
    path = category.path, parent_id = json.or_null(category.parent_id) }
end

function categories.list()
  return json.list(taxonomy, show)
end

return categories
