--- Keeps the rate limits of gumroad.api.limits before a request is sent, as each request beyond a limit makes Gumroad
-- refuse for longer. A Pacer counts what this process has sent.
--
-- It does not know when Gumroad counts a request, only that this happens between sending and the response. So a
-- request counts as sent just now until its response is there, and from then on as sent at the response. Whatever
-- stretch of time Gumroad looks at, no more requests than the limit can fall into it.
local limits = require "gumroad.api.limits"

local Pacer = {}
Pacer.__index = Pacer

local pace = {}

-- Lists are swept whenever this number of them was made: an application may change a million products, each with
-- a list of its own.
local SWEEP_AFTER = 1000

--- @param now function() -> seconds, on a clock that never goes back
function pace.new(now)
  return setmetatable({ now = now, lists = {}, made = 0 }, Pacer)
end

-- What was sent under a row and a key: `done`, the times of the responses, and `open`, the tickets of requests that
-- are planned or under way, in the order in which they are sent.
local function list_of(self, use)
  local list = self.lists[use.key]
  if not list then
    self.made = self.made + 1
    if self.made % SWEEP_AFTER == 0 then self:sweep() end
    list = { row = use.row, done = {}, open = {} }
    self.lists[use.key] = list
  end
  return list
end

--- Forgets lists whose requests count no longer.
function Pacer:sweep()
  local now = self.now()
  for key, list in pairs(self.lists) do
    local last = list.done[#list.done] or -math.huge
    local _, longest = limits.level(list.row, list.row.levels)
    if #list.open == 0 and last + longest <= now then self.lists[key] = nil end
  end
end

local function take_out(list, ticket)
  for i, other in ipairs(list.open) do
    if other == ticket then return table.remove(list.open, i) end
  end
end

local function note_done(list, time)
  local done = list.done
  local at = #done + 1
  while at > 1 and done[at - 1] > time do at = at - 1 end
  table.insert(done, at, time)
  if #done > (limits.level(list.row, list.row.levels)) then table.remove(done, 1) end
end

-- Takes out what was never finished, as nginx drops a request together with its calls: its attempt has ended by then.
local function drop_lost(list, now)
  while list.open[1] and list.open[1].latest < now do
    note_done(list, table.remove(list.open, 1).latest)
  end
end

-- The time at which a request counts, a number of places before a place among the open ones.
local function time_before(list, place, count, now)
  local index = place - count
  if index >= 1 then return math.max(list.open[index].time, now) end
  return list.done[#list.done + index]
end

-- The seconds that a request at a place among the open ones of a list has to wait; and the number of requests and the
-- seconds of the limit that decides it, or nil.
local function wait_at(list, place, now)
  local wait, requests, seconds = 0, nil, nil
  for level = 1, list.row.levels do
    local limit, length = limits.level(list.row, level)
    local before = time_before(list, place, limit, now)
    if before and before - now + length > wait then wait, requests, seconds = before - now + length, limit, length end
  end
  return wait, requests, seconds
end

--- Plans a request behind all that were planned before.
-- @param uses    array of { row = of gumroad.api.limits, key = what is counted }
-- @param timeout seconds after which an attempt has ended
-- @return ticket: `wait`, seconds until it may be sent; `requests` and `seconds` of the limit that makes it wait
function Pacer:plan(uses, timeout)
  local now = self.now()
  local ticket = { wait = 0, timeout = timeout, lists = {} }
  for i, use in ipairs(uses) do
    local list = list_of(self, use)
    ticket.lists[i] = list
    drop_lost(list, now)
    local wait, requests, seconds = wait_at(list, #list.open + 1, now)
    if wait > ticket.wait then ticket.wait, ticket.requests, ticket.seconds = wait, requests, seconds end
  end
  ticket.time = now + ticket.wait
  ticket.latest = ticket.time + timeout
  for _, list in ipairs(ticket.lists) do table.insert(list.open, ticket) end
  return ticket
end

--- Returns how many seconds a planned request still has to wait: more than was planned if a response came late.
-- If it is 0, the request has to be sent at once.
function Pacer:wait(ticket)
  local now = self.now()
  local wait = 0
  for _, list in ipairs(ticket.lists) do
    for place, other in ipairs(list.open) do
      if other == ticket then wait = math.max(wait, (wait_at(list, place, now))) break end
    end
  end
  ticket.time = now + wait
  ticket.latest = ticket.time + ticket.timeout
  return wait
end

--- Notes that a request has ended.
-- @param was_sent whether Gumroad may have received it
function Pacer:finish(ticket, was_sent)
  local now = self.now()
  for _, list in ipairs(ticket.lists) do
    if take_out(list, ticket) and was_sent then note_done(list, now) end
  end
end

return pace
