-- How long require "gumroad" takes in a new interpreter, including lua-cjson and libcurl.
local support = require "bench.support"

local ROUNDS = 21
local CHILD = [[local t = os.clock() require "gumroad" print((os.clock() - t) * 1000)]]

local times = {}
for round = 1, ROUNDS do
  local pipe = assert(io.popen(("%s -e '%s'"):format(os.getenv("LUA") or "lua5.4", CHILD)))
  times[round] = tonumber(pipe:read("*l"))
  pipe:close()
end
support.report("require", support.median(times), "ms", "<= 25")
