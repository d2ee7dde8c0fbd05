--- How a call waits is chosen when it is made, from where it is made: a client is often
-- created in nginx's init phase and used in a later one.
--
-- A loop is a table of three functions:
--   wait(transfer [, seconds])  until the transfer is done, or so long at most
--   sleep(seconds)              while other calls go on
--   all(functions)              runs them side by side, see gumroad.all
-- Two of the three kinds, blocking and cooperative, are tasks over a function that idles; nginx
-- has light threads and semaphores of its own.
local core = require "gumroad.core"
local Error = require "gumroad.base.error"
local tasks = require "gumroad.loop.tasks"

local loop = {}

local TICK = 0.001  -- seconds between looks, where a scheduler's sleep is all there is

--- The loop of a plain script: waits for the network, and for nothing else meanwhile.
loop.blocking = tasks(function(seconds) core.engine():step(seconds, true) end)

--- A loop over a scheduler's own sleep function, such as copas.sleep.
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

--- The loop for a call that is made here and now.
-- @param own a client's own loop, or nil
-- @return loop | nil, error (kind config) where nothing can wait
function loop.current(own)
  if own then return own end
  local ngx = rawget(_G, "ngx")
  if not (ngx and ngx.get_phase) then return loop.blocking end
  local phase = ngx.get_phase()
  if YIELDING[phase] then return require "gumroad.loop.nginx" end
  return nil, Error.new("config", "nothing can wait in nginx's " .. phase
    .. " phase; make the call from ngx.timer.at(0, ...)" .. (phase == "init" and " in init_worker_by_lua" or ""))
end

return loop
