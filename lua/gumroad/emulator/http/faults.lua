--- Failures to order. A fault waits for the requests it is for and spoils their answers.
--
-- Fields of every fault:
--   kind     what happens, see INSTEAD and CHANGED below
--   path     for paths that begin so; default: any
--   method   for this method only
--   times    how often, default 1; "always"
--   after    how many such requests pass unharmed first, default 0
--
-- One kind more, "reset_upload", is for PUTs to the storage alone, whatever their path: the
-- connection is reset once `bytes` (0) bytes of the body have come in. The latest order counts.
local core = require "gumroad.core"
local format = require "gumroad.emulator.http.format"
local json = require "gumroad.emulator.http.json"

local GATEWAY_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
  .. "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
local MEBIBYTE = 1048576

local TOO_SLOW = "Query timed out. Try narrowing your date range with 'after'/'before' or filtering by product_id."
local PAGE_TOO_SLOW = "The 'page' parameter is deprecated. Please use 'page_key' instead: https://gumroad.com/api#sales"
local DAY = 86400
local FOUNDED = 1293840000  -- 2011-01-01: there are no sales before

local Faults = {}
Faults.__index = Faults

-- Those of every fault, and what the kinds below take.
Faults.FIELDS = {}
for name in ("kind path method times after status body headers max_days bytes mebibytes location seconds key "
  .. "content_type"):gmatch("%S+") do Faults.FIELDS[name] = true end

-- a gzip stream of zeros ------------------------------------------------------------------

local GZIP_HEAD = "\31\139\8\0\0\0\0\0\0\3"
-- one MiB of zeros, deflated, ending on a byte's boundary
local DEFLATED = "\236\193\049\1\0\0\0\194\160\245\079\109\008\095\160" .. ("\0"):rep(1016)
  .. "\062\003\0\0\255\255"
local LAST_BLOCK = "\1\0\0\255\255"
local CHECKSUMS = {  -- CRC-32 of so many MiB of zeros
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

-- what happens ----------------------------------------------------------------------------

local STATUS_BODIES = {
  [429] = { "text/plain", "Retry later\n" },
  [500] = { "application/json; charset=utf-8", '{"status":500,"error":"Internal Server Error"}' },
}

local function with_headers(answer, fault)
  for name, value in pairs(fault.headers or {}) do answer.headers[name] = value end
  return answer
end

local function plain(fault, status, content_type, body)
  return with_headers({ status = status, body = body,
    headers = { ["Content-Type"] = content_type } }, fault)
end

local function set_key(answer, fault)
  local value = answer.value
  fault.key = fault.key or (value and value.next_page_key)
  if fault.key then json.put(value, "next_page_key", fault.key) end
  return answer
end

-- Kinds that answer in place of the API, which never sees the request: function(fault, request).
local INSTEAD = {
  --- `status`, `body` and `headers` of your own; 429 is "Retry later", else a proxy's page
  status = function(fault)
    local usual = STATUS_BODIES[fault.status] or { "text/html", GATEWAY_PAGE }
    return plain(fault, fault.status or 502, usual[1], fault.body or usual[2])
  end,
  --- the list takes too long; of `path` "/v2/sales", and only where the days from `after` (or
  --- 2011) to `before`, the page key's day or tomorrow are more than `max_days` (0)
  query_timeout = function(_, request)
    local is_old = core.form_decode(request.query or "").page ~= nil
    return plain({}, 400, "application/json; charset=utf-8",
      ('{"status":400,"error":"%s"}'):format(is_old and PAGE_TOO_SLOW or TOO_SLOW))
  end,
  --- HTTP 200 and a page of HTML
  html = function(fault) return plain(fault, 200, "text/html", GATEWAY_PAGE) end,
  --- HTTP 200 and `bytes` (64) bytes that are not JSON
  garbage = function(fault)
    return plain(fault, 200, "application/json; charset=utf-8",
      ("\0\255{]\127\240"):rep(math.ceil((fault.bytes or 64) / 6)):sub(1, fault.bytes or 64))
  end,
  --- valid JSON of about `bytes` (20 MiB)
  huge = function(fault)
    return plain(fault, 200, "application/json; charset=utf-8",
      '{"success":true,"padding":"' .. ("x"):rep(fault.bytes or 20 * MEBIBYTE) .. '"}')
  end,
  --- a small gzip body that becomes `mebibytes` (64) MiB: 1, 16, 64, 256 or 1024
  gzip_bomb = function(fault)
    local answer = plain(fault, 200, "application/json; charset=utf-8",
      gzip_bomb(fault.mebibytes or 64))
    answer.headers["Content-Encoding"] = "gzip"
    return answer
  end,
  --- `status` (302) and a Location of `location`
  redirect = function(fault)
    local answer = plain(fault, fault.status or 302, "text/html", "")
    answer.headers.Location = fault.location
    return answer
  end,
  --- the connection is reset without an answer
  reset = function() return { reset = true } end,
  --- no answer, ever
  stall = function() return { stall = true } end,
}

-- Kinds that change what the API answered: function(answer, fault).
local CHANGED = {
  --- the answer comes `seconds` (1) later
  delay = function(answer, fault)
    answer.delay = fault.seconds or 1
    return answer
  end,
  --- the whole length is announced, `bytes` (half) are sent, then the connection is reset
  reset_body = function(answer, fault)
    answer.part = fault.bytes or math.floor(#answer.body / 2)
    return answer
  end,
  --- the JSON is cut after `bytes` (half), in an answer that is complete for HTTP
  truncated = function(answer, fault)
    answer.body = answer.body:sub(1, fault.bytes or math.floor(#answer.body / 2))
    return answer
  end,
  --- every page has the `next_page_key` of the first
  repeat_page_key = set_key,
  --- the answer is called `content_type` ("text/plain")
  content_type = function(answer, fault)
    answer.headers["Content-Type"] = fault.content_type or "text/plain"
    return answer
  end,
}

--- @param listener where requests are cut that never arrive
function Faults.new(listener)
  return setmetatable({ listener = listener }, Faults)
end

--- Orders a fault. -> true | nil, message
function Faults:add(fault)
  if fault.kind == "reset_upload" then
    self.listener:cut(fault.bytes or 0, fault.times == "always" and 1e9 or fault.times, fault.after)
    return true
  end
  if not (INSTEAD[fault.kind] or CHANGED[fault.kind]) then
    return nil, "unknown kind of fault: " .. tostring(fault.kind)
  end
  if fault.kind == "gzip_bomb" and not CHECKSUMS[fault.mebibytes or 64] then
    return nil, "mebibytes: 1, 16, 64, 256 or 1024 expected"
  end
  if fault.kind == "query_timeout" then fault.path = fault.path or "/v2/sales" end
  if fault.kind == "redirect" and not fault.location then
    return nil, "redirect needs a location"
  end
  local times = fault.times == "always" and math.huge or fault.times or 1
  self[#self + 1] = { fault = fault, left = times, skip = fault.after or 0 }
  return true
end

--- Forgets all faults.
function Faults:clear()
  for i = #self, 1, -1 do self[i] = nil end
  self.listener:cut(0, 0)
end

-- How many days a query goes through.
local function days_of(request, now)
  local query = core.form_decode(request.query or "")
  local from = format.parse_day(query.after or "") or FOUNDED
  local to = format.parse_day(query.before or "") or now - now % DAY + DAY
  local key_time = format.parse_key_time((query.page_key or ""):match("^%d*"))
  if key_time then to = math.min(to, key_time - key_time % DAY + DAY) end
  return (to - from) / DAY
end

local function is_for(fault, request, now)
  if fault.method and fault.method:upper() ~= request.method then return false end
  if fault.path and request.path:sub(1, #fault.path) ~= fault.path then return false end
  if fault.kind ~= "query_timeout" then return true end
  return days_of(request, now) > (fault.max_days or 0)
end

--- The fault that hits a request, or nil. Counts it.
-- @param now Unix time in the emulated world
function Faults:take(request, now)
  for i, entry in ipairs(self) do
    if is_for(entry.fault, request, now) then
      if entry.skip > 0 then
        entry.skip = entry.skip - 1
      else
        entry.left = entry.left - 1
        if entry.left < 1 then table.remove(self, i) end
        return entry.fault
      end
    end
  end
end

local function encoded(answer)
  if answer.value then answer.body = json.encode(answer.value) end
  return answer
end

--- The answer to a request under a fault.
-- @param request that it spoils
-- @param answer  function() -> what the API answers, not called where it never sees the request
-- @return an answer with `body`, and perhaps `delay` (seconds), `part` (bytes); or { reset } or
--   { stall }
function Faults.spoil(fault, request, answer)
  if INSTEAD[fault.kind] then return INSTEAD[fault.kind](fault, request) end
  local change = CHANGED[fault.kind]
  if fault.kind == "repeat_page_key" then return encoded(change(answer(), fault)) end
  return change(encoded(answer()), fault)
end

return Faults
