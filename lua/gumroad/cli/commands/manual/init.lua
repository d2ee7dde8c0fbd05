--- gumroad-lua manual: prints the manual page.
return {
  general = {},
  configure = function() end,
  run = function(context) context.write(require("gumroad.cli.commands.manual.page")(context.registry)) end,
}
