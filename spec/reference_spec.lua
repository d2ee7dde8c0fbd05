-- The pages that LDoc reads, and the formatting of comments.
local api = require "gumroad.api"
local Error = require "gumroad.base.error"
local schema = require "gumroad.api.schema"
local prose = require "doc.prose"
local reference = require "doc.reference"

local files = reference.files()

describe("The reference", function()
  it("has a page for each resource with each operation and parameter", function()
    for resource, rows in pairs(api) do
      local page = files["resource_" .. resource .. ".lua"]
      for _, row in ipairs(rows) do
        local at = assert(page:find(("@function %s:%s\n"):format(resource, row.name), 1, true), row.name)
        local block = page:sub(at):match("^(.-)\n\n") or page:sub(at)
        for _, param in ipairs(row.params) do
          assert.truthy(block:find(" params." .. param[1] .. " ", 1, true), resource .. "." .. row.name)
        end
      end
    end
  end)

  it("has each object with each field", function()
    for object, fields in pairs(schema) do
      local page = files["objects.lua"]
      local at = assert(page:find("@table " .. object .. "\n", 1, true), object)
      local block = page:sub(at):match("^(.-)\n\n") or page:sub(at)
      for _, field in ipairs(fields) do assert.truthy(block:find(" " .. field[1] .. " ", 1, true), object) end
    end
  end)

  it("has each kind of error and each event", function()
    for _, kind in ipairs(Error.KINDS) do
      assert.truthy(files["error_kinds.lua"]:find("@table " .. kind[1] .. "\n", 1, true), kind[1])
    end
    for name in pairs(require("gumroad.webhook").EVENTS) do
      assert.truthy(files["events.lua"]:find("@table " .. name .. "\n", 1, true), name)
    end
  end)

  it("describes the functions of the core with their comments", function()
    local page = files["core.lua"]
    assert.truthy(page:find("--     form_decode(bytes [, limits]) -> table | nil", 1, true))
    assert.truthy(page:find("Encodes as Gumroad does", 1, true))
    assert.truthy(page:find("@function percent_encode\n", 1, true))
  end)

  it("shows a valid Lua call of each operation", function()
    for _, rows in pairs(api) do
      for _, row in ipairs(rows) do assert((loadstring or load)(reference.example(row))) end
    end
    assert.equal("for sale in shop.sales:each() do print(sale.id) end", reference.example(api.sales.list))
    assert.equal('local custom_field = assert(shop.custom_fields:create(product_id, { name = "..." }))',
      reference.example(api.custom_fields.create))
  end)
end)

describe("The formatter of comments", function()
  it("writes paragraphs, escapes text and marks code", function()
    assert.equal("<p>A &lt;b&gt; &amp; <code>c</code>\n more</p>\n<p> Next.</p>\n",
      prose(" A <b> & `c`\n more\n\n Next.") .. "\n")
  end)

  it("keeps columns and examples", function()
    local out = prose("table:\n   name   a < b\n   other  c")
    assert.truthy(out:find("   name   a &lt; b\n   other  c</pre>", 1, true))
    assert.truthy(prose("See:\n\n   gum:stop()"):find("   gum:stop()</pre>", 1, true))
  end)

  it("takes a continued line for text", function()
    assert.falsy(prose("one\n   `two` three"):find("<pre", 1, true))
  end)

  it("does not change HTML", function()
    assert.equal("<pre>\n<b>local</b> `x`\n</pre>", prose("<pre>\n<b>local</b> `x`\n</pre>"))
  end)
end)
