--- CSV as of RFC 4180: a header, every field of the schema unless fields are chosen, CR LF, and values
-- as they are: nothing is put in front of a "=".
local tables = require "gumroad.base.tables"
local fields = require "gumroad.cli.output.fields"

local function cell(text)
  if not text:find('[",\r\n]') then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

local function line(cells)
  return table.concat(cells, ",") .. "\r\n"
end

local List = {}
List.__index = List

function List:begin()
  if self.begun then return end
  self.begun = true
  local cells = {}
  for i, path in ipairs(self.paths) do cells[i] = cell(path) end
  self.view.write(line(cells))
end

-- A field that the schema does not know is in no column: that is told at the end.
function List:look_for_others(item)
  for name in pairs(item) do
    if not self.known[name] then self.others[name] = true end
  end
end

function List:page(items)
  self:begin()
  for _, item in ipairs(items) do
    local cells = {}
    for i, path in ipairs(self.paths) do
      cells[i] = cell(fields.text(fields.value(item, path), self.types[i]))
    end
    self.view.write(line(cells))
    if not self.view.paths then self:look_for_others(item) end
  end
end

function List:finish()
  self:begin()
  local names = tables.sorted_keys(self.others)
  if #names > 0 then self.view.note("not in the CSV: %s", table.concat(names, ", ")) end
end

local function new(view, paths)
  local list = setmetatable({ view = view, paths = paths, types = {}, known = {}, others = {} }, List)
  for i, path in ipairs(paths) do
    list.types[i], list.known[path] = fields.type(view.object, path), true
  end
  return list
end

return {
  list = function(view) return new(view, view.paths or fields.all(view.object)) end,
  -- Of a single object all fields are known: those besides the schema's are columns too.
  object = function(view, item)
    local list = new(view, view.paths or fields.all(view.object, item))
    list:page { item }
    list:finish()
  end,
}
