-- What the emulator removes from pages that sellers write.
local core = require "gumroad.core"
local html = require "gumroad.emulator.shop.html"

describe("The emulator's pages", function()
  local function without_tags(expected, names, count, text)
    local clean, removed, total = html.remove_tags(text)
    assert.same({ expected, names, count }, { clean, removed, total })
  end

  it("lose elements that embed, with their contents", function()
    without_tags("<p>ab</p>", { "iframe" }, 1, "<p>a<iframe src='x'>old <b>browsers</b></IFRAME >b</p>")
    without_tags("ab", { "object", "embed" }, 2, "a<object><embed></object><EMBED src=x>b")
  end)

  it("lose tags that have no counterpart", function()
    without_tags("abc", { "iframe" }, 2, "a</iframe>b<iframe>c")
    without_tags("x", { "base" }, 1, "<base href='//elsewhere'>x")
  end)

  it("keep other tags and other text", function()
    without_tags("<basefont><iframes></iframes>", {}, 0, "<basefont><iframes></iframes>")
    without_tags("a <iframe b", {}, 0, "a <iframe b")
  end)

  it("lose attributes that run scripts", function()
    local clean, removed, total = html.remove_attributes("<p onClick = \"a('x')\" id='p' ONCLICK='b' onload=\"c'd\">")
    assert.same({ "<p id='p'>", { "onclick", "onload" }, 3 }, { clean, removed, total })
  end)

  it("keep attributes without a closing quote", function()
    local text = "<p onclick=\"a' onload='b'>"
    local clean, removed = html.remove_attributes(text)
    assert.same({ "<p onclick=\"a'>", { "onload" } }, { clean, removed })
  end)

  it("are cleaned in linear time", function()
    local begun = core.now()
    for _, part in ipairs { "<iframe>", "<iframe", "</iframe", "<iframe></iframe ", "<embed/>" } do
      html.remove_tags(part:rep(60000))
    end
    for _, part in ipairs { " onx=\"", " on", " onx ", "\n", "='" } do html.remove_attributes(part:rep(60000)) end
    assert.is_true(core.now() - begun < 20)
  end)
end)
