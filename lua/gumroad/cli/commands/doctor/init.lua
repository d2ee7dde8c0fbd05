--- gumroad-lua doctor: finds out why no pings arrive or a connection fails, and says what to do.
local exit_codes = require "gumroad.cli.exit_codes"
local values = require "gumroad.cli.values"

return {
  examples = { "gumroad-lua doctor --url https://example.com/hook" },
  configure = function(parser)
    parser:option("--url", "Receiver of pings to check: whether it is in the public network, and how it responds to a "
      .. "test ping of an invented sale."):argname("URL"):convert(values.address)
    parser:option("--port", "Port to check: whether this program could listen on it."):argname("NUMBER")
      :convert(values.whole("--port", 0, 65535))
    parser:epilog(("Nothing is changed at Gumroad. The exit code is %d if there is a problem, otherwise %d.")
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
