-- library/gumroad.lua, the types for editors.
local api = require "gumroad.api"
local gumroad = require "gumroad"
local schema = require "gumroad.api.schema"
local read_type = require "gumroad.api.type"
local types = require "doc.types"
local tables = require "doc.tables"
local support = require "support"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local text = read "library/gumroad.lua"

-- What the annotations declare: the fields of classes and aliases, the arguments of functions.
local function parse(source)
  local known, functions, params, class = {}, {}, {}, nil
  for line in source:gmatch("[^\n]+") do
    local name = line:match("^%-%-%-@class ([%w_.]+)")
    if name then
      assert(not known[name], name .. " is there twice")
      class, known[name] = name, {}
    end
    local alias = line:match("^%-%-%-@alias ([%w_.]+)")
    if alias then known[alias] = {} end
    local field = line:match("^%-%-%-@field (%S+)")
    if field then known[class][field:gsub("%?$", "")] = line end
    local param = line:match("^%-%-%-@param (%S+)")
    if param then params[#params + 1] = param:gsub("%?$", "") end
    local where, arguments = line:match("^function ([%w_.:]+)%((.-)%) end$")
    if where then
      assert.equal(arguments, table.concat(params, ", "), where)
      functions[where], params = arguments, {}
    end
  end
  return known, functions
end

local known, functions = parse(text)

-- The names that an error lists as known.
local function listed(message)
  local names = {}
  for name in message:match("%(known: (.*)%)"):gmatch("[%w_]+") do names[name] = true end
  return names
end

local function names_of(...)
  local names = {}
  for _, class in ipairs { ... } do
    for name in pairs(known[class]) do names[name] = true end
  end
  return names
end

describe("The types for editors", function()
  it("are up to date", function()
    assert(types.text() == text, "library/gumroad.lua is not what the tables say: run `make types`")
  end)

  it("are marked as types in the first line, and do nothing when loaded", function()
    assert.equal("---@meta", text:match("^[^\n]*"))
    assert.is_nil(assert((loadstring or load)(text))())
  end)

  it("name only classes that exist", function()
    for line in text:gmatch("[^\n]+") do
      local code = line:match("^%-%-%-[@|].*") or ""
      for name in code:gsub(" # .*", ""):gmatch("gumroad%.[%w_.]*[%w_]") do assert.not_nil(known[name], line) end
    end
  end)

  it("have each operation with its ids, its parameters and the options of a call", function()
    for resource, rows in pairs(api) do
      assert.not_nil(known["gumroad.Shop"][resource])
      for _, row in ipairs(rows) do
        local names = {}
        for i, name in ipairs(row.path_params) do names[i] = name end
        if row.takes_params then
          names[#names + 1] = "params"
          local fields = known["gumroad." .. tables.class_name(resource, row.name, "params")]
          for _, param in ipairs(row.params) do assert.not_nil(fields[param[1]], resource .. "." .. row.name) end
        end
        names[#names + 1] = "options"
        local method = resource .. ":" .. row.name
        assert.equal(table.concat(names, ", "), functions[method], method)
        if row.is_list then
          assert.equal(functions[method], functions[resource .. ":each"])
          assert.equal(functions[method], functions[resource .. ":pages"])
        end
      end
    end
  end)

  it("have each object with each field", function()
    for object, fields in pairs(schema) do
      local class = known["gumroad." .. tables.class_name(object)]
      for _, field in ipairs(fields) do
        local name = field[1] .. (read_type(field[2]).optional and "?" or "")
        assert.not_nil(class[field[1]], object .. "." .. field[1])
        assert.truthy(class[field[1]]:find("@field " .. name .. " ", 1, true), object .. "." .. field[1])
      end
    end
  end)

  it("have the functions and methods of the modules and no others", function()
    local there, owners = {}, { gumroad = true, shop = true, oauth = true, connections = true }
    for _, file in ipairs { "init", "shop", "oauth/init", "connections" } do
      for owner, name in read("lua/gumroad/" .. file .. ".lua"):gmatch("\nfunction (%w+)[.:]([%w_]+)") do
        if owners[owner:lower()] and not name:find("^__") then there[owner:lower() .. "." .. name] = true end
      end
    end
    for name in pairs(functions) do
      local owner, method = name:match("^(%w+)[.:]([%w_]+)$")
      if owners[owner] then
        assert.truthy(there[owner .. "." .. method], name)
        there[owner .. "." .. method] = nil
      end
    end
    assert.same({}, there)
  end)

  it("have the options of a shop, of a call and of watch", function()
    local shop = gumroad.new { access_token = "x" }
    assert.same(listed(support.raised(gumroad.new, { zzz = 1 })), names_of("gumroad.Options", "gumroad.CallOptions"))
    assert.same(listed(support.raised(function() shop.user:get { zzz = 1 } end)), names_of("gumroad.CallOptions"))
    assert.same(listed(support.raised(function() shop:watch { zzz = 1 } end)), names_of("gumroad.WatchOptions"))
    assert.same(listed(support.raised(function() shop:request { zzz = 1 } end)), names_of("gumroad.Request"))
  end)

  it("cover an operation that is not an endpoint", function()
    assert.equal("path, params, options", functions["files:upload"])
    assert.truthy(known["gumroad.FilesUploadParams"].progress:find("fun", 1, true))
  end)
end)
