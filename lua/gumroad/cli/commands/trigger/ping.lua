--- One invented ping after the other, as `trigger` sends them, and what Gumroad would make of the answers.
local core = require "gumroad.core"
local pings = require "gumroad.emulator.pings"
local json = pings.json
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local schema = require "gumroad.api.schema"
local shops = require "gumroad.shop"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local http = require "gumroad.client.http"
local payload_fields = require "gumroad.cli.commands.trigger.payload"

local ping = { TEST = "test", TAKEN = "taken" }

local PATIENCE = 5  -- seconds

local function object_of(event)
  return event == ping.TEST and events.SALE or events.named[event].object
end

--- Whether pings of a sort tell of tests.
function ping.knows_tests(event)
  return object_of(event) == events.SALE
end

local function new_seed()
  return math.floor((os.time() * 1000 + core.now() * 1e6 % 1000) % 2147483648)
end

--- Whose pings a receiver may expect: the seller's of the token or connection that is set. A request
-- is made only if there is one, and nothing that goes wrong with it matters here.
-- @return id or nil
function ping.seller_id(context)
  local ok, shop = pcall(context.shop, true)
  if not (ok and shops.has_token(shop)) then return nil end
  local user = shop.user:get { retries = 0, timeout = PATIENCE }
  return user and user.user_id
end

--- The bodies of pings, one more with each call.
-- @param args `event`, `test`, `set` (array of { path, text }), `retry_count`, `seed` (nil: another each time)
-- @param format    "form" or "json"
-- @param seller_id whose they are, where `set` does not say so; nil: an invented seller's
-- @return function() -> bytes
function ping.bodies(args, format, seller_id)
  local examples = pings.examples(args.seed or new_seed())
  local object = schema[object_of(args.event)]
  return function()
    local payload = args.event == ping.TEST and examples:test_payload() or examples:payload(args.event, args.test)
    if seller_id then json.put(payload, "seller_id", seller_id) end
    for _, given in ipairs(args.set or {}) do payload = payload_fields.set(payload, object, given[1], given[2]) end
    return pings.body(payload, format, args.retry_count)
  end
end

--- Sends one; a URL that is none ends the command.
-- @return status or nil, seconds, why no answer came
function ping.send(url, body, format)
  local response, err = http.request(pings.request(url, body, format))
  if response then return response.status, response.seconds end
  if err.kind == "config" then failure.raise(exit_codes.USAGE, "--to: " .. err.message) end
  if not err.seconds then failure.raise(exit_codes.CONFIG, err.message) end
  return nil, err.seconds, err.message
end

--- What Gumroad would do after an answer, in words.
-- @param status of HTTP; nil: none came
function ping.fate(event, retry_count, status)
  if status and delivery.is_accepted(status) then return ping.TAKEN end
  if event == ping.TEST then return "Gumroad would not repeat it: it is a test ping" end
  if not delivery.is_retried(status) then
    local is_redirect = status >= 300 and status < 400
    return "Gumroad would drop it for good"
      .. (is_redirect and "; do not redirect, not every server of Gumroad follows" or "")
  end
  local pauses = delivery.pauses_in_words(retry_count)
  if not pauses then return "that was the last delivery: Gumroad would drop it for good" end
  if status then return "Gumroad would send it again after " .. pauses end
  return "newer servers of Gumroad would send it again after " .. pauses .. ", older ones never"
end

return ping
