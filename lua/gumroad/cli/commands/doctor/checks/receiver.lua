--- A receiver of pings: can Gumroad reach it, and does it answer as it should?
local delivery = require "gumroad.api.delivery"
local pings = require "gumroad.emulator.pings"
local json = pings.json
local network = require "gumroad.cli.commands.doctor.checks.network"
local post_url = require "gumroad.webhook.address"
local url = require "gumroad.base.url"

local CHECK = "receiver"
local SLOW = 2  -- seconds

-- Whether Gumroad takes the address, as far as its text tells.
local function check_text(report, address)
  local fault = post_url.fault(address)
  if fault then return report:problem(CHECK, ("%s %s"):format(url.shown(address), fault)) end
  if url.parse(address).scheme == "http" then
    report:warning(CHECK, "buyers' data goes there unencrypted", "Use https")
  end
  return true
end

-- Whether the host's name leads into the public network.
local function check_name(report, host)
  local addresses, _, message = require("gumroad.system").resolve(host)
  if not addresses then
    return report:problem(CHECK, message, "Check the name; Gumroad takes it, and then reaches nobody")
  end
  for _, address in ipairs(addresses) do
    if post_url.is_private(address) then
      return report:problem(CHECK, ("%s is %s, which is not in the public network"):format(host, address),
        "Gumroad refuses such addresses: use a public host or a tunnel")
    end
  end
  report:ok(CHECK, "%s is %s", host, table.concat(addresses, ", "))
end

-- What a status that is not 2xx means.
local function meaning(status)
  if status >= 300 and status < 400 then
    return "it redirects, which not every server of Gumroad follows", "Name the address where that leads to"
  elseif delivery.is_retried(status) then
    return ("Gumroad sends it again after %s, and then never"):format(delivery.pauses_in_words(0)),
      "See that it answers 200"
  end
  if status == 403 then
    return "Gumroad drops the event for good", "If it refuses the pings of other sellers, see that it expects the one "
      .. "whose token is used here"
  end
  return "Gumroad drops the event for good", ("See that it answers 200, and %d when it should be sent again")
    :format(delivery.RETRY)
end

local function check_answer(report, response)
  local status = response.status
  if not delivery.is_accepted(status) then
    local why, advice = meaning(status)
    report:problem(CHECK, ("a test ping is answered with %d: %s"):format(status, why), advice)
  elseif response.seconds > SLOW then
    report:warning(CHECK, ("a test ping is answered with %d after %.1f s"):format(status, response.seconds),
      ("Gumroad gives %d s: answer first, handle after"):format(delivery.TIMEOUT))
  else
    report:ok(CHECK, "a test ping is answered with %d after %.0f ms", status, response.seconds * 1000)
  end
end

local function check_ping(report, address, seller_id)
  local payload = pings.examples(os.time()):test_payload()
  if seller_id then json.put(payload, "seller_id", seller_id) end
  local format = pings.format(address)
  local request = pings.request(address, pings.body(payload, format, 0), format)
  local response, message, advice = network.ask(request)
  if response then return check_answer(report, response) end
  report:problem(CHECK, "a test ping does not arrive: " .. message, advice)
end

--- Sends a test ping, as Gumroad's settings page does, of an invented sale.
-- @param args      `url`: the receiver's address; nil: there is nothing to look at
-- @param seller_id whose sale it is; nil: an invented seller's
return function(report, args, seller_id)
  local address = args.url
  local host = address and url.host(address)
  if address and check_text(report, address) then check_name(report, host) end
  if host then check_ping(report, address, seller_id) end
end
