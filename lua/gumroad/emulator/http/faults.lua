--- Failures to order. An order waits for the requests that it is for and spoils their responses.
--
-- Fields of every order:
--   kind     what happens: see gumroad.emulator.http.fault_kinds, also for the fields of each kind
--   path     for paths that begin so; default: any
--   method   for this method only
--   times    how often, default 1; "always"
--   after    how many such requests pass unharmed first, default 0
local json = require "gumroad.emulator.http.json"
local kinds = require "gumroad.emulator.http.fault_kinds"

local Faults = {}
Faults.__index = Faults

--- All the fields that an order can have, as rows of gumroad.base.options.
Faults.FIELDS = { kind = {}, path = {}, method = {}, times = {}, after = {} }
for _, kind in pairs(kinds) do
  for name in (kind.fields or ""):gmatch("%S+") do Faults.FIELDS[name] = {} end
end

--- @param listener where uploads are cut, which never arrive
function Faults.new(listener)
  return setmetatable({ listener = listener }, Faults)
end

--- Orders a failure. -> true | nil, message
function Faults:add(order)
  local kind = kinds[order.kind]
  if not kind then return nil, "unknown kind of fault: " .. tostring(order.kind) end
  local fault = kind.fault_of and kind.fault_of(order)
  if fault then return nil, fault end
  if kind.upload then
    self.listener:cut(order.bytes or 0, order.times == "always" and 1e9 or order.times, order.after)
    return true
  end
  order.path = order.path or kind.path
  local times = order.times == "always" and math.huge or order.times or 1
  self[#self + 1] = { order = order, kind = kind, left = times, skip = order.after or 0 }
  return true
end

--- Forgets all orders.
function Faults:clear()
  for i = #self, 1, -1 do self[i] = nil end
  self.listener:cut(0, 0)
end

local function is_for(entry, request, now)
  local order = entry.order
  if order.method and order.method:upper() ~= request.method then return false end
  if order.path and request.path:sub(1, #order.path) ~= order.path then return false end
  return not entry.kind.is_for or entry.kind.is_for(order, request, now)
end

-- The order that hits a request, with its kind; or nil. Counts it.
local function take(self, request, now)
  for i, entry in ipairs(self) do
    if is_for(entry, request, now) then
      if entry.skip > 0 then
        entry.skip = entry.skip - 1
      else
        entry.left = entry.left - 1
        if entry.left < 1 then table.remove(self, i) end
        return entry.order, entry.kind
      end
    end
  end
end

local function encoded(made)
  if made.value then made.body = json.encode(made.value) end
  return made
end

--- The response to a request, spoiled if an order hits it.
-- @param now Unix time in the emulated world
-- @param api function() -> the API's response, not called where the API never sees the request
-- @return response with `body`; see gumroad.emulator.http.fault_kinds for what else it may have
function Faults:respond(request, now, api)
  local order, kind = take(self, request, now)
  if not order then return encoded(api()) end
  if kind.instead then return kind.instead(order, request) end
  local made = api()
  if kind.change_value then kind.change_value(made, order) end
  encoded(made)
  if kind.change then kind.change(made, order) end
  return made
end

return Faults
