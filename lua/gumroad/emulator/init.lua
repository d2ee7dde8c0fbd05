--- A Gumroad on loopback, for tests: the API with its envelopes, errors, page keys and scopes,
-- a shop invented from a seed, and pings that are sent as Gumroad sends them.
--
--   local emulator = require "gumroad.emulator"
--   local gum = assert(emulator.start { sales = 200, time_scale = 0.001 })
--   local shop = gumroad.new { base_url = gum.url, access_token = gum.access_token }
--   local sale = gum:sell { email = "lena@example.com" }
--   gum:stop()
--
-- It runs in a process of its own, which ends with stop(), with the handle, or with us.
local complete = require "gumroad.emulator.options"
local Handle = require "gumroad.emulator.handle"
local process = require "gumroad.emulator.process"

local emulator = {}

--- Serves in this process until it is stopped through a handle or interrupted.
-- @param options as for start
-- @param ready optional function(port, access_token), called when the port is open
-- @return true | nil, code, message
function emulator.run(options, ready)
  local full = complete(options)
  return process.run(full, ready and function(port) ready(port, full.access_token) end)
end

--- Starts an emulator on loopback.
-- @param options optional table:
--   `port` (0: any free one), `seed` (1), `products` (12), `sales` (200), `subscribers` (40),
--   `now` (Unix time at which its clock starts; default: now), `access_token`, `scopes` (text;
--   default: all), `tokens` (more of them: token -> scopes), `applications` (those that users may
--   authorize, a list of { client_id, name, redirect_uris = list, client_secret: of a confidential
--   one, device_flow: whether devices may ask }; default: "emulated-application", for programs on
--   the user's machine, and "emulated-web-application"), `latency` (0; seconds before each response),
--   `time_scale` (1; factor on the delays and pauses of pings, and on those between a device's
--   polls), `strict_post_url`
--   (false; true refuses webhooks to loopback and private networks, as Gumroad does),
--   `old_server` (false; true: as in April 2025), `throttle` (false; true: too many requests are
--   refused with 429 as at Gumroad), `part_size` (bytes of each part of an uploaded
--   file but the last; 100 MB), `lua` (the interpreter to run)
-- @return handle with `url`, `port`, `access_token` and methods | nil, message
function emulator.start(options)
  local full = complete(options)
  local pipe, port = process.start(full)
  if not pipe then return nil, port end
  return Handle.new(pipe, port, full.access_token)
end

return emulator
