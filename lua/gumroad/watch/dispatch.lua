--- Hands an event to its handler.
local Error = require "gumroad.base.error"

-- What a handler raised as an error, with the place.
local function caught(raised)
  if Error.is(raised) then return raised end
  return Error.new("invalid", tostring(raised), { traceback = debug.traceback("", 2):gsub("^\n", "") })
end

--- @param handlers function(data, event, watcher) by the event's type. The type is a stranger's text: nothing
--   else may be in there
-- @param event   of gumroad.webhook.parse
-- @param watcher the handler's third argument
-- @return true, also where nobody asked for such events | nil, error: what the handler raised
return function(handlers, event, watcher)
  local handler = handlers[event.type]
  if not handler then return true end
  local ok, err = xpcall(function() handler(event.data, event, watcher) end, caught)
  if ok then return true end
  return nil, err
end
