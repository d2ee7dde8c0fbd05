local core = require "gumroad.core"
local gate = require "gumroad.webhook.gate"
local Error = require "gumroad.base.error"
local support = require "support"

local FORM = "application/x-www-form-urlencoded"
local TARGET = "/hook?secret=s3cr3t"
local EXPECTED = { target = TARGET, max_body = 1000 }

-- method, target, content type, length
local GOOD = {
  { "POST", TARGET, FORM, 1000 },
  { "POST", TARGET, FORM, 0 },  -- whoever reads the body refuses an empty ping
  { "POST", TARGET, FORM, nil },
  { "POST", TARGET, FORM .. "; charset=utf-8", 10 },
  { "POST", TARGET, " \tAPPLICATION/X-WWW-Form-Urlencoded ;a", 10 },
  { "POST", TARGET, "application/json", 10 },
  { "POST", TARGET, "Application/JSON;charset=UTF-8", 10 },
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
  -- the first reason is reported
  { 404, "wrong path or secret", "GET", "/", "text/plain", 2000 },
  { 405, "method PUT, not POST", "PUT", TARGET, "text/plain", 2000 },
  { 413, "a body of 2000 bytes, more than 1000", "POST", TARGET, "text/plain", 2000 },
}

local function head(expected, request, first)
  return core.gate_head(expected, request[first], request[first + 1], request[first + 2], request[first + 3])
end

describe("core.gate_head", function()
  it("accepts pings", function()
    for _, request in ipairs(GOOD) do assert.equal(0, select("#", head(EXPECTED, request, 1))) end
  end)

  for i, row in ipairs(REFUSED) do
    it(("refuses with %d (%d)"):format(row[1], i), function()
      assert.same({ row[1], row[2] }, { head(EXPECTED, row, 3) })
    end)
  end

  -- Whether a request for one target matches the other.
  local function is_same(expected, target)
    return (core.gate_head({ target = expected }, "POST", target, FORM, 1)) == nil
  end

  local SAME = {
    { "/hook", "/hook" }, { "/", "/" }, { "", "" }, { "/hook?a=b", "/hook?a=b" },
    { "/a~b", "/a%7Eb" }, { "/a~b", "/a%7eb" }, { "/a+b", "/a%2bb" }, { "/a@b", "/a%40b" }, { "/abc", "/%61bc" },
    { "/a/b", "/a%2Fb" }, { "/a/b", "/a%2fb" }, { "/a/b", "/a//b" }, { "/a/b", "//a///b" }, { "/a/b", "/a/%2F/b" },
    { "/a%2Bb%20c", "/a%2bb%20c" }, { "/\195\182", "/%C3%B6" }, { "/\195\182", "/%c3%b6" }, { "/a%", "/a%25" },
    { "/a%00b", "/a\0b" }, { "/a b", "/a%20b" }, { "/100%zz", "/100%25zz" }, { "/a%3fb", "/a%3Fb" },
    { "/a/b", "/a/./b" }, { "/a/b", "/./a/b" }, { "/a/b", "/a/x/../b" }, { "/a/b", "/x/y/../../a/b" },
    { "/a/b", "/a/%2e/b" }, { "/a/b", "/a/x/%2E%2e/b" }, { "/a/b", "/a/x%2F..%2Fb" }, { "/a/", "/a/b/.." },
    { "/a/", "/a/." }, { "/a", "/../a" }, { "/a", "/../../a" }, { "/", "/.." }, { "/a/...", "/a/..." },
    { "/h?a=~", "/h?a=%7E" }, { "/h?a=%2B", "/h?a=%2b" }, { "/h?a[]=1", "/h?a%5B%5d=1" }, { "/h?a=/?", "/h?a=%2F%3F" },
    { "/h?a=%C3%B6", "/h?a=\195\182" }, { "/h?a=%26b", "/h?%61=%26%62" },
  }
  for i, row in ipairs(SAME) do
    it(("recognizes a target that a proxy has rewritten (%d)"):format(i), function()
      assert.is_true(is_same(row[1], row[2]))
      assert.is_true(is_same(row[2], row[1]))
    end)
  end

  local OTHER = {
    { "/hook", "/hook/" }, { "/hook", "/Hook" }, { "/hook", "hook" }, { "/hook", "/hook?" }, { "/hook", "" },
    { "/a+b", "/a b" }, { "/a+b", "/a%20b" }, { "/a?b", "/a%3Fb" }, { "/a", "/a%00" }, { "/a", "/a%" },
    { "/a%41", "/a%2541" }, { "/a/b", "/a/../b" }, { "/a/b", "/a/b/.." }, { "/a/..b", "/b" }, { "/a/b..", "/a/" },
    { "/a/.b", "/a/b" }, { "/h?a=b", "/h?a=b&" }, { "/h?a=b&c=d", "/h?a=b%26c=d" }, { "/h?a=b", "/h?a%3Db" },
    { "/h?a=+", "/h?a=%2B" }, { "/h?a=%41", "/h?a=%2541" }, { "/h?a=//", "/h?a=/" }, { "/h?a/../b", "/h?b" },
    { "/h?a=b;c", "/h?a=b%3Bc" }, { "/h?a=b", "//?a=b" }, { "/h?a=b", "/h%3Fa=b" }, { "/h?A=b", "/h?a=b" },
  }
  for i, row in ipairs(OTHER) do
    it(("does not confuse different targets (%d)"):format(i), function()
      assert.is_false(is_same(row[1], row[2]))
      assert.is_false(is_same(row[2], row[1]))
    end)
  end

  it("accepts expected targets of up to 4,096 bytes", function()
    local longest = "/" .. ("a"):rep(4095)
    assert.is_true(is_same(longest, longest))
    assert.is_false(is_same(longest, longest .. "a"))
    assert.is_false(is_same(longest, "/" .. longest))  -- it would be equal, but is too long
    assert.error_matches(function() is_same(longest .. "a", "/") end, "target: at most 4096 bytes expected")
  end)

  it("accepts any target and any size if none is expected", function()
    assert.equal(0, select("#", core.gate_head({}, "POST", "/x", FORM, 2 ^ 53)))
    assert.equal(405, (core.gate_head({}, "GET", "/x", FORM, 2 ^ 53)))
  end)

  it("shows only the beginning of what a stranger sent, in one printable line", function()
    for _, byte in ipairs { "a", "\27", "\255" } do
      for length = 50, 70 do
        local _, reason = core.gate_head(EXPECTED, byte:rep(length), TARGET, FORM, 1)
        assert.is_true(#reason < 200 and not reason:find("[^ -~]"))
        assert.equal(length > 60 / (byte == "a" and 1 or 4), reason:find("...,", 1, true) ~= nil)
      end
    end
  end)

  it("raises errors that name invalid expectations", function()
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

describe("webhook.gate: head", function()
  it("decides like the core, whoever the seller is", function()
    local expected = { target = TARGET, max_body = 1000, seller_id = "a" }
    for _, request in ipairs(GOOD) do
      assert.equal(0, select("#", gate.head(expected, (table.unpack or unpack)(request, 1, 4))))
    end
    for _, row in ipairs(REFUSED) do
      assert.same({ row[1], row[2] }, { gate.head(expected, (table.unpack or unpack)(row, 3, 6)) })
    end
  end)

  it("accepts a body of up to max_body bytes", function()
    assert.is_nil((gate.head({ max_body = 1 }, "POST", "/", FORM, 1)))
    assert.equal(413, (gate.head({ max_body = 1 }, "POST", "/", FORM, 2)))
  end)

  it("accepts any path and any size if nothing is expected", function()
    assert.is_nil((gate.head({}, "POST", "/", FORM, 2 ^ 53)))
  end)
end)

describe("webhook.gate: body", function()
  local SALE = "sale_id=s1&seller_id=ana"
  local BY_BUYER = SALE:gsub("ana", "mine") .. "&custom_fields[seller_id]=mine"
  local JSON = "application/json"

  local function fields(count)
    local parts = { SALE }
    for i = 3, count do parts[#parts + 1] = "f" .. i .. "=" end
    return table.concat(parts, "&")
  end

  -- The bytes of SALE, padded to a length.
  local function sized(bytes)
    return SALE .. ("&"):rep(bytes - #SALE)
  end

  local function nested(depth)
    return ('{"sale_id":"s1","a":%s%s}'):format(("["):rep(depth - 1), ("]"):rep(depth - 1))
  end

  local ANA = { seller_id = "ana" }
  local OTHER = "invalid: a ping for another seller was refused"
  local NOBODY = "invalid: a ping that names no seller was refused"

  -- what, expected, body, content type
  local LET_IN = {
    { "a ping", {}, SALE, FORM },
    { "a ping of the seller", ANA, SALE, FORM },
    { "a ping whose seller_id is the buyer's answer to a custom field of that name", ANA, BY_BUYER, FORM },
    { "a ping that names no seller", ANA, "resource_name=cancellation&subscription_id=u1", FORM },
    { "a sale that names no seller if none is expected", {}, "sale_id=s1", FORM },
    { "an event of a new kind that names no seller", ANA, "sale_id=s1&resource_name=payout", FORM },
    { "an event of a new kind", ANA, SALE .. "&resource_name=payout", FORM },
    { "JSON", ANA, '{"sale_id":"s1","seller_id":"ana"}', JSON },
    { "a body of max_body bytes", { max_body = #SALE }, SALE, FORM },
    { "JSON of max_body bytes", { max_body = 16 }, '{"sale_id":"s1"}', JSON },
    { "8 MiB", {}, sized(8388608), FORM },
    { "more than 8 MiB where that is expected", { max_body = 8388609 }, sized(8388609), FORM },
    { "16,384 fields", {}, fields(16384), FORM },
    { "a name of 16 KiB", {}, SALE .. "&" .. ("n"):rep(16384) .. "=", FORM },
    { "a value of 64 KiB", {}, SALE .. "&n=" .. ("v"):rep(65536), FORM },
    { "32 levels", {}, SALE .. "&a" .. ("[b]"):rep(31) .. "=1", FORM },
    { "JSON of 32 levels", {}, nested(32), JSON },
  }

  for _, row in ipairs(LET_IN) do
    it("accepts " .. row[1], function()
      local event, status, err = gate.body(row[2], row[3], row[4])
      assert.same({ "table", "nil", "nil" }, { type(event), type(status), tostring(err) })
    end)
  end

  -- what, expected, body, content type, status, beginning of the error
  local KEPT_OUT = {
    { "nothing", {}, "", FORM, 400, "invalid: the body is empty" },
    { "no content type", {}, SALE, nil, 400, "invalid: the content type is missing; Gumroad sends " .. FORM },
    { "another content type", {}, SALE, "text/plain", 400, "invalid: the content type is text/plain" },
    { "what is no ping", {}, "hello", FORM, 400, "invalid: this is not a ping from Gumroad: it has no sale_id" },
    { "a cancellation without its subscription", {}, "resource_name=cancellation&sale_id=s1", FORM, 400,
      "invalid: this is not a ping from Gumroad: it has no subscription_id" },
    { "half a JSON", {}, '{"sale_id":"s1"', JSON, 400, "decode: the body is not JSON: " },
    { "JSON of another kind", {}, "5", JSON, 400, "decode: the body is not a JSON object" },
    { "JSON of 33 levels", {}, nested(33), JSON, 400, "decode: the body is not JSON: " },
    { "a byte more than max_body", { max_body = #SALE - 1 }, SALE, FORM, 413,
      ("too_large: a form body of more than %d "):format(#SALE - 1) },
    { "a byte of JSON more than max_body", { max_body = 15 }, '{"sale_id":"s1"}', JSON, 413,
      "too_large: more than 15 bytes" },
    { "a byte more than 8 MiB", {}, sized(8388609), FORM, 413, "too_large: a form body of more than 8388608 " },
    { "16,385 fields", {}, fields(16385), FORM, 413, "too_large: " },
    { "a name of a byte more than 16 KiB", {}, SALE .. "&" .. ("n"):rep(16385) .. "=", FORM, 413, "too_large: " },
    { "a value of a byte more than 64 KiB", {}, SALE .. "&n=" .. ("v"):rep(65537), FORM, 413, "too_large: " },
    { "33 levels", {}, SALE .. "&a" .. ("[b]"):rep(32) .. "=1", FORM, 413, "too_large: " },
    { "a sale that names no seller", ANA, "sale_id=s1", FORM, 403, NOBODY },
    { "a refund that names no seller", ANA, "sale_id=s1&resource_name=refund", FORM, 403, NOBODY },
    { "JSON that names no seller", ANA, '{"sale_id":"s1","resource_name":"dispute"}', JSON, 403, NOBODY },
    { "a test ping of the settings that names no seller", ANA, "sale_id=s1&test=true", FORM, 403, NOBODY },
    { "another seller's ping", { seller_id = "anb" }, SALE, FORM, 403, OTHER },
    { "another seller's ping whose id only begins alike", ANA, SALE .. "bel", FORM, 403, OTHER },
    { "an empty seller_id", ANA, "sale_id=s1&seller_id=", FORM, 403, OTHER },
    { "several seller_ids", ANA, SALE:gsub("seller_id", "seller_id[]"), FORM, 403, OTHER },
    { "JSON of another seller", ANA, '{"sale_id":"s1","seller_id":"Ana"}', JSON, 403, OTHER },
    { "another seller's ping with a custom field of another answer", ANA,
      SALE:gsub("ana", "bob") .. "&custom_fields[seller_id]=mine", FORM, 403, OTHER },
    { "another seller's ping in which another field is the buyer's", ANA,
      SALE:gsub("ana", "bob") .. "&email=x&custom_fields[email]=x", FORM, 403, OTHER },
    { "another seller's subscription, without any field of the buyer", ANA,
      "resource_name=cancellation&subscription_id=u1&seller_id=bob&custom_fields[seller_id]=bob", FORM, 403, OTHER },
  }

  for _, row in ipairs(KEPT_OUT) do
    it(("refuses %s with %d"):format(row[1], row[5]), function()
      local event, status, err, others = gate.body(row[2], row[3], row[4])
      assert.is_nil(event)
      assert.equal(row[5], status)
      assert.is_true(Error.is(err))
      assert.equal(row[6], tostring(err):sub(1, #row[6]))
      assert.equal(row[5] == 403, others ~= nil)
    end)
  end

  it("returns the event from gumroad.webhook.parse", function()
    local bytes = support.fixture "pings/sale_plain.form"
    assert.same(require("gumroad.webhook").parse(bytes, FORM), (gate.body({}, bytes, FORM)))
    assert.equal("sale:s1", select(4, gate.body({ seller_id = "anb" }, SALE, FORM)).key)
  end)
end)
