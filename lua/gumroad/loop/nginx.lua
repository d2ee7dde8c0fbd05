--- Waiting in nginx: the worker goes on with other requests meanwhile. One light thread per
-- worker, the driver, looks at the engine every millisecond, without blocking, as long as a
-- call waits; the callers wait on semaphores.
local core = require "gumroad.core"
local Error = require "gumroad.base.error"
local semaphores = require "ngx.semaphore"
local ngx = ngx

local loop = {}

local TICK = 0.001  -- seconds between two looks
local LEASE = 0.25  -- seconds without a look after which nobody is taken to drive

-- transfer -> the semaphore of the call that waits for it. Weak: with a request that nginx
-- drops, its call goes too.
local waiting = setmetatable({}, { __mode = "k" })
local looked = -math.huge  -- when the driver last looked, by core.now
local driver               -- whose turn it is to look

local function look()
  looked = core.now()
  if core.engine():step(0) == 0 then return end
  for transfer, semaphore in pairs(waiting) do
    if transfer:done() then
      waiting[transfer] = nil
      semaphore:post()
    end
  end
end

-- Looks for all that wait, until nobody does; or, for a call that drives by itself, until
-- its transfer is done. The latest driver sends home one that was only late.
local function drive(_, transfer)
  local me = {}
  driver = me
  while driver == me and next(waiting) and not (transfer and transfer:done()) do
    look()
    ngx.sleep(TICK)
  end
  if driver == me then looked = -math.huge end
end

-- Whether nginx took the timer. When too many run it is dropped all the same, without a word
-- to us: then nobody looks, and a call that waits drives by itself.
local function start_driver()
  local started = ngx.timer.at(0, drive)
  if started then looked = core.now() end
  return started
end

--- Returns when the transfer is done, or after so many seconds.
function loop.wait(transfer, seconds)
  if transfer:done() then return end
  local deadline = core.now() + (seconds or math.huge)
  local semaphore, tried = semaphores.new(), false
  waiting[transfer] = semaphore
  repeat
    if core.now() - looked < LEASE then
      semaphore:wait(math.max(0.001, math.min(LEASE, deadline - core.now())))
    elseif not tried and start_driver() then
      tried = true
    else
      drive(nil, transfer)
    end
  until transfer:done() or core.now() >= deadline
  waiting[transfer] = nil
end

loop.sleep = ngx.sleep

--- Runs functions side by side in light threads; see gumroad.all. All of them have ended when
-- it returns or raises.
function loop.all(functions)
  local threads, values, errors, mistake = {}, {}, {}, nil
  for i, run in ipairs(functions) do
    threads[i] = ngx.thread.spawn(function() return xpcall(run, Error.with_traceback) end)
  end
  for i, thread in ipairs(threads) do
    local _, ok, value, err = ngx.thread.wait(thread)
    if ok then values[i], errors[i] = value, err
    elseif Error.is(value) then errors[i] = value
    else mistake = mistake or value end
  end
  if mistake then error(mistake, 0) end
  return values, errors
end

return loop
