-- What the command gumroad-lua prints: the formats, terminals, and outputs that fail.
local cjson = require "cjson"
local emulator = require "gumroad.emulator"
local csv = require "gumroad.cli.output.formats.csv"
local formats = require "gumroad.cli.output.formats"
local schema = require "gumroad.api.schema"
local generator = require "doc.unicode"
local width = require "gumroad.cli.output.width"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

describe("What gumroad-lua prints", function()
  local gum, shop, sale, product

  setup(function()
    gum = assert(emulator.start { sales = 1000, subscribers = 3, now = 1790000000 })
    shop = support.shop(gum)
    sale = assert(gum:sell { product_id = "kzqwu", email = "lena@example.com",
      full_name = '=Lena, "Öl"\t\\\n\27[31m\226\128\174' })
    product = assert(shop.products:create { name = "墨の手引き 墨の手引き", price = 1200, price_currency_type = "jpy" })
  end)
  teardown(function() gum:stop() end)

  local function batch(lines) return command.batch(lines, command.to(gum)) end
  local function run(words, more) return command.run(words, command.to(gum, more)) end
  local function on_terminal(words, columns, more) return command.on_terminal(words, command.to(gum, more), columns) end

  describe("as JSON", function()
    it("is one array, with whole numbers, the schema's order, and empty arrays distinct from objects", function()
      local result = run { "products", "list", "--json", "--limit", "11" }
      local list = cjson.decode(result.out)
      assert.equal(11, #list)
      assert.equal(product.id, list[1].id)
      local first = result.out:match("^%[\n({[^\n]*}),\n")
      assert.truthy(first:find('"price":1200,"currency":"jpy","formatted_price":', 1, true), first)
      assert.truthy(first:find('"tags":[],"file_info":{},', 1, true), first)
      assert.truthy(result.out:find("}\n]\n$"))
    end)

    it("is an empty array if there is nothing, and an object for a single object", function()
      local none, one = unpack(batch { { "utm_links", "list", "--json" }, { "sales", "get", sale.id, "--json" } })
      assert.equal("[]\n", none.out)
      assert.equal(sale.full_name, cjson.decode(one.out).full_name)
    end)

    it("has only the chosen fields, with null for absent ones", function()
      local result = run { "sales", "get", sale.id, "--json", "--fields", "card.visual,email,cancelled" }
      assert.equal('{"card.visual":"**** **** **** 4242","email":"lena@example.com","cancelled":null}\n', result.out)
    end)
  end)

  -- The position of the last quotation mark of the quoted cell that begins at a position.
  local function closing(text, at)
    repeat
      at = text:find('"', at + 1, true)
      local doubled = text:sub(at + 1, at + 1) == '"'
      if doubled then at = at + 1 end
    until not doubled
    return at
  end

  -- Parses CSV as in RFC 4180. Returns the rows.
  local function parse_csv(text)
    local rows, row, at = {}, {}, 1
    while at <= #text do
      local quoted = text:sub(at, at) == '"'
      local last = quoted and closing(text, at) or text:find("[,\r]", at) - 1
      row[#row + 1] = quoted and text:sub(at + 1, last - 1):gsub('""', '"') or text:sub(at, last)
      local mark = assert(text:match("^,", last + 1) or text:match("^\r\n", last + 1), "neither comma nor CR LF")
      if mark ~= "," then rows[#rows + 1], row = row, {} end
      at = last + 1 + #mark
    end
    return rows
  end

  describe("as CSV", function()
    it("has a header with the schema's fields, and every value unchanged", function()
      local rows = parse_csv(run({ "sales", "list", "--csv", "--limit", "12" }).out)
      assert.equal(13, #rows)
      local at = {}
      for i, field in ipairs(schema.sale) do
        assert.equal(field[1], rows[1][i])
        at[field[1]] = i
      end
      for _, row in ipairs(rows) do assert.equal(#schema.sale, #row) end
      assert.same({ sale.id, sale.full_name, tostring(sale.price), '{"visual":"**** **** **** 4242","type":"visa"}' },
        { rows[2][at.id], rows[2][at.full_name], rows[2][at.price], rows[2][at.card] })
    end)

    it("has only the chosen fields, and a header even if there is nothing", function()
      local one, none = unpack(batch { { "sales", "get", sale.id, "--csv", "--fields", "card.type,id" },
        { "utm_links", "list", "--csv", "--fields", "id,title" } })
      assert.equal("card.type,id\r\nvisa," .. sale.id .. "\r\n", one.out)
      assert.equal("id,title\r\n", none.out)
    end)

    for _, mark in ipairs { ",", '"', "\r", "\n", "\r\n", "a\rb\rc" } do
      it(("quotes a cell that contains %q, and reads back unchanged"):format(mark), function()
        local written = {}
        local list = csv.list { object = schema.thumbnail, write = function(text) written[#written + 1] = text end }
        for _, cell in ipairs { mark, "x" .. mark, mark .. "x" } do list:page { { url = cell, guid = "g" } } end
        list:finish()
        local text, quoted = table.concat(written), mark:gsub('"', '""')
        assert.equal(('url,guid\r\n"%s",g\r\n"x%s",g\r\n"%sx",g\r\n'):format(quoted, quoted, quoted), text)
        assert.same({ mark, "x" .. mark, mark .. "x" }, { parse_csv(text)[2][1], parse_csv(text)[3][1],
          parse_csv(text)[4][1] })
      end)
    end

    it("says which fields of a list have no column", function()
      local written, told = {}, nil
      local list = csv.list { object = schema.thumbnail, write = function(text) written[#written + 1] = text end,
        note = function(format, ...) told = format:format(...) end }
      list:page { { url = "u", guid = "g", new_b = 1 }, { url = "u", new_a = 2 } }
      list:finish()
      assert.equal("url,guid\r\nu,g\r\nu,\r\n", table.concat(written))
      assert.equal("these fields are not in the CSV: new_a, new_b", told)
    end)
  end)

  describe("as plain lines", function()
    it("has tabs between the fields, escapes within them, and no header", function()
      local plain, default = unpack(batch { { "sales", "list", "--plain", "--limit", "1", "--fields",
        "email,full_name,price" }, { "sales", "list", "--limit", "1", "--fields", "email,full_name,price" } })
      assert.equal("lena@example.com\t=Lena, \"Öl\"\\t\\\\\\n\\x1b[31m\226\128\174\t" .. sale.price .. "\n", plain.out)
      assert.equal(plain.out, default.out)
    end)
  end)

  it("has one format at a time, each with a flag in the help, or only JSON if nothing else is possible", function()
    local help = command.batch { { "sales", "list", "--help" } }[1].out
    local flagged = formats.with_flag()
    for i, format in ipairs(flagged) do
      local flag, next_one = "--" .. format.name, flagged[i % #flagged + 1]
      assert.truthy(help:find("\n   " .. flag .. " ", 1, true), flag)
      local both, by_api, by_listen = unpack(batch { { "user", "get", flag, "--" .. next_one.name },
        { "api", "GET", "user", flag }, { "listen", "--path", "x", flag } })
      assert.equal(2, both.code)
      assert.truthy(both.err:find("can not be used together", 1, true), both.err)
      assert.equal(format.name == "json" and 0 or 2, by_api.code, by_api.err)
      local wants = format.name == "json" and "a path that begins with / expected" or "events can only be printed"
      assert.truthy(by_listen.err:find(wants, 1, true), by_listen.err)
    end
  end)

  it("is a line for each field of an object, in the schema's order, and money in its currency", function()
    local of_sale, of_product, deleted = unpack(batch { { "sales", "get", sale.id }, { "products", "get", product.id },
      { "products", "delete", product.id, "--yes" } })
    assert.truthy(of_sale.out:find("^id: " .. sale.id:gsub("%p", "%%%0") .. "\nemail: lena@example%.com\n"))
    assert.truthy(of_sale.out:find("\nprice: 19.00 USD\ngumroad_fee: ", 1, true), of_sale.out)
    assert.truthy(of_sale.out:find('full_name: =Lena, "Öl"\\t\\\\n\\x1b[31m\\u{202e}\n', 1, true), of_sale.out)
    assert.truthy(of_product.out:find("\nprice: 1200 JPY\n", 1, true))
    assert.truthy(deleted.out:find("^[^\n]*deleted[^\n]*\n$"), deleted.out)
  end)

  it("is the bytes of a file, but not on a terminal #pty", function()
    local words = { "tax_forms", "download", "2025", "us_1099_k" }
    assert.equal(assert(shop.tax_forms:download("2025", "us_1099_k")), run(words).out)
    local shown = on_terminal(words, 80)
    assert.truthy(shown.out:find("the result is a file: redirect the output with > FILE", 1, true), shown.out)
  end)

  describe("on a terminal #pty", function()
    local function lines_of(text)
      local lines = {}
      for line in text:gsub("\27%[[%d;]*%a", ""):gmatch("([^\n]*)\n") do
        if not line:find("^gumroad%-lua: ") then lines[#lines + 1] = line end
      end
      return lines
    end

    it("is a table that fits, whatever the width #slow", function()
      for _, columns in ipairs { 20, 60, 100, 250 } do
        local lines = lines_of(on_terminal({ "sales", "list", "--limit", "40" }, columns).out)
        assert.equal(41, #lines)
        assert.truthy(lines[1]:find("^id"))
        for _, line in ipairs(lines) do assert.truthy(width.of(line) <= columns, columns .. ": " .. line) end
      end
    end)

    it("is a table that truncates ids first, then texts, with aligned columns", function()
      local wide = lines_of(on_terminal({ "sales", "list", "--limit", "9", "--fields", "id,email" }, 55).out)
      assert.falsy(table.concat(wide, "\n"):find("@[^\n]*\226\128\166"))
      local words = { "sales", "list", "--limit", "40", "--fields", "id,product_name,price" }
      local lines = lines_of(on_terminal(words, 36).out)
      local price
      for i, line in ipairs(lines) do
        local front = line:match("^(.-%S) *$")
        price = price or width.of(front)
        assert.equal(price, width.of(front), line)
        if i > 1 then assert.equal(8, width.of((line:match("^%S+")))) end
      end
      assert.truthy(table.concat(lines):find("\226\128\166", 1, true))
    end)

    it("is a table that never cuts an amount or a time, though later pages have wider ones", function()
      local few = assert(emulator.start { sales = 30, subscribers = 0 })
      finally(function() few:stop() end)
      local shop_of_few = support.shop(few)
      local dear = assert(few:sell { quantity = 5000 })
      for _ = 1, 12 do few:sell {} end
      local words = { "sales", "list", "--limit", "20", "--fields", "id,price,created_at" }
      local shown = command.on_terminal(words, command.to(few), 40).out
      assert.truthy(shown:find(("%.2f"):format(assert(shop_of_few.sales:get(dear.id)).price / 100) .. " USD", 1, true),
        shown)
    end)

    it("has colors, but not with NO_COLOR or on a dumb terminal, and nowhere else #slow", function()
      local words = { "user", "get" }
      assert.truthy(on_terminal(words, 80).out:find("\27[1m", 1, true))
      assert.falsy(on_terminal(words, 80, { NO_COLOR = "1" }).out:find("\27", 1, true))
      assert.falsy(on_terminal(words, 80, { TERM = "dumb" }).out:find("\27", 1, true))
      assert.falsy(run(words).out:find("\27", 1, true))
    end)

    it("contains no control sequences from outside", function()
      local shown = on_terminal({ "sales", "list", "--limit", "1", "--fields", "full_name,email" }, 100,
        { NO_COLOR = "1" }).out
      assert.truthy(shown:find('=Lena, "Öl"\\t\\\\n\\x1b[31m\\u{202e}  lena@example.com', 1, true), shown)
      assert.falsy(shown:find("[\27\t]"))
    end)

    it("says that a list is empty, and shows the progress of a long one", function()
      assert.equal("gumroad-lua: the list is empty\n", on_terminal({ "utm_links", "list" }, 80).out)
      local line = command.line({ "sales", "list", "--csv", "--limit", "20" }, command.to(gum)) .. " >/dev/null"
      local shown = command.shell("script -qec " .. support.quote(line) .. " /dev/null").out
      assert.truthy(shown:find("10 sales\27[K\r20 sales\27[K\r\27[K\r", 1, true), shown)
    end)
  end)

  it("ends silently if nobody reads it any more", function()
    for _, format in ipairs { "--csv", "--json" } do
      local line = command.line({ "sales", "list", format }, command.to(gum))
      local result = command.shell(line .. " | head -n 1")
      assert.same({ "", 0 }, { result.err, result.code })
      assert.equal(1, select(2, result.out:gsub("\n", "")))
    end
  end)

  it("is an error if it cannot be written", function()
    for _, words in ipairs { { "sales", "list", "--csv" }, { "user", "get" }, { "--help" } } do
      local result = command.shell(command.line(words, command.to(gum)) .. " >/dev/full")
      assert.equal(1, result.code)
      assert.equal("gumroad-lua: cannot write the output: No space left on device\n", result.err)
    end
  end)

  it("is an error if it was lost before the end: the output of a script, the findings of doctor", function()
    for _, line in ipairs { "echo 'print(1)' | " .. command.line({ "run", "-" }, command.to(gum)),
      command.line({ "doctor", "--port", "0" }, command.to(gum)) } do
      local result = command.shell(line .. " >/dev/full")
      assert.equal(1, result.code)
      assert.truthy(result.err:find("gumroad%-lua: cannot write the output[^\n]*\n$"), result.err)
    end
  end)

  it("comes before later messages", function()
    local result = command.shell(command.line({ "doctor" }, command.to(gum)) .. " 2>&1")
    assert.truthy(result.out:find("\ngumroad%-lua: [^\n]*problem[^\n]*\n$"), result.out)
  end)
end)

describe("The width of a text", function()
  it("counts columns, not bytes", function()
    for text, columns in pairs { [""] = 0, ["Ink"] = 3, ["Öl"] = 2, ["墨の"] = 4, ["e\204\129"] = 1, ["🎨"] = 2 } do
      assert.equal(columns, width.of(text), text)
    end
  end)

  it("is cut between characters, with an ellipsis", function()
    assert.equal("Öl", width.cut("Öl", 2))
    assert.equal("Ö…", width.cut("Öle", 2))
    assert.equal("墨…", width.cut("墨の手", 4))
    assert.equal("…", width.cut("墨の手", 2))
    assert.equal("", width.cut("ab", 0))
  end)

  it("is that of Unicode's data: combining marks, wide characters, emoji", function()
    for text, columns in pairs {
      ["🟢"] = 2, ["🖥"] = 1, ["🖥️"] = 2, ["❤"] = 1, ["❤️"] = 2, ["1️⃣"] = 2, ["👍"] = 2, ["👍🏽"] = 2, ["🏽"] = 2,
      ["☝🏽"] = 2, ["🇩🇪"] = 2, ["🇩🇪🇯🇵"] = 4, ["🇩🇩🇩"] = 3, ["👨‍👩‍👧‍👦"] = 2, ["👩🏽‍🤝‍👨🏻"] = 2, ["🏳️‍🌈"] = 2,
      ["🏴󠁧󠁢󠁥󠁮󠁧󠁿"] = 2, ["👨👩"] = 4, ["a\226\128\141🟢"] = 3, ["한글"] = 4, ["ᄒ\225\133\161\225\134\171"] = 2,
      ["ｱ"] = 1, ["Ａ"] = 2, ["ไม้"] = 2, ["שָׁלוֹם"] = 4, ["a\226\128\139b"] = 2, ["x\194\173y"] = 3,
      ["\240\170\155\159"] = 2, ["e\204\129\204\163e"] = 2, ["\204\129"] = 0,
    } do
      assert.equal(columns, width.of(text), text)
      assert.equal(columns + 2, width.of("x" .. text .. "y"), text)
    end
  end)

  it("is cut between cells, whose length is bounded however many marks there are", function()
    assert.equal("👨‍👩‍👧‍👦…", width.cut("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3))
    assert.equal("e\204\129…", width.cut(("e\204\129"):rep(3), 2))
    assert.truthy(#width.cut("e" .. ("\204\129"):rep(1e6), 10) < 1000)
  end)

  it("is generated from unicode-data, whose version it names", function()
    local path = "lua/gumroad/cli/output/unicode.lua"
    local made = command.read(path)
    local version = assert(generator.version_of(made), "no version in " .. path)
    if support.output("dpkg-query -W -f '${Version}' unicode-data 2>/dev/null") ~= version then
      return pending("unicode-data " .. version .. " is not installed")
    end
    local is_equal = generator.text("/usr/share/unicode", version) == made
    assert.is_true(is_equal, path .. " is not up to date: run `make unicode`")
  end)
end)
