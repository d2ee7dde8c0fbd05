--- Checks a receiver of pings: whether Gumroad can reach it, and how it responds.
local delivery = require "gumroad.api.delivery"
local pings = require "gumroad.emulator.pings"
local json = pings.json
local network = require "gumroad.cli.commands.doctor.checks.network"
local post_url = require "gumroad.webhook.address"
local url = require "gumroad.base.url"

local CHECK = "receiver"
local SLOW = 2  -- seconds

-- Checks the text of the address; returns true if Gumroad would accept it.
local function check_text(report, address)
  local fault = post_url.fault(address)
  if fault then return report:problem(CHECK, ("%s %s"):format(url.shown(address), fault)) end
  if url.parse(address).scheme == "http" then
    report:warning(CHECK, "buyers' data goes there unencrypted", "Use https")
  end
  return true
end

-- Checks whether the name of the host resolves to public addresses.
local function check_name(report, host)
  local addresses, _, message = require("gumroad.system").resolve(host)
  if not addresses then
    return report:problem(CHECK, message, "Check the name: Gumroad would accept it, but never reach it")
  end
  for _, address in ipairs(addresses) do
    if post_url.is_private(address) then
      return report:problem(CHECK, ("%s is %s, which is not in the public network"):format(host, address),
        "Gumroad refuses such addresses: use a public host or a tunnel")
    end
  end
  report:ok(CHECK, "%s is %s", host, table.concat(addresses, ", "))
end

-- Says what a status other than 2xx means, and what to do.
local function meaning(status)
  if status >= 300 and status < 400 then
    return "it redirects, which not every server of Gumroad follows", "Use the address that it redirects to"
  elseif delivery.is_retried(status) then
    return ("Gumroad would send the event again after %s, and then drop it"):format(delivery.pauses_in_words(0)),
      "Make it respond with 200"
  end
  if status == 403 then
    return "Gumroad would drop the event for good", "If it accepts pings for one seller only, check that this is the "
      .. "seller of the token used here"
  end
  return "Gumroad would drop the event for good", ("Make it respond with 200, or with %d to get the event again")
    :format(delivery.RETRY)
end

local function check_response(report, response)
  local status = response.status
  if not delivery.is_accepted(status) then
    local why, advice = meaning(status)
    report:problem(CHECK, ("it responds to a test ping with %d: %s"):format(status, why), advice)
  elseif response.seconds > SLOW then
    report:warning(CHECK, ("it responds to a test ping with %d after %.1f s"):format(status, response.seconds),
      ("Gumroad waits %d s: respond first, then do the work"):format(delivery.TIMEOUT))
  else
    report:ok(CHECK, "it responds to a test ping with %d after %.0f ms", status, response.seconds * 1000)
  end
end

local function check_ping(report, address, seller_id)
  local payload = pings.examples(os.time()):test_payload()
  if seller_id then json.put(payload, "seller_id", seller_id) end
  local format = pings.format(address)
  local request = pings.request(address, pings.body(payload, format, 0), format)
  local response, message, advice = network.ask(request)
  if response then return check_response(report, response) end
  report:problem(CHECK, "a test ping does not arrive: " .. message, advice)
end

--- Runs the checks. Sends a test ping of an invented sale, as Gumroad's settings page does.
-- @param args      `url`: address of the receiver; nil for no checks
-- @param seller_id id of the seller in the ping; nil for an invented one
return function(report, args, seller_id)
  local address = args.url
  local host = address and url.host(address)
  if address and check_text(report, address) then check_name(report, host) end
  if host then check_ping(report, address, seller_id) end
end
