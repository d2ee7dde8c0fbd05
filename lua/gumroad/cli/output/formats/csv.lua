--- CSV for programs: values stay as they are, and a "=" that begins a formula is not escaped.
return require("gumroad.cli.output.csv")(false)
