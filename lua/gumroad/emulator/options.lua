--- The options of gumroad.emulator.start and run.
local Error = require "gumroad.base.error"
local limits = require "gumroad.api.limits"
local options = require "gumroad.base.options"
local scopes = require "gumroad.api.scopes"

local APPLICATIONS = {
  { client_id = "emulated-application", name = "Emulated application", device_flow = true,
    redirect_uris = { "http://127.0.0.1/callback" } },
  { client_id = "emulated-web-application", name = "Emulated web application",
    client_secret = "emulated-client-secret", device_flow = false,
    redirect_uris = { "https://shop.example.com/gumroad/callback", "http://127.0.0.1/callback" } },
}

local OPTIONS = {
  port = { "number", default = 0 },
  seed = { "number", default = 1 },
  products = { "number", default = 12 },
  sales = { "number", default = 200 },
  subscribers = { "number", default = 40 },
  now = { "number" },
  access_token = { "string", default = "emulated-access-token" },
  scopes = { "string", default = table.concat(scopes.ordinary, " ") },
  tokens = { "table", default = {} },
  applications = { "table", default = APPLICATIONS },
  latency = { "number", default = 0 },
  time_scale = { "number", default = 1 },
  strict_post_url = { "boolean", default = false },
  old_server = { "boolean", default = false },
  throttle = { "boolean", default = false },
  part_size = { "number", default = limits.UPLOAD.part },
  lua = { "string" },
}

--- Checks the caller's options and fills in the defaults.
return function(given)
  local out = options.check("emulator", OPTIONS, given)
  if (out.products or math.huge) < 1 then out.sales = out.sales or 0 end
  if (out.products or math.huge) < 2 then out.subscribers = out.subscribers or 0 end
  options.fill(OPTIONS, out)
  out.now = out.now or os.time()
  if out.products < 1 and out.sales > 0 then Error.usage("emulator: sales: needs at least one product") end
  if out.products < 2 and out.subscribers > 0 then
    Error.usage("emulator: subscribers: needs at least two products, the second is the membership")
  end
  return out
end
