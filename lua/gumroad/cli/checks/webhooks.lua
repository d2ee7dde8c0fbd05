--- The webhooks of the shop, for each sort of event.
local gumroad = require "gumroad"
local post_url = require "gumroad.post_url"
local events = require "gumroad.cli.events"
local url = require "gumroad.cli.url"

-- All webhooks of each event, and those of the token's application alone.
-- @return array of { event, all, own } | nil, error
local function list_all(shop)
  local functions = {}
  for i, name in ipairs(events.NAMES) do
    local query = { resource_name = name, limit = math.huge }
    local own = { resource_name = name, limit = math.huge, current_oauth_application_only = true }
    functions[2 * i - 1] = function() return shop.resource_subscriptions:list(query) end
    functions[2 * i] = function() return shop.resource_subscriptions:list(own) end
  end
  local lists, errors = gumroad.all(functions)
  local found = {}
  for i, name in ipairs(events.NAMES) do
    local err = errors[2 * i - 1] or errors[2 * i]
    if err then return nil, err end
    found[i] = { event = name, all = lists[2 * i - 1], own = lists[2 * i] }
  end
  return found
end

local function is_among(subscription, list)
  for _, other in ipairs(list) do
    if other.id == subscription.id then return true end
  end
end

local function check_address(report, check, subscription)
  local shown = url.shown(subscription.post_url)
  local fault = post_url.fault(subscription.post_url)
  if fault then
    report:problem(check, ("%s %s"):format(shown, fault), "Make another with that address and delete this one: "
      .. "gumroad-lua resource_subscriptions delete " .. subscription.id)
  elseif subscription.post_url:find("^[Hh][Tt][Tt][Pp]:") then
    report:warning(check, shown .. ": buyers' data goes there unencrypted", "Use https")
  else
    report:ok(check, "goes to %s", shown)
  end
end

local function check_others(report, check, found)
  for _, subscription in ipairs(found.all) do
    if not is_among(subscription, found.own) then
      report:note(check, ("another application's goes to %s; only that application can delete it"):format(
        url.shown(subscription.post_url)))
    end
  end
end

local function check_event(report, found)
  local check, counts = "webhook " .. found.event, {}
  for _, subscription in ipairs(found.own) do
    local address = subscription.post_url
    counts[address] = (counts[address] or 0) + 1
    if counts[address] == 1 then
      check_address(report, check, subscription)
    else
      report:warning(check, ("%s is there %d times, so each event arrives as often"):format(url.shown(address),
        counts[address]), "Run gumroad-lua resource_subscriptions delete " .. subscription.id)
    end
  end
  check_others(report, check, found)
  if #found.all == 0 then report:note(check, "none") end
end

local function check_target(report, all, address)
  if not address then return end
  for _, found in ipairs(all) do
    for _, subscription in ipairs(found.all) do
      if subscription.post_url == address then return end
    end
  end
  report:warning("webhooks", "none goes to " .. url.shown(address),
    "Make them: gumroad-lua resource_subscriptions create --resource-name sale --post-url URL")
end

--- @param args `url`: an address to which webhooks should go, or nil
return function(report, shop, args)
  local all, err = list_all(shop)
  if not all then return report:problem("webhooks", tostring(err)) end
  local own = 0
  for _, found in ipairs(all) do
    check_event(report, found)
    own = own + #found.own
  end
  if own == 0 then
    report:warning("webhooks", "this application has none, so nothing is sent in its name",
      "Make them: gumroad-lua listen --url URL, or shop:ensure_webhooks")
  end
  check_target(report, all, args.url)
  report:note("webhooks", "they go silent without a word when the last token of their application is revoked")
  report:note("webhooks", "the ping endpoint of Gumroad's settings (sales only) cannot be seen through the API: see "
    .. "Settings, Advanced")
end
