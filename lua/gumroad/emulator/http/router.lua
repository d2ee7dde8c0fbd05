--- From a request to an answer: which row of gumroad.api it is for, whether the token may,
-- what the parameters are, and the envelope around what the handler gives.
--
-- A handler is `handlers.RESOURCE.OPERATION(shop, request)` and returns
-- 1. the value for the envelope: for a row without `returns` an object whose keys stand at the
--    top level; for a message nothing, or other words than the usual ones;
-- 2. the key of the next page, or nil;
-- 3. an object whose keys stand beside the value, or nil.
-- Or what request:missing, refuse, bad, deny or file returned, which is the whole answer.
local core = require "gumroad.core"
local api = require "gumroad.api"
local base_json = require "gumroad.base.json"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local paging = require "gumroad.emulator.http.paging"

local router = {}

-- Forms that Rails takes: descriptions and pages of HTML are long.
local FORM_LIMITS = { max_bytes = 16 * 1048576, max_value = 16 * 1048576 }
local JSON_TYPE = "application/json; charset=utf-8"
local NO_STORE = "no-store, no-cache"

local function json_answer(status, value)
  return { status = status, headers = { ["Content-Type"] = JSON_TYPE }, value = value }
end

local function dict(...)
  local out = json.dict()
  for i = 1, select("#", ...), 2 do json.put(out, (select(i, ...)), (select(i + 1, ...))) end
  return out
end

-- Whether the client is a program that reads JSON, by the server's rules.
local function wants_json(request)
  local accept = request.headers.accept or ""
  if request.path:find("%.json$") then return true end
  return accept:find("^%s*application/json") ~= nil
    and not (accept:find(",", 1, true) and accept:find("*/*", 1, true))
end

local NOT_FOUND_PAGE = "<!DOCTYPE html><html><body><h1>Not found</h1></body></html>"

local function no_route(request)
  if wants_json(request) then
    return json_answer(404, dict("status", 404, "error", "Not Found"))
  end
  return { status = 404, headers = { ["Content-Type"] = "text/html; charset=utf-8" },
    body = NOT_FOUND_PAGE }
end

local function unauthorized(why)
  return { status = 401, body = "", headers = {
    ["Cache-Control"] = NO_STORE, ["Content-Type"] = "text/html",
    ["WWW-Authenticate"] = ('Bearer realm="Doorkeeper", error="invalid_token", '
      .. 'error_description="The access token %s"'):format(why),
  } }
end

local function forbidden()
  return { status = 403, body = "",
    headers = { ["Cache-Control"] = NO_STORE, ["Content-Type"] = "text/html" } }
end

-- the request that handlers see -----------------------------------------------------------

local Request = {}
Request.__index = Request

--- A parameter as text, or nil: numbers and booleans of a JSON body count as their text.
function Request:text(name)
  local value = self.params[name]
  if type(value) == "number" then return json.number(value) end
  if type(value) == "boolean" then return tostring(value) end
  return type(value) == "string" and value or nil
end

local BAD_DATE = "Invalid date format provided in field '%s'. "
  .. "Dates must be in the format YYYY-MM-DD."

--- Two parameters that are days: the Unix times at which they begin in UTC; where one is
-- missing its default. nil and what is wrong.
function Request:days(first, first_default, second, second_default)
  local times = { [first] = first_default, [second] = second_default }
  for _, name in ipairs { first, second } do
    local text = self:text(name)
    if text then times[name] = format.parse_day(text) end
    if times[name] == nil then return nil, BAD_DATE:format(name) end
  end
  return times[first], times[second]
end

local Whole = {}  -- an answer that needs no envelope

local function whole(answer)
  return setmetatable({ answer = answer }, Whole)
end

local function add_all(out, object)
  for _, key in ipairs(object and json.keys(object) or {}) do json.put(out, key, object[key]) end
  return out
end

--- The object named in the path is not there.
function Request:missing(what)
  return self:refuse(("The %s was not found."):format(what))
end

--- Gumroad's usual refusal: HTTP 200 and `success` false.
-- @param beside optional object whose keys stand beside the message
function Request.refuse(_, message, beside)
  return whole(json_answer(200, add_all(dict("success", false, "message", message), beside)))
end

--- HTTP 400, for parameters of lists that make no sense.
function Request.bad(_, message)
  return whole(json_answer(400, dict("status", 400, "error", message)))
end

--- A refusal that has a status of its own.
function Request.deny(_, status, message)
  return whole(json_answer(status, dict("success", false, "message", message)))
end

--- A file to keep, in place of JSON.
function Request.file(_, name, content_type, bytes)
  return whole { status = 200, body = bytes, headers = { ["Content-Type"] = content_type,
    ["Content-Disposition"] = ('attachment; filename="%s"'):format(name) } }
end

-- routes ----------------------------------------------------------------------------------

local function segments_of(path)
  local list = {}
  for segment in path:gmatch("[^/]+") do list[#list + 1] = segment end
  return list
end

local function load_routes()
  local routes = {}
  for resource, rows in pairs(api) do
    local handlers = require("gumroad.emulator.handlers." .. resource)
    for _, row in ipairs(rows) do
      if row.path then
        routes[#routes + 1] = { row = row, segments = segments_of(row.path),
          handler = handlers[row.name] or error("no handler for " .. resource .. "." .. row.name) }
      end
    end
  end
  return routes
end

local routes = load_routes()

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function match(route, method, segments)
  if route.row.method ~= method or #route.segments ~= #segments then return nil end
  local params = {}
  for i, segment in ipairs(route.segments) do
    local name = segment:match("^:(.+)")
    if name then params[name] = unescape(segments[i])
    elseif segment ~= segments[i] then return nil end
  end
  return params
end

local SAME_AS = { PATCH = "PUT", HEAD = "GET" }

-- The route with the fewest names that fits, and the values of the names.
local function find_route(shop, method, path)
  method = SAME_AS[method] or method
  local rest = path:match("^/v2(/.*)$") or path:match("^/api/v2(/.*)$")
  if not rest then return nil end
  local segments = segments_of((rest:gsub("%.[^./]+$", "")))  -- what is behind the last dot is a format
  local best, best_params
  for _, route in ipairs(routes) do
    local params = match(route, method, segments)
    local exists = not (shop.old_server and route.row.since == "newer")
    if params and exists and (not best or #route.row.path_params < #best.row.path_params) then
      best, best_params = route, params
    end
  end
  return best, best_params
end

-- parameters ------------------------------------------------------------------------------

local function merge(into, from)
  for name, value in pairs(from) do into[name] = value end
end

local function body_params(raw)
  local kind = (raw.headers["content-type"] or ""):lower()
  if raw.body == "" then return {} end
  if kind:find("json", 1, true) then
    local ok, value = pcall(base_json.decode, raw.body)
    if not ok or type(value) ~= "table" then return nil end
    for name, inner in pairs(base_json.decode_with_nulls(raw.body)) do
      if inner == base_json.null then value[name] = "" end  -- clears, as an empty text does
    end
    return value
  end
  if not kind:find("application/x-www-form-urlencoded", 1, true) then return {} end
  return core.form_decode(raw.body, FORM_LIMITS)
end

local function malformed(request)
  if (request.headers.accept or ""):find("application/json", 1, true) then
    return json_answer(400, dict("success", false))
  end
  return { status = 400, headers = { ["Content-Type"] = "text/html" }, body = "" }
end

-- the token -------------------------------------------------------------------------------

local function token_of(request)
  local header = request.headers.authorization or ""
  local bearer = header:match("^[Bb][Ee][Aa][Rr][Ee][Rr]%s+(.-)%s*$")
  return bearer or request:text "access_token" or request:text "bearer_token"
end

local function allowed(token, row)
  for _, scope in ipairs(row.scopes) do
    if token.scopes[scope] then return true end
  end
  return false
end

local function scope_refused(token, row)
  if not token.scopes.account then return forbidden() end
  return json_answer(403, dict("success", false,
    "message", ("This endpoint requires the %s scope."):format(row.scopes[1])))
end

local function check_token(shop, request)
  if not request.row.scopes then return nil end
  local token = shop.tokens[token_of(request) or ""]
  if not token then return unauthorized "is invalid" end
  if token.revoked then return unauthorized "was revoked" end
  if not allowed(token, request.row) then return scope_refused(token, request.row) end
  request.token = token
end

-- envelopes -------------------------------------------------------------------------------

local function singular(resource)
  return (resource:gsub("ies$", "y"):gsub("s$", ""))
end

local function deleted(resource)
  return ("The %s was deleted successfully."):format(singular(resource))
end

local function envelope(request, value, next_key, beside)
  local row = request.row
  if row.bare then return json_answer(200, value) end
  local out = dict("success", true)
  if row.returns then json.put(out, row.returns, value)
  elseif row.kind == "object" then add_all(out, value)
  elseif row.method == "DELETE" then json.put(out, "message", value or deleted(row.resource)) end
  add_all(out, beside)
  if next_key then
    json.put(out, "next_page_key", next_key)
    json.put(out, "next_page_url", paging.next_url(request, next_key))
  end
  return json_answer(200, out)
end

--- Answers a request.
-- @param raw table: `method`, `path` (as sent), `query` (as sent, or nil), `headers`
--   (lower-case names), `body`
-- @return { status, headers, body } or, with `value` in place of `body`, what will be JSON
function router.answer(shop, raw)
  local request = setmetatable({ method = raw.method, path = raw.path, headers = raw.headers },
    Request)
  local route, path_params = find_route(shop, raw.method, raw.path)
  if not route then return no_route(request) end
  request.row = route.row
  request.query_params = core.form_decode(raw.query or "", FORM_LIMITS)
  local from_body = body_params(raw)
  if not request.query_params or not from_body then return malformed(request) end
  request.params = {}
  merge(request.params, request.query_params)
  merge(request.params, from_body)
  merge(request.params, path_params)
  request.path_params = path_params
  local refused = check_token(shop, request)
  if refused then return refused end
  local value, next_key, beside = route.handler(shop, request)
  if getmetatable(value) == Whole then return value.answer end
  return envelope(request, value, next_key, beside)
end

return router
