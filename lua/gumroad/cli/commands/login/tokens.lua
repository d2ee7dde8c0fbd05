--- Three ways to get an access token: with a browser on this machine, with a code typed on another device, or from
-- standard input.
local oauth = require "gumroad.oauth"
local shell = require "gumroad.base.shell"
local trimmed = require("gumroad.base.text").trimmed
local system = require "gumroad.system"
local application = require "gumroad.cli.application"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local Error = require "gumroad.base.error"

local NO_APPLICATION = "no application: create one in Gumroad, under Settings, Advanced, Applications, with the "
  .. "redirect URI http://127.0.0.1/callback, and pass its id with --client-id or in GUMROAD_CLIENT_ID. Or generate "
  .. "an access token there, and pass it to gumroad-lua login NAME --with-token on standard input"

-- Runs in the background and may fail, as the address is shown anyway.
local function open_browser(url)
  local opener = "url=%s; for program in xdg-open open; do command -v $program >/dev/null 2>&1 "
    .. "&& exec $program \"$url\"; done"
  os.execute(("(%s) </dev/null >/dev/null 2>&1 &"):format(opener:format(shell.quote(url))))
end

local function in_words(seconds)
  if seconds % 60 == 0 and seconds > 60 then return ("%g minutes"):format(seconds / 60) end
  return ("%g seconds"):format(seconds)
end

local function in_browser(context, args, options, default)
  options.port, options.wait = args.port, args.wait or default.wait
  options.open = function(url)
    context.note("open this address in a browser on this machine: %s", url)
    context.note("waiting up to %s for you to agree there; Ctrl-C cancels. Without a browser on this machine, use "
      .. "--device: it shows a short code to type elsewhere", in_words(options.wait))
    if not args.no_browser then open_browser(url) end
  end
  return oauth.login(options)
end

local function on_device(context, args, options)
  local device, err = oauth.device(options)
  if not device then return nil, err end
  local limited = args.wait and args.wait < (tonumber(device.expires_in) or math.huge)
  if limited then device.expires_in = args.wait end
  context.note("open %s in a browser and type %s", device.verification_uri, device.user_code)
  context.note("waiting %s; Ctrl-C cancels", limited and "up to " .. in_words(args.wait) .. " for you to agree there"
    or "for you to agree there, until the code expires")
  options.scopes, options.device = nil, device
  local tokens
  tokens, err = oauth.wait(options)
  if not tokens and limited and err.code == "expired_token" then
    err = Error.new("timeout", ("nobody authorized the program within %g seconds"):format(args.wait))
  end
  return tokens, err
end

-- Shell code that reads a line without showing what is typed, and turns the echo on again however it ends.
local UNSEEN = "trap 'stty echo' EXIT; trap 'exit 130' INT TERM HUP; stty -echo; "
  .. "echo 'gumroad-lua: type the access token (it is not shown) and press Enter' >&2; "
  .. "IFS= read -r line; printf '%s' \"$line\""

local function read_unseen()
  local pipe = assert(io.popen(UNSEEN, "r"))
  local line = pipe:read("*a")
  pipe:close()
  return line
end

-- Removes what editors, web pages and other shells put around a token: the zero bytes of UTF-16, a byte order mark,
-- blanks of any kind, quotes, "Bearer".
local function bare(text)
  if text:find("^\255\254") or text:find("^\254\255") then text = text:sub(3):gsub("%z", "") end
  text = trimmed(trimmed(text):match("^[^\r\n]*"))
  local quoted = text:match('^"(.*)"$') or text:match("^'(.*)'$")
    or text:match("^\226\128\156(.*)\226\128\157$") or text:match("^\226\128\152(.*)\226\128\153$")
  text = trimmed(quoted or text)
  return trimmed(text:gsub("^[Aa]uthorization: *", ""):gsub("^[Bb]earer ", ""))
end

-- What is wrong with a token, or nil.
local function fault_of(token)
  if token == "" then return "there is no access token on standard input" end
  if token:find("[%s%z\194]") then return "the text on standard input has blanks in it, so it is no access token" end
  if token:find("[^\33-\126]") then
    return "the text on standard input has characters that no access token has (is the file plain text?)"
  end
end

local function from_stdin(context)
  -- all of it, as in Lua 5.1 a line ends at a zero byte, which UTF-16 has
  local token = bare(system.is_terminal(0) and read_unseen() or io.read("*a") or "")
  local fault = fault_of(token)
  if fault then failure.usage(context.command, "--with-token: %s", fault) end
  return { access_token = token }
end

--- Gets tokens in the way that the arguments choose. A failure ends the command.
-- @param default the default `scopes`, and `wait`, the seconds that the user has to decide in a browser
return function(context, args, default)
  if args.with_token then return from_stdin(context) end
  local options = application.options(args)
  if not options.client_id then failure.raise(exit_codes.CONFIG, NO_APPLICATION, context.command) end
  options.scopes = args.scopes or default.scopes
  local get = args.device and on_device or in_browser
  local tokens, err = get(context, args, options, default)
  if not tokens then error(err, 0) end
  tokens.client_id = options.client_id
  return tokens
end
