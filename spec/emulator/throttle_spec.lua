local emulator = require "gumroad.emulator"
local support = require "support"
local Throttle = require "gumroad.emulator.http.throttle"

local T = 8 ^ 6 * 100  -- the time windows of all levels begin here

local function request(method, path, more)
  local raw = { method = method, path = path, headers = { authorization = "Bearer a" }, body = "" }
  for name, value in pairs(more or {}) do raw[name] = value end
  return raw
end

-- Returns how many of a number of requests are accepted.
local function passed(throttle, raw, count, time)
  local through = 0
  for _ = 1, count do
    if not throttle:check(raw, time) then through = through + 1 end
  end
  return through
end

describe("The emulator's throttle", function()
  local throttle
  before_each(function() throttle = Throttle.new() end)

  it("refuses like Gumroad: with plain text and without Retry-After", function()
    local raw = request("POST", "/v2/products")
    assert.equal(10, passed(throttle, raw, 10, T))
    assert.same({ status = 429, headers = { ["Content-Type"] = "text/plain" }, body = "Retry later\n" },
      throttle:check(raw, T))
  end)

  it("allows requests again in the next time window", function()
    local raw = request("POST", "/v2/products")
    local window = T - T % 60 + 60
    assert.equal(10, passed(throttle, raw, 11, window + 59))
    assert.equal(10, passed(throttle, raw, 11, window + 60))
  end)

  it("stops steady traffic far below the first limit: 30 a minute become 150 in nine hours", function()
    local through = 0
    for minute = 0, 8 ^ 5 / 60 - 1 do
      through = through + passed(throttle, request("PUT", "/v2/products/a"), 30, T + minute * 60)
    end
    assert.equal(150, through)
  end)

  it("counts products separately, and PATCH together with PUT", function()
    assert.equal(30, passed(throttle, request("PUT", "/v2/products/a"), 31, T))
    assert.equal(30, passed(throttle, request("PUT", "/v2/products/b"), 30, T))
    assert.equal(0, passed(throttle, request("PATCH", "/v2/products/a"), 1, T))
    assert.equal(30, passed(throttle, request("PUT", "/api/v2/products/c.json"), 31, T))
  end)

  it("counts only the late pages of sales", function()
    assert.equal(50, passed(throttle, request("GET", "/v2/sales", { query = "page=10" }), 50, T))
    assert.equal(50, passed(throttle, request("GET", "/v2/sales", { query = "page_key=a" }), 50, T))
    assert.equal(10, passed(throttle, request("GET", "/v2/sales", { query = "page=11" }), 11, T))
    assert.equal(10, passed(throttle, request("GET", "/v2/sales", { query = "page=11" }), 11, T + 1))
  end)

  it("counts the polls of each device separately", function()
    local function poll(code)
      return request("POST", "/oauth/token", { headers = {}, body = "device_code=" .. code
        .. "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code" })
    end
    assert.equal(120, passed(throttle, poll "a", 121, T))
    assert.equal(120, passed(throttle, poll "b", 121, T))
  end)

  it("does not limit reading", function()
    for _, path in ipairs { "/v2/sales", "/v2/products", "/v2/user", "/v2/licenses/verify" } do
      assert.equal(500, passed(throttle, request("GET", path), 500, T))
    end
  end)

  it("is off by default", function()
    local throttled = { [true] = 0, [false] = 0 }
    for on in pairs(throttled) do
      local gum = assert(emulator.start { sales = 0, subscribers = 0, products = 2, throttle = on })
      local shop = support.shop(gum, { retries = 0 })
      for _ = 1, 45 do
        local _, err = shop.products:create { name = "Ink", price = 900 }
        if err and err.kind == "rate_limit" then throttled[on] = throttled[on] + 1 end
      end
      gum:stop()
    end
    assert.equal(0, throttled[false])
    assert.is_true(throttled[true] > 0)
  end)
end)
