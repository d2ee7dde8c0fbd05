--- The emulator's server: one loop over the listener, the engine (which sends the pings) and the timers.
local core = require "gumroad.core"
local listener = require "gumroad.listener"
local access = require "gumroad.emulator.http.access"
local control = require "gumroad.emulator.http.control"
local Faults = require "gumroad.emulator.http.faults"
local Grants = require "gumroad.emulator.oauth.grants"
local json = require "gumroad.emulator.http.json"
local oauth = require "gumroad.emulator.oauth.protocol"
local Pings = require "gumroad.emulator.pings.sender"
local printable = require("gumroad.base.text").printable
local response = require "gumroad.emulator.http.response"
local Router = require "gumroad.emulator.http.router"
local Shop = require "gumroad.emulator.shop"
local Stats = require "gumroad.emulator.http.stats"
local storage = require "gumroad.emulator.http.storage"
local Throttle = require "gumroad.emulator.http.throttle"
local Timers = require "gumroad.emulator.http.timers"
local uploads = require "gumroad.emulator.shop.uploads"

local STDOUT = 1

local Server = {}
Server.__index = Server

-- the API ---------------------------------------------------------------------------------

local function send_reply(self, request, reply)
  self.stats:finish()
  if reply.reset then return request:reset() end
  if reply.part then return request:answer_part(reply.status, reply.headers, reply.body, reply.part) end
  request:answer(reply.status, reply.headers, reply.body)
end

-- The id that Rails gives to a request: a UUID, here made from a counter.
local function request_id(self)
  return ("00000000-0000-4000-8000-%012x"):format(self.stats.requests)
end

local function routed(self, raw)
  return oauth.respond(self.grants, raw) or self.router:respond(self.shop, raw)
end

-- The response of the API, before any fault.
local function api_response(self, raw)
  local reply = storage.respond(self.shop, raw) or self.throttle and self.throttle:check(raw, self.shop:time())
  if reply then return reply end
  local ok, result = pcall(routed, self, raw)
  if ok then
    result.headers["X-Request-Id"] = request_id(self)
    return result
  end
  io.stderr:write("gumroad emulator: ", printable(result), "\n")
  return response.internal_error()
end

local function handle_api(self, request, raw)
  self.stats:begin(raw)
  local reply = self.faults:respond(raw, self.shop:time(), function() return api_response(self, raw) end)
  if reply.stall then
    self.stalled[#self.stalled + 1] = request
    return
  end
  local delay = self.latency + (reply.delay or 0)
  if delay == 0 then return send_reply(self, request, reply) end
  self.timers:after(delay, function() send_reply(self, request, reply) end)
end

-- control requests ------------------------------------------------------------------------

local function send_json(request, status, value)
  local reply = response.raw_json(status, json.encode(value))
  request:answer(reply.status, reply.headers, reply.body)
end

local function handle_control(self, request, raw)
  local value, message = control.act(self, raw)
  if type(value) == "function" then
    self.held[#self.held + 1] = { request = request, value = value }
  elseif value then
    send_json(request, 200, value)
  else
    send_json(request, 400, json.dict("error", message))
  end
end

local function respond_to_held(self)
  for i = #self.held, 1, -1 do
    local value = self.held[i].value()
    if value then send_json(table.remove(self.held, i).request, 200, value) end
  end
end

-- the loop --------------------------------------------------------------------------------

local function handle(self, request)
  local raw = { method = request:method(), path = request:path(), query = request:query(),
    headers = request:headers(), body = request:body() or "", size = request:received() }
  if control.is_for(raw.path) then return handle_control(self, request, raw) end
  handle_api(self, request, raw)
end

local function shorter(a, b)
  return a and b and math.min(a, b) or a or b
end

local function step(self)
  local wait = shorter(self.timers:wait(), self.listener:timeout()) or 60
  local _, ready = self.engine:step(wait)
  self.listener:step()
  local request = self.listener:next()
  while request do
    handle(self, request)
    request = self.listener:next()
  end
  self.pings:collect()
  self.timers:run()
  respond_to_held(self)
  return ready
end

--- Serves until a request asks it to stop.
-- @param with_parent whether to end when nobody reads the standard output of this process any more
function Server:run(with_parent)
  if with_parent then self.engine:watch(STDOUT) end
  repeat
    local ready = step(self)
    local orphaned = with_parent and ready and ready[STDOUT] == "hangup"
  until self.stopping or orphaned
  self.listener:step()  -- sends the last response
  self.listener:close()
end

local function grant_tokens(shop, options)
  access.grant(shop, options.access_token, options.scopes, "main")
  for token, scopes in pairs(options.tokens) do access.grant(shop, token, scopes, "main") end
end

--- Creates a server and opens its port.
-- @param options all options of emulator.start, with defaults filled in
-- @return server, with `port` | nil, code, message
function Server.new(options)
  local open, code, message = listener.new { address = "127.0.0.1", port = options.port,
    max_connections = 1024, max_body = 16 * 1048576, large = uploads.PREFIX }
  if not open then return nil, code, message end
  local shop = Shop.new(options)
  shop.url = "http://127.0.0.1:" .. open:port()
  local self = setmetatable({
    listener = open, port = open:port(), engine = core.engine(), timers = Timers.new(), shop = shop,
    faults = Faults.new(open), latency = options.latency, time_scale = options.time_scale, held = {},
    stalled = {}, throttle = options.throttle and Throttle.new() or nil, stats = Stats.new(),
    router = Router.new(require "gumroad.api"),
  }, Server)
  self.grants = Grants.new(shop, options.applications, options.time_scale)
  self.pings = Pings.new(self)
  shop.emit = function(...) self.pings:event(...) end
  grant_tokens(shop, options)
  self.engine:watch(open:fd())
  return self
end

return Server
