-- A bare receiver under attack: pings to /hook. Its first line says the port; the rest is as in watch.lua.
--
--     lua receiver.lua LOG [OPTION=NUMBER ...]     max_connections, max_memory
local receiver = require "gumroad.webhook.receiver"

local log = assert(io.open(arg[1], "w"))
local options = { port = 0, on_refused = function() end }
for i = 2, #arg do
  local name, number = arg[i]:match("^(.-)=(.*)$")
  options[name] = assert(tonumber(number))
end

local open
function options.on_event(event)
  if event.data.delay then os.execute("sleep " .. tonumber(event.data.delay)) end
  if event.data.sale_id == "stop" then open:stop()
  else assert(log:write(event.data.sale_id, "\n")) end
  return 200
end

open = assert(receiver.new(options))
open:expect { target = "/hook" }
io.write(open.port, " anybody\n")
io.flush()

while not open.stopped do open:step(60) end
open:close()
assert(log:close())
