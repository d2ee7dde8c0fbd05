--- Checks the webhooks of the shop, for each event.
local gumroad = require "gumroad"
local post_url = require "gumroad.webhook.address"
local events = require "gumroad.api.events"
local url = require "gumroad.base.url"

local CREATE = "Create them with shop:ensure_webhooks, or with gumroad-lua resource_subscriptions create "
  .. "--resource-name sale --post-url URL"

-- Lists, for each event, all webhooks and those of the token's own application.
-- @return array of { event, all, own } | nil, error
local function list_all(shop)
  local functions = {}
  for i, name in ipairs(events.names) do
    local query = { resource_name = name, limit = math.huge }
    local own = { resource_name = name, limit = math.huge, current_oauth_application_only = true }
    functions[2 * i - 1] = function() return shop.resource_subscriptions:list(query) end
    functions[2 * i] = function() return shop.resource_subscriptions:list(own) end
  end
  local lists, errors = gumroad.all(functions)
  local found = {}
  for i, name in ipairs(events.names) do
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

local function check_of(events_of)
  return "webhook " .. table.concat(events_of, ", ")
end

-- Groups the subscriptions for which `is_meant` is true by address.
-- @return array of { address, events, ids }
local function by_address(all, is_meant)
  local groups, group_of = {}, {}
  for _, found in ipairs(all) do
    for _, subscription in ipairs(found.all) do
      local address = subscription.post_url
      if is_meant(subscription, found) then
        local group = group_of[address] or { address = address, events = {}, ids = {} }
        if not group_of[address] then groups[#groups + 1], group_of[address] = group, group end
        if group.events[#group.events] ~= found.event then group.events[#group.events + 1] = found.event end
        group.ids[#group.ids + 1] = subscription.id
      end
    end
  end
  return groups
end

local function check_address(report, group)
  local check, shown = check_of(group.events), url.shown(group.address)
  local fault = post_url.fault(group.address)
  if fault then
    report:problem(check, ("%s %s"):format(shown, fault), "Create others with a public address, and delete these with "
      .. "gumroad-lua resource_subscriptions delete: " .. table.concat(group.ids, " "))
  elseif url.parse(group.address).scheme == "http" then
    report:warning(check, shown .. ": buyers' data goes there unencrypted", "Use https")
  else
    report:ok(check, "goes to %s", shown)
  end
end

local function check_others(report, all)
  local others = by_address(all, function(subscription, found) return not is_among(subscription, found.own) end)
  for _, group in ipairs(others) do
    report:note(check_of(group.events), "one of another application goes to " .. url.shown(group.address)
      .. "; only that application can delete it")
  end
end

local function check_repeated(report, found)
  local counts = {}
  for _, subscription in ipairs(found.own) do
    local address = subscription.post_url
    counts[address] = (counts[address] or 0) + 1
    if counts[address] > 1 then
      report:warning(check_of { found.event }, ("%s has %d webhooks, so each event arrives %d times"):format(
        url.shown(address), counts[address], counts[address]), "Run gumroad-lua resource_subscriptions delete "
        .. subscription.id)
    end
  end
end

-- Checks the webhooks of the token's application; returns how many there are.
local function check_own(report, all)
  local own, without = 0, {}
  local groups = by_address(all, function(subscription, found) return is_among(subscription, found.own) end)
  for _, group in ipairs(groups) do check_address(report, group) end
  for _, found in ipairs(all) do
    check_repeated(report, found)
    own = own + #found.own
    if #found.all == 0 then without[#without + 1] = found.event end
  end
  if own > 0 and #without > 0 then report:note("webhooks", "none for " .. table.concat(without, ", ")) end
  return own
end

local function check_target(report, all, address)
  if not address then return end
  for _, found in ipairs(all) do
    for _, subscription in ipairs(found.all) do
      if subscription.post_url == address then return end
    end
  end
  report:warning("webhooks", "none goes to " .. url.shown(address), CREATE)
end

--- Runs the checks.
-- @param args `url`: address to which webhooks should go, or nil
return function(report, shop, args)
  local all, err = list_all(shop)
  if not all then return report:problem("webhooks", tostring(err)) end
  if check_own(report, all) == 0 then
    report:warning("webhooks", "this application has none, so Gumroad sends it nothing", CREATE)
  end
  check_others(report, all)
  check_target(report, all, args.url)
  report:note("webhooks", "Gumroad silently stops sending them when the last token of their application is revoked")
  report:note("webhooks", "the API does not show the ping endpoint of Gumroad's settings (sales only): see Settings, "
    .. "Advanced")
end
