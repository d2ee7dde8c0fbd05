--- The emulator's process: one loop over the listener, the engine (which sends the pings) and
-- the timers.
local core = require "gumroad.core"
local listener = require "gumroad.listener"
local control = require "gumroad.emulator.http.control"
local Faults = require "gumroad.emulator.http.faults"
local Grants = require "gumroad.emulator.oauth.grants"
local decode_json = require "gumroad.base.json".decode
local json = require "gumroad.emulator.http.json"
local oauth = require "gumroad.emulator.oauth.protocol"
local Pings = require "gumroad.emulator.pings.sender"
local router = require "gumroad.emulator.http.router"
local Shop = require "gumroad.emulator.shop"
local storage = require "gumroad.emulator.http.storage"
local Throttle = require "gumroad.emulator.http.throttle"
local Timers = require "gumroad.emulator.http.timers"

local CONTROL = "/_emulator/"
local REMEMBERED = 200  -- requests, with so much of each body:
local REMEMBERED_BYTES = 65536
local STDOUT = 1

local Server = {}
Server.__index = Server

function Server:reset_stats()
  local in_flight = self.stats and self.stats.in_flight or 0
  self.stats = { requests = 0, in_flight = in_flight, max_in_flight = in_flight,
    last_requests = {} }
  self.pings.log = {}
end

-- Headers as the statistics show them: of the token only how it was sent.
local function shown_headers(headers)
  local out = {}
  for name, value in pairs(headers) do out[name] = value end
  if out.authorization then out.authorization = out.authorization:match("^%S*") end
  return json.dict_of(out)
end

local function remember(stats, raw)
  local list, entry = stats.last_requests, json.dict()
  for _, name in ipairs { "method", "path", "query" } do json.put(entry, name, raw[name]) end
  json.put(entry, "body", raw.body:sub(1, REMEMBERED_BYTES))
  json.put(entry, "headers", shown_headers(raw.headers))
  list[#list + 1] = entry
  if #list > REMEMBERED then table.remove(list, 1) end
  stats.requests = stats.requests + 1
  stats.in_flight = stats.in_flight + 1
  stats.max_in_flight = math.max(stats.max_in_flight, stats.in_flight)
end

local function put_on_wire(self, request, answer)
  self.stats.in_flight = self.stats.in_flight - 1
  if answer.reset then return request:reset() end
  if answer.part then
    return request:answer_part(answer.status, answer.headers, answer.body, answer.part)
  end
  request:answer(answer.status, answer.headers, answer.body)
end

-- Like a UUID: what Rails calls a request, here counted.
local function request_id(self)
  return ("00000000-0000-4000-8000-%012x"):format(self.stats.requests)
end

local function routed(self, raw)
  return oauth.answer(self.grants, raw) or router.answer(self.shop, raw)
end

local function api_answer(self, raw)
  local instead = storage.answer(self.shop, raw) or self.throttle and self.throttle:check(raw, self.shop:time())
  if instead then return instead end
  local ok, answer = pcall(routed, self, raw)
  if ok then
    answer.headers["X-Request-Id"] = request_id(self)
    return answer
  end
  io.stderr:write("gumroad emulator: ", tostring(answer), "\n")
  return { status = 500, headers = { ["Content-Type"] = "application/json; charset=utf-8" },
    body = '{"status":500,"error":"Internal Server Error"}' }
end

local function answer_for(self, raw)
  local fault = self.faults:take(raw, self.shop:time())
  if fault then return Faults.spoil(fault, raw, function() return api_answer(self, raw) end) end
  local answer = api_answer(self, raw)
  if answer.value then answer.body = json.encode(answer.value) end
  return answer
end

local function handle_api(self, request, raw)
  remember(self.stats, raw)
  local answer = answer_for(self, raw)
  if answer.stall then
    self.stalled[#self.stalled + 1] = request
    return
  end
  local delay = self.latency + (answer.delay or 0)
  if delay == 0 then return put_on_wire(self, request, answer) end
  self.timers:after(delay, function() put_on_wire(self, request, answer) end)
end

local JSON_TYPE = { ["Content-Type"] = "application/json; charset=utf-8" }

local function control_params(body)
  if body == "" then return {} end
  local ok, value = pcall(decode_json, body)
  if ok and type(value) == "table" then return value end
end

local function control_result(self, raw)
  local act, params = control[raw.path:sub(#CONTROL + 1)], control_params(raw.body)
  if not act then return nil, "no such operation" end
  if not params then return nil, "the body is not a JSON object" end
  local ok, value, message = pcall(act, self, params)
  if not ok then return nil, tostring(value) end
  return value, message
end

local function handle_control(self, request, raw)
  local value, message = control_result(self, raw)
  if type(value) == "function" then  -- to be asked again until it has a value
    self.held[#self.held + 1] = { request = request, value = value }
  elseif value then
    request:answer(200, JSON_TYPE, json.encode(value))
  else
    local refusal = json.dict()
    json.put(refusal, "error", message)
    request:answer(400, JSON_TYPE, json.encode(refusal))
  end
end

local function handle(self, request)
  local raw = { method = request:method(), path = request:path(), query = request:query(),
    headers = request:headers(), body = request:body() or "",
    size = request:received() }
  if raw.path:sub(1, #CONTROL) == CONTROL then return handle_control(self, request, raw) end
  handle_api(self, request, raw)
end

local function answer_held(self)
  for i = #self.held, 1, -1 do
    local value = self.held[i].value()
    if value then
      table.remove(self.held, i).request:answer(200, JSON_TYPE, json.encode(value))
    end
  end
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
  answer_held(self)
  return ready
end

--- Serves until somebody asks it to stop.
-- @param with_parent whether to end when nobody reads our standard output any more
function Server:run(with_parent)
  if with_parent then self.engine:watch(STDOUT) end
  repeat
    local ready = step(self)
    local orphaned = with_parent and ready and ready[STDOUT] == "hangup"
  until self.stopping or orphaned
  self.listener:step()  -- sends the last answer
  self.listener:close()
end

local function grant_tokens(shop, options)
  shop:grant(options.access_token, options.scopes, "main")
  for token, scopes in pairs(options.tokens) do shop:grant(token, scopes, "main") end
end

--- Listens. All options of emulator.start are there, with their defaults.
-- @return server (its `port` is open) | nil, code, message
function Server.new(options)
  local open, code, message = listener.new { address = "127.0.0.1", port = options.port,
    max_connections = 1024, max_body = 16 * 1048576, large = storage.PREFIX }
  if not open then return nil, code, message end
  local shop = Shop.new(options)
  shop.strict_post_url, shop.old_server = options.strict_post_url, options.old_server
  shop.url, shop.part_size = "http://127.0.0.1:" .. open:port(), options.part_size
  local self = setmetatable({
    listener = open, port = open:port(), engine = core.engine(), timers = Timers.new(), shop = shop,
    faults = Faults.new(open), latency = options.latency, time_scale = options.time_scale, held = {},
    stalled = {}, throttle = options.throttle and Throttle.new() or nil,
  }, Server)
  self.grants = Grants.new(shop, options.applications, options.time_scale)
  self.pings = Pings.new(self)
  shop.emit = function(name, record) self.pings:event(name, record) end
  self:reset_stats()
  grant_tokens(shop, options)
  self.engine:watch(open:fd())
  return self
end

return Server
