--- Routes a request to its handler: finds the row of gumroad.api, checks the token, and puts the result of the
-- handler into an envelope.
--
-- A handler is `handlers.RESOURCE.OPERATION(shop, request)` and returns
-- 1. the value for the envelope: for a row without `returns`, an object whose keys go to the top level; for a
--    message, nil or a text that replaces the usual one;
-- 2. the key of the next page, or nil;
-- 3. an object with the row's extra fields, or nil.
-- It may also return the result of request:missing, refuse, bad, deny or file, which is the whole response.
-- The response for a row without a handler is 501.
local access = require "gumroad.emulator.http.access"
local json = require "gumroad.emulator.http.json"
local paging = require "gumroad.emulator.http.paging"
local Request = require "gumroad.emulator.http.request"
local response = require "gumroad.emulator.http.response"

local HANDLERS = "gumroad.emulator.handlers."

local Router = {}
Router.__index = Router

-- routes ----------------------------------------------------------------------------------

local function segments_of(path)
  local list = {}
  for segment in path:gmatch("[^/]+") do list[#list + 1] = segment end
  return list
end

-- The handlers of a resource: an empty table if they are not written yet.
local function handlers_of(resource)
  local name = HANDLERS .. resource
  local ok, handlers = pcall(require, name)
  if ok then return handlers end
  if not tostring(handlers):find("module '" .. name .. "' not found", 1, true) then error(handlers, 0) end
  return {}
end

local function not_implemented(row)
  return function(_, request)
    return request:deny(501, ("The emulator has no handler for %s.%s."):format(row.resource, row.name))
  end
end

--- @param operations table from resources to rows, such as gumroad.api
function Router.new(operations)
  local self = setmetatable({}, Router)
  for resource, rows in pairs(operations) do
    local handlers = handlers_of(resource)
    for _, row in ipairs(rows) do
      if row.path then
        self[#self + 1] = { row = row, segments = segments_of(row.path),
          handler = handlers[row.name] or not_implemented(row) }
      end
    end
  end
  return self
end

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

-- The matching route with the fewest parameters in its path, and their values.
local function find_route(self, shop, method, path)
  method = SAME_AS[method] or method
  local rest = path:match("^/v2(/.*)$") or path:match("^/api/v2(/.*)$")
  if not rest then return nil end
  local segments = segments_of((rest:gsub("%.[^./]+$", "")))  -- without the format after the last dot
  local best, best_params
  for _, route in ipairs(self) do
    local params = match(route, method, segments)
    local exists = not (shop.old_server and route.row.since == "newer")
    if params and exists and (not best or #route.row.path_params < #best.row.path_params) then
      best, best_params = route, params
    end
  end
  return best, best_params
end

-- requests that reach no handler ----------------------------------------------------------

-- Whether the client expects JSON, by the server's rules.
local function wants_json(raw)
  local accept = raw.headers.accept or ""
  if raw.path:find("%.json$") then return true end
  return accept:find("^%s*application/json") ~= nil
    and not (accept:find(",", 1, true) and accept:find("*/*", 1, true))
end

local NOT_FOUND_PAGE = "<!DOCTYPE html><html><body><h1>Not found</h1></body></html>"

local function no_route(raw)
  if wants_json(raw) then
    return response.json(404, json.dict("status", 404, "error", "Not Found"))
  end
  return response.new(404, "text/html; charset=utf-8", NOT_FOUND_PAGE)
end

local function malformed(raw)
  if (raw.headers.accept or ""):find("application/json", 1, true) then
    return response.json(400, json.dict("success", false))
  end
  return response.new(400, "text/html", "")
end

-- envelopes -------------------------------------------------------------------------------

local function singular(resource)
  return (resource:gsub("ies$", "y"):gsub("s$", ""))
end

local function deleted(resource)
  return ("The %s was deleted successfully."):format(singular(resource))
end

local function envelope(request, value, next_key, extra_fields)
  local row = request.row
  if row.no_success_field then return response.json(200, value) end
  local out = json.dict("success", true)
  if row.returns then json.put(out, row.returns, value)
  elseif row.kind == "object" then json.put_all(out, value)
  elseif row.method == "DELETE" then json.put(out, "message", value or deleted(row.resource)) end
  json.put_all(out, extra_fields)
  if next_key then
    json.put(out, "next_page_key", next_key, "next_page_url", paging.next_url(request, next_key))
  end
  return response.json(200, out)
end

--- Returns the response to a request.
-- @param raw table: `method`, `path` (as sent), `query` (as sent, or nil), `headers`
--   (lower-case names), `body`
function Router:respond(shop, raw)
  local route, path_params = find_route(self, shop, raw.method, raw.path)
  if not route then return no_route(raw) end
  local request = Request.read(raw, route.row, path_params)
  if not request then return malformed(raw) end
  local refused = access.check(shop, request)
  if refused then return refused end
  local value, next_key, extra_fields = route.handler(shop, request)
  return Request.whole_response(value) or envelope(request, value, next_key, extra_fields)
end

return Router
