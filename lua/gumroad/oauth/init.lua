--- OAuth: lets a user authorize a program to act for a shop. There are three ways to get tokens:
--
--   oauth.login                         for a program on the user's machine, with a browser
--   oauth.device, oauth.wait            for a machine without a browser: the user types a code elsewhere
--   oauth.authorize_url, oauth.exchange for a web application, to which Gumroad sends the browser back
--
-- Tokens are a plain table: `access_token`, `refresh_token`, `scope` (a string), `created_at` (Unix time),
-- `token_type`. They do not expire. Whoever has them can act for the shop, so store them as gumroad.connections does.
-- Functions that fail return `nil, error`; if OAuth has a word for the failure, such as "access_denied", it is the
-- error's `code`. An error contains no tokens, codes or secrets.
--
-- Every function but oauth.info takes one table. In addition to what a function describes, it may have:
--   client_id      id of the application, as Gumroad's settings show it (required)
--   client_secret  secret of a confidential application, one that runs only on its owner's servers
--   base_url       address of the API (default: GUMROAD_API_BASE_URL, or Gumroad)
--   allow_http     as for gumroad.new
--   timeout, connect_timeout, retries, sleep   see gumroad.new
local core = require "gumroad.core"
local check_options = require("gumroad.base.options").check
local loop = require "gumroad.loop"
local pkce = require "gumroad.oauth.pkce"
local tables = require "gumroad.base.tables"
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local oauth = {}

local FORM = "application/x-www-form-urlencoded"
local DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
-- Gumroad's pages for people are on another host than its API. Other servers, such as the emulator, have both on one.
local API, PAGES = Client.DEFAULT_BASE_URL, "https://gumroad.com"

-- Options -------------------------------------------------------------------------------------

-- Options of a client
local CLIENT = {
  base_url = { "string" }, allow_http = { "boolean" },
  timeout = { "number", positive = true }, connect_timeout = { "number", positive = true },
  retries = { "number", least = 0 }, sleep = { "function" },
}
-- Options of every function but oauth.info
local COMMON = tables.copy(CLIENT, { client_id = { "string", required = true }, client_secret = { "string" } })
local SCOPES = { { "table", "string" }, expected = "an array or a string" }

local function known(own)
  return tables.copy(COMMON, own)
end

local function scope_text(where, scopes)
  if type(scopes) ~= "table" then return scopes end
  for i, scope in pairs(scopes) do
    if type(scope) ~= "string" then
      Error.usage("%s: scopes: [%s]: string expected, got %s", where, tostring(i), type(scope))
    end
  end
  return table.concat(scopes, " ")
end

-- Requests ------------------------------------------------------------------------------------

-- Without on_request and on_response, which would see bodies full of secrets.
local function client_of(options, access_token)
  local own = { access_token = access_token or false }
  for name in pairs(CLIENT) do own[name] = options[name] end
  return Client.new(own)
end

-- Kind and message for each of OAuth's words. The server's own descriptions are meant for its programmers.
local WORDS = {
  access_denied = { "auth", "the user did not agree" },
  authorization_pending = { "auth", "the user has not decided yet" },
  slow_down = { "auth", "the server was asked too often" },
  expired_token = { "auth", "the code for the device has expired or was already used: begin again" },
  invalid_client = { "auth", "Gumroad does not know this application, or its secret is wrong: check client_id "
    .. "and client_secret" },
  unauthorized_client = { "auth", "the application may not do this: check client_id and client_secret, and "
    .. "whether Gumroad has enabled the application for it" },
  invalid_grant = { "auth", "the code or refresh token is no longer valid: it was used, revoked, has expired "
    .. "(codes do after 10 minutes), or belongs to another application or redirect_uri; authorize again" },
  invalid_token = { "auth", "the access token is wrong or was revoked: log in again" },
  invalid_scope = { "invalid", "the application may not ask for one of these scopes" },
}

local REPEATED = { authorization_pending = true, slow_down = true }

local function explained(err)
  local words = WORDS[err.code]
  if words then err.kind = words[1]; Error.reword(err, words[2]) end
  if REPEATED[err.code] then err.retryable = true end
  return err
end

-- What to do if nobody knows whether a request for tokens was carried out.
local HOW_TO_VERIFY = {
  authorization_code = "the code may be used up, so let the user authorize again",
  refresh_token = "try the tokens that you have, and log in again if they no longer work",
}

-- The form holds the application's id and secret.
local function new_request(options, path, form, repeatable)
  form.client_id, form.client_secret = options.client_id, options.client_secret
  return { method = "POST", path = path, body = core.form_encode(form), content_type = FORM, public = true,
    confidential = true, repeatable = repeatable, how_to_verify = HOW_TO_VERIFY[form.grant_type], options = {} }
end

local function post(options, request)
  local body, err = client_of(options):call(request)
  if not body then return nil, explained(err) end
  return body
end

local function ask_for_tokens(options, form)
  local request = new_request(options, "/oauth/token", form, form.grant_type == DEVICE_GRANT)
  if request.repeatable then request.options.retries = 0 end  -- polling repeats it anyway, after a pause
  local body, err = post(options, request)
  if body and type(body.access_token) ~= "string" then
    return nil, Client.judge(request, Error.new("decode", "the response has no access token",
      { status = 200, method = request.method, path = request.path }))
  end
  return body, err
end

-- In the browser ------------------------------------------------------------------------------

local function check_verifier(verifier)
  if verifier and not (#verifier >= 43 and #verifier <= 128 and verifier:find("^[%w._~-]+$")) then
    Error.usage("oauth.authorize_url: code_verifier: 43 to 128 letters, digits, '-', '.', '_' or '~' expected")
  end
  return verifier
end

local AUTHORIZE = known { redirect_uri = { "string", required = true }, scopes = SCOPES, state = { "string" },
  code_verifier = { "string" } }

--- Returns the address where the user authorizes the application. Sends no request. Needs luaossl.
-- @param options client_id; redirect_uri, where the browser comes back to, as registered with Gumroad (a loopback
--   address may have any port); scopes, an array or a string (default: view_public); state and code_verifier
--   (default: random ones)
-- @return url, pending: a plain table { state, code_verifier, redirect_uri }, to be kept in the user's session, and
--   nowhere else, for oauth.exchange
function oauth.authorize_url(options)
  options = check_options("oauth.authorize_url", AUTHORIZE, options)
  local pending = { redirect_uri = options.redirect_uri, state = options.state or pkce.random(),
    code_verifier = check_verifier(options.code_verifier) or pkce.random() }
  local base = client_of(options).base_url
  local query = core.form_encode { client_id = options.client_id, redirect_uri = options.redirect_uri,
    response_type = "code", scope = scope_text("oauth.authorize_url", options.scopes), state = pending.state,
    code_challenge = pkce.challenge(pending.code_verifier), code_challenge_method = "S256" }
  return (base == API and PAGES or base) .. "/oauth/authorize?" .. query, pending
end

local function text_of(query, name)
  return type(query[name]) == "string" and query[name] or nil
end

local function belongs(pending, query)
  local state = text_of(query, "state")
  return state ~= nil and core.equal(state, pending.state)
end

local function is_pending(pending)
  return type(pending) == "table" and type(pending.state) == "string" and pending.state ~= ""
    and type(pending.code_verifier) == "string" and type(pending.redirect_uri) == "string"
end

-- Returns the code in a callback's query | nil, error
local function read_callback(pending, query)
  if not is_pending(pending) then
    return nil, Error.new("auth", "this session has no pending authorization (perhaps a cookie was lost): begin again")
  elseif not belongs(pending, query) then
    return nil, Error.new("auth", "the callback's state is not that of this session's authorization: begin again")
  end
  local refusal = text_of(query, "error")
  if refusal then
    local word = refusal:match("^[%l_]+$") or "unknown"
    return nil, explained(Error.new("auth", "Gumroad refused to authorize: " .. word, { code = word }))
  end
  local code = text_of(query, "code")
  if code and code ~= "" then return code end
  return nil, Error.new("invalid", "the callback has no code: did it come from Gumroad?")
end

local EXCHANGE = known { pending = {}, query = { { "string", "table" }, required = true } }

--- Exchanges what a browser came back with for tokens.
-- @param options client_id, client_secret; pending, as oauth.authorize_url returned it, from this user's session
--   (remove it there, as it works only once); query, the callback's query as a string or as a decoded table
-- @return tokens | nil, error of kind auth: the user did not agree (code "access_denied"), the callback belongs to
--   another session, its code was used or is older than 10 minutes (code "invalid_grant"), ...
function oauth.exchange(options)
  options = check_options("oauth.exchange", EXCHANGE, options)
  local query, pending = options.query, options.pending
  if type(query) == "string" then query = core.form_decode((query:gsub("^%?", ""))) or {} end
  local code, err = read_callback(pending, query)
  if not code then return nil, err end
  return ask_for_tokens(options, { grant_type = "authorization_code", code = code,
    redirect_uri = pending.redirect_uri, code_verifier = pending.code_verifier })
end

-- On another device ---------------------------------------------------------------------------

local START_DEVICE = known { scopes = SCOPES }

--- Begins the authorization by a user who has a browser on another device. Gumroad enables applications for this one
-- by one.
-- @param options client_id, client_secret; scopes, an array or a string (default: view_public)
-- @return device, a plain table. To show to the user: `user_code` and `verification_uri`, where the code is typed, or
--   `verification_uri_complete`. Not to show: `device_code` (a secret), `expires_in` and `interval` (seconds)
--   | nil, error
function oauth.device(options)
  options = check_options("oauth.device", START_DEVICE, options)
  local device, err = post(options, new_request(options, "/oauth/device/code",
    { scope = scope_text("oauth.device", options.scopes) }, true))
  if device and type(device.device_code) ~= "string" then
    return nil, Error.new("decode", "the response has no device_code")
  end
  return device, err
end

local POLL = known { device = { "table", required = true } }

local function check_device(where, options)
  local copy = check_options(where, POLL, options)
  if type(copy.device.device_code) ~= "string" then
    Error.usage("%s: device: the table from oauth.device expected", where)
  end
  return copy
end

local function poll(options)
  return ask_for_tokens(options, { grant_type = DEVICE_GRANT, device_code = options.device.device_code })
end

--- Asks once whether the user has decided. Wait at least device.interval seconds between calls.
-- @param options client_id, client_secret; device, as oauth.device returned it
-- @return tokens | nil, error. If the error is `retryable`, ask again, after `retry_after` seconds if that is set: its
--   code is "authorization_pending" or "slow_down", or the network failed
function oauth.poll(options)
  return poll(check_device("oauth.poll", options))
end

local INTERVAL, LIFETIME = 5, 600  -- seconds, if the server does not say

--- Waits until the user has decided or the code has expired. In nginx, and with `sleep`, other calls go on meanwhile.
-- @param options see oauth.poll
-- @return tokens | nil, error, with code "access_denied" or "expired_token"
function oauth.wait(options)
  options = check_device("oauth.wait", options)
  local interval = tonumber(options.device.interval)
  if not (interval and interval >= 0) then interval = INTERVAL end
  local deadline = core.now() + (tonumber(options.device.expires_in) or LIFETIME)
  local own = options.sleep and loop.cooperative(options.sleep)
  while true do
    local waiting, err = loop.current(own)
    if not waiting then return nil, err end
    waiting.sleep(interval)
    if core.now() >= deadline then
      return nil, explained(Error.new("auth", "", { code = "expired_token" }))
    end
    local tokens
    tokens, err = poll(options)
    if tokens then return tokens end
    if not err.retryable then return nil, err end
    interval = math.max(interval, err.retry_after or 0)
  end
end

-- Tokens --------------------------------------------------------------------------------------

local REFRESH = known { refresh_token = { "string", required = true }, scopes = SCOPES }

--- Exchanges a pair of tokens for a new one. Gumroad revokes the old pair at once, so store the new one before
-- anything else, as gumroad.connections.refresh does. Rarely needed, as tokens do not expire.
-- @param options client_id, client_secret, refresh_token; scopes, to ask for fewer than before
-- @return tokens | nil, error
function oauth.refresh(options)
  options = check_options("oauth.refresh", REFRESH, options)
  return ask_for_tokens(options, { grant_type = "refresh_token", refresh_token = options.refresh_token,
    scope = scope_text("oauth.refresh", options.scopes) })
end

local REVOKE = known { token = { "string", required = true } }

--- Revokes an access token and its refresh token.
-- @param options client_id, client_secret; token, either of the two
-- @return true, also for an unknown token | nil, error
function oauth.revoke(options)
  options = check_options("oauth.revoke", REVOKE, options)
  local done, err = post(options, new_request(options, "/oauth/revoke", { token = options.token }, true))
  return done and true, err
end

--- Returns what Gumroad knows about an access token.
-- @param access_token
-- @param options optional: base_url, timeout, ...
-- @return table: `scope` (array), `application.uid`, `created_at`, `resource_owner_id` | nil, error
function oauth.info(access_token, options)
  if type(access_token) ~= "string" then
    Error.usage("oauth.info: an access token expected, got %s", type(access_token))
  end
  options = check_options("oauth.info", CLIENT, options)
  local body, err = client_of(options, access_token):call { method = "GET", path = "/oauth/token/info",
    repeatable = true, options = {} }
  if not body then return nil, explained(err) end
  return body
end

-- On the user's machine -----------------------------------------------------------------------

-- Adds the common options of a login to those of one of the functions above.
local function with_common(options, own)
  for name in pairs(COMMON) do own[name] = options[name] end
  return own
end

local function log_in(page, options)
  local url, pending = oauth.authorize_url(with_common(options,
    { scopes = options.scopes, redirect_uri = page:address() }))
  local seconds = options.wait or 300
  local deadline = core.now() + seconds
  options.open(url)
  local query = page:wait(function(query) return belongs(pending, query) end, deadline)
  if not query then
    return nil, Error.new("timeout", ("nobody authorized the program within %g seconds"):format(seconds))
  end
  local tokens, err = oauth.exchange(with_common(options, { pending = pending, query = query }))
  page:tell(err)
  return tokens, err
end

local LOGIN = known {
  scopes = SCOPES, port = { "number", whole = true, least = 0, most = 65535 },
  open = { "function", required = true }, wait = { "number", positive = true },
}

--- Lets the user authorize the program in a browser on this machine, and waits for that. The application must
-- have http://127.0.0.1/callback among its redirect URIs. Needs luaossl and gumroad.listener, and blocks the program
-- while it waits.
-- @param options client_id, client_secret; scopes, an array or a string; open, a function(url) that opens a browser
--   or shows the address; port, to listen on (default: any free one); wait, seconds for the user to decide
--   (default: 300)
-- @return tokens | nil, error, of kind timeout if the user did not decide in time
function oauth.login(options)
  options = check_options("oauth.login", LOGIN, options)
  local page, err = require("gumroad.oauth.browser").open(options.port or 0)
  if not page then return nil, err end
  local ok, tokens, wrong = pcall(log_in, page, options)
  page:close()
  if not ok then error(tokens, 0) end
  return tokens, wrong
end

return oauth
