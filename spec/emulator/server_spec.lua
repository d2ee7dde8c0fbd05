-- The emulator's server in this process.
local core = require "gumroad.core"
local emulator_options = require "gumroad.emulator.options"
local http = require "gumroad.client.http"
local Server = require "gumroad.emulator.http.server"

describe("The emulator's server", function()
  -- Sends a request to a server, and lets it run until there is a response.
  local function ask(server)
    local transfer = assert(core.engine():send { method = "GET", base_url = "http://127.0.0.1:" .. server.port,
      path = "/v2/user" })
    local function look()
      if transfer:done() then server.stopping = true else server.timers:after(0.001, look) end
    end
    look()
    server:run(false)
    return assert(transfer:result())
  end

  it("responds with 500 to a request that it fails at, and says why in one line on stderr", function()
    local server = assert(Server.new(emulator_options { sales = 0, products = 1 }))
    server.router = { respond = function() error("a mistake\27", 0) end }
    local stderr, written = io.stderr, {}
    finally(function() io.stderr = stderr end)  -- luacheck: ignore
    io.stderr = { write = function(_, ...) written[#written + 1] = table.concat({ ... }) end }  -- luacheck: ignore
    assert.equal(500, ask(server).status)
    assert.same({ "gumroad emulator: a mistake\\x1b\n" }, written)
  end)

  it("gives up a ping that it cannot send", function()
    local server = assert(Server.new(emulator_options { sales = 1, products = 1, subscribers = 0 }))
    local start = http.start
    finally(function() http.start = start end)
    http.start = function() return nil, { message = "too many open files" } end
    server.pings:test "http://127.0.0.1:1/"
    server.timers:after(0.01, function() server.stopping = true end)
    server:run(false)
    assert.equal("too many open files", server.pings.log[1].error)
    assert.equal(0, server.pings.waiting)
  end)
end)
