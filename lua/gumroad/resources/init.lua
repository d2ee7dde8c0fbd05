--- shop.products:list(), shop.sales:get(id), ...: the methods, made from the rows of
-- gumroad.api. What a method does follows from its row alone.
local api = require "gumroad.api"
local composed = require "gumroad.resources.composed"
local date = require "gumroad.base.date"
local pages = require "gumroad.resources.list"
local params = require "gumroad.resources.params"
local windows = require "gumroad.resources.date_ranges"
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local resources = {}

local clients = setmetatable({}, { __mode = "k" })  -- resource -> client, out of sight of who prints one

local function name_of(row) return row.resource .. "." .. row.name end

-- The row of the operation that shows what another one did, or nil, and how to say so.
local function looking_row(row)
  if row.look then
    local resource, name = row.look:match("^(.*)%.(.*)$")
    return api[resource][name], "read it back with "
  elseif row.name == "create" then
    return api[row.resource].list, "look with "
  end
  return #row.path_params > 0 and api[row.resource].get, "read it back with "
end

-- How the caller finds out what became of a change whose answer was lost.
local function how_to_look(row, ids)
  local look, words = looking_row(row)
  if not look then return nil end
  local arguments = {}
  for i in ipairs(look.path_params) do arguments[i] = ("%q"):format(ids[i]) end
  for _, param in ipairs(look.params) do
    if param.required then arguments[#look.path_params + 1] = "{ ... }" end
  end
  return ("%sshop.%s:%s(%s)"):format(words, look.resource, look.name, table.concat(arguments, ", "))
end

local function is_repeatable(row, given)
  if not row.repeatable_with then return row.repeatable end
  for name, value in pairs(row.repeatable_with) do
    if given[name] ~= value then return false end
  end
  return true
end

local function new_request(row, where, ids, given, options)
  local request = {
    method = row.method, path = params.path(where, row, ids), scopes = row.scopes,
    repeatable = is_repeatable(row, given), options = options, public = not row.scopes,
    file = row.kind == "file",
  }
  if not request.repeatable then request.look = how_to_look(row, ids) end
  params.write(where, row, given, request)
  return request
end

-- Splits the arguments of a method: ids in the order of the path, then a table of
-- parameters where the operation has any, then the options of the call.
local function read_arguments(row, where, ...)
  local args, ids, count = { n = select("#", ...), ... }, {}, #row.path_params
  for i = 1, count do
    ids[i] = args[i]
    if ids[i] == nil then Error.usage("%s: %s is missing", where, row.path_params[i]) end
    if type(ids[i]) ~= "string" then
      Error.usage("%s: %s: string expected, got %s", where, row.path_params[i], type(ids[i]))
    end
  end
  local options_at = count + (row.takes_params and 2 or 1)
  if args.n > options_at then Error.usage("%s: too many arguments", where) end
  return ids, row.takes_params and args[count + 1] or nil, Client.check_call_options(where, args[options_at])
end

-- Whether what came out of JSON, where a table is an array or an object, is an array of tables.
local function is_list(value)
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
  if not is_list(value) then return "a '" .. row.returns .. "' that is no list of objects" end
  local key = body.next_page_key
  return key ~= nil and type(key) ~= "string" and "a next_page_key that is no text" or nil
end

-- The value of the envelope that a row promises, with what stands beside it.
local function take_value(row, body, request)
  local value = body[row.returns] or body[row.or_returns]
  local fault = fault_of(row, value, body)
  if fault then
    return nil, Client.judge(request, Error.new("decode", "the answer has " .. fault,
      { method = row.method, path = request.path:match("^[^?]*"), status = 200 }))
  end
  for _, field in ipairs(row.beside or {}) do value[field[1]] = body[field[1]] end
  return value
end

-- The client of a method's resource; shop.sales.get(id), with a dot, passes none.
local function client_of(self, where)
  local client = self ~= nil and clients[self]
  if not client then Error.usage("%s: called with a dot; write shop.%s(...)", where, (where:gsub("%.", ":"))) end
  return client
end

-- Makes a row's request and takes the value out of the answer.
local function call_plainly(row, client, ids, given, options)
  local request = new_request(row, name_of(row), ids, given, options)
  local body, err = client:call(request)
  if not body then return nil, err end
  if row.kind == "message" or not row.returns then return body end
  local value
  value, err = take_value(row, body, request)
  if value and row.kind == "list" then
    value.complete, value.next_page_key = body.next_page_key == nil, body.next_page_key
    value.reason = not value.complete and "page" or nil
  end
  return value, err
end

-- What a composed operation gets: the checked arguments `ids`, `params` and
-- `options` (those of a call), `where` (the operation's name, for errors), `send(params)`,
-- which makes the row's own request, and `resource(name)`, such as resource("sales"):get(id).
local function new_operation(row, client, ids, given, options)
  return {
    where = name_of(row), ids = ids, params = given, options = options, client = client,
    send = function(sent) return call_plainly(row, client, ids, sent, options) end,
    resource = function(name) return resources.get(client, name) end,
  }
end

local function call_method(row)
  local where = name_of(row)
  return function(self, ...)
    local client = client_of(self, where)
    local ids, given, options = read_arguments(row, where, ...)
    given = params.check(where, row, given)
    if row.composed then return composed.run(where, new_operation(row, client, ids, given, options)) end
    return call_plainly(row, client, ids, given, options)
  end
end

-- Lists ---------------------------------------------------------------------------------

local function take_limit(where, given)
  local limit = given.limit
  given.limit = nil
  if limit ~= nil and (type(limit) ~= "number" or limit < 0 or limit ~= math.floor(limit)) then
    Error.usage("%s: limit: a whole number of at least 0 expected, got %s", where,
      type(limit) == "number" and tostring(limit) or type(limit))
  end
  return limit
end

-- Gumroad filters by whole UTC days. A finer bound is sent as the enclosing day, and what
-- lies outside it is left out here. ISO 8601 in UTC sorts like time.
local function take_bound(row, given, name, round_up)
  local value = given[name]
  local seconds = value ~= nil and row.param[name] and date.parse(value)
  if not seconds or date.is_midnight(seconds) then return nil end
  given[name] = date.day(seconds, round_up)
  return seconds
end

local function filter(after, before, items)
  if not items or not (after or before) then return items end
  local kept = {}
  for _, item in ipairs(items) do
    local at = date.parse(item.created_at or "")
    if not at or ((not after or at >= after) and (not before or at < before)) then kept[#kept + 1] = item end
  end
  return kept
end

-- Where a list begins: at a page's key, or at its number, which wins at Gumroad but is no match
-- for a key of ours: that was made from one. As a key the number is "page=3".
local function first_key(given)
  local is_ours = given.page_key and given.page_key:find("~", 1, true)
  if is_ours or (given.page or 1) == 1 then return given.page_key end
  return ("page=%d"):format(given.page)
end

-- The parameters of a list as they are sent, and what is done here: the limit, the bounds.
local function read_params(row, where, given)
  if given == nil then return params.check(where, row) end
  if type(given) ~= "table" then
    Error.usage("%s: a table of parameters expected, got %s", where, type(given))
  end
  local copy = {}
  for name, value in pairs(given) do copy[name] = value end
  local limit = take_limit(where, copy)
  local after, before = take_bound(row, copy, "after", false), take_bound(row, copy, "before", true)
  return params.check(where, row, copy), limit, after, before
end

-- One list that was asked for: what pages.lua and windows.lua need to know of it.
local Query = {}
Query.__index = Query

local function new_query(row, where, client, ...)
  local ids, given, options = read_arguments(row, where, ...)
  local sent, limit, after, before = read_params(row, where, given)
  if row.opt_in then for name, value in pairs(row.opt_in) do sent[name] = sent[name] or value end end
  return setmetatable({
    row = row, where = where, client = client, ids = ids, params = sent, options = options,
    limit = limit, after = after, before = before, page_key = first_key(sent),
    request = new_request(row, where, ids, sent, options),  -- a wrong id is told before any page is asked for
    in_parts = row.too_slow and (sent.page or 1) == 1,  -- elsewhere a page's number means another page
  }, Query)
end

-- Sends the request for the page of a key, between two days.
function Query:ask(key, from, to)
  local own = self.params
  if key == self.page_key and from == own.after and to == own.before then return self.client:start(self.request) end
  local sent = {}
  for name, value in pairs(own) do sent[name] = value end
  sent.page_key, sent.after, sent.before = key, from, to
  sent.page = key and key:match("^page=(%d+)$")  -- else none: it would win over the key
  if sent.page then sent.page_key = nil end
  return self.client:start(new_request(self.row, self.where, self.ids, sent, self.options))
end

-- Sends the request for the page of a key.
function Query:start(key)
  if self.in_parts then return windows.start(self, key) end
  return self:ask(key, self.params.after, self.params.before)
end

-- Waits for that page.
function Query:finish(key, call)
  if self.in_parts then return windows.finish(self, key, call) end
  return call:finish()
end

-- The items of a page that were asked for.
function Query:items(body)
  local items, err = take_value(self.row, body, self.request)
  return filter(self.after, self.before, items), err
end

local function list_method(row, name, run)
  local where = row.resource .. "." .. name
  return function(self, ...)
    return run(new_query(row, where, client_of(self, where), ...))
  end
end

-- Classes ---------------------------------------------------------------------------------

-- A name that is nearly one of the class's is a misspelling, and raises; any other is nil, so that
-- a script can ask whether a method is there.
local function new_class(resource, rows)
  local class = {}
  for _, row in ipairs(rows) do
    if row.is_list then
      class.list = list_method(row, "list", pages.list)
      class.each = list_method(row, "each", pages.each)
      class.pages = list_method(row, "pages", pages.each_page)
    else
      class[row.name] = call_method(row)
    end
  end
  setmetatable(class, { __index = function(_, name) Error.misspelt("shop." .. resource .. ":", name, class) end })
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
