local cjson = require "cjson"
local core = require "gumroad.core"
local lfs = require "lfs"

local PINGS = "spec/fixtures/pings/"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function ping_names()
  local names = {}
  for entry in lfs.dir(PINGS) do names[#names + 1] = entry:match("^(.+)%.form$") end
  table.sort(names)
  return names
end

-- In a form, null is an empty string.
local function null_as_text(value)
  if value == cjson.null then return "" end
  if type(value) ~= "table" then return value end
  local copy = {}
  for k, v in pairs(value) do copy[k] = null_as_text(v) end
  return copy
end

describe("form_decode", function()
  for _, name in ipairs(ping_names()) do
    it("decodes the ping " .. name, function()
      local want = cjson.decode(read(PINGS .. name .. ".json"))
      assert.same(want, core.form_decode(read(PINGS .. name .. ".form")))
    end)
  end

  it("returns an empty table for an empty body", function()
    assert.same({}, core.form_decode(""))
    assert.same({}, core.form_decode("&&"))
  end)

  it("takes a name without '=' as one with an empty value, and the first '=' as the separator", function()
    assert.same({a = "", b = "", c = "d=e"}, core.form_decode("a&b=&c=d=e"))
  end)

  it("keeps a value without a name", function()
    assert.same({[""] = "1"}, core.form_decode("=1"))
  end)

  it("decodes '+' and escapes of either case, once", function()
    assert.same({["a b"] = "+ %2B\195\169"}, core.form_decode("a+b=%2B+%252B%c3%A9"))
  end)

  it("keeps a bad escape unchanged", function()
    assert.same({a = "5%", b = "%zz%4", ["%"] = "%%1"}, core.form_decode("a=5%&b=%zz%4&%=%%1"))
  end)

  it("keeps NUL bytes", function()
    assert.same({["a\0b"] = "\0"}, core.form_decode("a%00b=%00"))
    assert.same({["a\0b"] = "\0"}, core.form_decode("a\0b=\0"))
  end)

  it("nests names in brackets, escaped or not", function()
    local want = {a = {b = {c = "1"}, d = "2"}}
    assert.same(want, core.form_decode("a[b][c]=1&a[d]=2"))
    assert.same(want, core.form_decode("a%5Bb%5D%5Bc%5D=1&a%5bd%5d=2"))
  end)

  it("finds a table again after other fields", function()
    assert.same({a = {b = "1", d = "3"}, c = "2", x = {b = "4"}},
      core.form_decode("a[b]=1&c=2&x[b]=4&a[d]=3"))
  end)

  it("appends to arrays", function()
    assert.same({a = {"1", "2"}, b = {c = {"3", "4"}}}, core.form_decode("a[]=1&a[]=2&b[c][]=3&b[c][]=4"))
  end)

  it("takes a lone empty element at the top level as the empty list", function()
    assert.same({a = {}, b = ""}, core.form_decode("a%5B%5D=&b="))
    assert.same({a = {"", "x"}}, core.form_decode("a[]=&a[]=x"))
    assert.same({a = {"", ""}}, core.form_decode("a[]=&a[]="))
    assert.same({a = {"", b = "x"}}, core.form_decode("a[]=&a[b]=x"))
  end)

  it("keeps a lone table in an array next to an empty list", function()
    assert.same({a = {}, b = {{c = "1"}}}, core.form_decode("a[]=&b[][c]=1"))
  end)

  it("keeps a lone empty element at deeper levels, where empty lists are not written", function()
    assert.same({a = {b = {""}}}, core.form_decode("a[b][]="))
  end)

  it("groups the fields of an array's tables until one is repeated", function()
    assert.same({a = {{b = "1", c = "2"}, {b = "3"}}}, core.form_decode("a[][b]=1&a[][c]=2&a[][b]=3"))
    assert.same({a = {{b = {c = "1", d = "2"}}, {b = {d = "3"}}}},
      core.form_decode("a[][b][c]=1&a[][b][d]=2&a[][b][d]=3"))
    assert.same({a = {{b = {"1", "2"}}}}, core.form_decode("a[][b][]=1&a[][b][]=2"))
    assert.same({a = {"x", {b = "1"}}}, core.form_decode("a[]=x&a[][b]=1"))
  end)

  it("collects the values of a repeated name", function()
    assert.same({a = {"1", "2", "3"}}, core.form_decode("a=1&a=2&a=3"))
    assert.same({a = {"1", b = "2"}}, core.form_decode("a=1&a[b]=2"))
    assert.same({a = {"1", b = "2"}}, core.form_decode("a[b]=2&a=1"))
    assert.same({a = {"1", "2"}}, core.form_decode("a=1&a[]=2"))
    assert.same({a = {b = {"1", "2", c = "3"}}}, core.form_decode("a[b]=1&a[b]=2&a[b][c]=3"))
    assert.same({a = {"1", {b = "2"}}}, core.form_decode("a=1&a[][b]=2"))
  end)

  it("loses nothing among many names #large", function()
    local parts, want = {}, {}
    for i = 1, 4000 do
      local name = "name" .. (i * 7919 % 2000)
      parts[i] = name .. "=" .. i
      want[name] = want[name] or {}
      table.insert(want[name], tostring(i))
    end
    assert.same(want, core.form_decode(table.concat(parts, "&")))
  end)

  it("keeps names that look like numbers as strings", function()
    assert.same({["1"] = "a", b = {["2"] = "c"}}, core.form_decode("1=a&b[2]=c"))
  end)

  for _, name in ipairs {"[a]", "[]", "a[b", "a]b", "a]b[c]", "a[b]c", "a[b]]", "a[b[c]]", "a[[b]]", "a[b]c[d]", "a]]",
      "a[["} do
    it("takes " .. name .. " as a name without brackets", function()
      assert.same({[name] = "1"}, core.form_decode(name .. "=1"))
      assert.same({[name] = "1"}, core.form_decode(core.percent_encode(name) .. "=1"))
    end)
  end

  it("decodes brackets that are still escaped in a part, in upper case only", function()
    assert.same({["a[b]"] = "1"}, core.form_decode("a%255Bb%255D=1"))
    assert.same({a = {["[b]"] = "1"}}, core.form_decode("a%5B%255Bb%255D%5D=1"))
    assert.same({["a%5bb%5d"] = "%5B"}, core.form_decode("a%255bb%255d=%255B"))
  end)

  it("reads a field at any position", function()  -- the parser works on blocks of 64 bytes
    for pad = 0, 140 do
      local filler = ("x"):rep(pad)
      local got = core.form_decode(filler .. "=" .. filler .. "%41+&k%5Bc%5D=%zz%")
      local want = {k = {c = "%zz%"}}
      want[filler] = filler .. "A "
      assert.same(want, got)
    end
  end)

  it("says which limit is exceeded", function()
    local function check(message, body, limits)
      local got, code, text = core.form_decode(body, limits)
      assert.is_nil(got)
      assert.equal("too_large", code)
      assert.equal(message, text)
    end
    check("a form body of more than 1048576 bytes (max_bytes)", ("a"):rep(1048577))
    check("more than 4096 form fields (max_fields)", ("a&"):rep(4097))
    check("a form key of more than 1024 bytes (max_key)", ("a"):rep(1025))
    check("a form value of more than 65536 bytes (max_value)", "a=" .. ("b"):rep(65537))
    check("a form key of more than 5 parts (max_depth)", "a[b][c][d][e][f]=1")
    check("a form key of more than 32 parts (max_depth)", "a" .. ("[b]"):rep(40), {max_depth = 32})
    check("a form body of more than 3 bytes (max_bytes)", "a=12", {max_bytes = 3})
    check("more than 1 form fields (max_fields)", "a&b", {max_fields = 1})
    check("a form key of more than 1 bytes (max_key)", "ab", {max_key = 1})
    check("a form value of more than 1 bytes (max_value)", "a=bc", {max_value = 1})
    check("a form key of more than 1 parts (max_depth)", "a[]=1", {max_depth = 1})
  end)

  it("accepts what is just within the limits", function()
    assert.is_table(core.form_decode(("a&"):rep(4096)))
    assert.is_table(core.form_decode(("a"):rep(1024) .. "=" .. ("%41"):rep(65536)))
    assert.same({a = {b = {c = {d = {e = "1"}}}}}, core.form_decode("a[b][c][d][e]=1"))
    assert.is_table(core.form_decode("a" .. ("[b]"):rep(31), {max_depth = 32}))
  end)

  it("raises an error for unknown or invalid limits", function()
    assert.error_matches(function() core.form_decode("", {max = 1}) end, "unknown limit 'max'")
    assert.error_matches(function() core.form_decode("", {1}) end, "limits have names")
    for _, bad in ipairs {"1", 0, 1.5, -1, 2 ^ 40, 0 / 0, {}} do
      assert.error_matches(function() core.form_decode("", {max_key = bad}) end, "limit 'max_key'")
    end
    assert.error_matches(function() core.form_decode("", {max_depth = 33}) end, "from 1 to 32")
    assert.has_error(function() core.form_decode("", 1) end)
    assert.has_error(function() core.form_decode() end)
  end)
end)

describe("form_encode", function()
  for _, name in ipairs(ping_names()) do
    it("encodes the fields of the ping " .. name .. " as Gumroad does", function()
      local payload = cjson.decode(read(PINGS .. name .. ".payload.json"))
      local want, got = {}, {}
      for pair in read(PINGS .. name .. ".form"):gmatch("[^&]+") do want[#want + 1] = pair end
      for pair in core.form_encode(null_as_text(payload)):gmatch("[^&]+") do got[#got + 1] = pair end
      table.sort(want)
      table.sort(got)
      assert.same(want, got)
    end)
  end

  it("sorts names bytewise", function()
    assert.equal("A=1&a=2&a%20=3&aa=4&b%5Ba%5D=5&b%5Bb%5D=6",
      core.form_encode {b = {b = 6, a = 5}, aa = 4, ["a "] = 3, a = 2, A = 1})
  end)

  it("escapes brackets inside names twice", function()
    assert.equal("a%255Bb%255D%5B%255B%5D=%5B", core.form_encode {["a[b]"] = {["["] = "["}})
  end)

  it("writes arrays once per element", function()
    assert.equal("a%5B%5D=x&a%5B%5D=y&b%5Bc%5D%5B%5D=1", core.form_encode {a = {"x", "y"}, b = {c = {1}}})
    assert.equal("a%5B%5D%5Bb%5D=1&a%5B%5D%5Bb%5D=2", core.form_encode {a = {{b = 1}, {b = 2}}})
  end)

  it("writes an empty table only at the top level", function()
    assert.equal("a%5B%5D=&b=1", core.form_encode {a = {}, b = 1, c = {d = {}}})
    assert.equal("", core.form_encode {})
  end)

  it("writes numbers and booleans the same on every Lua", function()
    assert.equal("a=3&b=-7&c=9007199254740992&d=0.1&e=1.5&f=0&g=true&h=false",
      core.form_encode {a = 3.0, b = -7, c = 2 ^ 53, d = 0.1, e = 1.5, f = -0.0, g = true, h = false})
    assert.equal(1 / 3, tonumber((core.form_encode({a = 1 / 3}):sub(3))))
  end)

  it("round-trips tables of strings", function()
    local bytes = {}
    for i = 0, 255 do bytes[i + 1] = string.char(i) end
    bytes = table.concat(bytes)
    local t = {
      [bytes] = bytes, plain = "", list = {"a", "", "c"}, empty = {},
      nested = {["x[y]"] = {z = {bytes, "2"}}, ["="] = "&"}, tables = {{a = "1", b = "2"}, {a = "3"}},
    }
    assert.same(t, core.form_decode(core.form_encode(t)))
  end)

  it("does not change the table", function()
    local t = {a = {1, 2}, b = {c = "d"}}
    core.form_encode(t)
    assert.same({a = {1, 2}, b = {c = "d"}}, t)
  end)

  it("writes large forms", function()
    local t = {}
    for i = 1, 3000 do t["k" .. i] = {("v "):rep(20)} end
    assert.same(t, core.form_decode(core.form_encode(t)))
  end)

  it("raises an error that names the key for values that a form cannot contain", function()
    local cycle = {}
    cycle.a = cycle
    local cases = {
      {{a = {1, b = 2}}, "'a' mixes names and array elements"},
      {{a = {b = print}}, "'a%[b%]' is a function"},
      {{a = {cjson.null}}, "'a%[%]' is a userdata"},
      {{a = {1, nil, 3}}, "'a' is an array with holes"},
      {{a = {[1.5] = 1}}, "'a' is an array with holes"},
      {{a = {[-1] = 1}}, "'a' is an array with holes"},
      {{a = {[true] = 1}}, "'a' has a boolean for a key"},
      {{a = 0 / 0}, "'a' is not a finite number"},
      {{a = {b = 1 / 0}}, "'a%[b%]' is not a finite number"},
      {{a = {{}}}, "'a%[%]' is an empty table"},
      {{a = {{1}}}, "'a%[%]' is an array in an array"},
      {{a = {[""] = 1}}, "has an empty name"},
      {{[""] = {a = 1}}, "has an empty name"},
      {{1, 2}, "the table is an array"},
      {cycle, "nested deeper than 32 levels"},
    }
    for _, case in ipairs(cases) do
      assert.error_matches(function() core.form_encode(case[1]) end, case[2])
    end
    assert.has_error(function() core.form_encode("a=1") end)
  end)
end)

describe("percent_encode", function()
  it("keeps only the unreserved characters", function()
    local kept = "ABCXYZabcxyz0189-_.~"
    assert.equal(kept, core.percent_encode(kept))
    assert.equal("%20%2F%3D%2B%25%00%FF%C3%A9%5B%5D%2A", core.percent_encode(" /=+%\0\255\195\169[]*"))
    assert.equal("", core.percent_encode(""))
  end)
end)
