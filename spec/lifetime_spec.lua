-- Finalizers that call the library while the Lua state is closed.
local support = require "support"

local FINALIZER = [[
  local function finalizer(run)
    if not newproxy then return setmetatable({}, { __gc = run }) end
    local proxy = newproxy(true)
    debug.getmetatable(proxy).__gc = run
    return proxy
  end
]]

-- Runs a program. Returns its output and its status.
local function run(program)
  return support.output("(" .. support.lua_command(FINALIZER .. program) .. ") 2>&1; echo $?")
end

describe("A finalizer of something older than the library", function()
  it("can still call every C module, and lua-cjson, in each Lua", function()
    assert.equal("false\ntrue\nthe Lua state is closing\na=1\n1\n[0.5]\n0", run [[
      local core, system, listener, json, server
      KEPT = finalizer(function()
        print(system.is_terminal(65535))
        print((pcall(server.port, server)))
        print((select(3, core.engine():send { method = "GET", base_url = "http://127.0.0.1:1" })))
        print(core.form_encode { a = 1 })
        print(json.decode '{"a":[1]}'.a[1])
        print(json.encode { 0.5 })
      end)
      core, system, listener = require "gumroad.core", require "gumroad.system", require "gumroad.listener"
      json = require "gumroad.base.json"
      server = assert(listener.new {})
      assert(core.engine():running() == 0)
    ]])
  end)

  for _, name in ipairs { "core", "system", "listener", "base.json" } do
    it(("can call gumroad.%s if nothing else is loaded"):format(name), function()
      assert.equal("called\n0", run(([[
        local module
        local makes = { new = true, decoder = true, reader = true }  -- what is made now is never collected
        KEPT = finalizer(function()
          for name, value in pairs(module) do
            if type(value) == "function" and not makes[name] then pcall(value) end
          end
          print "called"
        end)
        module = require "gumroad.%s"
      ]]):format(name)))
    end)
  end
end)

describe("A finalizer of something younger than the library", function()
  it("can make calls, and what it starts is released with the state", function()
    assert.equal("sent\n0", run [[
      local engine = require("gumroad.core").engine()
      KEPT = finalizer(function()
        for _ = 1, 3 do assert(engine:send { method = "GET", base_url = "http://127.0.0.1:1", body = "a=1" }) end
        engine:step(0)
        print "sent"
      end)
    ]])
  end)
end)
