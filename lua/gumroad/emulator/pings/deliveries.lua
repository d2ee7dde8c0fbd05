--- One delivery of a ping: what it says, the request that carries it, and what Gumroad makes of
-- the answer.
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"

local deliveries = {}

local TIMEOUT = 5  -- seconds that a receiver has
local RETRIED = { [499] = true, [500] = true, [502] = true, [503] = true, [504] = true }

local CONTENT_TYPES = { form = "application/x-www-form-urlencoded", json = "application/json" }

--- Seconds before each further delivery of a ping that was not taken.
deliveries.PAUSES = { 60, 180, 600 }

--- How many redirects one delivery follows.
deliveries.MOST_HOPS = 3

local SALE_EVENTS = { sale = true, refund = true, dispute = true, dispute_won = true }

--- What the ping of an event says.
-- @param record a sale or a subscription
function deliveries.payload(shop, resource_name, record)
  local make = SALE_EVENTS[resource_name] and payloads.sale or payloads.subscription
  return make(shop, record, resource_name)
end

--- What the test ping of the settings page says: the latest sale; nil where there is none.
function deliveries.test_payload(shop)
  local sale = shop:sale(shop.sale_count)
  if not sale then return nil end
  local payload = payloads.sale(shop, sale)
  json.put(payload, "test", true)
  return payload
end

--- The bytes of a delivery. A re-sent ping is the first snapshot with one key more.
-- @param format "form" or "json"
-- @param retry_count 0, or 1 to 3 for a delivery after the first
function deliveries.body(payload, format, retry_count)
  if retry_count > 0 then
    payload = json.copy(payload)
    json.put(payload, "retry_count", retry_count)
  end
  return format == "json" and json.encode(payload) or payloads.form(payload)
end

--- The request, for engine:send.
function deliveries.request(url, body, format)
  return {
    method = "POST", base_url = url, body = body, fresh = true, timeout = TIMEOUT, connect_timeout = TIMEOUT,
    headers = {
      ["Content-Type"] = CONTENT_TYPES[format], ["User-Agent"] = "Ruby", Accept = "*/*",
      ["Accept-Encoding"] = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
    },
  }
end

--- Whether a ping is sent again after an answer.
-- @param status of HTTP; nil: none came, after which older servers gave up
function deliveries.is_retried(status, old_server)
  if status then return RETRIED[status] or false end
  return not old_server
end

--- Where an answer sends a delivery on to, or nil. Newer servers post the same there.
-- @param place the URL that answered
-- @param result { status, headers }
function deliveries.next_place(place, result, old_server)
  local status, location = result.status, result.headers.location
  if old_server or status < 300 or status > 399 or not location then return nil end
  return location:find("^/") and place:match("^%a+://[^/?#]+") .. location or location
end

return deliveries
