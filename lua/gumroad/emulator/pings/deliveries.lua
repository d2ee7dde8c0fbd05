--- A single delivery of a ping: its payload and its request.
local delivery = require "gumroad.api.delivery"
local events = require "gumroad.api.events"
local form = require "gumroad.emulator.pings.form"
local json = require "gumroad.emulator.http.json"
local payloads = require "gumroad.emulator.pings.payloads"
local sales = require "gumroad.emulator.shop.sales"
local tables = require "gumroad.base.tables"
local urls = require "gumroad.base.url"

local deliveries = {}

--- Returns the payload of an event's ping.
-- @param record  a sale or a subscription
-- @param details for an event of a subscription, the fields about the event itself
function deliveries.payload(shop, resource_name, record, details)
  local make = events.named[resource_name].object == events.SALE and payloads.sale or payloads.subscription
  return make(shop, record, resource_name, details)
end

--- Returns the payload of the test ping of the settings page: the latest sale, or nil before the first sale.
function deliveries.test_payload(shop)
  local sale = sales.get(shop, shop.sale_count)
  return sale and json.put(payloads.sale(shop, sale), "test", true)
end

--- Returns the body of a delivery. A repeated delivery has the same payload and a `retry_count`.
-- @param format "form" or "json"
-- @param retry_count 0, or 1 to 3 for a delivery after the first
function deliveries.body(payload, format, retry_count)
  if retry_count > 0 then payload = json.put(json.copy(payload), "retry_count", retry_count) end
  return format == "json" and json.encode(payload) or form(payload)
end

--- Returns the request, for gumroad.client.http.
function deliveries.request(url, body, format)
  return {
    method = "POST", url = url, body = body, timeout = delivery.TIMEOUT, connect_timeout = delivery.TIMEOUT,
    headers = tables.copy(delivery.HEADERS, { ["Content-Type"] = delivery.CONTENT_TYPES[format] }),
  }
end

--- Returns the URL that a response redirects a delivery to, or nil. Newer servers post the same body there.
-- @param place the URL that sent the response
-- @param result { status, headers }
function deliveries.next_place(place, result, old_server)
  local status, location = result.status, result.headers.location
  if old_server or status < 300 or status > 399 or not location then return nil end
  return location:find("^/") and urls.origin(place) .. location or location
end

return deliveries
