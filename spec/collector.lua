-- A busted helper, beside `leaks`: while a spec runs the collector begins anew at once whenever it has ended, so
-- what C forgot to keep alive is gone when it is used. Specs with #large in their names are left to `make check`.
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
