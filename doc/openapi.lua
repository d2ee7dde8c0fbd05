--- Generates the OpenAPI 3.1 description of Gumroad's API from gumroad.api and gumroad.schema.
local api = require "gumroad.api"
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local schema = require "gumroad.api.schema"
local scopes = require "gumroad.api.scopes"
local json = require "doc.json"
local read_type = require "gumroad.api.type"
local tables = require "doc.tables"

local FORM, JSON = delivery.CONTENT_TYPES.form, delivery.CONTENT_TYPES.json

local openapi = {}

local function ref(name) return { ["$ref"] = "#/components/schemas/" .. name } end

-- Types -----------------------------------------------------------------------------------

local BASIC = { string = true, integer = true, number = true, boolean = true }

local function schema_of(type)
  if type.array then return { type = "array", items = schema_of(type.array) }
  elseif type.map then return { type = "object", additionalProperties = schema_of(type.map) }
  elseif type.union then
    local parts = {}
    for i, part in ipairs(type.union) do parts[i] = schema_of(part) end
    return { anyOf = parts }
  elseif BASIC[type.name] then return { type = type.name }
  elseif type.name == "table" then return { type = "object" }
  elseif type.name == "list" then return { type = "array" }
  end
  return ref(type.name)
end

-- Allows null as well.
local function nullable(described)
  if described.type then
    described.type = { described.type, "null" }
    return described
  end
  return { anyOf = { described, { type = "null" } } }
end

local function described(made, text)
  if text ~= "" then made.description = text end
  return made
end

-- Adds the fields of an object to a schema of type object.
local function add_fields(made, fields)
  for _, field in ipairs(fields) do
    local type = read_type(field[2])
    local property = schema_of(type)
    if type.optional then property = nullable(property) else made.required[#made.required + 1] = field[1] end
    made.properties[field[1]] = described(property, field.doc or "")
  end
  return made
end

local function finished(made)
  if #made.required == 0 then made.required = nil end
  if next(made.properties) == nil then made.properties = nil end
  return made
end

local function object_schema(fields)
  local made = add_fields({ type = "object", properties = {}, required = {} }, fields)
  if fields.open then made.additionalProperties = true end
  return finished(made)
end

-- Parameters ------------------------------------------------------------------------------

local PARAM_TYPES = {
  string = { type = "string" }, integer = { type = "integer" }, boolean = { type = "boolean" },
  date = { type = "string", format = "date" }, array = { type = "array" },
  object = { type = "object" },
}

local function copy(t)
  local out = {}
  for key, value in pairs(t) do out[key] = value end
  return out
end

local body_schema

local function param_schema(param)
  local made = param.fields and body_schema(param.fields) or copy(PARAM_TYPES[param[2]])
  made.default = param.default
  return made
end

-- The parameters that are sent. A function is only for this library.
local function sent(params)
  local out = {}
  for _, param in ipairs(params) do
    if param[2] ~= "function" then out[#out + 1] = param end
  end
  return out
end

-- @param name_of optional function that returns the name of a parameter
function body_schema(params, name_of)
  local made = { type = "object", properties = {}, required = {} }
  for _, param in ipairs(params) do
    local name = name_of and name_of(param) or param[1]
    made.properties[name] = described(param_schema(param), param.doc or "")
    if param.required then made.required[#made.required + 1] = name end
  end
  return finished(made)
end

local function parameters_of(row)
  local out = {}
  for _, name in ipairs(row.path_params) do
    out[#out + 1] = { name = name, ["in"] = "path", required = true, schema = { type = "string" } }
  end
  for _, param in ipairs(row.in_query and sent(row.params) or {}) do
    out[#out + 1] = described({ name = param[1], ["in"] = "query", required = param.required,
      schema = param_schema(param) }, param.doc or "")
  end
  return out[1] and out
end

-- An array's elements are sent as name[]=..., an object's fields as name[field]=....
local function form_name(param)
  return param[2] == "array" and param[1] .. "[]" or param[1]
end

local function form_of(params)
  local encoding = {}
  for _, param in ipairs(params) do
    if param[2] == "object" then encoding[param[1]] = { style = "deepObject", explode = true } end
  end
  return { schema = body_schema(params, form_name), encoding = next(encoding) and encoding or nil }
end

-- Parameters that need JSON are left out of the form. If one of them is required, there is no form.
local function form_params(row)
  if row.json then return nil end
  local out = {}
  for _, param in ipairs(sent(row.params)) do
    if not param.json then out[#out + 1] = param
    elseif param.required then return nil end
  end
  return out
end

local function takes_json(row)
  for _, param in ipairs(row.params) do
    if param.json then return true end
  end
  return row.json
end

local function request_body(row)
  local params = sent(row.params)
  if row.in_query or #params == 0 then return nil end
  local content, form = {}, form_params(row)
  if form and #form > 0 then content[FORM] = form_of(form) end
  if takes_json(row) then content[JSON] = { schema = body_schema(params) } end
  return { content = content, required = row.needs_params or nil }
end

-- Responses -------------------------------------------------------------------------------

local SUCCESS = { const = true }

local function value_schema(row, object)
  if row.kind == "list" then return { type = "array", items = ref(object) } end
  return ref(object)
end

-- `success`, the returned value under its name, and the extra fields.
local function envelope(row, name, object)
  local made = { type = "object", properties = { success = SUCCESS, [name] = value_schema(row, object) },
    required = { "success", name } }
  add_fields(made, row.extra_fields or {})
  if row.page_size then
    made.properties.next_page_key = { type = "string", description = "page_key of the next page; absent on the last" }
    made.properties.next_page_url = { type = "string", description = "path and query of the next page" }
  end
  return made
end

local function message_schema(row)
  local made = { type = "object", required = { "success" },
    properties = { success = SUCCESS, message = { type = "string" } } }
  if row.returns then made.properties[row.returns] = { type = "null" } end
  return made
end

local function success_schema(row)
  if row.kind == "message" then return message_schema(row)
  elseif row.alternative then
    return { anyOf = { envelope(row, row.returns, row.object), envelope(row, row.alternative, row.alternative) } }
  elseif row.returns then return envelope(row, row.returns, row.object)
  elseif row.no_success_field then return ref(row.object)
  end
  return { allOf = { ref(row.object),
    { type = "object", properties = { success = SUCCESS }, required = { "success" } } } }
end

local function ok_response(row)
  if row.kind == "file" then
    return { description = "The file.", content = { ["application/pdf"] = {} } }
  end
  local made = success_schema(row)
  if not row.no_success_field then made = { anyOf = { made, ref "failure" } } end
  return { description = "The result or, if success is false, the reason for the refusal.",
    content = { [JSON] = { schema = made } } }
end

local function response(name) return { ["$ref"] = "#/components/responses/" .. name } end

local function responses_of(row)
  return {
    ["200"] = ok_response(row), ["400"] = response "bad_request", ["404"] = response "not_found",
    ["401"] = row.scopes and response "unauthorized", ["403"] = row.scopes and response "forbidden",
    ["429"] = response "too_many_requests",
  }
end

local FAILURES = {
  failure = { type = "object", required = { "success", "message" },
    description = "A refusal, which often comes with HTTP 200.",
    properties = { success = { const = false }, message = { type = "string" },
      sanitization_report = ref "sanitization_report" } },
  http_error = { type = "object", description = "Has either `success` and `message` or `status` and `error`.",
    properties = { status = { type = "integer" }, error = { type = "string" }, success = { const = false },
      message = { type = "string" } } },
}

local RESPONSES = {
  bad_request = { description = "A date, a page key or another parameter cannot be parsed.",
    content = { [JSON] = { schema = ref "http_error" } } },
  unauthorized = { description = "The token is missing, unknown or revoked. The body is empty.",
    headers = { ["WWW-Authenticate"] = { schema = { type = "string" },
      description = "Bearer, with error and error_description" } } },
  forbidden = { description = "The token lacks the scope (the body is empty), or success is false with a message.",
    content = { [JSON] = { schema = ref "failure" } } },
  not_found = { description = "No such path, license or tax form.",
    content = { [JSON] = { schema = ref "http_error" } } },
  too_many_requests = { description = "Too many requests. Retry-After is rarely present.",
    content = { ["text/plain"] = { schema = { type = "string" } } } },
}

-- Scopes ----------------------------------------------------------------------------------

-- Any of the alternatives is enough: OAuth with one of the scopes, or an access token that has one.
local function security_of(row)
  if not row.scopes then return json.EMPTY end
  local out = {}
  for _, scope in ipairs(row.scopes) do out[#out + 1] = { oauth2 = { scope } } end
  out[#out + 1] = { bearer = json.EMPTY }
  return out
end

local function all_scopes()
  local out = {}
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      for _, scope in ipairs(row.scopes or {}) do out[scope] = assert(scopes.descriptions[scope], scope) end
    end
  end
  return out
end

local function security_schemes()
  return {
    bearer = { type = "http", scheme = "bearer",
      description = "An access token from Settings, Advanced, Applications, with one of the scopes in x-scopes-any." },
    oauth2 = { type = "oauth2", flows = { authorizationCode = { scopes = all_scopes(),
      authorizationUrl = "https://gumroad.com/oauth/authorize", tokenUrl = "https://gumroad.com/oauth/token",
      refreshUrl = "https://gumroad.com/oauth/token" } } },
  }
end

-- The document ----------------------------------------------------------------------------

local function operation(row)
  local text = row.doc or ""
  if row.since == "newer" then text = text .. " " .. tables.NEWER end
  return described({
    operationId = row.resource .. "." .. row.name, tags = { row.resource }, parameters = parameters_of(row),
    requestBody = request_body(row), responses = responses_of(row), security = security_of(row),
    ["x-scopes-any"] = row.scopes,
  }, text)
end

local function paths()
  local out = {}
  for _, rows in pairs(api) do
    for _, row in ipairs(rows) do
      if row.path then
        local path = "/v2" .. row.path:gsub(":([%w_]+)", "{%1}")
        out[path] = out[path] or {}
        out[path][row.method:lower()] = operation(row)
      end
    end
  end
  return out
end

local function webhooks()
  local out = {}
  local text = ("Any 2xx within %d seconds accepts the ping."):format(delivery.TIMEOUT)
  for _, event in ipairs(events) do
    out[event.name] = { post = { operationId = "webhooks." .. event.name,
      requestBody = { content = { [FORM] = { schema = ref(event.object) } } },
      responses = { ["200"] = { description = text } }, security = json.EMPTY } }
  end
  return out
end

local function schemas()
  local out = copy(FAILURES)
  for name, fields in pairs(schema) do out[name] = object_schema(fields) end
  return out
end

local function tags()
  local out = {}
  for i, name in ipairs(tables.resources()) do out[i] = { name = name } end
  return out
end

--- Returns the description as a table.
function openapi.document()
  return {
    openapi = "3.1.0",
    info = { title = "Gumroad API v2", version = require "gumroad.version",
      description = "Generated by gumroad for Lua, from Gumroad's public server source, 2025-04 to 2026-09." },
    servers = { { url = "https://api.gumroad.com" } },
    tags = tags(), paths = paths(), webhooks = webhooks(),
    components = { schemas = schemas(), responses = RESPONSES, securitySchemes = security_schemes() },
  }
end

--- Returns the description as JSON. The same rows always give the same bytes.
function openapi.text() return json.encode(openapi.document()) end

return openapi
