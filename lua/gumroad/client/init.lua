--- One call: build, send, wait, try again, decode. It knows HTTP and Gumroad's envelope, and
-- nothing of single resources.
local core = require "gumroad.core"
local answer = require "gumroad.client.response"
local loop = require "gumroad.loop"
local retry = require "gumroad.client.retry"
local tls = require "gumroad.client.tls"
local Error = require "gumroad.base.error"

local Client = {}
Client.__index = Client

local VERSION = "0.1.0"
local DEFAULT_BASE_URL = "https://api.gumroad.com"

-- Options of a call, which may stand in gumroad.new for all calls: type, default.
local CALL_OPTIONS = {
  timeout = { "number", 30 },          -- seconds for an attempt; of a file sent: without progress
  connect_timeout = { "number", 10 },  -- seconds for its connection
  retries = { "number", 2 },           -- attempts after the first
  max_size = { "number", 10485760 },   -- bytes of an answer, after decompression
  headers = { "table" },               -- more request headers
}

local CLIENT_OPTIONS = {
  access_token = { "string" },  -- or false
  connection = { "table" },     -- that the token is of
  base_url = { "string" },
  sleep = { "function" },
  on_request = { "function" },
  on_response = { "function" },
}
for name, option in pairs(CALL_OPTIONS) do CLIENT_OPTIONS[name] = option end

local MAY_BE_ZERO = { retries = true }

local function check_option(where, known, name, value)
  local option = known[name]
  if name == "access_token" and value == false then return end
  if not option then
    Error.usage("%s: unknown option '%s'%s", where, tostring(name), Error.hint(name, known))
  elseif type(value) ~= option[1] then
    Error.usage("%s: option '%s': %s expected, got %s", where, name, option[1], type(value))
  elseif option[1] == "number" and not (value > 0 or (value == 0 and MAY_BE_ZERO[name])) then
    Error.usage("%s: option '%s': a positive number expected", where, name)
  end
end

--- Copies options after a check, so that the caller's table is neither kept nor changed.
local function check_options(where, known, options)
  local copy = {}
  if not options then return copy end
  for name, value in pairs(options) do
    check_option(where, known, name, value)
    copy[name] = value
  end
  return copy
end

local BAD_TOKEN = " is empty or has a character that no token has (a line's end, perhaps, from the file it was read "
  .. "from)"

local function secret_of(given)
  local ok, secret = pcall(core.secret, given or os.getenv("GUMROAD_ACCESS_TOKEN"))
  if ok then return secret end
  if given then Error.usage("gumroad.new: the access token" .. BAD_TOKEN) end
  error(Error.new("config", "the access token in GUMROAD_ACCESS_TOKEN" .. BAD_TOKEN), 0)
end

--- Where the API is.
-- @param given base_url of gumroad.new, or nil
-- @return URL without the version; raises a gumroad.Error of kind config where it is none
function Client.base_url(given)
  local url, from = given or os.getenv("GUMROAD_API_BASE_URL"), given and "base_url" or "GUMROAD_API_BASE_URL"
  if not url or url == "" then url = DEFAULT_BASE_URL end
  if not url:find("^[Hh][Tt][Tt][Pp][Ss]?://") then
    error(Error.new("config", ("%s must begin with https:// or http://, and is '%s'"):format(from,
      (url:gsub("[^/]*@", ""):gsub("%c", "?")))), 0)
  end
  return (url:gsub("/+$", ""):gsub("/v2$", ""))  -- with or without the version, as people write it
end

--- @param options see gumroad.new
-- @return Client; raises a gumroad.Error of kind config where there is no token
function Client.new(options)
  local copy = check_options("gumroad.new", CLIENT_OPTIONS, options)
  local base_url = Client.base_url(copy.base_url)
  local token = copy.access_token
  if token == nil then token = os.getenv("GUMROAD_ACCESS_TOKEN") end
  if token == nil or token == "" then
    error(Error.new("config", "no access token: set GUMROAD_ACCESS_TOKEN, or pass access_token to "
      .. "gumroad.new; Gumroad makes one under Settings, Advanced, Applications"), 0)
  end
  local client = { secret = token and secret_of(copy.access_token), base_url = base_url, options = {} }
  client.connection = copy.connection
  for name, option in pairs(CALL_OPTIONS) do
    client.options[name] = copy[name]
    if copy[name] == nil then client.options[name] = option[2] end
  end
  client.loop = copy.sleep and loop.cooperative(copy.sleep)
  client.on_request, client.on_response = copy.on_request, copy.on_response
  return setmetatable(client, Client)
end

--- What may be printed of a client: the token's last four characters at most, and no password
-- that somebody wrote into base_url.
function Client:__tostring()
  local place = self.base_url:gsub("//[^/]*@", "//")
  return ("gumroad.Client(%s, %s)"):format(place, self.secret and tostring(self.secret) or "no token")
end

--- Checks the options of one call; raises at the caller's line.
function Client.check_call_options(where, options)
  if options ~= nil and type(options) ~= "table" then
    Error.usage("%s: the options of a call: table expected, got %s", where, type(options))
  end
  return check_options(where, CALL_OPTIONS, options)
end

-- A call under way: the request, what was tried of it, and the transfer that runs.
local Call = {}
Call.__index = Call

-- Sets headers on top of others; a header's name has no case.
local function set_headers(headers, more)
  for name, value in pairs(more) do
    if type(name) ~= "string" then Error.usage("headers: a header's name must be a string") end
    if name:lower() == "authorization" then
      Error.usage("headers: Authorization is made from access_token; it cannot be set")
    end
    for known in pairs(headers) do
      if known:lower() == name:lower() then headers[known] = nil; break end
    end
    headers[name] = value
  end
end

local PLAIN_HEADERS = { Accept = "application/json", ["User-Agent"] = "gumroad-lua/" .. VERSION }

local function headers_of(client, request)
  if request.url then  -- a stranger's: what was set for Gumroad is not for them
    local headers = { ["User-Agent"] = PLAIN_HEADERS["User-Agent"] }
    for name, value in pairs(request.headers or {}) do headers[name] = value end
    return headers
  end
  local own, more = client.options.headers, request.options.headers
  if not (own or more or request.content_type) then return PLAIN_HEADERS end
  local headers = { ["Content-Type"] = request.content_type }
  for name, value in pairs(PLAIN_HEADERS) do headers[name] = value end
  if own then set_headers(headers, own) end
  if more then set_headers(headers, more) end
  return headers
end

-- The table for engine:send, the same for each attempt. The token goes to the shop's own
-- base_url alone.
local function wire_request(client, request)
  local url = request.url or client.base_url
  local ca_file, wrong
  if url:find("^https:") then
    ca_file, wrong = tls.ca_file()
    if not ca_file then return nil, Error.new("tls", wrong) end
  end
  local options, own = request.options, client.options
  local timeout = options.timeout or own.timeout
  return {
    method = request.method, base_url = url, path = request.path, body = request.body,
    headers = headers_of(client, request), ca_file = ca_file, file = request.source,
    secret = not (request.public or request.url) and client.secret or nil,
    timeout = timeout, stall_timeout = request.source and timeout, max_size = options.max_size or own.max_size,
    connect_timeout = options.connect_timeout or own.connect_timeout, fresh = not request.repeatable,
  }
end

--- Sends what is ready to go, without waiting: the network works while the caller does.
-- @param request { method, path, body, content_type, repeatable, scopes, options, public: whether
--   it goes without the token, file: whether a file is expected, not JSON, look: how to find out
--   what became of it, for errors } or, to another server than Gumroad's, without the token:
--   { method, url, headers, repeatable, options, source: { path, offset, length } of a file that is
--   sent, progress: function(bytes of it that were sent), now and then while it is,
--   read: function(request, response) -> value | nil, error }
-- @return Call | nil, error
function Client:start(request)
  local waiting, err = loop.current(self.loop)  -- before anything is sent that nobody could wait for
  if not waiting then return nil, err end
  if not (self.secret or request.public or request.url) then
    return nil, Error.new("config", "this needs an access token, and the shop was made without one")
  end
  local wire
  wire, err = wire_request(self, request)
  if not wire then return nil, err end
  local call = setmetatable({ client = self, request = request, wire = wire, attempt = 0 }, Call)
  local ok
  ok, err = call:send()
  if not ok then return nil, err end
  return call
end

-- Where the request goes, as it may be shown: origin, path, query. The query of a stranger's URL
-- is what lets one in there.
function Call:place()
  if self.request.url then
    local origin, path = self.request.url:match("^(%a+://[^/?#]*)([^?#]*)")
    return origin or "", path or "", ""
  end
  return self.client.base_url, self.request.path:match("^([^?]*)(.*)$")
end

-- The URL as hooks see it.
function Call:url()
  return table.concat({ self:place() })
end

function Call:send()
  self.attempt = self.attempt + 1
  local client, wire = self.client, self.wire
  if client.on_request then
    local headers = {}  -- a copy: what a hook does to it changes nothing
    for name, value in pairs(wire.headers) do headers[name] = value end
    client.on_request { method = wire.method, url = self:url(), headers = headers,
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
function Client.judge(request, err)
  err.retryable = retry.is_retryable(request.repeatable, err)
  if not request.repeatable and retry.is_outcome_unknown(err) then
    err.kind, err.cause = "outcome_unknown", err.kind
    err.message = ("%s; it may have been carried out all the same and is not sent again: %s"):format(err.message,
      request.look or "make sure before you do")
  end
  return err
end

-- What every error of a call tells.
function Call:explain(err)
  local _, path = self:place()
  err.method = self.request.method
  err.path = path:gsub("%c", "?")  -- one line, whatever was asked for
  err.attempts = self.attempt
  return Client.judge(self.request, err)
end

local UNREACHABLE = {
  network = "is the network up, and base_url right?",
  tls = "the connection is not safe, so nothing was sent; if your system's certificates are "
    .. "elsewhere, name them in GUMROAD_CA_BUNDLE",
}

local function transport_error(call, code, message, info)
  local err = Error.new(code, message)
  if info and not info.sent and UNREACHABLE[code] then
    err.message = ("%s (%s): %s"):format(message, (call:place()), UNREACHABLE[code])
  end
  err.curl_code, err.sent = info and info.curl_code, info and info.sent
  return err
end

function Call:outcome()
  local response, code, message, info = self.transfer:result()
  self.transfer = nil
  local body, err
  if response then body, err = (self.request.read or answer.read)(self.request, response, self.client.connection)
  else err = transport_error(self, code, message, info) end
  if err then
    err.request_id = response and response.headers["x-request-id"]
    self:explain(err)
  end
  if self.client.on_response then
    self.client.on_response { method = self.wire.method, url = self:url(),
      status = response and response.status, headers = response and response.headers,
      body = response and response.body, error = err,
      seconds = (response or info or {}).seconds, attempt = self.attempt }
  end
  return body, err
end

-- The clock's last digits: enough for pauses that are not all alike.
local function dice()
  return (core.now() * 1e6) % 1
end

-- Seconds between two reports of progress.
local REPORT = 0.1

function Call:wait(waiting)
  local progress = self.request.progress
  if not progress then return waiting.wait(self.transfer) end
  repeat
    waiting.wait(self.transfer, REPORT)
    progress(self.transfer:progress())
  until self.transfer:done()
end

--- Waits for the answer; tries again where that is safe.
-- @return table the decoded body | nil, error
function Call:finish()
  local waiting, err = loop.current(self.client.loop)
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
    local ok
    ok, err = self:send()
    if not ok then return nil, err end
  end
end

--- start and finish in one.
function Client:call(request)
  local call, err = self:start(request)
  if not call then return nil, err end
  return call:finish()
end

Client.VERSION = VERSION
Client.DEFAULT_BASE_URL = DEFAULT_BASE_URL

return Client
