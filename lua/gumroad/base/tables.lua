--- Functions that Lua's own table library lacks.
local tables = {}

--- Copies a table, but not the tables in it.
-- @param from  table, or nil for an empty one
-- @param more  optional table; its values replace those of the first
function tables.copy(from, more)
  local copy = {}
  for key, value in pairs(from or {}) do copy[key] = value end
  for key, value in pairs(more or {}) do copy[key] = value end
  return copy
end

--- Returns the keys of a table, sorted.
function tables.sorted_keys(from)
  local keys = {}
  for key in pairs(from) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return tables
