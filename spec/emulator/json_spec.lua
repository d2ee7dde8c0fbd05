-- JSON as Gumroad's server writes it.
local json = require "gumroad.emulator.http.json"

describe("The emulator's JSON", function()
  for text, written in pairs {
    ["plain text"] = "plain text", [""] = "", ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "/", ["\127"] = "\127",
    ["\b\t\n\f\r"] = "\\b\\t\\n\\f\\r", ["\0"] = "\\u0000", ["\31"] = "\\u001f",
    ["&"] = "\\u0026", ["<"] = "\\u003c", [">"] = "\\u003e",
    ["é"] = "é", ["\226\128\168\226\128\169"] = "\\u2028\\u2029", ["…"] = "…", ["a\255b"] = "a\239\191\189b",
  } do
    local shown = text:gsub("[^ -~]", function(byte) return ("\\x%02X"):format(byte:byte()) end)
    it("writes the text '" .. shown .. "' as Rails does", function()
      assert.equal('"' .. written .. '"', json.encode(text))
      assert.equal('["' .. written .. '"]', json.encode { text })
      assert.equal('{"' .. written .. '":1}', json.encode(json.dict(text, 1)))
      assert.equal('{"' .. written .. '":1}', json.encode(json.shape { text } { [text] = 1 }))
    end)
  end

  it("writes the members of a shape in its order, without those that are nil", function()
    local Shape = json.shape { "b", "a", "c" }
    assert.equal('{"b":1,"a":2,"c":3}', json.encode(Shape { a = 2, b = 1, c = 3 }))
    assert.equal('{"a":null,"c":false}', json.encode(Shape { a = json.null, c = false, d = 4 }))
    assert.equal("{}", json.encode(Shape {}))
  end)

  it("tells an empty list from an empty object, at any depth", function()
    assert.equal('{"x":{},"y":[],"z":[{},[]]}',
      json.encode(json.dict("x", json.dict(), "y", {}, "z", { json.dict(), {} })))
  end)
end)
