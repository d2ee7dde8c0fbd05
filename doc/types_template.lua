---@meta

-- What editors know of gumroad (LuaLS and others that read its annotations). Never loaded by
-- the library. Made by `make types` from gumroad.api, gumroad.schema and doc/types_template.lua:
-- change those.

-- The module ------------------------------------------------------------------------------

---Script a Gumroad shop.
---@class gumroad
---@field _VERSION string
---@field connections gumroad.connections
---@field oauth gumroad.oauth
---@field webhook gumroad.webhook
local gumroad = {}

---A shop, by its access token. Makes no request. Raises a gumroad.Error of kind config where there
---is no token.
---@param options? gumroad.Options
---@return gumroad.Shop
function gumroad.new(options) end

---A shop, by the name of a stored connection. Makes no request. Where GUMROAD_ACCESS_TOKEN is set,
---its token is used. Raises a gumroad.Error of kind config where there is no such connection.
---@param name? string # default: the only connection, or the one marked as default
---@param options? gumroad.Options # access_token is the connection's
---@return gumroad.Shop
function gumroad.connect(name, options) end

---Runs functions side by side: while one waits for Gumroad, the others go on.
---@param functions (fun(): any, any)[]
---@param options? { sleep: fun(seconds: number) } # under a cooperative scheduler
---@return table<integer, any> values # what each function returned first, at its own place
---@return table<integer, gumroad.Error> errors # what it returned second, or raised as a gumroad.Error
function gumroad.all(functions, options) end

---Options of one call: the last argument of every method.
---@class gumroad.CallOptions
---@field timeout? number # seconds for an attempt, 30
---@field connect_timeout? number # seconds for its connection, 10
---@field retries? integer # attempts after the first, 2; only where repeating does no harm
---@field max_size? integer # bytes of an answer after decompression, 10 MiB
---@field headers? table<string, string> # more request headers

---Options of a shop, those of a call among them.
---@class gumroad.Options: gumroad.CallOptions
---@field access_token? string|false # default: GUMROAD_ACCESS_TOKEN; false: none, for licenses.check and verify
---@field connection? { name: string, scope: string? } # of which access_token is; gumroad.connect sets it
---@field base_url? string # default: GUMROAD_API_BASE_URL, else https://api.gumroad.com
---@field sleep? fun(seconds: number) # of a cooperative scheduler, such as copas.sleep
---@field on_request? fun(request: gumroad.Attempt) # before each attempt
---@field on_response? fun(response: gumroad.Outcome) # after each attempt

---An attempt; the token is not among the headers.
---@class gumroad.Attempt
---@field method string
---@field url string
---@field headers table<string, string>
---@field body? string
---@field attempt integer # from 1

---What came of an attempt.
---@class gumroad.Outcome
---@field method string
---@field url string
---@field status? integer # nil: there was no answer
---@field headers? table<string, string>
---@field error? gumroad.Error
---@field seconds? number
---@field attempt integer # from 1

-- Errors ----------------------------------------------------------------------------------

---@alias gumroad.ErrorKind
---$error_kinds

---What went wrong: testable by `kind`, readable by tostring. No field holds the access token.
---@class gumroad.Error
---@field kind gumroad.ErrorKind
---@field message string # one line for a person
---@field status? integer # of HTTP; 200 too: Gumroad says "not found" so
---@field method? string # of the request
---@field path? string # of the request, without its query
---@field retryable? boolean # whether the same call may succeed later and is safe to repeat
---@field code? string # OAuth's word for it, such as access_denied, or the operating system's
---@field upload? table # of files.upload: how far it came, for its `resume`; keep it to yourself
---@field storage_code? string # of an upload: the word of S3 for its refusal
---@field cause? gumroad.ErrorKind # of outcome_unknown: what it would be if the request only read
---@field before? gumroad.Sale # of outcome_unknown: as it was read, where that was done
---@field after? gumroad.Sale
---@field retry_after? number # seconds that the server asked to wait
---@field request_id? string # Gumroad's id of the request, to give to its support
---@field attempts? integer # how many times the request was made
---@field curl_code? integer # libcurl's number for a failure below HTTP

-- The shop --------------------------------------------------------------------------------

---A day or a moment: "YYYY-MM-DD" (UTC), ISO 8601 with time and zone, Unix seconds, or a table
---of os.date "*t".
---@alias gumroad.Date string|number|osdate

---A list is complete or says why not.
---@class gumroad.List
---@field complete boolean
---@field reason? "limit"|"page" # why it is not complete
---@field next_page_key? string # hand it to the next call as `page_key`

---It succeeded: that is all.
---@class gumroad.Message
---@field message? string # in Gumroad's words

---A shop: each resource of Gumroad's API is a field.
---@class gumroad.Shop
---$shop_fields
local shop = {}

---Any call of Gumroad's API.
---@param request gumroad.Request
---@param options? gumroad.CallOptions
---@return table? answer # whole and decoded, `success` included
---@return gumroad.Error? err
function shop:request(request, options) end

---Webhooks: makes the subscriptions that are missing, receives the pings, calls a handler for
---each. Returns when a handler called watcher:stop().
---@param options gumroad.WatchOptions
---@return true? stopped
---@return gumroad.Error? err
function shop:watch(options) end

---Makes the webhooks that are missing, and no other; safe to repeat.
---@param wanted gumroad.WantedWebhooks
---@param options? gumroad.CallOptions
---@return gumroad.EnsuredWebhooks?
---@return gumroad.Error? err
---@return gumroad.EnsuredWebhooks? partly # with an error: what was done all the same
function shop:ensure_webhooks(wanted, options) end

---The URL that Gumroad is to tell of each event.
---@class gumroad.WantedWebhooks
---$urls
---@field remove? boolean # true: all other webhooks of the token's application end

---@class gumroad.EnsuredWebhooks
---@field made gumroad.ResourceSubscription[]
---@field kept gumroad.ResourceSubscription[]
---@field removed gumroad.ResourceSubscription[]

---@class gumroad.Request
---@field url string # a path, such as "/v2/user"
---@field method? string # default: GET
---@field query? table
---@field headers? table<string, string>
---@field body? table|string # a table is sent as a form, a string as it is

-- Webhooks --------------------------------------------------------------------------------

---Options of shop:watch; at least one handler.
---@class gumroad.WatchOptions
---@field url string # what Gumroad is told: public, and hard to guess
---@field secret? string # added to the url's query
---@field address? string # where to listen, 127.0.0.1
---@field port? integer # 8080; 0: any free one
---@field path? string # what a proxy in front makes of the url's path, if it changes it
---@field seller_id? string # whose sales they must be; default: that of the token's user
---@field subscribe? boolean # false: the subscriptions are there already
---@field on_ready? fun(watcher: gumroad.Watcher) # when everything stands
---@field on_error? fun(err: gumroad.Error, event?: gumroad.Event) # default: a line on stderr
---$handlers

---@class gumroad.Watcher
---@field url string # what Gumroad was told
---@field port integer # that is listened on
local watcher = {}

---Handles what has arrived; if nothing has, waits at most so many seconds for it.
---@param seconds number
function watcher:step(seconds) end

---Ends shop:watch after the request at hand.
function watcher:stop() end

---Stops listening. The subscriptions stay.
function watcher:close() end

---@class gumroad.webhook
local webhook = {}

---Reads a ping.
---@param body string # the request's body
---@param content_type string # its Content-Type
---@param limits? gumroad.FormLimits
---@return gumroad.Event? event
---@return gumroad.Error? err # of kind invalid, decode or too_large
function webhook.parse(body, content_type, limits) end

---@class gumroad.FormLimits
---@field max_bytes? integer # of the body, 1 MiB
---@field max_fields? integer # 4096
---@field max_key? integer # decoded bytes of a whole name, 1024
---@field max_value? integer # decoded bytes of a value, 64 KiB
---@field max_depth? integer # parts of a name, 5

---What a ping tells.
---@class gumroad.AnyEvent
---@field key string # two deliveries of the same event have the same key
---@field test boolean # true for a seller's own test purchase and for test pings
---@field retry_count integer # 0, or 1 to 3 in repeated deliveries
---@field shadowed string[] # names of fields in `data` that hold what the buyer typed

---$events

-- OAuth -----------------------------------------------------------------------------------

---What the functions of gumroad.oauth take.
---@class gumroad.OAuthOptions
---@field client_id string # of the application, as Gumroad's settings show it
---@field client_secret? string # of a confidential application
---@field base_url? string # default: GUMROAD_API_BASE_URL, else Gumroad
---@field timeout? number # seconds for an attempt, 30
---@field connect_timeout? number # seconds for its connection, 10
---@field retries? integer
---@field sleep? fun(seconds: number) # of a cooperative scheduler

---@class gumroad.Tokens
---@field access_token string
---@field refresh_token? string
---@field scope? string # with spaces between
---@field created_at? integer # Unix time
---@field token_type? string

---What is kept in the user's session until the callback comes.
---@class gumroad.PendingLogin
---@field state string
---@field code_verifier string
---@field redirect_uri string

---@class gumroad.AuthorizeOptions: gumroad.OAuthOptions
---@field redirect_uri string # as it was registered; loopback addresses with any port
---@field scopes? string|string[] # default: view_public
---@field state? string # default: random
---@field code_verifier? string # default: random

---@class gumroad.ExchangeOptions: gumroad.OAuthOptions
---@field pending gumroad.PendingLogin # what authorize_url gave
---@field query string|table # of the callback

---@class gumroad.StartDeviceOptions: gumroad.OAuthOptions
---@field scopes? string|string[] # default: view_public

---@class gumroad.Device
---@field user_code string # to show
---@field verification_uri string # where it is typed
---@field verification_uri_complete string
---@field device_code string # secret
---@field expires_in integer # seconds
---@field interval integer # seconds

---@class gumroad.DeviceOptions: gumroad.OAuthOptions
---@field device gumroad.Device

---@class gumroad.RefreshOptions: gumroad.OAuthOptions
---@field refresh_token string
---@field scopes? string|string[] # fewer than before

---@class gumroad.RevokeOptions: gumroad.OAuthOptions
---@field token string # access or refresh token

---@class gumroad.LoginOptions: gumroad.OAuthOptions
---@field scopes? string|string[] # default: view_public
---@field open fun(url: string) # opens the browser there, or shows the address
---@field port? integer # to listen on, default: any free one
---@field wait? number # seconds for the user to decide, 300

---@class gumroad.TokenInfo
---@field scope string[]
---@field application { uid: string }
---@field created_at integer
---@field resource_owner_id integer

---How a user lets a program act for a shop.
---@class gumroad.oauth
local oauth = {}

---Where the user's browser is to go. Makes no request.
---@param options gumroad.AuthorizeOptions
---@return string url
---@return gumroad.PendingLogin pending
function oauth.authorize_url(options) end

---The tokens for what a browser came back with.
---@param options gumroad.ExchangeOptions
---@return gumroad.Tokens?
---@return gumroad.Error? err
function oauth.exchange(options) end

---Begins to ask a user who has a browser elsewhere.
---@param options gumroad.StartDeviceOptions
---@return gumroad.Device?
---@return gumroad.Error? err
function oauth.device(options) end

---Asks once whether the user has decided.
---@param options gumroad.DeviceOptions
---@return gumroad.Tokens?
---@return gumroad.Error? err # `retryable`: go on, after `retry_after` seconds
function oauth.poll(options) end

---Waits until the user has decided, or the code has expired.
---@param options gumroad.DeviceOptions
---@return gumroad.Tokens?
---@return gumroad.Error? err
function oauth.wait(options) end

---A new pair of tokens for an old one, which is revoked at once.
---@param options gumroad.RefreshOptions
---@return gumroad.Tokens?
---@return gumroad.Error? err
function oauth.refresh(options) end

---Makes a token and its other half good for nothing.
---@param options gumroad.RevokeOptions
---@return true? revoked
---@return gumroad.Error? err
function oauth.revoke(options) end

---What an access token is.
---@param access_token string
---@param options? { base_url: string?, timeout: number? }
---@return gumroad.TokenInfo?
---@return gumroad.Error? err
function oauth.info(access_token, options) end

---Lets the user decide in a browser on this machine, and waits for that.
---@param options gumroad.LoginOptions
---@return gumroad.Tokens?
---@return gumroad.Error? err
function oauth.login(options) end

---A stored connection; without its tokens where connections are listed.
---@class gumroad.Connection: gumroad.Tokens
---@field client_id? string
---@field base_url? string # if it is not Gumroad's
---@field seller_id? string
---@field seller_name? string

---Connections by name, in one file that only its owner can read.
---@class gumroad.connections
local connections = {}

---@return string? path # of the file
---@return gumroad.Error? err
function connections.path() end

---@return string? name # of the connection that is meant where none is named
---@return gumroad.Error? err
function connections.default() end

---@param name? string # default: the default one
---@return gumroad.Connection?
---@return gumroad.Error? err
function connections.get(name) end

---The options of gumroad.new with which a shop uses a connection, at its own server alone.
---@param name? string # default: the default one
---@param options? gumroad.Options # others
---@return gumroad.Options? all
---@return gumroad.Error? err
function connections.options(name, options) end

---@return table[]? list # name, default, and the fields that are not secret
---@return gumroad.Error? err
function connections.list() end

---@param name string # letters, digits, "-", "_" and "."
---@param connection gumroad.Connection
---@return true? saved
---@return gumroad.Error? err
function connections.save(name, connection) end

---Forgets a connection. Its tokens stay good.
---@param name string
---@return true? removed
---@return gumroad.Error? err
function connections.remove(name) end

---Whether a connection could be stored, as far as can be told before it is.
---@return true? could
---@return gumroad.Error? err
function connections.check() end

---@param name string
---@return true? marked
---@return gumroad.Error? err
function connections.set_default(name) end

---Exchanges a connection's tokens for new ones, which are stored before anything else.
---@param name string
---@param options? { client_secret: string?, timeout: number? }
---@return gumroad.Connection?
---@return gumroad.Error? err
function connections.refresh(name, options) end
