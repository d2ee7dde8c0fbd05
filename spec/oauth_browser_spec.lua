-- The flows of OAuth in a real browser.
local emulator = require "gumroad.emulator"
local oauth = require "gumroad.oauth"
local Browser = require "webdriver"

local CLIENT = "emulated-application"

describe("In a browser, a user #browser", function()
  local gum, browser
  setup(function()
    gum = assert(emulator.start { sales = 0, products = 1, time_scale = 0.001 })
    browser = Browser.start()
  end)
  teardown(function()
    if browser then browser:stop() end
    gum:stop()
  end)

  -- Logs in while the user presses a button, up to a page -> what login returned, the page's address
  local function log_in(decision, title)
    local finish
    local tokens, err = oauth.login { client_id = CLIENT, base_url = gum.url, scopes = { "view_sales" },
      open = function(url)
        browser:open(url)
        finish = browser:click('button[value="' .. decision .. '"]')
      end }
    finish()
    return tokens, err, browser:reach(title)
  end

  it("authorizes a program on the same machine", function()
    local tokens, err, address = log_in("authorize", "Connected")
    assert.is_nil(err)
    assert.equal("view_sales", tokens.scope)
    assert.truthy(address:find("^http://127%.0%.0%.1:%d+/callback%?code="))
  end)

  it("denies it", function()
    local tokens, err = log_in("deny", "Not connected")
    assert.is_nil(tokens)
    assert.equal("access_denied", err.code)
  end)

  it("types the code of a device", function()
    local device = assert(oauth.device { client_id = CLIENT, base_url = gum.url, scopes = "view_sales" })
    browser:open(device.verification_uri)
    browser:type("input[name=user_code]", device.user_code:lower():gsub("-", " "))
    browser:click("button")()
    browser:click('button[value="authorize"]')()
    browser:reach("Connected")
    local tokens = assert(oauth.wait { client_id = CLIENT, base_url = gum.url, device = device })
    assert.equal("view_sales", tokens.scope)
  end)

  it("sees what is wrong and is not redirected", function()
    browser:open(gum.url .. "/oauth/authorize?client_id=nobody")
    local address, title = browser:where()
    assert.truthy(address:find(gum.url, 1, true))
    assert.equal("An error has occurred", title)
  end)
end)
