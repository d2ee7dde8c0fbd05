-- Reads every recorded response of Gumroad.
local cjson = require "cjson"
local responses = require "gumroad.client.response"
local support = require "support"

local function read(name)
  return responses.read({ method = "GET" }, { status = 200, headers = {}, body = support.fixture(name .. ".json") })
end

-- Walks two tables in parallel: the response as read, and as plain lua-cjson decodes it.
local function compare(got, plain, where)
  for name, value in pairs(plain) do
    local at = where .. "." .. tostring(name)
    if value == cjson.null then
      assert.is_nil(got[name], at)
    elseif type(value) == "table" then
      compare(got[name], value, at)
    else
      assert.equal(value, got[name], at)
    end
  end
  for name in pairs(got) do assert.not_nil(plain[name], where .. "." .. tostring(name)) end
end

-- Whether each whole number in a table is written without a decimal point.
local function check_integers(value, where)
  for name, inner in pairs(value) do
    local at = where .. "." .. tostring(name)
    if type(inner) == "table" then
      check_integers(inner, at)
    elseif type(inner) == "number" and inner == math.floor(inner) then
      assert.falsy(tostring(inner):find("[.e]"), at)
      if math.type then assert.equal("integer", math.type(inner), at) end
    end
  end
end

describe("The recorded response", function()
  for _, name in ipairs(support.fixtures("", ".json")) do
    if name ~= "endpoints" then it(name .. " is read whole, without nulls, whole numbers as integers", function()
      local body = assert(read(name))
      compare(body, cjson.decode(support.fixture(name .. ".json")), name)
      check_integers(body, name)
    end) end
  end

  for _, name in ipairs(support.fixtures("oauth", ".json")) do
    it("oauth/" .. name .. " is read completely", function()
      compare(assert(read("oauth/" .. name)), cjson.decode(support.fixture("oauth/" .. name .. ".json")), name)
    end)
  end

  it("without a key `success` is not a failure", function()
    assert.is_string(assert(read("direct_upload_create")).signed_id)
  end)

  it("keeps ids and amounts that are strings as strings", function()
    local sale = assert(read("sale_get")).sale
    assert.is_string(sale.id)
    assert.is_string(sale.amount_refundable_in_currency)
    assert.equal("number", type(sale.order_id))
    assert.is_string(assert(read("user_get")).user.id)
  end)
end)
