-- What the nginx of nginx_spec.lua does. Loaded by init_by_lua, so the shop and the engine
-- are made in the master, and used in a worker.
local gumroad = require "gumroad"
local oauth = gumroad.oauth

require("gumroad.core").engine()
local shop = gumroad.new()
local application = { client_id = "emulated-application", base_url = os.getenv "GUMROAD_API_BASE_URL" }

local handlers = {}
local seen = {}  -- what happened where nothing could be answered; there is one worker

--- Calls where no call can wait, and keeps how that ends.
function handlers.try(phase)
  local _, get_error = shop.user:get()
  local _, list_error = shop.sales:list()
  seen[phase] = get_error.kind .. ": " .. get_error.message .. "\n"
    .. list_error.kind .. ": " .. list_error.message
end

local function name_of_user()
  return assert(shop.user:get()).name
end

local answers = {}

answers["/ping"] = function() return "pong" end
answers["/user"] = name_of_user
answers["/dropped/user"] = name_of_user
answers["/seen"] = function() return tostring(seen[ngx.var.args]) end
answers["/worker"] = function() return ngx.worker.pid() end
answers["/timers"] = function() return ngx.timer.running_count() end

answers["/http"] = function()
  local hook = { url = os.getenv "GUMROAD_API_BASE_URL" .. "/hook", json = { text = "sold" } }
  local responses = gumroad.all { function() return gumroad.http.request(hook) end, name_of_user }
  return responses[1].status .. " " .. responses[2]
end

answers["/upload"] = function()
  local last
  local done = assert(shop.files:upload(ngx.var.args, { progress = function(now) last = now.sent end }))
  return done.file_url:match("[^/]*$") .. " " .. tostring(last)
end

answers["/all"] = function()
  local functions = {}
  for i = 1, tonumber(ngx.var.args) do functions[i] = name_of_user end
  return #gumroad.all(functions)
end

answers["/all-with-failures"] = function()
  local values, errors = gumroad.all {
    name_of_user,
    function() return shop.products:get("no-such-product") end,
    function() error(select(2, shop.products:get("no-such-product"))) end,
  }
  return values[1] .. " " .. errors[2].kind .. " " .. errors[3].kind
end

answers["/all-with-mistake"] = function()
  local ok, mistake = pcall(gumroad.all, { name_of_user, function() return handlers.none.field end })
  return tostring(ok) .. " " .. mistake
end

answers["/each"] = function()
  local count = 0
  for _ in shop.sales:each() do count = count + 1 end
  return count
end

answers["/from-timers"] = function()
  seen.timers = 0
  for _ = 1, tonumber(ngx.var.args) do
    assert(ngx.timer.at(0, function()
      if shop.user:get() then seen.timers = seen.timers + 1 end
    end))
  end
  return "started"
end

answers["/log"] = function()
  local _, err = shop.products:get("no-such-product")
  ngx.log(ngx.ERR, tostring(shop), " ", tostring(err))
  return "logged"
end

answers["/device"] = function()
  application.device = nil
  application.device = assert(oauth.device(application))
  return application.device.user_code
end

answers["/connect"] = function()
  return assert(oauth.wait(application)).scope
end

function handlers.answer()
  ngx.print(answers[ngx.var.uri]())
end

return handlers
