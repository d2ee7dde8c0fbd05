--- The time within which a whole call has to end: with its repeats, its waits, and all of its requests if it needs
-- several.
local core = require "gumroad.core"

local Deadline = {}
Deadline.__index = Deadline

local deadline = {}

--- @param seconds from now on
function deadline.new(seconds)
  return setmetatable({ seconds = seconds, at = core.now() + seconds }, Deadline)
end

--- Tells whether a value is a deadline.
function deadline.is(value)
  return getmetatable(value) == Deadline
end

--- Returns the seconds that are left; negative if it has passed.
function Deadline:left()
  return self.at - core.now()
end

--- Begins afresh. An iterator does for each page, as what its loop does in between is not the call.
function Deadline:renew()
  self.at = core.now() + self.seconds
end

return deadline
