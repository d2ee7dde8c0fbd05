--- gumroad-lua doctor: why does nothing arrive, why does a connection fail, and what to do.
local exit_codes = require "gumroad.cli.exit_codes"
local values = require "gumroad.cli.values"


return {
  configure = function(parser)
    parser:option("--url", "A receiver of pings: is it in the public network, and does it answer? It is sent a test "
      .. "ping of an invented sale, in the name of the token's seller."):argname("URL")
    parser:option("--port", "Try whether this program could listen on it."):argname("NUMBER")
      :convert(values.whole("--port", 0, 65535))
    parser:epilog(("Nothing is changed at Gumroad. The exit code is %d if there is a problem, else %d.")
      :format(exit_codes.FAILURE, exit_codes.SUCCESS))
  end,
  run = function(context, args)
    local report = require("gumroad.cli.commands.doctor.report").new(context)
    require "gumroad.cli.commands.doctor.checks.machine"(report, context, args)
    local shop, seller_id = require "gumroad.cli.commands.doctor.checks.account"(report, context, args)
    if shop then require "gumroad.cli.commands.doctor.checks.webhooks"(report, shop, args) end
    require "gumroad.cli.commands.doctor.checks.receiver"(report, args, seller_id)
    return report:finish() and exit_codes.SUCCESS or exit_codes.FAILURE
  end,
}
