--- A table for people. The first page decides the widths of the columns, so that a list of any length can be printed as
-- its pages arrive. Text that is wider than its column is cut; a number, an amount or a time never is, and takes more
-- room instead.
local fields = require "gumroad.cli.output.fields"
local safe = require("gumroad.base.text").safe
local width = require "gumroad.cli.output.width"

local BOLD, OFF = "\27[1m", "\27[0m"
local GAP = "  "
local NARROWEST = 8  -- width below which a column is not narrowed

-- Whether values are worth less than others, so that their column is narrowed first. --plain prints ids uncut.
local function is_id(path)
  return path == "id" or path:find("_id$")
end

-- Whether values mislead when cut, besides numbers.
local function is_time(path)
  return path == "date" or path:find("_at$") or path:find("_on$")
end

local Table = {}
Table.__index = Table

-- Shortens a time to the minute.
local function short(text)
  return (text:gsub("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):%d%d%.?%d*Z$", "%1 %2"))
end

function Table:cell(column, item)
  return short(fields.shown(self.view.object, item, column.path))
end

function Table:row(items, at)
  local cells = {}
  for i, column in ipairs(self.columns) do cells[i] = self:cell(column, items[at]) end
  return cells
end

local function total(columns)
  local sum = #GAP * (#columns - 1)
  for _, column in ipairs(columns) do sum = sum + column.width end
  return sum
end

-- Returns the widest column that may still be narrowed, or nil; ids come first.
local function widest(columns)
  local found
  for _, column in ipairs(columns) do
    local may_be_cut = not column.rigid and column.width > NARROWEST
    local is_better = not found or column.is_id and not found.is_id
      or column.is_id == found.is_id and column.width > found.width
    if may_be_cut and is_better then found = column end
  end
  return found
end

-- Narrows columns until they fit. If that is not enough, leaves out the last ones.
function Table:fit(available)
  local columns = self.columns
  for _, column in ipairs(columns) do
    if not column.rigid then column.width = math.min(column.width, available) end
  end
  while total(columns) > available do
    local column = widest(columns)
    if column then column.width = column.width - 1
    elseif #columns > 1 then columns[#columns] = nil
    else
      if not columns[1].rigid then columns[1].width = available end
      break
    end
  end
end

function Table:measure(items)
  for _, column in ipairs(self.columns) do
    column.width = width.of(column.title)
    for _, item in ipairs(items) do column.width = math.max(column.width, width.of(self:cell(column, item))) end
  end
  if self.view.width then self:fit(self.view.width) end
end

function Table:line(cells, color)
  local parts = {}
  for i, column in ipairs(self.columns) do
    local text = column.rigid and cells[i] or width.cut(cells[i], column.width)
    local last = i == #self.columns and not column.right
    parts[i] = last and text or width.pad(text, column.width, column.right)
    if color then parts[i] = BOLD .. parts[i] .. OFF end
  end
  self.view.write(table.concat(parts, GAP) .. "\n")
end

function Table:header()
  local cells = {}
  for i, column in ipairs(self.columns) do cells[i] = column.title end
  self:line(cells, self.view.color)
end

function Table:page(items)
  if #items == 0 then return end
  if not self.begun then
    self:measure(items)
    self:header()
    self.begun = true
  end
  for at in ipairs(items) do self:line(self:row(items, at)) end
end

function Table:finish()
  if not self.begun then self.view.note("the list is empty") end
end

return {
  list = function(view)
    local columns = {}
    for i, path in ipairs(view.paths or fields.default_columns(view.object)) do
      local is_number = fields.is_number(view.object, path)
      columns[i] = { path = path, title = safe(fields.label(view.object, path)),
        right = is_number, rigid = is_number or is_time(path),
        is_id = is_id(path) and true or false }
    end
    return setmetatable({ view = view, columns = columns }, Table)
  end,
}
