--- The parameters of an operation: checks them against its row before anything is sent, and writes them into the
-- path, a query, a form or JSON.
local core = require "gumroad.core"
local date = require "gumroad.base.date"
local Error = require "gumroad.base.error"
local body = require("gumroad.client").body
local text = require "gumroad.base.text"

local params = {}

local function is_integer(value)
  return type(value) == "number" and value == math.floor(value) and math.abs(value) < 2 ^ 53
end

local function of_type(name)
  return function(value)
    if type(value) == name then return value end
  end
end

-- For each type in the rows: its name, and a function that reads a value of it and returns nil if it is not one.
local TYPES = {
  string = { "string", of_type "string" },
  integer = { "whole number", function(v) return is_integer(v) and v or nil end },
  boolean = { "boolean", of_type "boolean" },
  array = { "array", function(v) return type(v) == "table" and (next(v) == nil or v[1] ~= nil) and v or nil end },
  object = { "table", of_type "table" },
  ["function"] = { "function", of_type "function" },
  date = { date.EXPECTED, date.parse },  -- Unix seconds
}

local function describe(value)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  return type(value) == "number" and tostring(value) or type(value)
end

-- Writes a date as a whole day, which is all that Gumroad takes. Lists have rounded theirs before, as they apply finer
-- bounds themselves.
local function day_of(where, name, seconds)
  if not date.is_midnight(seconds) then
    Error.usage("%s: parameter '%s': Gumroad counts whole UTC days here; pass \"YYYY-MM-DD\"", where, name)
  end
  return date.day(seconds)
end

local function check_text(where, row, param, name, value)
  if param.trimmed then value = text.trimmed(value) end
  if value:find(row.in_query and "%c" or "%z") then
    Error.usage("%s: parameter '%s' contains a control character, such as a line break or NUL", where, name)
  elseif row.in_query and text.trimmed(value) == "" then
    Error.usage("%s: parameter '%s' is empty, and Gumroad ignores an empty parameter: leave it out or pass a value",
      where, name)
  elseif param.required and value == "" and not param.may_be_empty then
    Error.usage("%s: parameter '%s' is empty", where, name)
  end
  return value
end

local function number_of(digits)
  return type(digits) == "string" and #digits < 16 and digits:find("^%d+$") and tonumber(digits) or digits
end

local check_table

local function check_param(where, row, param, name, value)
  local kind = TYPES[param[2]]
  if param.accepts_boolean and type(value) == "boolean" then value = tostring(value) end
  if param.accepts_digits then value = number_of(value) end
  local read, why = kind[2](value)
  if read == nil then
    Error.usage("%s: parameter '%s': %s expected, got %s%s", where, name, kind[1], describe(value),
      why and ": " .. why or "")
  end
  if type(read) == "string" then read = check_text(where, row, param, name, read) end
  if param.fields then return check_table(where, row, param, read, name) end
  if param[2] == "date" then return day_of(where, name, read) end
  if row.in_query and param[2] == "boolean" then return tostring(read) end
  return read
end

-- Every list takes a limit, which is not a parameter of Gumroad's.
local function names_of(row, known, inside)
  if not row.is_list or inside then return known end
  local names = { limit = true }
  for name in pairs(known) do names[name] = true end
  return names
end

local function shown(name, inside)
  return inside and ("%s[%s]"):format(inside, name) or name
end

-- Checks a table against the parameters of an operation (`of` is its row), or against the fields of one parameter
-- (`of` is that parameter, and `inside` its name).
function check_table(where, row, of, given, inside)
  local copy, known, needed = {}, of.fields_by_name or of.params_by_name, of.needed
  for name, value in pairs(given) do
    if not known[name] then
      Error.usage("%s: unknown parameter '%s'%s", where, shown(tostring(name), inside),
        Error.hint(name, names_of(row, known, inside)))
    end
    copy[name] = check_param(where, row, known[name], shown(name, inside), value)
  end
  for i = 1, #needed do
    local param = needed[i]
    local name = param[1]
    if param.required and copy[name] == nil then
      Error.usage("%s: parameter '%s' is missing", where, shown(name, inside))
    elseif copy[name] == nil and copy[param.default_unless] == nil then
      copy[name] = param.default
    end
  end
  return copy
end

--- Checks a table of parameters. Raises a mistake at the caller's line.
-- @return table a copy, ready to be sent
function params.check(where, row, given)
  if given ~= nil and type(given) ~= "table" then
    Error.usage("%s: a table of parameters expected, got %s", where, describe(given))
  end
  return check_table(where, row, row, given or {})
end

local function check_id(where, name, id)
  if id == "" or id == "." or id == ".." then
    Error.usage("%s: %s: %s is not an id", where, name, describe(id))
  elseif id:find("%c") or id:find("%z") then
    Error.usage("%s: %s contains a control character, such as a line break or NUL", where, name)
  end
end

--- Puts ids into a row's path. Each is percent-encoded as a whole, so that "/" or "?" in it cannot change the path.
function params.path(where, row, ids)
  if #row.path_params == 0 then return "/v2" .. row.path end
  local at = 0
  return "/v2" .. row.path:gsub(":([%w_]+)", function(name)
    at = at + 1
    check_id(where, name, ids[at])
    return (core.percent_encode(ids[at]):gsub("%.", "%%2E"))  -- to Gumroad, a dot begins a format such as .json
  end)
end

-- Writes members one by one, because lua-cjson cannot tell an empty array from an empty object.
local function encode_json(where, row, given)
  local members = {}
  for _, param in ipairs(row.params) do
    local value = given[param[1]]
    if value ~= nil then
      local empty_array = param[2] == "array" and next(value) == nil
      members[#members + 1] = ("%q:"):format(param[1]) .. (empty_array and "[]" or body.json(where, value))
    end
  end
  return "{" .. table.concat(members, ",") .. "}"
end

local function needs_json(row, given)
  if row.json then return true end
  for _, param in ipairs(row.params) do
    if param.json and given[param[1]] ~= nil then return true end
  end
end

--- Writes checked parameters into a request { path, body, content_type }.
function params.write(where, row, given, request)
  if next(given) == nil then return end
  if row.in_query then
    request.path = request.path .. "?" .. body.form(where, given)
  elseif needs_json(row, given) then
    request.body, request.content_type = encode_json(where, row, given), "application/json"
  else
    request.body, request.content_type = body.form(where, given), "application/x-www-form-urlencoded"
  end
end

return params
