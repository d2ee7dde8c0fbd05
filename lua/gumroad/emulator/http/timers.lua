--- Timers, the next one first.
local core = require "gumroad.core"

local Timers = {}
Timers.__index = Timers

function Timers.new()
  return setmetatable({}, Timers)
end

--- Calls `act` after a number of seconds.
function Timers:after(seconds, act)
  local due, at = core.now() + seconds, #self + 1
  while at > 1 and self[at - 1].due > due do at = at - 1 end
  table.insert(self, at, { due = due, act = act })
end

--- Returns the seconds until the next timer is due, or nil.
function Timers:wait()
  return self[1] and math.max(0, self[1].due - core.now())
end

--- Runs the timers that are due.
function Timers:run()
  while self[1] and self[1].due <= core.now() do table.remove(self, 1).act() end
end

return Timers
