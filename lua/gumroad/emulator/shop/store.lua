--- Records of one kind that clients make and delete, such as discount codes.
local Kept = {}
Kept.__index = Kept

--- Those of a shop.
-- @param name    of the kind
-- @param purpose what their ids are rolled for
-- @param first   optional function(kept, shop), which adds what is there at the start; called when
--   somebody first looks
function Kept.of(shop, name, purpose, first)
  local kept = shop.kept[name]
  if not kept then
    kept = setmetatable({ shop = shop, purpose = purpose, made = 0 }, Kept)
    shop.kept[name] = kept
    if first then first(kept, shop) end
  end
  return kept
end

--- Adds a record, which gets an id, as the newest.
function Kept:add(record)
  self.made = self.made + 1
  record.number, record.id = self.made, self.shop:id(self.purpose, self.made)
  self[#self + 1] = record
  return record
end

--- The record whose field has that value, or nil.
function Kept:find(value, field)
  for _, record in ipairs(self) do
    if record[field or "id"] == value then return record end
  end
end

function Kept:remove(record)
  for i, other in ipairs(self) do
    if other == record then return table.remove(self, i) end
  end
end

return Kept
