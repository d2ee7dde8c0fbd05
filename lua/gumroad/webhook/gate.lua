--- Whether a request may in. Two pure functions, which every receiver of pings asks: `head` before
-- a byte of the body is kept, `body` once it is there.
--
-- Both take what is expected, a table whose fields are all optional:
--   target     the path and query that a ping must bear, as they are sent, the secret among them
--   max_body   bytes that a body may have
--   seller_id  whose pings they must be
-- A status other than 5xx loses a ping for good, which is right for what is none.
local core = require "gumroad.core"
local webhook = require "gumroad.webhook"
local Error = require "gumroad.base.error"

local gate = {}

--- What of the expected a head can show, as core.gate_head and the listener take it.
function gate.expected_head(expected)
  return { target = expected.target, max_body = expected.max_body }
end

--- @param expected see above
-- @param method       as it was sent
-- @param target       path and query, as they were sent
-- @param content_type the header's value, or nil
-- @param length       bytes of the body as announced, 0 where there is none; nil: the head does not say it
-- @return nothing | status 404, 405, 413 or 400, reason (one printable line)
function gate.head(expected, method, target, content_type, length)
  return core.gate_head(gate.expected_head(expected), method, target, content_type, length)
end

local function is_shadowed(event, field)
  for _, name in ipairs(event.shadowed) do
    if name == field then return true end
  end
  return false
end

-- A shadowed seller_id is the buyer's text, and says nothing; pings of subscriptions have none.
local function is_from_other_seller(expected, event)
  local id = event.data.seller_id
  return expected.seller_id ~= nil and id ~= nil and id ~= expected.seller_id and not is_shadowed(event, "seller_id")
end

--- @param expected see above
-- @param body         bytes
-- @param content_type the header's value, or nil
-- @return event of gumroad.webhook.parse | nil, status 413, 400 or 403, error, the event of another seller
function gate.body(expected, body, content_type)
  local event, err = webhook.parse(body, content_type, expected.max_body and { max_bytes = expected.max_body })
  if not event then return nil, err.kind == "too_large" and 413 or 400, err end
  if is_from_other_seller(expected, event) then
    return nil, 403, Error.new("invalid", "a ping of another seller was refused"), event
  end
  return event
end

return gate
