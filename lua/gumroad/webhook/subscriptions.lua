--- Subscriptions, Gumroad's word for webhooks (shop:ensure_webhooks): creates those that are missing. Gumroad
-- itself creates another one at each request, and then sends every event to each of them.
local address = require "gumroad.webhook.address"
local check_options = require("gumroad.base.options").check
local events = require "gumroad.api.events"
local shops = require "gumroad.shop"
local tables = require "gumroad.base.tables"
local urls = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local subscriptions = {}

local SECRET = 32  -- hexadecimal digits of a secret of ours

--- Raises if Gumroad would not send pings to an address. An emulator sends them to private networks too.
-- @param shop
-- @param what     name of the address in the message
-- @param url      the address
-- @param anywhere whether a private network is allowed with Gumroad itself
function subscriptions.check_url(shop, what, url, anywhere)
  local api_host = urls.host(shops.base_url(shop))
  local is_emulator = api_host ~= nil and urls.is_loopback(api_host)
  local fault = address.fault(url, anywhere or is_emulator)
  if fault then Error.usage("%s %s", what, fault) end
end

local WANTED = { remove = { { "boolean", "string" }, expected = "a boolean or a URL" } }
for _, name in ipairs(events.names) do WANTED[name] = { "string", expected = "a URL" } end

-- Returns the URLs by event, and which other webhooks are to be removed: true for all, or their URL.
local function read_wanted(shop, wanted)
  if wanted == nil then Error.usage("ensure_webhooks: table expected, got nil") end
  local wanted_urls = check_options("ensure_webhooks", WANTED, wanted, { noun = "event" })
  local remove = wanted_urls.remove
  wanted_urls.remove = nil
  if type(remove) == "string" and not urls.is_http(remove) then
    Error.usage("ensure_webhooks: remove: boolean expected, got string (or the URL whose webhooks are to be removed)")
  end
  for name, url in pairs(wanted_urls) do
    subscriptions.check_url(shop, "ensure_webhooks: " .. name .. ": the URL", url)
    if url == remove then Error.usage("ensure_webhooks: %s: the URL is to be removed, too", name) end
  end
  return wanted_urls, remove
end

-- Newer servers list only the subscriptions of the token's application. Older ones list all of the account, so with
-- them another application's webhook to the same address counts too.
local function list(shop, name, options)
  return shop.resource_subscriptions:list(
    { resource_name = name, current_oauth_application_only = true, limit = math.huge }, options)
end

-- Splits a list into the subscriptions with that address and the others.
local function split(found, url)
  local right, others = {}, {}
  for _, subscription in ipairs(found) do
    local place = subscription.post_url == url and right or others
    place[#place + 1] = subscription
  end
  return right, others
end

local function find_new(found, url, old)
  local known = {}
  for _, subscription in ipairs(old) do known[subscription.id] = true end
  for _, subscription in ipairs(found) do
    if subscription.post_url == url and not known[subscription.id] then return subscription end
  end
end

-- Creates a subscription. If the response is lost, the list shows whether there is one more than the old ones.
local function make(shop, name, url, old, options)
  local made, err = shop.resource_subscriptions:create({ resource_name = name, post_url = url }, options)
  if made or err.kind ~= "outcome_unknown" then return made, err end
  local found = list(shop, name, options)
  return found and find_new(found, url, old), err
end

-- Deletes subscriptions and adds them to `removed`. Gumroad says "not found" about those of another application, which
-- only that application can delete; they stay.
local function remove_all(shop, unwanted, removed, options)
  for _, subscription in ipairs(unwanted) do
    local done, err = shop.resource_subscriptions:delete(subscription.id, options)
    if done then removed[#removed + 1] = subscription
    elseif err.kind ~= "not_found" then return nil, err end
  end
  return true
end

-- Does the work for one event -> true | nil, err. What was done goes into `result`: { made, kept, removed, others }.
-- The new subscription is created before the old ones are deleted, so that no event is missed.
local function ensure_event(shop, name, url, remove, result, options)
  local found, err = list(shop, name, options)
  if not found then return nil, err end
  local right, others = split(found, url)
  -- Older servers do not say which of several belongs to this application, so a new one replaces them all.
  if remove == true and #right > 1 then right, others = {}, found end
  local staying = remove ~= true and others or {}
  if type(remove) == "string" then others, staying = split(others, remove) end
  result.others = url and staying or {}
  result.kept = right[1]
  if url and not result.kept then
    result.made, err = make(shop, name, url, found, options)
    if not result.made then return nil, err end
  end
  if remove then return remove_all(shop, others, result.removed, options) end
  return true
end

-- Puts the results of all events together.
local function collect(results)
  local all, others = { made = {}, kept = {}, removed = {} }, {}
  for _, result in ipairs(results) do
    all.made[#all.made + 1], all.kept[#all.kept + 1] = result.made, result.kept
    for _, subscription in ipairs(result.removed) do all.removed[#all.removed + 1] = subscription end
    for _, subscription in ipairs(result.others) do others[#others + 1] = subscription end
  end
  all.others = #others > 0 and others or nil
  return all
end

--- Finds a secret that is at the end of the address of a subscription already.
-- @param shop  as above
-- @param names events
-- @param url   the address up to the secret
-- @return the secret | nil if no address has one | nil, error
function subscriptions.find_secret(shop, names, url)
  for _, name in ipairs(names) do
    local found, err = list(shop, name)
    if not found then return nil, err end
    for _, subscription in ipairs(found) do
      local address_before, secret = subscription.post_url:sub(1, #url), subscription.post_url:sub(#url + 1)
      if address_before == url and #secret >= SECRET and secret:find("^%x+$") then return secret end
    end
  end
end

--- Creates the webhooks that are missing, for all events side by side. Run again, it changes nothing. The token needs
-- view_sales.
-- @param shop
-- @param wanted table: for each event (sale, refund, ..., see gumroad.api.events) the URL to which Gumroad is to
--   send it: http(s), in the public network (anywhere with an emulator), at most 255 bytes. A wrong URL raises at
--   the caller's line. With remove = true, all other webhooks of the token's application are deleted, including
--   those for events that are not named; with remove = URL, those to that address. Webhooks of other applications
--   stay
-- @param options optional, of the calls: timeout, retries, ...
-- @return { made, kept, removed }, arrays of gumroad.ResourceSubscription, sorted by event, and `others` if there are
--   any: those that send the events elsewhere, and stay | nil, error, and such a table of what was done before the
--   error; nil if nothing was tried
function subscriptions.ensure(shop, wanted, options)
  local wanted_urls, remove = read_wanted(shop, wanted)
  if type(options) == "table" and options.remove ~= nil then
    Error.usage("ensure_webhooks: unknown option 'remove': put it into the first table, next to the URLs")
  end
  options = shops.call_options(shop, "ensure_webhooks", options)
  local waiting, err = shops.loop(shop)
  if not waiting then return nil, err end
  local names = tables.sorted_keys(remove and events.named or wanted_urls)
  local results, functions = {}, {}
  for i, name in ipairs(names) do
    results[i] = { removed = {}, others = {} }
    functions[i] = function() return ensure_event(shop, name, wanted_urls[name], remove, results[i], options) end
  end
  local _, errors = waiting.all(functions)
  for i in ipairs(names) do err = err or errors[i] end
  if err then return nil, err, collect(results) end
  return collect(results)
end

return subscriptions
