--- shop.products:list(), shop.sales:get(id), ...: the methods, made from the rows of
-- gumroad.api. What a method does follows from its row alone.
local api = require "gumroad.api"
local composed = require "gumroad.resources.composed"
local params = require "gumroad.resources.params"
local Error = require "gumroad.base.error"
local Operation = require "gumroad.resources.operation"

local resources = {}

local clients = setmetatable({}, { __mode = "k" })  -- resource -> client, out of sight of who prints one

-- The client of a method's resource; shop.sales.get(id), with a dot, passes none.
local function client_of(self, where)
  local client = self ~= nil and clients[self]
  if not client then Error.usage("%s: called with a dot; write shop.%s(...)", where, (where:gsub("%.", ":"))) end
  return client
end

-- What a composed operation gets besides: other resources, such as operation.resource("sales"):get(id).
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

-- A name that is nearly one of the class's is a misspelling, and raises; any other is nil, so that
-- a script can ask whether a method is there. What lists need is loaded with the first that has one.
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

--- The resource of that name for a client, or nil if Gumroad has none.
function resources.get(client, name)
  if not api[name] then return nil end
  classes[name] = classes[name] or new_class(name, api[name])
  local resource = setmetatable({}, classes[name])
  clients[resource] = client
  return resource
end

return resources
