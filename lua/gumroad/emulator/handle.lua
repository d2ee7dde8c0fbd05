--- The handle of a running emulator. Each method sends a request to the emulator's control paths.
-- @submodule gumroad.emulator
local core = require "gumroad.core"
local http = require "gumroad.client.http"
local json = require "gumroad.base.json"
local options = require "gumroad.base.options"
local Error = require "gumroad.base.error"

local Handle = {}
Handle.__index = Handle

-- @param pipe the child's standard output; closing it ends the child
function Handle.new(pipe, port, access_token)
  return setmetatable({ url = "http://127.0.0.1:" .. port, port = port, pipe = pipe,
    access_token = access_token }, Handle)
end

-- Blocks the whole program, whatever loop the caller has.
local function wait_for(sending)
  while not sending:done() do core.engine():step(1) end
  return sending:result()
end

-- Sends a control request. -> its result | nil, message
local function ask(handle, name, params)
  if getmetatable(handle) ~= Handle then
    Error.usage("emulator: called with a dot; write a colon, as in gum:sell { ... }")
  end
  if not handle.pipe then return nil, "the emulator is stopped" end
  local sending, err = http.start { url = handle.url .. "/_emulator/" .. name, timeout = 60, json = params or {},
    max_size = 256 * 1048576 }
  if not sending then return nil, err.message end
  local result
  result, err = wait_for(sending)
  if not result then return nil, err.message end
  local ok, value = json.read(result.body, math.huge)  -- the emulator is trusted, and may have a lot to tell
  if not ok then return nil, result.body end
  if result.status ~= 200 then return nil, value.error end
  return value
end

local SALE = {}
for name in ("product_id email full_name quantity variants custom_fields url_params offer_code referrer test "
  .. "subscription_id gift_to"):gmatch("%S+") do SALE[name] = {} end

-- Fields are checked, because a misspelled one would be ignored and the test would test something else.
local FIELD = { noun = "field" }

--- Makes a sale now and sends the `sale` pings.
-- @param fields optional table: `product_id`, `email`, `full_name`, `quantity`, `variants`,
--   `custom_fields` and `url_params` (tables, or lists of { name, value } if order matters),
--   `offer_code`, `referrer`, `test` (true: the seller is the buyer; lists leave it out), `subscription_id`
--   (charges this subscription once more), `gift_to` (email address of the receiver of a gift)
-- @return the sale as the API shows it | nil, message
function Handle:sell(fields)
  return ask(self, "sell", options.check("sell", SALE, fields, FIELD))
end

--- Cancels a subscription and sends the `cancellation` pings.
-- @param subscriber_id id of the subscription
-- @param by "buyer" (default), "seller", "admin" or "payment_failures"
-- @return the subscriber | nil, message
function Handle:cancel(subscriber_id, by)
  return ask(self, "cancellation", { subscriber_id = subscriber_id, by = by })
end

--- Refunds a sale and sends the `refund` pings.
-- @param sale_id      id of the sale
-- @param amount_cents amount to refund (default: all that is left)
-- @return the sale | nil, message
function Handle:refund(sale_id, amount_cents)
  return ask(self, "refund", { sale_id = sale_id, amount_cents = amount_cents })
end

--- Makes another event happen and sends its pings.
-- @param name `dispute` or `dispute_won` (with `sale_id`), `subscription_updated` (with `subscriber_id`, and
--   `type` "upgrade" or "downgrade"), `subscription_ended` (with `subscriber_id` and `reason`),
--   `subscription_restarted` (with `subscriber_id`), or `resend` (with `sale_id`), which sends the ping of a sale
--   again
-- @param params table with the fields named above
-- @return the sale or subscriber | nil, message
function Handle:event(name, params)
  return ask(self, name, params)
end

--- Injects a fault. For the kinds, see gumroad.emulator.http.fault_kinds.
-- @param fault table: `kind`; optionally `path` (prefix of the paths to hit, or "=/v2/sales" for that path alone),
--   `method`, `times` (how many requests to hit, or "always"; default: 1), `after` (how many matching requests to let
--   pass first; default: 0); and the fields of the kind
-- @return true | nil, message
function Handle:fault(fault)
  local known = require("gumroad.emulator.http.faults").FIELDS
  local done, message = ask(self, "fault", options.check("fault", known, fault, FIELD))
  if not done then return nil, message end
  return true
end

--- Removes all faults.
function Handle:clear_faults()
  return ask(self, "clear_faults")
end

--- Returns statistics: `requests`, `in_flight`, `max_in_flight`, `connections`, `last_requests` (a list of
-- { method, path, query, headers, body }), `pings` (a list of deliveries: { url, resource_name, attempt, and
-- status or error }) and `pings_waiting`.
function Handle:stats()
  local stats, err = ask(self, "stats")
  for _, request in ipairs(stats and stats.last_requests or {}) do
    if request.body_hex then
      request.body = request.body_hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end)
      request.body_hex = nil
    end
  end
  return stats, err
end

--- Resets the statistics.
function Handle:reset_stats()
  return ask(self, "reset_stats")
end

--- Sets the ping endpoint in the seller's settings, which gets `sale` pings.
-- @param url its URL, or nil to remove it
function Handle:settings_ping_url(url)
  return ask(self, "settings_ping_url", { url = url })
end

--- Does what "Send test ping" in the settings does: sends the latest sale, once, without a resource name.
function Handle:test_ping(url)
  return ask(self, "test_ping", { url = url })
end

--- Imports a customer from another platform, who has a license key but no sale.
-- @param fields table: `product_id`, `email`
-- @return { product_id, license_key } | nil, message
function Handle:import_customer(fields)
  return ask(self, "import_customer", fields)
end

--- Makes another token valid.
-- @param token       the new token
-- @param scopes      its scopes, separated by spaces
-- @param application the application that it belongs to (default: "main", as for the first token)
function Handle:grant(token, scopes, application)
  return ask(self, "grant", { token = token, scopes = scopes, application = application })
end

--- Revokes a token.
function Handle:revoke(token)
  return ask(self, "revoke", { token = token })
end

--- Revokes an application, as its user can in the settings: its tokens are revoked and its resource subscriptions
-- are deleted.
-- @return table | nil, message
function Handle:revoke_application(client_id)
  return ask(self, "revoke_application", { client_id = client_id })
end

--- Approves a device, as a user who types its code and agrees.
-- @return table | nil, message
function Handle:approve(user_code)
  return ask(self, "decide", { user_code = user_code, approve = true })
end

--- Denies a device, as a user who types its code and refuses.
-- @return table | nil, message
function Handle:deny(user_code)
  return ask(self, "decide", { user_code = user_code, approve = false })
end

--- Advances the emulator's clock, for example until OAuth codes or the URLs of an upload have expired.
function Handle:advance(seconds)
  return ask(self, "advance", { seconds = seconds })
end

--- Waits until all pings have been delivered or given up, including retries.
function Handle:settle()
  return ask(self, "settle")
end

--- Stops the emulator. It can be called more than once.
function Handle:stop()
  if getmetatable(self) == Handle and not self.pipe then return end
  ask(self, "stop")
  self.pipe:close()
  self.pipe = nil
end

return Handle
