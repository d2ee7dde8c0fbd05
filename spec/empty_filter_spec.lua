-- Gumroad ignores empty parameters of a query, so a list filtered by "" would contain everything.
local api = require "gumroad.api"
local emulator = require "gumroad.emulator"
local command = require "cli.support"
local support = require "support"

local unpack = table.unpack or unpack

-- { row of the operation, parameter } for every string in a query.
local FILTERS = {}
for _, rows in pairs(api) do
  for _, row in ipairs(rows) do
    for _, param in ipairs(row.in_query and row.params or {}) do
      if param[2] == "string" then FILTERS[#FILTERS + 1] = { row, param[1] } end
    end
  end
end
table.sort(FILTERS, function(a, b) return a[1].resource .. a[1].name .. a[2] < b[1].resource .. b[1].name .. b[2] end)

describe("An empty filter", function()
  local gum, shop

  setup(function()
    gum = assert(emulator.start { sales = 3, products = 2, subscribers = 0 })
    shop = support.shop(gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function() gum:reset_stats() end)

  it("is possible in these places, which include all those where Gumroad is known to ignore it", function()
    local there = {}
    for _, filter in ipairs(FILTERS) do
      there[("%s.%s %s"):format(filter[1].resource, filter[1].name, filter[2])] = true
    end
    for _, name in ipairs { "sales.list email", "sales.list product_id", "sales.list page_key",
      "products.list page_key", "subscribers.list email", "subscribers.list page_key",
      "sales.summary group_by", "emails.list type" } do
      assert.is_true(there[name], name)
    end
  end)

  for _, filter in ipairs(FILTERS) do
    local row, name = filter[1], filter[2]
    for _, method in ipairs(row.is_list and { "list", "each", "pages" } or { row.name }) do
      it(("is refused by %s:%s, as %s"):format(row.resource, method, name), function()
        local arguments = {}
        for i in ipairs(row.path_params) do arguments[i] = "x" end
        for _, value in ipairs { "", " ", "\194\160", "\226\128\139 " } do
          arguments[#row.path_params + 1] = { [name] = value }
          local ok, raised = pcall(function() shop[row.resource][method](shop[row.resource], unpack(arguments)) end)
          assert.is_false(ok)
          assert.truthy(raised:find("^spec/empty_filter_spec%.lua:%d+: " .. row.resource .. "%." .. method
            .. ": parameter '" .. name .. "' is empty, and Gumroad ignores an empty parameter"), raised)
        end
        assert.same({}, support.requests(gum))
      end)
    end
  end

  it("is refused even where a number or a date is expected", function()
    for _, filter in ipairs { { order_id = "" }, { page = "" }, { after = "" }, { before = "" } } do
      assert.has_error(function() shop.sales:list(filter) end)
    end
    for _, filter in ipairs { { from = "" }, { to = "" } } do
      assert.has_error(function() shop.sales:summary(filter) end)
    end
    assert.same({}, support.requests(gum))
  end)

  it("is refused by the command, which names the option", function()
    local lines = { { "sales", "list", "--email", "" }, { "sales", "list", "--page-key", "" },
      { "sales", "summary", "--group-by", "" }, { "emails", "list", "--type", " " } }
    for i, result in ipairs(command.batch(lines, command.to(gum))) do
      assert.equal(2, result.code)
      assert.truthy(result.err:find(("option '%s' is empty"):format(lines[i][3]), 1, true), result.err)
    end
    assert.same({}, support.requests(gum))
  end)

  it("in a license check counts as a missing product", function()
    for _, given in ipairs { { product_id = "" }, { product_id = " ", product_permalink = "" } } do
      given.license_key = "A-B"
      assert.has_error(function() shop.licenses:check(given) end)
    end
    assert.same({}, support.requests(gum))
  end)

  it("is allowed as a new value in a change", function()
    local product = assert(shop.products:list())[1]
    assert.equal("", assert(shop.products:update(product.id, { description = "" })).description)
  end)
end)
