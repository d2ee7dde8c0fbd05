--- CSV (RFC 4180): a header, all fields of the schema unless fields are chosen, CR LF as line ends. Values stay as they
-- are; a "=" that begins a formula is not escaped.
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

-- Collects fields that the schema does not know and that have no column, for a note at the end.
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
  if #names > 0 then self.view.note("these fields are not in the CSV: %s", table.concat(names, ", ")) end
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
  -- All fields of a single object are known in advance, so those that are not in the schema are columns too.
  object = function(view, item)
    local list = new(view, view.paths or fields.all(view.object, item))
    list:page { item }
    list:finish()
  end,
}
