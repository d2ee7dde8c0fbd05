--- Decides whether a request is let in. Every receiver of pings calls two pure functions: `head` before it keeps any
-- byte of the body, and `body` when the body is complete.
--
-- Both take what is expected, a table whose fields are all optional:
--   target     path and query that a ping must have, as they are sent, including the secret
--   max_body   bytes that a body may have
--   seller_id  id of the seller whose pings are accepted
-- Gumroad gives up on a ping that gets a status other than 5xx, so those statuses are for requests that are not pings.
local core = require "gumroad.core"
local events = require "gumroad.api.events"
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

-- Every ping about a sale names its seller; those about subscriptions do not.
local function must_name_seller(event)
  local row = events.named[event.type]
  return row ~= nil and row.object == events.SALE
end

-- Returns why a ping is not from the expected seller, or nil. A shadowed seller_id is the buyer's text and proves
-- nothing.
local function seller_fault(expected, event)
  local id = event.data.seller_id
  if expected.seller_id == nil or is_shadowed(event, "seller_id") or id == expected.seller_id then return nil end
  if id ~= nil then return "a ping for another seller was refused" end
  return must_name_seller(event) and "a ping that names no seller was refused" or nil
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
  local fault = seller_fault(expected, event)
  if fault then return nil, 403, Error.new("invalid", fault), event end
  return event
end

return gate
