--- The kinds of faults that can be injected. To add a kind, add a row here.
--
-- A row, under the name of the kind:
--
-- * `fields`: the fields of this kind, separated by spaces, in addition to the fields of every fault.
-- * `replace`: function(fault, request) -> the response that replaces that of the API, which never sees the
--   request.
-- * `change`: function(reply, fault), which spoils the response of the API; it has a `body`.
-- * `change_value`: the same before the JSON is encoded; the response may have a `value`.
-- * `check`: optional function(fault) -> what is wrong with the fault, or nil.
-- * `matches`: optional function(fault, request, now): a condition for hitting a request, in addition to path
--   and method.
-- * `path`: the path of a fault that has none.
-- * `upload`: whether the listener carries it out; see gumroad.emulator.http.faults.
--
-- In addition to the fields in gumroad.emulator.http.response, a response may have `delay` (seconds), `part` (how
-- many bytes to send), `reset` and `stall`.
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"
local response = require "gumroad.emulator.http.response"

local GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
  .. "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
local MEBIBYTE = 1048576
local JSON_TYPE = "application/json; charset=utf-8"

local kinds = {}

-- A response with the headers in the fault.
local function new_reply(fault, status, content_type, body)
  return response.new(status, content_type, body, fault.headers)
end

local function half(text)
  return math.floor(#text / 2)
end

-- instead of the API ----------------------------------------------------------------------

-- The bodies of Gumroad itself. Responses with another status come from a proxy.
local STATUS_BODIES = {
  [400] = { JSON_TYPE, '{"success":false}' },
  [401] = { "text/html", "" },
  [403] = { "text/html", "" },
  [404] = { JSON_TYPE, '{"status":404,"error":"Not Found"}' },
  [429] = { "text/plain", "Retry later\n" },
  [500] = { JSON_TYPE, response.internal_error().body },
}

--- A response with `status` (502) and `body` (default: that of Gumroad for this status, or a proxy's error page).
kinds.status = { fields = "status body headers", replace = function(fault)
  local usual = STATUS_BODIES[fault.status] or { "text/html", GATEWAY_PAGE }
  return new_reply(fault, fault.status or 502, usual[1], fault.body or usual[2])
end }

--- HTTP 200 with an HTML page.
kinds.html = { fields = "headers", replace = function(fault)
  return new_reply(fault, 200, "text/html", GATEWAY_PAGE)
end }

--- HTTP 200 with `bytes` (64) bytes that are not JSON.
kinds.garbage = { fields = "bytes headers", replace = function(fault)
  local bytes = fault.bytes or 64
  return new_reply(fault, 200, JSON_TYPE, ("\0\255{]\127\240"):rep(math.ceil(bytes / 6)):sub(1, bytes))
end }

--- Valid JSON of about `bytes` (20 MiB) bytes.
kinds.huge = { fields = "bytes headers", replace = function(fault)
  return new_reply(fault, 200, JSON_TYPE,
    '{"success":true,"padding":"' .. ("x"):rep(fault.bytes or 20 * MEBIBYTE) .. '"}')
end }

--- A redirect with `status` (302) to `location`.
kinds.redirect = {
  fields = "status location headers",
  check = function(fault) return not fault.location and "redirect needs a location" or nil end,
  replace = function(fault)
    local reply = new_reply(fault, fault.status or 302, "text/html", "")
    reply.headers.Location = fault.location
    return reply
  end,
}

--- The connection is reset without a response.
kinds.reset = { replace = function() return { reset = true } end }

--- There is never a response.
kinds.stall = { replace = function() return { stall = true } end }

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
  check = function(fault)
    return not CHECKSUMS[fault.mebibytes or 64] and "mebibytes: 1, 16, 64, 256 or 1024 expected" or nil
  end,
  replace = function(fault)
    local reply = new_reply(fault, 200, JSON_TYPE, gzip_bomb(fault.mebibytes or 64))
    reply.headers["Content-Encoding"] = "gzip"
    return reply
  end,
}

-- queries that take too long --------------------------------------------------------------

local TOO_SLOW = "Query timed out. Try narrowing your date range with 'after'/'before' or filtering by product_id."
local PAGE_TOO_SLOW = "The 'page' parameter is deprecated. Please use 'page_key' instead: https://gumroad.com/api#sales"
local DAY = 86400
local FOUNDED = 1293840000  -- 2011-01-01: there are no earlier sales

-- How many days a query covers.
local function days_of(request, now)
  local query = core.form_decode(request.query or "")
  local from = format.parse_day(query.after or "") or FOUNDED
  local to = format.parse_day(query.before or "") or now - now % DAY + DAY
  local key_time = format.parse_key_time((query.page_key or ""):match("^%d*"))
  if key_time then to = math.min(to, key_time - key_time % DAY + DAY) end
  return (to - from) / DAY
end

--- The query times out if it covers more than `max_days` (0) days: from `after` or 2011 to `before`, to the day in
--- the page key, or to tomorrow.
kinds.query_timeout = {
  fields = "max_days", path = "/v2/sales",
  matches = function(fault, request, now) return days_of(request, now) > (fault.max_days or 0) end,
  replace = function(_, request)
    local is_old = core.form_decode(request.query or "").page ~= nil
    return response.raw_json(400, ('{"status":400,"error":"%s"}'):format(is_old and PAGE_TOO_SLOW or TOO_SLOW))
  end,
}

-- changes to the API's response -----------------------------------------------------------

--- The response is delayed by `seconds` (1).
kinds.delay = { fields = "seconds", change = function(reply, fault)
  reply.delay = fault.seconds or 1
end }

--- The whole length is announced, `bytes` (half) bytes are sent, then the connection is reset.
kinds.reset_body = { fields = "bytes", change = function(reply, fault)
  reply.part = fault.bytes or half(reply.body)
end }

--- The JSON is cut after `bytes` (half) bytes, in a response that is complete for HTTP.
kinds.truncated = { fields = "bytes", change = function(reply, fault)
  reply.body = reply.body:sub(1, fault.bytes or half(reply.body))
end }

--- Every page has the same `next_page_key`: `key`, or that of the first page.
kinds.repeat_page_key = { fields = "key", change_value = function(reply, fault)
  fault.key = fault.key or (reply.value and reply.value.next_page_key)
  if fault.key then json.put(reply.value, "next_page_key", fault.key) end
end }

--- The response has the Content-Type `content_type` ("text/plain").
kinds.content_type = { fields = "content_type", change = function(reply, fault)
  reply.headers["Content-Type"] = fault.content_type or "text/plain"
end }

--- A PUT to the storage, whatever its path: the connection is reset once `bytes` (0) bytes of the body have
--- arrived. A new fault of this kind replaces the previous one.
kinds.reset_upload = { fields = "bytes", upload = true }

return kinds
