---@meta

-- What editors know of gumroad (LuaLS and others that read its annotations). Never loaded by
-- the library. Made by `make types` from gumroad.api, gumroad.schema and doc/types_template.lua:
-- change those.

-- The module ------------------------------------------------------------------------------

---Script a Gumroad shop.
---@class gumroad
---@field _VERSION string
---@field webhook gumroad.webhook
local gumroad = {}

---A shop, by its access token. Makes no request. Raises a gumroad.Error of kind config where there
---is no token.
---@param options? gumroad.Options
---@return gumroad.Shop
function gumroad.new(options) end

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
---@field access_token? string|false # default: GUMROAD_ACCESS_TOKEN; false: none, for licenses.verify
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
