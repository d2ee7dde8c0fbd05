--- JSON: a list is an array with one object per line, printed as the pages arrive.
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"

-- Writes an object with only the chosen fields; missing ones are null.
local function chosen(view, item)
  local members = {}
  for i, path in ipairs(view.paths) do
    members[i] = json.encode(path) .. ":" .. json.encode(fields.value(item, path), fields.type(view.object, path))
  end
  return "{" .. table.concat(members, ",") .. "}"
end

local function encode(view, item)
  if view.paths then return chosen(view, item) end
  return json.encode_object(item, view.object)
end

local List = {}
List.__index = List

function List:page(items)
  for _, item in ipairs(items) do
    self.view.write((self.begun and ",\n" or "[\n") .. encode(self.view, item))
    self.begun = true
  end
end

function List:finish()
  self.view.write(self.begun and "\n]\n" or "[]\n")
end

return {
  list = function(view) return setmetatable({ view = view }, List) end,
  object = function(view, item) view.write(encode(view, item) .. "\n") end,
}
