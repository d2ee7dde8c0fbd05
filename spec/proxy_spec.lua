-- A receiver behind a real nginx, which rewrites paths.
local core = require "gumroad.core"
local Nginx = require "nginx.server"
local receiver = require "gumroad.webhook.receiver"
local socket = require "socket"

local PATIENCE = 20  -- seconds until a test gives up; never reached in practice
local PING = "resource_name=sale&sale_id=s1"

describe("A receiver behind nginx #nginx", function()
  local open, nginx

  setup(function()
    open = assert(receiver.new { port = 0, on_event = function() return 200 end, on_refused = function() end })
    nginx = Nginx.start({ access_token = "", url = "" }, "proxy.conf", { upstream = open.port })
  end)
  teardown(function()
    if nginx then nginx:stop() end
    open:close()
  end)

  -- Sends a ping to nginx. Returns the status.
  local function status_of(target)
    local client, got, give_up = assert(socket.connect("127.0.0.1", nginx.port)), "", core.now() + PATIENCE
    client:settimeout(0)
    assert(client:send(("POST %s HTTP/1.0\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      .. "Content-Length: %d\r\n\r\n%s"):format(target, #PING, PING)))
    local status
    repeat
      open:step(0.01)
      local all, _, part = client:receive(65536)
      got = got .. (all or part)
      status = got:match("^HTTP/1%.%d (%d+)")
    until status or core.now() > give_up
    client:close()
    return tonumber(status)
  end

  for _, path in ipairs { "a", "a%7Eb", "a%7eb", "a~b", "a%2Fb", "a%2fb", "a//b", "a%2bb", "a%40b", "%61b", "a%20b",
    "a%25b", "a%3Fb", "a%23b", "a%C3%B6", "a%26b%3Db", "a;b=c,d", "a!$'()*", "a:b@c", "a%5Bb%5D", "./a/../b", "%2e/a",
    "a%22%3C%3E%5C%5E%60%7B%7C%7D" } do
    for _, query in ipairs { "", "?secret=a%2Bb%7E%26", "?a[]=1&b=/%2F//?" } do
      it("accepts a ping to " .. path .. query .. ", however nginx rewrites it", function()
        for public, inner in pairs { ["/hooks/"] = "/hooks/", ["/public/"] = "/inner/",
          ["/as-it-came/"] = "/as-it-came/" } do
          open:expect { target = inner .. path .. query }
          assert.same({ public, 200 }, { public, status_of(public .. path .. query) })
        end
      end)
    end
  end

  it("accepts no other path", function()
    open:expect { target = "/hooks/a%2Bb" }
    for _, path in ipairs { "a b", "a%20b", "a%252Bb", "a+b/", "a/b", "A+b", "a+b?", "a+b?a=1", "../a+b", "x/a+b" } do
      local status = status_of("/hooks/" .. path)
      assert.is_true(path == "a+b?" and status == 200 or status == 404 or status == 400, path)
    end
  end)
end)
