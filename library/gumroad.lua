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
---| "auth" # the token is wrong or was revoked (401)
---| "scope" # the token may not do this (403); the message names the scopes, one of which it needs
---| "not_found" # no such object; Gumroad says so with HTTP 200 or 404
---| "invalid" # Gumroad refused the request; the message is Gumroad's. Of a ping: it is none
---| "rate_limit" # too many requests (429); `retry_after`, if Gumroad said so
---| "outcome_unknown" # a change was sent and its answer lost: it may have been carried out. It is never made again by itself; the message says with which call to look
---| "server" # Gumroad failed (5xx), or a list that would not end
---| "network" # no connection, or it broke
---| "timeout" # no answer in time
---| "tls" # a certificate that does not verify; nothing was sent
---| "decode" # an answer or a ping that cannot be read
---| "too_large" # an answer or a ping over the limit
---| "redirect" # the server redirects, which is never followed
---| "file" # a file that is to be sent cannot be read, or changed meanwhile
---| "cancelled" # the call was dropped
---| "config" # no token, or a place where nothing can wait

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
---@field bundle_contents gumroad.Shop.bundle_contents
---@field categories gumroad.Shop.categories
---@field covers gumroad.Shop.covers
---@field custom_fields gumroad.Shop.custom_fields
---@field direct_uploads gumroad.Shop.direct_uploads
---@field earnings gumroad.Shop.earnings
---@field emails gumroad.Shop.emails
---@field files gumroad.Shop.files
---@field help_articles gumroad.Shop.help_articles
---@field licenses gumroad.Shop.licenses
---@field media gumroad.Shop.media
---@field offer_codes gumroad.Shop.offer_codes
---@field pages gumroad.Shop.pages
---@field payouts gumroad.Shop.payouts
---@field products gumroad.Shop.products
---@field refund_policy gumroad.Shop.refund_policy
---@field resource_subscriptions gumroad.Shop.resource_subscriptions
---@field reviews gumroad.Shop.reviews
---@field sales gumroad.Shop.sales
---@field skus gumroad.Shop.skus
---@field subscribers gumroad.Shop.subscribers
---@field tax_forms gumroad.Shop.tax_forms
---@field thumbnails gumroad.Shop.thumbnails
---@field upsells gumroad.Shop.upsells
---@field user gumroad.Shop.user
---@field utm_links gumroad.Shop.utm_links
---@field variant_categories gumroad.Shop.variant_categories
---@field variants gumroad.Shop.variants
---@field workflow_emails gumroad.Shop.workflow_emails
---@field workflows gumroad.Shop.workflows
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
---@field cancellation? string
---@field dispute? string
---@field dispute_won? string
---@field refund? string
---@field sale? string
---@field subscription_ended? string
---@field subscription_restarted? string
---@field subscription_updated? string
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
---@field cancellation? fun(data: gumroad.SubscriptionPing, event: gumroad.CancellationEvent, watcher: gumroad.Watcher)
---@field dispute? fun(data: gumroad.SalePing, event: gumroad.DisputeEvent, watcher: gumroad.Watcher)
---@field dispute_won? fun(data: gumroad.SalePing, event: gumroad.DisputeWonEvent, watcher: gumroad.Watcher)
---@field refund? fun(data: gumroad.SalePing, event: gumroad.RefundEvent, watcher: gumroad.Watcher)
---@field sale? fun(data: gumroad.SalePing, event: gumroad.SaleEvent, watcher: gumroad.Watcher)
---@field subscription_ended? fun(data: gumroad.SubscriptionPing, event: gumroad.SubscriptionEndedEvent, watcher: gumroad.Watcher)
---@field subscription_restarted? fun(data: gumroad.SubscriptionPing, event: gumroad.SubscriptionRestartedEvent, watcher: gumroad.Watcher)
---@field subscription_updated? fun(data: gumroad.SubscriptionPing, event: gumroad.SubscriptionUpdatedEvent, watcher: gumroad.Watcher)

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

---@alias gumroad.Event
---| gumroad.CancellationEvent
---| gumroad.DisputeEvent
---| gumroad.DisputeWonEvent
---| gumroad.RefundEvent
---| gumroad.SaleEvent
---| gumroad.SubscriptionEndedEvent
---| gumroad.SubscriptionRestartedEvent
---| gumroad.SubscriptionUpdatedEvent

---@class gumroad.CancellationEvent: gumroad.AnyEvent
---@field type "cancellation"
---@field data gumroad.SubscriptionPing

---@class gumroad.DisputeEvent: gumroad.AnyEvent
---@field type "dispute"
---@field data gumroad.SalePing

---@class gumroad.DisputeWonEvent: gumroad.AnyEvent
---@field type "dispute_won"
---@field data gumroad.SalePing

---@class gumroad.RefundEvent: gumroad.AnyEvent
---@field type "refund"
---@field data gumroad.SalePing

---@class gumroad.SaleEvent: gumroad.AnyEvent
---@field type "sale"
---@field data gumroad.SalePing

---@class gumroad.SubscriptionEndedEvent: gumroad.AnyEvent
---@field type "subscription_ended"
---@field data gumroad.SubscriptionPing

---@class gumroad.SubscriptionRestartedEvent: gumroad.AnyEvent
---@field type "subscription_restarted"
---@field data gumroad.SubscriptionPing

---@class gumroad.SubscriptionUpdatedEvent: gumroad.AnyEvent
---@field type "subscription_updated"
---@field data gumroad.SubscriptionPing

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

-- shop.bundle_contents -----------------------------------------------------------------

---@class gumroad.BundleContentsUpdateParams
---@field products any[] # objects with product_id, variant_id, quantity (default 1), position; replaces all

---@class gumroad.Shop.bundle_contents
local bundle_contents = {}

---What a bundle is made of; refused for products that are no bundles.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param params gumroad.BundleContentsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.Product? result
---@return gumroad.Error? err
function bundle_contents:update(product_id, params, options) end

-- shop.categories ----------------------------------------------------------------------

---@class gumroad.CategoriesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.Shop.categories
local categories = {}

---What products can be filed under; `path` is the category of products.create.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.CategoriesListParams
---@param options? gumroad.CallOptions
---@return gumroad.CategoryList? result
---@return gumroad.Error? err
function categories:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.CategoriesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Category?
function categories:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.CategoriesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.CategoryList?
function categories:pages(params, options) end

-- shop.covers --------------------------------------------------------------------------

---@class gumroad.CoversCreateParams
---@field signed_blob_id? string # of direct_uploads.upload; this or url
---@field url? string # image, video or oEmbed page

---@class gumroad.CoversCreateCoverList: gumroad.CoverList
---@field main_cover_id? string

---@class gumroad.CoversDeleteCoverList: gumroad.CoverList
---@field main_cover_id? string

---@class gumroad.Shop.covers
local covers = {}

---Adds a cover and answers all; `cover_ids` of products.update sets their order.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params? gumroad.CoversCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.CoversCreateCoverList? result
---@return gumroad.Error? err
function covers:create(product_id, params, options) end

---Removes a cover and answers the others.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param cover_id string
---@param options? gumroad.CallOptions
---@return gumroad.CoversDeleteCoverList? result
---@return gumroad.Error? err
function covers:delete(product_id, cover_id, options) end

-- shop.custom_fields -------------------------------------------------------------------

---@class gumroad.CustomFieldsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.CustomFieldsCreateParams
---@field name string # also its address from then on
---@field required? boolean
---@field type? string # text (default), checkbox, terms (the name is a URL), long_text or file

---@class gumroad.CustomFieldsUpdateParams
---@field required? boolean

---@class gumroad.Shop.custom_fields
local custom_fields = {}

---What the buyer is asked at checkout.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param params? gumroad.CustomFieldsListParams
---@param options? gumroad.CallOptions
---@return gumroad.CustomFieldList? result
---@return gumroad.Error? err
function custom_fields:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.CustomFieldsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.CustomField?
function custom_fields:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.CustomFieldsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.CustomFieldList?
function custom_fields:pages(product_id, params, options) end

---A new question.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params gumroad.CustomFieldsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.CustomField? result
---@return gumroad.Error? err
function custom_fields:create(product_id, params, options) end

---Changes whether an answer is required; the name cannot be changed.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param name string
---@param params? gumroad.CustomFieldsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.CustomField? result
---@return gumroad.Error? err
function custom_fields:update(product_id, name, params, options) end

---Removes the question from this product.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param name string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function custom_fields:delete(product_id, name, options) end

-- shop.direct_uploads ------------------------------------------------------------------

---@class gumroad.DirectUploadsUploadParams
---@field purpose? string # "media": for media.create; needs edit_profile
---@field content_type? string # default: by the name's extension
---@field filename? string # default: the file's own

---@class gumroad.DirectUploadsCreateParamsBlob
---@field filename string
---@field byte_size integer
---@field checksum string # base64 of the MD5
---@field content_type string # JPEG, PNG, GIF or video; for media any image but SVG

---@class gumroad.DirectUploadsCreateParams
---@field blob gumroad.DirectUploadsCreateParamsBlob
---@field purpose? string # "media": for media.create; needs edit_profile

---@class gumroad.Shop.direct_uploads
local direct_uploads = {}

---Uploads a cover, thumbnail or medium from disk; pass `signed_id` on as signed_blob_id. Needs luaossl, for the
---checksum.
---
---Any one of the scopes: edit_products, edit_profile, account.
---@param path string
---@param params? gumroad.DirectUploadsUploadParams
---@param options? gumroad.CallOptions
---@return gumroad.UploadedBlob? result
---@return gumroad.Error? err
function direct_uploads:upload(path, params, options) end

---A place for a cover, thumbnail or medium: PUT the bytes to `direct_upload.url` with exactly
---`direct_upload.headers`, then pass `signed_id` on as signed_blob_id.
---
---Any one of the scopes: edit_products, edit_profile, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.DirectUploadsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.DirectUpload? result
---@return gumroad.Error? err
function direct_uploads:create(params, options) end

-- shop.earnings ------------------------------------------------------------------------

---@class gumroad.EarningsGetParams
---@field year integer

---@class gumroad.Shop.earnings
local earnings = {}

---What a year came to, in cents.
---
---Any one of the scopes: view_tax_data, account.
---@param params gumroad.EarningsGetParams
---@param options? gumroad.CallOptions
---@return gumroad.Earnings? result
---@return gumroad.Error? err
function earnings:get(params, options) end

-- shop.emails --------------------------------------------------------------------------

---@class gumroad.EmailsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field type? string # published, scheduled or draft
---@field page_key? string # `next_page_key` of the page before; opaque

---@class gumroad.EmailsCreateParams
---@field subject string
---@field body string # HTML
---@field audience? string # all (default), customers, followers or product
---@field product_id? string # with the audience product
---@field publish? boolean # true sends at once
---@field draft? boolean # false sends at once

---@class gumroad.EmailsPreviewEmail: gumroad.Email
---@field preview_url string # where the seller sees it

---@class gumroad.EmailsScheduleParams
---@field to_be_published_at string # date and time

---@class gumroad.Shop.emails
local emails = {}

---Posts to the audience, newest first.
---
---Any one of the scopes: edit_emails, account.
---
---Comes in pages of 10.
---@param params? gumroad.EmailsListParams
---@param options? gumroad.CallOptions
---@return gumroad.EmailList? result
---@return gumroad.Error? err
function emails:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.EmailsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Email?
function emails:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.EmailsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.EmailList?
function emails:pages(params, options) end

---One post.
---
---Any one of the scopes: edit_emails, account.
---@param email_id string
---@param options? gumroad.CallOptions
---@return gumroad.Email? result
---@return gumroad.Error? err
function emails:get(email_id, options) end

---A new post: a draft unless it is sent at once.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.EmailsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Email? result
---@return gumroad.Error? err
function emails:create(params, options) end

---Deletes a post.
---
---Any one of the scopes: edit_emails, account.
---@param email_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function emails:delete(email_id, options) end

---Mails the post to the seller alone.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param email_id string
---@param options? gumroad.CallOptions
---@return gumroad.EmailsPreviewEmail? result
---@return gumroad.Error? err
function emails:preview(email_id, options) end

---Sends the post to its audience.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param email_id string
---@param options? gumroad.CallOptions
---@return gumroad.Email? result
---@return gumroad.Error? err
function emails:send(email_id, options) end

---Sends the post later.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param email_id string
---@param params gumroad.EmailsScheduleParams
---@param options? gumroad.CallOptions
---@return gumroad.Email? result
---@return gumroad.Error? err
function emails:schedule(email_id, params, options) end

---Makes it a draft again.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param email_id string
---@param options? gumroad.CallOptions
---@return gumroad.Email? result
---@return gumroad.Error? err
function emails:unschedule(email_id, options) end

-- shop.files ---------------------------------------------------------------------------

---@class gumroad.FilesUploadParams
---@field filename? string # as buyers see it; default: the file's own
---@field parallel? integer # parts that are sent at a time, default 3
---called as it goes with { sent, total, part, parts }: bytes, the number of the part that moved, and of how many
---@field progress? function
---`upload` of the error that an earlier call ended with: what was sent is kept; where it is too late for that
---(15 minutes), all is sent anew
---@field resume? table

---@class gumroad.FilesPresignParams
---@field filename string
---@field file_size integer # bytes; at most 20 GB

---@class gumroad.FilesCompleteParams
---@field upload_id string
---@field key string
---@field parts any[] # objects with part_number and etag

---@class gumroad.FilesAbortParams
---@field upload_id string
---@field key string

---@class gumroad.Shop.files
local files = {}

---Uploads a product's file of at most 20 GB from disk; `file_url` then goes into `files` of a product. A part
---that fails is sent again, as often as `retries` says. An error has in `upload` how far it came, for `resume`
---or for `abort`; its URLs let anyone send parts, so keep it to yourself. Where nothing can come of it any more,
---because the file changed or 15 minutes are over, it is aborted. The option `timeout` is how many seconds a
---part may not move.
---
---Any one of the scopes: edit_products, account.
---@param path string
---@param params? gumroad.FilesUploadParams
---@param options? gumroad.CallOptions
---@return gumroad.CompletedUpload? result
---@return gumroad.Error? err
function files:upload(path, params, options) end

---Begins the upload of a product's file: PUT each part of 100 MB to its URL, within 15 minutes, keep the ETags,
---then `complete`.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.FilesPresignParams
---@param options? gumroad.CallOptions
---@return gumroad.PresignedUpload? result
---@return gumroad.Error? err
function files:presign(params, options) end

---Ends an upload; `file_url` then goes into `files` of a product.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.FilesCompleteParams
---@param options? gumroad.CallOptions
---@return gumroad.CompletedUpload? result
---@return gumroad.Error? err
function files:complete(params, options) end

---Drops an upload and its parts.
---
---Any one of the scopes: edit_products, account.
---@param params gumroad.FilesAbortParams
---@param options? gumroad.CallOptions
---@return gumroad.AbortedUpload? result
---@return gumroad.Error? err
function files:abort(params, options) end

-- shop.help_articles -------------------------------------------------------------------

---@class gumroad.HelpArticlesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field query? string

---@class gumroad.HelpArticlesListHelpArticleList: gumroad.HelpArticleList
---@field count integer

---@class gumroad.Shop.help_articles
local help_articles = {}

---Gumroad's help.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.HelpArticlesListParams
---@param options? gumroad.CallOptions
---@return gumroad.HelpArticlesListHelpArticleList? result
---@return gumroad.Error? err
function help_articles:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.HelpArticlesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.HelpArticle?
function help_articles:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.HelpArticlesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.HelpArticlesListHelpArticleList?
function help_articles:pages(params, options) end

---One article with its text.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param slug string
---@param options? gumroad.CallOptions
---@return gumroad.HelpArticle? result
---@return gumroad.Error? err
function help_articles:get(slug, options) end

-- shop.licenses ------------------------------------------------------------------------

---@class gumroad.LicensesVerifyParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string
---true: counts as a use; false, the default here, does not (at Gumroad itself, leaving it out counts); default:
---false
---@field increment_uses_count? string|boolean
---@field product_permalink? string # in place of product_id, for products made before 2023

---@class gumroad.LicensesVerifyLicense: gumroad.License
---@field uses integer # how often the key was verified

---@class gumroad.LicensesVerifyImportedCustomer: gumroad.ImportedCustomer
---@field uses integer # how often the key was verified

---@class gumroad.LicensesCheckParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string
---@field product_permalink? string # in place of product_id, for products made before 2023
---@field count_use? boolean # true: counts as a use
---@field last? table # what an earlier check of the same key returned
---seconds for which a good answer in `last` holds while Gumroad cannot be reached; default: 0
---@field grace? integer

---@class gumroad.LicensesEnableParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string

---@class gumroad.LicensesEnableLicense: gumroad.License
---@field uses integer # how often the key was verified

---@class gumroad.LicensesEnableImportedCustomer: gumroad.ImportedCustomer
---@field uses integer # how often the key was verified

---@class gumroad.LicensesDisableParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string

---@class gumroad.LicensesDisableLicense: gumroad.License
---@field uses integer # how often the key was verified

---@class gumroad.LicensesDisableImportedCustomer: gumroad.ImportedCustomer
---@field uses integer # how often the key was verified

---@class gumroad.LicensesDecrementUsesParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string

---@class gumroad.LicensesDecrementUsesLicense: gumroad.License
---@field uses integer # how often the key was verified

---@class gumroad.LicensesDecrementUsesImportedCustomer: gumroad.ImportedCustomer
---@field uses integer # how often the key was verified

---@class gumroad.LicensesRotateParams
---@field product_id? string # needed for products made since 2023; not a permalink
---@field license_key string

---@class gumroad.LicensesRotateLicense: gumroad.License
---@field uses integer # how often the key was verified

---@class gumroad.LicensesRotateImportedCustomer: gumroad.ImportedCustomer
---@field uses integer # how often the key was verified

---@class gumroad.Shop.licenses
local licenses = {}

---The sale that a licence key was given with. Counts no use unless told to. Needs no token, so it may be called
---from a program that users have. Without product_id and product_permalink Gumroad is asked all the same, and
---refuses.
---
---Needs no access token.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.LicensesVerifyParams
---@param options? gumroad.CallOptions
---@return (gumroad.LicensesVerifyLicense|gumroad.LicensesVerifyImportedCustomer)? result
---@return gumroad.Error? err
function licenses:verify(params, options) end

---Whether a licence key is good now, of refunds, disputes and ended memberships too; a key that is not is told
---apart from a Gumroad that cannot be reached. Counts no use unless told to. Needs no token. Raises where
---neither product_id nor product_permalink is given.
---@param params gumroad.LicensesCheckParams
---@param options? gumroad.CallOptions
---@return gumroad.LicenseCheck? result
---@return gumroad.Error? err
function licenses:check(params, options) end

---Makes a disabled key good again.
---
---Any one of the scopes: edit_products, account.
---@param params gumroad.LicensesEnableParams
---@param options? gumroad.CallOptions
---@return (gumroad.LicensesEnableLicense|gumroad.LicensesEnableImportedCustomer)? result
---@return gumroad.Error? err
function licenses:enable(params, options) end

---From now on `verify` does not find the key.
---
---Any one of the scopes: edit_products, account.
---@param params gumroad.LicensesDisableParams
---@param options? gumroad.CallOptions
---@return (gumroad.LicensesDisableLicense|gumroad.LicensesDisableImportedCustomer)? result
---@return gumroad.Error? err
function licenses:disable(params, options) end

---Takes one use back; never below 0.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.LicensesDecrementUsesParams
---@param options? gumroad.CallOptions
---@return (gumroad.LicensesDecrementUsesLicense|gumroad.LicensesDecrementUsesImportedCustomer)? result
---@return gumroad.Error? err
function licenses:decrement_uses(params, options) end

---A new key, in `license_key`; the old one is good for nothing at once.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.LicensesRotateParams
---@param options? gumroad.CallOptions
---@return (gumroad.LicensesRotateLicense|gumroad.LicensesRotateImportedCustomer)? result
---@return gumroad.Error? err
function licenses:rotate(params, options) end

-- shop.media ---------------------------------------------------------------------------

---@class gumroad.MediaListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.MediaCreateParams
---@field url? string # public image; this or signed_blob_id
---@field signed_blob_id? string # of direct_uploads.upload with purpose "media"
---@field name? string

---@class gumroad.Shop.media
local media = {}

---The seller's images, newest first, at most 500; the scope account alone is refused.
---
---Any one of the scopes: view_profile.
---@param params? gumroad.MediaListParams
---@param options? gumroad.CallOptions
---@return gumroad.MediaList? result
---@return gumroad.Error? err
function media:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.MediaListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Media?
function media:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.MediaListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.MediaList?
function media:pages(params, options) end

---Adds an image of at most 10 MB, no SVG. At most 20 in ten minutes.
---
---Any one of the scopes: edit_profile.
---
---Not repeated where the first request may have been carried out.
---@param params? gumroad.MediaCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Media? result
---@return gumroad.Error? err
function media:create(params, options) end

---Removes an image.
---
---Any one of the scopes: edit_profile.
---@param media_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function media:delete(media_id, options) end

-- shop.offer_codes ---------------------------------------------------------------------

---@class gumroad.OfferCodesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.OfferCodesCreateParams
---@field name string # the code that is typed at checkout: letters, digits, - and _
---@field amount_off? integer # smallest currency unit or percent; this or amount_cents
---@field amount_cents? integer # wins over amount_off
---@field offer_type? string # cents (default) or percent
---@field universal? boolean # for all products
---@field max_purchase_count? integer # how often it may be used
---@field minimum_amount_cents? integer # newer servers

---@class gumroad.OfferCodesUpdateParams
---@field max_purchase_count? integer # how often it may be used
---@field minimum_amount_cents? integer # newer servers

---@class gumroad.Shop.offer_codes
local offer_codes = {}

---The product's discount codes, oldest first, and the universal ones in its currency.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param params? gumroad.OfferCodesListParams
---@param options? gumroad.CallOptions
---@return gumroad.OfferCodeList? result
---@return gumroad.Error? err
function offer_codes:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.OfferCodesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.OfferCode?
function offer_codes:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.OfferCodesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.OfferCodeList?
function offer_codes:pages(product_id, params, options) end

---One discount code.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param offer_code_id string
---@param options? gumroad.CallOptions
---@return gumroad.OfferCode? result
---@return gumroad.Error? err
function offer_codes:get(product_id, offer_code_id, options) end

---A new discount code.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params gumroad.OfferCodesCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.OfferCode? result
---@return gumroad.Error? err
function offer_codes:create(product_id, params, options) end

---Changes the limits; nothing else can be changed.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param offer_code_id string
---@param params? gumroad.OfferCodesUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.OfferCode? result
---@return gumroad.Error? err
function offer_codes:update(product_id, offer_code_id, params, options) end

---Removes the code; a universal one from all products.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param offer_code_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function offer_codes:delete(product_id, offer_code_id, options) end

-- shop.pages ---------------------------------------------------------------------------

---@class gumroad.PagesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field metadata_only? boolean # leave out what the pages hold; newest servers

---@class gumroad.PagesGetParams
---@field source_only? boolean # leave out rendered_html; newest servers

---@class gumroad.PagesGetPage: gumroad.Page
---@field rendered_html? string # what visitors get

---@class gumroad.PagesCreateParams
---@field title string
---@field slug? string # default: made from the title
---@field content? string # HTML; not together with custom_html
---@field custom_html? string

---@class gumroad.PagesCreatePage: gumroad.Page
---@field sanitization_report? gumroad.SanitizationReport # what was taken out of custom_html

---@class gumroad.PagesUpdateParams
---@field title? string
---@field content? string # HTML; clears custom_html
---@field custom_html? string # clears content

---@class gumroad.PagesUpdatePage: gumroad.Page
---@field sanitization_report? gumroad.SanitizationReport # what was taken out of custom_html

---@class gumroad.Shop.pages
local pages = {}

---The profile's own pages.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.PagesListParams
---@param options? gumroad.CallOptions
---@return gumroad.PageList? result
---@return gumroad.Error? err
function pages:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.PagesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Page?
function pages:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.PagesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.PageList?
function pages:pages(params, options) end

---One page.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param slug string
---@param params? gumroad.PagesGetParams
---@param options? gumroad.CallOptions
---@return gumroad.PagesGetPage? result
---@return gumroad.Error? err
function pages:get(slug, params, options) end

---A new page; the scope account alone is refused.
---
---Any one of the scopes: edit_profile.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.PagesCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.PagesCreatePage? result
---@return gumroad.Error? err
function pages:create(params, options) end

---Changes the given fields; the scope account alone is refused.
---
---Any one of the scopes: edit_profile.
---@param slug string
---@param params? gumroad.PagesUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.PagesUpdatePage? result
---@return gumroad.Error? err
function pages:update(slug, params, options) end

---Removes the page; the scope account alone is refused.
---
---Any one of the scopes: edit_profile.
---@param slug string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function pages:delete(slug, options) end

-- shop.payouts -------------------------------------------------------------------------

---@class gumroad.PayoutsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field after? gumroad.Date # inclusive
---@field before? gumroad.Date # exclusive
---@field include_upcoming? string|boolean # false leaves upcoming payouts out
---@field page_key? string # `next_page_key` of the page before; opaque

---@class gumroad.PayoutsUpcomingParams
---@field include_sales? string|boolean # false leaves the ids of sales out
---@field include_transactions? string|boolean # true adds transactions

---@class gumroad.PayoutsGetParams
---@field include_sales? string|boolean # false leaves the ids of sales out
---@field include_transactions? string|boolean # true adds transactions

---@class gumroad.Shop.payouts
local payouts = {}

---Payouts, newest first, those to come (without an id) before the others.
---
---Any one of the scopes: view_payouts, account.
---
---Comes in pages of 10.
---@param params? gumroad.PayoutsListParams
---@param options? gumroad.CallOptions
---@return gumroad.PayoutList? result
---@return gumroad.Error? err
function payouts:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.PayoutsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Payout?
function payouts:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.PayoutsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.PayoutList?
function payouts:pages(params, options) end

---The payouts to come: none, one or two.
---
---Any one of the scopes: view_payouts, account.
---@param params? gumroad.PayoutsUpcomingParams
---@param options? gumroad.CallOptions
---@return gumroad.PayoutList? result
---@return gumroad.Error? err
function payouts:upcoming(params, options) end

---One payout. The ids of its sales need view_sales too.
---
---Any one of the scopes: view_payouts, account.
---@param payout_id string
---@param params? gumroad.PayoutsGetParams
---@param options? gumroad.CallOptions
---@return gumroad.Payout? result
---@return gumroad.Error? err
function payouts:get(payout_id, params, options) end

-- shop.products ------------------------------------------------------------------------

---@class gumroad.ProductsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field page_key? string # `next_page_key` of the page before; opaque

---@class gumroad.ProductsCreateParams
---@field name string
---@field price integer # smallest currency unit
---digital (default), course, ebook, membership, bundle, coffee, call or commission; cannot be changed later
---@field native_type? string
---memberships only: monthly, quarterly, biannually, yearly or every_two_years
---@field subscription_duration? string
---true, the default here, makes a draft; false publishes at once, on the newest servers; default: true
---@field draft? boolean
---@field published? boolean # true publishes at once, on the newest servers; in place of draft
---@field description? string # HTML
---@field custom_permalink? string
---@field price_currency_type? string # three letters, such as usd; default: the account's
---@field customizable_price? boolean # pay what you want
---@field suggested_price_cents? integer # smallest currency unit
---@field max_purchase_count? integer # stock
---@field category? string # path of a category; not together with taxonomy_id
---@field taxonomy_id? integer
---@field tags? any[] # of strings; replaces all
---@field custom_summary? string
---@field refund_period? string # inherit, none, 7, 14, 30 or 183 (days)
---@field refund_fine_print? string
---@field files? any[] # objects with url, or id to keep a file; replaces all: a file left out is removed
---@field rich_content? any[] # page objects; replaces all

---@class gumroad.ProductsUpdateParams
---@field name? string
---@field price? integer # smallest currency unit; refused for tiered memberships
---@field quantity_enabled? boolean
---@field is_adult? boolean
---@field display_product_reviews? boolean
---@field should_show_sales_count? boolean
---@field custom_receipt? string
---@field has_same_rich_content_for_all_variants? boolean
---@field cover_ids? any[] # new order of the covers
---@field custom_html? string # "" clears; at most 500,000 characters
---@field description? string # HTML
---@field custom_permalink? string
---@field price_currency_type? string # three letters, such as usd; default: the account's
---@field customizable_price? boolean # pay what you want
---@field suggested_price_cents? integer # smallest currency unit
---@field max_purchase_count? integer # stock
---@field category? string # path of a category; not together with taxonomy_id
---@field taxonomy_id? integer
---@field tags? any[] # of strings; replaces all
---@field custom_summary? string
---@field refund_period? string # inherit, none, 7, 14, 30 or 183 (days)
---@field refund_fine_print? string
---@field files? any[] # objects with url, or id to keep a file; replaces all: a file left out is removed
---@field rich_content? any[] # page objects; replaces all

---@class gumroad.ProductsUpdateProduct: gumroad.Product
---@field warning? string # what was saved and yet may not be as you want it
---@field previous_custom_html? string
---@field sanitization_report? gumroad.SanitizationReport # what was taken out of custom_html

---@class gumroad.ProductsCompsParams
---@field taxonomy? string # path or number of a category; this or query
---@field query? string
---@field price_currency_type? string # default: usd

---@class gumroad.ProductsPreviewCustomHtmlParams
---@field custom_html string # "" clears; at most 500,000 characters

---@class gumroad.ProductsEditCustomHtmlParams
---@field find string # must occur exactly once
---@field replace string # "" deletes

---@class gumroad.Shop.products
local products = {}

---The shop's products, newest first, drafts included, deleted ones not.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---
---Comes in pages of 10.
---@param params? gumroad.ProductsListParams
---@param options? gumroad.CallOptions
---@return gumroad.ProductList? result
---@return gumroad.Error? err
function products:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.ProductsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Product?
function products:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.ProductsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.ProductList?
function products:pages(params, options) end

---One product by its id or its unique permalink (a custom permalink is not found).
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.Product? result
---@return gumroad.Error? err
function products:get(product_id, options) end

---A new product, a draft unless asked otherwise. Read `published` of what is returned: older servers always make
---drafts. At most 10 a minute.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.ProductsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Product? result
---@return gumroad.Error? err
function products:create(params, options) end

---Changes the given fields. At most 30 a minute.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param params? gumroad.ProductsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.ProductsUpdateProduct? result
---@return gumroad.Error? err
function products:update(product_id, params, options) end

---Hides the product; `get` still finds it.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function products:delete(product_id, options) end

---Publishes the product.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.Product? result
---@return gumroad.Error? err
function products:enable(product_id, options) end

---Takes the product off sale.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.Product? result
---@return gumroad.Error? err
function products:disable(product_id, options) end

---What comparable products of other sellers cost.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.ProductsCompsParams
---@param options? gumroad.CallOptions
---@return gumroad.Comps? result
---@return gumroad.Error? err
function products:comps(params, options) end

---What would become of custom_html; saves nothing. At most 60 a minute.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param params gumroad.ProductsPreviewCustomHtmlParams
---@param options? gumroad.CallOptions
---@return gumroad.CustomHtmlPreview? result
---@return gumroad.Error? err
function products:preview_custom_html(product_id, params, options) end

---The product's page as the seller wrote it.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.LandingPage? result
---@return gumroad.Error? err
function products:get_custom_html(product_id, options) end

---Replaces one place in custom_html; `find` is refused unless it occurs exactly once.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params gumroad.ProductsEditCustomHtmlParams
---@param options? gumroad.CallOptions
---@return gumroad.LandingPageChange? result
---@return gumroad.Error? err
function products:edit_custom_html(product_id, params, options) end

-- shop.refund_policy -------------------------------------------------------------------

---@class gumroad.RefundPolicyUpdateParams
---@field refund_period string # 7, 14, 30 or 183 (days)
---@field fine_print? string # "" clears; at most 3,000 characters

---@class gumroad.Shop.refund_policy
local refund_policy = {}

---The account's refund policy.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param options? gumroad.CallOptions
---@return gumroad.RefundPolicy? result
---@return gumroad.Error? err
function refund_policy:get(options) end

---Changes it; refused while `in_effect` is false.
---
---Any one of the scopes: edit_products, account.
---@param params gumroad.RefundPolicyUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.RefundPolicy? result
---@return gumroad.Error? err
function refund_policy:update(params, options) end

-- shop.resource_subscriptions ----------------------------------------------------------

---@class gumroad.ResourceSubscriptionsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---sale, refund, dispute, dispute_won, cancellation, subscription_updated, subscription_ended or
---subscription_restarted
---@field resource_name string
---@field current_oauth_application_only? boolean # only those that this token may delete; newest servers

---@class gumroad.ResourceSubscriptionsCreateParams
---sale, refund, dispute, dispute_won, cancellation, subscription_updated, subscription_ended or
---subscription_restarted
---@field resource_name string
---@field post_url string # public host, at most 255 characters

---@class gumroad.Shop.resource_subscriptions
local resource_subscriptions = {}

---The webhooks for one sort of event, those of other applications included.
---
---Any one of the scopes: view_sales, account.
---@param params gumroad.ResourceSubscriptionsListParams
---@param options? gumroad.CallOptions
---@return gumroad.ResourceSubscriptionList? result
---@return gumroad.Error? err
function resource_subscriptions:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params gumroad.ResourceSubscriptionsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.ResourceSubscription?
function resource_subscriptions:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params gumroad.ResourceSubscriptionsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.ResourceSubscriptionList?
function resource_subscriptions:pages(params, options) end

---A new webhook. A PUT, and yet each repetition adds one more.
---
---Any one of the scopes: view_sales, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.ResourceSubscriptionsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.ResourceSubscription? result
---@return gumroad.Error? err
function resource_subscriptions:create(params, options) end

---Ends a webhook; needs a token of the application that made it.
---
---Any one of the scopes: view_sales, account.
---@param resource_subscription_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function resource_subscriptions:delete(resource_subscription_id, options) end

-- shop.reviews -------------------------------------------------------------------------

---@class gumroad.ReviewsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field page_key? string # `next_page_key` of the page before; opaque

---@class gumroad.Shop.reviews
local reviews = {}

---Reviews that say something, newest first.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---
---Comes in pages of 100.
---@param product_id string
---@param params? gumroad.ReviewsListParams
---@param options? gumroad.CallOptions
---@return gumroad.ReviewList? result
---@return gumroad.Error? err
function reviews:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.ReviewsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Review?
function reviews:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.ReviewsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.ReviewList?
function reviews:pages(product_id, params, options) end

-- shop.sales ---------------------------------------------------------------------------

---@class gumroad.SalesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field after? gumroad.Date # inclusive
---@field before? gumroad.Date # exclusive
---@field product_id? string # the product's id; a permalink is refused here
---@field email? string # exactly as typed at checkout
---@field order_id? integer # belongs to one sale
---@field name? string # part of the buyer's name; newer servers
---@field license_key? string # newer servers
---@field page_key? string # `next_page_key` of the page before; opaque
---@field page? integer # deprecated by Gumroad; wins over page_key

---@class gumroad.SalesMarkAsShippedParams
---@field tracking_url? string

---@class gumroad.SalesRefundParams
---smallest unit of the sale's `currency` (whole yen for JPY, dong for VND); default: all that is left
---@field amount_cents? integer

---@class gumroad.SalesExportParams
---@field from? gumroad.Date # inclusive
---@field to? gumroad.Date # inclusive
---@field product_id? string

---@class gumroad.SalesSummaryParams
---@field from? gumroad.Date # inclusive, in the seller's time zone; default: 29 days before `to`
---@field to? gumroad.Date # inclusive, in the seller's time zone; default: today
---@field group_by? string # product, day, week, month or hour (short times only)

---@class gumroad.Shop.sales
local sales = {}

---Successful sales, newest first; test purchases, gift receivers and pre-orders are left out by Gumroad. Where
---it takes Gumroad too long, the days are asked for in parts.
---
---Any one of the scopes: view_sales, account.
---
---Comes in pages of 10.
---@param params? gumroad.SalesListParams
---@param options? gumroad.CallOptions
---@return gumroad.SaleList? result
---@return gumroad.Error? err
function sales:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.SalesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Sale?
function sales:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.SalesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.SaleList?
function sales:pages(params, options) end

---One sale, also of the sorts that `list` leaves out.
---
---Any one of the scopes: view_sales, account.
---@param sale_id string
---@param options? gumroad.CallOptions
---@return gumroad.Sale? result
---@return gumroad.Error? err
function sales:get(sale_id, options) end

---Marks the sale as shipped and mails the buyer once.
---
---Any one of the scopes: mark_sales_as_shipped, account.
---@param sale_id string
---@param params? gumroad.SalesMarkAsShippedParams
---@param options? gumroad.CallOptions
---@return gumroad.Sale? result
---@return gumroad.Error? err
function sales:mark_as_shipped(sale_id, params, options) end

---Refunds. The sale is read before, and amounts that it cannot bear are refused; a token without view_sales
---skips that. Where the answer is lost it is not sent again: the sale is read again and returned if it shows the
---refund, else the error is outcome_unknown, with the sale in `before` and `after`.
---
---Any one of the scopes: refund_sales, edit_sales, account.
---
---Not repeated where the first request may have been carried out.
---@param sale_id string
---@param params? gumroad.SalesRefundParams
---@param options? gumroad.CallOptions
---@return gumroad.Sale? result
---@return gumroad.Error? err
function sales:refund(sale_id, params, options) end

---Mails the receipt to the buyer again.
---
---Any one of the scopes: edit_sales, account.
---
---Not repeated where the first request may have been carried out.
---@param sale_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function sales:resend_receipt(sale_id, options) end

---Takes the buyer's access to the content away; refused for refunded, physical and subscription sales.
---
---Any one of the scopes: edit_sales, account.
---@param sale_id string
---@param options? gumroad.CallOptions
---@return gumroad.Sale? result
---@return gumroad.Error? err
function sales:revoke_access(sale_id, options) end

---Gives the buyer's access back.
---
---Any one of the scopes: edit_sales, account.
---@param sale_id string
---@param options? gumroad.CallOptions
---@return gumroad.Sale? result
---@return gumroad.Error? err
function sales:undo_revoke_access(sale_id, options) end

---Has the sales mailed to the seller as CSV; they are not in the answer.
---
---Any one of the scopes: view_sales, account.
---
---Not repeated where the first request may have been carried out.
---@param params? gumroad.SalesExportParams
---@param options? gumroad.CallOptions
---@return gumroad.SalesExport? result
---@return gumroad.Error? err
function sales:export(params, options) end

---What was sold and refunded, in US cents. Its days are the seller's, those of `list` are UTC's.
---
---Any one of the scopes: view_sales, account.
---@param params? gumroad.SalesSummaryParams
---@param options? gumroad.CallOptions
---@return gumroad.SalesSummary? result
---@return gumroad.Error? err
function sales:summary(params, options) end

-- shop.skus ----------------------------------------------------------------------------

---@class gumroad.SkusListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.Shop.skus
local skus = {}

---The SKUs; of a physical product without them its variants, of others nothing.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param params? gumroad.SkusListParams
---@param options? gumroad.CallOptions
---@return gumroad.SkuList? result
---@return gumroad.Error? err
function skus:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.SkusListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Sku?
function skus:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.SkusListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.SkuList?
function skus:pages(product_id, params, options) end

-- shop.subscribers ---------------------------------------------------------------------

---@class gumroad.SubscribersListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field email? string # exactly that of one of the subscription's purchases
---@field paginated? string # "true" turns paging on; set by this library
---@field page_key? string # `next_page_key` of the page before; opaque

---@class gumroad.Shop.subscribers
local subscribers = {}

---Active subscribers of a product, those who will end included.
---
---Any one of the scopes: view_sales, account.
---
---Comes in pages of 100.
---@param product_id string
---@param params? gumroad.SubscribersListParams
---@param options? gumroad.CallOptions
---@return gumroad.SubscriberList? result
---@return gumroad.Error? err
function subscribers:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.SubscribersListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Subscriber?
function subscribers:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.SubscribersListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.SubscriberList?
function subscribers:pages(product_id, params, options) end

---One subscriber by the subscription's id; ended ones are found too.
---
---Any one of the scopes: view_sales, account.
---@param subscriber_id string
---@param options? gumroad.CallOptions
---@return gumroad.Subscriber? result
---@return gumroad.Error? err
function subscribers:get(subscriber_id, options) end

-- shop.tax_forms -----------------------------------------------------------------------

---@class gumroad.TaxFormsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's
---@field year? integer

---@class gumroad.Shop.tax_forms
local tax_forms = {}

---Tax forms that were filed; refused where the account has no tax center.
---
---Any one of the scopes: view_tax_data, account.
---@param params? gumroad.TaxFormsListParams
---@param options? gumroad.CallOptions
---@return gumroad.TaxFormList? result
---@return gumroad.Error? err
function tax_forms:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.TaxFormsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.TaxForm?
function tax_forms:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.TaxFormsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.TaxFormList?
function tax_forms:pages(params, options) end

---A tax form as PDF; the year as text. us_1099_k or us_1099_misc.
---
---Any one of the scopes: view_tax_data, account.
---@param year string
---@param tax_form_type string
---@param options? gumroad.CallOptions
---@return string? result
---@return gumroad.Error? err
function tax_forms:download(year, tax_form_type, options) end

-- shop.thumbnails ----------------------------------------------------------------------

---@class gumroad.ThumbnailsCreateParams
---@field signed_blob_id? string # of direct_uploads.upload; this or url
---@field url? string # public image, at most 5 MB

---@class gumroad.Shop.thumbnails
local thumbnails = {}

---Replaces the thumbnail.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params? gumroad.ThumbnailsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Thumbnail? result
---@return gumroad.Error? err
function thumbnails:create(product_id, params, options) end

---Removes the thumbnail; the answer's `thumbnail` is null.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function thumbnails:delete(product_id, options) end

-- shop.upsells -------------------------------------------------------------------------

---@class gumroad.UpsellsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.UpsellsCreateParams
---@field name string
---@field product_id string # the offered product
---@field cross_sell? boolean # true offers another product, false another version
---@field variant_id? string # of the offered product
---@field text? string
---@field description? string
---@field universal? boolean # for the buyers of any product
---@field replace_selected_products? boolean
---@field paused? boolean
---@field product_ids? any[] # products whose buyers see a cross-sell
---@field offer_code? table # amount_cents or amount_percentage
---@field upsell_variants? any[] # objects with selected_variant_id and offered_variant_id

---@class gumroad.UpsellsUpdateParams
---@field name? string
---@field product_id? string # the offered product
---@field cross_sell? boolean # true offers another product, false another version
---@field variant_id? string # of the offered product
---@field text? string
---@field description? string
---@field universal? boolean # for the buyers of any product
---@field replace_selected_products? boolean
---@field paused? boolean
---@field product_ids? any[] # products whose buyers see a cross-sell
---@field offer_code? table # amount_cents or amount_percentage
---@field upsell_variants? any[] # objects with selected_variant_id and offered_variant_id

---@class gumroad.Shop.upsells
local upsells = {}

---What is offered at checkout besides.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.UpsellsListParams
---@param options? gumroad.CallOptions
---@return gumroad.UpsellList? result
---@return gumroad.Error? err
function upsells:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.UpsellsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Upsell?
function upsells:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.UpsellsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.UpsellList?
function upsells:pages(params, options) end

---One upsell.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param upsell_id string
---@param options? gumroad.CallOptions
---@return gumroad.Upsell? result
---@return gumroad.Error? err
function upsells:get(upsell_id, options) end

---A new upsell.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.UpsellsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Upsell? result
---@return gumroad.Error? err
function upsells:create(params, options) end

---Changes an upsell. Send all that it shall have: what is left out may be reset.
---
---Any one of the scopes: edit_products, account.
---@param upsell_id string
---@param params? gumroad.UpsellsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.Upsell? result
---@return gumroad.Error? err
function upsells:update(upsell_id, params, options) end

---Removes the upsell.
---
---Any one of the scopes: edit_products, account.
---@param upsell_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function upsells:delete(upsell_id, options) end

-- shop.user ----------------------------------------------------------------------------

---@class gumroad.UserUpdateParams
---@field name? string
---@field bio? string

---@class gumroad.UserUpdateCustomHtmlParams
---@field custom_html string # "" clears; at most 500,000 characters

---@class gumroad.UserEditCustomHtmlParams
---@field find string # must occur exactly once
---@field replace string # "" deletes

---@class gumroad.UserPreviewCustomHtmlParams
---@field custom_html string # "" clears; at most 500,000 characters

---@class gumroad.Shop.user
local user = {}

---Whose token it is. Which fields come depends on the token's scopes.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param options? gumroad.CallOptions
---@return gumroad.User? result
---@return gumroad.Error? err
function user:get(options) end

---Changes the profile; needs a confirmed email address.
---
---Any one of the scopes: edit_profile, account.
---@param params? gumroad.UserUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.User? result
---@return gumroad.Error? err
function user:update(params, options) end

---Colours and font of the profile.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param options? gumroad.CallOptions
---@return gumroad.Theme? result
---@return gumroad.Error? err
function user:theme(options) end

---How the profile is laid out; the scope account alone is refused.
---
---Any one of the scopes: view_profile.
---@param options? gumroad.CallOptions
---@return gumroad.ProfileLayout? result
---@return gumroad.Error? err
function user:profile_layout(options) end

---The profile's page as the seller wrote it.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param options? gumroad.CallOptions
---@return gumroad.LandingPage? result
---@return gumroad.Error? err
function user:get_custom_html(options) end

---Replaces the profile's page. At most 30 a minute.
---
---Any one of the scopes: edit_profile, account.
---@param params gumroad.UserUpdateCustomHtmlParams
---@param options? gumroad.CallOptions
---@return gumroad.LandingPageChange? result
---@return gumroad.Error? err
function user:update_custom_html(params, options) end

---Replaces one place in custom_html; `find` is refused unless it occurs exactly once.
---
---Any one of the scopes: edit_profile, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.UserEditCustomHtmlParams
---@param options? gumroad.CallOptions
---@return gumroad.LandingPageChange? result
---@return gumroad.Error? err
function user:edit_custom_html(params, options) end

---What would become of custom_html; saves nothing. At most 60 a minute.
---
---Any one of the scopes: edit_profile, account.
---@param params gumroad.UserPreviewCustomHtmlParams
---@param options? gumroad.CallOptions
---@return gumroad.CustomHtmlPreview? result
---@return gumroad.Error? err
function user:preview_custom_html(params, options) end

-- shop.utm_links -----------------------------------------------------------------------

---@class gumroad.UtmLinksListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.UtmLinksCreateParams
---@field title string
---@field target_resource_type string # profile_page, subscribe_page, product_page or post_page
---@field target_resource_id? string # of the product or the post
---@field utm_source string # each at most 200 characters
---@field utm_medium string
---@field utm_campaign string
---@field utm_term? string
---@field utm_content? string

---@class gumroad.UtmLinksUpdateParams
---@field title? string
---@field target_resource_type? string # profile_page, subscribe_page, product_page or post_page
---@field target_resource_id? string # of the product or the post
---@field utm_source? string
---@field utm_medium? string
---@field utm_campaign? string
---@field utm_term? string
---@field utm_content? string

---@class gumroad.Shop.utm_links
local utm_links = {}

---Links that count who came by them.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param params? gumroad.UtmLinksListParams
---@param options? gumroad.CallOptions
---@return gumroad.UtmLinkList? result
---@return gumroad.Error? err
function utm_links:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.UtmLinksListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.UtmLink?
function utm_links:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.UtmLinksListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.UtmLinkList?
function utm_links:pages(params, options) end

---One link.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param utm_link_id string
---@param options? gumroad.CallOptions
---@return gumroad.UtmLink? result
---@return gumroad.Error? err
function utm_links:get(utm_link_id, options) end

---A new link; the five utm values together must be new.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param params gumroad.UtmLinksCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.UtmLink? result
---@return gumroad.Error? err
function utm_links:create(params, options) end

---Changes the given fields.
---
---Any one of the scopes: edit_products, account.
---@param utm_link_id string
---@param params? gumroad.UtmLinksUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.UtmLink? result
---@return gumroad.Error? err
function utm_links:update(utm_link_id, params, options) end

---Removes the link.
---
---Any one of the scopes: edit_products, account.
---@param utm_link_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function utm_links:delete(utm_link_id, options) end

---Lets the link lead on again.
---
---Any one of the scopes: edit_products, account.
---@param utm_link_id string
---@param options? gumroad.CallOptions
---@return gumroad.UtmLink? result
---@return gumroad.Error? err
function utm_links:enable(utm_link_id, options) end

---Takes the link out of service.
---
---Any one of the scopes: edit_products, account.
---@param utm_link_id string
---@param options? gumroad.CallOptions
---@return gumroad.UtmLink? result
---@return gumroad.Error? err
function utm_links:disable(utm_link_id, options) end

-- shop.variant_categories --------------------------------------------------------------

---@class gumroad.VariantCategoriesListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.VariantCategoriesCreateParams
---@field title string

---@class gumroad.VariantCategoriesUpdateParams
---@field title? string

---@class gumroad.Shop.variant_categories
local variant_categories = {}

---The product's categories, such as Size; always all of them.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param params? gumroad.VariantCategoriesListParams
---@param options? gumroad.CallOptions
---@return gumroad.VariantCategoryList? result
---@return gumroad.Error? err
function variant_categories:list(product_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.VariantCategoriesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.VariantCategory?
function variant_categories:each(product_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param params? gumroad.VariantCategoriesListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.VariantCategoryList?
function variant_categories:pages(product_id, params, options) end

---One category; deleted ones are still found.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param variant_category_id string
---@param options? gumroad.CallOptions
---@return gumroad.VariantCategory? result
---@return gumroad.Error? err
function variant_categories:get(product_id, variant_category_id, options) end

---A new category of a product.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param params gumroad.VariantCategoriesCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.VariantCategory? result
---@return gumroad.Error? err
function variant_categories:create(product_id, params, options) end

---Changes the title.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param variant_category_id string
---@param params? gumroad.VariantCategoriesUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.VariantCategory? result
---@return gumroad.Error? err
function variant_categories:update(product_id, variant_category_id, params, options) end

---Hides the category; its variants stay.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param variant_category_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function variant_categories:delete(product_id, variant_category_id, options) end

-- shop.variants ------------------------------------------------------------------------

---@class gumroad.VariantsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.VariantsCreateParams
---@field name string
---@field price_difference_cents? integer # may be negative
---@field description? string
---@field max_purchase_count? integer # stock

---@class gumroad.VariantsUpdateParams
---@field name? string
---@field rich_content? any[] # page objects; refused while the product shares its content
---@field price_difference_cents? integer # may be negative
---@field description? string
---@field max_purchase_count? integer # stock

---@class gumroad.Shop.variants
local variants = {}

---The versions in a category, or the tiers of a membership; always all of them.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param variant_category_id string
---@param params? gumroad.VariantsListParams
---@param options? gumroad.CallOptions
---@return gumroad.VariantList? result
---@return gumroad.Error? err
function variants:list(product_id, variant_category_id, params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param product_id string
---@param variant_category_id string
---@param params? gumroad.VariantsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Variant?
function variants:each(product_id, variant_category_id, params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param product_id string
---@param variant_category_id string
---@param params? gumroad.VariantsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.VariantList?
function variants:pages(product_id, variant_category_id, params, options) end

---One variant; deleted ones are still found.
---
---Any one of the scopes: view_public, view_profile, edit_products, view_sales, mark_sales_as_shipped,
---edit_sales, view_payouts, view_tax_data, revenue_share, ifttt, account.
---@param product_id string
---@param variant_category_id string
---@param variant_id string
---@param options? gumroad.CallOptions
---@return gumroad.Variant? result
---@return gumroad.Error? err
function variants:get(product_id, variant_category_id, variant_id, options) end

---A new variant of a category.
---
---Any one of the scopes: edit_products, account.
---
---Not repeated where the first request may have been carried out.
---@param product_id string
---@param variant_category_id string
---@param params gumroad.VariantsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.Variant? result
---@return gumroad.Error? err
function variants:create(product_id, variant_category_id, params, options) end

---Changes the given fields.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param variant_category_id string
---@param variant_id string
---@param params? gumroad.VariantsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.Variant? result
---@return gumroad.Error? err
function variants:update(product_id, variant_category_id, variant_id, params, options) end

---Hides the variant; `get` still finds it.
---
---Any one of the scopes: edit_products, account.
---@param product_id string
---@param variant_category_id string
---@param variant_id string
---@param options? gumroad.CallOptions
---@return gumroad.Message? result
---@return gumroad.Error? err
function variants:delete(product_id, variant_category_id, variant_id, options) end

-- shop.workflow_emails -----------------------------------------------------------------

---@class gumroad.WorkflowEmailsCreateParams
---@field subject string
---@field body string # HTML
---@field delay_amount integer # not negative
---@field delay_unit string # hour, day, week or month

---@class gumroad.WorkflowEmailsUpdateParams
---@field subject? string
---@field body? string # HTML
---@field delay_amount? integer # not negative; together with delay_unit
---@field delay_unit? string # hour, day, week or month

---@class gumroad.Shop.workflow_emails
local workflow_emails = {}

---One more email of a workflow, so long after the event.
---
---Any one of the scopes: edit_emails, account.
---
---Not repeated where the first request may have been carried out.
---@param workflow_id string
---@param params gumroad.WorkflowEmailsCreateParams
---@param options? gumroad.CallOptions
---@return gumroad.WorkflowEmail? result
---@return gumroad.Error? err
function workflow_emails:create(workflow_id, params, options) end

---Changes what is given, which must be something.
---
---Any one of the scopes: edit_emails, account.
---@param workflow_id string
---@param workflow_email_id string
---@param params? gumroad.WorkflowEmailsUpdateParams
---@param options? gumroad.CallOptions
---@return gumroad.WorkflowEmail? result
---@return gumroad.Error? err
function workflow_emails:update(workflow_id, workflow_email_id, params, options) end

-- shop.workflows -----------------------------------------------------------------------

---@class gumroad.WorkflowsListParams
---@field limit? integer # at most so many; default: one page of Gumroad's

---@class gumroad.Shop.workflows
local workflows = {}

---Series of emails that an event starts; always all of them, without their emails.
---
---Any one of the scopes: edit_emails, account.
---@param params? gumroad.WorkflowsListParams
---@param options? gumroad.CallOptions
---@return gumroad.WorkflowList? result
---@return gumroad.Error? err
function workflows:list(params, options) end

---An iterator over everything that `list` gives, or `limit` of it. Raises a gumroad.Error.
---@param params? gumroad.WorkflowsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.Workflow?
function workflows:each(params, options) end

---An iterator over the pages of `list`. Raises a gumroad.Error.
---@param params? gumroad.WorkflowsListParams
---@param options? gumroad.CallOptions
---@return fun(): gumroad.WorkflowList?
function workflows:pages(params, options) end

---One workflow, with its emails.
---
---Any one of the scopes: edit_emails, account.
---@param workflow_id string
---@param options? gumroad.CallOptions
---@return gumroad.Workflow? result
---@return gumroad.Error? err
function workflows:get(workflow_id, options) end

-- Objects ---------------------------------------------------------------------------------

---@class gumroad.AbortedUpload
---@field status string # accepted or already_gone

---@class gumroad.BundleProduct
---@field product_id string
---@field variant_id? string
---@field quantity integer
---@field position? integer

---@class gumroad.Card
---@field visual? string # **** **** **** 4242
---@field type? string # visa
---@field bin? string # always nil
---@field expiry_month? integer # always nil
---@field expiry_year? integer # always nil

---@class gumroad.Category
---@field id integer
---@field name string
---@field label string
---@field path string
---@field parent_id? integer

---@class gumroad.ComparableProduct
---@field name string
---@field price string # for people
---@field url string

---@class gumroad.CompletedUpload
---@field file_url string # for `files` of a product

---@class gumroad.Comps
---@field count integer
---@field currency string
---@field price_cents gumroad.Percentiles
---@field examples gumroad.ComparableProduct[]

---@class gumroad.Cover
---@field id string
---@field url string
---@field original_url string
---@field thumbnail? string
---@field type string # image, video, oembed or unsplash
---@field filetype? string
---@field width? integer
---@field height? integer
---@field native_width? integer
---@field native_height? integer

---@class gumroad.CustomField
---@field id string
---@field type string # text, checkbox, terms, long_text or file
---@field name string
---@field required boolean
---@field global? boolean # asked for all products
---@field collect_per_product boolean
---@field products? string[] # ids

---@class gumroad.CustomHtmlPreview
---@field custom_html? string # as it would be saved
---@field sanitization_report gumroad.SanitizationReport
---@field warning? string

---@class gumroad.Delay
---@field amount integer
---@field unit string # hour, day, week or month

---@class gumroad.DirectUpload
---@field id integer
---@field key string
---@field filename string
---@field content_type string
---@field metadata table
---@field service_name string
---@field byte_size integer
---@field checksum string # base64 of the MD5
---@field created_at string
---@field signed_id string # the signed_blob_id of covers, thumbnails and media
---@field direct_upload gumroad.UploadTarget

---@class gumroad.Earnings
---@field year integer
---@field currency string
---@field gross_cents integer
---@field fees_cents integer
---@field taxes_cents integer
---@field affiliate_credit_cents integer
---@field net_cents integer

---@class gumroad.Email
---@field id string
---@field subject? string
---@field message? string # HTML
---@field audience_type string # audience, seller (customers), follower or product
---@field product_id? string
---@field state string # draft, scheduled or published
---@field published_at? string
---@field scheduled_at? string
---@field send_emails boolean
---@field shown_on_profile boolean
---@field audience_count? integer # whom it would reach now
---@field recipients_count? integer # whom it reached
---@field url? string
---@field created_at string
---@field updated_at string

---@class gumroad.File
---@field id string
---@field name? string
---@field size? integer # bytes
---@field url string # signed; works for a short time
---@field filetype string
---@field filegroup string

---@class gumroad.HelpArticle
---@field slug string
---@field title string
---@field description? string
---@field url? string
---@field content? string # plain text; not in lists

---@class gumroad.ImportedCustomer
---@field email string
---@field created_at string
---@field timestamp string # for people: over 2 years ago
---@field link_name? string
---@field product_name? string
---@field price? integer # always nil
---@field is_imported_customer boolean # true
---@field purchase_email string
---@field id string
---@field can_update? boolean # always nil

---@class gumroad.LandingPage
---@field custom_html? string
---@field rendered_html? string # profiles
---@field has_landing_page boolean
---@field landing_url? string # products
---@field profile_url? string # profiles

---@class gumroad.LandingPageChange
---@field custom_html? string
---@field previous_custom_html? string
---@field sanitization_report gumroad.SanitizationReport
---@field landing_url? string # products
---@field profile_url? string # profiles
---@field warning? string

---@class gumroad.License
---@field seller_id string
---@field product_id string
---@field product_name string
---@field permalink string # the custom one, if there is one
---@field product_permalink string # a URL here
---@field short_product_id string # the unique permalink
---@field email string # as typed at checkout
---@field price integer # US cents
---@field gumroad_fee integer # US cents
---@field currency string # the product's; it does not belong to `price`
---@field quantity integer
---@field discover_fee_charged boolean
---@field can_contact boolean
---@field referrer? string
---@field card gumroad.Card
---@field order_number integer # order_id of the sale
---@field sale_id string
---@field sale_timestamp string # of the sale, also in a refund's ping
---@field full_name? string
---@field purchaser_id? string
---@field subscription_id? string
---@field affiliate_credit_amount_cents? integer
---@field test? boolean # true: the seller bought, or a test ping
---@field is_recurring_charge? boolean # true: a later charge of a subscription
---@field is_preorder_authorization? boolean
---@field street_address? string
---@field country? string
---@field state? string
---@field zip_code? string
---@field city? string
---@field shipping_information? table
---@field license_key? string
---@field is_multiseat_license? boolean
---@field ip_country? string # English name
---@field shipping_rate? integer # US cents
---@field recurrence? string
---@field affiliate? string # email
---@field is_gift_receiver_purchase boolean # true: `price` is 0, the giver paid `gift_price`
---@field gift_price? integer
---@field gifter_email? string
---@field sku_id? string # the custom SKU, if there is one
---@field original_sku_id? string # only with a custom SKU
---@field refunded boolean # true only after a full refund
---@field disputed boolean
---@field dispute_won boolean
---@field variants string # (Large, Red)
---@field custom_fields string[] # Name: Lena
---@field offer_code? table # code, displayed_amount_off, name
---@field id string # of the sale
---@field created_at string
---@field chargebacked? boolean # not of subscriptions
---@field subscription_ended_at? string
---@field subscription_cancelled_at? string
---@field subscription_failed_at? string
---@field [string] any # what the buyer typed, under the field's name

---@class gumroad.LicenseCheck
---@field valid boolean
---valid, unknown, disabled, refunded, disputed, expired (the membership is over, or access was taken away) or
---unreachable: Gumroad gave no answer; `valid` then says what `last` was good for
---@field status string
---@field message? string # why it is not valid, or what kept Gumroad from answering
---@field license_key string # that was checked
---@field product_id? string # that was checked
---@field uses? integer
---@field purchase? gumroad.License
---@field imported_customer? gumroad.ImportedCustomer
---@field test boolean # a purchase of the seller's own; valid all the same
---@field checked_at? integer # Unix time of the answer that this rests on
---@field grace_until? integer # unreachable and valid: Unix time up to which `last` holds

---@class gumroad.Media
---@field id string
---@field name string
---@field extension string # upper case
---@field file_size? integer # bytes
---@field url? string
---@field status table # type: saved
---@field file_group? string
---@field created_at string

---@class gumroad.Named
---@field id string
---@field name string

---@class gumroad.OfferCode
---@field id string
---@field name string # the code
---@field universal boolean # for all products
---@field max_purchase_count? integer # how often it may be used
---@field minimum_amount_cents? integer
---@field times_used integer
---@field percent_off? integer # this or amount_cents
---@field amount_cents? integer

---@class gumroad.Page
---@field slug string # its address
---@field title string
---@field content? string # HTML; this or custom_html
---@field custom_html? string
---@field url? string
---@field created_at string
---@field updated_at string

---@class gumroad.Payout
---@field id? string # nil: to come
---@field amount string # main units with two decimals: 150.00
---@field currency string # usd or USD
---payable (to come), creating, processing, unclaimed, completed, failed, cancelled, reversed or returned
---@field status string
---@field created_at? string
---@field processed_at? string
---@field payment_processor? string # stripe or paypal, in either case
---@field bank_account_visual? string # ******1234
---@field paypal_email? string
---@field sales? string[] # ids; this and the next three are not in lists
---@field refunded_sales? string[]
---@field disputed_sales? string[]
---@field transactions? gumroad.PayoutTransaction[] # only with include_transactions

---@class gumroad.PayoutTransaction
---@field type string # Sale, Chargeback, Full Refund, Partial Refund, Payout Fee, ...
---@field date string # 2026-09-14
---@field purchase_id string
---@field item_name string
---@field buyer_name string
---@field buyer_email string
---@field taxes number|string
---@field shipping number|string
---@field sale_price number|string
---@field gumroad_fees number|string
---@field net_total number|string

---@class gumroad.Percentiles
---@field p25? integer # a quarter costs less, in the smallest unit
---@field p50? integer
---@field p75? integer

---@class gumroad.Plan
---@field tier table # id, name
---@field recurrence string
---@field price_cents integer # in the listed currency
---@field quantity integer

---@class gumroad.PresignedUpload
---@field upload_id string
---@field key string
---@field file_url string # where the file will be
---@field parts gumroad.UploadPart[]

---@class gumroad.Product
---@field id string
---@field name string
---@field description? string # HTML
---@field price integer # base price, in `currency`
---@field currency string # lower case, such as usd
---@field formatted_price string # for people: $19, $0+, $9 a month
---@field customizable_price? boolean # pay what you want; nil: no
---@field published boolean
---@field deleted boolean
---@field short_url string # the product's page
---@field custom_permalink? string
---@field preview_url? string
---@field thumbnail_url? string
---@field tags string[]
---@field file_info table<string, string> # empty unless the product has exactly one file
---@field max_purchase_count? integer # stock
---@field require_shipping boolean # whether buyers are asked for an address
---@field custom_receipt? string
---@field custom_summary? string
---@field custom_fields gumroad.CustomField[] # asked at checkout, those of all products included
---@field subscription_duration? string # monthly, quarterly, biannually, yearly or every_two_years
---@field is_tiered_membership boolean
---@field recurrences? string[] # tiered memberships: as subscription_duration
---@field variants gumroad.ProductVariants[]
---@field purchasing_power_parity_prices? table<string, integer> # by country code
---@field is_preorder? boolean
---@field is_in_preorder_state? boolean
---@field release_at? string # 2026-12-01 00:00:00 UTC
---@field custom_html? string
---@field taxonomy_id? integer
---@field category? string
---@field category_label? string
---@field covers gumroad.Cover[]
---@field main_cover_id? string
---@field bundle_products gumroad.BundleProduct[]
---@field refund_policy? gumroad.ProductRefundPolicy # not in lists
---@field rich_content? table[] # not in lists
---@field has_same_rich_content_for_all_variants? boolean # not in lists
---@field files? gumroad.File[] # not in lists
---@field sales_count? integer # needs view_sales
---@field sales_usd_cents? integer # needs view_sales

---@class gumroad.ProductRefundPolicy
---@field refund_period string # inherit, none, 7, 14, 30 or 183 (days)
---@field title? string
---@field fine_print? string
---@field inherited boolean # whether the account's policy holds

---@class gumroad.ProductVariants
---@field title string # of the category
---@field options table[] # name, price_difference, is_pay_what_you_want, recurrence_prices; no ids

---@class gumroad.ProfileLayout

---@class gumroad.RecurrencePrice
---@field enabled boolean
---@field price_cents? integer
---@field suggested_price_cents? integer
---@field price? string # without a symbol
---@field suggested_price? string

---@class gumroad.RefundPolicy
---@field refund_period string # none, 7, 14, 30 or 183 (days)
---@field title string
---@field fine_print? string
---@field in_effect boolean

---@class gumroad.ResourceSubscription
---@field id string
---@field resource_name string
---@field post_url string

---@class gumroad.Review
---@field id string
---@field rating integer # 1 to 5
---@field message? string
---@field created_at string
---@field purchase_id? string
---@field rater_name string # Anonymous if unknown
---@field response? gumroad.ReviewResponse # the seller's

---@class gumroad.ReviewResponse
---@field message string
---@field created_at string

---@class gumroad.Sale
---@field id string
---@field email string # of the buyer's account, else as typed at checkout
---@field purchase_email string # as typed at checkout
---@field seller_id string
---@field timestamp string # for people: about 2 months ago
---@field daystamp string # for people, in the seller's time zone
---@field created_at string
---@field product_id string
---@field product_name string
---@field product_permalink string # the unique permalink
---@field product_has_variants boolean
---@field price integer # US cents, whatever the product's currency
---@field gumroad_fee integer # US cents
---@field formatted_display_price string # in the listed currency
---@field formatted_total_price string # in the listed currency
---@field currency_symbol string
---@field currency? string # the listed currency; refunds are counted in it
---@field amount_refundable_in_currency string # a number as text
---@field subscription_duration? string
---@field is_bundle_purchase boolean
---@field is_bundle_product_purchase boolean
---@field refunded? boolean # nil: never refunded
---@field partially_refunded? boolean
---@field chargedback boolean # disputed and not won
---@field disputed boolean
---@field dispute_won boolean
---@field giftee_email? string
---@field gifter_email? string
---@field full_name? string
---@field street_address? string
---@field city? string
---@field state? string
---@field zip_code? string
---@field country? string
---@field country_iso2? string
---@field paid boolean # whether the price is not 0
---@field has_variants boolean
---@field variants? table<string, string> # title of the category -> name of the variant
---@field variants_and_quantity string # for people: (A4, Qty: 2)
---@field has_custom_fields boolean
---@field custom_fields table # name -> text or boolean
---@field order_id integer # of this one sale
---@field is_product_physical boolean
---@field purchaser_id? string # digits
---@field is_recurring_billing boolean
---@field can_contact boolean
---@field is_following boolean
---@field is_additional_contribution boolean
---@field is_upgrade_purchase boolean
---@field is_more_like_this_recommended boolean
---@field discover_fee_charged boolean
---@field is_gift_sender_purchase boolean
---@field is_gift_receiver_purchase boolean
---@field paypal_refund_expired boolean
---@field referrer? string # a URL or "direct"
---@field ppp? table # country, discount
---@field upsell? table # name, discount, selected_product, selected_version
---@field invoice_url? string
---@field transaction_url_for_seller? string
---@field tip_cents? integer
---@field tax_cents? integer
---@field shipping_cents? integer
---@field variants_price_cents? integer
---@field tax_label? string
---@field tax_included_in_price? boolean
---@field payment_processor? string
---@field processor_transaction_id? string
---@field processor_fee_cents? integer
---@field processor_fee_currency? string
---@field access_revoked? boolean
---@field sent_abandoned_cart_email? boolean
---@field preorder_authorization_time? string
---@field cancellation_date? string
---@field subscription_end_date? string
---@field review? string
---@field utm_source? string
---@field utm_medium? string
---@field utm_campaign? string
---@field utm_term? string
---@field utm_content? string
---@field buyer_presentment? table # what the card was charged in another currency
---@field card gumroad.Card
---@field product_rating? integer
---@field reviews_count? integer
---@field average_rating? number
---@field subscription_id? string # this and the next six: sales of subscriptions
---@field cancelled? boolean
---@field dead? boolean
---@field ended? boolean
---@field free_trial_ended? boolean
---@field free_trial_ends_on? string # Mar 12, 2026
---@field recurring_charge? boolean # false: the subscription's first charge
---@field preorder_cancelled? boolean
---@field is_preorder_authorization? boolean
---@field is_in_preorder_state? boolean
---@field shipped? boolean
---@field tracking_url? string
---@field offer_code? table # code, displayed_amount_off, name
---@field affiliate? table # email, amount
---@field discover_fee_percentage? integer
---@field license_key? string
---@field license_id? string
---@field license_disabled? boolean
---@field license_uses? integer
---@field is_multiseat_license? boolean
---@field sku_id? string
---@field sku_external_id? string
---@field formatted_shipping_amount? string
---@field quantity integer

---@class gumroad.SalePing
---@field seller_id string
---@field product_id string
---@field product_name string
---@field permalink string # the custom one, if there is one
---@field product_permalink string # a URL here
---@field short_product_id string # the unique permalink
---@field email string # as typed at checkout
---@field price integer # US cents
---@field gumroad_fee integer # US cents
---@field currency string # the product's; it does not belong to `price`
---@field quantity integer
---@field discover_fee_charged boolean
---@field can_contact boolean
---@field referrer? string
---@field card gumroad.Card
---@field order_number integer # order_id of the sale
---@field sale_id string
---@field sale_timestamp string # of the sale, also in a refund's ping
---@field full_name? string
---@field purchaser_id? string
---@field subscription_id? string
---@field affiliate_credit_amount_cents? integer
---@field url_params? table # only with the first ping of a sale
---@field variants? table<string, string>
---@field offer_code? string
---@field test? boolean # true: the seller bought, or a test ping
---@field is_recurring_charge? boolean # true: a later charge of a subscription
---@field is_preorder_authorization? boolean
---@field street_address? string
---@field country? string
---@field state? string
---@field zip_code? string
---@field city? string
---@field shipping_information? table
---@field custom_fields? table<string, string> # texts, as the buyer typed them
---@field license_key? string
---@field is_multiseat_license? boolean
---@field ip_country? string # English name
---@field shipping_rate? integer # US cents
---@field recurrence? string
---@field affiliate? string # email
---@field is_gift_receiver_purchase boolean # true: `price` is 0, the giver paid `gift_price`
---@field gift_price? integer
---@field gifter_email? string
---@field sku_id? string # the custom SKU, if there is one
---@field original_sku_id? string # only with a custom SKU
---@field refunded boolean # true only after a full refund
---@field resource_name? string # none in a test ping from the settings page
---@field disputed boolean
---@field dispute_won boolean
---@field retry_count? integer # 1 to 3 in a repeated delivery

---@class gumroad.SalesExport
---@field status string # queued
---@field recipient_email string

---@class gumroad.SalesFigures
---@field gross_cents integer # US cents
---@field net_cents integer # gross without what was refunded
---@field units integer
---@field refunded_cents integer
---@field refunded_units integer

---@class gumroad.SalesGroup
---@field gross_cents integer # US cents
---@field net_cents integer # gross without what was refunded
---@field units integer
---@field refunded_cents integer
---@field refunded_units integer
---@field key string # the product's id; or 2026-09-14, 2026-09, 2026-09-14T13:00
---@field label string

---@class gumroad.SalesSummary
---@field gross_cents integer # US cents
---@field net_cents integer # gross without what was refunded
---@field units integer
---@field refunded_cents integer
---@field refunded_units integer
---@field currency string # usd
---@field from string # 2026-09-04
---@field to string
---@field breakdown? gumroad.SalesGroup[] # if grouped; by product: the most first, else by `key`

---@class gumroad.SanitizationReport
---@field removed_tags string[]
---@field removed_attributes string[]
---@field total_removed integer
---@field truncated boolean

---@class gumroad.Sku
---@field id string
---@field name string
---@field description? string
---@field price_difference_cents? integer
---@field max_purchase_count? integer # stock
---@field custom_sku? string

---@class gumroad.Subscriber
---@field id string # of the subscription
---@field email string
---@field product_id string
---@field product_name string
---@field user_id? string # digits; nil for guests
---@field user_email? string # nil for guests
---@field purchase_ids string[] # successful charges
---@field created_at string
---@field user_requested_cancellation_at? string
---@field cancelled_at? string # may lie in the future: the end of the paid time
---@field ended_at? string
---@field failed_at? string
---@field free_trial_ends_at? string
---@field charge_occurrence_count? integer # how many charges there will be; nil: endless
---@field recurrence string # monthly, quarterly, biannually, yearly or every_two_years
---alive, pending_cancellation, pending_failure, failed_payment, fixed_subscription_period_ended or cancelled
---@field status string
---@field license_key? string

---@class gumroad.SubscriptionPing
---@field subscription_id string
---@field product_id string
---@field product_name string
---@field user_id? string # digits; nil for guests
---@field user_email string # also of guests
---@field purchase_ids string[] # all of them, failed ones too
---@field created_at string
---@field charge_occurrence_count? integer
---@field recurrence string
---@field free_trial_ends_at? string
---@field resource_name string
---@field type? string # updated: upgrade or downgrade
---@field effective_as_of? string # updated
---@field old_plan? gumroad.Plan
---@field new_plan? gumroad.Plan
---@field restarted_at? string
---@field custom_fields? table<string, string>
---@field license_key? string
---@field cancelled? boolean
---@field cancelled_at? string # may lie in the future
---@field cancelled_by_admin? boolean
---@field cancelled_by_buyer? boolean
---@field cancelled_by_seller? boolean
---@field cancelled_due_to_payment_failures? boolean
---@field ended_at? string
---@field ended_reason? string # cancelled, failed_payment or fixed_subscription_period_ended
---@field retry_count? integer

---@class gumroad.TaxForm
---@field tax_year integer
---@field tax_form_type string # us_1099_k or us_1099_misc
---@field filed_at? string

---@class gumroad.Theme
---@field background_color string
---@field highlight_color string
---@field font string
---@field applies_to string[]
---@field editable_by_seller boolean
---@field how_to_change string

---@class gumroad.Thumbnail
---@field url string
---@field guid string

---@class gumroad.UploadPart
---@field part_number integer # from 1
---@field presigned_url string # where the part is to be PUT; works for 15 minutes

---@class gumroad.UploadTarget
---@field url string
---@field headers table<string, string> # to be sent exactly so

---@class gumroad.UploadedBlob
---@field id integer
---@field key string
---@field filename string
---@field content_type string
---@field metadata table
---@field service_name string
---@field byte_size integer
---@field checksum string # base64 of the MD5
---@field created_at string
---@field signed_id string # the signed_blob_id of covers, thumbnails and media

---@class gumroad.Upsell
---@field id string
---@field name string
---@field cross_sell boolean # true: another product, false: another version
---@field replace_selected_products boolean
---@field universal boolean # for the buyers of any product
---@field text? string
---@field description? string
---@field paused? boolean
---@field product gumroad.UpsellProduct
---@field discount? gumroad.UpsellDiscount
---@field selected_products gumroad.Named[]
---@field upsell_variants gumroad.UpsellVariant[]

---@class gumroad.UpsellDiscount
---@field type string # fixed or percent
---@field cents? integer # fixed
---@field percents? integer # percent
---@field product_ids? string[]
---@field expires_at? string
---@field minimum_quantity? integer
---@field duration_in_billing_cycles? integer
---@field minimum_amount_cents? integer

---@class gumroad.UpsellProduct
---@field id string
---@field name string
---@field currency_type string
---@field variant? gumroad.Named

---@class gumroad.UpsellVariant
---@field id string
---@field selected_variant gumroad.Named
---@field offered_variant gumroad.Named

---@class gumroad.User
---@field id string # digits; not the seller_id
---@field user_id string # the seller_id of sales and pings
---@field name? string
---@field bio? string
---@field twitter_handle? string
---@field url string # the profile
---@field links? string[] # permalinks
---@field currency_type? string # this, email and profile_url need view_profile, view_sales or edit_products
---@field email? string
---@field profile_url? string # the PICTURE, in spite of its name
---@field profile_picture_url? string
---@field display_name? string # needs view_profile

---@class gumroad.UtmLink
---@field id string
---@field title string
---@field short_url string
---@field utm_url? string
---@field target_resource_type string
---@field target_resource_id? string
---@field utm_source string
---@field utm_medium string
---@field utm_campaign string
---@field utm_term? string
---@field utm_content? string
---@field enabled boolean
---@field total_clicks integer
---@field unique_clicks integer
---@field created_at string
---@field updated_at string

---@class gumroad.Variant
---@field id string
---@field name string
---@field description? string
---@field price_difference_cents? integer # nil: a tier, which has prices of its own
---@field max_purchase_count? integer # stock
---@field is_customizable_price? boolean # tiers
---@field recurrence_price_values? table<string, gumroad.RecurrencePrice> # tiers: all five recurrences
---@field rich_content? table[] # not in lists

---@class gumroad.VariantCategory
---@field id string
---@field title string

---@class gumroad.Workflow
---@field id string
---@field name string
---@field audience_type string # audience, seller, follower, product, variant, affiliate or abandoned_cart
---@field trigger? string # member_cancellation
---@field product_id? string
---@field variant_id? string
---@field state string # draft or published
---@field published_at? string
---@field first_published_at? string
---@field send_to_past_customers boolean
---@field emails_count integer
---@field filters gumroad.WorkflowFilters # those that are set
---@field created_at string
---@field updated_at string
---@field emails? gumroad.WorkflowEmail[] # not in lists

---@class gumroad.WorkflowEmail
---@field id string
---@field subject? string
---@field message? string # HTML
---@field audience_type string
---@field product_id? string
---@field state string
---@field published_at? string
---@field send_emails boolean
---@field delay gumroad.Delay # how long after the event
---@field sent_count? integer # this and the next four: nil after a write
---@field open_count? integer
---@field open_rate? number # per cent
---@field click_count? integer
---@field click_rate? number # per cent
---@field created_at string
---@field updated_at string

---@class gumroad.WorkflowFilters
---@field bought_products? string[]
---@field not_bought_products? string[]
---@field bought_variants? string[]
---@field not_bought_variants? string[]
---@field paid_more_than? integer
---@field paid_less_than? integer
---@field created_after? string
---@field created_before? string
---@field bought_from? string
---@field active_customers_only? boolean
---@field minimum_license_uses? integer
---@field affiliate_products? string[]

---@class gumroad.CategoryList: gumroad.List
---@field [integer] gumroad.Category

---@class gumroad.CoverList: gumroad.List
---@field [integer] gumroad.Cover

---@class gumroad.CustomFieldList: gumroad.List
---@field [integer] gumroad.CustomField

---@class gumroad.EmailList: gumroad.List
---@field [integer] gumroad.Email

---@class gumroad.HelpArticleList: gumroad.List
---@field [integer] gumroad.HelpArticle

---@class gumroad.MediaList: gumroad.List
---@field [integer] gumroad.Media

---@class gumroad.OfferCodeList: gumroad.List
---@field [integer] gumroad.OfferCode

---@class gumroad.PageList: gumroad.List
---@field [integer] gumroad.Page

---@class gumroad.PayoutList: gumroad.List
---@field [integer] gumroad.Payout

---@class gumroad.ProductList: gumroad.List
---@field [integer] gumroad.Product

---@class gumroad.ResourceSubscriptionList: gumroad.List
---@field [integer] gumroad.ResourceSubscription

---@class gumroad.ReviewList: gumroad.List
---@field [integer] gumroad.Review

---@class gumroad.SaleList: gumroad.List
---@field [integer] gumroad.Sale

---@class gumroad.SkuList: gumroad.List
---@field [integer] gumroad.Sku

---@class gumroad.SubscriberList: gumroad.List
---@field [integer] gumroad.Subscriber

---@class gumroad.TaxFormList: gumroad.List
---@field [integer] gumroad.TaxForm

---@class gumroad.UpsellList: gumroad.List
---@field [integer] gumroad.Upsell

---@class gumroad.UtmLinkList: gumroad.List
---@field [integer] gumroad.UtmLink

---@class gumroad.VariantList: gumroad.List
---@field [integer] gumroad.Variant

---@class gumroad.VariantCategoryList: gumroad.List
---@field [integer] gumroad.VariantCategory

---@class gumroad.WorkflowList: gumroad.List
---@field [integer] gumroad.Workflow
