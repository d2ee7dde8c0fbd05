--- Connections by name, in one file that only its owner can read:
-- $XDG_CONFIG_HOME/gumroad-lua/connections.json, by default in ~/.config. It is written in one
-- step and under a lock, so that several processes can save at once; a file that cannot be
-- trusted is never written over. To read it, files are all that is needed.
--
-- A connection is a plain table of what gumroad.oauth gave and who it is: see FIELDS.
local env = require "gumroad.base.env"
local json = require "gumroad.base.json"
local check_options = require("gumroad.base.options").check
local tables = require "gumroad.base.tables"
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
  client_id = { "string" },   -- of the application that was authorized
  base_url = { "string" },    -- where it is not Gumroad's
  seller_id = { "string" },
  seller_name = { "string" },
}
local SECRET = { access_token = true, refresh_token = true }

-- The file ------------------------------------------------------------------------------------

--- @return string the file's path | nil, error
function connections.path()
  local folder = env.config_folder()
  if folder then return folder .. "/connections.json" end
  return nil, Error.new("config", "neither XDG_CONFIG_HOME nor HOME says where connections are kept")
end

-- What is wrong with a connection, or nil.
local function fault_of(value)
  if type(value) ~= "table" then return "is no object" end
  if value.access_token == nil then return "has no access_token" end
  for name, row in pairs(FIELDS) do
    if value[name] ~= nil and type(value[name]) ~= row[1] then return ("has no %s as its %s"):format(row[1], name) end
  end
end

-- What is wrong with the whole, or nil.
local function store_fault(value)
  if type(value) ~= "table" or type(value.connections) ~= "table" then return "there is no object 'connections'" end
  for name, connection in pairs(value.connections) do
    if type(name) ~= "string" then return "'connections' is a list, not an object" end
    local fault = fault_of(connection)
    if fault then return ("connection '%s' %s"):format(name, fault) end
  end
  if value.default ~= nil and type(value.default) ~= "string" then return "'default' is no name" end
end

local function read_store(path, bytes)
  if not bytes:find("%S") then return { connections = {} } end  -- as somebody who empties it means it
  local ok, store = pcall(decode, bytes)
  local fault
  if ok then fault = store_fault(store) else fault = "it is no JSON: " .. tostring(store) end
  if not fault then return store end
  return nil, Error.new("config", ("%s is damaged: mend it, or move it away and log in again (%s)"):format(path, fault))
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
  return read_store(path, bytes or "")
end

local function failed(code, message)
  local advice = code == "denied" and "; XDG_CONFIG_HOME can name a folder that you may write to" or ""
  return nil, Error.new("config", "connections cannot be stored: " .. message .. advice, { code = code })
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

--- Whether a connection could be stored, as far as can be told before it is; for who is about to
-- ask a user to agree to one.
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

local function check_name(where, name)
  if type(name) ~= "string" or not name:find("^[%w_.-]+$") then
    Error.usage("connections.%s: a name is made of letters, digits, '-', '_' and '.'", where)
  end
end

local function unknown(store, name)
  local names = tables.sorted_keys(store.connections)
  local known = #names > 0 and "known: " .. table.concat(names, ", ") or "none is known"
  return nil, Error.new("config", ("there is no connection '%s' (%s): gumroad-lua login %s makes it")
    :format(name, known, name))
end

local function default_of(store)
  local names = tables.sorted_keys(store.connections)
  if store.default or #names == 1 then return store.default or names[1] end
  if #names == 0 then
    return nil, Error.new("config", "there is no connection: make one with gumroad-lua login NAME")
  end
  return nil, Error.new("config", ("there are several connections, and none is the default: name one of "
    .. "%s, or mark one with gumroad-lua connections default %s"):format(table.concat(names, ", "), names[1]))
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
  for i, name in ipairs(tables.sorted_keys(store.connections)) do
    local entry = { name = name, default = name == default }
    for field in pairs(FIELDS) do
      if not SECRET[field] then entry[field] = store.connections[name][field] end
    end
    list[i] = entry
  end
  return list
end

--- Stores a connection in place of the one of that name. Where there was one other and no more, that
-- becomes the default, so that what worked goes on as before.
-- @param name letters, digits, "-", "_" and "."
-- @param connection table: access_token, and what else is known of: refresh_token, token_type,
--   scope, created_at, client_id, base_url, seller_id, seller_name
-- @return true | nil, error of kind config; then the file is as it was
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

-- Use of a connection -------------------------------------------------------------------------

-- The server of a URL, as it may be shown; other text without what may be a password.
local function server_text(text)
  return url.origin(text) or url.without_user(text)
end

-- The server of a connection, to which its token goes, and to no other | nil, error
-- @param given base_url, as a caller says it, or nil
local function server_of(name, connection, given)
  local own = connection.base_url or require("gumroad.client").DEFAULT_BASE_URL
  local wanted, advice = given, "leave that out"
  if not wanted then wanted, advice = env.get "GUMROAD_API_BASE_URL" or "", "unset that" end
  if wanted == "" or server_text(wanted) == server_text(own) then return own end
  return nil, Error.new("config", ("connection '%s' is of %s, where alone its token goes, but %s says %s: %s, or log "
    .. "in there under another name"):format(name, server_text(own), given and "base_url" or "GUMROAD_API_BASE_URL",
    server_text(wanted), advice))
end

--- The options of gumroad.new with which a shop uses a connection.
-- @param name    default: the default one
-- @param options optional, others of gumroad.new
-- @return table a copy with access_token, base_url and connection | nil, error of kind config: as of
--   connections.get, and where base_url or GUMROAD_API_BASE_URL is of another server than the
--   connection's
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

-- Those of the request that refreshes a connection | nil, error
local function refresh_options(name, connection, options)
  if not connection.refresh_token then
    return nil, Error.new("config", ("connection '%s' has no refresh token: "
      .. "run gumroad-lua login %s"):format(name, name))
  end
  local all = tables.copy({ client_id = connection.client_id, refresh_token = connection.refresh_token }, options)
  local err
  all.base_url, err = server_of(name, connection, all.base_url)
  if not all.base_url then return nil, err end
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
    for field, row in pairs(FIELDS) do
      if type(tokens[field]) == row[1] then connection[field] = tokens[field] end
    end
    return true
  end)
  if not done then return nil, err end
  return connection
end

return connections
