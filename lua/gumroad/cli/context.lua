--- What a running command uses: the shop, its output, and its messages on stderr.
local env = require "gumroad.base.env"
local printable = require("gumroad.base.text").printable
local system = require "gumroad.system"
local dry_run = require "gumroad.cli.dry_run"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

local context = {}

local STDIN, STDOUT, STDERR = 0, 1, 2
local DIM, OFF = "\27[2m", "\27[0m"
local MOST = 4000  -- bytes of a line on stderr; the longest ones have an address to open in a browser

-- --connection takes precedence over the variable, because it was given for this command.
local function connection_name(args)
  if args.connection then return args.connection end
  if env.get "GUMROAD_ACCESS_TOKEN" then return nil end
  return require("gumroad.connections").default()
end

local function new_shop(args, public, hooks)
  local gumroad = require "gumroad"
  local options = { base_url = args.base_url, timeout = args.timeout, on_request = hooks.on_request,
    on_response = hooks.on_response }
  local name, err = connection_name(args)
  if name then
    options, err = gumroad.connections.options(name, options)
    if not options then error(err, 0) end
    return gumroad.new(options)
  end
  if not err then return gumroad.new(options) end
  if not public then
    failure.raise(exit_codes.CONFIG, ("no access token: set GUMROAD_ACCESS_TOKEN or use a connection (%s)"):format(
      err.message))
  end
  options.access_token = false
  return gumroad.new(options)
end

-- Writes a request and its response as a line, with secrets and buyers masked.
local function request_line(response)
  local shown = require("gumroad").masked(response)
  local outcome = shown.status or shown.error and shown.error.kind or "no response"
  return ("%s %s: %s, %.3f s%s"):format(shown.method, shown.url, outcome, shown.seconds or 0,
    shown.attempt and shown.attempt > 1 and (", attempt %d"):format(shown.attempt) or "")
end

-- Adds what --dry-run and --debug need to the hooks of a command.
local function all_hooks(self, hooks)
  local of_command = hooks.on_response
  return {
    on_request = hooks.on_request or self.args.dry_run and dry_run.hook(self) or nil,
    on_response = self.args.debug and function(response)
      self.note("%s", request_line(response))
      if of_command then of_command(response) end
    end or of_command,
  }
end

-- Reads a line of standard input in a shell, so that Ctrl-C ends it on every Lua.
local function read_line()
  local pipe = assert(io.popen("IFS= read -r line; printf '%s' \"$line\"", "r"))
  local line = pipe:read("*a")
  pipe:close()
  return line
end

--- Makes a context.
-- @param args    what the parser read
-- @param command the words of the command, for errors
-- @param registry gumroad.cli.registry, for commands that describe all commands
-- @return table:
--   shop([public [, hooks]])  returns the shop of the connection or token that the arguments and the environment
--                    choose; made at the first call. public: whether it may be without a token; hooks: on_request and
--                    on_response, see gumroad.new
--   args, command, registry  as given
--   connection_name()  returns the name of the shop's connection; nil if the token is from the variable | nil, error if
--                    there is neither
--   is_terminal      whether the output goes to a terminal
--   width            columns of the terminal, or nil
--   color            whether to print in colors
--   write(text)      prints; the command ends if that fails, because a disk is full for example
--   finish()         ends the output; the command ends if any of it was lost, also of what a script printed
--   note(format, ...)      prints a line to stderr, with only printable text whatever the values hold
--   hint(text)       prints a line that only a person at a terminal sees
--   can_ask          whether there is a terminal to ask on
--   ask(question)    asks a person; returns whether the answer is yes
--   progress([format, ...])  shows progress if stderr is a terminal; without arguments, clears it
function context.new(args, command, registry)
  local self = { args = args, command = command, registry = registry, is_terminal = system.is_terminal(STDOUT) }
  local watched = system.is_terminal(STDERR)
  local shop, shown
  self.width = self.is_terminal and system.terminal_width(STDOUT) or nil
  self.color = self.is_terminal and not env.get "NO_COLOR" and env.get "TERM" ~= "dumb"
  system.end_on_broken_pipe()  -- "| head" may end this program silently at any time

  function self.connection_name() return connection_name(args) end

  function self.shop(public, hooks)
    shop = shop or new_shop(args, public, all_hooks(self, hooks or {}))
    return shop
  end

  function self.write(text)
    local ok, why = io.stdout:write(text)
    if not ok then failure.output(why) end
  end

  function self.finish()
    local flushed, why = io.stdout:flush()
    if not flushed or system.output_failed() then failure.output(why) end
  end

  function self.note(...)
    io.stdout:flush()  -- keeps the order with what was printed before; finish() reports a failure
    io.stderr:write("gumroad-lua: ", printable((...):format(select(2, ...)), MOST), "\n")
  end

  self.can_ask = watched and system.is_terminal(STDIN)

  function self.ask(question)
    io.stdout:flush()
    io.stderr:write(printable(question, MOST), " [y/N] ")
    local answer = read_line():lower()
    return answer == "y" or answer == "yes"
  end

  function self.hint(text)
    if not watched or not self.is_terminal then return end
    io.stdout:flush()
    io.stderr:write(self.color and DIM or "", "gumroad-lua: ", text, self.color and OFF or "", "\n")
  end

  function self.progress(...)
    local text = select("#", ...) > 0 and (...):format(select(2, ...))
    if not watched or not (text or shown) then return end
    shown = text
    io.stderr:write(text or "", "\27[K\r")  -- back to the beginning of the line, so that an error overwrites it
  end

  return self
end

return context
