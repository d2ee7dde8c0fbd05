--- gumroad-lua connections: lists the connections, or marks one as the default.
local failure = require "gumroad.cli.failure"
local fields = require "gumroad.cli.output.fields"
local output = require "gumroad.cli.output"

local FIELDS = fields.define {
  { "name", "string" }, { "default", "boolean" }, { "seller_name", "string?" }, { "seller_id", "string?" },
  { "scope", "string?" }, { "created_at", "string?" }, { "client_id", "string?" }, { "base_url", "string?" },
  default_columns = { "name", "default", "seller_name", "base_url", "scope", "created_at" },
}

local function list(context, connections)
  local all, err = connections.list()
  if not all then error(err, 0) end
  if #all == 0 then
    context.note("no connection is stored: make one with gumroad-lua login NAME")
    if not output.is_asked_for(context.args) then return end
  end
  for _, connection in ipairs(all) do
    connection.created_at = connection.created_at and os.date("!%Y-%m-%dT%H:%M:%SZ", connection.created_at)
  end
  local printer = output.new(context, { kind = "list", fields = FIELDS }):list()
  printer:page(all)
  printer:finish()
end

return {
  examples = { "gumroad-lua connections", "gumroad-lua connections default my-shop" },
  general = { "output" },
  configure = function(parser)
    parser:argument("action", "Mark a connection as the default, instead of listing them."):args("?")
      :choices { "default" }
    parser:argument("name", "Connection to mark as the default."):args("?")
  end,
  run = function(context, args)
    local connections = require "gumroad.connections"
    if not args.action then return list(context, connections) end
    if not args.name then
      failure.usage(context.command, "the connection is missing: gumroad-lua connections default NAME")
    end
    local done, err = connections.set_default(args.name)
    if not done then error(err, 0) end
  end,
}
