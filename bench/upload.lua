-- The peak memory of a program that uploads a file of 1 GiB. One part fails and is sent again.
local gumroad = require "gumroad"
local emulator = require "gumroad.emulator"
local support = require "bench.support"

local GIBIBYTE, MEBIBYTE = 1024 ^ 3, 1024 ^ 2

local path = os.tmpname()
local file = assert(io.open(path, "wb"))
file:seek("set", GIBIBYTE - 1)
file:write("\0")
file:close()

local gum = assert(emulator.start { sales = 0 })
local shop = gumroad.new { base_url = gum.url, access_token = gum.access_token }
assert(gum:fault { kind = "reset_upload", bytes = 50 * MEBIBYTE, after = 4 })
local uploaded, err = shop.files:upload(path, { filename = "film.mov" })
local requests = #gum:stats().last_requests
gum:stop()
os.remove(path)
assert(uploaded, err)
assert(requests == 11 + 2, "the file was not sent in 11 parts")  -- the one that was cut is not counted

support.report("upload_1gib_peak", support.peak() / 1024, "MiB", "<= 32")
