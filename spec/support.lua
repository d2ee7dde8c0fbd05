-- Helpers for several specs.
local gumroad = require "gumroad"
local retry = require "gumroad.client.retry"
local socket = require "socket"

local support = {}

--- Returns the shop of an emulator. Options may be added or replaced.
function support.shop(gum, options)
  local all = { base_url = gum.url, access_token = gum.access_token }
  for name, value in pairs(options or {}) do all[name] = value end
  return gumroad.new(all)
end

--- Returns the requests that the emulator has received since its statistics were reset.
function support.requests(gum)
  return assert(gum:stats()).last_requests
end

local function finish(restore, ok, ...)
  restore()
  if not ok then error((...), 0) end
  return ...
end

--- Runs a function while the environment of the process appears to be `variables`.
function support.with_environment(variables, run)
  local real = os.getenv
  os.getenv = function(name) return variables[name] end  -- luacheck: ignore
  return finish(function() os.getenv = real end, pcall(run))  -- luacheck: ignore
end

--- Makes calls retry without pauses. The returned function ends that.
function support.without_pauses()
  local real = retry.pause
  retry.pause = function(...) return real(...) and 0 end
  return function() retry.pause = real end
end

--- Whether a value contains a text: at any depth, in its printed form, and in keys.
function support.holds(value, text, seen)
  seen = seen or {}
  if tostring(value):find(text, 1, true) then return true end
  if type(value) ~= "table" or seen[value] then return false end
  seen[value] = true
  for key, inner in pairs(value) do
    if support.holds(key, text, seen) or support.holds(inner, text, seen) then return true end
  end
  return false
end

--- Returns the message of the error that a function raises, without its position.
function support.raised(run, ...)
  local ok, raised = pcall(run, ...)
  assert(not ok, "nothing was raised")
  if type(raised) ~= "string" then return raised end
  return (raised:gsub("^[^:]*:%d+: ", ""))
end

--- Returns the bytes of a file.
function support.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

--- Returns the bytes of a fixture.
function support.fixture(name)
  return support.read("spec/fixtures/" .. name)
end

--- Returns the names of the fixtures in a folder with a suffix, without the folder and the suffix.
function support.fixtures(folder, ending)
  local names = {}
  local listing = assert(io.popen("ls spec/fixtures/" .. folder))
  for name in listing:lines() do
    if name:sub(-#ending) == ending then names[#names + 1] = name:sub(1, -#ending - 1) end
  end
  listing:close()
  assert(#names > 0, "no fixtures")
  return names
end

--- Creates a server that sends the same bytes to each client and closes the connection. It only works when its
-- step() is called.
-- @return table with url, step()
function support.canned_server(bytes)
  local server = assert(socket.bind("127.0.0.1", 0))
  server:settimeout(0)
  local _, port = server:getsockname()
  local clients = {}
  local function serve(client)
    local got, wrong, part = client:receive(65536)
    if not (got or part ~= "" or wrong == "closed") then return true end
    client:settimeout(5)
    client:send(bytes)
    client:close()
  end
  local function step()
    local client = server:accept()
    if client then client:settimeout(0); clients[#clients + 1] = client end
    for i = #clients, 1, -1 do
      if not serve(clients[i]) then table.remove(clients, i) end
    end
  end
  return { url = "http://127.0.0.1:" .. port, step = step, close = function() server:close() end }
end

--- Creates a folder. Returns its path and a function that removes it with its contents.
function support.folder()
  local path = support.output "mktemp -d"
  return path, function() os.execute("rm -rf '" .. path .. "'") end
end

--- Returns the output of a shell command, without the final newline.
function support.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("\n$", ""))
end

--- Quotes a text as one word of a shell command.
function support.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Returns a shell command that runs a Lua program with this Lua and its modules.
function support.lua_command(program)
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local modules = ("package.path, package.cpath = %q, %q "):format(package.path, package.cpath)
  return arg[first] .. " -e " .. support.quote(modules .. program)
end

--- Returns the ids of the elements of a list.
function support.ids(list, err)
  local ids = {}
  for i, item in ipairs(assert(list, err)) do ids[i] = item.id end
  return ids
end

--- Collects what an iterator returns in a list.
function support.collect(iterator)
  local list = {}
  for item in iterator do list[#list + 1] = item end
  return list
end

--- Returns a port of this machine on which nobody listens.
function support.free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return tonumber(port)
end

return support
