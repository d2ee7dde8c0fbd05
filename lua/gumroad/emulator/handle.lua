--- A running emulator, as a script holds it: each method is one of the emulator's own requests.
-- @submodule gumroad.emulator
local core = require "gumroad.core"
local http = require "gumroad.client.http"
local json = require "gumroad.base.json"
local options = require "gumroad.base.options"

local Handle = {}
Handle.__index = Handle

-- @param pipe the child's standard output, which ends the child when it is closed
function Handle.new(pipe, port, access_token)
  return setmetatable({ url = "http://127.0.0.1:" .. port, port = port, pipe = pipe,
    access_token = access_token }, Handle)
end

-- Nothing else goes on meanwhile, whatever loop the caller has.
local function wait_for(sending)
  while not sending:done() do core.engine():step(1) end
  return sending:result()
end

-- One of the emulator's own requests -> its result | nil, message
local function ask(handle, name, params)
  if not handle.pipe then return nil, "the emulator is stopped" end
  local sending, err = http.start { url = handle.url .. "/_emulator/" .. name, timeout = 60, json = params or {},
    max_size = 256 * 1048576 }
  if not sending then return nil, err.message end
  local result
  result, err = wait_for(sending)
  if not result then return nil, err.message end
  local ok, value = pcall(json.decode, result.body)
  if not ok then return nil, result.body end
  if result.status ~= 200 then return nil, value.error end
  return value
end

local SALE = {}
for name in ("product_id email full_name quantity variants custom_fields url_params offer_code referrer test "
  .. "subscription_id gift_to"):gmatch("%S+") do SALE[name] = {} end

-- A misspelt field would order something else than the test wants.
local FIELD = { noun = "field" }

--- Sells something now and sends the `sale` pings.
-- @param fields optional table: `product_id`, `email`, `full_name`, `quantity`, `variants`,
--   `custom_fields` and `url_params` (tables, or lists of {name, value} where order matters),
--   `offer_code`, `referrer`, `test` (true: the seller buys; in no list), `subscription_id` (one
--   more charge of that), `gift_to` (the receiver's email)
-- @return the sale as the API shows it | nil, message
function Handle:sell(fields)
  return ask(self, "sell", options.check("sell", SALE, fields, FIELD))
end

--- Cancels a subscription and sends the `cancellation` pings.
-- @param subscriber_id of the subscription
-- @param by "buyer" (default), "seller", "admin" or "payment_failures"
-- @return the subscriber | nil, message
function Handle:cancel(subscriber_id, by)
  return ask(self, "cancellation", { subscriber_id = subscriber_id, by = by })
end

--- Refunds a sale and sends the `refund` pings.
-- @param sale_id      whose payment goes back
-- @param amount_cents default: all that is left
-- @return the sale | nil, message
function Handle:refund(sale_id, amount_cents)
  return ask(self, "refund", { sale_id = sale_id, amount_cents = amount_cents })
end

--- Makes something happen and sends its pings: `dispute` and `dispute_won` (of `sale_id`),
-- `subscription_updated` (of `subscriber_id`; `type` "upgrade" or "downgrade"),
-- `subscription_ended` (`reason`) and `subscription_restarted`; `resend` (of `sale_id`) sends
-- a sale's ping again.
-- @return the sale or subscriber | nil, message
function Handle:event(name, params)
  return ask(self, name, params)
end

--- Orders a failure: see gumroad.emulator.http.fault_kinds for the kinds.
-- @param fault table: `kind`, and optionally `path` (beginning of it), `method`, `times`
--   (1; "always"), `after` (0), and what the kind takes
-- @return true | nil, message
function Handle:fault(fault)
  local known = require("gumroad.emulator.http.faults").FIELDS
  local done, message = ask(self, "fault", options.check("fault", known, fault, FIELD))
  if not done then return nil, message end
  return true
end

--- Forgets all faults.
function Handle:clear_faults()
  return ask(self, "clear_faults")
end

--- What came in and went out: `requests`, `in_flight`, `max_in_flight`, `connections`,
-- `last_requests` (of each method, path, query, headers, body), `pings` (of each delivery url,
-- resource_name, attempt, and status or error), `pings_waiting`.
function Handle:stats()
  return ask(self, "stats")
end

function Handle:reset_stats()
  return ask(self, "reset_stats")
end

--- Sets the seller's ping endpoint, to which `sale` pings go; nil: none.
function Handle:settings_ping_url(url)
  return ask(self, "settings_ping_url", { url = url })
end

--- "Send test ping": the latest sale, once, without a resource name.
function Handle:test_ping(url)
  return ask(self, "test_ping", { url = url })
end

--- Brings a customer along from elsewhere, who has a license key but no sale.
-- @param fields table: `product_id`, `email`
-- @return { product_id, license_key } | nil, message
function Handle:import_customer(fields)
  return ask(self, "import_customer", fields)
end

--- Makes one more token good.
-- @param token       the new token
-- @param scopes      text, separated by spaces
-- @param application whose it is, default "main", that of the first token
function Handle:grant(token, scopes, application)
  return ask(self, "grant", { token = token, scopes = scopes, application = application })
end

--- Revokes a token.
function Handle:revoke(token)
  return ask(self, "revoke", { token = token })
end

--- Revokes an application, as its user can in the settings: its tokens are revoked, and its
-- resource subscriptions deleted.
-- @return table | nil, message
function Handle:revoke_application(client_id)
  return ask(self, "revoke_application", { client_id = client_id })
end

--- The user types the code that a device shows, and agrees.
-- @return table | nil, message
function Handle:approve(user_code)
  return ask(self, "decide", { user_code = user_code, approve = true })
end

--- The user types the code that a device shows, and refuses.
-- @return table | nil, message
function Handle:deny(user_code)
  return ask(self, "decide", { user_code = user_code, approve = false })
end

--- Moves the emulator's clock on, so that what has a term, such as OAuth's codes and the URLs of an
-- upload, runs out.
function Handle:advance(seconds)
  return ask(self, "advance", { seconds = seconds })
end

--- Waits until no ping is on its way, retries included.
function Handle:settle()
  return ask(self, "settle")
end

--- Ends the emulator. Safe to repeat.
function Handle:stop()
  if not self.pipe then return end
  ask(self, "stop")
  self.pipe:close()
  self.pipe = nil
end

return Handle
