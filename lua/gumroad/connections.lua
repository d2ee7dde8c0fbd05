--- Connections by name, in one file that only its owner can read:
-- $XDG_CONFIG_HOME/gumroad-lua/connections.json, by default in ~/.config. It is written in one
-- step and under a lock, so that several processes can save at once; a file that cannot be
-- trusted is never written over. To read it, files are all that is needed.
--
-- A connection is a plain table of what gumroad.oauth gave and who it is: see FIELDS.
local cjson = require "cjson"
local core = require "gumroad.core"
local Error = require "gumroad.error"

local connections = {}

local json = cjson.new()
json.decode_max_depth(8)

local FIELDS = {
  access_token = "string",   -- must be there
  refresh_token = "string",
  token_type = "string",
  scope = "string",          -- scopes, separated by spaces
  created_at = "number",     -- Unix time
  client_id = "string",      -- of the application that was authorized
  base_url = "string",       -- where it is not Gumroad's
  seller_id = "string",
  seller_name = "string",
}
local SECRET = { access_token = true, refresh_token = true }

-- The file ------------------------------------------------------------------------------------

local function folder()
  local config = os.getenv("XDG_CONFIG_HOME") or ""
  if config:sub(1, 1) == "/" then return config .. "/gumroad-lua" end  -- a relative one does not count
  local home = os.getenv("HOME") or ""
  if home ~= "" then return home .. "/.config/gumroad-lua" end
  return nil, Error.new("config", "neither XDG_CONFIG_HOME nor HOME says where connections are kept")
end

--- @return string the file's path | nil, error
function connections.path()
  local path, err = folder()
  if not path then return nil, err end
  return path .. "/connections.json"
end

local function is_connection(value)
  if type(value) ~= "table" or type(value.access_token) ~= "string" then return false end
  for name, kind in pairs(FIELDS) do
    if value[name] ~= nil and type(value[name]) ~= kind then return false end
  end
  return true
end

local function is_store(value)
  if type(value) ~= "table" or type(value.connections) ~= "table" then return false end
  for name, connection in pairs(value.connections) do
    if type(name) ~= "string" or not is_connection(connection) then return false end
  end
  return value.default == nil or type(value.default) == "string"
end

local function decode(path, bytes)
  local ok, store = pcall(json.decode, bytes)
  if ok then store = core.json_values(store) end
  if ok and is_store(store) then return store end
  return nil, Error.new("config", path .. " is damaged: mend it, or move it away and log in again")
end

-- Whether others may look is only known where gumroad.system is.
local function check_privacy(path)
  local ok, system = pcall(require, "gumroad.system")
  if not ok or system.is_private(path) ~= false then return true end
  return nil, Error.new("config", ("%s can be read by others: run chmod 600 %s, and log in again if "
    .. "somebody may have seen it"):format(path, path))
end

-- @return { connections = table by name, default = name or nil } | nil, error
local function read()
  local path, err = connections.path()
  if not path then return nil, err end
  local file, message, errno = io.open(path, "rb")
  if not file and errno == 2 then return { connections = {} } end  -- there is none yet
  if not file then return nil, Error.new("config", "connections cannot be read: " .. message) end
  local bytes = file:read("*a")
  file:close()
  local private
  private, err = check_privacy(path)
  if not private then return nil, err end
  return decode(path, bytes or "")
end

local function failed(code, message)
  return nil, Error.new("config", "connections cannot be stored: " .. message, { code = code })
end

local function write(system, path, store)
  local ok, code, message = system.write_private(path, json.encode(store) .. "\n")
  if not ok then return failed(code, message) end
  return true
end

-- The lock that this process holds: to wait for it here would be to wait for ever. Weak: a call
-- that raised, or that nginx dropped, holds it no more.
local held = setmetatable({}, { __mode = "v" })

local function take_lock(system, path)
  if held.lock then collectgarbage() end
  if held.lock then return failed("busy", "another call of this program is about to do so") end
  local ok, code, message = system.make_folder((path:gsub("/[^/]*$", "")))
  if not ok then return failed(code, message) end
  local lock
  lock, code, message = system.lock(path .. ".lock")
  if not lock then return failed(code, message) end
  held.lock = lock
  return lock
end

local function change_file(system, path, change)
  local store, err = read()
  if not store then return nil, err end
  local function store_now() return write(system, path, store) end
  local done
  done, err = change(store, store_now)
  if not done then return nil, err end
  return store_now()
end

-- Reads, lets `change` do something, and stores what is there then, with nobody in between.
-- @param change function(store, store_now) -> true | nil, error; store_now() stores before that
local function update(change)
  local path, err = connections.path()
  if not path then return nil, err end
  local system = require "gumroad.system"
  local lock
  lock, err = take_lock(system, path)
  if not lock then return nil, err end
  local done
  done, err = change_file(system, path, change)  -- not by pcall: Lua 5.1 could not wait inside
  held.lock = nil
  lock:close()
  return done, err
end

-- What is in it -------------------------------------------------------------------------------

local function names_of(store)
  local names = {}
  for name in pairs(store.connections) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function check_name(where, name)
  if type(name) ~= "string" or not name:find("^[%w_.-]+$") then
    Error.usage("connections.%s: a name is made of letters, digits, '-', '_' and '.'", where)
  end
end

local function unknown(store, name)
  local names = names_of(store)
  local known = #names > 0 and "known: " .. table.concat(names, ", ") or "none is known"
  return nil, Error.new("config", ("there is no connection '%s' (%s): make it with gumroad-lua login %s")
    :format(name, known, name))
end

local function default_of(store)
  local names = names_of(store)
  if store.default or #names == 1 then return store.default or names[1] end
  if #names == 0 then
    return nil, Error.new("config", "there is no connection: make one with gumroad-lua login NAME")
  end
  return nil, Error.new("config", "there are several connections, and none is the default: name one of "
    .. table.concat(names, ", "))
end

--- The connection that is meant where none is named: the only one, or the one that was marked.
-- @return string its name | nil, error of kind config
function connections.default()
  local store, err = read()
  if not store then return nil, err end
  return default_of(store)
end

--- A connection, tokens included.
-- @param name default: the default one
-- @return table a copy | nil, error of kind config: there is none of that name, the file is
--   damaged, or others can read it
function connections.get(name)
  if name ~= nil then check_name("get", name) end
  local store, err = read()
  if not store then return nil, err end
  if name == nil then
    name, err = default_of(store)
    if not name then return nil, err end
  end
  local connection = store.connections[name]
  if not connection then return unknown(store, name) end
  return connection
end

--- What there is, without the tokens.
-- @return array of tables: name, default (boolean), and the fields that are not secret; by name
--   | nil, error
function connections.list()
  local store, err = read()
  if not store then return nil, err end
  local list, default = {}, default_of(store)
  for i, name in ipairs(names_of(store)) do
    local entry = { name = name, default = name == default }
    for field in pairs(FIELDS) do
      if not SECRET[field] then entry[field] = store.connections[name][field] end
    end
    list[i] = entry
  end
  return list
end

local function check_connection(connection)
  if type(connection) ~= "table" then
    Error.usage("connections.save: a table expected, got %s", type(connection))
  end
  local copy = {}
  for field, value in pairs(connection) do
    local want = FIELDS[field]
    if not want then
      Error.usage("connections.save: unknown field '%s'%s", tostring(field), Error.hint(field, FIELDS))
    elseif type(value) ~= want then
      Error.usage("connections.save: %s: %s expected, got %s", field, want, type(value))
    end
    copy[field] = value
  end
  if (copy.access_token or "") == "" then Error.usage("connections.save: access_token is missing") end
  return copy
end

--- Stores a connection in place of the one of that name.
-- @param name letters, digits, "-", "_" and "."
-- @param connection table: access_token, and what else is known of: refresh_token, token_type,
--   scope, created_at, client_id, base_url, seller_id, seller_name
-- @return true | nil, error of kind config; then the file is as it was
function connections.save(name, connection)
  check_name("save", name)
  local copy = check_connection(connection)
  return update(function(store)
    store.connections[name] = copy
    return true
  end)
end

--- Forgets a connection. Its tokens stay good: see oauth.revoke.
-- @return true | nil, error
function connections.remove(name)
  check_name("remove", name)
  return update(function(store)
    if not store.connections[name] then return unknown(store, name) end
    store.connections[name] = nil
    if store.default == name then store.default = nil end
    return true
  end)
end

--- Marks a connection as the default one.
-- @return true | nil, error
function connections.set_default(name)
  check_name("set_default", name)
  return update(function(store)
    if not store.connections[name] then return unknown(store, name) end
    store.default = name
    return true
  end)
end

-- Those of the request that refreshes a connection | nil, error
local function refresh_options(name, connection, options)
  if not connection.refresh_token then
    return nil, Error.new("config", ("connection '%s' has no refresh token: "
      .. "run gumroad-lua login %s"):format(name, name))
  end
  local all = { client_id = connection.client_id, base_url = connection.base_url,
    refresh_token = connection.refresh_token }
  for option, value in pairs(options or {}) do all[option] = value end
  return all
end

--- Exchanges a connection's tokens for new ones, which are stored before anything else: the old
-- ones are revoked by that. Whether they can be stored is tried before.
-- @param name
-- @param options optional: client_secret, of a confidential application; timeout, ...
-- @return table the connection | nil, error
function connections.refresh(name, options)
  check_name("refresh", name)
  local connection
  local done, err = update(function(store, store_now)
    connection = store.connections[name]
    if not connection then return unknown(store, name) end
    local request, tokens, wrong
    request, wrong = refresh_options(name, connection, options)
    if not request then return nil, wrong end
    local stored
    stored, wrong = store_now()
    if not stored then return nil, wrong end
    tokens, wrong = require("gumroad.oauth").refresh(request)
    if not tokens then return nil, wrong end
    for field, kind in pairs(FIELDS) do
      if type(tokens[field]) == kind then connection[field] = tokens[field] end
    end
    return true
  end)
  if not done then return nil, err end
  return connection
end

return connections
