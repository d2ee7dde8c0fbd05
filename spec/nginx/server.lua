-- An nginx for specs: in its own directory, on a free port. It ends with stop()
-- or with this process.
local leaks = require "leaks"
local socket = require "socket"

local MODULES = "/usr/lib/nginx/modules"
local PATIENCE = 20  -- seconds until a test gives up; never reached in practice

local Server = {}
Server.__index = Server

local function line_of(command)
  local pipe = assert(io.popen(command, "r"))
  local line = pipe:read("*l")
  pipe:close()
  return line
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function check_installed(root)
  if not line_of("command -v nginx") or not read_file(MODULES .. "/ngx_http_lua_module.so") then
    error("these specs need nginx with Lua: the packages nginx-light and libnginx-mod-http-lua", 0)
  elseif not read_file(root .. "/build/luajit/gumroad/core.so") then
    error("these specs need the library for nginx's Lua: make LUA=luajit", 0)
  end
end

local function free_port()
  local probe = assert(socket.bind("127.0.0.1", 0))
  local _, port = probe:getsockname()
  probe:close()
  return port
end

--- Repeats a check until it returns a value.
-- @return what `check` returned
function Server.eventually(check)
  local deadline = socket.gettime() + PATIENCE
  repeat
    local result = check()
    if result then return result end
  until socket.gettime() > deadline
  error("nothing came of it", 2)
end

--- Sends a request.
-- @return a connection for read()
function Server:open(path)
  local client = assert(socket.connect("127.0.0.1", self.port))
  client:settimeout(PATIENCE)
  assert(client:send("GET " .. path .. " HTTP/1.0\r\nHost: shop.example.com\r\n\r\n"))
  return client
end

--- @return status and body of the response
function Server.read(client)
  local bytes = assert(client:receive("*a"))
  client:close()
  return tonumber(bytes:match("^HTTP/1%.%d (%d+)")), bytes:match("\r\n\r\n(.*)$")
end

function Server:get(path)
  return self.read(self:open(path))
end

function Server:log()
  return read_file(self.dir .. "/error.log") or ""
end

--- Returns the process id of the master, or nil once it has ended.
function Server:pid()
  return tonumber(read_file(self.dir .. "/nginx.pid"))
end

--- @param name QUIT (finish requests in progress, then end) or HUP (the same, with new workers)
function Server:signal(name)
  os.execute(("kill -%s %d"):format(name, assert(self:pid())))
end

--- Ends nginx and removes its directory. It can be called more than once.
function Server:stop()
  if not self.pipe then return end
  local log = self:log()
  self.pipe:close()
  self.pipe = nil
  leaks.search(log, "nginx's log")
end

local function wait_until_ready(self)
  local ready, wrong = pcall(self.eventually, function()
    local client = socket.connect("127.0.0.1", self.port)
    if client then client:close() end
    return client
  end)
  if ready then return self:get("/ping") end
  local log = self:log()
  self:stop()
  error("nginx did not start: " .. wrong .. "\n" .. log, 0)
end

-- The shell waits for a pipe that nobody writes to. It closes with stop() or when this process ends.
local COMMAND = "GUMROAD_ACCESS_TOKEN='%s' GUMROAD_API_BASE_URL='%s' "
  .. "nginx -p '%s' -c nginx.conf -e error.log & cat; kill $! 2>/dev/null; wait; rm -rf '%s'"

--- Starts nginx with the shop of an emulator.
-- @param gum  result of gumroad.emulator.start
-- @param conf optional file to use instead of nginx.conf in this folder
-- @param more optional further values for that file
function Server.start(gum, conf, more)
  local root = line_of("pwd")
  check_installed(root)
  local self = setmetatable({ dir = line_of("mktemp -d"), port = free_port() }, Server)
  local values = { root = root, dir = self.dir, port = self.port, modules = MODULES }
  for name, value in pairs(more or {}) do values[name] = value end
  local template = read_file("spec/nginx/" .. (conf or "nginx.conf"))
  write_file(self.dir .. "/nginx.conf", (template:gsub("%${(%w+)}", values)))
  self.pipe = assert(io.popen(COMMAND:format(gum.access_token, gum.url, self.dir, self.dir), "w"))
  wait_until_ready(self)
  return self
end

return Server
