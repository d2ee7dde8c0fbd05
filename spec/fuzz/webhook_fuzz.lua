-- Pings: the first line of the input is the content type, the rest the body. A form is also read the other way, by
-- tables of texts, with the same result.
local core = require "gumroad.core"
local gate = require "gumroad.webhook.gate"
local reader = require "gumroad.webhook.reader"
local webhook = require "gumroad.webhook"
local text = require "gumroad.base.text"
local Error = require "gumroad.base.error"

local STATUSES = { [400] = true, [413] = true }
local KINDS = { invalid = true, decode = true, too_large = true }

local function check_event(event)
  assert(type(event.type) == "string" and event.type ~= "")
  assert(type(event.subject) == "string" and event.subject:find "^%a+:.")
  assert(type(event.key) == "string" and event.key:sub(1, #event.type + 1) == event.type .. ":")
  assert(type(event.test) == "boolean" and type(event.data) == "table" and type(event.retry_count) == "number")
  for i, name in ipairs(event.shadowed) do
    assert(event.data[name] ~= nil and (i == 1 or event.shadowed[i - 1] < name))
  end
end

local WIDE = { max_bytes = 8388608, max_fields = 16384, max_key = 16384, max_depth = 32 }

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

local function compare_ways(body)
  local event, code, message = reader.form(body)
  local fields, other_code, other_message = core.form_decode(body, WIDE)
  local other
  if fields then other, other_code, other_message = reader.fields(fields) end
  assert(same(event, other) and (event or code == other_code and message == other_message))
end

return function(input)
  local content_type, body = input:match("^([^\n]*)\n?(.*)$")
  compare_ways(body)
  local event, err = webhook.parse(body, content_type)
  if event then check_event(event)
  else
    assert(Error.is(err) and KINDS[err.kind])
    assert(text.safe(err.message) == err.message and #err.message < 2 * text.MOST)
  end
  local let_in, status, refusal = gate.body({}, body, content_type)
  assert(event and let_in.key == event.key or STATUSES[status] and refusal.kind == err.kind)
end
