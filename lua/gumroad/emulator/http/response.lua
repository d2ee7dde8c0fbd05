--- Responses that are not sent yet: { status, headers, body }, or { status, headers, value } whose value is an
-- object of gumroad.emulator.http.json and becomes the body.
local response = {}

local JSON_TYPE = "application/json; charset=utf-8"

--- The value of Cache-Control that forbids storing a response.
response.NO_STORE = "no-store, no-cache"

--- @param content_type of the body
-- @param more optional table of further headers
function response.new(status, content_type, body, more)
  local headers = { ["Content-Type"] = content_type }
  for name, value in pairs(more or {}) do headers[name] = value end
  return { status = status, headers = headers, body = body }
end

--- A response whose JSON is not encoded yet, so that its value can still be changed.
-- @param more optional table of further headers
function response.json(status, value, more)
  local reply = response.new(status, JSON_TYPE, nil, more)
  reply.value = value
  return reply
end

--- A response whose JSON is encoded already.
function response.raw_json(status, text)
  return response.new(status, JSON_TYPE, text)
end

--- The response of Rails to an unexpected error.
function response.internal_error()
  return response.raw_json(500, '{"status":500,"error":"Internal Server Error"}')
end

return response
