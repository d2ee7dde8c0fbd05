--- Finds the operation that a request is, for `gumroad-lua api`: as Gumroad's server reads paths and methods.
local api = require "gumroad.api"

local match = {}

local function decoded(segment)
  return (segment:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- "/v2/sales/a%3D%3D/refund.json" -> { "sales", "a==", "refund" }; nil if it is not below /v2
local function segments_of(path)
  local segments = {}
  for segment in path:match("^[^?#]*"):gmatch("[^/]+") do segments[#segments + 1] = decoded(segment) end
  if table.remove(segments, 1) ~= "v2" or #segments == 0 then return nil end
  segments[#segments] = segments[#segments]:gsub("%.json$", "")
  return segments
end

-- Returns the ids in the segments, or nil if they are not those of the row's path.
local function ids_in(row, segments)
  local ids, at = {}, 0
  for part in row.path:gmatch("[^/]+") do
    at = at + 1
    local given = segments[at]
    if part:sub(1, 1) == ":" then ids[#ids + 1] = given elseif given ~= part then return nil end
  end
  return at == #segments and #ids == #row.path_params and ids or nil
end

--- Returns the operation, and the ids in its path; nil if the path has no operation. The operation with
-- the fewest ids wins, as /products/comps is not a product.
-- @param method in upper case; PATCH means the same as PUT
-- @param path   with /v2
function match.find(method, path)
  local segments, found, ids = segments_of(path), nil, nil
  if not segments then return nil end
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      local same = row.path and row.method == (method == "PATCH" and "PUT" or method) and ids_in(row, segments)
      if same and (not ids or #same < #ids) then found, ids = row, same end
    end
  end
  return found, ids
end

return match
