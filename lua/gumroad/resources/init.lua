--- The resources of a shop and their methods: shop.products:list(), shop.sales:get(id), ... The methods are made from
-- the rows of gumroad.api; nothing else decides what a method does.
local api = require "gumroad.api"
local composed = require "gumroad.resources.composed"
local params = require "gumroad.resources.params"
local Error = require "gumroad.base.error"
local Operation = require "gumroad.resources.operation"

local resources = {}

-- resource -> client; not in the resource, where printing it would show it
local clients = setmetatable({}, { __mode = "k" })

-- Returns the client of a method's resource. Raises for shop.sales.get(id), which passes no resource.
local function client_of(self, where)
  local client = self ~= nil and clients[self]
  if not client then Error.usage("%s: called with a dot; write shop.%s(...)", where, (where:gsub("%.", ":"))) end
  return client
end

-- A composed operation can use other resources, as in operation.resource("sales"):get(id).
local function run_composed(operation)
  operation.resource = function(name) return resources.get(operation.client, name) end
  return composed.run(operation.where, operation)
end

local function call_method(row)
  local where = row.resource .. "." .. row.name
  return function(self, ...)
    local operation = Operation.new(row, where, client_of(self, where), ...)
    operation.params = params.check(where, row, operation.params)
    if row.composed then return run_composed(operation) end
    return operation:send(operation.params)
  end
end

local function list_method(row, name, run)
  local where = row.resource .. "." .. name
  return function(self, ...)
    return run(Operation.new(row, where, client_of(self, where), ...))
  end
end

-- A name that is almost a method's is a misspelling and raises; any other is nil, so that a script can ask whether a
-- method exists. The module for lists is loaded with the first resource that has one.
local function new_class(resource, rows)
  local class = {}
  for _, row in ipairs(rows) do
    if row.is_list then
      for name, run in pairs(require "gumroad.resources.list") do class[name] = list_method(row, name, run) end
    else
      class[row.name] = call_method(row)
    end
  end
  setmetatable(class, { __index = function(_, name) Error.check_spelling("shop." .. resource .. ":", name, class) end })
  return { __index = class }
end

local classes = {}

--- Returns a resource by its name, or nil if Gumroad has no such resource.
function resources.get(client, name)
  if not api[name] then return nil end
  classes[name] = classes[name] or new_class(name, api[name])
  local resource = setmetatable({}, classes[name])
  clients[resource] = client
  return resource
end

return resources
