--- Lines for other programs: the fields of a table separated by tabs, uncut, without a header.
local fields = require "gumroad.cli.output.fields"

local ESCAPES = { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

local function escape(text)
  return (text:gsub("[%c\\]", function(char) return ESCAPES[char] or ("\\x%02x"):format(char:byte()) end))
end

local List = {}
List.__index = List

function List:page(items)
  for _, item in ipairs(items) do
    local cells = {}
    for i, path in ipairs(self.paths) do
      cells[i] = escape(fields.text(fields.value(item, path), fields.type(self.view.object, path)))
    end
    self.view.write(table.concat(cells, "\t") .. "\n")
  end
end

function List.finish() end

local function list(view)
  return setmetatable({ view = view, paths = view.paths or fields.default_columns(view.object) }, List)
end

return { list = list, object = function(view, item) list(view):page { item } end }
