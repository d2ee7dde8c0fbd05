--- CSV for spreadsheets: they see that it is UTF-8, and do not run what a buyer typed.
return require("gumroad.cli.output.csv")(true)
