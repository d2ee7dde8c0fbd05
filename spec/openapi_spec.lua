-- The OpenAPI description, compared with the rows and the recorded responses.
local cjson = require "cjson"
local api = require "gumroad.api"
local openapi = require "doc.openapi"
local calls = require "operation_calls"
local support = require "support"

local document = openapi.document()

local function each_row(run)
  for resource, rows in pairs(api) do
    for _, row in ipairs(rows) do
      if row.path then run(row, resource .. "." .. row.name) end
    end
  end
end

local function operation_of(row)
  return document.paths["/v2" .. row.path:gsub(":([%w_]+)", "{%1}")][row.method:lower()]
end

local function resolve(ref)
  local at = document
  for part in ref:match("^#/(.*)$"):gmatch("[^/]+") do at = at[part] end
  return at
end

-- Why a value does not match a schema, or nil. Supports only what this document uses of JSON Schema.
local misfit

local IS = {
  string = function(v) return type(v) == "string" end,
  boolean = function(v) return type(v) == "boolean" end,
  number = function(v) return type(v) == "number" end,
  integer = function(v) return type(v) == "number" and v % 1 == 0 end,
  null = function(v) return v == cjson.null end,
  object = function(v) return type(v) == "table" and v[1] == nil end,
  array = function(v) return type(v) == "table" and (v[1] ~= nil or next(v) == nil) end,
}

local function is_of_type(value, want)
  for _, name in ipairs(type(want) == "table" and want or { want }) do
    if IS[name](value) then return true end
  end
end

local function fits_any(value, list)
  local why
  for _, each in ipairs(list) do
    local wrong = misfit(value, each)
    if not wrong then return nil end
    why = why or wrong
  end
  return why
end

local function misfit_inside(value, schema)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return name .. " is missing" end
  end
  for name, inner in pairs(value) do
    local want = schema.properties and schema.properties[name] or type(name) == "number" and schema.items
      or schema.additionalProperties
    local wrong = type(want) == "table" and misfit(inner, want)
    if wrong then return name .. ": " .. wrong end
  end
end

function misfit(value, schema)
  if schema["$ref"] then return misfit(value, resolve(schema["$ref"])) end
  if schema.const ~= nil and value ~= schema.const then return "not " .. tostring(schema.const) end
  if schema.type and not is_of_type(value, schema.type) then return "not " .. cjson.encode(schema.type) end
  if schema.anyOf then return fits_any(value, schema.anyOf) end
  for _, each in ipairs(schema.allOf or {}) do
    local wrong = misfit(value, each)
    if wrong then return wrong end
  end
  return type(value) == "table" and misfit_inside(value, schema) or nil
end

local function response_schema(row)
  return operation_of(row).responses["200"].content["application/json"].schema
end

describe("The OpenAPI description", function()
  it("has each endpoint under its name, and nothing else", function()
    local expected, found = {}, {}
    each_row(function(_, name) expected[name] = true end)
    for _, methods in pairs(document.paths) do
      for _, operation in pairs(methods) do found[operation.operationId] = true end
    end
    assert.same(expected, found)
    each_row(function(row, name) assert.equal(name, operation_of(row).operationId) end)
  end)

  it("has every parameter where it is sent", function()
    each_row(function(row, name)
      local operation, there = operation_of(row), {}
      for _, param in ipairs(operation.parameters or {}) do there[param["in"] .. " " .. param.name] = param end
      for _, id in ipairs(row.path_params) do assert.is_true(there["path " .. id].required, name) end
      local content = operation.requestBody and operation.requestBody.content or {}
      local form, json = content["application/x-www-form-urlencoded"], content["application/json"]
      for _, param in ipairs(row.params) do
        local place = name .. ": " .. param[1]
        if row.in_query then
          assert.equal(param.required, there["query " .. param[1]].required, place)
        elseif row.json or param.json then
          assert.not_nil(json.schema.properties[param[1]], place)
        elseif form then
          assert.not_nil(form.schema.properties[param[2] == "array" and param[1] .. "[]" or param[1]], place)
        else
          assert.not_nil(json.schema.properties[param[1]], place)
        end
      end
    end)
  end)

  it("leaves out of a form what needs JSON", function()
    local content = operation_of(api.products.update).requestBody.content
    assert.is_nil(content["application/x-www-form-urlencoded"].schema.properties["files[]"])
    assert.not_nil(content["application/json"].schema.properties.files)
    assert.is_nil(operation_of(api.files.complete).requestBody.content["application/x-www-form-urlencoded"])
  end)

  it("says that any one of the scopes is enough, and which operations need none", function()
    assert.same({ { oauth2 = { "view_sales" } }, { oauth2 = { "account" } }, { bearer = {} } },
      operation_of(api.sales.list).security)
    assert.same({}, operation_of(api.licenses.verify).security)
    assert.is_nil(operation_of(api.licenses.verify).responses["401"])
  end)

  it("has no broken references", function()
    local function walk(value)
      if type(value) ~= "table" then return end
      if value["$ref"] then assert.is_table(resolve(value["$ref"]), value["$ref"]) end
      for _, inner in pairs(value) do walk(inner) end
    end
    walk(document)
  end)

  it("is JSON, the same each time", function()
    local text = openapi.text()
    assert.equal(text, openapi.text())
    assert.same(document.paths["/v2/sales"].get.operationId, cjson.decode(text).paths["/v2/sales"].get.operationId)
    assert.truthy(text:find('"security": []', 1, true))
  end)

  each_row(function(row)
    for _, list in ipairs { "samples", "schema_samples" } do
      for _, sample in ipairs(calls.of(row)[list] or {}) do
        it("matches the recorded response " .. sample, function()
          local response = cjson.decode(support.fixture(sample .. ".json"))
          assert.is_nil(misfit(response, response_schema(row)))
        end)
      end
    end
  end)

  it("matches a refusal with HTTP 200, but not any object", function()
    local refusal = cjson.decode(support.fixture("errors/200_sale_not_found.json"))
    assert.is_nil(misfit(refusal, response_schema(api.sales.get)))
    assert.is_string(misfit({ success = true }, response_schema(api.sales.get)))
    assert.is_string(misfit({ success = true, sale = { id = 5 } }, response_schema(api.sales.get)))
  end)

  it("has each webhook with the contents of its ping", function()
    for name, event in pairs(require("gumroad.webhook").EVENTS) do
      local content = document.webhooks[name].post.requestBody.content["application/x-www-form-urlencoded"]
      assert.equal("#/components/schemas/" .. event[1], content.schema["$ref"])
    end
  end)
end)
