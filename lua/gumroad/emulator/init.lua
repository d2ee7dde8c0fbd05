--- A Gumroad on loopback, for tests: the API with its envelopes, errors, page keys and scopes, an invented
-- shop, and pings sent as Gumroad sends them.
--
--   local emulator = require "gumroad.emulator"
--   local gum = assert(emulator.start { sales = 200, time_scale = 0.001 })
--   local shop = gumroad.new { base_url = gum.url, access_token = gum.access_token }
--   local sale = gum:sell { email = "lena@example.com" }
--   gum:stop()
--
-- It runs in a process of its own. The process ends when stop() is called, when the handle is collected, or
-- when this process ends.
require("gumroad.base.c_modules").load_core()
local complete = require "gumroad.emulator.options"
local Handle = require "gumroad.emulator.handle"
local process = require "gumroad.emulator.process"

local emulator = {}

--- Runs an emulator in this process until it is stopped by a handle or interrupted.
-- @param options as for start
-- @param ready optional function(port, access_token), called when the port is open
-- @return true | nil, code, message
function emulator.run(options, ready)
  local full = complete(options)
  return process.run(full, ready and function(port) ready(port, full.access_token) end)
end

--- Starts an emulator on loopback.
-- @param options optional table:
--
--   * `port`: port to listen on, or 0 for any free one (default: 0)
--   * `seed`: seed for the invented shop (default: 1)
--   * `products`, `sales`, `subscribers`: how many there are at the start (default: 12, 200 and 40)
--   * `sales_at`: when those sales were made: a list of Unix times, or `{ days = 1000, on_one_day = 0.3 }`: spread
--     over that number of days until now (default: 730), with that share of them on one UTC day in the middle
--     (default: 0)
--   * `now`: Unix time at which the emulator's clock starts (default: now)
--   * `access_token`, `scopes`: a token and its scopes, separated by spaces (default: every scope that an
--     application may request)
--   * `tokens`: further tokens, as a table from token to scopes
--   * `applications`: applications that users may authorize, a list of { client_id, name, redirect_uris = list,
--     client_secret (for a confidential application), device_flow (whether devices may use it) } (default:
--     "emulated-application" for programs on the user's machine, and "emulated-web-application")
--   * `latency`: seconds before each response (default: 0)
--   * `time_scale`: factor for the delays and pauses of pings and for the interval between a device's polls
--     (default: 1)
--   * `strict_post_url`: whether webhooks to loopback and private networks are refused, as Gumroad does
--     (default: false)
--   * `old_server`: whether to behave like the server of April 2025 (default: false)
--   * `throttle`: whether to enforce Gumroad's rate limits with status 429 (default: false)
--   * `part_size`: bytes in each part of an uploaded file (default: 100 MB)
--   * `lua`: the interpreter to run (default: the one that runs this program)
--
-- @return handle with `url`, `port`, `access_token` and methods | nil, message
function emulator.start(options)
  local full = complete(options)
  local pipe, port = process.start(full)
  if not pipe then return nil, port end
  return Handle.new(pipe, port, full.access_token)
end

return emulator
