--- The sorts of events, for commands: those of gumroad.webhook, which needs the C core, as --help does not.
local events = {}

--- Their names.
events.NAMES = { "sale", "refund", "dispute", "dispute_won", "cancellation", "subscription_updated",
  "subscription_ended", "subscription_restarted" }

local is_event = {}
for _, name in ipairs(events.NAMES) do is_event[name] = true end

--- A converter for argparse of one name.
-- @param more another name that is taken, or nil
function events.reader(more)
  return function(word)
    if is_event[word] or word == more then return word end
    return nil, ("unknown event '%s'%s"):format(word, require("gumroad.base.error").hint(word, is_event))
  end
end

--- A converter for argparse of names with commas between, as in --events sale,refund.
function events.list_reader(option)
  local read = events.reader()
  return function(word)
    local list = {}
    for part in word:gmatch("[^,%s]+") do
      local name, why = read(part)
      if not name then return nil, ("option '%s': %s"):format(option, why) end
      list[#list + 1] = name
    end
    if #list > 0 then return list end
    return nil, ("option '%s': events expected, with commas between"):format(option)
  end
end

return events
