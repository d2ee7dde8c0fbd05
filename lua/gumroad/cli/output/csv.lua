--- CSV (RFC 4180): a header, all fields of the schema unless fields are chosen, CR LF as line ends.
local tables = require "gumroad.base.tables"
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"

local BYTE_ORDER_MARK = "\239\187\191"

local List = {}
List.__index = List

function List:begin()
  if self.begun then return end
  self.begun = true
  local columns, names = {}, {}
  for i, path in ipairs(self.paths) do
    columns[i], names[path] = { path = path }, path
  end
  self.view.write((self.is_guarded and BYTE_ORDER_MARK or "") .. json.csv_writer(columns, self.is_guarded)(names))
end

-- Collects fields that the schema does not know and that have no column, for a note at the end.
function List:look_for_others(item)
  for name in pairs(item) do
    if not self.known[name] then self.others[name] = true end
  end
end

function List:page(items)
  self:begin()
  local write, lines = self.write, {}
  for i, item in ipairs(items) do
    local has_others
    lines[i], has_others = write(item)
    if has_others and not self.view.paths then self:look_for_others(item) end
  end
  self.view.write(table.concat(lines))
end

function List:finish()
  self:begin()
  local names = tables.sorted_keys(self.others)
  if #names > 0 then self.view.note("these fields are not in the CSV: %s", table.concat(names, ", ")) end
end

local function new(view, paths, is_guarded)
  local list = setmetatable({ view = view, paths = paths, known = {}, others = {}, is_guarded = is_guarded }, List)
  local columns = {}
  for i, path in ipairs(paths) do
    columns[i], list.known[path] = { path = path, type = fields.type(view.object, path) }, true
  end
  list.write = json.csv_writer(columns, is_guarded)
  return list
end

--- Makes the format.
-- @param is_guarded whether it is for a spreadsheet: a byte order mark comes first, and an apostrophe before texts that
--   would run as formulas
return function(is_guarded)
  return {
    list = function(view) return new(view, view.paths or fields.all(view.object), is_guarded) end,
    -- All fields of a single object are known in advance, so those that are not in the schema are columns too.
    object = function(view, item)
      local list = new(view, view.paths or fields.all(view.object, item), is_guarded)
      list:page { item }
      list:finish()
    end,
  }
end
