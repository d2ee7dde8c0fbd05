-- A busted helper, used with `leaks`: while a spec runs, the collector starts again as soon as it has finished, so
-- that what C forgot to keep alive is gone when it is used. Only `make check` runs specs with #large in their names.
local busted = require "busted"
require "leaks"

local function set(pause, multiplier)
  if collectgarbage("count") and _VERSION == "Lua 5.4" then
    collectgarbage("incremental", pause, multiplier)
  else
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", multiplier)
  end
end

busted.subscribe({ "test", "start" }, function() set(1, 1000) return nil, true end)
busted.subscribe({ "test", "end" }, function() set(200, 100) return nil, true end)
