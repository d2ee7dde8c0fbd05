--- The commands. Those of Gumroad's operations are made from the rows of gumroad.api; each of our own has a row
-- below and is a module gumroad.cli.commands.NAME:
--   { configure = function(parser), run = function(context, args) -> exit code or nil,
--     passes_on = whether what follows its first argument is not ours to read,
--     general = which general options its help lists, see arguments.add_general,
--     runs_scripts = whether what is raised may be a script's own mistake }
-- No command requires this: its context has it, for those that describe all of them.
local api = require "gumroad.api"
local tables = require "gumroad.base.tables"

local registry = {}

--- Our own commands, as the help lists them.
registry.COMMANDS = {
  { name = "api", summary = "Make any call of Gumroad's API." },
  { name = "completion", summary = "Print a completion script for a shell." },
  { name = "connections", summary = "List the connections, or mark one as the default." },
  { name = "doctor", summary = "Look for what is wrong: installation, connection, token, webhooks, receiver." },
  { name = "emulator", summary = "Run a Gumroad on this machine, for tests." },
  { name = "listen", summary = "Receive pings and print the events as they come." },
  { name = "login", summary = "Connect to a shop, and keep the connection under a name." },
  { name = "logout", summary = "Revoke a connection's access token, and forget the connection." },
  { name = "manual", summary = "Print the manual page, for man -l." },
  { name = "run", summary = "Run a Lua script that finds the shop in the global `shop`." },
  { name = "trigger", summary = "Send a ping as Gumroad sends it, to try a receiver." },
}

local row_of = {}
for _, row in ipairs(registry.COMMANDS) do row_of[row.name] = row end

--- One of our own commands, or nil: its module is loaded now.
-- @return command, summary
function registry.command(name)
  local row = row_of[name]
  if row then return require("gumroad.cli.commands." .. name), row.summary end
end

--- The command of an operation, or nil.
-- @return command, summary
function registry.operation(resource, name)
  local row = api[resource][name]
  if row then return require("gumroad.cli.operation").command(row), row.doc end
end

--- The names of Gumroad's resources, sorted.
function registry.resources()
  return tables.sorted_keys(api)
end

--- The rows of a resource's operations, in their order; nil where there is no such resource.
function registry.operations(resource)
  return api[resource]
end

return registry
