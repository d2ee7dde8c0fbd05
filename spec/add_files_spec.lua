-- products.add_files: Gumroad itself replaces a product's files.
local emulator = require "gumroad.emulator"
local support = require "support"

describe("products.add_files", function()
  local gum, shop, product, id

  setup(function()
    gum = assert(emulator.start { sales = 0, products = 12, part_size = 5 })
    shop = support.shop(gum)
    for each in shop.products:each() do
      if #assert(shop.products:get(each.id)).files > 0 then id = each.id end
    end
  end)
  teardown(function() gum:stop() end)
  before_each(function()
    product = assert(shop.products:get(id))
    gum:clear_faults()
    gum:reset_stats()
  end)

  local function upload(name)
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write("0123456789")
    file:close()
    local done = assert(shop.files:upload(path, { filename = name }))
    os.remove(path)
    gum:reset_stats()
    return done.file_url
  end

  local function ids(files)
    local out = {}
    for i, file in ipairs(files) do out[i] = file.id end
    return out
  end

  it("keeps the files that the product has", function()
    local before = ids(product.files)
    assert.is_true(#before > 0)
    local updated = assert(shop.products:add_files(product.id, { files = { upload "a.pdf", { url = upload "b.pdf",
      display_name = "Second" } } }))
    assert.same({ 2, #before }, { updated.added_files, updated.kept_files })
    local after = assert(shop.products:get(product.id)).files
    assert.equal(#before + 2, #after)
    for i, file_id in ipairs(before) do assert.equal(file_id, after[i].id) end
    assert.equal("Second", after[#after].name)
    local again = assert(shop.products:add_files(product.id, { files = { upload "c.pdf" } }))
    assert.same({ 1, #before + 2 }, { again.added_files, again.kept_files })
  end)

  it("reads, writes back and does nothing else", function()
    local url = upload "d.pdf"
    assert(shop.products:add_files(product.id, { files = { url } }))
    local requests = support.requests(gum)
    assert.same({ "GET", "PUT" }, { requests[1].method, requests[2].method })
    assert.is_nil(requests[3])
    assert.matches('^{"files":%[{"id":"', requests[2].body)
  end)

  it("changes nothing if it cannot see the product's files", function()
    gum:fault { kind = "status", status = 200, method = "GET", body = '{"success":true,"product":{"id":"a"}}' }
    local _, err = shop.products:add_files(product.id, { files = { "https://example.com/a.pdf" } })
    assert.equal("decode", err.kind)
    assert.equal(1, #support.requests(gum))
    _, err = shop.products:add_files("no-such-id", { files = { "https://example.com/a.pdf" } })
    assert.equal("not_found", err.kind)
    assert.equal(2, #support.requests(gum))
  end)

  it("returns Gumroad's refusal", function()
    local _, err = shop.products:add_files(product.id, { files = { "https://example.com/not-uploaded.pdf" } })
    assert.equal("invalid", err.kind)
    assert.same(ids(product.files), ids(assert(shop.products:get(product.id)).files))
  end)

  it("raises what is no file", function()
    for _, files in ipairs { {}, { 5 }, { {} }, { { url = "" } }, { "" }, { { id = "a", url = "b" } } } do
      assert.matches("^products.add_files: parameter 'files'",
        support.raised(shop.products.add_files, shop.products, product.id, { files = files }))
    end
    assert.matches("parameter 'files' is missing",
      support.raised(shop.products.add_files, shop.products, product.id, {}))
    assert.same({}, support.requests(gum))
  end)
end)
