--- How Gumroad delivers a ping, from the first attempt to the last. Receivers can expect this, and the
-- emulator does the same.
local delivery = {}

--- Seconds between an event and its first delivery, for a sale and for any other event.
delivery.SALE_DELAY, delivery.OTHER_DELAY = 10, 5

--- Seconds within which a receiver must respond.
delivery.TIMEOUT = 5

--- Seconds before each repeated delivery of a ping that was not accepted. After the last one, Gumroad gives up.
delivery.PAUSES = { 60, 180, 600 }

--- How many redirects a delivery follows on newer servers. Older servers follow none.
delivery.MAX_REDIRECTS = 3

--- The longest URL that Gumroad accepts for a webhook, in bytes.
delivery.MAX_URL = 255

--- The content type of each format that a ping may have.
delivery.CONTENT_TYPES = { form = "application/x-www-form-urlencoded", json = "application/json" }

--- The other headers of a delivery.
delivery.HEADERS = {
  ["User-Agent"] = "Ruby", Accept = "*/*", ["Accept-Encoding"] = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
}

local RETRIED = { [499] = true, [500] = true, [502] = true, [503] = true, [504] = true }

--- The status with which a receiver asks for the ping again.
delivery.RETRY = 503

--- The format of pings to a host: "json" if its name ends with zapier.com, otherwise "form".
function delivery.format(host)
  return host:find("zapier%.com$") and "json" or "form"
end

--- Whether a status means that the ping was accepted.
function delivery.is_accepted(status)
  return status >= 200 and status < 300
end

--- Whether a ping is sent again after a response, if there are deliveries left.
-- @param status      of HTTP, or nil if there was no response
-- @param old_server  whether the server is an older one, which gives up if there was no response
function delivery.is_retried(status, old_server)
  if status then return RETRIED[status] or false end
  return not old_server
end

--- The pauses that remain after a delivery, in words: "1, 3 and 10 minutes".
-- @param retry_count of the delivery, 0 to 3
-- @return text, or nil after the last delivery
function delivery.pauses_in_words(retry_count)
  local minutes = {}
  for i = retry_count + 1, #delivery.PAUSES do minutes[#minutes + 1] = ("%d"):format(delivery.PAUSES[i] / 60) end
  if #minutes == 0 then return nil end
  return table.concat(minutes, ", "):gsub(", (%d+)$", " and %1") .. " minutes"
end

return delivery
