--- JSON: a list is an array with one object per line, printed as the pages arrive. On a terminal it is indented.
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"

-- Writes an object with only the chosen fields; missing ones are null.
local function chosen(view, item, level)
  local members, before = {}, level and "\n" .. ("  "):rep(level + 1) or ""
  for i, path in ipairs(view.paths) do
    members[i] = before .. json.encode(path) .. (level and ": " or ":")
      .. json.encode(fields.value(item, path), fields.type(view.object, path), level and level + 1)
  end
  return "{" .. table.concat(members, ",") .. (level and "\n" .. ("  "):rep(level) or "") .. "}"
end

-- Writes objects, each behind a line end, with commas between them.
local function encode_items(view, items, level)
  if not view.paths then return json.encode_objects(items, view.object, level) end
  local parts, line = {}, "\n" .. ("  "):rep(level or 0)
  for i, item in ipairs(items) do parts[i] = line .. chosen(view, item, level) end
  return table.concat(parts, ",")
end

local function level_for(view, level) return view.is_terminal and level or nil end

local List = {}
List.__index = List

function List:page(items)
  if #items == 0 then return end
  self.view.write(self.begun and "," or "[")
  self.view.write(encode_items(self.view, items, level_for(self.view, 1)))
  self.begun = true
end

function List:finish()
  self.view.write(self.begun and "\n]\n" or "[]\n")
end

return {
  list = function(view) return setmetatable({ view = view }, List) end,
  object = function(view, item)
    local level = level_for(view, 0)
    view.write((view.paths and chosen(view, item, level) or json.encode_object(item, view.object, level)) .. "\n")
  end,
}
