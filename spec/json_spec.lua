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

-- The result of lua-cjson, cleaned up the slow way: without nulls and without gaps in arrays.
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

-- Decodes and compares with lua-cjson: the same value except for nulls and integers, or the same error.
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
  it("returns every recorded response without nulls and with whole numbers as integers #large", function()
    local files = json_files(FIXTURES, {})
    assert.is_true(#files > 80)
    for _, path in ipairs(files) do compare(read(path)) end
  end)

  it("reads compact and indented texts", function()
    local want = { a = 1, b = { { c = "x" }, { d = 2.5 } }, e = {}, f = {} }
    for _, text in ipairs {
      '{"a":1,"n":null,"b":[{"c":"x","n":null},{"d":2.5}],"e":{},"f":[]}',
      ' {\t"n" :null , "a"\n:\r\n1 ,"b": [ {"n":null , "c" : "x" } , { "d" : 2.5 } ],\n"e" : { } , "f" : [ ] }\n',
    } do
      assert.same(want, json.decode(text))
      compare(text)
    end
  end)

  it("leaves nulls out everywhere", function()
    for _, text in ipairs {
      '{"a":null}', '{"a":null,"b":null}', '{"a":null,"b":"x"}', '{"a":"x","b":null}', '{"a":"x","b":null,"c":"y"}',
      '{"a":null,"b":{"c":null,"d":{"e":null}},"f":null}', '{"a":null,"b":[null]}', '{"a":[null,{"b":null}],"c":null}',
    } do compare(text) end
  end)

  it("moves later elements up if an array has nulls", function()
    assert.same({ 1, 2, { 3 } }, json.decode("[null,1,null,null,2,[null,3],null]"))
    assert.same({ {}, { a = 1 } }, json.decode('[null,{"b":null},null,{"a":1}]'))
    assert.same({}, json.decode("[null,null]"))
  end)

  it("returns nil for null, as a single value", function()
    assert.is_nil(json.decode("null"))
    assert.equal(1, select("#", json.decode(" null ")))
  end)

  it("decodes texts that are not objects", function()
    assert.equal("a", json.decode('"a"'))
    assert.is_false(json.decode("false"))
    assert.equal("900", tostring(json.decode("900")))
    assert.equal("900", tostring(json.decode("900.0")))
  end)

  it("converts whole numbers to integers, however they are written", function()
    local got = json.decode('{"a":900,"b":900.0,"c":9e2,"d":-0,"e":[0,-1,2.0,3e0],"f":[[4.0]],"g":4.8}')
    assert.same({ a = 900, b = 900, c = 900, d = 0, e = { 0, -1, 2, 3 }, f = { { 4 } }, g = 4.8 }, got)
    each_number(got, check_whole)
    assert.equal("0", tostring(got.d))
  end)

  it("keeps every digit of an integer that Lua can represent", function()
    local text = '{"a":9007199254740993,"b":9223372036854775807,"c":-9223372036854775808,"d":[9007199254740993]}'
    local got = json.decode(text)
    if has_integers then
      assert.equal("9007199254740993", tostring(got.a))
      assert.equal("9223372036854775807", tostring(got.b))
      assert.equal("-9223372036854775808", tostring(got.c))
      assert.equal("9007199254740993", tostring(got.d[1]))
    else
      assert.same({ a = "9007199254740993", b = "9223372036854775807", c = -2 ^ 63, d = { "9007199254740993" } }, got)
    end
  end)

  it("keeps every digit at any position, even under names with escapes", function()
    local n = has_integers and math.tointeger(9007199254740993) or "9007199254740993"
    for text, want in pairs {
      ["9007199254740993"] = n, [ [[{"\u0061":9007199254740993}]] ] = { a = n }, ["[[9007199254740993]]"] = { { n } },
      ['["x",9007199254740993,null,-9007199254740993]'] = { "x", n, has_integers and -n or "-" .. n },
      ['{"a\\"b":[{"c":9007199254740993}]}'] = { ['a"b'] = { { c = n } } },
    } do
      local got = json.decode(text)
      assert.same(want, got)
      assert.equal(tostring(want), type(got) == "table" and tostring(want) or tostring(got))
    end
  end)

  it("does not change fractions and numbers that are too large for integers", function()
    local text = '{"a":1.5,"b":1e300,"c":9223372036854775808,"d":-9223372036854775809,"e":[1e300,18446744073709551616]}'
    local got = json.decode(text)
    local d = has_integers and -2 ^ 63 or "-9223372036854775809"
    assert.same({ a = 1.5, b = 1e300, c = 2 ^ 63, d = d, e = { 1e300, 2 ^ 64 } }, got)
    if has_integers then assert.equal("float", math.type(got.c)) end
  end)

  it("returns the digits of whole numbers that a double cannot represent, in a Lua without integers", function()
    if has_integers then return end
    local long = "1" .. ("0"):rep(400)
    for _, digits in ipairs { "9007199254740993", "-9007199254740993", "18446744073709551617", long, "-" .. long } do
      assert.equal(digits, json.decode(digits))
      assert.same({ a = { digits } }, json.decode('{"a":[' .. digits .. "]}"))
    end
    for _, n in ipairs { 2 ^ 53, -2 ^ 53, 2 ^ 53 + 2, 2 ^ 63, -2 ^ 63, 2 ^ 64, 2 ^ 1023, -2 ^ 1000 } do
      assert.equal(n, json.decode(("%.0f"):format(n)))
    end
    assert.equal(2 ^ 53, json.decode("9007199254740993.0"))
  end)

  it("reads every fraction as the nearest double", function()
    for _, text in ipairs {
      "0.1", "4.35", "-0.0", "0.30000000000000004", "1e-7", "5e-324", "2.2250738585072011e-308",
      "1.7976931348623157e308",
      "179769313486231580793728971405301e276", "0.000000000000000000000000000000000000001234567890123456789",
      "9007199254740993.0", "1." .. ("0"):rep(900) .. "1", "0." .. ("0"):rep(900) .. "1e901", ("1"):rep(900) .. "e-899",
      "9007199254740992." .. ("9"):rep(900), "1e-400", "123456789012345678901234567890.5", "1E+2", "-1.5e-3",
      "4503599627370496.5", "4503599627370496.5" .. ("0"):rep(900) .. "1",  -- just between two, and a little more
      "45035996273704965" .. ("0"):rep(900) .. "1e-902", "4503599627370497.5", "4503599627370495.5",
      ("0.%s%s1"):format("4503599627370497", ("0"):rep(1000)), "0." .. ("0"):rep(2000) .. "1E2001",
    } do
      local want = tonumber(text)
      assert.equal(want, json.decode(text), text)
      assert.same({ want, { a = want } }, json.decode("[" .. text .. ',{"a":' .. text .. "}]"), text)
    end
  end)

  it("reads names with escapes", function()
    local got = json.decode([[{"\u0061":1,"\n":null,"\"":{"\\":2.0,"n":null},"\\\"":[3],"b\\":4}]])
    assert.same({ a = 1, ['"'] = { ["\\"] = 2 }, ['\\"'] = { 3 }, ["b\\"] = 4 }, got)
    each_number(got, check_whole)
  end)

  it("does not look for values inside strings", function()
    for _, text in ipairs {
      [[{"a":",\"b\":null,\"c\":1","d":"{","e":"]","f":"\\","g":"\\\\\"null"}]], '"null"', '"1"', '["null","1",""]',
    } do compare(text) end
  end)

  it("takes only the last member if an object has a name twice", function()
    for text, want in pairs {
      ['{"a":1,"a":"x"}'] = { a = "x" }, ['{"a":1,"a":2}'] = { a = 2 }, ['{"a":"x","a":1}'] = { a = 1 },
      ['{"a":{"b":1},"a":"x"}'] = { a = "x" }, ['{"a":[{"b":1},{"c":2}],"a":[7]}'] = { a = { 7 } },
      ['{"a":{"x":1},"a":{"y":"z"}}'] = { a = { y = "z" } }, ['{"a":{"y":"z"},"a":{"x":1}}'] = { a = { x = 1 } },
      ['{"a":"x","a":null}'] = {}, ['{"a":1,"a":null}'] = {}, ['{"a":null,"a":1.5}'] = { a = 1.5 },
      ['{"a":{"b":{"c":1}},"d":2,"a":{"b":{"e":[3,null]}}}'] = { a = { b = { e = { 3 } } }, d = 2 },
      [ [[{"a":1,"\u0061":"x"}]] ] = { a = "x" }, [ [[{"\u0061":{"x":1},"a":{"y":2}}]] ] = { a = { y = 2 } },
      ['[{"a":1},{"a":2,"a":[]},{"a":3}]'] = { { a = 1 }, { a = {} }, { a = 3 } },
      ['{"":1,"":"x"}'] = { [""] = "x" }, ['{"a":{"a":1,"b":2,"a":3},"b":4}'] = { a = { a = 3, b = 2 }, b = 4 },
      ['{"a":"x","b":1,"c":{},"a":2,"c":"y","b":null}'] = { a = 2, c = "y" },
    } do
      assert.same(want, json.decode(text), text)
      compare(text)
    end
  end)

  it("distinguishes names in objects of any number and size #large", function()
    for _, n in ipairs { 100, 511, 513, 5000 } do
      local members, inner = {}, {}
      for i = 1, n do
        members[i] = ('"%06d":{"%06d":%d,"b":%d.5}'):format(i, i, i, i)
        inner[i] = ('{"a%d":"%d","b":[%d]}'):format(i % 7, i, i)
      end
      local all = table.concat(members, ",")
      local again = members[n]:gsub('"b":', '"c":')
      local got = json.decode(("{%s,%s,\"list\":[%s]}"):format(all, again, table.concat(inner, ",")))
      for i = 1, n - 1 do assert.same({ [("%06d"):format(i)] = i, b = i + 0.5 }, got[("%06d"):format(i)]) end
      assert.same({ [("%06d"):format(n)] = n, c = n + 0.5 }, got[("%06d"):format(n)])
      assert.equal(n, #got.list)
      assert.same({ ["a" .. n % 7] = tostring(n), b = { n } }, got.list[n])
    end
  end)

  it("skips a byte order mark", function()
    assert.same({ a = 1 }, json.decode('\239\187\191{"a":1}'))
    assert.same({ "x" }, json.decode_with_nulls('\239\187\191["x"]'))
    for _, text in ipairs {
      "\239\187\191", "\239\187\191\239\187\1911", "\239\1871", '{"a":\239\187\1911}', "\239\187\191{",
    } do
      assert.has_error(function() json.decode(text) end)
    end
  end)

  it("decodes half a surrogate pair as U+FFFD", function()
    local got = json.decode([[{"a":"x\ud83dy","b":["\uDC00","\\ud83d","\ud83d\ude00"],"c":1,"\ud800":"\udbff\udbff"}]])
    assert.same({ a = "x\239\191\189y", b = { "\239\191\189", "\\ud83d", "\240\159\152\128" }, c = 1,
      ["\239\191\189"] = "\239\191\189\239\191\189" }, got)
    assert.error_matches(function() json.decode([["\ud83d]]) end, "character")
    assert.error_matches(function() json.decode([["\ud83d\q"]]) end, "character")
  end)

  it("keeps nulls if asked to, with the same numbers", function()
    local null = json.null
    assert.same({ a = null, b = { 1, null, 2.5, { c = null } } },
      json.decode_with_nulls('{"a":null,"b":[1,null,2.5,{"c":null}]}'))
    assert.same({ a = null }, json.decode_with_nulls('{"a":1,"a":null}'))
    assert.equal(null, json.decode_with_nulls("null"))
  end)

  it("counts values and stops after the limit", function()
    local rows = { '[1,"x",{},[]]', '{"a":1,"b":{"c":"x","d":[]}}', '[true,false,null,1.5]', '[[[["x"]]]]',
      [[{"\u0061":"x","b":[1,2]}]], '{"a":{"a":"x"},"a":[1]}' }
    for _, text in ipairs(rows) do
      assert.is_true(json.read(text, 5))
      assert.same({ false, "too_large", "more than 4 values (max_values)" }, { json.read(text, 4) })
    end
    assert.same({ true, "x" }, { json.read('"x"', 1) })
    local most = "[" .. ("1,"):rep(499998) .. "1]"
    assert.equal(499999, #json.decode(most))
    assert.error_matches(function() json.decode("[1," .. most:sub(2)) end, "^more than 500000 values %(max_values%)$")
    assert.same({ false, "too_large", "more than 500000 values (max_values)" }, { json.read("[1," .. most:sub(2)) })
    assert.is_true(json.read("[1," .. most:sub(2), 500001))
  end)

  it("uses little memory if there are too many values #large", function()
    local text = "[" .. ("[1],"):rep(2621440 - 1) .. "[1]]"  -- 10 MiB
    collectgarbage()
    local before = collectgarbage "count"
    collectgarbage "stop"
    assert.is_false(json.read(text))
    local used = collectgarbage "count" - before
    collectgarbage "restart"
    assert.is_true(used < 2.5 * #text / 1024, used)
  end)

  it("leaves no copy of a long text to the collector #large", function()
    local long = ("a"):rep(1048576)
    for text, most in pairs {
      ['{"a":"' .. long .. '"}'] = 1.1,              -- times the text: the value
      ['{"b":null,"a":"' .. long .. '"}'] = 2.1,     -- and the text without null, for lua-cjson
      ['\239\187\191{"a":"' .. long .. '"}'] = 2.1,  -- and the text without the mark
      ['{"a":"' .. long] = 1.1, ["[" .. long] = 1.1, [("["):rep(1048576)] = 1.1,  -- and the text, for the message
      [("\\u0061"):rep(200000)] = 1.1, ['"' .. ("\\ud800"):rep(200000) .. '"'] = 2.1,
    } do
      collectgarbage()
      collectgarbage()
      local before = collectgarbage "count"
      collectgarbage "stop"
      pcall(json.decode, text)
      local used = collectgarbage "count" - before
      collectgarbage "restart"
      assert(used * 1024 < most * #text, ("%s...: %.1f times its size"):format(text:sub(1, 20), used * 1024 / #text))
    end
  end)

  it("decodes texts of any length #large", function()
    local members, items = {}, {}
    for i = 1, 20000 do members[i], items[i] = ('"a%d":%d'):format(i, i), ('{"a":%d}'):format(i) end
    local got = json.decode("{" .. table.concat(members, ",") .. ',"list":[' .. table.concat(items, ",") .. "]}")
    for i = 1, 20000 do
      assert(got["a" .. i] == i and got.list[i].a == i)
    end
  end)

  it("returns lua-cjson's message for a text that is not JSON", function()
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

  it("refuses NUL, which is not allowed anywhere in JSON", function()
    for _, text in ipairs { '{"a":1}\0', '{"a\0":1}', '{"a":1}\0{', "\0", "1\0" } do
      assert.has_error(function() json.decode(text) end)
    end
  end)

  it("decodes the number of levels that it was created for", function()
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

  it("can be called while it decodes, as by a finalizer", function()
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

  it("requires a string", function()
    assert.has_error(function() json.decode() end)
    assert.has_error(function() json.decode({}) end)
  end)
end)

describe("json.encode", function()
  it("writes what decodes to the same", function()
    for _, value in ipairs {
      { a = 1, b = { "x", true, { c = 2.5 } }, d = "" }, { 1, 2, 3 }, { { {} } }, "x", false, 900, 0.1, -1.5e-7, 1e300,
      { a = '"\\/\b\f\n\r\t\1\127\226\130\172' }, { ["1"] = "a", b = { [""] = 0 } },
    } do assert.same(value, json.decode(json.encode(value))) end
  end)

  it("writes numbers exactly, with as few digits as possible", function()
    for text, value in pairs {
      ["900"] = 900.0, ["0.1"] = 0.1, ["0.30000000000000004"] = 0.1 + 0.2, ["3.141592653589793"] = math.pi,
      ["0"] = -0.0, ["9007199254740991"] = 2 ^ 53 - 1, ["123456789012345"] = 123456789012345, ["1e+300"] = 1e300,
    } do
      assert.equal(text, json.encode(value))
      assert.equal(value, json.decode(text))
    end
    if has_integers then assert.equal("9223372036854775807", json.encode(math.maxinteger)) end
  end)

  it("distinguishes arrays from objects and writes a gap as null", function()
    assert.equal("{}", json.encode {})
    assert.equal('[1,null,"x",null]', json.encode { 1, json.null, "x", json.null })
    assert.equal("[1,null,3]", json.encode { 1, [3] = 3 })
    assert.equal('{"0":1}', json.encode { [0] = 1 })
    assert.equal('{"1.5":1}', json.encode { [1.5] = 1 })
    assert.equal("null", json.encode(nil))
  end)

  it("refuses what JSON cannot represent", function()
    local round = {}
    round.round = round
    for want, value in pairs {
      ["function as JSON: JSON has no such type"] = { print }, ["number as JSON: it is NaN or infinite"] = { 1 / 0 },
      ["userdata as JSON: JSON has no such type"] = { io.stdout },
      ["table as JSON: its keys must be strings or numbers"] = { [true] = 1 },
      ["table as JSON: it is an array with too many gaps"] = { [1000] = 1 },
      ["table as JSON: it has more than 64 levels of nesting"] = round,
    } do
      assert.equal("json.encode: cannot write a " .. want, (select(2, pcall(json.encode, value))))
    end
    assert.has_error(function() json.encode(0 / 0) end)
  end)
end)
