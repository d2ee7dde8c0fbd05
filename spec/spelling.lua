-- Prints the words in README, the guides, the help and the reference that neither aspell nor spec/words.txt
-- knows, and fails if there are any. Code is left out.
local PAGES = "README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md $(ls doc/*.md)"

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

-- Only prose: without code, link targets, options, paths and identifiers.
local function prose_of(text)
  text = ("\n" .. text):gsub("\n *```.-\n *```", "\n"):gsub("`[^`\n]*`", " "):gsub("%]%([^)]*%)", "] ")
  text = text:gsub("\n    [^\n]*", "\n"):gsub("https?://%S+", " ")
  return (text:gsub("%S*[_/=@{}<>|\\]%S*", " "):gsub("%-%-[%w-]+", " "))
end

-- The texts of the tables and the help, from the manual page without its macros.
local function manual()
  local text = output((arg[-1] or "lua5.4") .. " bin/gumroad-lua manual")
  text = text:gsub("\n%.[^\n]*", function(line) return (line:gsub("%f[%a]%u%l%f[%A]", " ")) end)
  return (text:gsub("\n%.%S+", "\n"):gsub("\\f[BIRP]", ""):gsub("\\%-", "-"):gsub("\\[&(]%S*", " "))
end

local path = os.tmpname()
local file = assert(io.open(path, "w"))
file:write(prose_of(output("cat " .. PAGES)), prose_of(manual()))
file:close()

local known, unknown, seen = {}, {}, {}
for line in io.lines("spec/words.txt") do known[line:lower()] = true end
for word in output("aspell list --lang=en_US --encoding=utf-8 --mode=none <" .. path):gmatch("%S+") do
  local plain = word:lower():gsub("'s$", "")
  if not known[plain] and not seen[plain] then
    seen[plain], unknown[#unknown + 1] = true, word
  end
end
os.remove(path)
table.sort(unknown)
if #unknown > 0 then
  print("Not in the dictionary, nor in spec/words.txt: " .. table.concat(unknown, " "))
  os.exit(1)
end
