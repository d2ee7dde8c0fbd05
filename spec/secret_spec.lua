local core = require "gumroad.core"

local TEXT = "tok_0123456789_wxyz"

describe("secret", function()
  it("shows only its last four characters", function()
    assert.equal("secret(...wxyz)", tostring(core.secret(TEXT)))
    assert.equal("secret(...mnop)", tostring(core.secret("abcdefghijklmnop")))
  end)

  it("shows nothing of a text of fewer than 16 characters", function()
    assert.equal("secret(...)", tostring(core.secret("abcdefghijklmno")))
  end)

  it("equals only its own text", function()
    local secret = core.secret(TEXT)
    assert.is_true(secret:equals(TEXT))
    assert.is_false(secret:equals(TEXT .. "x"))
    assert.is_false(secret:equals(TEXT:sub(1, -2)))
    assert.is_false(secret:equals(TEXT:sub(1, -2) .. "Z"))
    assert.is_false(secret:equals(""))
    assert.has_error(function() secret:equals(nil) end)
  end)

  it("does not let Lua read its bytes", function()
    local secret = core.secret(TEXT)
    assert.is_false(getmetatable(secret))
    assert.has_error(function() setmetatable(secret, {}) end)
    assert.is_nil(secret.bytes)
    assert.is_nil(secret.__gc)
    assert.has_error(function() return #secret end)
    assert.has_error(function() return secret .. "" end)
    assert.has_error(function() secret.x = 1 end)
  end)

  it("refuses what a header cannot contain, without quoting it", function()
    for _, bad in ipairs {"abc\ndef", "abc\r", "abc\0", "abc\127", "abc\195\169", "\tabc", ""} do
      local ok, message = pcall(core.secret, bad)
      assert.is_false(ok)
      assert.is_nil(message:find("abc", 1, true))
    end
  end)

  it("accepts only strings", function()
    assert.has_error(function() core.secret(12345) end)
    assert.has_error(function() core.secret(nil) end)
    assert.has_error(function() core.secret(core.secret(TEXT)) end)
  end)

  it("is wiped by close, which can be repeated", function()
    local secret = core.secret(TEXT)
    secret:close()
    secret:close()
    assert.equal("secret(closed)", tostring(secret))
    assert.error_matches(function() secret:equals(TEXT) end, "closed")
  end)

  if _VERSION == "Lua 5.4" then
    it("is wiped at the end of its scope", function()
      local secret = assert(load [[
        local core = ...
        local secret <close> = core.secret("0123456789abcdef")
        return secret
      ]])(core)
      assert.equal("secret(closed)", tostring(secret))
    end)
  end

  it("is freed when nobody holds it", function()
    local held = setmetatable({core.secret(TEXT)}, {__mode = "v"})
    collectgarbage()
    collectgarbage()
    assert.is_nil(held[1])
  end)

  it("does not apply its methods to other values", function()
    local equals = core.secret(TEXT).equals
    assert.has_error(function() equals(io.stdout, TEXT) end)
    assert.has_error(function() equals({}, TEXT) end)
  end)
end)

describe("equal", function()
  it("compares strings, NUL bytes and all", function()
    assert.is_true(core.equal("", ""))
    assert.is_true(core.equal("a\0b", "a\0b"))
    assert.is_false(core.equal("a\0b", "a\0c"))
    assert.is_false(core.equal("a", "ab"))
    assert.has_error(function() core.equal("a", nil) end)
  end)
end)
