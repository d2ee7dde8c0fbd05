--- Responses, before they are written: { status, headers, body } or, with `value` in place of `body`, an
-- object of gumroad.emulator.http.json.
local response = {}

local JSON_TYPE = "application/json; charset=utf-8"

--- The header that forbids keeping a response.
response.NO_STORE = "no-store, no-cache"

--- @param content_type of the body
-- @param more optional table of further headers
function response.new(status, content_type, body, more)
  local headers = { ["Content-Type"] = content_type }
  for name, value in pairs(more or {}) do headers[name] = value end
  return { status = status, headers = headers, body = body }
end

--- JSON that is not written yet: its value may still be changed.
-- @param more as above
function response.json(status, value, more)
  local made = response.new(status, JSON_TYPE, nil, more)
  made.value = value
  return made
end

--- JSON that is a text already.
function response.raw_json(status, text)
  return response.new(status, JSON_TYPE, text)
end

--- What Rails says when something unforeseen happened.
function response.internal_error()
  return response.raw_json(500, '{"status":500,"error":"Internal Server Error"}')
end

return response
