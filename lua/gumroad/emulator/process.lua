--- The process of an emulator: this one, or a child process.
local json = require "gumroad.base.json"
local quote = require("gumroad.base.shell").quote
local Error = require "gumroad.base.error"

local process = {}

-- Loaded only in the process that serves, because it needs gumroad.listener.
local function new_server(options)
  return require("gumroad.emulator.http.server").new(options)
end

-- Serves until the end. Ctrl-C is an ordinary end, not an error.
local function run_until_end(server, with_parent)
  local ok, message = pcall(server.run, server, with_parent)
  if not ok and not Error.is_interrupt(message) then error(message, 0) end
end

--- Serves in this process until it is stopped by a handle or interrupted.
-- @param options complete, see gumroad.emulator.options
-- @param ready optional function(port), called when the port is open
-- @return true | nil, code, message
function process.run(options, ready)
  local server, code, message = new_server(options)
  if not server then return nil, code, message end
  if ready then ready(server.port) end
  run_until_end(server, false)
  return true
end

--- The main program of the child: reports its port or the reason for having none, then serves until its parent
-- ends.
-- @param options as JSON
function process.serve(options)
  local server, _, message = new_server(json.decode(options))
  io.stdout:write(server and "ready " .. server.port or message, "\n")
  io.stdout:flush()
  if server then run_until_end(server, true) end
end

-- The interpreter that runs this program, quoted for the shell: the first word of the command line that looks
-- like one. Without a script, as at a prompt, it is in place of the script's name; Lua 5.1 and LuaJIT have no
-- name there.
local function interpreter()
  local words, first = rawget(_G, "arg") or {}, nil
  for index = 0, -20, -1 do
    local word = words[index]
    if not word then break end
    if word:find("lua") and (index < 0 or not words[-1]) then first = word end
  end
  if first then return quote(first) end
  local name = rawget(_G, "jit") and "luajit" or _VERSION:lower():gsub(" ", "")
  return ('"$(command -v %s || echo lua)"'):format(name)
end

-- The child's program is a file that only this user can read. The options contain tokens, and command lines are
-- public.
local function write_program(options)
  local path = os.tmpname()
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  file:write("os.remove(arg[0])\n",
    ("package.path, package.cpath = %q, %q\n"):format(package.path, package.cpath),
    ("require('gumroad.emulator.process').serve(%q)\n"):format(json.encode(options)))
  file:close()
  return path
end

--- Starts a child process that serves.
-- @param options complete, see gumroad.emulator.options
-- @return its standard output, port | nil, message. The child ends when its standard output is closed.
function process.start(options)
  local path, wrong = write_program(options)
  if not path then return nil, wrong end
  local command = "exec " .. (options.lua and quote(options.lua) or interpreter()) .. " " .. quote(path)
  local pipe = assert(io.popen(command, "r"))
  local line = pipe:read("*l")
  local port = line and tonumber(line:match("^ready (%d+)$"))
  if port then return pipe, port end
  pipe:close()
  os.remove(path)
  return nil, line or "the emulator did not start (its option 'lua' names the interpreter): " .. command
end

return process
