--- A call of an operation: makes the request from its row and arguments, and the result from the response.
local api = require "gumroad.api"
local params = require "gumroad.resources.params"
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local Operation = {}
Operation.__index = Operation

-- Raises if more ids are given than the path has, as integration platforms ask for the product of a subscriber, too.
local function check_no_more_ids(row, where, args, count)
  if row.takes_params or type(args[count + 1]) ~= "string" then return end
  Error.usage("%s: %s; write shop.%s:%s(%s)", where, count == 0 and "no id is needed"
    or table.concat(row.path_params, " and ") .. (count == 1 and " is enough" or " are enough"),
    row.resource, row.name, table.concat(row.path_params, ", "))
end

-- Splits the arguments of a method: ids in the order of the path, then a table of parameters if the operation has any,
-- then the options of the call.
local function read_arguments(row, where, client, ...)
  local args, ids, count = { n = select("#", ...), ... }, {}, #row.path_params
  for i = 1, count do
    ids[i] = args[i]
    if ids[i] == nil then Error.usage("%s: %s is missing", where, row.path_params[i]) end
    if type(ids[i]) ~= "string" then
      Error.usage("%s: %s: string expected, got %s", where, row.path_params[i], type(ids[i]))
    end
  end
  check_no_more_ids(row, where, args, count)
  local options_at = count + (row.takes_params and 2 or 1)
  if args.n > options_at then Error.usage("%s: too many arguments", where) end
  return ids, row.takes_params and args[count + 1] or nil, client:call_options(where, args[options_at])
end

--- Makes an operation.
-- @param row    from gumroad.api
-- @param where  name of the method in errors, such as "sales.each"
-- @param client
-- @param ...    arguments of the method
-- @return { row, where, client, ids, params (as given, not checked), options (of the call) }
function Operation.new(row, where, client, ...)
  local ids, given, options = read_arguments(row, where, client, ...)
  return setmetatable({ row = row, where = where, client = client, ids = ids, params = given, options = options },
    Operation)
end

-- Returns the row of the operation that shows what another one did, or nil.
local function verifying_row(row)
  if row.verify_with then
    local resource, name = row.verify_with:match("^(.*)%.(.*)$")
    return api[resource][name]
  elseif row.name == "create" then
    return api[row.resource].list
  end
  return #row.path_params > 0 and api[row.resource].get
end

-- Says how the caller finds out whether a change whose response was lost was carried out; nil if no call shows it.
local function how_to_verify(row, ids)
  local verifier = verifying_row(row)
  if not verifier then return nil end
  local arguments = {}
  for i in ipairs(verifier.path_params) do arguments[i] = ("%q"):format(ids[i]) end
  if verifier.needs_params then arguments[#verifier.path_params + 1] = "{ ... }" end
  return ("check with shop.%s:%s(%s)"):format(verifier.resource, verifier.name, table.concat(arguments, ", "))
end

local function is_repeatable(row, given)
  if not row.repeatable_when then return row.repeatable end
  for name, value in pairs(row.repeatable_when) do
    if given[name] ~= value then return false end
  end
  return true
end

--- Makes the request for checked parameters, as client:start takes it.
function Operation:request(given)
  local row = self.row
  local request = {
    method = row.method, path = params.path(self.where, row, self.ids), scopes = row.scopes,
    repeatable = is_repeatable(row, given), options = self.options, public = not row.scopes,
    file = row.kind == "file", not_found_hint = row.not_found_hint,
  }
  if not request.repeatable then request.how_to_verify = how_to_verify(row, self.ids) end
  params.write(self.where, row, given, request)
  return request
end

-- Whether a table decoded from JSON is an array of tables.
local function is_array_of_tables(value)
  if type(next(value)) == "string" then return false end
  for i = 1, #value do
    if type(value[i]) ~= "table" then return false end
  end
  return true
end

-- What is wrong with a value of the envelope, or nil.
local function fault_of(row, value, body)
  if type(value) ~= "table" then return "no '" .. row.returns .. "'" end
  if row.kind ~= "list" then return nil end
  if not is_array_of_tables(value) then return "a '" .. row.returns .. "' that is not a list of objects" end
  local key = body.next_page_key
  return key ~= nil and type(key) ~= "string" and "a next_page_key that is not a string" or nil
end

--- Returns what a response's body holds for the caller: its object, list or file, with the fields that come next to it
-- in the body.
-- @return value | nil, error
function Operation:value(body, request)
  local row = self.row
  if row.kind == "message" or not row.returns then return body end
  local value = body[row.returns] or body[row.alternative]
  local fault = fault_of(row, value, body)
  if fault then
    return nil, Client.judge(request, Error.new("decode", "the response has " .. fault,
      { method = row.method, path = request.path:match("^[^?]*"), status = 200 }))
  end
  for _, field in ipairs(row.extra_fields or {}) do value[field[1]] = body[field[1]] end
  if row.kind == "list" then value.next_page_key = body.next_page_key end
  return value
end

--- Sends the row's request with checked parameters.
-- @return value | nil, error
function Operation:send(given)
  local request = self:request(given)
  local body, err = self.client:call(request)
  if not body then return nil, err end
  local value
  value, err = self:value(body, request)
  if value and self.row.kind == "list" then
    value.complete = value.next_page_key == nil
    value.reason = not value.complete and "page" or nil
  end
  return value, err
end

return Operation
