-- Runs the command gumroad-lua in the background of a spec, which reads its messages line by line.
local command = require "cli.support"
local leaks = require "leaks"
local support = require "support"

local background = {}

local Process = {}
Process.__index = Process

local running = {}

--- Starts the command.
-- @param output optional file for its output
-- @return process with `told`, all of its messages on stderr so far
function background.start(words, variables, output)
  local folder, remove = support.folder()
  local inner = ("echo $$ >&2; exec %s >%s </dev/null"):format(command.line(words, variables),
    output or folder .. "/out")
  local pipe = assert(io.popen(("{ sh -c %s; echo exit $? >&2; } 2>&1"):format(support.quote(inner))))
  local process = setmetatable({ pipe = pipe, pid = pipe:read("*l"), folder = folder, remove = remove, told = "" },
    Process)
  running[process] = true
  return process
end

--- Waits until a line of its messages matches. Returns the match.
function Process:wait_for(pattern)
  while true do
    local line = assert(self.pipe:read("*l"), self.told)
    self.told = self.told .. line .. "\n"
    local found = line:match(pattern)
    if found then return found end
  end
end

--- Returns what it has printed so far.
function Process:out()
  local file = io.open(self.folder .. "/out", "rb")
  if not file then return "" end
  local text = file:read("*a")
  file:close()
  return text
end

--- Waits until it ends.
-- @return { code, out, err }
function Process:finish()
  running[self] = nil
  local code = tonumber(self:wait_for("^exit (%d+)$"))
  self.pipe:close()
  local out = leaks.search(self:out(), "gumroad-lua")
  self.remove()
  return { code = code, out = out, err = leaks.search(self.told:gsub("exit %d+\n$", ""), "gumroad-lua") }
end

--- Sends it SIGINT, as Ctrl-C does, or another signal.
function Process:interrupt(signal)
  os.execute(("kill -%s %s"):format(signal or "INT", self.pid))
  return self:finish()
end

--- Ends the commands that a failed spec has left running.
function background.stop()
  for process in pairs(running) do process:interrupt() end
end

return background
