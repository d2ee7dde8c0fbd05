--- A request as handlers see it: its parameters, and responses without an envelope, such as refusals.
local base_json = require "gumroad.base.json"
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local response = require "gumroad.emulator.http.response"

-- Descriptions and HTML pages may be long.
local FORM_LIMITS = { max_bytes = 16 * 1048576, max_value = 16 * 1048576 }

local Request = {}
Request.__index = Request

-- parameters ------------------------------------------------------------------------------

local function body_params(raw)
  local kind = (raw.headers["content-type"] or ""):lower()
  if raw.body == "" then return {} end
  if kind:find("json", 1, true) then
    local ok, value = pcall(base_json.decode, raw.body)
    if not ok or type(value) ~= "table" then return nil end
    for name, inner in pairs(base_json.decode_with_nulls(raw.body)) do
      if inner == base_json.null then value[name] = "" end  -- clears a field, as an empty text does
    end
    return value
  end
  if not kind:find("application/x-www-form-urlencoded", 1, true) then return {} end
  return core.form_decode(raw.body, FORM_LIMITS)
end

--- Reads a request.
-- @param raw table: `method`, `path` (as sent), `query` (as sent, or nil), `headers` (lower-case names),
--   `body`
-- @param row         the row of gumroad.api that it is for
-- @param path_params the parameters in the path
-- @return request with `params` (from query, body and path) and `query_params`, or nil if it is malformed
function Request.read(raw, row, path_params)
  local query_params, from_body = core.form_decode(raw.query or "", FORM_LIMITS), body_params(raw)
  if not query_params or not from_body then return nil end
  local params = {}
  for _, source in ipairs { query_params, from_body, path_params } do
    for name, value in pairs(source) do params[name] = value end
  end
  return setmetatable({ method = raw.method, path = raw.path, headers = raw.headers, row = row, params = params,
    query_params = query_params }, Request)
end

--- Returns a parameter as text, or nil. Numbers and booleans in a JSON body are converted.
function Request:text(name)
  local value = self.params[name]
  if type(value) == "number" then return json.number(value) end
  if type(value) == "boolean" then return tostring(value) end
  return type(value) == "string" and value or nil
end

local BAD_DATE = "Invalid date format provided in field '%s'. "
  .. "Dates must be in the format YYYY-MM-DD."

--- Reads two parameters that are days.
-- @return the Unix times at which they begin in UTC, or the default of a missing one | nil, message
function Request:days(first, first_default, second, second_default)
  local times = { [first] = first_default, [second] = second_default }
  for _, name in ipairs { first, second } do
    local text = self:text(name)
    if text then times[name] = format.parse_day(text) end
    if times[name] == nil then return nil, BAD_DATE:format(name) end
  end
  return times[first], times[second]
end

-- whole responses -------------------------------------------------------------------------

local Whole = {}  -- a response without an envelope

local function whole(reply)
  return setmetatable({ response = reply }, Whole)
end

--- Returns the response in the result of a handler if it has no envelope, otherwise nil.
function Request.whole_response(value)
  return getmetatable(value) == Whole and value.response or nil
end

--- The response if the object that the request names does not exist.
function Request:missing(what)
  return self:refuse(("The %s was not found."):format(what))
end

--- Gumroad's usual refusal: HTTP 200 with `success` false.
-- @param extra_fields optional object with further fields
function Request.refuse(_, message, extra_fields)
  return whole(response.json(200, json.put_all(json.dict("success", false, "message", message), extra_fields)))
end

--- A refusal with HTTP 400, for invalid parameters of lists.
function Request.bad(_, message)
  return whole(response.json(400, json.dict("status", 400, "error", message)))
end

--- A refusal with another status.
function Request.deny(_, status, message)
  return whole(response.json(status, json.dict("success", false, "message", message)))
end

--- A response that is a file instead of JSON.
function Request.file(_, name, content_type, bytes)
  return whole(response.new(200, content_type, bytes,
    { ["Content-Disposition"] = ('attachment; filename="%s"'):format(name) }))
end

return Request
