-- The receiver that the attacks of this folder are aimed at. It takes pings to /hook and says what came of
-- them, as one line, when its standard input ends:
--
--     lua listener.lua [OPTION=NUMBER ...]     max_connections, max_memory; handler: seconds for each ping
--
-- First it prints its port.
local core = require "gumroad.core"
local receiver = require "gumroad.webhook.receiver"

local STDIN = 0
local options = { handler = 0 }
for _, word in ipairs(arg) do
  local name, number = word:match("^(.-)=(.*)$")
  options[name] = tonumber(number)
end

local seen = {}
local counts = { handled = 0, twice = 0, refused = 0 }

local function handle(event)
  counts[seen[event.key] and "twice" or "handled"] = counts[seen[event.key] and "twice" or "handled"] + 1
  seen[event.key] = true
  if options.handler > 0 then
    local done = core.now() + options.handler
    while core.now() < done do os.execute("sleep " .. math.min(1, done - core.now())) end
  end
  return 200
end

local open = assert(receiver.new { port = 0, max_connections = options.max_connections,
  max_memory = options.max_memory, on_event = handle, on_refused = function() counts.refused = counts.refused + 1 end })
open:expect { target = "/hook" }
io.write(open.port, "\n")
io.flush()

local engine = core.engine()
engine:watch(STDIN)
local ready
repeat
  open:step(0)
  local _
  _, ready = engine:step(math.min(60, open.listener:timeout() or 60))
until ready and ready[STDIN]
open:close()
io.write(("handled %d twice %d refused %d\n"):format(counts.handled, counts.twice, counts.refused))
