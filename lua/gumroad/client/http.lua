--- Requests to any server, such as a chat, a mailing list or one's own. They use the engine and the loops of
-- Gumroad's API, so a handler can wait for a response without holding up others; Gumroad's token is never sent.
--
--     local response, err = gumroad.http.request {
--       url = "https://hooks.example.com/services/T0/B0/secret",
--       json = { text = "Somebody bought Ink." },
--     }
--     if response and response.status >= 300 then print("refused", response.status, response.body) end
-- @module gumroad.http
local bodies = require "gumroad.client.body"
local core = require "gumroad.core"
local loop = require "gumroad.loop"
local options = require "gumroad.base.options"
local requests = require "gumroad.client.request"
local retry = require "gumroad.client.retry"
local tls = require "gumroad.client.tls"
local urls = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local http = {}

local KNOWN = {
  url = { "string", required = ", such as \"https://hooks.example.com/...\"" },
  method = { "string" }, headers = { "table" }, query = { "table" },
  json = {}, form = { "table" }, body = { "string" },
  timeout = { "number", positive = true, default = 30 },
  connect_timeout = { "number", positive = true, default = 10 },
  max_size = { "number", positive = true, default = 10485760 },
  sleep = { "function" }, cancel = { "table" },
}

local FIELD = { noun = "field" }
local READS = { GET = true, HEAD = true }

-- A request under way.
local Sending = {}
Sending.__index = Sending

-- Completes an error. It names the server alone, as the path of a webhook's URL is often its secret.
local function explain(self, err, info)
  err.method, err.host, err.attempts = self.wire.method, urls.server(self.wire.base_url) or "no server", 1
  err.sent, err.curl_code, err.seconds = info and info.sent or false, info and info.curl_code, info and info.seconds
  err.retryable = retry.is_retryable(READS[err.method], err)
  return err
end

--- Tells whether result() has something to return.
function Sending:done()
  return self.transfer:done()
end

--- Returns the response, once, when it is there.
-- @return { status, headers, body, seconds } | nil, error
function Sending:result()
  local response, code, message, info = self.transfer:result()
  if not response then return nil, explain(self, Error.new(code, message), info) end
  return { status = response.status, headers = response.headers, body = response.body, seconds = response.seconds }
end

--- Cancels the request.
function Sending:close()
  self.transfer:close()
end

-- Returns the table for engine:send.
local function wire_of(where, given)
  local body, content_type = bodies.read(where, given)
  local method = (given.method or (body and "POST" or "GET")):upper()
  return {
    method = method, base_url = bodies.with_query(where, given.url, given.query), body = body,
    headers = requests.headers(content_type, given.headers), timeout = given.timeout,
    connect_timeout = given.connect_timeout, max_size = given.max_size, fresh = true,  -- libcurl sends it once
  }
end

local function prepare(where, given)
  given = options.fill(KNOWN, options.check(where, KNOWN, given, FIELD))
  if given.cancel and not loop.is_canceller(given.cancel) then
    Error.usage("%s: cancel: the result of gumroad.canceller() expected, got table", where)
  end
  return setmetatable({ wire = wire_of(where, given), sleep = given.sleep, cancel = given.cancel }, Sending)
end

local function send(self)
  local ca_file, wrong, kind = tls.ca_file_for(self.wire.base_url)
  if wrong then return nil, explain(self, Error.new(kind, wrong)) end
  self.wire.ca_file = ca_file
  local transfer, code, message = core.engine():send(self.wire)
  if not transfer then return nil, explain(self, Error.new(code, (message:gsub("^the base URL", "the URL")))) end
  self.transfer = transfer
  return self
end

--- Sends a request without waiting for its response, for programs with a loop of their own.
-- @param request see http.request
-- @return table with done(), result() and close() | nil, error
function http.start(request)
  return send(prepare("http.start", request))
end

--- Sends a request once and waits for its response, whatever its status. Redirects are responses, too.
-- @param request table:
--   url              http or https, with any path and query
--   method           default: GET, or POST if there is a body
--   headers, query   tables
--   json             a value to send as JSON; or form, a table to send as a form; or body, a text, whose
--                    Content-Type must be among the headers
--   timeout          seconds for all of it (default: 30); connect_timeout (10), max_size of the response in bytes
--                    after decompression (10 MiB)
--   sleep            function(seconds) of a cooperative scheduler, as in gumroad.new
--   cancel           what gumroad.canceller() returned; cancelling it ends the request
-- @return { status, headers (names in lower case), body, seconds } | nil, error: of kind network, timeout, tls,
--   too_large, decode, cancelled or config; `sent` says whether the server may have received the request
function http.request(request)
  local self = prepare("http.request", request)
  local waiting, err = loop.current(self.sleep and loop.cooperative(self.sleep))
  if not waiting then return nil, explain(self, err) end
  local cancel = self.cancel
  if cancel and cancel.cancelled then return nil, explain(self, Error.new("cancelled", "the request was cancelled")) end
  local sent
  sent, err = send(self)
  if not sent then return nil, err end
  loop.until_cancelled(waiting, self.transfer, cancel, function() waiting.wait(self.transfer) end)
  return self:result()
end

return http
