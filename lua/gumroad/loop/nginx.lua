--- Waiting in nginx: the worker goes on with other requests meanwhile. One light thread per
-- worker looks at the engine every millisecond, without blocking, as long as a call waits;
-- the callers wait on semaphores.
local core = require "gumroad.core"
local ngx = ngx

local loop = {}

local TICK = 0.001  -- seconds
local waiting = {}  -- transfer -> the semaphore of the call that waits for it
local driving = false

local function wake_finished()
  for transfer, semaphore in pairs(waiting) do
    if transfer:done() then
      waiting[transfer] = nil
      semaphore:post()
    end
  end
end

local function drive()
  local engine = core.engine()
  while next(waiting) do
    if engine:step(0) > 0 then wake_finished() end
    ngx.sleep(TICK)
  end
  driving = false
end

local function ensure_driver()
  if driving then return true end
  driving = ngx.timer.at(0, drive) and true or false
  return driving
end

-- A worker that is shutting down starts no timers; what it still serves steps for itself.
local function step_alone(transfer)
  local engine = core.engine()
  while not transfer:done() do
    if engine:step(0) > 0 then wake_finished() end
    ngx.sleep(TICK)
  end
end

function loop.wait(transfer)
  if transfer:done() then return end
  local semaphore = require("ngx.semaphore").new()
  waiting[transfer] = semaphore
  while ensure_driver() and not transfer:done() do
    semaphore:wait(1)  -- the time-outs are libcurl's; this is only how often we look by ourselves
  end
  waiting[transfer] = nil
  step_alone(transfer)
end

loop.sleep = ngx.sleep

--- Runs functions side by side in light threads; see gumroad.all.
function loop.all(functions)
  local Error = require "gumroad.error"
  local threads, values, errors = {}, {}, {}
  for i, run in ipairs(functions) do
    threads[i] = ngx.thread.spawn(function()
      local ok, value, err = pcall(run)
      return ok, value, err
    end)
  end
  for i, thread in ipairs(threads) do
    local _, ok, value, err = ngx.thread.wait(thread)
    if ok then values[i], errors[i] = value, err
    elseif Error.is(value) then errors[i] = value
    else error(value, 0) end
  end
  return values, errors
end

return loop
