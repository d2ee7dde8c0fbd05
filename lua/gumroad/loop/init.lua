--- How a call waits for the network. That is decided when the call is made, because a client is often
-- created in nginx's init phase and used in a later one.
--
-- A loop is a table of four functions:
--   wait(transfer [, seconds])    returns when the transfer is done, or after that time
--   wake(transfer)                ends the wait for a transfer that was closed
--   sleep(seconds [, canceller])  returns after that time, or when the canceller is cancelled; other calls go on
--                                 meanwhile
--   all(functions)                runs functions side by side, see gumroad.all
-- There are three kinds. The blocking and the cooperative loop are coroutines over a function that idles;
-- the loop for nginx uses its light threads and semaphores.
local canceller = require "gumroad.loop.canceller"
local core = require "gumroad.core"
local Error = require "gumroad.base.error"
local tasks = require "gumroad.loop.tasks"

local loop = { canceller = canceller.new, is_canceller = canceller.is }

local TICK = 1 / 1000  -- seconds between two checks, because a scheduler's sleep cannot wait for sockets

--- The loop of a plain script: it blocks until the network has something.
loop.blocking = tasks(function(seconds) core.engine():step(seconds, true) end)

--- Makes a loop over a scheduler's own sleep function, such as copas.sleep.
-- @param sleep function(seconds)
function loop.cooperative(sleep)
  return tasks(function(seconds)
    if core.engine():step(0) == 0 then sleep(math.min(seconds, TICK)) end
  end)
end

local YIELDING = {
  rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  preread = true, ssl_cert = true, ssl_client_hello = true, ssl_session_fetch = true,
}

--- Returns the loop for a call that is made here and now.
-- @param own the client's own loop, or nil
-- @return loop | nil, error of kind config if nothing can wait here
function loop.current(own)
  if own then return own end
  local ngx = rawget(_G, "ngx")
  if not (ngx and ngx.get_phase) then return loop.blocking end
  local phase = ngx.get_phase()
  if YIELDING[phase] then return require "gumroad.loop.nginx" end
  return nil, Error.new("config", "nothing can wait in nginx's " .. phase
    .. " phase; make the call from ngx.timer.at(0, ...)" .. (phase == "init" and " in init_worker_by_lua" or ""))
end

--- Runs a function that waits for a transfer. If the canceller is cancelled meanwhile, or was before, the transfer
-- is closed and the wait ends.
-- @param waiting   the loop
-- @param cancel    a canceller, or nil
-- @param run       function()
function loop.until_cancelled(waiting, transfer, cancel, run)
  if not cancel then return run() end
  local function stop(running)
    if not running:done() then running:close() end
    waiting.wake(running)
  end
  cancel:watch(transfer, stop)
  if cancel.cancelled then stop(transfer) end
  run()
  cancel:unwatch(transfer)
end

return loop
