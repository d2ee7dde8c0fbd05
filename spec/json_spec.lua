local cjson = require "cjson"
local core = require "gumroad.core"
local lfs = require "lfs"

local FIXTURES = "spec/fixtures"
local math_type = math.type or function(n) return type(n) == "number" and "integer" or nil end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function json_files(folder, found)
  for entry in lfs.dir(folder) do
    local path = folder .. "/" .. entry
    if entry:match("%.json$") then found[#found + 1] = path
    elseif not entry:match("^%.") and lfs.attributes(path, "mode") == "directory" then json_files(path, found) end
  end
  return found
end

-- The same, the slow way: what is not null, arrays without gaps.
local function without_nulls(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for k, v in pairs(value) do
    if v ~= cjson.null and type(k) == "string" then copy[k] = without_nulls(v) end
  end
  for _, v in ipairs(value) do
    if v ~= cjson.null then copy[#copy + 1] = without_nulls(v) end
  end
  return copy
end

local function each_number(value, check)
  if type(value) == "number" then check(value)
  elseif type(value) == "table" then for _, v in pairs(value) do each_number(v, check) end end
end

describe("json_values", function()
  it("removes the nulls of every recorded answer and makes whole numbers integers", function()
    local files = json_files(FIXTURES, {})
    assert.is_true(#files > 80)
    for _, path in ipairs(files) do
      local bytes = read(path)
      local got = core.json_values(cjson.decode(bytes))
      assert.same(without_nulls(cjson.decode(bytes)), got)
      each_number(got, function(n) if n % 1 == 0 then assert.equal("integer", math_type(n)) end end)
    end
  end)

  it("works in place", function()
    local t = {a = 1, b = cjson.null}
    assert.equal(t, core.json_values(t))
    assert.same({a = 1}, t)
  end)

  it("moves later elements up where an array has nulls", function()
    assert.same({1, 2, {3}}, core.json_values(cjson.decode("[null,1,null,null,2,[null,3],null]")))
    assert.same({}, core.json_values(cjson.decode("[null,null]")))
  end)

  it("gives nil for null", function()
    assert.is_nil(core.json_values(cjson.null))
    assert.equal(1, select("#", core.json_values(cjson.null)))
  end)

  it("returns other values as they are", function()
    assert.equal("a", core.json_values("a"))
    assert.is_false(core.json_values(false))
    assert.equal("900", tostring(core.json_values(900.0)))
    assert.is_nil(core.json_values(nil))
    assert.equal(io.stdout, core.json_values({io.stdout})[1])
  end)

  it("leaves fractions and numbers that no integer can hold", function()
    local t = core.json_values {1.5, 1e300, -1e300, 1 / 0}
    assert.same({1.5, 1e300, -1e300, 1 / 0}, t)
    local nan = core.json_values(0 / 0)
    assert.is_true(nan ~= nan)
  end)

  it("keeps the bounds of integers apart from what is beyond them", function()
    local t = core.json_values {-2 ^ 63, 2 ^ 63, 2 ^ 53}
    assert.same({-2 ^ 63, 2 ^ 63, 2 ^ 53}, t)
    if math.type then
      assert.same({"integer", "float", "integer"}, {math.type(t[1]), math.type(t[2]), math.type(t[3])})
    end
  end)

  it("goes down 128 levels and raises beyond", function()
    local function nested(levels)
      local t = {}
      for _ = 2, levels do t = {t} end
      return t
    end
    assert.is_table(core.json_values(nested(128)))
    assert.error_matches(function() core.json_values(nested(129)) end, "nested deeper than 128")
    local cycle = {}
    cycle.a = cycle
    assert.error_matches(function() core.json_values(cycle) end, "nested deeper than 128")
  end)

  it("asks for a value", function()
    assert.has_error(function() core.json_values() end)
  end)
end)
