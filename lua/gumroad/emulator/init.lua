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
local core = require "gumroad.core"
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"

local emulator = {}

local ALL_SCOPES = table.concat(require "gumroad.api.scopes".ordinary, " ")

local APPLICATIONS = {
  { client_id = "emulated-application", name = "Emulated application", device_flow = true,
    redirect_uris = { "http://127.0.0.1/callback" } },
  { client_id = "emulated-web-application", name = "Emulated web application",
    client_secret = "emulated-client-secret", device_flow = false,
    redirect_uris = { "https://shop.example.com/gumroad/callback", "http://127.0.0.1/callback" } },
}

local DEFAULTS = {
  port = 0, seed = 1, products = 12, sales = 200, subscribers = 40, scopes = ALL_SCOPES,
  access_token = "emulated-access-token", tokens = {}, applications = APPLICATIONS, latency = 0, time_scale = 1,
  strict_post_url = false, old_server = false, throttle = false, part_size = 104857600,
}
local OPTIONAL = { now = "number", lua = "string" }

local function known_options()
  local known = {}
  for name in pairs(DEFAULTS) do known[name] = true end
  for name in pairs(OPTIONAL) do known[name] = true end
  return known
end

-- The caller's options and the defaults, checked.
local function complete(options)
  local out = {}
  for name, value in pairs(DEFAULTS) do out[name] = value end
  for name, value in pairs(options or {}) do
    local want = OPTIONAL[name] or DEFAULTS[name] ~= nil and type(DEFAULTS[name])
    if not want then
      Error.usage("emulator: unknown option '%s'%s", tostring(name), Error.hint(name, known_options()))
    elseif type(value) ~= want then
      Error.usage("emulator: %s: %s expected, got %s", name, want, type(value))
    end
    out[name] = value
  end
  out.now = out.now or os.time()
  if out.products < 1 and not (options and options.sales) then out.sales = 0 end
  if out.products < 2 and not (options and options.subscribers) then out.subscribers = 0 end
  if out.products < 1 and out.sales > 0 then Error.usage("emulator: sales: needs at least one product") end
  if out.products < 2 and out.subscribers > 0 then
    Error.usage("emulator: subscribers: needs at least two products, the second is the membership")
  end
  return out
end

-- Serves until the end, of which Ctrl-C is one like any other.
local function run_until_end(server, with_parent)
  local ok, message = pcall(server.run, server, with_parent)
  if not ok and not tostring(message):find("interrupted!", 1, true) then error(message, 0) end
end

--- Serves in this process until it is stopped through a handle or interrupted.
-- @param options as for start
-- @param ready optional function(port, access_token), called when the port is open
-- @return true | nil, code, message
function emulator.run(options, ready)
  local server, code, message = require "gumroad.emulator.http.server".new(complete(options))
  if not server then return nil, code, message end
  if ready then ready(server.port, (options or {}).access_token or DEFAULTS.access_token) end
  run_until_end(server, false)
  return true
end

--- The child's main program: reports its port, or why it has none, and serves until its parent
-- is gone.
function emulator.serve(options)
  local server, _, message = require "gumroad.emulator.http.server".new(json.decode(options))
  io.stdout:write(server and "ready " .. server.port or message, "\n")
  io.stdout:flush()
  if server then run_until_end(server, true) end
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The program that runs us, as a word of the shell: the first of the command line's words that is
-- called like one. Without a script, as at a prompt, it stands where the script's name would; but Lua
-- 5.1 and LuaJIT tell nothing then.
local function interpreter()
  local words, first = rawget(_G, "arg") or {}, nil
  for index = 0, -20, -1 do
    local word = words[index]
    if not word then break end
    if word:find("lua") and (index < 0 or not words[-1]) then first = word end
  end
  if first then return quote(first) end
  local name = rawget(_G, "jit") and "luajit" or _VERSION:lower():gsub(" ", "")
  return ('"$(command -v %s || echo lua)"'):format(name)
end

-- A file that only we can read tells the child what to do: options hold tokens, and command
-- lines are public.
local function write_program(options)
  local path = os.tmpname()
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  file:write("os.remove(arg[0])\n",
    ("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath),
    ("require('gumroad.emulator').serve(%q)\n"):format(json.encode(options)))
  file:close()
  return path
end

-- the handle ------------------------------------------------------------------------------

local Handle = {}
Handle.__index = Handle

local function wait_for(transfer)
  local engine = core.engine()
  while not transfer:done() do engine:step(1) end
  return transfer:result()
end

-- One of the emulator's own requests -> its answer | nil, message
local function ask(handle, name, params)
  if not handle.pipe then return nil, "the emulator is stopped" end
  local transfer, _, wrong = core.engine():send {
    method = "POST", base_url = handle.url, path = "/_emulator/" .. name, timeout = 60,
    headers = { ["Content-Type"] = "application/json" }, body = json.encode(params or {}),
    max_size = 256 * 1048576,
  }
  if not transfer then return nil, wrong end
  local result, _, message = wait_for(transfer)
  if not result then return nil, message end
  local ok, value = pcall(json.decode, result.body)
  if not ok then return nil, result.body end
  if result.status ~= 200 then return nil, value.error end
  return value
end

local SALE = {}
for name in ("product_id email full_name quantity variants custom_fields url_params offer_code referrer test "
  .. "subscription_id gift_to"):gmatch("%S+") do SALE[name] = true end

-- A misspelt field would order something else than the test wants.
local function check_fields(where, known, fields)
  for name in pairs(fields or {}) do
    if not known[name] then Error.usage("%s: unknown field '%s'%s", where, tostring(name), Error.hint(name, known)) end
  end
end

--- Sells something now and sends the `sale` pings.
-- @param fields optional table: `product_id`, `email`, `full_name`, `quantity`, `variants`,
--   `custom_fields` and `url_params` (tables, or lists of {name, value} where order matters),
--   `offer_code`, `referrer`, `test` (true: the seller buys; in no list), `subscription_id` (one
--   more charge of that), `gift_to` (the receiver's email)
-- @return the sale as the API shows it | nil, message
function Handle:sell(fields)
  check_fields("sell", SALE, fields)
  return ask(self, "sell", fields)
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

--- Orders a failure: see gumroad.emulator.http.faults for the kinds.
-- @param fault table: `kind`, and optionally `path` (beginning of it), `method`, `times`
--   (1; "always"), `after` (0), and what the kind takes
-- @return true | nil, message
function Handle:fault(fault)
  check_fields("fault", require("gumroad.emulator.http.faults").FIELDS, fault)
  local done, message = ask(self, "fault", fault)
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

--- Sets the seller's ping endpoint, which is told of sales. nil: none.
function Handle:settings_ping_url(url)
  return ask(self, "settings_ping_url", { url = url })
end

--- "Send test ping": the latest sale, once, without a resource name.
function Handle:test_ping(url)
  return ask(self, "test_ping", { url = url })
end

--- Brings a customer along from elsewhere, who has a licence key but no sale.
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

--- Starts an emulator on loopback.
-- @param options optional table:
--   `port` (0: any free one), `seed` (1), `products` (12), `sales` (200), `subscribers` (40),
--   `now` (Unix time at which its clock starts; default: now), `access_token`, `scopes` (text;
--   default: all), `tokens` (more of them: token -> scopes), `applications` (those that users may
--   authorize, a list of { client_id, name, redirect_uris = list, client_secret: of a confidential
--   one, device_flow: whether devices may ask }; default: "emulated-application", for programs on
--   the user's machine, and "emulated-web-application"), `latency` (0; seconds before each answer),
--   `time_scale` (1; factor on the delays and pauses of pings, and on those between a device's
--   polls), `strict_post_url`
--   (false; true refuses webhooks to loopback and private networks, as Gumroad does),
--   `old_server` (false; true: as in April 2025), `throttle` (false; true: too many requests are
--   refused with 429 as at Gumroad), `part_size` (104857600; bytes of each part of
--   an uploaded file), `lua` (the interpreter to run)
-- @return handle with `url`, `port`, `access_token` and methods | nil, message
function emulator.start(options)
  local full = complete(options)
  local path, wrong = write_program(full)
  if not path then return nil, wrong end
  local command = "exec " .. (full.lua and quote(full.lua) or interpreter()) .. " " .. quote(path)
  local pipe = assert(io.popen(command, "r"))
  local line = pipe:read("*l")
  local port = line and tonumber(line:match("^ready (%d+)$"))
  if not port then
    pipe:close()
    os.remove(path)
    return nil, line or "the emulator did not start (its option 'lua' names the interpreter): " .. command
  end
  return setmetatable({ url = "http://127.0.0.1:" .. port, port = port, pipe = pipe,
    access_token = full.access_token }, Handle)
end

return emulator
