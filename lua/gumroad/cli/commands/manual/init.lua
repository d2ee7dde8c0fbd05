--- gumroad-lua manual: prints the manual page.
return {
  examples = { "gumroad-lua manual | man -l -" },
  general = {},
  configure = function() end,
  run = function(context) context.write(require("gumroad.cli.commands.manual.page")(context.registry)) end,
}
