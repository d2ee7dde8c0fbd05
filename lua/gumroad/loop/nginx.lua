--- Waiting in nginx, while the worker serves other requests. One light thread per worker, the driver, steps
-- the engine every millisecond, without blocking, as long as any call waits; the callers wait on semaphores.
local core = require "gumroad.core"
local Error = require "gumroad.base.error"
local semaphores = require "ngx.semaphore"
local ngx = ngx

local loop = {}

local TICK = 1 / 1000  -- seconds between two steps
local LEASE = 1 / 4  -- seconds without a step after which the driver is taken for dead

-- transfer -> the semaphore of the call that waits for it. Weak, so that a call goes with the request that
-- nginx drops.
local waiting = setmetatable({}, { __mode = "k" })
local last_step = -math.huge  -- time of the driver's last step, by core.now
local driver                  -- a table that stands for the current driver

local function step()
  last_step = core.now()
  if core.engine():step(0) == 0 then return end
  for transfer, semaphore in pairs(waiting) do
    if transfer:done() then
      waiting[transfer] = nil
      semaphore:post()
    end
  end
end

-- Steps for all calls until none waits; or, for a call that drives by itself, until its transfer is done. A driver
-- that was only late stops when it sees that a newer one has taken over.
local function drive(_, transfer)
  local me = {}
  driver = me
  while driver == me and next(waiting) and not (transfer and transfer:done()) do
    step()
    ngx.sleep(TICK)
  end
  if driver == me then last_step = -math.huge end
end

-- Returns whether nginx accepted the timer. If too many timers run, nginx accepts it and then drops it silently;
-- so a call that waits drives by itself once the lease is over.
local function start_driver()
  local started = ngx.timer.at(0, drive)
  if started then last_step = core.now() end
  return started
end

--- Returns when the transfer is done, or after that many seconds.
function loop.wait(transfer, seconds)
  if transfer:done() then return end
  local deadline = core.now() + (seconds or math.huge)
  local semaphore, tried = semaphores.new(), false
  waiting[transfer] = semaphore
  repeat
    if core.now() - last_step < LEASE then
      semaphore:wait(math.max(TICK, math.min(LEASE, deadline - core.now())))
    elseif not tried and start_driver() then
      tried = true
    else
      drive(nil, transfer)
    end
  until transfer:done() or core.now() >= deadline
  waiting[transfer] = nil
end

--- Ends the wait for a transfer that was closed.
function loop.wake(transfer)
  local semaphore = waiting[transfer]
  if semaphore then semaphore:post() end
end

local function post(semaphore) semaphore:post() end

--- Returns after that many seconds, or when the canceller is cancelled.
function loop.sleep(seconds, canceller)
  if not canceller then return ngx.sleep(seconds) end
  if canceller.cancelled then return end
  local semaphore = semaphores.new()
  canceller:watch(semaphore, post)
  semaphore:wait(seconds)
  canceller:unwatch(semaphore)
end

--- Runs functions side by side in light threads; see gumroad.all. All of them have ended when
-- it returns or raises.
function loop.all(functions)
  local threads, values, errors, mistake = {}, {}, {}, nil
  for i, run in ipairs(functions) do
    threads[i] = ngx.thread.spawn(function() return Error.protect(run) end)
  end
  for i, thread in ipairs(threads) do
    local _, ok, value, err = ngx.thread.wait(thread)
    if ok then values[i], errors[i] = value, not value and err or nil
    elseif Error.is(value) then errors[i] = value
    else mistake = mistake or value end
  end
  if mistake then error(mistake, 0) end
  return values, errors
end

return loop
