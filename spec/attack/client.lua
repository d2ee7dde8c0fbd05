-- Calls that servers attack. Each line of the input is JSON: `calls`, to be made side by side, each with `url`
-- (the server's), `method` and `path`; `timeout` and `retries`. Each gets a line: a list of
-- what came of each call.
local gumroad = require "gumroad"
local json = require "gumroad.base.json"

local TOKEN = "token-that-nobody-else-may-see"
local shops = {}

local function shop_of(url)
  shops[url] = shops[url] or gumroad.new { base_url = url, access_token = TOKEN }
  return shops[url]
end

local function run(call, options)
  local form = call.method == "POST" and { name = "a" } or nil
  local result, err = shop_of(call.url):request({ method = call.method, url = call.path, form = form },
    { timeout = options.timeout, retries = options.retries })
  if result then return { kind = "ok", path = result.path } end
  return { kind = err.kind, cause = err.cause, status = err.status, text = tostring(err), attempts = err.attempts }
end

for line in io.lines() do
  local options, tasks = json.decode(line), {}
  for i, call in ipairs(options.calls) do
    tasks[i] = function() return run(call, options) end
  end
  io.write(json.encode((gumroad.all(tasks))), "\n")
  io.flush()
end
