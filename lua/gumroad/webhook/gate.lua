--- Decides whether a request is let in. Every receiver of pings calls two pure functions: `head` before it keeps any
-- byte of the body, and `body` when the body is complete.
--
-- Both take what is expected, a table whose fields are all optional:
--   target     path and query that a ping must have, as they are sent, including the secret
--   max_body   bytes that a body may have
--   seller_id  id of the seller whose pings are accepted
-- Gumroad gives up on a ping that gets a status other than 5xx, so those statuses are for requests that are not pings.
local core = require "gumroad.core"
local webhook = require "gumroad.webhook"
local Error = require "gumroad.base.error"

local gate = {}

--- Returns what the head of a request can be checked for, as core.gate_head and the listener take it.
function gate.expected_head(expected)
  return { target = expected.target, max_body = expected.max_body }
end

--- Checks the head of a request.
-- @param expected     see above
-- @param method       as it was sent
-- @param target       path and query, as they were sent
-- @param content_type value of the header, or nil
-- @param length       bytes of the body that the head announces, 0 without a body; nil if it does not say
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

-- A shadowed seller_id is the buyer's text and proves nothing. Pings about subscriptions have no seller_id.
local function is_from_other_seller(expected, event)
  local id = event.data.seller_id
  return expected.seller_id ~= nil and id ~= nil and id ~= expected.seller_id and not is_shadowed(event, "seller_id")
end

--- Checks and reads the body of a request.
-- @param expected     see above
-- @param body         bytes
-- @param content_type value of the header, or nil
-- @return event, see gumroad.webhook.parse | nil, status 413, 400 or 403, error, and the event if it is another
--   seller's
function gate.body(expected, body, content_type)
  local event, err = webhook.parse(body, content_type, expected.max_body and { max_bytes = expected.max_body })
  if not event then return nil, err.kind == "too_large" and 413 or 400, err end
  if is_from_other_seller(expected, event) then
    return nil, 403, Error.new("invalid", "a ping for another seller was refused"), event
  end
  return event
end

return gate
