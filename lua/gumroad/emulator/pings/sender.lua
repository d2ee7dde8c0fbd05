--- Sends pings with the server's delays, headers and retries.
local access = require "gumroad.emulator.http.access"
local deliveries = require "gumroad.emulator.pings.deliveries"
local delivery_facts = require "gumroad.api.delivery"
local http = require "gumroad.client.http"
local json = require "gumroad.emulator.http.json"
local subscriptions = require "gumroad.emulator.shop.resource_subscriptions"

local Pings = {}
Pings.__index = Pings

--- @param server table with `shop`, `timers` and `time_scale`
function Pings.new(server)
  return setmetatable({ server = server, running = {}, log = {}, waiting = 0 }, Pings)
end

local function finish(self)
  self.waiting = self.waiting - 1
end

-- Logs the outcome of a delivery.
local function log_delivery(self, delivery, status, failure)
  self.log[#self.log + 1] = json.dict("url", delivery.url, "resource_name", delivery.resource_name,
    "attempt", delivery.attempt, "status", status, "error", failure)
end

local function send(self, delivery)
  if delivery.application and not access.may_notify(self.server.shop, delivery.application) then
    return finish(self)  -- the application has no token left that may read sales
  end
  local body = deliveries.body(delivery.payload, delivery.format, delivery.attempt - 1)
  local sending, err = http.start(deliveries.request(delivery.place, body, delivery.format))
  if sending then
    self.running[#self.running + 1] = { sending = sending, delivery = delivery }
  else
    log_delivery(self, delivery, nil, err.message)
    finish(self)
  end
end

local function schedule(self, delivery, seconds)
  delivery.place, delivery.hops = delivery.url, 0
  self.server.timers:after(seconds * self.server.time_scale, function() send(self, delivery) end)
end

local function conclude(self, delivery, result, err)
  local status = result and result.status
  log_delivery(self, delivery, status, err and err.message)
  local old_server = self.server.shop.old_server
  local place = result and delivery.hops < delivery_facts.MAX_REDIRECTS
    and deliveries.next_place(delivery.place, result, old_server)
  if place then
    delivery.place, delivery.hops = place, delivery.hops + 1
    return send(self, delivery)
  end
  local pause = not delivery.once and delivery_facts.PAUSES[delivery.attempt]
  if pause and delivery_facts.is_retried(status, old_server) then
    delivery.attempt = delivery.attempt + 1
    return schedule(self, delivery, pause)
  end
  finish(self)
end

--- Handles the deliveries that have a response.
function Pings:collect()
  for i = #self.running, 1, -1 do
    local entry = self.running[i]
    if entry.sending:done() then
      table.remove(self.running, i)
      conclude(self, entry.delivery, entry.sending:result())
    end
  end
end

local function start(self, delivery, seconds)
  delivery.attempt = 1
  self.waiting = self.waiting + 1
  schedule(self, delivery, seconds)
end

--- Sends the pings of an event to all of its subscribers.
-- @param record  a sale or a subscription
-- @param details for an event of a subscription, the fields about the event itself
function Pings:event(resource_name, record, details)
  local shop = self.server.shop
  local payload = deliveries.payload(shop, resource_name, record, details)
  local delay = resource_name == "sale" and delivery_facts.SALE_DELAY or delivery_facts.OTHER_DELAY
  if resource_name == "sale" and self.settings_url then
    start(self, { url = self.settings_url, resource_name = "sale", payload = payload,
      format = "form" }, delay)
  end
  for _, subscription in ipairs(subscriptions.of_event(shop, resource_name)) do
    start(self, { url = subscription.post_url, resource_name = resource_name, payload = payload,
      format = subscription.format, application = subscription.application }, delay)
  end
end

--- Sets the ping endpoint in the seller's settings, which gets sales only.
-- @param url may be nil
function Pings:set_settings_url(url)
  if url and not url:find("^http") then url = "http://" .. url end
  self.settings_url = url
end

--- Does what "Send test ping" in the settings does: sends the latest sale to a URL, once.
function Pings:test(url)
  local payload = deliveries.test_payload(self.server.shop)
  if not payload then return end
  start(self, { url = url, payload = payload, format = "form", once = true }, 0)
end

return Pings
