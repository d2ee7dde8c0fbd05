--- The application that a command logs in or out with: its id and, if it is confidential, its secret.
local env = require "gumroad.base.env"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local trimmed = require("gumroad.base.text").trimmed
local values = require "gumroad.cli.values"

local application = {}

local function refuse_secret()
  failure.raise(exit_codes.USAGE, "secrets do not belong on a command line, where others on this machine see them: use "
    .. "--client-secret-file FILE or GUMROAD_CLIENT_SECRET, or login --with-token for an access token")
end

--- Adds the options to a parser.
function application.configure(parser)
  parser:option("--client-id", "Id of the application, as Gumroad shows it (default: GUMROAD_CLIENT_ID).")
    :argname("ID")
  parser:option("--client-secret-file", "File with the secret of a confidential application, or - for standard input "
    .. "(default: the secret in GUMROAD_CLIENT_SECRET)."):argname("FILE")
  parser:option("--client-secret --access-token --token"):hidden(true):args("?"):action(refuse_secret)
end

local function secret_of(args)
  local path = args.client_secret_file
  if not path then return env.get "GUMROAD_CLIENT_SECRET" end
  local text, why = values.text(path == "-" and "-" or "@" .. path)
  if not text then failure.raise(exit_codes.CONFIG, "option '--client-secret-file': " .. why) end
  return trimmed(text)
end

--- Returns the options for gumroad.oauth.
-- @param args the arguments
-- @return table: client_id or nil, client_secret or nil, base_url or nil, timeout or nil
function application.options(args)
  return { client_id = args.client_id or env.get "GUMROAD_CLIENT_ID", client_secret = secret_of(args),
    base_url = args.base_url, timeout = args.timeout }
end

--- Returns the address of the API if it is not Gumroad's own, or nil.
function application.base_url(args)
  return args.base_url or env.get "GUMROAD_API_BASE_URL"
end

return application
