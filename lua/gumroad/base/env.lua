--- Environment variables. Nothing else reads them. An empty one counts as unset.
local env = {}

--- Every variable that the library or the command reads, and what it holds.
env.VARIABLES = {
  GUMROAD_ACCESS_TOKEN = "the access token to use when the program gives none",
  GUMROAD_ALLOW_HTTP = "\"1\" lets the access token go over http to another machine",
  GUMROAD_API_BASE_URL = "the address of the API, if it is not Gumroad's own",
  GUMROAD_CA_BUNDLE = "a file of CA certificates (PEM) to trust instead of the system's",
  GUMROAD_CLIENT_ID = "the id of the application that the command logs in with",
  GUMROAD_CLIENT_SECRET = "the secret of a confidential application",
  SSL_CERT_FILE = "like GUMROAD_CA_BUNDLE, for every program that uses OpenSSL",
  XDG_CONFIG_HOME = "the folder for settings, such as connections",
  XDG_STATE_HOME = "the folder for data kept between runs, such as uploads to resume",
  HOME = "the user's folder, which holds the two above by default",
  https_proxy = "the proxy that libcurl uses", HTTPS_PROXY = "the same",
  all_proxy = "the proxy that libcurl uses for every scheme", ALL_PROXY = "the same",
  NO_COLOR = "any text turns colors off",
  TERM = "the kind of terminal; \"dumb\" turns colors off",
  SOURCE_DATE_EPOCH = "the date of generated documents, as Unix time",
}

--- Returns the value of a variable.
-- @param name one of env.VARIABLES
-- @return string | nil if it is unset or empty
function env.get(name)
  if not env.VARIABLES[name] then error("env.VARIABLES does not list " .. tostring(name), 2) end
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

-- Our folder in one of the XDG base directories. A relative path in the variable is ignored, as XDG asks.
local function folder(variable, default)
  local base, home = env.get(variable), env.get "HOME"
  if base and base:sub(1, 1) == "/" then return base .. "/gumroad-lua" end
  return home and home .. "/" .. default .. "/gumroad-lua"
end

--- Returns the folder for our settings, or nil if neither XDG_CONFIG_HOME nor HOME is set.
function env.config_folder()
  return folder("XDG_CONFIG_HOME", ".config")
end

--- Returns the folder for data kept between runs, or nil if neither XDG_STATE_HOME nor HOME is set.
function env.state_folder()
  return folder("XDG_STATE_HOME", ".local/state")
end

return env
