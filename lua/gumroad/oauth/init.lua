--- OAuth: how a user lets a program act for a shop. Three ways to tokens:
--
--   oauth.login                         a program on the user's machine, which has a browser
--   oauth.device, oauth.wait            a program where there is none: the user types a code elsewhere
--   oauth.authorize_url, oauth.exchange a web application, to which Gumroad sends the browser back
--
-- Tokens are a plain table: `access_token`, `refresh_token`, `scope` (text), `created_at` (Unix
-- time), `token_type`; they do not expire. Whoever has them can act for the shop: keep them as
-- gumroad.connections does. What goes wrong is `nil, error`, with OAuth's own word for it as
-- `code` where there is one, such as "access_denied"; neither tokens, codes nor secrets are in it.
--
-- All functions take one table, in which may stand, besides what they say themselves:
--   client_id      of the application, as Gumroad's settings show it
--   client_secret  of a confidential application, whose program runs only on its own servers
--   base_url       default: GUMROAD_API_BASE_URL, else Gumroad
--   timeout, connect_timeout, retries, sleep   as for gumroad.new
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
-- The pages for people are on another host than the API; elsewhere one server has both.
local API, PAGES = Client.DEFAULT_BASE_URL, "https://gumroad.com"

-- Options -------------------------------------------------------------------------------------

-- Of a client
local CLIENT = {
  base_url = { "string" }, timeout = { "number", positive = true }, connect_timeout = { "number", positive = true },
  retries = { "number", least = 0 }, sleep = { "function" },
}
-- Of every function but oauth.info
local COMMON = tables.copy(CLIENT, { client_id = { "string", required = true }, client_secret = { "string" } })
local SCOPES = { { "table", "string" }, expected = "an array or a text" }

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

-- Hooks are no options here: they would be shown bodies that are made of secrets.
local function client_of(options, access_token)
  local own = { access_token = access_token or false }
  for name in pairs(CLIENT) do own[name] = options[name] end
  return Client.new(own)
end

-- kind and message for OAuth's words; the server's own descriptions are for programmers of servers
local WORDS = {
  access_denied = { "auth", "the user did not agree" },
  authorization_pending = { "auth", "the user has not decided yet" },
  slow_down = { "auth", "the server was asked too often" },
  expired_token = { "auth", "the device's code has expired or was used already: begin again" },
  invalid_client = { "auth", "Gumroad does not know this application, or its secret is wrong: check client_id "
    .. "and client_secret" },
  unauthorized_client = { "auth", "the application may not do this: check client_id and client_secret, and "
    .. "whether Gumroad has enabled the application for it" },
  invalid_grant = { "auth", "the code or refresh token is good no more: it was used, revoked, has expired "
    .. "(codes do after 10 minutes), or belongs to another application or redirect_uri: authorize again" },
  invalid_token = { "auth", "the access token is not good, or was revoked: log in again" },
  invalid_scope = { "invalid", "the application may not ask for one of these scopes" },
}

local REPEATED = { authorization_pending = true, slow_down = true }

local function explained(err)
  local words = WORDS[err.code]
  if words then err.kind, err.message = words[1], words[2] end
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
    repeatable = repeatable, how_to_verify = HOW_TO_VERIFY[form.grant_type], options = {} }
end

local function post(options, request)
  local body, err = client_of(options):call(request)
  if not body then return nil, explained(err) end
  return body
end

local function ask_for_tokens(options, form)
  local request = new_request(options, "/oauth/token", form, form.grant_type == DEVICE_GRANT)
  if request.repeatable then request.options.retries = 0 end  -- who polls repeats it, after a pause
  local body, err = post(options, request)
  if body and type(body.access_token) ~= "string" then
    return nil, Client.judge(request, Error.new("decode", "the server answered without an access token",
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

--- Where the user's browser is to go. Makes no request.
-- @param options client_id; redirect_uri: where it comes back to, as it was registered (loopback
--   addresses with any port); scopes: array or text, default view_public; state, code_verifier:
--   by default random ones, for which luaossl is needed, as it is for the digest
-- @return url, pending: a plain table { state, code_verifier, redirect_uri } that is kept in the
--   user's session, and nowhere else, for oauth.exchange
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

-- The code of a callback's query | nil, error
local function read_callback(pending, query)
  if not is_pending(pending) then
    return nil, Error.new("auth", "no authorization was begun in this session (is a cookie lost?): begin again")
  elseif not belongs(pending, query) then
    return nil, Error.new("auth", "the answer's state is not that of this session's authorization: begin again")
  end
  local refusal = text_of(query, "error")
  if refusal then
    local word = refusal:match("^[%l_]+$") or "unknown"
    return nil, explained(Error.new("auth", "Gumroad did not authorize: " .. word, { code = word }))
  end
  local code = text_of(query, "code")
  if code and code ~= "" then return code end
  return nil, Error.new("invalid", "the answer has no code: was the callback called by Gumroad?")
end

local EXCHANGE = known { pending = {}, query = { { "string", "table" }, required = true } }

--- The tokens for what a browser came back with.
-- @param options client_id, client_secret; pending: what oauth.authorize_url gave, from this user's
--   session (remove it there: it is good once); query: that of the callback, as text or as a
--   table of what is decoded
-- @return tokens | nil, error of kind auth: the user did not agree (code "access_denied"), another
--   session's answer, a code that is used or older than 10 minutes (code "invalid_grant"), ...
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

--- Begins to ask a user who has a browser elsewhere. Gumroad enables applications for that one by one.
-- @param options client_id, client_secret; scopes: array or text, default view_public
-- @return device: a plain table to show, `user_code` and `verification_uri` (where it is typed) or
--   `verification_uri_complete`, with `device_code` (secret), `expires_in` and `interval` (seconds)
--   | nil, error
function oauth.device(options)
  options = check_options("oauth.device", START_DEVICE, options)
  local device, err = post(options, new_request(options, "/oauth/device/code",
    { scope = scope_text("oauth.device", options.scopes) }, true))
  if device and type(device.device_code) ~= "string" then
    return nil, Error.new("decode", "the server answered without a device's code")
  end
  return device, err
end

local POLL = known { device = { "table", required = true } }

local function check_device(where, options)
  local copy = check_options(where, POLL, options)
  if type(copy.device.device_code) ~= "string" then
    Error.usage("%s: device: what oauth.device gave is expected", where)
  end
  return copy
end

local function poll(options)
  return ask_for_tokens(options, { grant_type = DEVICE_GRANT, device_code = options.device.device_code })
end

--- Asks once whether the user has decided; not oftener than every device.interval seconds.
-- @param options client_id, client_secret; device: what oauth.device gave
-- @return tokens | nil, error; its `retryable` says whether to go on, after `retry_after` seconds
--   where that is set: code "authorization_pending" or "slow_down", and failures of the network
function oauth.poll(options)
  return poll(check_device("oauth.poll", options))
end

local INTERVAL, LIFETIME = 5, 600  -- seconds, where the server does not say

--- Waits until the user has decided, or the code has expired. It waits as calls do: in nginx and
-- with `sleep` others go on meanwhile.
-- @param options as for oauth.poll
-- @return tokens | nil, error, with code "access_denied" or "expired_token"
function oauth.wait(options)
  options = check_device("oauth.wait", options)
  local interval = tonumber(options.device.interval) or INTERVAL
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

--- A new pair of tokens for an old one, which is revoked at once, both halves: store what comes
-- before anything else, as gumroad.connections.refresh does. Seldom of use, as tokens do not expire.
-- @param options client_id, client_secret, refresh_token; scopes: fewer than before
-- @return tokens | nil, error
function oauth.refresh(options)
  options = check_options("oauth.refresh", REFRESH, options)
  return ask_for_tokens(options, { grant_type = "refresh_token", refresh_token = options.refresh_token,
    scope = scope_text("oauth.refresh", options.scopes) })
end

local REVOKE = known { token = { "string", required = true } }

--- Makes a token and its other half good for nothing.
-- @param options client_id, client_secret; token: access or refresh token
-- @return true, also for a token that nobody knows | nil, error
function oauth.revoke(options)
  options = check_options("oauth.revoke", REVOKE, options)
  local done, err = post(options, new_request(options, "/oauth/revoke", { token = options.token }, true))
  return done and true, err
end

--- What an access token is.
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

-- What a login passes on to the functions above.
local function also(options, own)
  for name in pairs(COMMON) do own[name] = options[name] end
  return own
end

local function log_in(page, options)
  local url, pending = oauth.authorize_url(also(options, { scopes = options.scopes, redirect_uri = page:address() }))
  local seconds = options.wait or 300
  local deadline = core.now() + seconds
  options.open(url)
  local query = page:wait(function(query) return belongs(pending, query) end, deadline)
  if not query then
    return nil, Error.new("timeout", ("nobody authorized the program within %g seconds"):format(seconds))
  end
  local tokens, err = oauth.exchange(also(options, { pending = pending, query = query }))
  page:tell(err)
  return tokens, err
end

local LOGIN = known {
  scopes = SCOPES, port = { "number", whole = true, least = 0, most = 65535 },
  open = { "function", required = true }, wait = { "number", positive = true },
}

--- Lets the user decide in a browser on this machine, and waits for that. The application must
-- have http://127.0.0.1/callback among its redirect URIs. Needs luaossl and gumroad.listener;
-- it is for programs that have nothing else to do meanwhile.
-- @param options client_id, client_secret; scopes: array or text; open: function(url), which
--   opens the browser there, or shows the address; port: to listen on, default any free one;
--   wait: seconds for the user to decide, default 300
-- @return tokens | nil, error, of kind timeout where nobody decided
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
