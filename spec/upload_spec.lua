-- files.upload and direct_uploads.upload, against the emulator and its storage.
local cjson = require "cjson"
local core = require "gumroad.core"
local gumroad = require "gumroad"
local emulator = require "gumroad.emulator"
local support = require "support"

local PART = 1000             -- bytes in a part, for these emulators
local TOKEN = "token-of-the-upload-spec"
local TEXT = ("0123456789"):rep(250)  -- three parts

describe("An upload", function()
  local gum, shop, with_pauses, path, temporary

  setup(function()
    with_pauses = support.without_pauses()
    gum = assert(emulator.start { sales = 0, part_size = PART, access_token = TOKEN })
    shop = support.shop(gum)
  end)

  teardown(function()
    gum:stop()
    with_pauses()
  end)

  before_each(function()
    gum:clear_faults()
    gum:reset_stats()
    temporary = {}
  end)

  after_each(function()
    for _, name in ipairs(temporary) do os.remove(name) end
  end)

  local function write(name, bytes)
    local file = assert(io.open(name, "wb"))
    file:write(bytes)
    file:close()
  end

  -- Creates a file with a suffix, which is removed after the test.
  local function new_file(bytes, ending)
    local base = os.tmpname()
    local name = base .. (ending or "")
    temporary[#temporary + 1] = base
    temporary[#temporary + 1] = name
    write(name, bytes)
    return name
  end

  before_each(function()
    path = new_file(TEXT, ".zip")
  end)

  -- Changes the time of the last change of a file.
  local function write_at(day)
    assert(os.execute(("touch -d %s %s"):format(day, path)))
  end

  local function requests(method, place)
    local found = {}
    for _, request in ipairs(support.requests(gum)) do
      if request.method == method and request.path:find(place, 1, true) == 1 then found[#found + 1] = request end
    end
    return found
  end

  local function puts() return requests("PUT", "/_storage/") end

  -- Returns the bytes of the parts that have arrived, in the order of the file.
  local function arrived()
    local bytes = ""
    for number = 1, 10 do
      local body
      for _, request in ipairs(puts()) do
        if tonumber(request.query:match("partNumber=(%d+)")) == number then body = request.body end
      end
      bytes = bytes .. (body or "")
    end
    return bytes
  end

  -- Makes an upload that fails in its second part. Parts are sent one after the other.
  local function failed()
    assert(gum:fault { kind = "status", status = 503, path = "/_storage/", after = 1, times = "always" })
    local _, err = shop.files:upload(path, { parallel = 1 })
    gum:clear_faults()
    gum:reset_stats()
    return err
  end

  describe("of a file for a product", function()
    for parts, size in pairs { [1] = 1, [2] = 2 * PART, [3] = 2 * PART + 1 } do
      it(("of %d bytes arrives completely, in %d part%s"):format(size, parts, parts == 1 and "" or "s"), function()
        local bytes = ("abcdefghijk"):rep(math.ceil(size / 11)):sub(1, size)
        write(path, bytes)
        assert(shop.files:upload(path))
        assert.equal(bytes, arrived())
        assert.equal(parts, #puts())
      end)
    end

    it("returns the URL to put into the files of a product", function()
      local url = assert(shop.files:upload(path, { filename = "ink.zip" })).file_url
      assert.matches("/ink%.zip$", url)
      local product = assert(shop.products:create { name = "Ink", price = 900, draft = true,
        files = { { url = url } } })
      assert.equal(#TEXT, product.files[1].size)
    end)

    it("does not blame the caller for an invalid plan from the server", function()
      local parts = '"parts":[{"part_number":1,"presigned_url":"https://storage.example.com/"}]'
      for _, plan in ipairs { '"key":"k",' .. parts, '"upload_id":"u",' .. parts, '"upload_id":"u","key":5,' .. parts,
        '"upload_id":{},"key":"k",' .. parts, '"upload_id":"u","key":"k","parts":[]' } do
        gum:fault { kind = "status", status = 200, path = "/v2/files", body = '{"success":true,' .. plan .. "}" }
        local _, err = shop.files:upload(path)
        assert.same({ "decode", "the response has no upload with a list of parts to send" }, { err.kind, err.message })
      end
    end)

    it("is not completed if the storage does not confirm a part with an ETag", function()
      assert(gum:fault { kind = "status", status = 200, path = "/_storage/" })
      local _, err = shop.files:upload(path, { parallel = 1 })
      assert.same({ "decode", "the storage accepted a part but returned no ETag for it" }, { err.kind, err.message })
      assert.equal(0, #requests("POST", "/v2/files/complete"))
    end)

    it("uses the file's own name by default", function()
      assert.equal(path:match("[^/]*$"), assert(shop.files:upload(path)).file_url:match("[^/]*$"))
    end)

    it("preserves any bytes", function()
      local bytes = ("\0\255\r\n"):rep(600)
      write(path, bytes)
      assert(shop.files:upload(path))
      assert.equal(#bytes, #arrived())
    end)

    it("sends neither the token nor headers of the shop to the storage", function()
      local other = support.shop(gum, { headers = { ["X-Own"] = "of the shop" } })
      assert(other.files:upload(path, nil, { headers = { ["X-Call"] = "of the call" } }))
      assert.equal(3, #puts())
      for _, request in ipairs(puts()) do
        assert.is_nil(request.headers.authorization)
        assert.is_false(support.holds(request, TOKEN))
        assert.is_nil(request.headers["x-own"])
        assert.is_nil(request.headers["x-call"])
        assert.is_nil(request.headers["content-type"])
        assert.is_nil(request.headers.expect)
      end
      assert.equal("of the shop", requests("POST", "/v2/files/presign")[1].headers["x-own"])
    end)

    it("sends as many parts at a time as it is told to", function()
      write(path, ("x"):rep(8 * PART))
      assert(gum:fault { kind = "delay", seconds = 0.2, path = "/_storage/", times = "always" })
      assert(shop.files:upload(path, { parallel = 2 }))
      assert.equal(2, gum:stats().max_in_flight)
      gum:reset_stats()
      assert(shop.files:upload(path, { parallel = 8 }))
      assert.equal(8, gum:stats().max_in_flight)
    end)

    it("reports progress, never backward, up to the whole size", function()
      assert(gum:fault { kind = "reset_upload", bytes = 100, times = 2 })
      local last, reports = 0, 0
      assert(shop.files:upload(path, { progress = function(now)
        reports = reports + 1
        assert(now.sent > last and now.total == #TEXT and now.parts == 3 and now.part >= 1 and now.part <= 3)
        last = now.sent
      end }))
      assert.equal(#TEXT, last)
      assert.is_true(reports >= 1)
    end)

    it("ends with the error that its progress function raises", function()
      assert.matches("enough of it", support.raised(function()
        shop.files:upload(path, { progress = function() error("enough of it") end })
      end))
    end)

    it("runs concurrently with other calls", function()
      local values, errors = gumroad.all {
        function() return shop.files:upload(path) end,
        function() return shop.files:upload(path, { parallel = 1 }) end,
        function() return shop.user:get() end,
      }
      assert.same({}, errors)
      assert.is_string(values[1].file_url)
      assert.is_string(values[2].file_url)
      assert.equal("Ana Petrova", values[3].name)
    end)

    it("waits with a scheduler's sleep function", function()
      local slept = 0
      local other = support.shop(gum, { sleep = function() slept = slept + 1 end })
      assert(gum:fault { kind = "delay", seconds = 0.05, path = "/_storage/" })
      assert(other.files:upload(path, { progress = function() end }))
      assert.is_true(slept > 0)
    end)
  end)

  describe("with a part that fails", function()
    for name, fault in pairs {
      ["is refused for now"] = { kind = "status", status = 503 },
      ["is reset before a response"] = { kind = "reset" },
      ["is reset in its middle"] = { kind = "reset_upload", bytes = 300 },
      ["was too slow for the storage"] = { kind = "status", status = 400,
        body = "<Error><Code>RequestTimeout</Code><Message>Your socket connection was idle.</Message></Error>" },
    } do
      it("sends only that part again if it " .. name, function()
        fault.path, fault.after = fault.kind ~= "reset_upload" and "/_storage/" or nil, 1
        assert(gum:fault(fault))
        assert(shop.files:upload(path))
        assert.equal(TEXT, arrived())
        assert.equal(fault.kind == "reset_upload" and 3 or 4, #puts())  -- the part that was cut did not arrive
      end)
    end

    it("sends it again if nothing moves", function()
      assert(gum:fault { kind = "stall", path = "/_storage/" })
      assert(shop.files:upload(path, nil, { timeout = 1 }))
      assert.equal(4, #puts())
    end)

    it("gives up when the attempts are used up, and keeps its state", function()
      local err = failed()
      assert.same({ "server", 503, 3, "PUT" }, { err.kind, err.status, err.attempts, err.method })
      assert.is_true(err.retryable)
      assert.equal(3, #err.upload.parts)
      assert.is_string(err.upload.parts[1].etag)
      assert.is_nil(err.upload.parts[1].presigned_url)
      assert.is_nil(err.upload.parts[2].etag)
      assert.equal(0, #requests("POST", "/v2/files/abort"))
    end)

    it("cancels the other parts in progress, and keeps them", function()
      assert(gum:fault { kind = "status", status = 400, path = "/_storage/" })
      assert(gum:fault { kind = "delay", seconds = 0.1, path = "/_storage/", times = 2 })
      local _, err = shop.files:upload(path, { parallel = 3 })
      local etags = 0
      for _, part in ipairs(err.upload.parts) do etags = etags + (part.etag and 1 or 0) end
      assert.equal(2, etags)
    end)

    it("does not show the secrets of the storage", function()
      local seen = {}
      local other = support.shop(gum, {
        on_request = function(request) if request.method == "PUT" then seen[#seen + 1] = request.url end end,
        on_response = function(response) if response.method == "PUT" then seen[#seen + 1] = response.url end end,
      })
      local secret = assert(other.files:presign { filename = "a", file_size = 1 }).parts[1].presigned_url
      assert.matches("X%-Amz%-Signature=%x+", secret)
      assert(gum:fault { kind = "status", status = 403, path = "/_storage/",
        body = "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message>"
          .. "<StringToSign>X-Amz-Signature</StringToSign></Error>" })
      assert(gum:fault { kind = "reset", path = "/_storage/", times = "always" })
      local _, refused = other.files:upload(path, { parallel = 1 })
      local _, broken = other.files:upload(path, { parallel = 1 })
      assert.same({ "invalid", "network" }, { refused.kind, broken.kind })
      broken.upload = nil
      assert.is_true(#seen >= 4)
      for _, shown in ipairs { refused, broken, seen } do
        assert.is_false(support.holds(shown, "Signature="))
        assert.is_false(support.holds(shown, "X-Amz"))
        assert.is_false(support.holds(shown, TOKEN))
      end
      assert.is_nil(refused.upload)
    end)
  end)

  describe("that is resumed", function()
    it("sends the missing parts and completes", function()
      local kept = cjson.decode(cjson.encode(failed().upload))  -- as from a file
      local sent = {}
      local done = assert(shop.files:upload(path, { resume = kept,
        progress = function(now) sent[#sent + 1] = now.sent end }))
      assert.equal(2, #puts())
      assert.equal(TEXT:sub(-#arrived()), arrived())
      assert.equal(0, #requests("POST", "/v2/files/presign"))
      assert.is_true(sent[1] > math.floor(#TEXT / 3) and sent[#sent] == #TEXT)
      assert.equal(kept.file_url, done.file_url)
    end)

    it("does not change the table that it was given", function()
      local kept = failed().upload
      local before = cjson.encode(kept)
      assert(shop.files:upload(path, { resume = kept }))
      assert.same(cjson.decode(before), cjson.decode(cjson.encode(kept)))
    end)

    it("only completes if nothing else is missing", function()
      assert(gum:fault { kind = "status", status = 503, path = "/v2/files/complete" })
      local _, err = shop.files:upload(path)
      assert.equal("/v2/files/complete", err.path)
      gum:reset_stats()
      assert(shop.files:upload(path, { resume = err.upload }))
      assert.equal(1, #support.requests(gum))
    end)

    it("says that it may be complete if there was no response to completing it", function()
      assert(gum:fault { kind = "reset_body", path = "/v2/files/complete" })
      local _, err = shop.files:upload(path)
      assert.same({ "outcome_unknown", "/v2/files/complete" }, { err.kind, err.path })
      local _, again = shop.files:upload(path, { resume = err.upload })
      assert.equal("invalid", again.kind)
      assert.matches("The upload was not found; Gumroad was asked to complete it before, and may have done so without "
        .. "a response: try the file_url " .. err.upload.file_url, again.message, 1, true)
    end)

    it("is refused if the file has changed, and nothing is sent", function()
      local kept = failed().upload
      write(path, TEXT:upper() .. "more")
      local _, err = shop.files:upload(path, { resume = kept })
      assert.equal("file", err.kind)
      assert.matches("changed since", err.message)
      write(path, TEXT)
      write_at("2020-01-01")
      _, err = shop.files:upload(path, { resume = kept })
      assert.equal("file", err.kind)
      assert.same({}, support.requests(gum))
    end)

    it("starts again if its URLs have expired, and discards what was sent", function()
      local kept = failed().upload
      assert(gum:advance(901))
      local done = assert(shop.files:upload(path, { resume = kept }))
      assert.are_not.equal(kept.file_url, done.file_url)
      assert.equal(1, #requests("POST", "/v2/files/presign"))
      assert.matches(kept.upload_id, requests("POST", "/v2/files/abort")[1].body, 1, true)
    end)

    it("starts again if it was aborted in the meantime", function()
      local kept = failed().upload
      assert(shop.files:abort { upload_id = kept.upload_id, key = kept.key })
      assert.is_string(assert(shop.files:upload(path, { resume = kept })).file_url)
    end)

    it("accepts only the state from an error", function()
      for _, parts in ipairs { {}, { 1 }, { { part_number = 2, etag = "a" } }, { { part_number = 1 } } } do
        local wrong = { upload_id = "a", key = "b", size = 9, parts = parts }
        assert.equal("files.upload: parameter 'resume': the `upload` of an earlier error expected",
          support.raised(shop.files.upload, shop.files, path, { resume = wrong }))
      end
    end)
  end)

  describe("that cannot be completed", function()
    it("is aborted if its URLs expire during the upload", function()
      local _, err = shop.files:upload(path, { parallel = 1, progress = function() gum:advance(901) end })
      assert.same({ "invalid", 403, "AccessDenied" }, { err.kind, err.status, err.storage_code })
      assert.matches("Request has expired; the URLs of an upload expire after 15 minutes", err.message, 1, true)
      assert.is_nil(err.upload)
      assert.equal(1, #requests("POST", "/v2/files/abort"))
    end)

    it("is aborted if the file changes between two parts", function()
      local _, err = shop.files:upload(path, { parallel = 1, progress = function() write(path, TEXT .. "more") end })
      assert.equal("file", err.kind)
      assert.matches("changed during the upload", err.message)
      assert.is_nil(err.upload)
      assert.equal(1, #puts())
      assert.equal(1, #requests("POST", "/v2/files/abort"))
    end)

    it("is aborted if the file disappears", function()
      local _, err = shop.files:upload(path, { parallel = 1, progress = function() os.remove(path) end })
      assert.equal("file", err.kind)
      assert.matches("No such file", err.message)
      assert.equal(1, #requests("POST", "/v2/files/abort"))
    end)

    it("is not completed if the file changes during the last part", function()
      write(path, "one part")
      local _, err = shop.files:upload(path, { progress = function() write(path, "another part") end })
      assert.equal("file", err.kind)
      assert.equal(0, #requests("POST", "/v2/files/complete"))
    end)
  end)

  describe("is refused before anything is sent", function()
    after_each(function()
      assert.same({}, support.requests(gum))
    end)

    -- Returns what is wrong with a path, for both kinds of upload.
    local function refusal(name)
      local _, err = shop.files:upload(name)
      local _, other = shop.direct_uploads:upload(name)
      assert.equal("file", err.kind)
      assert.same({ err.kind, err.message }, { other.kind, other.message })
      return err.message
    end

    it("if there is no such file", function()
      assert.equal("cannot read /none/such.png: No such file or directory", refusal("/none/such.png"))
    end)

    it("if it is a directory", function()
      assert.equal("cannot read spec: it is a directory", refusal("spec"))
    end)

    it("if it is not a regular file", function()
      assert.equal("cannot read /dev/zero: it is not a regular file", refusal("/dev/zero"))
    end)

    it("if it is empty", function()
      write(path, "")
      assert.equal(path .. " is empty, and Gumroad takes no empty files", refusal(path))
    end)

    it("if it is larger than 20 GB", function()
      local file = assert(io.open(path, "r+b"))
      file:seek("set", 20 * 1024 ^ 3)
      file:write("x")
      file:close()
      local _, err = shop.files:upload(path)
      assert.equal(path .. " is larger than 20 GB", err.message)
    end)

    it("if its type is unknown", function()
      for _, ending in ipairs { ".svg", ".txt", "" } do
        local _, err = shop.direct_uploads:upload(new_file("x", ending))
        assert.equal("file", err.kind)
        assert.matches("does not show the type of the file: pass content_type%. ", err.message)
      end
    end)

    it("if the path is invalid", function()
      for name, message in pairs { [1] = "string expected, got number", ["a\0b"] = "path contains a NUL character" } do
        assert.matches("files%.upload: path.*" .. message:gsub("path ", ""),
          support.raised(shop.files.upload, shop.files, name))
      end
      assert.equal("files.upload: path is missing", support.raised(shop.files.upload, shop.files))
    end)

    it("if a parameter is wrong", function()
      for parameter, value in pairs { parallel = 0, progress = true, resume = "x", part_size = 5 } do
        assert.matches("^files%.upload: .*'" .. parameter .. "'",
          support.raised(shop.files.upload, shop.files, path, { [parameter] = value }))
      end
    end)
  end)

  describe("of a picture", function()
    local function new_product()
      return assert(shop.products:create { name = "Ink", price = 900, draft = true }).id
    end

    it("returns the signed_id for a cover, a thumbnail or media", function()
      local id = new_product()
      assert(shop.covers:create(id, { signed_blob_id = assert(shop.direct_uploads:upload(
        new_file("a picture", ".png"))).signed_id }))
      assert(shop.thumbnails:create(id, { signed_blob_id = assert(shop.direct_uploads:upload(
        new_file("a picture", ".JPG"))).signed_id }))
      assert(shop.media:create { signed_blob_id = assert(shop.direct_uploads:upload(
        new_file("a picture", ".webp"), { purpose = "media" })).signed_id })
    end)

    it("sends the file with its checksum and only the requested headers", function()
      local blob = assert(shop.direct_uploads:upload(new_file("hello, world\n", ".gif"), { filename = "hello.gif" }))
      assert.same({ "hello.gif", 13, "image/gif", "IsNoOwlBNsM5g5GucbIPBA==" },
        { blob.filename, blob.byte_size, blob.content_type, blob.checksum })
      assert.is_nil(blob.direct_upload)
      local sent = puts()[1]
      assert.equal("hello, world\n", sent.body)
      assert.equal("image/gif", sent.headers["content-type"])
      assert.equal("IsNoOwlBNsM5g5GucbIPBA==", sent.headers["content-md5"])
      assert.is_nil(sent.headers.authorization)
    end)

    it("is sent again if that fails", function()
      assert(gum:fault { kind = "reset_upload", bytes = 1 })
      assert(shop.direct_uploads:upload(new_file("a picture", ".png")))
    end)

    it("uses the type that is given", function()
      local blob = assert(shop.direct_uploads:upload(new_file("film", ".bin"), { content_type = "video/mp4" }))
      assert.equal("video/mp4", blob.content_type)
    end)

    it("returns Gumroad's refusal", function()
      local _, err = shop.direct_uploads:upload(new_file("x", ".webp"))
      assert.same({ "invalid", "This content type is not allowed" }, { err.kind, err.message })
      assert.equal(0, #puts())
    end)

    it("does not blame the caller if the server does not say where to send it", function()
      for _, place in ipairs { "null", "5", '{"url":"https://storage.example.com/"}', '{"url":5,"headers":{}}',
        '{"url":"https://storage.example.com/","headers":"none"}' } do
        gum:fault { kind = "status", status = 200, path = "/v2/direct", body = '{"direct_upload":' .. place .. "}" }
        local _, err = shop.direct_uploads:upload(new_file("x", ".png"))
        assert.same({ "decode", "the response does not say where to send the file" }, { err.kind, err.message })
      end
    end)

    it("says what to install if luaossl is missing", function()
      local loaded, preload = package.loaded["openssl.digest"], package.preload["openssl.digest"]
      package.loaded["openssl.digest"] = nil
      package.preload["openssl.digest"] = function() error("not here") end
      local _, err = shop.direct_uploads:upload(new_file("x", ".png"))
      package.loaded["openssl.digest"], package.preload["openssl.digest"] = loaded, preload
      assert.equal("config", err.kind)
      assert.matches("Debian package lua%-luaossl or the rock luaossl", err.message)
      assert.same({}, support.requests(gum))
    end)

    it("lets other calls continue while the checksum of a large file is computed", function()
      local large = new_file(("x"):rep(20 * 1048576), ".mov")
      local sent = {}
      local other = support.shop(gum, { on_request = function(request) sent[#sent + 1] = request.url end })
      local _, errors = gumroad.all {
        function() return other.direct_uploads:upload(large) end,
        function() return other.user:get() end,
      }
      assert.same({}, errors)
      assert.equal(gum.url .. "/v2/user", sent[1])  -- before the checksum was known
    end)
  end)

  it("of 1 GiB needs less than 32 MiB of memory, including a failed part #slow #once", function()
    local interpreter = 0
    while arg[interpreter - 1] do interpreter = interpreter - 1 end
    local pipe = assert(io.popen(('LUA_PATH="./?.lua;$LUA_PATH" exec %s bench/upload.lua'):format(arg[interpreter])))
    local peak = tonumber(pipe:read("*a"):match("^upload_1gib_peak (%S+) MiB"))
    pipe:close()
    assert.is_true(peak and peak < 32, tostring(peak))
  end)

  it("relies on core.file_stat, which shows when a file was written to", function()
    local size, before = core.file_stat(path)
    assert.equal(#TEXT, size)
    write_at("2020-01-01")
    assert.are_not.equal(before, select(2, core.file_stat(path)))
  end)
end)
