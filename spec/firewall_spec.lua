-- Responses of something between the program and Gumroad: a firewall, a proxy, a login page.
local emulator = require "gumroad.emulator"
local command = require "cli.support"
local support = require "support"

describe("A response that is not Gumroad's", function()
  local gum

  setup(function() gum = assert(emulator.start { sales = 0, products = 0 }) end)
  teardown(function() gum:stop() end)
  before_each(function() gum:clear_faults() end)

  -- The error of a call, whose shop has a connection.
  local function failure(fault)
    assert(gum:fault(fault))
    local shop = support.shop(gum, { connection = { name = "ink", scope = "view_sales" }, retries = 3 })
    local value, err = shop.sales:list()
    assert.is_nil(value)
    return err
  end

  local CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>" .. ("x"):rep(5000)

  for _, status in ipairs { 400, 401, 403, 404, 405, 422 } do
    it("is recognized with status " .. status .. ", and the error does not say to log in again", function()
      local err = failure { kind = "status", status = status, body = CHALLENGE,
        headers = { ["Content-Type"] = "text/html" } }
      assert.same({ "decode", status, 1, false }, { err.kind, err.status, err.attempts, err.retryable })
      local words = 'the response is not from Gumroad, but a page titled "Just a moment..." (text/html, %d bytes) from '
      assert.equal(1, err.message:find(words:format(#CHALLENGE), 1, true), err.message)
      assert.falsy(err.message:find("gumroad-lua login", 1, true) or err.message:find("GUMROAD_ACCESS_TOKEN", 1, true))
    end)
  end

  it("may also be plain text or a page without a title", function()
    for _, body in ipairs { "default backend - 404\n", "<html></html>" } do
      local err = failure { kind = "status", status = 404, body = body, headers = { ["Content-Type"] = "text/plain" } }
      local words = "but a page (text/plain, %d bytes) from a firewall"
      assert.truthy(err.message:find(words:format(#body), 1, true), err.message)
    end
  end)

  for status, kind in pairs { [401] = "auth", [403] = "scope", [404] = "not_found", [400] = "invalid" } do
    it("is not assumed for status " .. status .. " if the body is empty, as in Gumroad's own responses", function()
      for _, body in ipairs { "", " \r\n" } do
        assert.equal(kind, failure({ kind = "status", status = status, body = body }).kind)
      end
    end)
  end

  it("says nothing about a license key", function()
    gum:fault { kind = "status", status = 404, body = CHALLENGE }
    local result = assert(support.shop(gum, { retries = 0 }).licenses:check { product_id = "x", license_key = "y" })
    assert.equal("unreachable", result.status)
    assert.truthy(result.message:find("Just a moment", 1, true))
  end)

  it("ends the command with the exit code for no usable response", function()
    gum:fault { kind = "status", status = 403, body = CHALLENGE }
    local result = command.run({ "user", "get" }, command.to(gum))
    assert.equal(6, result.code)
    assert.truthy(result.err:find('a page titled "Just a moment..."', 1, true), result.err)
  end)
end)
