--- A store of records that clients create and delete, such as discount codes: a list with the newest last.
local Store = {}
Store.__index = Store

--- Returns a shop's store for a kind of record.
-- @param name    name of the kind
-- @param purpose purpose of the ids, see gumroad.emulator.shop.rng
-- @param fill    optional function(store, shop) that adds the records at the start; called when the store is
--   first used
function Store.of(shop, name, purpose, fill)
  local store = shop.stores[name]
  if not store then
    store = setmetatable({ shop = shop, purpose = purpose, made = 0 }, Store)
    shop.stores[name] = store
    if fill then fill(store, shop) end
  end
  return store
end

--- Adds a record as the newest one and gives it an id.
function Store:add(record)
  self.made = self.made + 1
  record.number, record.id = self.made, self.shop.rng:id(self.purpose, self.made)
  self[#self + 1] = record
  return record
end

--- Finds the record in which a field has a value.
-- @param field field to search by (default: "id")
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
