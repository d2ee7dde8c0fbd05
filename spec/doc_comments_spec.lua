-- Every function that C modules export to Lua is documented where it is defined.
local support = require "support"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- { name, function } for each entry of a luaL_Reg, except metamethods, which Lua defines.
local function entries_of(source)
  local entries = {}
  for list in source:gmatch("luaL_Reg%s+[%w_]+%[%]%s*=%s*(%b{})") do
    for name, called in list:gmatch('{%s*"([^"]+)"%s*,%s*([%w_]+)%s*}') do
      if name:sub(1, 2) ~= "__" then entries[#entries + 1] = { name, called } end
    end
  end
  return entries
end

-- The comment before the definition of a function, or "".
local function comment_of(source, called)
  local at = source:find("\n[%w_ *]*%f[%w_]" .. called .. " ?%(lua_State %*L%) {")
  local before = at and source:sub(1, at) or ""
  return before:match("/%*.-%*/%s*$") and before:match(".*(/%*.-%*/)%s*$") or ""
end

describe("A function of a C module", function()
  local sources, all = {}, ""
  for path in support.output("ls src/*.c"):gmatch("[^\n]+") do
    sources[path] = read(path)
    all = all .. sources[path]
  end
  for path, source in pairs(sources) do
    for _, entry in ipairs(entries_of(source)) do
      it(("%s in %s is documented where it is defined"):format(entry[1], path), function()
        local comment = comment_of(entry[2]:find("^gr_") and all or source, entry[2])
        assert.truthy(comment:find(entry[1] .. "%s*%("), comment)
      end)
    end
  end
end)
