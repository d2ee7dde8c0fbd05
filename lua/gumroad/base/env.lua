--- The one place that reads environment variables. An empty one counts as unset.
local env = {}

--- Every variable that is read anywhere, with what it says.
env.VARIABLES = {
  GUMROAD_ACCESS_TOKEN = "the access token, where no other is given",
  GUMROAD_API_BASE_URL = "where the API is, where it is not at Gumroad's own address",
  GUMROAD_CA_BUNDLE = "a file of CA certificates (PEM) to trust in place of the system's",
  GUMROAD_CLIENT_ID = "the application in whose name the command logs in",
  GUMROAD_CLIENT_SECRET = "the secret of a confidential application",
  SSL_CERT_FILE = "as GUMROAD_CA_BUNDLE, for every program that uses OpenSSL",
  XDG_CONFIG_HOME = "the folder of settings, connections among them",
  XDG_STATE_HOME = "the folder of what is kept between runs, such as uploads to resume",
  HOME = "the user's folder, in which the two above are by default",
  https_proxy = "the proxy that libcurl uses", HTTPS_PROXY = "the same",
  all_proxy = "the proxy that libcurl uses for every scheme", ALL_PROXY = "the same",
  NO_COLOR = "whether output is without colours",
  TERM = "the kind of terminal; \"dumb\" takes no colours",
  SOURCE_DATE_EPOCH = "the date of generated documents, as Unix time",
}

--- The value of a variable.
-- @param name one of env.VARIABLES
-- @return string | nil where it is unset or empty
function env.get(name)
  if not env.VARIABLES[name] then error("env.VARIABLES does not list " .. tostring(name), 2) end
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

-- Our folder in one of XDG's base directories; a relative path in the variable does not count.
local function folder(variable, default)
  local base, home = env.get(variable), env.get "HOME"
  if base and base:sub(1, 1) == "/" then return base .. "/gumroad-lua" end
  return home and home .. "/" .. default .. "/gumroad-lua"
end

--- The folder of our settings | nil where neither XDG_CONFIG_HOME nor HOME says it.
function env.config_folder()
  return folder("XDG_CONFIG_HOME", ".config")
end

--- The folder of what we keep between runs | nil where neither XDG_STATE_HOME nor HOME says it.
function env.state_folder()
  return folder("XDG_STATE_HOME", ".local/state")
end

return env
