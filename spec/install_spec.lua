-- Installing over an earlier version: none of its modules may be found instead of the new ones.
local support = require "support"

-- Modules that used to be directly in gumroad/, and one that never belonged to the library.
local OLD = { "api", "answer", "client", "error", "hooks", "json", "oauth", "pages", "resources", "types",
  "upload/parts", "watch", "webhook", "cli/session" }

local FAULTY = "error('a module of an earlier version was loaded')\n"

local function write(path, text)
  os.execute("mkdir -p " .. support.quote(path:match("^(.*)/")))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function lay_old_modules(folder)
  for _, name in ipairs(OLD) do write(("%s/gumroad/%s.lua"):format(folder, name), FAULTY) end
end

-- Runs a command without the paths of this suite, and returns its output, even if it fails.
local function run(command)
  return support.output("(unset LUA_PATH LUA_CPATH MAKEFLAGS MAKELEVEL MAKEOVERRIDES; " .. command .. ") 2>&1")
end

-- Loads every module except those for nginx.
local function load_all(lua_folder, c_folder)
  local program = [[
    for name in io.popen("cd lua && find gumroad -name '*.lua'"):lines() do
      local module = name:gsub("%%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
      local ok, wrong = pcall(require, module)
      if not ok and module ~= "gumroad.loop.nginx" then print(module, (tostring(wrong):gsub("\n.*", ""))) end
    end
    require "gumroad.core" require "gumroad.listener" require "gumroad.system"
    print "all"]]
  local lua = support.lua_command(""):match("^(%S+)")
  return run(("LUA_PATH='%s/?.lua;%s/?/init.lua;;' LUA_CPATH='%s/?.so;;' %s -e %s"):format(lua_folder, lua_folder,
    c_folder, lua, support.quote((program:gsub("%%%%", "%%")))))
end

describe("an installation", function()
  local folder, remove
  before_each(function() folder, remove = support.folder() end)
  after_each(function() remove() end)

  local lua = support.lua_command(""):match("^(%S+)"):match("[^/]+$")
  local version = lua:find("jit") and "5.1" or lua:match("%d%.%d")

  it("by make replaces every module of an earlier version #slow #once", function()
    local lua_folder = ("%s/share/lua/%s"):format(folder, version)
    lay_old_modules(lua_folder)
    write(lua_folder .. "/gumroad/README", "not a module")
    run(("make -s LUA=%s PREFIX=%s install"):format(lua, folder))
    assert.equal("all", load_all(lua_folder, ("%s/lib/lua/%s"):format(folder, version)))
    assert(io.open(lua_folder .. "/gumroad/README")):close()
  end)

  it("by LuaRocks replaces every old module, whatever an old build folder has #slow #once #luarocks", function()
    if version ~= "5.4" then return end  -- one Lua is enough, because LuaRocks decides what is removed
    local checkout, tree = folder .. "/checkout", folder .. "/tree"
    run(("mkdir %s && cp -r Makefile src lua bin library rockspec doc README.md LICENSE %s"):format(checkout, checkout))
    local make = ("cd %s && luarocks-5.4 make --deps-mode=none --tree=%s rockspec/gumroad-scm-1.rockspec"):format(
      checkout, tree)
    lay_old_modules(checkout .. "/lua")
    run(make)
    assert(io.open(tree .. "/share/lua/5.4/gumroad/answer.lua")):close()
    run(("cd %s && rm -r lua && find build -name '*.o' -exec touch -d 2001-01-01 {} +"):format(checkout))
    run(("cp -r lua %s"):format(checkout))
    local made = run(make)
    assert.equal("all", load_all(tree .. "/share/lua/5.4", tree .. "/lib/lua/5.4"), made)
  end)
end)
