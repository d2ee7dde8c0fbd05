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

local function encode(view, item, level)
  level = view.is_terminal and level or nil
  if view.paths then return chosen(view, item, level) end
  return json.encode_object(item, view.object, level)
end

local List = {}
List.__index = List

function List:page(items)
  if #items == 0 then return end
  local parts, indent = {}, self.view.is_terminal and "  " or ""
  for i, item in ipairs(items) do parts[i] = indent .. encode(self.view, item, 1) end
  self.view.write((self.begun and ",\n" or "[\n") .. table.concat(parts, ",\n"))
  self.begun = true
end

function List:finish()
  self.view.write(self.begun and "\n]\n" or "[]\n")
end

return {
  list = function(view) return setmetatable({ view = view }, List) end,
  object = function(view, item) view.write(encode(view, item, 0) .. "\n") end,
}
