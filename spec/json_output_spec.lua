-- All JSON that is written is UTF-8, whatever bytes come from outside.
local cjson = require "cjson"
local connections = require "gumroad.connections"
local emulator = require "gumroad.emulator"
local json = require "gumroad.base.json"
local emulated = require "gumroad.emulator.http.json"
local output = require "gumroad.cli.output.json"
local text = require "gumroad.base.text"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"

local LATIN1, SHOWN = "caf\233", "caf\239\191\189"

describe("JSON that is written has U+FFFD for bytes that are not UTF-8", function()
  it("from each encoder, even in keys", function()
    local function emulate(value) return emulated.encode(emulated.of(value)) end
    for name, encode in pairs { base = json.encode, emulator = emulate, command = output.encode } do
      assert.equal(('{"%s":"%s"}'):format(SHOWN, SHOWN), encode { [LATIN1] = LATIN1 }, name)
      assert.equal('["墨の手引き 🎨"]', encode { "墨の手引き 🎨" }, name)
    end
  end)

  it("in the file of connections", function()
    local home, remove = support.folder()
    finally(remove)
    support.with_environment({ XDG_CONFIG_HOME = home }, function()
      assert(connections.save("ink", { access_token = "t", seller_name = LATIN1 }))
      assert.equal(SHOWN, assert(connections.get "ink").seller_name)
    end)
    local bytes = command.read(home .. "/gumroad-lua/connections.json")
    assert.equal(text.utf8(bytes), bytes)
  end)

  describe("with an emulator", function()
    local gum, shop

    setup(function()
      gum = assert(emulator.start { sales = 3, products = 2, subscribers = 0 })
      shop = support.shop(gum)
    end)
    teardown(function() gum:stop() end)
    after_each(background.stop)

    it("in the parameters of a request", function()
      local sent
      local watched = support.shop(gum, { on_request = function(request) sent = request.body end })
      watched.products:update("kzqwu", { name = LATIN1, rich_content = { { title = LATIN1 } } })
      assert.equal(text.utf8(sent), sent)
      assert.equal(SHOWN, cjson.decode(sent).name)
    end)

    it("in the output of the command and the emulator's responses", function()
      local made = assert(shop.products:create { name = LATIN1, price = 100 })  -- a form, which may contain any bytes
      assert.equal(SHOWN, made.name)
      local got = command.run({ "products", "get", made.id, "--json", "--fields", "name" }, command.to(gum))
      assert.equal(('{"name":"%s"}\n'):format(SHOWN), got.out)
    end)

    it("in the events of listen --json #slow", function()
      local process = background.start { "listen", "--port", "0", "--json", "--count", "1" }
      local url = process:wait_for("listening on (http://[%w.:]+)")
      command.shell(("curl -s --data 'sale_id=a&product_name=caf%%E9' %s"):format(url))
      assert.equal(SHOWN, cjson.decode(process:finish().out).data.product_name)
    end)
  end)
end)
