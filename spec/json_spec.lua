local cjson = require "cjson"
local core = require "gumroad.core"
local json = require "gumroad.base.json"
local lfs = require "lfs"

local FIXTURES = "spec/fixtures"
local math_type = math.type or function(n) return n % 1 == 0 and "integer" or "float" end
local has_integers = math.type ~= nil

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

-- The same as lua-cjson gives, the slow way: what is not null, arrays without gaps.
local function without_nulls(value)
  if value == cjson.null then return nil end
  if type(value) ~= "table" then return value end
  local copy = {}
  for k, v in pairs(value) do
    if type(k) == "string" then copy[k] = without_nulls(v) end
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

local function check_whole(n)
  if n % 1 == 0 and n >= -2 ^ 63 and n < 2 ^ 63 then assert.equal("integer", math_type(n)) end
end

local strict = cjson.new()
strict.decode_max_depth(64)
strict.decode_invalid_numbers(false)

-- Decodes as lua-cjson does: the same value but for nulls and integers, or the same error.
local function compare(text)
  local good, want = pcall(strict.decode, text)
  local ok, got = pcall(json.decode, text)
  if not good then
    assert.is_false(ok, text)
    return assert.equal(want, got)
  end
  assert.is_true(ok, text .. ": " .. tostring(got))
  assert.same(without_nulls(want), got, text)
  each_number(got, check_whole)
end

describe("json.decode", function()
  it("gives every recorded answer without nulls and with whole numbers as integers", function()
    local files = json_files(FIXTURES, {})
    assert.is_true(#files > 80)
    for _, path in ipairs(files) do compare(read(path)) end
  end)

  it("reads what is written compactly or with spaces and lines", function()
    local want = { a = 1, b = { { c = "x" }, { d = 2.5 } }, e = {}, f = {} }
    for _, text in ipairs {
      '{"a":1,"n":null,"b":[{"c":"x","n":null},{"d":2.5}],"e":{},"f":[]}',
      ' {\t"n" :null , "a"\n:\r\n1 ,"b": [ {"n":null , "c" : "x" } , { "d" : 2.5 } ],\n"e" : { } , "f" : [ ] }\n',
    } do
      assert.same(want, json.decode(text))
      compare(text)
    end
  end)

  it("leaves out nulls wherever they stand", function()
    for _, text in ipairs {
      '{"a":null}', '{"a":null,"b":null}', '{"a":null,"b":"x"}', '{"a":"x","b":null}', '{"a":"x","b":null,"c":"y"}',
      '{"a":null,"b":{"c":null,"d":{"e":null}},"f":null}', '{"a":null,"b":[null]}', '{"a":[null,{"b":null}],"c":null}',
    } do compare(text) end
  end)

  it("moves later elements up where an array has nulls", function()
    assert.same({ 1, 2, { 3 } }, json.decode("[null,1,null,null,2,[null,3],null]"))
    assert.same({ {}, { a = 1 } }, json.decode('[null,{"b":null},null,{"a":1}]'))
    assert.same({}, json.decode("[null,null]"))
  end)

  it("gives nil for null, and one value", function()
    assert.is_nil(json.decode("null"))
    assert.equal(1, select("#", json.decode(" null ")))
  end)

  it("decodes a text that is no object", function()
    assert.equal("a", json.decode('"a"'))
    assert.is_false(json.decode("false"))
    assert.equal("900", tostring(json.decode("900")))
    assert.equal("900", tostring(json.decode("900.0")))
  end)

  it("makes integers of whole numbers, however they are written", function()
    local got = json.decode('{"a":900,"b":900.0,"c":9e2,"d":-0,"e":[0,-1,2.0,3e0],"f":[[4.0]],"g":4.8}')
    assert.same({ a = 900, b = 900, c = 900, d = 0, e = { 0, -1, 2, 3 }, f = { { 4 } }, g = 4.8 }, got)
    each_number(got, check_whole)
    assert.equal("0", tostring(got.d))
  end)

  it("keeps every digit of an integer that Lua can hold", function()
    local text = '{"a":9007199254740993,"b":9223372036854775807,"c":-9223372036854775808,"d":[9007199254740993]}'
    local got = json.decode(text)
    if has_integers then
      assert.equal("9007199254740993", tostring(got.a))
      assert.equal("9223372036854775807", tostring(got.b))
      assert.equal("-9223372036854775808", tostring(got.c))
    else
      assert.same({ a = 2 ^ 53, b = 2 ^ 63, c = -2 ^ 63, d = { 2 ^ 53 } }, got)
    end
  end)

  it("leaves fractions and numbers that no integer can hold", function()
    local text = '{"a":1.5,"b":1e300,"c":9223372036854775808,"d":-9223372036854775809,"e":[1e300,18446744073709551616]}'
    local got = json.decode(text)
    assert.same({ a = 1.5, b = 1e300, c = 2 ^ 63, d = -2 ^ 63, e = { 1e300, 2 ^ 64 } }, got)
    if has_integers then assert.equal("float", math.type(got.c)) end
  end)

  it("knows names with escapes", function()
    local got = json.decode([[{"\u0061":1,"\n":null,"\"":{"\\":2.0,"n":null},"\\\"":[3],"b\\":4}]])
    assert.same({ a = 1, ['"'] = { ["\\"] = 2 }, ['\\"'] = { 3 }, ["b\\"] = 4 }, got)
    each_number(got, check_whole)
  end)

  it("takes no string for more than a string", function()
    for _, text in ipairs {
      [[{"a":",\"b\":null,\"c\":1","d":"{","e":"]","f":"\\","g":"\\\\\"null"}]], '"null"', '"1"', '["null","1",""]',
    } do compare(text) end
  end)

  it("takes a whole number, or else the last that is no null, where an object has a name twice", function()
    assert.same({ a = 1 }, json.decode('{"a":1,"a":"x"}'))
    assert.same({ a = 2 }, json.decode('{"a":1,"a":2}'))
    assert.same({ a = "x" }, json.decode('{"a":"x","a":null}'))
    assert.same({ a = "x" }, json.decode('{"a":{"b":1},"a":"x"}'))
    assert.same({ a = { 7 } }, json.decode('{"a":[{"b":1},{"c":2}],"a":[7]}'))
  end)

  it("decodes texts of any length #large", function()
    local members, items = {}, {}
    for i = 1, 20000 do members[i], items[i] = ('"a%d":%d'):format(i, i), ('{"a":%d}'):format(i) end
    local got = json.decode("{" .. table.concat(members, ",") .. ',"list":[' .. table.concat(items, ",") .. "]}")
    for i = 1, 20000 do
      assert(got["a" .. i] == i and got.list[i].a == i)
    end
  end)

  it("says what lua-cjson says where a text is no JSON", function()
    for _, text in ipairs {
      "", " ", "{", "[", '"', "}", "]", ",", ":", "nul", "nil", "tru", "-", "+1", ".5", "01", "1.", "0x10", "1e", "NaN",
      "Infinity", "{]", "[}", "[,]", "[1,]", "[,1]", "[1 2]", '["a" "b"]', "[null null]", "[1}", '{"a"}', '{"a":}',
      '{"a":1,}', '{,"a":1}', '{"a":1 "b":2}', '{"a":null "b":2}', '{"a":null:1}', "{a:1}", '{"a" 1}', '{1:1}',
      '{"a":1}}', '{"a":1} x', '{"a":nullx}', '{"a":1x}', '{"a":1,"b":tru}', '{"a":1,"b":"\\q"}', '{"a":null,"b":01}',
      '{"\\q":null}', '{"\\q":1}', '{"a":1,"b":"x', '{"a":1,"b":"x\\"}', '{"a":truefalse}', '["a":1]', '{"a":[1,null}',
    } do
      if text ~= "1." and text ~= "1e" then assert.has_error(function() json.decode(text) end) end
      compare(text)
    end
  end)

  it("agrees with lua-cjson on texts with mistakes anywhere #large", function()
    local pieces = { ",", ":", "{", "}", "[", "]", '"', "\\", "null", "1", "-", ".0", " ", "true", "e", "\n", "" }
    local state = 1
    local function random(n)
      state = (state * 16807) % 2147483647
      return state % n + 1
    end
    local texts = {
      read(FIXTURES .. "/sales_list.json"):gsub("\n%s*", ""):sub(1, 1500) .. "}]}",
      '{"a":null,"b":[1,null,{"c":2.0,"d":null,"\\u0065":3,"f":{"g":[[4],[null]]}}],"h":"\\"","i":-0,"j":true}',
    }
    for round = 1, 4000 do
      local text = texts[round % 2 + 1]
      for _ = 1, random(2) do
        local at = random(#text)
        text = text:sub(1, at - 1) .. pieces[random(#pieces)] .. text:sub(at + random(3) - 1)
      end
      compare(text)
    end
  end)

  it("refuses a NUL, which is nowhere in JSON", function()
    for _, text in ipairs { '{"a":1}\0', '{"a\0":1}', '{"a":1}\0{', "\0", "1\0" } do
      assert.has_error(function() json.decode(text) end)
    end
  end)

  it("goes down as many levels as it was made for", function()
    local decode = json.decoder(3)
    assert.same({ { { 1 } } }, decode("[[[1]]]"))
    assert.error_matches(function() decode("[[[[1]]]]") end, "too many nested")
    assert.is_table(json.decode(("["):rep(64) .. ("]"):rep(64)))
    assert.error_matches(function() json.decode(("["):rep(65) .. ("]"):rep(65)) end, "too many nested")
    assert.error_matches(function() json.decode(("["):rep(100000)) end, "too many nested")
    assert.is_table(core.json_decode(cjson.decode, ("["):rep(128) .. ("]"):rep(128)))
    assert.error_matches(function() core.json_decode(cjson.decode, ("["):rep(129) .. ("]"):rep(129)) end,
      "nested deeper than 128")
  end)

  it("decodes again while it decodes, as a finalizer may want to", function()
    local decoded = 0
    local function decode(text)
      assert.same({ inner = 5 }, json.decode('{"inner":5,"none":null}'))
      decoded = decoded + 1
      return strict.decode(text)
    end
    for i = 1, 3 do
      assert.same({ a = i, b = { c = "x" } }, core.json_decode(decode, ('{"a":%d,"b":{"c":"x","d":null}}'):format(i)))
    end
    assert.equal(3, decoded)
  end)

  it("asks for a text", function()
    assert.has_error(function() json.decode() end)
    assert.has_error(function() json.decode({}) end)
  end)
end)
