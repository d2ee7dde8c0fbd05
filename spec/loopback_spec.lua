-- Which hosts are this machine: the core uses it to decide where the token goes, and Lua to decide what is private.
local core = require "gumroad.core"
local ip = require "gumroad.base.ip"
local url = require "gumroad.base.url"

local engine, secret = core.engine(), core.secret("token-of-the-test")

-- Whether the core sends the token to a host over http. Nothing receives it there.
local function token_may_go(host)
  local transfer, code, message = engine:send { method = "GET", base_url = "http://" .. host .. ":1", path = "/",
    secret = secret, timeout = 5 }
  if transfer then
    transfer:close()
    return true
  end
  assert.equal("config", code)
  assert.matches("^the access token is not sent over http to another machine", message)
  return false
end

local HOSTS = {
  ["this machine"] = {
    "localhost", "LOCALHOST", "LocalHost", "localhost.", "LOCALHOST.", "shop.localhost", "a.b.Localhost.", "127.0.0.1",
    "127.0.0.2", "127.255.255.255", "127.1", "127.0.1", "127.65530", "2130706433", "2147483647", "0x7f000001",
    "0X7F.1", "0x7f.0.0.1", "0177.0.0.01", "017700000001", "127.0.0.0x1", "0.0.0.0", "0", "0x0", "00", "[::1]",
    "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]",
    "[0:0:0:0:0:ffff:127.1.2.3]", "[::]", "[::ffff:0.0.0.0]", "%6cocalhost", "%31%32%37.0.0.1", "localhos%74",
  },
  ["another machine"] = {
    "example.com", "localhost.example.com", "127.0.0.1.example.com", "notlocalhost", "my-localhost",
    "localhost.localdomain", "128.0.0.1", "126.255.255.255", "10.0.0.1", "192.168.1.1", "169.254.169.254", "1.1",
    "0.0.0.1", "0x7e.1", "2130706432.1", "2147483648", "128.0.0.1.", "127.0.0.256", "127.0.0.1.1", "0x", "127.0.0.08",
    "[::2]", "[::127.0.0.1]", "[fe80::1]", "[::ffff:10.0.0.1]", "[1::1]", "[64:ff9b::7f00:1]", "[2001:db8::1]",
    "[0:0:0:0:0:fffe:7f00:1]", "localhost-", "127.0.0.1a",
  },
}

describe("The core and url.is_loopback", function()
  for what, hosts in pairs(HOSTS) do
    for _, host in ipairs(hosts) do
      it(("agree that %s is %s"):format(host, what), function()
        local is_own = what == "this machine"
        assert.equal(is_own, url.is_loopback(url.parse("http://" .. host .. ":1/").host))
        assert.equal(is_own, token_may_go(host))
      end)
    end
  end
end)

describe("An IPv6 address", function()
  it("has eight groups, or \"::\" in place of one or more", function()
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, ip.v6 "1:2:3:4:5:6:7:8")
    assert.same({ 1, 2, 3, 0, 5, 6, 7, 8 }, ip.v6 "1:2:3::5:6:7:8")
    assert.same({ 0, 0, 0, 0, 0, 0xFFFF, 0x7F00, 1 }, ip.v6 "::ffff:127.0.0.1")
    for _, text in ipairs { "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "1::2::3",
      "::12345", "::g", "1:2:3:4:5:6:7:127.0.0.1", "::127.0.0.256", "::127.0.0.1:1", "::" .. ("0"):rep(100) } do
      assert.is_nil(ip.v6(text), text)
    end
  end)
end)
