-- A process that has no file descriptors left.
local support = require "support"

-- Runs a program that may open 200 descriptors. exhaust() takes all that are left. Returns the program's output.
local function run(program)
  return support.output("ulimit -n 200; " .. support.lua_command([[
    local gumroad = require "gumroad"
    local held = {}
    local function exhaust()
      repeat
        local file = io.open "/dev/null"
        held[#held + 1] = file
      until not file
    end
    local function give_back()
      for _, file in ipairs(held) do file:close() end
      held = {}
    end
    local function shop(url) return gumroad.new { access_token = "token-of-the-test", base_url = url, retries = 0 } end
    local function try(shop_, ...)
      local user, err = shop_.user:get(...)
      print(user, err.kind, err.message, err.retryable)
    end
  ]] .. program) .. " 2>&1")
end

local LEFT = "no file descriptor is left: close files or connections, or raise the limit (ulimit -n)"

describe("A call without a descriptor", function()
  local url = "http://127.0.0.1:" .. support.free_port()

  it("returns an error, whether it is the first call or a later one", function()
    local error_of_network = "nil\tnetwork\t" .. LEFT .. "\ttrue"
    assert.equal(error_of_network .. "\n" .. error_of_network, run(([[
      local first = shop(%q)
      exhaust()
      try(first)
      give_back()
      assert(not first.user:get())
      exhaust()
      try(first)
    ]]):format(url)))
  end)

  it("returns an error that does not mention certificates if these cannot be read", function()
    assert.equal("nil\tnetwork\tthe CA certificates cannot be read: FILE: Too many open files\ttrue\n"
      .. "nil\tnetwork\t" .. LEFT .. "\ttrue", (run(([[
      local first = shop(%q)
      exhaust()
      try(first)
      give_back()
      assert(not first.user:get())
      exhaust()
      try(first)
    ]]):format((url:gsub("http", "https")))):gsub("read: [^:]*:", "read: FILE:")))
  end)

  it("succeeds once there is a descriptor again", function()
    local gum = assert(require("gumroad.emulator").start { sales = 0 })
    finally(function() gum:stop() end)
    assert.equal("nil\tnetwork\t" .. LEFT .. "\ttrue\nAna Petrova", run(([[
      local first = gumroad.new { access_token = %q, base_url = %q, retries = 0 }
      exhaust()
      try(first)
      give_back()
      print(first.user:get().name)
    ]]):format(gum.access_token, gum.url)))
  end)

  it("still waits, between attempts and in gumroad.all", function()
    assert.equal("nil\tnetwork\t" .. LEFT .. "\ttrue\ntrue\tnil\tnetwork", run(([[
      local first = shop(%q)
      local loop, core = require "gumroad.loop", require "gumroad.core"
      exhaust()
      try(first, { retries = 2 })
      local began = core.now()
      loop.blocking.sleep(0.05)
      local values, errors = gumroad.all { function() return first.user:get() end }
      print(core.now() - began >= 0.05, values[1], errors[1].kind)
    ]]):format(url)))
  end)

  it("leaves the engine closed, whose descriptor is not there either", function()
    assert.equal("nil\tnetwork\t" .. LEFT .. "\n0\t0\ntrue", run [[
      local engine = require("gumroad.core").engine()
      exhaust()
      print(engine:fd())
      print(engine:running(), (engine:step(0)))
      give_back()
      print(engine:fd() > 0)
    ]])
  end)
end)
