--- Webhooks as they should be (shop:ensure_webhooks): what is missing is made, what is right
-- stays. Gumroad itself makes one more at each request, and sends every event to each.
local address = require "gumroad.webhook.address"
local check_options = require("gumroad.base.options").check
local events = require "gumroad.api.events"
local shops = require "gumroad.shop"
local tables = require "gumroad.base.tables"
local urls = require "gumroad.base.url"
local Client = require "gumroad.client"
local Error = require "gumroad.base.error"

local webhooks = {}

--- Raises where Gumroad would not send pings to an address. An emulator may.
-- @param shop
-- @param what     what the address is called in the message
-- @param url      the address
-- @param anywhere whether it may be in a private network with Gumroad itself, too
function webhooks.check_url(shop, what, url, anywhere)
  local api_host = urls.host(shops.base_url(shop))
  local is_emulator = api_host ~= nil and urls.is_loopback(api_host)
  local fault = address.fault(url, anywhere or is_emulator)
  if fault then Error.usage("%s %s", what, fault) end
end

local WANTED = { remove = { "boolean" } }
for _, name in ipairs(events.names) do WANTED[name] = { "string", expected = "a URL" } end

-- The URLs by event, and whether other webhooks are removed.
local function read_wanted(shop, wanted)
  if wanted == nil then Error.usage("ensure_webhooks: table expected, got nil") end
  local wanted_urls = check_options("ensure_webhooks", WANTED, wanted, { noun = "event" })
  local remove = wanted_urls.remove
  wanted_urls.remove = nil
  for name, url in pairs(wanted_urls) do webhooks.check_url(shop, "ensure_webhooks: " .. name .. ": the URL", url) end
  return wanted_urls, remove
end

-- Newer servers list those of the token's application alone; older ones all of the account, so
-- that another application's webhook to the same address counts there.
local function list(shop, name, options)
  return shop.resource_subscriptions:list(
    { resource_name = name, current_oauth_application_only = true, limit = math.huge }, options)
end

-- Those of a list that tell an address, and the others.
local function sort_out(subscriptions, url)
  local right, others = {}, {}
  for _, subscription in ipairs(subscriptions) do
    local place = subscription.post_url == url and right or others
    place[#place + 1] = subscription
  end
  return right, others
end

local function find_new(subscriptions, url, old)
  local known = {}
  for _, subscription in ipairs(old) do known[subscription.id] = true end
  for _, subscription in ipairs(subscriptions) do
    if subscription.post_url == url and not known[subscription.id] then return subscription end
  end
end

-- Makes one, besides the old ones. Where the answer is lost, the list tells whether it is there.
local function make(shop, name, url, old, options)
  local made, err = shop.resource_subscriptions:create({ resource_name = name, post_url = url }, options)
  if made or err.kind ~= "outcome_unknown" then return made, err end
  local subscriptions = list(shop, name, options)
  return subscriptions and find_new(subscriptions, url, old), err
end

-- Only the application that made a webhook can end it: one that is "not found" is another's,
-- and stays. Those that are gone are added to `removed`.
local function remove_all(shop, subscriptions, removed, options)
  for _, subscription in ipairs(subscriptions) do
    local done, err = shop.resource_subscriptions:delete(subscription.id, options)
    if done then removed[#removed + 1] = subscription
    elseif err.kind ~= "not_found" then return nil, err end
  end
  return true
end

-- One sort of event -> true | nil, err; what is done goes into `result`: { made, kept, removed }.
-- The new is made before the old goes.
local function ensure_event(shop, name, url, remove, result, options)
  local subscriptions, err = list(shop, name, options)
  if not subscriptions then return nil, err end
  local right, others = sort_out(subscriptions, url)
  -- Which of several this application's is, older servers do not tell: one more stands in for all.
  if remove and #right > 1 then right, others = {}, subscriptions end
  result.kept = right[1]
  if url and not result.kept then
    result.made, err = make(shop, name, url, subscriptions, options)
    if not result.made then return nil, err end
  end
  if remove then return remove_all(shop, others, result.removed, options) end
  return true
end

--- Makes the webhooks that are missing, all events side by side. Run again, it changes nothing.
-- @param shop
-- @param wanted table: for each event (sale, refund, ...: see gumroad.api.events) the URL that Gumroad
--   is to tell of it: http(s), in the public network (with an emulator anywhere), at most 255 bytes.
--   remove = true: all other webhooks of the token's application end, of the events that are
--   not named too; those of other applications stay
-- @param options of the calls
-- @return { made, kept, removed }, arrays of gumroad.ResourceSubscription, sorted by event | nil, error,
--   and such a table of what was done all the same (or nil: nothing was tried); needs view_sales. A
--   wrong URL is raised at the caller's line.
function webhooks.ensure(shop, wanted, options)
  local wanted_urls, remove = read_wanted(shop, wanted)
  if type(options) == "table" and options.remove ~= nil then
    Error.usage("ensure_webhooks: unknown option 'remove': it belongs into the first table, beside the URLs")
  end
  options = Client.check_call_options("ensure_webhooks", options)
  local waiting, err = shops.loop(shop)
  if not waiting then return nil, err end
  local names = tables.sorted_keys(remove and events.named or wanted_urls)
  local results, functions = {}, {}
  for i, name in ipairs(names) do
    results[i] = { removed = {} }
    functions[i] = function() return ensure_event(shop, name, wanted_urls[name], remove, results[i], options) end
  end
  local _, errors = waiting.all(functions)
  local all = { made = {}, kept = {}, removed = {} }
  for i in ipairs(names) do
    err = err or errors[i]
    all.made[#all.made + 1], all.kept[#all.kept + 1] = results[i].made, results[i].kept
    for _, subscription in ipairs(results[i].removed) do all.removed[#all.removed + 1] = subscription end
  end
  if err then return nil, err, all end
  return all
end

return webhooks
