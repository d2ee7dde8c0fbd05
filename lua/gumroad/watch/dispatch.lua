--- Passes an event to its handler.
local Error = require "gumroad.base.error"

--- Calls the handler of an event.
-- @param handlers table from type of event to function(data, event, watcher). It must hold nothing else, because the
--   type is text from outside
-- @param event   from gumroad.webhook.parse
-- @param watcher the handler's third argument
-- @return true, also if there is no handler for such events | nil, error: what the handler raised
return function(handlers, event, watcher)
  local handler = handlers[event.type]
  if not handler then return true end
  local function call() handler(event.data, event, watcher) end
  local ok, err = xpcall(call, function(raised)
    if Error.is(raised) then return raised end
    return Error.new("invalid", tostring(raised), { traceback = Error.traceback_above(call, 2) })
  end)
  if ok then return true end
  return nil, err
end
