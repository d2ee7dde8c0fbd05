--- Writes the body of a request: a value as JSON, a table as a form, or a text whose type the caller names.
local core = require "gumroad.core"
local json = require "gumroad.base.json"
local Error = require "gumroad.base.error"

local body = {}

local FORM, JSON = "application/x-www-form-urlencoded", "application/json"

-- Encodes values. What an encoder cannot take is a mistake of the caller.
local function encode(where, encoder, value)
  local ok, encoded = pcall(encoder, value)
  if not ok then Error.usage("%s: %s", where, (encoded:gsub("^.-: ", "", 1))) end
  return encoded
end

--- Encodes a table as a form, which is also how a query is written.
-- @param where name of the table in messages
function body.form(where, value)
  return encode(where, core.form_encode, value)
end

--- Encodes a value as JSON.
function body.json(where, value)
  return encode(where, json.encode, value)
end

--- Adds a query to a URL or a path.
-- @param query table, or nil
function body.with_query(where, target, query)
  if not query or next(query) == nil then return target end
  return target .. (target:find("?", 1, true) and "&" or "?") .. body.form(where .. ": query", query)
end

local function has_content_type(headers)
  for name in pairs(headers or {}) do
    if type(name) == "string" and name:lower() == "content-type" then return true end
  end
end

local function check_only_one(where, given)
  local first
  for _, name in ipairs { "json", "form", "body" } do
    if given[name] ~= nil and first then Error.usage("%s: %s and %s are both given", where, first, name) end
    first = given[name] ~= nil and name or first
  end
end

--- Returns the body of a request. Raises if there are two, or if a text has no Content-Type: libcurl would call it a
-- form, and a server that reads JSON as a form changes nothing and reports success.
-- @param where   name of the method, for messages
-- @param given   table with one of json (any value), form (a table), body (a text), or none; `headers`
-- @param headers optional further headers, which may have the text's Content-Type
-- @return bytes or nil, Content-Type or nil if the headers have it
function body.read(where, given, headers)
  check_only_one(where, given)
  local is_typed = has_content_type(given.headers) or has_content_type(headers)
  if given.json ~= nil then return body.json(where .. ": json", given.json), not is_typed and JSON or nil end
  if given.form then return body.form(where .. ": form", given.form), not is_typed and FORM or nil end
  if given.body and given.body ~= "" and not is_typed then
    Error.usage("%s: body: a text needs a Content-Type among the headers; or pass a table as json = { ... } or "
      .. "form = { ... }", where)
  end
  return given.body
end

return body
