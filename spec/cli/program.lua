-- The command gumroad-lua as the specs run it, with the modules that they test. With --batch FILE, runs all
-- command lines that the file returns, one after the other in one process.
local cli = require "gumroad.cli"

if arg[1] ~= "--batch" then os.exit(cli.main(arg), true) end

for _, words in ipairs(dofile(arg[2])) do
  local code = cli.main(words)
  for _, file in ipairs { io.stdout, io.stderr } do
    file:write("\1", code, "\1\n")
    file:flush()
  end
end
