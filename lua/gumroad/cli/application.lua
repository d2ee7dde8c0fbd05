--- The application in whose name a command logs in or out: its id and, of a confidential one, its secret.
local env = require "gumroad.base.env"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local trimmed = require("gumroad.base.text").trimmed
local values = require "gumroad.cli.values"

local application = {}

local function refuse_secret()
  failure.raise(exit_codes.USAGE, "secrets do not belong on a command line, where others on this machine see them: use "
    .. "--client-secret-file FILE or GUMROAD_CLIENT_SECRET, and for an access token login --with-token")
end

--- Adds the options to a parser.
function application.configure(parser)
  parser:option("--client-id", "Of the application, as Gumroad shows it; default: GUMROAD_CLIENT_ID."):argname("ID")
  parser:option("--client-secret-file", "Where the secret of a confidential application stands, - for standard input; "
    .. "default: the variable GUMROAD_CLIENT_SECRET."):argname("FILE")
  parser:option("--client-secret --access-token --token"):hidden(true):args("?"):action(refuse_secret)
end

local function secret_of(args)
  local path = args.client_secret_file
  if not path then return env.get "GUMROAD_CLIENT_SECRET" end
  local text, why = values.text(path == "-" and "-" or "@" .. path)
  if not text then failure.raise(exit_codes.CONFIG, "option '--client-secret-file': " .. why) end
  return trimmed(text)
end

--- What gumroad.oauth wants to know.
-- @param args the arguments
-- @return table: client_id or nil, client_secret or nil, base_url or nil, timeout or nil
function application.options(args)
  return { client_id = args.client_id or env.get "GUMROAD_CLIENT_ID", client_secret = secret_of(args),
    base_url = args.base_url, timeout = args.timeout }
end

--- Where the API is, if it is not where Gumroad has it.
function application.base_url(args)
  return args.base_url or env.get "GUMROAD_API_BASE_URL"
end

return application
