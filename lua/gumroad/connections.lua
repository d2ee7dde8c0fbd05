--- Named connections, stored in a file that only its owner can read:
-- $XDG_CONFIG_HOME/gumroad-lua/connections.json, by default in ~/.config. The file is written in one step and under a
-- lock, so that several processes can save at once. A damaged file is never overwritten.
--
-- A connection is a plain table: the tokens that gumroad.oauth returned, and the seller they belong to.
local env = require "gumroad.base.env"
local json = require "gumroad.base.json"
local check_options = require("gumroad.base.options").check
local shell = require "gumroad.base.shell"
local tables = require "gumroad.base.tables"
local text = require "gumroad.base.text"
local url = require "gumroad.base.url"
local Error = require "gumroad.base.error"

local connections = {}

local decode = json.decoder(8)

local FIELDS = {
  access_token = { "string", required = true },
  refresh_token = { "string" },
  token_type = { "string" },
  scope = { "string" },       -- scopes, separated by spaces
  created_at = { "number" },  -- Unix time
  client_id = { "string" },   -- the application that was authorized
  base_url = { "string" },    -- address of the API, if it is not Gumroad's
  seller_id = { "string" },
  seller_name = { "string" },
}
local SECRET = { access_token = true, refresh_token = true }

-- The file ------------------------------------------------------------------------------------

--- Returns the path of the file.
-- @return string path | nil, error
function connections.path()
  local folder = env.config_folder()
  if folder then return folder .. "/connections.json" end
  return nil, Error.new("config", "there is no place for connections: set HOME or XDG_CONFIG_HOME")
end

-- What is wrong with a connection, or nil.
local function fault_of(value)
  if type(value) ~= "table" then return "it is not an object" end
  if value.access_token == nil then return "access_token is missing" end
  for name, row in pairs(FIELDS) do
    local given = value[name]
    if given ~= nil and type(given) ~= row[1] then return ("%s is not a %s"):format(name, row[1]) end
  end
end

-- What is wrong with the whole file, or nil.
local function store_fault(value)
  if type(value) ~= "table" or type(value.connections) ~= "table" then return "it has no object 'connections'" end
  for name, connection in pairs(value.connections) do
    if type(name) ~= "string" then return "'connections' is a list, not an object" end
    local fault = fault_of(connection)
    if fault then return ("connection '%s': %s"):format(name, fault) end
  end
  if value.default ~= nil and type(value.default) ~= "string" then return "'default' is not a name" end
end

local function read_store(path, bytes)
  if not bytes:find("%S") then return { connections = {} } end  -- somebody emptied the file to start afresh
  local ok, store = pcall(decode, bytes)
  local fault
  if ok then fault = store_fault(store) else fault = "it is not JSON: " .. tostring(store) end
  if not fault then return store end
  return nil, Error.new("config", ("%s is damaged: repair it, or move it away and log in again (%s)")
    :format(path, fault))
end

-- Needs gumroad.system; without it the check is left out.
local function check_privacy(path)
  local ok, system = pcall(require, "gumroad.system")
  if not ok or system.is_private(path) ~= false then return true end
  return nil, Error.new("config", ("others can read %s: run chmod 600 %s, and log in again if somebody may have read "
    .. "it"):format(path, path))
end

-- @return { connections = table by name, default = name or nil } | nil, error
local function read()
  local path, err = connections.path()
  if not path then return nil, err end
  local file, message, errno = io.open(path, "rb")
  if not file and errno == 2 then return { connections = {} } end  -- no such file yet
  if not file then return nil, Error.new("config", "cannot read connections: " .. message) end
  local bytes = file:read("*a")
  file:close()
  local private
  private, err = check_privacy(path)
  if not private then return nil, err end
  return read_store(path, bytes or "")
end

local function failed(code, message)
  local advice = code == "denied" and "; set XDG_CONFIG_HOME to a folder that you may write to" or ""
  return nil, Error.new("config", "cannot store connections: " .. message .. advice, { code = code })
end

local function write(system, path, store)
  local ok, code, message = system.write_private(path, json.encode(store) .. "\n")
  if not ok then return failed(code, message) end
  return true
end

-- The lock that this process holds; a second call in the process must not wait for it, as it would wait forever.
-- Weak, so that a call that raised, or that nginx dropped, lets go of it.
local held = setmetatable({}, { __mode = "v" })

local function take_lock(system, path)
  if held.lock then collectgarbage() end
  if held.lock then return failed("busy", "another call of this program is storing them") end
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

-- Reads the file, lets `change` change the table, and stores it, with other processes locked out.
-- @param change function(store, store_now) -> true | nil, error; store_now() stores before change returns
local function update(change)
  local path, err = connections.path()
  if not path then return nil, err end
  local system = require "gumroad.system"
  local lock
  lock, err = take_lock(system, path)
  if not lock then return nil, err end
  local done
  done, err = change_file(system, path, change)  -- without pcall, inside which Lua 5.1 cannot wait
  held.lock = nil
  lock:close()
  return done, err
end

--- Checks whether a connection could be stored, as far as that can be known before; to be called before a user is
-- asked to authorize one.
-- @return true | nil, error of kind config
function connections.check()
  local path, err = connections.path()
  if not path then return nil, err end
  local lock
  lock, err = take_lock(require "gumroad.system", path)
  if not lock then return nil, err end
  held.lock = nil
  lock:close()
  return true
end

-- What is in it -------------------------------------------------------------------------------

local MOST = 100  -- bytes of a name

-- Whether a text can be a name: one printable line that no command takes for an option.
local function is_name(name)
  return type(name) == "string" and name ~= "" and #name <= MOST and name:sub(1, 1) ~= "-"
    and not name:find("/", 1, true) and text.safe(name) == name and text.trimmed(name) == name
end

local function check_name(where, name)
  if is_name(name) then return end
  Error.usage("connections.%s: a name may have letters, digits, spaces between them and any sign but '/'; it does not "
    .. "begin with '-' and has at most %d bytes", where, MOST)
end

local function unknown(store, name)
  local names = tables.sorted_keys(store.connections)
  local known = #names > 0 and "known: " .. table.concat(names, ", ") or "there are none yet"
  return nil, Error.new("config", ("there is no connection '%s' (%s): make it with gumroad-lua login %s")
    :format(name, known, shell.word(name)))
end

local function default_of(store)
  local names = tables.sorted_keys(store.connections)
  if store.default or #names == 1 then return store.default or names[1] end
  if #names == 0 then
    return nil, Error.new("config", "no connection is stored: make one with gumroad-lua login NAME")
  end
  return nil, Error.new("config", ("there are several connections and no default: name one of %s, or choose the "
    .. "default with gumroad-lua connections default %s"):format(table.concat(names, ", "), shell.word(names[1])))
end

--- Returns the name of the default connection: the only one, or the one that was marked.
-- @return string name | nil, error of kind config
function connections.default()
  local store, err = read()
  if not store then return nil, err end
  return default_of(store)
end

--- Returns a connection, including its tokens.
-- @param name optional; default: the default connection
-- @return table a copy | nil, error of kind config: there is no such connection, the file is damaged, or others
--   can read it
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

--- Lists the connections, without their tokens.
-- @return array of tables, sorted by name: name, default (boolean), and the fields that are not secret | nil, error
function connections.list()
  local store, err = read()
  if not store then return nil, err end
  local list, default = {}, default_of(store)
  for i, name in ipairs(tables.sorted_keys(store.connections)) do
    local entry = { name = name, default = name == default }
    for field in pairs(FIELDS) do
      if not SECRET[field] then entry[field] = store.connections[name][field] end
    end
    list[i] = entry
  end
  return list
end

--- Stores a connection, replacing the one of that name. If there was exactly one other connection, it becomes the
-- default, so that scripts which name none go on using it.
-- @param name such as "my-shop" or "My Shop": one line without control characters and "/", at most 100 bytes, not
--   beginning with "-"
-- @param connection table: access_token, and as far as known: refresh_token, token_type, scope, created_at,
--   client_id, base_url, seller_id, seller_name
-- @return true | nil, error of kind config; the file is then unchanged
function connections.save(name, connection)
  check_name("save", name)
  local copy = check_options("connections.save", FIELDS, connection, { noun = "field" })
  if copy.access_token == "" then Error.usage("connections.save: access_token is missing") end
  return update(function(store)
    local names = tables.sorted_keys(store.connections)
    if not store.default and #names == 1 then store.default = names[1] end
    store.connections[name] = copy
    return true
  end)
end

--- Forgets a connection. Its tokens stay valid; oauth.revoke revokes them.
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

-- Use of a connection -------------------------------------------------------------------------

-- Returns the server of a URL, for messages; of a text that is not a URL all but what may be a password.
local function server_text(address)
  return url.origin(address) or url.without_user(address)
end

-- Returns the server of a connection, the only one that gets its token | nil, error if another one is wanted
-- @param given the caller's base_url, or nil
local function server_of(name, connection, given)
  local own = connection.base_url or require("gumroad.client").DEFAULT_BASE_URL
  local wanted, advice = given, "leave that out"
  if not wanted then wanted, advice = env.get "GUMROAD_API_BASE_URL" or "", "unset that" end
  if wanted == "" or server_text(wanted) == server_text(own) then return own end
  return nil, Error.new("config", ("connection '%s' belongs to %s and its token is never sent elsewhere, but %s is %s: "
    .. "%s, or log in there under another name"):format(name, server_text(own),
    given and "base_url" or "GUMROAD_API_BASE_URL", server_text(wanted), advice))
end

--- Returns the options with which gumroad.new makes a shop of a connection.
-- @param name    optional; default: the default connection
-- @param options optional, others of gumroad.new
-- @return table a copy, with access_token, base_url and connection set | nil, error of kind config: as from
--   connections.get, or base_url or GUMROAD_API_BASE_URL names another server than the connection's
function connections.options(name, options)
  local err
  if name == nil then
    name, err = connections.default()
    if not name then return nil, err end
  end
  local connection
  connection, err = connections.get(name)
  if not connection then return nil, err end
  local copy = tables.copy(options)
  copy.base_url, err = server_of(name, connection, copy.base_url)
  if not copy.base_url then return nil, err end
  copy.access_token, copy.connection = connection.access_token, { name = name, scope = connection.scope }
  return copy
end

-- Returns the options of the request that refreshes a connection | nil, error
local function refresh_options(name, connection, options)
  if not connection.refresh_token then
    return nil, Error.new("config", ("connection '%s' has no refresh token: log in again with gumroad-lua login %s")
      :format(name, shell.word(name)))
  end
  local all = tables.copy({ client_id = connection.client_id, refresh_token = connection.refresh_token }, options)
  local err
  all.base_url, err = server_of(name, connection, all.base_url)
  if not all.base_url then return nil, err end
  return all
end

--- Exchanges a connection's tokens for new ones and stores those. Gumroad revokes the old tokens with the exchange,
-- so storing is tried before.
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
    for field, row in pairs(FIELDS) do
      if type(tokens[field]) == row[1] then connection[field] = tokens[field] end
    end
    return true
  end)
  if not done then return nil, err end
  return connection
end

return connections
