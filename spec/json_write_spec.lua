-- core.json_writer and core.csv_writer: tables as JSON and CSV, with fields in a given order.
local core = require "gumroad.core"
local text = require "gumroad.base.text"

local NODES = {
  { { "id" }, { "name" }, { "tags", 2 }, { "card", 3 }, { "counts", 4 } },
  { is_list = true },
  { { "type" }, { "visual" } },
  { element = 3 },
}

describe("core.json_writer", function()
  local write, write_items = core.json_writer(NODES)

  it("writes fields in their order, at every level, and others behind, sorted by their bytes", function()
    assert.equal('{"id":"a","tags":[],"card":{"type":"visa","visual":"4","Z":1,"a":2},"counts":{},"B":true,'
      .. '"b":[1,"x"]}',
      write { b = { 1, "x" }, B = true, counts = {}, tags = {}, id = "a",
        card = { a = 2, Z = 1, visual = "4", type = "visa" } })
    assert.equal('{"counts":{"x":{"type":"t","visual":"v"},"y":{}}}',
      write { counts = { y = {}, x = { visual = "v", type = "t" } } })
    assert.equal('{"2":"b","é":1}', write { [2] = "b", ["é"] = 1 })
    assert.equal('{"id":false}', write { id = false })
  end)

  it("indents if asked, at a level", function()
    assert.equal('{\n  "id": 1,\n  "tags": [],\n  "z": [\n    {}\n  ]\n}',
      write({ id = 1, tags = {}, z = { {} } }, true))
    assert.equal('{\n    "id": 1\n  }', write({ id = 1 }, true, 1))
    assert.equal("{}", write({}, true))
  end)

  it("writes the items of an array behind a line end each, indented if asked", function()
    assert.equal('\n{"id":1},\n{"id":2,"tags":[]},\n"x"', write_items { { id = 1 }, { tags = {}, id = 2 }, "x" })
    assert.equal('\n    {\n      "id": 1\n    },\n    {}', write_items({ { id = 1 }, {} }, true, 2))
    assert.equal("", write_items {})
    assert.has_error(function() write_items "a" end)
  end)

  it("writes whole numbers without a fraction, others exactly, and null for what JSON cannot hold", function()
    assert.equal("[900,-1,4.75,0.1,1e+300,9007199254740991,null,null,null]",
      write { 900, -1, 4.75, 0.1, 1e300, 2 ^ 53 - 1, 1 / 0, 0 / 0, print })
    assert.equal("[1000000000000000,-999999999999999,0,0.5]", write { 1e15, -(1e15 - 1), 0, 0.5 })
    if math.mininteger then assert.equal("[-9223372036854775808]", write { math.mininteger }) end
  end)

  it("escapes what JSON and terminals need, and nothing else", function()
    assert.equal([["\" \\ / \b\t\n\f\r \u0000\u001b\u007f é"]], write "\" \\ / \b\t\n\f\r \0\27\127 é")
  end)

  it("writes U+FFFD for bytes that are not UTF-8, as gumroad.base.text does", function()
    local lead = { "", "a", "\128", "\191", "\194", "\195\169", "\224", "\224\160", "\224\128", "\237\160\128",
      "\237\159\191", "\240\144\128", "\240\159\142\168", "\244\143\191\191", "\244\144\128\128", "\245", "\255",
      "\226\130", "\192\128" }
    for _, a in ipairs(lead) do
      for _, b in ipairs(lead) do
        for _, c in ipairs(lead) do
          assert.equal('"' .. text.utf8(a .. b .. c) .. '"', write(a .. b .. c))
        end
      end
    end
  end)

  it("takes a table for a list if it has an item 1, up to the first gap", function()
    assert.equal("[1,2]", write { 1, 2, nil, 4 })
    assert.equal('{"tags":["a"]}', write { tags = { "a", x = 1 } })
  end)

  it("raises for nesting without an end, and can write afterwards", function()
    local endless = {}
    endless.id = endless
    assert.error_matches(function() write(endless) end, "more than 128 levels")
    assert.equal('{"id":1}', write { id = 1 })
    assert.error_matches(function() write({}, true, -1) end, "level of nesting")
  end)

  it("raises for values that are not nodes", function()
    for _, nodes in ipairs { {}, { 1 }, { { { "a", 2 } } }, { { { "a", 0 } } }, { { element = 9 } }, { { {} } },
      { { "a" } } } do
      assert.is_false((pcall(core.json_writer, nodes)))
    end
  end)
end)

describe("core.csv_writer", function()
  local COLUMNS = { { "id" }, { "card.visual", "card", "visual" }, { "tags", node = 2 }, { "n" } }

  it("writes a line: texts as they are, nested values as JSON, nothing for nil", function()
    local write = core.csv_writer(NODES, COLUMNS)
    assert.equal('a,"4,""2""",[],-1.5\r\n', (write { id = "a", card = { visual = '4,"2"' }, tags = {}, n = -1.5 }))
    assert.equal('"a\nb",dotted,"[""x"",1]",\r\n',
      (write { id = "a\nb", ["card.visual"] = "dotted", tags = { "x", 1 } }))
    assert.equal("caf\233,,,true\r\n", (write { id = "caf\233", card = "no table", n = true }))
    assert.error(function() write(nil) end)
  end)

  it("says whether an item has members without a column", function()
    local write = core.csv_writer(NODES, { { "id" }, { "n" } })
    assert.same({ false, true, true }, { select(2, write { id = 1, n = 2 }), (select(2, write { id = 1, x = 2 })),
      (select(2, write { x = 1 })) })
  end)

  it("keeps a spreadsheet from running texts, but leaves numbers alone", function()
    local write = core.csv_writer(NODES, { { "a" }, { "b" } }, true)
    for _, first in ipairs { "=", "+", "-", "@", "\t" } do
      assert.equal("'" .. first .. "1,-5\r\n", (write { a = first .. "1", b = -5 }))
    end
    assert.equal("\"'=A1,\"\"\",a=b\r\n", (write { a = '=A1,"', b = "a=b" }))
    assert.equal(",\r\n", (write { a = "" }))
  end)
end)
