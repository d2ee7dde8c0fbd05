--- The kinds of failure that can be ordered. To add one is to add a row here.
--
-- A row, under the name of the kind:
--
-- * `fields`: what an order of this kind takes besides the fields of every order, separated by spaces.
-- * `instead`: function(order, request) -> the response in place of the API's, which never sees the
--   request.
-- * `change`: function(response, order), which spoils what the API said; its `body` is there.
-- * `change_value`: the same before the JSON is written; its `value` may be there.
-- * `fault_of`: optional function(order) -> what is wrong with the order, or nil.
-- * `is_for`: optional function(order, request, now): whether it hits a request, besides path and method.
-- * `path`: of an order that names none.
-- * `upload`: the listener carries it out: see gumroad.emulator.http.faults.
--
-- A response may have, besides what gumroad.emulator.http.response makes: `delay` (seconds), `part` (bytes
-- that are sent), `reset`, `stall`.
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local response = require "gumroad.emulator.http.response"

local GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
  .. "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
local MEBIBYTE = 1048576
local JSON_TYPE = "application/json; charset=utf-8"

local kinds = {}

-- A response with the order's own headers.
local function ordered(order, status, content_type, body)
  return response.new(status, content_type, body, order.headers)
end

local function half(text)
  return math.floor(#text / 2)
end

-- in place of the API ---------------------------------------------------------------------

-- What Gumroad itself says; of other statuses a proxy does.
local STATUS_BODIES = {
  [400] = { JSON_TYPE, '{"success":false}' },
  [401] = { "text/html", "" },
  [403] = { "text/html", "" },
  [404] = { JSON_TYPE, '{"status":404,"error":"Not Found"}' },
  [429] = { "text/plain", "Retry later\n" },
  [500] = { JSON_TYPE, response.internal_error().body },
}

--- A response of your own; without a body that of Gumroad with this status, else a proxy's page.
kinds.status = { fields = "status body headers", instead = function(order)
  local usual = STATUS_BODIES[order.status] or { "text/html", GATEWAY_PAGE }
  return ordered(order, order.status or 502, usual[1], order.body or usual[2])
end }

--- HTTP 200 and a page of HTML.
kinds.html = { fields = "headers", instead = function(order)
  return ordered(order, 200, "text/html", GATEWAY_PAGE)
end }

--- HTTP 200 and `bytes` (64) bytes that are not JSON.
kinds.garbage = { fields = "bytes headers", instead = function(order)
  local bytes = order.bytes or 64
  return ordered(order, 200, JSON_TYPE, ("\0\255{]\127\240"):rep(math.ceil(bytes / 6)):sub(1, bytes))
end }

--- Valid JSON of about `bytes` (20 MiB).
kinds.huge = { fields = "bytes headers", instead = function(order)
  return ordered(order, 200, JSON_TYPE,
    '{"success":true,"padding":"' .. ("x"):rep(order.bytes or 20 * MEBIBYTE) .. '"}')
end }

--- `status` (302) and a Location of `location`.
kinds.redirect = {
  fields = "status location headers",
  fault_of = function(order) return not order.location and "redirect needs a location" or nil end,
  instead = function(order)
    local made = ordered(order, order.status or 302, "text/html", "")
    made.headers.Location = order.location
    return made
  end,
}

--- The connection is reset without a response.
kinds.reset = { instead = function() return { reset = true } end }

--- No response, ever.
kinds.stall = { instead = function() return { stall = true } end }

-- a gzip stream of zeros ------------------------------------------------------------------

local GZIP_HEAD = "\31\139\8\0\0\0\0\0\0\3"
-- one MiB of zeros, deflated, ending on a byte's boundary
local DEFLATED = "\236\193\049\1\0\0\0\194\160\245\079\109\008\095\160" .. ("\0"):rep(1016)
  .. "\062\003\0\0\255\255"
local LAST_BLOCK = "\1\0\0\255\255"
local CHECKSUMS = {  -- CRC-32 of zeros, by their number of MiB
  [1] = 2805525020, [16] = 2759631178, [64] = 3001757933, [256] = 705592763, [1024] = 1533330096,
}

local function bytes_of(number)
  local out = {}
  for i = 1, 4 do
    out[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(out)
end

local function gzip_bomb(mebibytes)
  return GZIP_HEAD .. DEFLATED:rep(mebibytes) .. LAST_BLOCK .. bytes_of(CHECKSUMS[mebibytes])
    .. bytes_of(mebibytes * MEBIBYTE)
end

--- A small gzip body that becomes `mebibytes` (64) MiB: 1, 16, 64, 256 or 1024.
kinds.gzip_bomb = {
  fields = "mebibytes headers",
  fault_of = function(order)
    return not CHECKSUMS[order.mebibytes or 64] and "mebibytes: 1, 16, 64, 256 or 1024 expected" or nil
  end,
  instead = function(order)
    local made = ordered(order, 200, JSON_TYPE, gzip_bomb(order.mebibytes or 64))
    made.headers["Content-Encoding"] = "gzip"
    return made
  end,
}

-- a list that takes too long --------------------------------------------------------------

local TOO_SLOW = "Query timed out. Try narrowing your date range with 'after'/'before' or filtering by product_id."
local PAGE_TOO_SLOW = "The 'page' parameter is deprecated. Please use 'page_key' instead: https://gumroad.com/api#sales"
local DAY = 86400
local FOUNDED = 1293840000  -- 2011-01-01: there are no sales before

-- How many days a query goes through.
local function days_of(request, now)
  local query = core.form_decode(request.query or "")
  local from = format.parse_day(query.after or "") or FOUNDED
  local to = format.parse_day(query.before or "") or now - now % DAY + DAY
  local key_time = format.parse_key_time((query.page_key or ""):match("^%d*"))
  if key_time then to = math.min(to, key_time - key_time % DAY + DAY) end
  return (to - from) / DAY
end

--- The list takes too long, but only where the days from `after` (or 2011) to `before`, the page key's day
--- or tomorrow are more than `max_days` (0).
kinds.query_timeout = {
  fields = "max_days", path = "/v2/sales",
  is_for = function(order, request, now) return days_of(request, now) > (order.max_days or 0) end,
  instead = function(_, request)
    local is_old = core.form_decode(request.query or "").page ~= nil
    return response.raw_json(400, ('{"status":400,"error":"%s"}'):format(is_old and PAGE_TOO_SLOW or TOO_SLOW))
  end,
}

-- what the API said, spoiled --------------------------------------------------------------

--- The response comes `seconds` (1) later.
kinds.delay = { fields = "seconds", change = function(made, order)
  made.delay = order.seconds or 1
end }

--- The whole length is announced, `bytes` (half) are sent, then the connection is reset.
kinds.reset_body = { fields = "bytes", change = function(made, order)
  made.part = order.bytes or half(made.body)
end }

--- The JSON is cut after `bytes` (half), in a response that is complete for HTTP.
kinds.truncated = { fields = "bytes", change = function(made, order)
  made.body = made.body:sub(1, order.bytes or half(made.body))
end }

--- Every page has the `next_page_key` of the first, or the `key` of the order.
kinds.repeat_page_key = { fields = "key", change_value = function(made, order)
  order.key = order.key or (made.value and made.value.next_page_key)
  if order.key then json.put(made.value, "next_page_key", order.key) end
end }

--- The response is called `content_type` ("text/plain").
kinds.content_type = { fields = "content_type", change = function(made, order)
  made.headers["Content-Type"] = order.content_type or "text/plain"
end }

--- Of PUTs to the storage, whatever their path: the connection is reset once `bytes` (0) bytes of the body
--- have come in. The latest order counts.
kinds.reset_upload = { fields = "bytes", upload = true }

return kinds
