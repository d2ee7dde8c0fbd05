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
  sales_at = { "table" },
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

local FEWEST_DAYS = 4  -- the one in the middle is then a whole day before the start
local SPREAD = { days = { "number" }, on_one_day = { "number" } }

local function check_spread(given)
  local spread = options.check("emulator: sales_at", SPREAD, given)
  local share, days = spread.on_one_day, spread.days
  if share and not (share >= 0 and share <= 1) then
    Error.usage("emulator: sales_at: on_one_day: a share from 0 to 1 expected")
  end
  if days and (days < FEWEST_DAYS or days % 1 ~= 0) then
    Error.usage("emulator: sales_at: days: a whole number of at least %d expected", FEWEST_DAYS)
  end
  return spread
end

-- Returns the times in their order.
local function check_times(given, now)
  local times = {}
  for i, time in ipairs(given) do
    if type(time) ~= "number" or time < 0 or time % 1 ~= 0 or time > now then
      Error.usage("emulator: sales_at: item %d: a Unix time in whole seconds expected, not after 'now'", i)
    end
    times[i] = time
  end
  table.sort(times)
  return times
end

-- Checks where the sales are in time. A list of times says how many there are.
local function check_sales_at(out)
  local is_list = out.sales_at[1] ~= nil
  out.sales_at = is_list and check_times(out.sales_at, out.now) or check_spread(out.sales_at)
  if not is_list then return end
  local count = #out.sales_at
  if (out.sales or count) ~= count then
    Error.usage("emulator: sales: %d expected, the number of times in sales_at", count)
  end
  out.sales = count
end

--- Checks the caller's options and fills in the defaults.
return function(given)
  local out = options.check("emulator", OPTIONS, given)
  out.now = out.now or os.time()
  if out.sales_at then check_sales_at(out) end
  if (out.products or math.huge) < 1 then out.sales = out.sales or 0 end
  if (out.products or math.huge) < 2 then out.subscribers = out.subscribers or 0 end
  options.fill(OPTIONS, out)
  if out.products < 1 and out.sales > 0 then Error.usage("emulator: sales: needs at least one product") end
  if out.products < 2 and out.subscribers > 0 then
    Error.usage("emulator: subscribers: needs at least two products, the second is the membership")
  end
  return out
end
