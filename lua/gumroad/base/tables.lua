--- What Lua's own table library leaves out.
local tables = {}

--- A copy of a table, not of what is in it.
-- @param from  table; nil: an empty one
-- @param more  optional table, whose values go before those of the first
function tables.copy(from, more)
  local copy = {}
  for key, value in pairs(from or {}) do copy[key] = value end
  for key, value in pairs(more or {}) do copy[key] = value end
  return copy
end

--- The keys of a table, sorted.
function tables.sorted_keys(from)
  local keys = {}
  for key in pairs(from) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return tables
