--- gumroad-lua manual: the manual page.
return {
  name = "manual",
  summary = "Print the manual page, for man -l.",
  general = "",
  configure = function() end,
  run = function(context) context.write(require("gumroad.cli.commands.manual.page")()) end,
}
