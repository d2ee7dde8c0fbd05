-- Every operation of Gumroad's API: its row, compared with the catalog in fixtures/endpoints.json; its
-- request, as the emulator receives it; the emulator's response, compared with gumroad.schema and with the
-- recorded responses; and its refusals. What single operations need for that is in
-- operation_calls.lua.
local cjson = require "cjson"
local responses = require "gumroad.client.response"
local api = require "gumroad.api"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"
local json = require "gumroad.base.json"
local read_type = require "gumroad.api.type"
local schema = require "gumroad.api.schema"
local calls = require "operation_calls"
local support = require "support"

local UNKNOWN = "xK2vB9mQ4rT7yU1iO3pA5w=="
local FORM, JSON = "application/x-www-form-urlencoded", "application/json"

local unpack = table.unpack or unpack

local catalog = json.decode(support.fixture("endpoints.json"))

local function name_of(row)
  return row.resource .. "." .. row.name
end

local rows = {}
for _, list in pairs(api) do
  for _, row in ipairs(list) do
    if row.path then rows[#rows + 1] = row end  -- the others consist of these
  end
end
table.sort(rows, function(a, b) return name_of(a) < name_of(b) end)

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

-- Rows and the catalog ------------------------------------------------------------------

-- The parameters of a row as listed in the catalog: { [name] = "TYPE in PLACE, required" }.
local function params_of_row(row)
  local out = {}
  local function add(list, inside)
    for _, param in ipairs(list) do
      local name = inside and ("%s[%s]"):format(inside, param[1]) or param[1]
      local place = row.in_query and "query" or param.json and "json" or "form"
      if param.fields then add(param.fields, name)
      else out[name] = param[2] .. " in " .. place .. (param.required and ", required" or "") end
    end
  end
  add(row.params)
  return out
end

local function params_of_endpoint(endpoint, opt_in)
  local out = {}
  for _, param in ipairs(endpoint.params) do
    if param["in"] ~= "path" then
      local type = calls.types[endpoint.resource .. "." .. endpoint.operation .. "." .. param.name] or param.type
      out[param.name] = type .. " in " .. param["in"] .. (param.required and ", required" or "")
    end
  end
  for name in pairs(opt_in or {}) do assert.not_nil(out[name]) end
  return out
end

describe("The table of operations", function()
  local listed = {}

  for _, endpoint in ipairs(catalog) do
    local name = endpoint.resource .. "." .. endpoint.operation
    listed[name] = true
    it("has " .. name .. " as in the catalog", function()
      local row = api[endpoint.resource][endpoint.operation]
      assert.equal(endpoint.method .. " " .. endpoint.path, row.method .. " " .. row.path)
      assert.same(endpoint.auth == "bearer" and set_of(endpoint.scopes_any) or nil, row.scopes and set_of(row.scopes))
      assert.same(params_of_endpoint(endpoint, row.paging_params), params_of_row(row))
      assert.equal(endpoint.response_key, row.returns)
      assert.equal(calls.kinds[name] or endpoint.response_kind, row.kind)
      assert.equal(endpoint.pagination and endpoint.pagination.page_size, row.page_size)
      assert.equal(endpoint.idempotent, row.repeatable or false)
      assert.equal(endpoint.since == "newer", row.since == "newer")
      assert.is_string(row.doc)
    end)
  end

  it("has no other operation, except those with recorded responses", function()
    for _, row in ipairs(rows) do
      assert.truthy(listed[name_of(row)] or calls.of(row).samples[1], name_of(row))
    end
  end)

  it("names objects of the schema", function()
    for _, row in ipairs(rows) do
      assert.truthy(row.kind == "message" or row.kind == "file" or schema[row.object], name_of(row))
    end
  end)
end)

-- Requests --------------------------------------------------------------------------------

-- A value for each type of parameter, and the same value in a form or query.
local VALUES = {
  string = { "Ink & Öl=1/2 +50%", "Ink & Öl=1/2 +50%" }, integer = { 7, "7" }, boolean = { false, "false" },
  date = { "2026-01-02", "2026-01-02" }, array = { { "a b", "c&d" }, { "a b", "c&d" } },
  object = { { ["a b"] = "c&d" }, { ["a b"] = "c&d" } },
}

local function values_for(list, keep)
  local given, sent = {}, {}
  for _, param in ipairs(list) do
    local value = VALUES[param[2]]
    if param.fields then value = { values_for(param.fields, keep) } end
    if keep(param) then given[param[1]], sent[param[1]] = value[1], value[2] end
  end
  return given, sent
end

local function needs_json(row)
  for _, param in ipairs(row.params) do
    if param.json and param.required then return true end
  end
  return row.json
end

local function can_be_json(row)
  for _, param in ipairs(row.params) do
    if param.json then return true end
  end
  return row.json
end

-- Parameters for a row. Those that turn the body into JSON are included only if it is JSON anyway.
local function params_for(row)
  local as_json = needs_json(row)
  local given, sent = values_for(row.params, function(param) return as_json or not param.json end)
  for name, value in pairs(row.paging_params or {}) do sent[name] = sent[name] or value end
  return given, sent
end

local function call(shop, row, params, options)
  local arguments, count = {}, #row.path_params
  for i = 1, count do arguments[i] = UNKNOWN end
  if row.takes_params then count = count + 1; arguments[count] = params end
  count = count + 1
  arguments[count] = options
  local resource = shop[row.resource]
  return resource[row.name](resource, unpack(arguments, 1, count))
end

-- Answers ---------------------------------------------------------------------------------

local PLAIN = {
  string = function(v) return type(v) == "string" end,
  integer = function(v) return type(v) == "number" and v == math.floor(v) end,
  number = function(v) return type(v) == "number" end,
  boolean = function(v) return type(v) == "boolean" end,
  table = function(v) return type(v) == "table" end,
}

local check_object

local function is_of_type(value, type)
  return assert(PLAIN[type.name], type.name)(value)
end

-- `want` is a type in gumroad.schema, parsed by read_type.
local function check_value(value, want, where)
  if value == nil then return assert.is_true(want.optional, where .. " is missing") end
  local element = want.array or want.map
  if element then
    assert.is_table(value, where)
    for key, inner in pairs(value) do check_value(inner, element, where .. "." .. tostring(key)) end
  elseif want.union then
    local fits = false
    for _, part in ipairs(want.union) do fits = fits or is_of_type(value, part) end
    assert.is_true(fits, where .. " is of none of its types")
  elseif schema[want.name] then
    check_object(value, want.name, {}, where)
  else
    assert.truthy(is_of_type(value, want), where .. " is no " .. want.name)
  end
end

-- Checks that an object has the fields of the schema, and no others except `more`.
function check_object(object, name, more, where)
  assert.is_table(object, where)
  local fields = schema[name]
  for _, field in ipairs(fields) do check_value(object[field[1]], read_type(field[2]), where .. "." .. field[1]) end
  for field in pairs(object) do
    local known = fields.type[field] or more[field] or fields.open
    assert.truthy(known, where .. "." .. tostring(field) .. " is not in the schema")
  end
end

local ENVELOPE = { "success", "message", "next_page_key", "next_page_url" }

-- Checks a decoded response, without nulls, against its row.
local function check_response(row, body)
  if not row.no_success_field then assert.is_true(body.success) end
  if row.kind == "message" then return end
  local more = set_of(ENVELOPE)
  for _, field in ipairs(row.extra_fields or {}) do
    more[field[1]] = true
    check_value(body[field[1]], read_type(field[2]), field[1])
  end
  if not row.returns then return check_object(body, row.object, more, name_of(row)) end
  local name, object = row.returns, row.object
  if row.alternative and body[row.alternative] then name, object = row.alternative, row.alternative end
  for key in pairs(body) do assert.truthy(key == name or more[key], key) end
  if row.kind == "list" then check_value(body[name], read_type(object .. "[]"), name)
  else check_object(body[name], object, {}, name) end
end

local function is_list(value)
  return value[1] ~= nil or next(value) == nil
end

local compare_object

local function compare_value(ours, sample, want, where)
  if ours == cjson.null or sample == cjson.null then return end
  assert.equal(type(sample), type(ours), where)
  if type(sample) ~= "table" then return end
  local type_of = read_type(want)
  local name = (type_of.array or type_of).name
  if not schema[name] then return end
  if not type_of.array then return compare_object(ours, sample, name, where) end
  assert.is_true(is_list(ours), where)
  if ours[1] and sample[1] then compare_object(ours[1], sample[1], name, where) end
end

-- Checks that the emulator's object has each field of a recorded one, including nulls, with the same type.
function compare_object(ours, sample, name, where)
  for field, value in pairs(sample) do
    assert.not_nil(ours[field], where .. "." .. field .. " is missing")
    compare_value(ours[field], value, schema[name].type[field] or "table", where .. "." .. field)
  end
end

local PAGING = { next_page_key = true, next_page_url = true }

local function compare_response(row, ours, sample)
  for field, value in pairs(sample) do
    assert.truthy(ours[field] ~= nil or PAGING[field], field .. " is missing")
    if field == row.returns then
      local list = row.kind == "list" and "[]" or ""
      compare_value(ours[field], value, row.object and row.object .. list or "table", field)
    end
  end
  if row.object and not row.returns then compare_object(ours, sample, row.object, name_of(row)) end
end

describe("The operation", function()
  local gum, shop, known, raw, read

  setup(function()
    gum = assert(emulator.start { sales = 60, subscribers = 4, now = 1790000000, part_size = 5 })
    shop = support.shop(gum)
    known = calls.known(shop, gum)
    read = responses.read
    responses.read = function(request, response)  -- luacheck: ignore
      raw = response.body
      return read(request, response)
    end
  end)
  teardown(function()
    responses.read = read  -- luacheck: ignore
    gum:stop()
  end)
  before_each(function() gum:reset_stats() end)

  local function last_request()
    local requests = support.requests(gum)
    return requests[#requests]
  end

  for _, row in ipairs(rows) do
    local own = calls.of(row)

    describe(name_of(row), function()
      local function check_line(request)
        assert.equal(row.method, request.method)
        assert.equal("/v2" .. row.path:gsub(":[%w_]+", "xK2vB9mQ4rT7yU1iO3pA5w%%3D%%3D"), request.path)
      end

      local also = own.samples and ", and as was recorded" or ""
      it("has a response as in the schema" .. also, function()
        local resource = shop[row.resource]
        local value = assert(resource[row.name](resource, own.call(shop, known)))
        if row.kind == "file" then return assert.equal(raw, value) end
        check_response(row, json.decode(raw))
        local plain = cjson.decode(raw)
        for _, sample in ipairs(own.samples or {}) do
          local recorded = support.fixture(sample .. ".json")
          check_response(row, json.decode(recorded))
          compare_response(row, plain, cjson.decode(recorded))
        end
        for _, sample in ipairs(own.schema_samples or {}) do
          check_response(row, json.decode(support.fixture(sample .. ".json")))
        end
      end)

      if not needs_json(row) then
        it("is sent with its method, path and parameters", function()
          local given, sent = params_for(row)
          local asking = shop
          if row.composed then  -- with a token that only allows its own request
            gum:grant("narrow", row.scopes[1])
            asking = support.shop(gum, { access_token = "narrow" })
          end
          call(asking, row, given)
          if not row.composed then assert.equal(1, #support.requests(gum)) end
          local request = last_request()
          check_line(request)
          assert.same(sent, core.form_decode(row.in_query and request.query or request.body))
          assert.is_nil(request[row.in_query and "nothing" or "query"])
          if next(sent) and not row.in_query then assert.equal(FORM, request.headers["content-type"]) end
        end)
      end

      if can_be_json(row) then
        it("is sent as JSON if it must be", function()
          local given = values_for(row.params, function() return true end)
          for _, param in ipairs(row.params) do
            if param[2] == "array" and not param.json then given[param[1]] = {} end
          end
          call(shop, row, given)
          local request = last_request()
          check_line(request)
          assert.equal(JSON, request.headers["content-type"])
          assert.same(given, cjson.decode(request.body))
          for name, value in pairs(given) do
            if type(value) == "table" and next(value) == nil then
              assert.truthy(request.body:find(('"%s":[]'):format(name), 1, true))
            end
          end
        end)
      end

      if #row.path_params > 0 then
        it("fails with not_found for an unknown id", function()
          local given = params_for(row)
          given.page_key = nil
          local value, err = call(shop, row, given)
          assert.is_nil(value)
          assert.equal("not_found", err.kind)
          assert.truthy(err.message:find(own.not_found or "^The %l[%l_]* was not found%.$"), err.message)
        end)
      elseif own.refused then
        it("is refused for " .. own.refused[1], function()
          local resource = shop[row.resource]
          local value, err = resource[row.name](resource, own.refused[2])
          assert.is_nil(value)
          assert.same({ own.refused[3], own.refused[4] }, { err.kind, err.message })
        end)
      end

      if row.scopes and not own.scopes_depend then
        it("is allowed with any one of its scopes, and otherwise names them", function()
          for i, scope in ipairs(row.scopes) do
            local token = ("%s-%d"):format(name_of(row), i)
            gum:grant(token, scope)
            local _, err = call(support.shop(gum, { access_token = token }), row, (params_for(row)))
            assert.not_equal("scope", err and err.kind)
          end
          for _, scope in ipairs { "creator_api", not set_of(row.scopes).account and "account" or nil } do
            gum:grant("no-use", scope)
            local _, err = call(support.shop(gum, { access_token = "no-use" }), row, (params_for(row)))
            assert.same({ "scope", 403 }, { err.kind, err.status })
            assert.truthy(err.message:find(table.concat(row.scopes, ", "), 1, true))
          end
        end)
      elseif not row.scopes then
        it("is sent without the token", function()
          call(shop, row, (params_for(row)))
          assert.is_nil(last_request().headers.authorization)
        end)
      end

      it("refuses an unknown option of the call", function()
        local message = support.raised(call, shop, row, (params_for(row)), { tiemout = 5 })
        assert.equal(1, (message:find(name_of(row) .. ": unknown option 'tiemout'", 1, true)))
        assert.equal(0, #support.requests(gum))
      end)

      if row.takes_params then
        it("refuses an unknown parameter", function()
          local given = params_for(row)
          given.no_such_parameter = "a"
          local message = support.raised(call, shop, row, given)
          assert.truthy(message:find("unknown parameter 'no_such_parameter'", 1, true))
          assert.equal(0, #support.requests(gum))
        end)
      end

      for _, param in ipairs(row.params) do
        if param.required then
          it("refuses to be called without " .. param[1], function()
            local given = params_for(row)
            given[param[1]] = nil
            local message = support.raised(call, shop, row, given)
            assert.truthy(message:find("parameter '" .. param[1] .. "' is missing", 1, true))
          end)
        end

        it("refuses a wrong type for " .. param[1], function()
          local given = params_for(row)
          given[param[1]] = function() end
          local message = support.raised(call, shop, row, given)
          assert.truthy(message:find("parameter '" .. param[1] .. "': .* expected, got function"), message)
        end)

        if param.fields then
          it("refuses unknown, missing and mistyped fields inside " .. param[1], function()
            local field, name = param.fields[1], param[1]
            for _, wrong in ipairs {
              { "no_such_field", "a", "unknown parameter '" .. name .. "[no_such_field]'" },
              { field[1], nil, "parameter '" .. name .. "[" .. field[1] .. "]' is missing" },
              { field[1], print, "parameter '" .. name .. "[" .. field[1] .. "]': " .. field[2] .. " expected" },
            } do
              local given = params_for(row)
              given[name][wrong[1]] = wrong[2]
              local message = support.raised(call, shop, row, given)
              assert.truthy(message:find(wrong[3], 1, true), message)
            end
          end)
        end
      end
    end)
  end

  it("covers every recorded response", function()
    local used = { endpoints = true }
    for _, row in ipairs(rows) do
      for _, list in ipairs { "samples", "schema_samples" } do
        for _, sample in ipairs(calls.of(row)[list] or {}) do used[sample] = true end
      end
    end
    for _, sample in ipairs(support.fixtures("", ".json")) do assert.truthy(used[sample], sample) end
  end)
end)
