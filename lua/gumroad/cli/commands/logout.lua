--- gumroad-lua logout NAME: revokes a connection's token at Gumroad and forgets the connection.
local application = require "gumroad.cli.application"
local exit_codes = require "gumroad.cli.exit_codes"

-- Revokes the token -> true | nil, why not
local function revoke(connection, base_url, args)
  local options = application.options(args)
  options.client_id, options.base_url = options.client_id or connection.client_id, base_url
  if not options.client_id then return nil, "its application is not known: pass --client-id" end
  options.token = connection.access_token
  local done, err = require("gumroad.oauth").revoke(options)
  return done, err and tostring(err)
end

return {
  examples = { "gumroad-lua logout my-shop" },
  general = { "--base-url", "--timeout" },
  configure = function(parser)
    parser:argument("name", "Connection to log out from.")
    application.configure(parser)
    parser:epilog(("The connection is forgotten in any case. If its token could not be revoked, the command says so "
      .. "and its exit code is %d."):format(exit_codes.NO_RESPONSE))
  end,
  run = function(context, args)
    local connections = require "gumroad.connections"
    local connection, err = connections.get(args.name)
    if not connection then error(err, 0) end
    local shop_options
    shop_options, err = connections.options(args.name, { base_url = args.base_url })
    if not shop_options then error(err, 0) end
    local revoked, why = revoke(connection, shop_options.base_url, args)
    local done
    done, err = connections.remove(args.name)
    if not done then error(err, 0) end
    if not revoked then
      context.note("'%s' is forgotten here, but its access token is still valid (%s): revoke the application in "
        .. "Gumroad's settings, under Advanced", args.name, why)
      return exit_codes.NO_RESPONSE
    end
    context.write(("'%s' is revoked and forgotten\n"):format(args.name))
    context.note("if this was the last token of its application, Gumroad silently stops sending the application's "
      .. "webhooks")
  end,
}
