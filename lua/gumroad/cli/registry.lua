--- The commands. Those for Gumroad's operations are made from the rows of gumroad.api. Each of our own has a row below
-- and is a module gumroad.cli.commands.NAME:
--   { configure = function(parser), run = function(context, args) -> exit code or nil,
--     passes_on = whether its first argument and all that follow are passed on unread,
--     examples = array of command lines for its help,
--     general = the general options in its help, see arguments.add_general,
--     runs_scripts = whether an error may be a script's own mistake }
-- Commands do not require this module. Those that describe all commands find it in their context.
local api = require "gumroad.api"
local tables = require "gumroad.base.tables"

local registry = {}

--- Our own commands, in the order of the help.
registry.COMMANDS = {
  { name = "api", summary = "Make any call of Gumroad's API." },
  { name = "completion", summary = "Print a completion script for a shell." },
  { name = "connections", summary = "List the stored connections, or mark one as the default." },
  { name = "doctor", summary = "Check the installation, connection, token and webhooks for problems." },
  { name = "emulator", summary = "Run an emulator of Gumroad on this machine, for tests." },
  { name = "listen", summary = "Receive pings and print the events as they arrive." },
  { name = "login", summary = "Connect to a shop and store the connection under a name." },
  { name = "logout", summary = "Revoke a connection's access token and forget the connection." },
  { name = "manual", summary = "Print the manual page, for man -l." },
  { name = "run", summary = "Run a Lua script that can use the globals `shop` and `gumroad`." },
  { name = "trigger", summary = "Send a ping as Gumroad sends it, to test a receiver." },
}

local row_of = {}
for _, row in ipairs(registry.COMMANDS) do row_of[row.name] = row end

--- Loads one of our own commands; returns nil if there is no such command.
-- @return command, summary
function registry.command(name)
  local row = row_of[name]
  if row then return require("gumroad.cli.commands." .. name), row.summary end
end

--- Returns the command for an operation, or nil.
-- @return command, summary
function registry.operation(resource, name)
  local row = api[resource][name]
  if row then return require("gumroad.cli.operation").command(row), row.doc end
end

--- Returns the names of Gumroad's resources, sorted.
function registry.resources()
  return tables.sorted_keys(api)
end

--- Returns the rows of a resource's operations, in their order; nil if there is no such resource.
function registry.operations(resource)
  return api[resource]
end

return registry
