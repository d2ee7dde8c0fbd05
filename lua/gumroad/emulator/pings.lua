--- Sends pings: after the server's delays, with its headers, retries and silences.
local json = require "gumroad.emulator.json"
local payloads = require "gumroad.emulator.payloads"

local SALE_DELAY, OTHER_DELAY = 10, 5       -- seconds before the first delivery
local PAUSES = { 60, 180, 600 }             -- seconds before each further one
local RETRIED = { [499] = true, [500] = true, [502] = true, [503] = true, [504] = true }
local TIMEOUT = 5                           -- seconds that a receiver has
local MOST_HOPS = 3                         -- redirects that one delivery follows

local CONTENT_TYPES = { form = "application/x-www-form-urlencoded", json = "application/json" }

local Pings = {}
Pings.__index = Pings

--- @param server table with `shop`, `engine`, `timers` and `time_scale`
function Pings.new(server)
  return setmetatable({ server = server, running = {}, log = {}, waiting = 0 }, Pings)
end

-- A re-sent ping is the first snapshot with one key more.
local function body_of(delivery)
  local payload = delivery.payload
  if delivery.attempt > 1 then
    payload = json.copy(payload)
    json.put(payload, "retry_count", delivery.attempt - 1)
  end
  return delivery.format == "json" and json.encode(payload) or payloads.form(payload)
end

local function finish(self)
  self.waiting = self.waiting - 1
end

local function send(self, delivery)
  if delivery.application and not self.server.shop:may_notify(delivery.application) then
    return finish(self)  -- no token is left that may see sales: silence
  end
  local transfer, _, message = self.server.engine:send {
    method = "POST", base_url = delivery.place, body = body_of(delivery), fresh = true,
    timeout = TIMEOUT, connect_timeout = TIMEOUT,
    headers = {
      ["Content-Type"] = CONTENT_TYPES[delivery.format], ["User-Agent"] = "Ruby", Accept = "*/*",
      ["Accept-Encoding"] = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
    },
  }
  if transfer then
    self.running[#self.running + 1] = { transfer = transfer, delivery = delivery }
  else
    self:note(delivery, nil, message)
    finish(self)
  end
end

--- Writes down what came of one delivery.
function Pings:note(delivery, status, failure)
  local entry = json.dict()
  json.put(entry, "url", delivery.url)
  json.put(entry, "resource_name", delivery.resource_name)
  json.put(entry, "attempt", delivery.attempt)
  json.put(entry, "status", status)
  json.put(entry, "error", failure)
  self.log[#self.log + 1] = entry
end

local function schedule(self, delivery, seconds)
  delivery.place, delivery.hops = delivery.url, 0
  self.server.timers:after(seconds * self.server.time_scale, function() send(self, delivery) end)
end

local function is_retried(self, status)
  if status then return RETRIED[status] end
  return not self.server.shop.old_server  -- older servers gave up when nobody answered
end

-- Where an answer sends a delivery to, or nil. Newer servers post the same there.
local function next_place(self, delivery, result)
  local status, location = result.status, result.headers.location
  if self.server.shop.old_server or status < 300 or status > 399 or not location then return nil end
  if delivery.hops == MOST_HOPS then return nil end
  if location:find("^/") then return delivery.place:match("^%a+://[^/?#]+") .. location end
  return location
end

local function conclude(self, delivery, result, message)
  local status = result and result.status
  self:note(delivery, status, message)
  local place = result and next_place(self, delivery, result)
  if place then
    delivery.place, delivery.hops = place, delivery.hops + 1
    return send(self, delivery)
  end
  local pause = not delivery.once and PAUSES[delivery.attempt]
  if pause and is_retried(self, status) then
    delivery.attempt = delivery.attempt + 1
    return schedule(self, delivery, pause)
  end
  finish(self)
end

--- Looks which deliveries were answered.
function Pings:collect()
  for i = #self.running, 1, -1 do
    local entry = self.running[i]
    if entry.transfer:done() then
      table.remove(self.running, i)
      local result, _, message = entry.transfer:result()
      conclude(self, entry.delivery, result, message)
    end
  end
end

local function start(self, delivery, seconds)
  delivery.attempt = 1
  self.waiting = self.waiting + 1
  schedule(self, delivery, seconds)
end

local SALE_EVENTS = { sale = true, refund = true, dispute = true, dispute_won = true }

--- Sends an event to everybody who subscribed to it.
-- @param record a sale or a subscription
function Pings:event(resource_name, record)
  local shop = self.server.shop
  local make = SALE_EVENTS[resource_name] and payloads.sale or payloads.subscription
  local payload = make(shop, record, resource_name)
  local delay = resource_name == "sale" and SALE_DELAY or OTHER_DELAY
  if resource_name == "sale" and self.settings_url then
    start(self, { url = self.settings_url, resource_name = "sale", payload = payload,
      format = "form" }, delay)
  end
  for _, hook in ipairs(shop.hooks) do
    if hook.resource_name == resource_name and not hook.deleted then
      start(self, { url = hook.post_url, resource_name = resource_name, payload = payload,
        format = hook.format, application = hook.application }, delay)
    end
  end
end

--- The seller's ping endpoint in the settings: told of sales only. nil: none.
function Pings:set_settings_url(url)
  if url and not url:find("^http") then url = "http://" .. url end
  self.settings_url = url
end

--- "Send test ping": the latest sale, to one address, once.
function Pings:test(url)
  local shop = self.server.shop
  local sale = shop:sale(shop.sale_count)
  if not sale then return end
  local payload = payloads.sale(shop, sale)
  json.put(payload, "test", true)
  start(self, { url = url, payload = payload, format = "form",
    once = true }, 0)
end

return Pings
