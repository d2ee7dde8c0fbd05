std = "lua51+lua52+lua53+lua54+luajit"
max_line_length = 120
max_cyclomatic_complexity = 15
files["lua/gumroad/loop"] = { read_globals = { "ngx" } }
files["spec"] = { std = "+busted", read_globals = { "ngx" } }
exclude_files = { "build", "library/gumroad.lua", "doc/types_template.lua" }  -- annotations
