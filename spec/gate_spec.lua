local core = require "gumroad.core"

local FORM = "application/x-www-form-urlencoded"
local TARGET = "/hook?secret=s3cr3t"
local EXPECTED = { target = TARGET, max_body = 1000 }

-- method, target, content type, length
local GOOD = {
  { "POST", TARGET, FORM, 1000 },
  { "POST", TARGET, FORM, 0 },  -- that a ping cannot be empty is for whoever reads bodies
  { "POST", TARGET, FORM, nil },
  { "POST", TARGET, FORM .. "; charset=utf-8", 10 },
  { "POST", TARGET, " \tAPPLICATION/X-WWW-Form-Urlencoded ;a", 10 },
  { "POST", TARGET, "application/json", 10 },
}

local REFUSED = {
  { 404, "wrong path or secret", "POST", "/hook?secret=s3cr3T", FORM, 10 },
  { 404, "wrong path or secret", "POST", "/hook", FORM, 10 },
  { 404, "wrong path or secret", "POST", TARGET .. "x", FORM, 10 },
  { 404, "wrong path or secret", "POST", TARGET:sub(1, -2), FORM, 10 },
  { 404, "wrong path or secret", "POST", TARGET .. "\0", FORM, 10 },
  { 404, "wrong path or secret", "POST", "", FORM, 10 },
  { 405, "method GET, not POST", "GET", TARGET, nil, 0 },
  { 405, "method post, not POST", "post", TARGET, FORM, 10 },
  { 405, "method POSTS, not POST", "POSTS", TARGET, FORM, 10 },
  { 405, "method PO\\x0A\\x1B\\x5C\\x20\\xE4, not POST", "PO\n\27\\ \228", TARGET, FORM, 10 },
  { 413, "a body of 1001 bytes, more than 1000", "POST", TARGET, FORM, 1001 },
  { 413, "a body of 9007199254740992 bytes, more than 1000", "POST", TARGET, FORM, 2 ^ 53 },
  { 400, "the content type is missing; Gumroad sends " .. FORM, "POST", TARGET, nil, 10 },
  { 400, "the content type is missing; Gumroad sends " .. FORM, "POST", TARGET, " ; charset=utf-8", 10 },
  { 400, "the content type is text/plain; Gumroad sends " .. FORM, "POST", TARGET, "text/plain; a=b", 10 },
  { 400, "the content type is " .. FORM .. "x; Gumroad sends " .. FORM, "POST", TARGET, FORM .. "x", 10 },
  { 400, "the content type is a\\x01b; Gumroad sends " .. FORM, "POST", TARGET, "a\1b", 10 },
  -- the first refusal counts
  { 404, "wrong path or secret", "GET", "/", "text/plain", 2000 },
  { 405, "method PUT, not POST", "PUT", TARGET, "text/plain", 2000 },
  { 413, "a body of 2000 bytes, more than 1000", "POST", TARGET, "text/plain", 2000 },
}

local function head(expected, request, first)
  return core.gate_head(expected, request[first], request[first + 1], request[first + 2], request[first + 3])
end

describe("core.gate_head", function()
  it("lets pings in", function()
    for _, request in ipairs(GOOD) do assert.equal(0, select("#", head(EXPECTED, request, 1))) end
  end)

  for i, row in ipairs(REFUSED) do
    it(("refuses with %d (%d)"):format(row[1], i), function()
      assert.same({ row[1], row[2] }, { head(EXPECTED, row, 3) })
    end)
  end

  it("lets in any target, and a body of any size, where none is expected", function()
    assert.equal(0, select("#", core.gate_head({}, "POST", "/x", FORM, 2 ^ 53)))
    assert.equal(405, (core.gate_head({}, "GET", "/x", FORM, 2 ^ 53)))
  end)

  it("shows no more than the beginning of what a stranger sent, in one printable line", function()
    for _, byte in ipairs { "a", "\27", "\255" } do
      for length = 50, 70 do
        local _, reason = core.gate_head(EXPECTED, byte:rep(length), TARGET, FORM, 1)
        assert.is_true(#reason < 200 and not reason:find("[^ -~]"))
        assert.equal(length > 60 / (byte == "a" and 1 or 4), reason:find("...,", 1, true) ~= nil)
      end
    end
  end)

  it("raises for expectations that are none, naming them", function()
    local wrong = { targt = "targt", [1] = "target or max_body expected", target = "target: string",
      max_body = "max_body: number" }
    for name, message in pairs(wrong) do
      assert.error_matches(function() core.gate_head({ [name] = true }, "POST", "/", FORM) end, message)
    end
    for _, count in ipairs { 0, -1, 1.5, 2 ^ 54, 0 / 0 } do
      assert.error_matches(function() core.gate_head({ max_body = count }, "POST", "/", FORM) end,
        "max_body: out of range")
    end
    assert.error_matches(function() core.gate_head(nil, "POST", "/", FORM) end, "table expected")
    assert.error_matches(function() core.gate_head({}, "POST", "/", FORM, -1) end, "length: out of range")
  end)
end)
