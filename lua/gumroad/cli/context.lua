--- What a command that runs needs: the shop, where its output goes, what it tells on stderr.
local env = require "gumroad.base.env"
local printable = require("gumroad.base.text").printable
local system = require "gumroad.system"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"

local context = {}

local STDOUT, STDERR = 1, 2
local MOST = 4000  -- bytes of a line on stderr: the longest that is meant is an address to open in a browser

-- The connection that --connection names goes before the variable: it is the nearer word.
local function connection_name(args)
  if args.connection then return args.connection end
  if env.get "GUMROAD_ACCESS_TOKEN" then return nil end
  return require("gumroad.connections").default()
end

local function new_shop(args, public, on_response)
  local gumroad = require "gumroad"
  local options = { base_url = args.base_url, timeout = args.timeout, on_response = on_response }
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

--- @param args    what the parser read
-- @param command the words of the command, for errors
-- @param registry gumroad.cli.registry, for commands that describe all commands
-- @return table:
--   shop([public [, on_response]])  the shop of the connection or token that the arguments and the environment name,
--                    made when it is first asked for; public: it may go without a token; on_response: see gumroad.new
--   args, command, registry  as given
--   connection_name()  of the connection that the shop is of; nil: the token is the variable's | nil, error: of none
--   is_terminal      whether the output goes to a terminal; width: its columns, or nil; colour: whether it takes
--                    colours
--   write(text)      prints; a disk that is full ends the command
--   finish()         ends the output; what was lost of it, also of a script's print, ends the command
--   note(format, ...)      tells something on stderr, in a printable line, whatever the values hold
--   progress([format, ...])  shows on stderr how far it is, if people watch that; none: wipes it
function context.new(args, command, registry)
  local self = { args = args, command = command, registry = registry, is_terminal = system.is_terminal(STDOUT) }
  local watched = system.is_terminal(STDERR)
  local shop, shown
  self.width = self.is_terminal and system.terminal_width(STDOUT) or nil
  self.colour = self.is_terminal and not env.get "NO_COLOR" and env.get "TERM" ~= "dumb"
  system.end_on_broken_pipe()  -- "| head" may end us at any time, without a word

  function self.connection_name() return connection_name(args) end

  function self.shop(public, on_response)
    shop = shop or new_shop(args, public, on_response)
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
    io.stdout:flush()  -- what was printed before stands before it; if it is lost, finish() tells
    io.stderr:write("gumroad-lua: ", printable((...):format(select(2, ...)), MOST), "\n")
  end

  function self.progress(...)
    local text = select("#", ...) > 0 and (...):format(select(2, ...))
    if not watched or not (text or shown) then return end
    shown = text
    io.stderr:write(text or "", "\27[K\r")  -- back to the line's beginning, so that an error is written over it
  end

  return self
end

return context
