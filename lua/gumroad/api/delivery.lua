--- How Gumroad delivers a ping, from the first attempt to the last: what a receiver can expect, and
-- what the emulator does likewise.
local delivery = {}

--- Seconds between an event and its first delivery: of a sale, and of any other event.
delivery.SALE_DELAY, delivery.OTHER_DELAY = 10, 5

--- Seconds that a receiver has for its response.
delivery.TIMEOUT = 5

--- Seconds before each further delivery of a ping that was not taken; there are no more than these.
delivery.PAUSES = { 60, 180, 600 }

--- How many redirects one delivery follows, on newer servers. Older ones follow none.
delivery.MAX_REDIRECTS = 3

--- The longest URL that Gumroad takes for a webhook, in bytes.
delivery.MAX_URL = 255

--- What a ping is written in, by the name of the format.
delivery.CONTENT_TYPES = { form = "application/x-www-form-urlencoded", json = "application/json" }

--- What a request says besides its Content-Type.
delivery.HEADERS = {
  ["User-Agent"] = "Ruby", Accept = "*/*", ["Accept-Encoding"] = "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
}

local RETRIED = { [499] = true, [500] = true, [502] = true, [503] = true, [504] = true }

--- The status by which a receiver asks for the ping once more.
delivery.RETRY = 503

--- The format of pings to a host: "json" where its name ends with zapier.com, else "form".
function delivery.format(host)
  return host:find("zapier%.com$") and "json" or "form"
end

--- Whether a status says that the ping was taken.
function delivery.is_accepted(status)
  return status >= 200 and status < 300
end

--- Whether a ping is sent again after a response, as long as a pause is left.
-- @param status of HTTP; nil: there was no response, after which older servers gave up
function delivery.is_retried(status, old_server)
  if status then return RETRIED[status] or false end
  return not old_server
end

--- The pauses that are left after a delivery, in words: "1, 3 and 10 minutes".
-- @param retry_count of the delivery, 0 to 3
-- @return text, or nil after the last one
function delivery.pauses_in_words(retry_count)
  local minutes = {}
  for i = retry_count + 1, #delivery.PAUSES do minutes[#minutes + 1] = ("%d"):format(delivery.PAUSES[i] / 60) end
  if #minutes == 0 then return nil end
  return table.concat(minutes, ", "):gsub(", (%d+)$", " and %1") .. " minutes"
end

return delivery
