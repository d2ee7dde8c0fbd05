--- Faults that tests inject. A fault waits for requests that it matches and spoils their responses.
--
-- Fields of every fault:
--   kind     what happens; see gumroad.emulator.http.fault_kinds, also for the fields of each kind
--   path     prefix of the paths that it matches, or with "=" before it the only path (default: any path)
--   method   the only method that it matches (default: any method)
--   times    how many requests it hits, or "always" (default: 1)
--   after    how many matching requests pass first (default: 0)
local json = require "gumroad.emulator.http.json"
local kinds = require "gumroad.emulator.http.fault_kinds"

local Faults = {}
Faults.__index = Faults

--- All fields that a fault can have, for gumroad.base.options.
Faults.FIELDS = { kind = {}, path = {}, method = {}, times = {}, after = {} }
for _, kind in pairs(kinds) do
  for name in (kind.fields or ""):gmatch("%S+") do Faults.FIELDS[name] = {} end
end

--- @param listener cuts uploads, which never become requests
function Faults.new(listener)
  return setmetatable({ listener = listener }, Faults)
end

--- Adds a fault. -> true | nil, message
function Faults:add(fault)
  local kind = kinds[fault.kind]
  if not kind then return nil, "unknown kind of fault: " .. tostring(fault.kind) end
  local mistake = kind.check and kind.check(fault)
  if mistake then return nil, mistake end
  if kind.upload then
    self.listener:cut(fault.bytes or 0, fault.times == "always" and 1e9 or fault.times, fault.after)
    return true
  end
  fault.path = fault.path or kind.path
  local times = fault.times == "always" and math.huge or fault.times or 1
  self[#self + 1] = { fault = fault, kind = kind, left = times, skip = fault.after or 0 }
  return true
end

--- Removes all faults.
function Faults:clear()
  for i = #self, 1, -1 do self[i] = nil end
  self.listener:cut(0, 0)
end

local function matches_path(wanted, path)
  if wanted:sub(1, 1) == "=" then return wanted:sub(2) == path end
  return path:sub(1, #wanted) == wanted
end

local function matches(entry, request, now)
  local fault = entry.fault
  if fault.method and fault.method:upper() ~= request.method then return false end
  if fault.path and not matches_path(fault.path, request.path) then return false end
  return not entry.kind.matches or entry.kind.matches(fault, request, now)
end

-- Returns the fault that hits a request, and its kind; or nil. Counts the request.
local function take(self, request, now)
  for i, entry in ipairs(self) do
    if matches(entry, request, now) then
      if entry.skip > 0 then
        entry.skip = entry.skip - 1
      else
        entry.left = entry.left - 1
        if entry.left < 1 then table.remove(self, i) end
        return entry.fault, entry.kind
      end
    end
  end
end

local function encoded(reply)
  if reply.value then reply.body = json.encode(reply.value) end
  return reply
end

--- Returns the response to a request, spoiled if a fault hits it.
-- @param now Unix time in the emulated world
-- @param api function() -> the API's response, not called if the fault replaces it
-- @return response with `body`; for its other fields see gumroad.emulator.http.fault_kinds
function Faults:respond(request, now, api)
  local fault, kind = take(self, request, now)
  if not fault then return encoded(api()) end
  if kind.replace then return kind.replace(fault, request) end
  local reply = api()
  if kind.change_value then kind.change_value(reply, fault) end
  encoded(reply)
  if kind.change then kind.change(reply, fault) end
  return reply
end

return Faults
