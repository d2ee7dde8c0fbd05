--- Ends calls that wait. A canceller is given to calls as their option `cancel`; cancelling it ends those that are
-- under way and every later one.
local Error = require "gumroad.base.error"

local Canceller = {}
Canceller.__index = Canceller

local canceller = {}

--- Makes a canceller.
-- @return table with cancel() and `cancelled`
function canceller.new()
  -- what waits -> the function that ends the wait. Weak, as a call may go with the request that nginx drops.
  return setmetatable({ cancelled = false, waiting = setmetatable({}, { __mode = "k" }) }, Canceller)
end

--- Tells whether a value is a canceller.
function canceller.is(value)
  return getmetatable(value) == Canceller
end

--- Ends all calls that have this canceller. Safe to repeat.
function Canceller:cancel()
  if not canceller.is(self) then Error.usage("cancel: called with a dot; write canceller:cancel()") end
  self.cancelled = true
  local waiting = self.waiting
  self.waiting = {}
  for thing, wake in pairs(waiting) do wake(thing) end
end

--- Notes something that waits.
-- @param thing a transfer, or whatever the loop waits with
-- @param wake  function(thing), called when the canceller is cancelled
function Canceller:watch(thing, wake)
  self.waiting[thing] = wake
end

--- Forgets what waited.
function Canceller:unwatch(thing)
  self.waiting[thing] = nil
end

return canceller
