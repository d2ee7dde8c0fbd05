--- Invents and sends pings for `trigger`, and says what Gumroad would do after each response.
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

local ping = { TEST = "test", ACCEPTED = "accepted" }

local PATIENCE = 5  -- seconds

local function object_of(event)
  return event == ping.TEST and events.SALE or events.named[event].object
end

--- Tells whether the pings of an event say that they are tests.
function ping.knows_tests(event)
  return object_of(event) == events.SALE
end

local function new_seed()
  return math.floor((os.time() * 1000 + core.now() * 1e6 % 1000) % 2147483648)
end

--- Returns the id of the seller that a receiver may expect: the owner of the current token or connection. Without one
-- no request is made; a request that fails is ignored.
-- @return id or nil
function ping.seller_id(context)
  local ok, shop = pcall(context.shop, true)
  if not (ok and shops.has_token(shop)) then return nil end
  local user = shop.user:get { retries = 0, timeout = PATIENCE }
  return user and user.user_id
end

--- Makes a function that returns the body of another ping with each call.
-- @param args `event`, `test`, `set` (array of { path, text }), `retry_count`, `seed` (nil for new pings each time)
-- @param format    "form" or "json"
-- @param seller_id id of the seller, unless `set` has one; nil for an invented seller
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

--- Sends a ping. A malformed URL ends the command.
-- @return status or nil, seconds, why there was no response
function ping.send(url, body, format)
  local response, err = http.request(pings.request(url, body, format))
  if response then return response.status, response.seconds end
  if err.kind == "config" then failure.raise(exit_codes.USAGE, "--to: " .. err.message) end
  if not err.seconds then failure.raise(exit_codes.CONFIG, err.message) end
  return nil, err.seconds, err.message
end

--- Says what Gumroad would do after a response.
-- @param status HTTP status; nil if there was no response
function ping.fate(event, retry_count, status)
  if status and delivery.is_accepted(status) then return ping.ACCEPTED end
  if event == ping.TEST then return "Gumroad would not repeat a test ping" end
  if not delivery.is_retried(status) then
    local is_redirect = status >= 300 and status < 400
    return "Gumroad would drop it for good"
      .. (is_redirect and ", as not every server of Gumroad follows redirects" or "")
  end
  local pauses = delivery.pauses_in_words(retry_count)
  if not pauses then return "that was the last delivery: Gumroad would drop it for good" end
  if status then return "Gumroad would send it again after " .. pauses end
  return "newer servers of Gumroad would send it again after " .. pauses .. ", older ones never"
end

return ping
