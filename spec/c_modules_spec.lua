-- What somebody sees who has not built the library, or for another Lua.
local support = require "support"

describe("Without the C modules", function()
  local folder, remove = support.folder()
  teardown(remove)

  -- Runs a program that finds no C module of ours but those in `folder`, and returns the first line of its output.
  local function first_line(program)
    local text = support.output("(" .. support.lua_command("package.cpath = [[" .. folder .. "/?.so]] " .. program)
      .. ") 2>&1")
    return (text:match("^[^\n]*"):gsub("^%S+: ", ""))  -- without the interpreter's name
  end

  local is_jit = rawget(_G, "jit")
  local ADVICE = "gumroad's C modules are missing, or were built for another Lua: build them for "
    .. (is_jit and "LuaJIT with make LUA=luajit" or _VERSION .. " with make LUA=lua" .. _VERSION:match "%d.%d")
    .. ", or with luarocks --lua-version " .. _VERSION:match "%d.%d" .. " make"

  for _, name in ipairs { "gumroad", "gumroad.webhook", "gumroad.emulator" } do
    it("require '" .. name .. "' says in one line how to build them", function()
      assert.equal(ADVICE, first_line("require '" .. name .. "'"))
    end)
  end

  it("the same line gives the loader's reason if there are some that do not load", function()
    os.execute("mkdir " .. folder .. "/gumroad")
    local file = assert(io.open(folder .. "/gumroad/core.so", "w"))
    file:write("built for something else")
    file:close()
    local line = first_line("require 'gumroad'")
    assert.equal(ADVICE .. " (", line:sub(1, #ADVICE + 2))
    assert.truthy(line:find("core.so", #ADVICE, true), line)
  end)
end)
