--- A call under way: the request, its attempts, and the transfer that runs.
local core = require "gumroad.core"
local printable = require("gumroad.base.text").printable
local requests = require "gumroad.client.request"
local responses = require "gumroad.client.response"
local retry = require "gumroad.client.retry"
local tables = require "gumroad.base.tables"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local Call = {}
Call.__index = Call

--- Begins a call: what is ready to go is sent, without waiting.
-- @param client  see gumroad.client
-- @param request as for Client:start
-- @return Call | nil, error
function Call.start(client, request)
  local waiting, err = client:current_loop()  -- before anything is sent that nobody could wait for
  if not waiting then return nil, err end
  if not (client.secret or request.public or request.url) then
    return nil, Error.new("config", "this needs an access token, and the shop was made without one")
  end
  local wire
  wire, err = requests.build(client, request)
  if not wire then return nil, err end
  local call = setmetatable({ client = client, request = request, wire = wire, attempt = 0 }, Call)
  local sent
  sent, err = call:send()
  if not sent then return nil, err end
  return call
end

-- Where the request goes, as it may be shown: origin, path, query. The query of a stranger's URL
-- is what lets one in there.
function Call:place()
  local request = self.request
  if not request.url then return self.client.base_url, request.path:match("^([^?]*)(.*)$") end
  local parts = url.parse(request.url)
  if not parts then return "", "", "" end
  return url.origin(request.url), parts.path, ""
end

-- The URL as hooks see it.
function Call:url()
  return table.concat({ self:place() })
end

function Call:send()
  self.attempt = self.attempt + 1
  local client, wire = self.client, self.wire
  if client.on_request then
    client.on_request { method = wire.method, url = self:url(), headers = tables.copy(wire.headers),
      body = wire.body, attempt = self.attempt }
  end
  local transfer, code, message = core.engine():send(wire)
  if not transfer then return nil, self:explain(Error.new(code, message)) end
  self.transfer = transfer
  return true
end

--- What an error means for its request: whether it may be made again, and whether nobody knows
-- what became of it.
-- @return err, changed
function Call.judge(request, err)
  err.retryable = retry.is_retryable(request.repeatable, err)
  if not request.repeatable and retry.is_outcome_unknown(err) then
    err.kind, err.cause = "outcome_unknown", err.kind
    Error.reword(err, ("%s; it may have been carried out all the same and is not sent again: %s"):format(err.message,
      request.look or "make sure before you do"))
  end
  return err
end

-- What every error of a call says.
function Call:explain(err)
  local _, path = self:place()
  err.method = self.request.method
  err.path = printable(path)
  err.attempts = self.attempt
  return Call.judge(self.request, err)
end

local UNREACHABLE = {
  network = "is the network up, and base_url right?",
  tls = "the connection is not safe, so nothing was sent; if your system's certificates are "
    .. "elsewhere, name them in GUMROAD_CA_BUNDLE",
}

local function transport_error(call, code, message, info)
  local err = Error.new(code, message)
  if info and not info.sent and UNREACHABLE[code] then
    Error.reword(err, ("%s (%s): %s"):format(message, (call:place()), UNREACHABLE[code]))
  end
  err.curl_code, err.sent = info and info.curl_code, info and info.sent
  return err
end

-- The response or failure as on_response sees it.
function Call:report(response, info, err)
  local hook = self.client.on_response
  if not hook then return end
  hook { method = self.wire.method, url = self:url(), status = response and response.status,
    headers = response and response.headers, body = response and response.body, error = err,
    seconds = (response or info or {}).seconds, attempt = self.attempt }
end

function Call:outcome()
  local response, code, message, info = self.transfer:result()
  self.transfer = nil
  local body, err
  if response then body, err = (self.request.read or responses.read)(self.request, response, self.client.connection)
  else err = transport_error(self, code, message, info) end
  if err then
    err.request_id = response and response.headers["x-request-id"]
    self:explain(err)
  end
  self:report(response, info, err)
  return body, err
end

-- The clock's last digits: enough for pauses that are not all alike.
local function dice()
  return (core.now() * 1e6) % 1
end

local PROGRESS_INTERVAL = 0.1  -- seconds

function Call:wait(waiting)
  local progress = self.request.progress
  if not progress then return waiting.wait(self.transfer) end
  repeat
    waiting.wait(self.transfer, PROGRESS_INTERVAL)
    progress(self.transfer:progress())
  until self.transfer:done()
end

--- Waits for the response; tries again where that is safe.
-- @return table the decoded body | nil, error
function Call:finish()
  local waiting, err = self.client:current_loop()
  if not waiting then return nil, self:explain(err) end
  local attempts = 1 + (self.request.options.retries or self.client.options.retries)
  while true do
    self:wait(waiting)
    local body
    body, err = self:outcome()
    if body then return body end
    local pause = retry.pause(err, self.attempt, attempts, dice)
    if not pause then return nil, err end
    waiting.sleep(pause)
    local sent
    sent, err = self:send()
    if not sent then return nil, err end
  end
end

return Call
