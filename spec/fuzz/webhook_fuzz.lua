-- Pings: the first line of the input is the content type, the rest the body.
local gate = require "gumroad.webhook.gate"
local webhook = require "gumroad.webhook"
local text = require "gumroad.base.text"
local Error = require "gumroad.base.error"

local STATUSES = { [400] = true, [413] = true }
local KINDS = { invalid = true, decode = true, too_large = true }

local function check_event(event)
  assert(type(event.type) == "string" and event.type ~= "")
  assert(type(event.key) == "string" and event.key:sub(1, #event.type + 1) == event.type .. ":")
  assert(type(event.test) == "boolean" and type(event.data) == "table" and type(event.retry_count) == "number")
  for i, name in ipairs(event.shadowed) do
    assert(event.data[name] ~= nil and (i == 1 or event.shadowed[i - 1] < name))
  end
end

return function(input)
  local content_type, body = input:match("^([^\n]*)\n?(.*)$")
  local event, err = webhook.parse(body, content_type)
  if event then check_event(event)
  else
    assert(Error.is(err) and KINDS[err.kind])
    assert(text.safe(err.message) == err.message and #err.message < 2 * text.MOST)
  end
  local let_in, status, refusal = gate.body({}, body, content_type)
  assert(event and let_in.key == event.key or STATUSES[status] and refusal.kind == err.kind)
end
