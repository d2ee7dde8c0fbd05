--- Makes a loop out of any function `idle(seconds)`. Functions run side by side in it as coroutines.
local core = require "gumroad.core"
local Error = require "gumroad.base.error"

-- The coroutines that `all` runs. A wait inside one of them yields, so that the others go on.
local tasks = setmetatable({}, { __mode = "k" })

local MAX_IDLE = 60  -- seconds; libcurl's own timers wake us before

-- `ready` returns true, or false and the time (by core.now) at which to ask again.
local function wait_until(ready, idle)
  local co = coroutine.running()
  if co and tasks[co] then return coroutine.yield(ready) end
  while true do
    local done, deadline = ready()
    if done then return end
    idle(deadline and math.max(deadline - core.now(), 0) or MAX_IDLE)
  end
end

-- Only Lua 5.1 raises this.
local CANNOT_WAIT = "attempt to yield across metamethod/C-call boundary"
local ADVICE = "Lua 5.1 cannot wait inside pcall or an iterator: in a function for gumroad.all, "
  .. "call list instead of each\n"

local resumed = 0  -- how often any task of any list was resumed

local function resume(task)
  resumed = resumed + 1
  local ok, value, err = coroutine.resume(task.co)
  if ok and coroutine.status(task.co) ~= "dead" then
    task.ready = value
  elseif ok then
    task.ready, task.done, task.value, task.err = nil, true, value, not value and err or nil
  elseif Error.is(value) then
    task.ready, task.done, task.err = nil, true, value
  else  -- a mistake in the function itself, which must not be hidden
    local advice = value == CANNOT_WAIT and ADVICE or ""
    error(advice .. debug.traceback(task.co, tostring(value)), 0)
  end
end

local function advance_once(list)
  local all_done, soonest = true, nil
  for _, task in ipairs(list) do
    local deadline
    while not task.done do
      local ready = true
      if task.ready then ready, deadline = task.ready() end
      if not ready then break end
      resume(task)
    end
    if not task.done then
      all_done = false
      if deadline and (not soonest or deadline < soonest) then soonest = deadline end
    end
  end
  return all_done, soonest
end

-- Runs every task as far as it can go. Returns true when all have ended, else false and a deadline. A task that
-- ran may have finished what another one waits for, so all are asked again until none of them has run.
local function advance(list)
  while true do
    local before = resumed
    local all_done, soonest = advance_once(list)
    if all_done or resumed == before then return all_done, soonest end
  end
end

local function start(functions)
  local list = {}
  for i, run in ipairs(functions) do
    local co = coroutine.create(function() return run() end)  -- Lua 5.1 refuses a C function here
    tasks[co] = true
    list[i] = { co = co }
  end
  return list
end

--- @param idle function(seconds): steps the engine, waiting at most that long
-- @return table a loop, see gumroad.loop
return function(idle)
  local loop = {}

  function loop.wait(transfer, seconds)
    local deadline = seconds and core.now() + seconds
    wait_until(function() return transfer:done() or (deadline and core.now() >= deadline), deadline end, idle)
  end

  -- Whoever waits looks again after anything has run, so nobody needs to be woken.
  function loop.wake() end

  function loop.sleep(seconds, canceller)
    local deadline = core.now() + seconds
    wait_until(function()
      return core.now() >= deadline or (canceller and canceller.cancelled), deadline
    end, idle)
  end

  function loop.all(functions)
    local list = start(functions)
    local ok, done, deadline
    wait_until(function()  -- an outer all may call this; what is raised must reach the caller of this one
      ok, done, deadline = pcall(advance, list)
      return done, deadline
    end, idle)
    if not ok then error(done, 0) end
    local values, errors = {}, {}
    for i, task in ipairs(list) do values[i], errors[i] = task.value, task.err end
    return values, errors
  end

  return loop
end
