-- A busted helper, used with `leaks`: while a spec runs, the collector starts again as soon as it has finished, so
-- that what C forgot to keep alive is gone when it is used. Specs with #large or #timing in their
-- names are left out, as they would take minutes or be too slow for their own limits.
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
