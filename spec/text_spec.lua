-- Text from outside: as UTF-8, and as printable text.
local text = require "gumroad.base.text"

local U_FFFD = "\239\191\189"

describe("Text as UTF-8", function()
  it("is unchanged if it is UTF-8", function()
    for _, valid in ipairs { "", "ink", "a\0b\n", "Größe", "墨の手引き", "🎨", "\194\128", "\223\191", "\224\160\128",
      "\237\159\191", "\238\128\128", "\239\191\191", "\240\144\128\128", "\244\143\191\191" } do
      assert.equal(valid, text.utf8(valid))
    end
  end)

  -- As Unicode recommends and Python's errors="replace" does.
  for bytes, marks in pairs {
    ["caf\233"] = "caf?", ["\128"] = "?", ["\191\191"] = "??", ["\192\128"] = "??", ["\193\191"] = "??",
    ["\194"] = "?", ["\194a"] = "?a", ["\194\194\162"] = "?\194\162", ["\224\128\128"] = "???", ["\226\130"] = "?",
    ["\226\130b\226\130"] = "?b?", ["\226\130\172\172"] = "\226\130\172?", ["\237\160\128"] = "???",
    ["\240\128\128\128"] = "????",
    ["\240\159\142"] = "?", ["\240\159\142\168\168"] = "🎨?", ["\240\159\142a"] = "?a",
    ["\244\144\128\128"] = "????", ["\245\128\128\128"] = "????", ["\248\136\128\128\128"] = "?????",
    ["\255\254"] = "??",
  } do
    it(("has U+FFFD instead of what is not UTF-8: %q"):format(bytes), function()
      assert.equal((marks:gsub("?", U_FFFD)), text.utf8(bytes))
    end)
  end

  it("is read character by character", function()
    local all, at, codes = "aß€🎨", 1, {}
    while at <= #all do codes[#codes + 1], at = text.character(all, at) end
    assert.same({ 0x61, 0xDF, 0x20AC, 0x1F3A8 }, codes)
  end)
end)

describe("Text that is safe on a terminal", function()
  it("shows control sequences and has U+FFFD for bytes that are not UTF-8", function()
    assert.equal("a\\x1b[1m\\n\\t\\r\\x00\\x7f", text.safe("a\27[1m\n\t\r\0\127"))
    assert.equal("\\u{80}\\u{9b}\\u{61c}\\u{200e}\\u{202e}\\u{2028}\\u{2066}\\u{2069}", text.safe(
      "\194\128\194\155\216\156\226\128\142\226\128\174\226\128\168\226\129\166\226\129\169"))
    assert.equal("Größe 墨 🎨\194\160\226\128\141", text.safe("Größe 墨 🎨\194\160\226\128\141"))
    for _, bytes in ipairs { "\255", "\192\128", "\128", "\226\130", "\248\136\128\128" } do
      assert.truthy(text.safe("a" .. bytes .. "b"):find("^a[\239\191\189]+b$"), bytes)
    end
    assert.equal("\\u{9b}" .. U_FFFD, text.safe("\194\155\155"))
  end)
end)

describe("A printable line", function()
  it("has spaces instead of white space, and no control characters", function()
    assert.equal("a b  c d \\x1b]0;x\\x07\\x00", text.printable("a\nb\r\nc\td\11\27]0;x\7\0"))
    assert.equal("Größe", text.printable("Größe"))
    assert.equal("nil", text.printable(nil))
    assert.equal("12", text.printable(12))
  end)

  it("has a limited length, and dots at its end if it was cut, between characters", function()
    assert.equal("0123456789", text.printable("0123456789", 10))
    assert.equal("0123456...", text.printable("0123456789a", 10))
    assert.equal("üüü...", text.printable(("ü"):rep(6), 10))
    assert.equal("🎨...", text.printable(("🎨"):rep(3), 10))
    assert.equal("\\x00\\x0...", text.printable("\0\0\0", 10))
    assert.equal("\\x00\\x00", text.printable("\0\0", 10))
    assert.equal(text.MOST, #text.printable(("x"):rep(1e6)))
  end)

  for most = 4, 12 do
    it(("of at most %d bytes is not longer, and is UTF-8"):format(most), function()
      for _, bytes in ipairs { ("é"):rep(20), ("€"):rep(20), ("🎨"):rep(20), ("\255"):rep(20), ("\1"):rep(20),
        "a" .. ("🎨"):rep(20), "ab" .. ("€"):rep(20), ("\194\155"):rep(20), ("\226\130"):rep(20) } do
        local line = text.printable(bytes, most)
        assert.is_true(#line <= most, line)
        assert.equal(line, text.utf8(line))
        assert.truthy(line:find("%.%.%.$"))
      end
    end)
  end

  it("does not change when it is made printable again", function()
    for _, bytes in ipairs { "a\nb\27\255\226\128\174", ("é\0"):rep(1000) } do
      local line = text.printable(bytes, 100)
      assert.equal(line, text.printable(line, 100))
    end
  end)
end)

describe("Text trimmed", function()
  for name, blank in pairs { blank = " ", tab = "\t", LF = "\n", ["CR LF"] = "\r\n", NUL = "\0", DEL = "\127",
    NEL = "\194\133", NBSP = "\194\160", ["soft hyphen"] = "\194\173", ["em space"] = "\226\128\131",
    ["zero-width space"] = "\226\128\139", ["zero-width joiner"] = "\226\128\141",
    ["right-to-left mark"] = "\226\128\143",
    ["line separator"] = "\226\128\168", ["word joiner"] = "\226\129\160", ["ideographic space"] = "\227\128\128",
    ["byte order mark"] = "\239\187\191" } do
    it("has no " .. name .. " around it, and everything between", function()
      assert.equal("a" .. blank .. "b", text.trimmed(blank .. blank .. "a" .. blank .. "b" .. blank .. " " .. blank))
      assert.equal("", text.trimmed(blank:rep(5)))
    end)
  end

  it("keeps visible text and bytes that are not UTF-8", function()
    for _, kept in ipairs { "", "a", "ä", "墨", "🎨", "\160", "\255\160", "\194", "a\194", "\226\128", "\160\160",
      "x\226\128\139\139", "e\204\129" } do
      assert.equal(kept, text.trimmed(" " .. kept .. "\n"))
    end
  end)
end)
