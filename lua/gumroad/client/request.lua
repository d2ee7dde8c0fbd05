--- Builds a request for the core: headers, limits, and the token if it may go there.
local tables = require "gumroad.base.tables"
local tls = require "gumroad.client.tls"
local Error = require "gumroad.base.error"

local request = {}

local USER_AGENT = { ["User-Agent"] = "gumroad-lua/" .. require "gumroad.version" }
local PLAIN_HEADERS = tables.copy({ Accept = "application/json" }, USER_AGENT)

-- Sets headers, replacing those of the same name in upper or lower case.
local function set_headers(headers, more)
  for name, value in pairs(more) do
    if type(name) ~= "string" then Error.usage("headers: a header's name must be a string") end
    for known in pairs(headers) do
      if known:lower() == name:lower() then headers[known] = nil; break end
    end
    headers[name] = value
  end
  return headers
end

local function check_no_authorization(headers)
  for name in pairs(headers) do
    if type(name) == "string" and name:lower() == "authorization" then
      Error.usage("headers: Authorization is made from access_token; it cannot be set")
    end
  end
  return headers
end

--- Returns the headers of a request to another server.
-- @param content_type optional
-- @param headers      optional, the caller's
function request.headers(content_type, headers)
  return set_headers(tables.copy(USER_AGENT, { ["Content-Type"] = content_type }), headers or {})
end

local function headers_of(client, asked)
  if asked.url then return request.headers(nil, asked.headers) end
  local own, more = client.options.headers, asked.options.headers
  if not (own or more or asked.content_type) then return PLAIN_HEADERS end
  local headers = tables.copy(PLAIN_HEADERS, { ["Content-Type"] = asked.content_type })
  if own then set_headers(headers, check_no_authorization(own)) end
  if more then set_headers(headers, check_no_authorization(more)) end
  return headers
end

--- Builds the table for engine:send, which serves all attempts. The token goes to the client's own base_url alone.
-- @param asked the request given to Client:start
-- @return table | nil, error
function request.build(client, asked)
  local url = asked.url or client.base_url
  local ca_file, wrong, kind = tls.ca_file_for(url)
  if wrong then return nil, Error.new(kind, wrong) end
  local options, own = asked.options, client.options
  local timeout = options.timeout or own.timeout
  return {
    method = asked.method, base_url = url, path = asked.path, body = asked.body,
    headers = headers_of(client, asked), ca_file = ca_file, file = asked.source,
    secret = not (asked.public or asked.url) and client.secret or nil, confidential = asked.confidential,
    allow_http = client.allow_http,
    timeout = timeout, stall_timeout = asked.source and timeout, max_size = options.max_size or own.max_size,
    connect_timeout = options.connect_timeout or own.connect_timeout, fresh = not asked.repeatable,
  }
end

return request
