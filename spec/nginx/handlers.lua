-- The handlers of the nginx in nginx_spec.lua. init_by_lua loads this file, so the shop and the engine
-- are created in the master process and used in a worker.
local gumroad = require "gumroad"
local oauth = gumroad.oauth

require("gumroad.core").engine()
local shop = gumroad.new()
local application = { client_id = "emulated-application", base_url = os.getenv "GUMROAD_API_BASE_URL" }

local handlers = {}
local seen = {}  -- what happened where there can be no response; there is one worker

--- Makes a call where no call can wait, and stores the result.
function handlers.try(phase)
  local _, get_error = shop.user:get()
  local _, list_error = shop.sales:list()
  seen[phase] = get_error.kind .. ": " .. get_error.message .. "\n"
    .. list_error.kind .. ": " .. list_error.message
end

local function name_of_user()
  return assert(shop.user:get()).name
end

local responders = {}

responders["/ping"] = function() return "pong" end
responders["/user"] = name_of_user
responders["/dropped/user"] = name_of_user
responders["/seen"] = function() return tostring(seen[ngx.var.args]) end
responders["/worker"] = function() return ngx.worker.pid() end
responders["/timers"] = function() return ngx.timer.running_count() end

responders["/http"] = function()
  local hook = { url = os.getenv "GUMROAD_API_BASE_URL" .. "/hook", json = { text = "sold" } }
  local responses = gumroad.all { function() return gumroad.http.request(hook) end, name_of_user }
  return responses[1].status .. " " .. responses[2]
end

local canceller

responders["/cancellable"] = function()
  canceller = gumroad.canceller()
  local _, err = shop.user:get { cancel = canceller, retries = tonumber(ngx.var.args) }
  return tostring(err)
end

responders["/cancel"] = function()
  canceller:cancel()
  return "cancelled"
end

-- Requests that Gumroad allows 10 of in a second.
responders["/paced"] = function()
  local paced, functions = gumroad.new { pace = true }, {}
  for i = 1, tonumber(ngx.var.args) do
    functions[i] = function() return paced:request { url = "/v2/sales?page=11" } end
  end
  local _, errors = gumroad.all(functions)
  return tostring(next(errors))
end

responders["/deadline"] = function()
  local _, err = shop.user:get { deadline = 0.2, retries = 100 }
  return tostring(err)
end

responders["/upload"] = function()
  local last
  local done = assert(shop.files:upload(ngx.var.args, { progress = function(now) last = now.sent end }))
  return done.file_url:match("[^/]*$") .. " " .. tostring(last)
end

responders["/all"] = function()
  local functions = {}
  for i = 1, tonumber(ngx.var.args) do functions[i] = name_of_user end
  return #gumroad.all(functions)
end

responders["/all-with-failures"] = function()
  local values, errors = gumroad.all {
    name_of_user,
    function() return shop.products:get("no-such-product") end,
    function() error(select(2, shop.products:get("no-such-product"))) end,
  }
  return values[1] .. " " .. errors[2].kind .. " " .. errors[3].kind
end

responders["/all-with-mistake"] = function()
  local ok, mistake = pcall(gumroad.all, { name_of_user, function() return handlers.none.field end })
  return tostring(ok) .. " " .. mistake
end

responders["/each"] = function()
  local count = 0
  for _ in shop.sales:each() do count = count + 1 end
  return count
end

responders["/from-timers"] = function()
  seen.timers = 0
  for _ = 1, tonumber(ngx.var.args) do
    assert(ngx.timer.at(0, function()
      if shop.user:get() then seen.timers = seen.timers + 1 end
    end))
  end
  return "started"
end

responders["/log"] = function()
  local _, err = shop.products:get("no-such-product")
  ngx.log(ngx.ERR, tostring(shop), " ", tostring(err))
  return "logged"
end

responders["/device"] = function()
  application.device = nil
  application.device = assert(oauth.device(application))
  return application.device.user_code
end

responders["/connect"] = function()
  return assert(oauth.wait(application)).scope
end

function handlers.answer()
  ngx.print(responders[ngx.var.uri]())
end

return handlers
