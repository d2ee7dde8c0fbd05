-- Runs the command gumroad-lua from specs. Its output is searched for secrets.
local leaks = require "leaks"
local support = require "support"

local command = {}

function command.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function command.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- SIGHUP works as in a terminal, even if whoever started the specs (such as nohup) ignores it.
local function environment(variables)
  local words = { "env --default-signal=HUP -u GUMROAD_ACCESS_TOKEN -u GUMROAD_API_BASE_URL -u NO_COLOR "
    .. "-u XDG_CONFIG_HOME HOME=/nonexistent TERM=xterm" }
  for name, value in pairs(variables or {}) do words[#words + 1] = name .. "=" .. support.quote(value) end
  return table.concat(words, " ")
end

--- Returns the environment with which the command uses an emulator.
function command.to(gum, more)
  local variables = { GUMROAD_API_BASE_URL = gum.url, GUMROAD_ACCESS_TOKEN = gum.access_token }
  for name, value in pairs(more or {}) do variables[name] = value end
  return variables
end

--- Returns the shell command that runs gumroad-lua with these arguments and environment variables.
function command.line(words, variables)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = support.quote(word) end
  return table.concat({ environment(variables), support.lua_command(""), "spec/cli/program.lua",
    table.concat(quoted, " ") }, " ")
end

--- Runs a shell command line.
-- @return { code, out, err }
function command.shell(line)
  local folder, remove = support.folder()
  os.execute(("(%s) >%s/out 2>%s/err </dev/null; echo $? >%s/code"):format(line, folder, folder, folder))
  local out, err, code = command.read(folder .. "/out"), command.read(folder .. "/err"), command.read(folder .. "/code")
  remove()
  return { out = leaks.search(out, line), err = leaks.search(err, line), code = tonumber(code) }
end

--- Runs the command in a process.
function command.run(words, variables)
  return command.shell(command.line(words, variables))
end

--- Runs the command on a terminal with a number of columns. `out` is what the terminal shows.
-- @param typed optional text that is typed
function command.on_terminal(words, variables, columns, typed)
  local line = ("stty cols %d; %s"):format(columns, command.line(words, variables))
  local result = command.shell((typed and "printf %s " .. support.quote(typed) .. " | " or "")
    .. "script -qec " .. support.quote(line) .. " /dev/null")
  result.out = result.out:gsub("\r", "")
  return result
end

local function split(text)
  local parts = {}
  for part, code in text:gmatch("(.-)\1(%d+)\1\n") do parts[#parts + 1] = { text = part, code = tonumber(code) } end
  return parts
end

--- Runs many command lines in one process.
-- @return array of { code, out, err }
function command.batch(lines, variables)
  local path, rows = os.tmpname(), {}
  for i, words in ipairs(lines) do
    local quoted = {}
    for j, word in ipairs(words) do quoted[j] = ("%q"):format(word) end
    rows[i] = "  { " .. table.concat(quoted, ", ") .. " },\n"
  end
  command.write(path, "return {\n" .. table.concat(rows) .. "}\n")
  local result = command.run({ "--batch", path }, variables)
  os.remove(path)
  local results, errs = split(result.out), split(result.err)
  assert(#results == #lines, result.err)
  for i, part in ipairs(results) do results[i] = { code = part.code, out = part.text, err = errs[i].text } end
  return results
end

return command
