-- gumroad-lua emulator: drives an emulator from the shell.
local emulator = require "gumroad.emulator"
local background = require "cli.background"
local command = require "cli.support"
local support = require "support"

describe("gumroad-lua emulator", function()
  local gum, shop
  setup(function()
    gum = assert(emulator.start { sales = 5, subscribers = 3, time_scale = 0.001 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)

  local function run(...) return command.run({ "emulator", ... }, { GUMROAD_API_BASE_URL = gum.url }) end

  it("sells, refunds and disputes in the emulator that the environment names", function()
    local sold = run("sell", "--set", "email=lena@example.com", "--set", "quantity=2", "--fields", "id", "--plain")
    local id = assert(sold.out:match("^(%S+)\n$"), sold.err)
    assert.same({ "lena@example.com", 2 }, { shop.sales:get(id).email, shop.sales:get(id).quantity })
    assert.truthy(run("refund", id, "--set", "amount_cents=100").out:find("^refund: sale " .. id:gsub("%p", "%%%0")))
    assert.is_true(shop.sales:get(id).partially_refunded)
    assert.equal(0, run("dispute", id).code)
    assert.equal(0, run("dispute-won", id).code)
    assert.equal(0, run("resend", id).code)
    assert.equal(0, run("settle").code)
  end)

  it("cancels, changes, ends and restarts subscriptions, and advances the clock", function()
    local subscriber
    for product in shop.products:each() do
      subscriber = subscriber or shop.subscribers:list(product.id)[1]
    end
    for _, action in ipairs { "upgrade", "cancel", "restart", "end" } do
      local result = run(action, subscriber.id)
      assert.truthy(result.out:find("^" .. action .. ": subscription "), result.err)
    end
    assert.equal("advance: done\n", run("advance", "60").out)
  end)

  it("says what is wrong, and what refuses or does not run", function()
    for message, words in pairs {
      ["the emulator refused it: no such sale"] = { "refund", "none" }, ["refund: sale_id is missing"] = { "refund" },
      ["unknown action 'sel'"] = { "sel" }, ["a number of seconds expected"] = { "advance", "soon" },
      ["takes no id"] = { "sell", "x" }, ["need an action"] = { "--set", "a=b" },
    } do
      local result = run((table.unpack or unpack)(words))
      assert.truthy(result.code ~= 0 and result.err:find(message, 1, true), result.err)
    end
    local nobody = "127.0.0.1:" .. support.free_port()
    assert.truthy(run("sell", "--url", nobody).err:find("no emulator runs at http://" .. nobody, 1, true))
  end)

  it("never asks another machine", function()
    for _, address in ipairs { "https://api.gumroad.com", "http://127.0.0.1@example.com:80",
      "http://127.0.0.1.example.com" } do
      local result = run("sell", "--url", address)
      assert.equal(2, result.code)
      assert.truthy(result.err:find("is not on this machine", 1, true), result.err)
    end
  end)

  it("says so if something else answers", function()
    local listening = background.start { "listen", "--port", "0" }
    finally(background.stop)
    local here = listening:wait_for "listening on (http://%S+)"
    assert.truthy(run("sell", "--url", here).err:find("is no emulator (HTTP ", 1, true))
  end)
end)
