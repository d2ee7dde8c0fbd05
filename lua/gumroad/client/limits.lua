--- Which rate limits a request counts for.
local core = require "gumroad.core"
local limits = require "gumroad.api.limits"
local pace = require "gumroad.client.pace"
local url = require "gumroad.base.url"

local client_limits = {}

--- What this process has sent, for all clients.
client_limits.pacer = pace.new(core.now)

local function path_of(request)
  return request.path:match("^[^?]*")
end

-- The keys that requests are counted by; nil if a request is not counted.
local KEYS = {}

function KEYS.ip() return "" end

function KEYS.path(_, request) return path_of(request) end

function KEYS.token(client) return client.token_id end

function KEYS.path_and_token(client, request)
  return client.token_id and client.token_id .. " " .. path_of(request)
end

function KEYS.late_page(_, request)
  local query = core.form_decode(request.path:match("%?(.*)$") or "") or {}
  return type(query.page) == "string" and (tonumber(query.page) or 0) > limits.LATE_PAGE and "" or nil
end

function KEYS.device_code(_, request)
  local form = core.form_decode(request.body or "") or {}
  return type(form.device_code) == "string" and form.device_code or nil
end

--- Returns the limits that a request to Gumroad counts for.
-- @return array of { row, key }, see gumroad.client.pace; nil if there are none
function client_limits.uses(client, request)
  if request.url then return nil end
  local uses
  for _, row in ipairs(limits.matching(request.method, path_of(request))) do
    local key = KEYS[row.by](client, request)
    if key then
      key = table.concat({ client.base_url, row.method, row.path, row.by, key }, " ")
      uses = uses or {}
      uses[#uses + 1] = { row = row, key = key }
    end
  end
  return uses
end

--- Tells whether an address is Gumroad's own, where the limits hold.
function client_limits.is_gumroad(base_url)
  local host = url.host(base_url)
  return host ~= nil and (host == "gumroad.com" or host:sub(-12) == ".gumroad.com")
end

local PRIME, BASES = 4294967291, { 257, 65599 }

--- Returns a text that stands for a token, so that what was sent with it can be counted and the token is not kept.
function client_limits.token_id(token)
  local parts = {}
  for i, base in ipairs(BASES) do
    local hash = 0
    for at = 1, #token do hash = (hash * base + token:byte(at)) % PRIME end
    parts[i] = ("%.0f"):format(hash)
  end
  return table.concat(parts, "-")
end

return client_limits
