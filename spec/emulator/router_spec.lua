-- Which requests the emulator has a handler for.
local Router = require "gumroad.emulator.http.router"
local Shop = require "gumroad.emulator.shop"
local access = require "gumroad.emulator.http.access"
local api = require "gumroad.api"
local json = require "gumroad.emulator.http.json"
local tables = require "gumroad.base.tables"

local function row(resource, name, path)
  return { resource = resource, name = name, method = "GET", path = path, path_params = {}, params = {},
    scopes = { "view_sales" }, kind = "list", returns = resource }
end

describe("The emulator's router", function()
  local shop

  before_each(function()
    shop = Shop.new { seed = 1, products = 3, sales = 5, subscribers = 0, now = 1790000000 }
    access.grant(shop, "good", "view_sales", "main")
    access.grant(shop, "narrow", "view_public", "main")
  end)

  local function get(router, path, token)
    return router:respond(shop, { method = "GET", path = path, body = "",
      headers = { authorization = "Bearer " .. (token or "good") } })
  end

  local function check_501(name, made)
    assert.equal(501, made.status)
    assert.equal('{"success":false,"message":"The emulator has no handler for ' .. name .. '."}',
      json.encode(made.value))
  end

  it("responds with 501 to an operation without a handler, and only to that one", function()
    local sales = tables.copy(api.sales)
    sales[#sales + 1] = row("sales", "invented", "/sales/invented")
    local router = Router.new(tables.copy(api, { sales = sales }))
    check_501("sales.invented", get(router, "/v2/sales/invented"))
    assert.equal(200, get(router, "/v2/sales").status)
    assert.equal("The sale was not found.", get(router, "/v2/sales/invent").value.message)
  end)

  it("responds with 501 to a resource without handlers, and only to that one", function()
    local router = Router.new(tables.copy(api, { inventions = { row("inventions", "list", "/inventions") } }))
    check_501("inventions.list", get(router, "/v2/inventions"))
    assert.equal(200, get(router, "/v2/sales").status)
    assert.equal(404, get(router, "/v2/invention").status)
  end)

  it("checks the token and its scope before it responds with 501", function()
    local router = Router.new { inventions = { row("inventions", "list", "/inventions") } }
    assert.equal(401, get(router, "/v2/inventions", "unknown").status)
    assert.equal(403, get(router, "/v2/inventions", "narrow").status)
  end)

  it("has a handler for every operation of the API", function()
    local without = {}
    for resource, rows in pairs(api) do
      local handlers = require("gumroad.emulator.handlers." .. resource)
      for _, operation in ipairs(rows) do
        if operation.path and not handlers[operation.name] then
          without[#without + 1] = resource .. "." .. operation.name
        end
      end
    end
    assert.same({}, without)
  end)

  it("does not treat handlers that fail to load as missing", function()
    package.preload["gumroad.emulator.handlers.broken"] = function() error("a mistake in it", 0) end
    finally(function() package.preload["gumroad.emulator.handlers.broken"] = nil end)
    assert.has_error(function() Router.new { broken = { row("broken", "list", "/broken") } } end, "a mistake in it")
  end)
end)
