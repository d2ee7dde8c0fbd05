--- Records of one kind that clients make and delete, such as discount codes: a list, the newest last.
local Store = {}
Store.__index = Store

--- A shop's store of a kind.
-- @param name    of the kind
-- @param purpose what the ids of its records are for, see gumroad.emulator.shop.rng
-- @param fill    optional function(store, shop), which adds the records of the start; called when the
--   store is first asked for
function Store.of(shop, name, purpose, fill)
  local store = shop.stores[name]
  if not store then
    store = setmetatable({ shop = shop, purpose = purpose, made = 0 }, Store)
    shop.stores[name] = store
    if fill then fill(store, shop) end
  end
  return store
end

--- Adds a record, which gets an id, as the newest.
function Store:add(record)
  self.made = self.made + 1
  record.number, record.id = self.made, self.shop.rng:id(self.purpose, self.made)
  self[#self + 1] = record
  return record
end

--- The record whose field has that value, or nil.
-- @param field default: "id"
function Store:find(value, field)
  for _, record in ipairs(self) do
    if record[field or "id"] == value then return record end
  end
end

--- Removes a record.
function Store:remove(record)
  for i, other in ipairs(self) do
    if other == record then return table.remove(self, i) end
  end
end

return Store
