local base64 = require "gumroad.base.base64"

describe("Base64", function()
  -- RFC 4648, section 10
  for _, row in ipairs {
    { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" }, { "\0", "AA==" }, { "\n\n\n", "CgoK" }, { "\255\239\190", "/+++" },
  } do
    it(("encodes %q"):format(row[1]), function() assert.equal(row[2], base64.encode(row[1])) end)
  end

  it("has a URL-safe alphabet without padding", function()
    assert.equal("_---", base64.encode_for_url "\255\239\190")
    assert.equal("Zg", base64.encode_for_url "f")
  end)
end)
