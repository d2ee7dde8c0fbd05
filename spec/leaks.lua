-- Searches everything that the programs of the suite print, and everything that this process writes to stderr,
-- for every secret that a spec has issued or received: tokens, codes and verifiers of OAuth,
-- and secrets of applications. A secret that is found fails the current spec.
--
-- busted loads this before the specs. A spec itself still sees everything.
local responses = require "gumroad.client.response"
local core = require "gumroad.core"
local emulator = require "gumroad.emulator"

local leaks = {}

local secrets = {}
local SHORTEST = 12  -- shorter ones may occur in any text
local PUBLIC = { ["emulated-access-token"] = true }  -- the emulator's own, which it prints on purpose

local function remember(value)
  if type(value) == "string" and #value >= SHORTEST and not PUBLIC[value] then secrets[value] = true end
end

local FIELDS = { "access_token", "refresh_token", "code_verifier", "device_code", "client_secret", "code", "token" }

local function remember_fields(table)
  if type(table) ~= "table" then return end
  for _, name in ipairs(FIELDS) do remember(table[name]) end
end

--- Raises an error if a text contains a secret.
-- @param source where the text comes from
-- @return text
function leaks.search(text, source)
  for secret in pairs(secrets) do
    if text:find(secret, 1, true) then
      error(("%s shows a secret (%s...): %s"):format(source, secret:sub(1, 4), text), 0)
    end
  end
  return text
end

-- The tokens that are used, the forms that are sent, the responses that arrive.

local secret, read = core.secret, responses.read
local engine = debug.getmetatable(core.engine()).__index
local send = engine.send

function core.secret(token)
  remember(token)
  return (secret(token))
end

function engine.send(self, request)
  remember_fields(type(request) == "table" and type(request.body) == "string" and core.form_decode(request.body))
  return send(self, request)
end

function responses.read(...)
  local body, err = read(...)
  remember_fields(body)
  return body, err
end

local start = emulator.start
function emulator.start(options, ...)
  remember_fields(options)
  for token in pairs(options and options.tokens or {}) do remember(token) end
  local handle, message = start(options, ...)
  if not handle then return nil, message end
  local grant = handle.grant
  handle.grant = function(self, token, ...)
    remember(token)
    return grant(self, token, ...)
  end
  return handle
end

local stderr = io.stderr
io.stderr = setmetatable({ write = function(self, ...)  -- luacheck: ignore 122
  leaks.search(table.concat({ ... }), "stderr")
  stderr:write(...)
  return self
end }, { __index = function(_, name)
  return function(_, ...) return stderr[name](stderr, ...) end
end })

return leaks
