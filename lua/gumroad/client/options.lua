--- The options of a client and of a single call: checks them, and completes them from the environment and the
-- defaults.
local client_limits = require "gumroad.client.limits"
local core = require "gumroad.core"
local deadlines = require "gumroad.client.deadline"
local env = require "gumroad.base.env"
local json = require "gumroad.base.json"
local loop = require "gumroad.loop"
local options = require "gumroad.base.options"
local tables = require "gumroad.base.tables"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local client_options = {}

--- The address of Gumroad's own API.
client_options.DEFAULT_BASE_URL = "https://api.gumroad.com"

-- Options of a call; in gumroad.new they apply to all calls.
local CALL = {
  -- seconds for one attempt; while a file is sent, seconds without any progress
  timeout = { "number", positive = true, default = 30 },
  connect_timeout = { "number", positive = true, default = 10 },  -- seconds for connecting, of each attempt
  retries = { "number", least = 0, default = 2 },                 -- attempts after the first
  max_size = { "number", positive = true, default = 10485760 },   -- bytes of a response, after decompression
  max_values = { "number", positive = true, default = json.MAX_VALUES },  -- values in the JSON of a response
  headers = { "table" },                                          -- additional request headers
  -- seconds for the whole call, with its repeats and waits; a point in time where a call passes its options on
  deadline = { { "number", "table" }, positive = true, expected = "a number of seconds" },
  cancel = { "table", expected = "the result of gumroad.canceller()" },
}

local CLIENT = tables.copy(CALL, {
  access_token = { "string", or_false = true },
  connection = { "table" },  -- { name, scope }: the connection that the token comes from
  base_url = { "string" },
  allow_http = { "boolean" },  -- lets the token go over http to another machine
  pace = { "boolean" },      -- whether Gumroad's rate limits are kept; default: only at Gumroad's own address
  sleep = { "function" },
  on_request = { "function" },
  on_response = { "function" },
})

-- A call has parameters too, so a message says that it is about an option.
local WORDS = { label = "option '%s'" }

local function check(where, known, given)
  local checked = options.check(where, known, given, WORDS)
  if type(checked.deadline) == "table" and not deadlines.is(checked.deadline) then
    Error.usage("%s: option 'deadline': %s expected, got table", where, CALL.deadline.expected)
  elseif checked.cancel and not loop.is_canceller(checked.cancel) then
    Error.usage("%s: option 'cancel': %s expected, got table", where, CALL.cancel.expected)
  end
  return checked
end

--- Checks the options of one call; raises at the caller's line. The time until a deadline begins here, so that all
-- requests of a call share it.
-- @return table a copy
function client_options.check_call(where, given)
  if given ~= nil and type(given) ~= "table" then
    Error.usage("%s: the options of a call: table expected, got %s", where, type(given))
  end
  local checked = check(where, CALL, given)
  if type(checked.deadline) == "number" then checked.deadline = deadlines.new(checked.deadline) end
  return checked
end

local BAD_TOKEN = " is empty, or has a character that no token has, such as the line break at the end of a file"

-- Returns the token as a secret of the core, and a text that stands for it; nil if the caller wants none.
local function secret_of(given)
  if given == false then return nil end
  local token = given or env.get "GUMROAD_ACCESS_TOKEN"
  if token == nil or token == "" then
    error(Error.new("config", "no access token: set GUMROAD_ACCESS_TOKEN or pass access_token to gumroad.new; to get "
      .. "a token, open Settings, Advanced, Applications in Gumroad"), 0)
  end
  local ok, secret = pcall(core.secret, token)
  if ok then return secret, client_limits.token_id(token) end
  if given then Error.usage("gumroad.new: the access token" .. BAD_TOKEN) end
  error(Error.new("config", "the access token in GUMROAD_ACCESS_TOKEN" .. BAD_TOKEN), 0)
end

--- Returns the address of the API.
-- @param given base_url of gumroad.new, or nil
-- @return URL without the version; raises a gumroad.Error of kind config if the text is not a URL
function client_options.base_url(given)
  local place, from = given or env.get "GUMROAD_API_BASE_URL", given and "base_url" or "GUMROAD_API_BASE_URL"
  if not place or place == "" then place = client_options.DEFAULT_BASE_URL end
  if not url.is_http(place) then
    error(Error.new("config", ("%s must begin with https:// or http://, but it is '%s'"):format(from,
      url.without_user(place))), 0)
  end
  return (url.without_last_slashes(place):gsub("/v2$", ""))  -- people write it with or without the version
end

--- Reads the options of gumroad.new.
-- @return table: base_url, allow_http, secret and token_id (or nil), pace, connection, sleep, on_request, on_response,
--   and `options` with those that apply to each call; raises a gumroad.Error of kind config if there is no token or the
--   URL is wrong
function client_options.read(given)
  local checked = check("gumroad.new", CLIENT, given)
  local base_url, of_calls = client_options.base_url(checked.base_url), {}
  local allow_http = checked.allow_http
  if allow_http == nil then allow_http = env.get "GUMROAD_ALLOW_HTTP" == "1" end
  for name in pairs(CALL) do of_calls[name] = checked[name] end
  local secret, token_id = secret_of(checked.access_token)
  local paced = checked.pace
  if paced == nil then paced = client_limits.is_gumroad(base_url) end
  return {
    base_url = base_url, allow_http = allow_http, secret = secret, token_id = token_id, pace = paced,
    connection = checked.connection, sleep = checked.sleep, on_request = checked.on_request,
    on_response = checked.on_response, options = options.fill(CALL, of_calls),
  }
end

return client_options
