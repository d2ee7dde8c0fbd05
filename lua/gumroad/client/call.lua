--- A call under way: its request, its attempts, and the transfer of the current attempt.
local client_limits = require "gumroad.client.limits"
local core = require "gumroad.core"
local loop = require "gumroad.loop"
local printable = require("gumroad.base.text").printable
local requests = require "gumroad.client.request"
local responses = require "gumroad.client.response"
local retry = require "gumroad.client.retry"
local tables = require "gumroad.base.tables"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local Call = {}
Call.__index = Call

local pacer = client_limits.pacer

local DEADLINE = "the call did not end within %g seconds (deadline)"

--- Begins a call: sends the request without waiting for the response.
-- @param client  see gumroad.client
-- @param request see Client:start
-- @return Call | nil, error
function Call.start(client, request)
  local waiting, err = client:current_loop()  -- checked first: nobody could wait for the response otherwise
  if not waiting then return nil, err end
  if not (client.secret or request.public or request.url) then
    return nil, Error.new("config", "this needs an access token, and the shop was made without one")
  end
  local call = setmetatable({ client = client, request = request, attempt = 0 }, Call)
  call.wire, err = requests.build(client, request)
  if not call.wire then return nil, call:explain(err) end
  local sent
  sent, err = call:send(waiting)
  if not sent then return nil, err end
  return call
end

-- Returns where the request goes, as it may be shown: origin, path, query. The query of another server's URL is left
-- out, as it is a secret: it holds the right to upload.
function Call:place()
  local request = self.request
  if not request.url then return self.client.base_url, request.path:match("^([^?]*)(.*)$") end
  local parts = url.parse(request.url)
  if not parts then return "", "", "" end
  return url.origin(request.url), parts.path, ""
end

-- Returns the URL as on_request and on_response see it.
function Call:url()
  return table.concat({ self:place() })
end

-- Returns an option of the call, or of all calls of the client.
function Call:option(name)
  local own = self.request.options[name]
  if own ~= nil then return own end
  return self.client.options[name]
end

--- Returns the error of a call whose canceller was cancelled, or nil.
function Call:cancelled()
  local cancel = self:option "cancel"
  return cancel and cancel.cancelled and Error.new("cancelled", "the call was cancelled", { sent = false }) or nil
end

-- Returns why nothing is sent any more, or nil.
function Call:ended()
  local cancelled, deadline = self:cancelled(), self.request.options.deadline
  if cancelled then return cancelled end
  if not (deadline and deadline:left() <= 0) then return nil end
  return Error.new("timeout", DEADLINE:format(deadline.seconds), { sent = false })
end

-- Tells whether a pause would end before the call has to.
function Call:has_time_for(pause)
  local deadline = self.request.options.deadline
  return not deadline or pause < deadline:left()
end

local TOO_MANY = "Gumroad allows %d of these requests in %d seconds, and this program has sent as many: nothing was "
  .. "sent; wait %d seconds"

-- Waits until the request may be sent without exceeding Gumroad's limits.
-- @return true | nil, error if that would take too long
function Call:pace(waiting)
  local uses = self.client.pace and client_limits.uses(self.client, self.request)
  if not uses then return true end
  local ticket = pacer:plan(uses, self.wire.timeout)
  local wait, err = ticket.wait, nil
  if wait > retry.LONGEST_WAIT or not self:has_time_for(wait) then
    err = Error.new("rate_limit", TOO_MANY:format(ticket.requests, ticket.seconds, math.ceil(wait)),
      { retry_after = math.ceil(wait), sent = false })
  end
  while not err and wait > 0 do
    waiting.sleep(wait, self:option "cancel")
    err, wait = self:ended(), pacer:wait(ticket)
  end
  if err then pacer:finish(ticket, false) else self.ticket = ticket end
  return not err or nil, err
end

-- Tells the pacer that the attempt has ended.
function Call:unpace(was_sent)
  if self.ticket then pacer:finish(self.ticket, was_sent) end
  self.ticket = nil
end

-- Sends the request, once Gumroad's limits allow it.
-- @param waiting the loop to wait with
function Call:send(waiting)
  local err = self:ended()
  if not err then err = select(2, self:pace(waiting)) end
  if err then return nil, self:explain(err) end
  self.attempt = self.attempt + 1
  local client, wire = self.client, self.wire
  if client.on_request then
    client.on_request { method = wire.method, url = self:url(), headers = tables.copy(wire.headers),
      body = wire.body, attempt = self.attempt }
  end
  local transfer, code, message = core.engine():send(wire)
  if not transfer then
    self:unpace(false)
    return nil, self:explain(Error.new(code, message))
  end
  self.transfer = transfer
  return true
end

--- Completes an error: sets whether the request may be sent again, and turns an error after which nobody knows
-- whether a change was carried out into outcome_unknown.
-- @return the same error
function Call.judge(request, err)
  err.retryable = retry.is_retryable(request.repeatable, err)
  if not request.repeatable and retry.is_outcome_unknown(err) then
    err.kind, err.cause = "outcome_unknown", err.kind
    Error.reword(err, ("%s; the change may have been carried out and is not sent again: %s"):format(err.message,
      request.how_to_verify or "check before you send it again"))
  end
  return err
end

-- Adds what every error of a call has.
function Call:explain(err)
  local _, path = self:place()
  err.method = self.request.method
  err.path = printable(path)
  err.attempts = self.attempt
  return Call.judge(self.request, err)
end

local UNREACHABLE = {
  network = "check the network and base_url",
  tls = "the connection is not safe, so nothing was sent; if your system keeps its certificates "
    .. "elsewhere, set GUMROAD_CA_BUNDLE to the file",
}

local function transport_error(call, code, message, info)
  if call.is_late then code, message = "timeout", DEADLINE:format(call.request.options.deadline.seconds) end
  local err = Error.new(code, message)
  local is_libcurl_s = info and info.curl_code ~= 0
  if is_libcurl_s and not info.sent and UNREACHABLE[code] then
    Error.reword(err, ("%s (%s): %s"):format(message, (call:place()), UNREACHABLE[code]))
  end
  err.curl_code, err.sent = info and info.curl_code, info and info.sent
  return err
end

-- Passes the response or failure to on_response.
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
  self:unpace(response ~= nil or info.sent)
  local body, err
  if response then
    body, err = (self.request.read or responses.read)(self.request, response, self.client.connection,
      self:option "max_values")
  else err = transport_error(self, code, message, info) end
  if err then
    err.request_id = response and response.headers["x-request-id"]
    self:explain(err)
  end
  self:report(response, info, err)
  return body, err
end

-- Takes the clock's last digits, which is random enough for pauses that differ.
local function random()
  return (core.now() * 1e6) % 1
end

local PROGRESS_INTERVAL = 1 / 10  -- seconds

local function wait_for(transfer, waiting, progress, deadline)
  if not progress then return waiting.wait(transfer, deadline and deadline:left()) end
  repeat
    waiting.wait(transfer, math.min(PROGRESS_INTERVAL, deadline and deadline:left() or PROGRESS_INTERVAL))
    progress(transfer:progress())
  until transfer:done() or (deadline and deadline:left() <= 0)
end

-- Waits until the transfer is done: by itself, because the call was cancelled, or because its deadline has passed.
function Call:wait(waiting)
  local transfer, request = self.transfer, self.request
  loop.until_cancelled(waiting, transfer, self:option "cancel", function()
    wait_for(transfer, waiting, request.progress, request.options.deadline)
  end)
  if transfer:done() then return end
  transfer:close()
  self.is_late = true
end

-- Tells whether one of Gumroad's own limits refused the request. Each further request would make it refuse for longer,
-- up to hours.
function Call:is_throttled(err)
  return err.status == 429 and not err.retry_after and client_limits.uses(self.client, self.request) ~= nil
end

--- Waits for the response; sends the request again if it failed and that is safe.
-- @return table the decoded body | nil, error
function Call:finish()
  local waiting, err = self.client:current_loop()
  if not waiting then return nil, self:explain(err) end
  local attempts = 1 + self:option "retries"
  while true do
    self:wait(waiting)
    local body
    body, err = self:outcome()
    if body then return body end
    local pause = not self:is_throttled(err) and retry.pause(err, self.attempt, attempts, random)
    if not pause or not self:has_time_for(pause) then return nil, err end
    waiting.sleep(pause, self:option "cancel")
    local sent
    sent, err = self:send(waiting)
    if not sent then return nil, err end
  end
end

return Call
