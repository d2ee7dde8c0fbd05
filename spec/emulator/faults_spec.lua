local cjson = require "cjson"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"

describe("A fault", function()
  local gum

  setup(function() gum = assert(emulator.start { sales = 35, subscribers = 3 }) end)
  teardown(function() gum:stop() end)
  after_each(function() gum:clear_faults() end)

  -- Sends a request on its own connection -> result | nil, code, message, info
  local function get(path, options)
    options = options or {}
    local transfer = assert(core.engine():send {
      method = options.method or "GET", base_url = gum.url, path = path or "/v2/sales",
      headers = { Authorization = "Bearer " .. gum.access_token, Accept = "application/json" },
      timeout = options.timeout, max_size = options.max_size, fresh = true,
    })
    while not transfer:done() do core.engine():step(1) end
    return transfer:result()
  end

  local function order(fault) assert(gum:fault(fault)) end

  local function is_healthy()
    local result = assert(get())
    assert.equal(200, result.status)
    assert.is_true(cjson.decode(result.body).success)
  end

  it("hits one request, and then the shop is healthy again", function()
    order { kind = "status", status = 503 }
    assert.equal(503, get().status)
    is_healthy()
  end)

  it("may be limited to a path, to a method, to a number of requests, after some requests", function()
    order { kind = "status", status = 500, path = "/v2/sales", method = "get", after = 1,
      times = 2 }
    assert.equal(200, get("/v2/products").status)
    assert.equal(200, get("/v2/sales").status)
    assert.equal(500, get("/v2/sales?page=1").status)
    assert.equal(404, get("/v2/sales", { method = "POST" }).status)
    assert.equal(500, get("/v2/sales").status)
    is_healthy()
  end)

  it("may be limited to exactly one path", function()
    order { kind = "status", status = 500, path = "=/v2/sales" }
    assert.equal(200, get("/v2/sales/summary").status)
    assert.equal(500, get("/v2/sales?page=1").status)
    is_healthy()
  end)

  it("may hit every request until it is cleared", function()
    order { kind = "status", status = 500, times = "always" }
    for _ = 1, 5 do assert.equal(500, get().status) end
    gum:clear_faults()
    is_healthy()
  end)

  it("may be a proxy's page, a rate limit, or any response", function()
    order { kind = "status" }
    local result = get()
    assert.equal(502, result.status)
    assert.is_truthy(result.body:find("Bad Gateway", 1, true))
    order { kind = "status", status = 429, headers = { ["Retry-After"] = "3" } }
    result = get()
    assert.equal("Retry later\n", result.body)
    assert.equal("text/plain", result.headers["content-type"])
    assert.equal("3", result.headers["retry-after"])
    order { kind = "status", status = 418, body = "tea" }
    assert.equal("tea", get().body)
  end)

  it("may be a page instead of JSON", function()
    order { kind = "html" }
    local result = get()
    assert.equal(200, result.status)
    assert.equal("text/html", result.headers["content-type"])
  end)

  it("may reset the connection before or during the response", function()
    order { kind = "reset" }
    local result, code = get()
    assert.is_nil(result)
    assert.equal("network", code)
    order { kind = "reset_body", bytes = 100 }
    result, code = get()
    assert.is_nil(result)
    assert.equal("network", code)
    is_healthy()
  end)

  it("may be silence", function()
    order { kind = "stall" }
    local result, code = get(nil, { timeout = 0.05 })
    assert.is_nil(result)
    assert.equal("timeout", code)
    is_healthy()
  end)

  it("may delay the response", function()
    order { kind = "delay", seconds = 0.05 }
    local before = core.now()
    is_healthy()
    assert.is_true(core.now() - before >= 0.05)
  end)

  it("may truncate JSON or replace it with garbage", function()
    order { kind = "truncated" }
    local result = get()
    assert.equal(200, result.status)
    assert.is_false((pcall(cjson.decode, result.body)))
    order { kind = "garbage", bytes = 100 }
    result = get()
    assert.equal(100, #result.body)
    assert.is_false((pcall(cjson.decode, result.body)))
  end)

  it("may be a response of any size", function()
    order { kind = "huge", bytes = 3000000, times = 2 }
    local result = get()
    assert.is_true(#result.body > 3000000)
    assert.is_true(cjson.decode(result.body).success)
    local none, code = get(nil, { max_size = 1000000 })
    assert.is_nil(none)
    assert.equal("too_large", code)
  end)

  it("may be a small response that decompresses to a large one", function()
    order { kind = "gzip_bomb", mebibytes = 16, times = 2 }
    local result = assert(get(nil, { max_size = 17 * 1048576 }))
    assert.equal(16 * 1048576, #result.body)
    assert.is_nil(result.body:find("[^%z]"))
    local none, code = get()
    assert.is_nil(none)
    assert.equal("too_large", code)
  end)

  it("may be a redirect", function()
    order { kind = "redirect", location = "https://elsewhere.example.com/" }
    local result = get()
    assert.equal(302, result.status)
    assert.equal("https://elsewhere.example.com/", result.headers.location)
  end)

  it("may be a list that never ends", function()
    order { kind = "repeat_page_key", times = 5 }
    local first = cjson.decode(get().body)
    for _ = 1, 4 do
      local page = cjson.decode(get("/v2/sales?page_key=" .. first.next_page_key).body)
      assert.equal(first.next_page_key, page.next_page_key)
    end
  end)

  it("may be a wrong content type", function()
    order { kind = "content_type", content_type = "text/html" }
    local result = get()
    assert.equal("text/html", result.headers["content-type"])
    assert.is_true(cjson.decode(result.body).success)
  end)

  it("may be a query that takes too long if it covers more than a number of days", function()
    order { kind = "query_timeout", max_days = 10, times = "always" }
    local day = os.date("!%Y-%m-%d", os.time() - 5 * 86400)
    local function status(query) return get("/v2/sales" .. query).status end
    assert.equal(400, status "")
    assert.equal(200, status("?after=" .. day))
    assert.equal(200, status "?after=2026-01-01&before=2026-01-11")
    assert.equal(400, status "?after=2026-01-01&before=2026-01-12")
    assert.equal(200, status "?after=2026-01-01&page_key=20260110235959000000-5")
    assert.equal(400, status "?after=2026-01-01&page_key=20260111000000000000-5")
    assert.equal(200, status "?before=2011-01-11")
    assert.equal(200, get("/v2/products").status)
    local said = cjson.decode(get().body)
    assert.equal(400, said.status)
    assert.equal("Query timed out. Try narrowing your date range with 'after'/'before' or filtering by product_id.",
      said.error)
    assert.truthy(get("/v2/sales?page=2").body:find("The 'page' parameter is deprecated", 1, true))
  end)

  it("must have a known kind and be complete", function()
    assert.same({ nil, "unknown kind of fault: none" }, { gum:fault { kind = "none" } })
    assert.same({ nil, "redirect needs a location" }, { gum:fault { kind = "redirect" } })
    assert.same({ nil, "mebibytes: 1, 16, 64, 256 or 1024 expected" },
      { gum:fault { kind = "gzip_bomb", mebibytes = 3 } })
  end)
end)
