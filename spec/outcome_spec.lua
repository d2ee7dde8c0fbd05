-- Changes whose response is lost, so that it is unknown whether they were carried out.
local api = require "gumroad.api"
local emulator = require "gumroad.emulator"
local calls = require "operation_calls"
local support = require "support"

local unpack = table.unpack or unpack

local rows = {}
for resource, list in pairs(api) do
  for _, row in ipairs(list) do
    -- operations of more than one request have their own specs
    if row.path and not (row.repeatable or row.repeatable_when or row.composed) then
      rows[#rows + 1] = { resource .. "." .. row.name, row }
    end
  end
end
table.sort(rows, function(a, b) return a[1] < b[1] end)

-- Nothing shows the outcome of these.
local CANNOT_BE_SEEN = { ["direct_uploads.create"] = true, ["files.presign"] = true, ["files.complete"] = true,
  ["sales.export"] = true }

describe("A change whose response is lost", function()
  local gum, shop, known

  setup(function()
    gum = assert(emulator.start { sales = 60, subscribers = 4, now = 1790000000, part_size = 5 })
    shop = support.shop(gum)
    known = calls.known(shop, gum)
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function lose(fault, call, ...)
    gum:reset_stats()
    assert(gum:fault(fault))
    local value, err = call(...)
    gum:clear_faults()
    assert.is_nil(value)
    assert.equal(1, #support.requests(gum))
    return err
  end

  local function create_category(options)
    return shop.variant_categories:create(known.tape.id, { title = "Size" }, options)
  end

  local LOST = {
    { { kind = "reset" }, "network" }, { { kind = "reset_body" }, "network" }, { { kind = "stall" }, "timeout" },
    { { kind = "status", status = 408 }, "decode" }, { { kind = "status", status = 500 }, "server" },
    { { kind = "status", status = 502 }, "server" }, { { kind = "status", status = 503 }, "server" },
    { { kind = "status", status = 504 }, "server" }, { { kind = "status", status = 524 }, "server" },
    { { kind = "status", status = 403, body = "<title>Just a moment...</title>" }, "decode" },
    { { kind = "html" }, "decode" }, { { kind = "garbage" }, "decode" }, { { kind = "truncated" }, "decode" },
    { { kind = "status", status = 200, body = "" }, "decode" },
    { { kind = "status", status = 200, body = "3" }, "decode" },
    { { kind = "status", status = 200, body = '{"success":true}' }, "decode" },
    { { kind = "huge", bytes = 30000 }, "too_large" },
  }

  for i, row in ipairs(LOST) do
    local fault, cause = row[1], row[2]
    it(("by %s %s is outcome_unknown (%d)"):format(fault.kind, fault.status or "", i), function()
      local err = lose(fault, create_category, { timeout = 0.2, max_size = 20000 })
      assert.equal("outcome_unknown", err.kind)
      assert.equal(cause, err.cause)
      assert.is_false(err.retryable)
      if fault.status then assert.equal(fault.status, err.status) end
      assert.truthy(err.message:find(('; the change may have been carried out and is not sent again: check with '
        .. 'shop.variant_categories:list("%s")'):format(known.tape.id), 1, true), err.message)
    end)
  end

  -- Responses that are not lost.
  local REFUSED = {
    { { kind = "status", status = 500, body = '{"success":false,"message":"No."}' }, "invalid" },
    { { kind = "status", status = 200, body = '{"success":false}' }, "invalid" },
    { { kind = "status", status = 400 }, "invalid" }, { { kind = "status", status = 401 }, "auth" },
    { { kind = "status", status = 403 }, "scope" }, { { kind = "status", status = 404 }, "not_found" },
    { { kind = "status", status = 429, headers = { ["Retry-After"] = "61" } }, "rate_limit" },
    { { kind = "redirect", location = "https://example.com/" }, "redirect" },
  }

  for i, row in ipairs(REFUSED) do
    it(("is not outcome_unknown if it was refused: %s %s (%d)"):format(row[1].kind, row[1].status or "", i), function()
      local err = lose(row[1], create_category)
      assert.equal(row[2], err.kind)
      assert.is_nil(err.cause)
    end)
  end

  for _, entry in ipairs(rows) do
    local name, row = entry[1], entry[2]
    it(name .. " says how to find out what happened", function()
      local resource, arguments = shop[row.resource], { calls.of(row).call(shop, known) }
      local err = lose({ kind = "reset" }, resource[row.name], resource, unpack(arguments))
      assert.equal("outcome_unknown", err.kind)
      local seen, operation = err.message:match("with shop%.([%w_]+):([%w_]+)%(")
      if CANNOT_BE_SEEN[name] then assert.is_nil(seen)
      else assert.is_true(api[seen][operation].repeatable or api[seen][operation].repeatable_when ~= nil) end
    end)
  end

  it("is outcome_unknown for shop:request, whatever the method", function()
    for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE" } do
      local err = lose({ kind = "reset" }, shop.request, shop, { method = method, url = "/v2/products/a" })
      assert.equal("outcome_unknown", err.kind)
      assert.truthy(err.message:find("not sent again: check before you send it again", 1, true), err.message)
    end
  end)

  it("is passed to on_response as outcome_unknown", function()
    local told
    local watched = support.shop(gum, { on_response = function(response) told = response.error end })
    lose({ kind = "reset" }, watched.request, watched, { method = "POST", url = "/v2/products" })
    assert.equal("outcome_unknown", told.kind)
  end)
end)
