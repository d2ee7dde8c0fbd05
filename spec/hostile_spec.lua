-- Reading text from outside takes linear time. Work is counted, not timed: the
-- steps of Lua's string functions, and on Lua 5.4 the instructions of the virtual machine.
local connections = require "gumroad.connections"
local currency = require "gumroad.api.currency"
local date = require "gumroad.base.date"
local emulated_html = require "gumroad.emulator.shop.html"
local emulated_json = require "gumroad.emulator.http.json"
local event_line = require "gumroad.cli.commands.listen.event_line"
local failure = require "gumroad.cli.failure"
local json = require "gumroad.base.json"
local output_json = require "gumroad.cli.output.json"
local resources = require "gumroad.resources"
local responses = require "gumroad.client.response"
local schema = require "gumroad.api.schema"
local storage = require "gumroad.resources.composed.upload.storage"
local text = require "gumroad.base.text"
local url = require "gumroad.base.url"
local address = require "gumroad.webhook.address"
local values = require "gumroad.cli.values"
local webhook = require "gumroad.webhook"
local width = require "gumroad.cli.output.width"
local Error = require "gumroad.base.error"
local support = require "support"
local work = require "string_work"

local FORM = "application/x-www-form-urlencoded"

local function read_response(status, headers, body, request)
  local _, err = responses.read(request or { method = "GET", scopes = { "view_sales" } },
    { status = status, headers = headers, body = body }, { name = "ink", scope = "view_sales" })
  return tostring(err)
end

-- A client that gets the same response to each request, without sending it.
local function client_with(body, err)
  local client = { options = {} }
  function client.start()
    return { finish = function() return body, err end, cancelled = function() return nil end }
  end
  function client.call() return body, err end
  function client.call_options() return {} end
  return client
end

local function list(params, err)
  return resources.get(client_with(not err and { success = true, sales = {} } or nil, err), "sales"):list(params)
end

local function print_with(format, item)
  local view = { object = schema.thumbnail, write = function() end, note = function() end, width = 80 }
  local printer = require("gumroad.cli.output.formats." .. format)
  if not printer.list then return printer.object(view, item) end
  printer = printer.list(view)
  printer:page { item }
  printer:finish()
end

-- The readers of such text: name -> function(hostile text). Their results and errors do not matter here.
local READERS = {
  ["page titles"] = function(evil)
    for _, status in ipairs { 200, 403, 502 } do
      read_response(status, {}, "<title" .. evil)
      read_response(status, {}, "<title>" .. evil .. "</title>")
      read_response(status, { ["content-type"] = evil }, evil)
    end
  end,
  ["server's words"] = function(evil)
    for _, status in ipairs { 200, 403, 429 } do
      read_response(status, {}, json.encode { success = false, message = evil })
      read_response(status, {}, json.encode { error = evil, error_description = evil })
    end
  end,
  ["Retry-After"] = function(evil) read_response(429, { ["retry-after"] = evil }, "") end,
  ["WWW-Authenticate"] = function(evil)
    read_response(401, { ["www-authenticate"] = evil }, "")
    read_response(401, { ["www-authenticate"] = 'error_description="' .. evil }, "")
  end,
  ["Location"] = function(evil) read_response(302, { location = "https://" .. evil }, "") end,
  ["content types"] = function(evil)
    read_response(200, { ["content-type"] = evil }, "x", { method = "GET", file = true })
    webhook.parse("a=b", evil)
  end,
  ["the storage's XML"] = function(evil)
    local client = {}
    function client.call(_, request)
      for _, body in ipairs { evil, "<Code>" .. evil, "<Message>" .. evil .. "</Message>" } do
        tostring(select(2, request.read(request, { status = 400, headers = {}, body = body })))
      end
    end
    storage.put(client, {}, {})
  end,
  ["URLs"] = function(evil)
    for _, each in ipairs { evil, "http://" .. evil, "http://a/" .. evil, "http://[" .. evil, "http://a:" .. evil } do
      local host = url.host(each)
      url.origin(each)
      url.server(each)
      url.shown(each)
      url.without_user(each)
      url.without_last_slashes(each)
      url.proxy(each)
      if url.is_absolute(each) then url.with_port(each, 80) end
      address.fault(each)
      address.is_private(evil)
      if host then url.is_loopback(host) end
    end
  end,
  ["dates"] = function(evil)
    for _, front in ipairs { "", "2026-09-14", "20260914", "2026-09-14T10:00", "2026-09-14T10:00:00.",
      "2026-09-14 10:00+" } do
      date.parse(front .. evil)
    end
  end,
  ["text to print"] = function(evil)
    text.utf8(evil)
    text.trimmed(evil)
    text.printable(evil)
    text.printable(evil, #evil)
    local safe = text.safe(evil)
    width.of(safe)
    width.cut(safe, 40)
    width.cut(safe, #safe)
  end,
  ["CSV, tables, lines"] = function(evil)
    for _, format in ipairs { "csv", "plain", "table", "lines", "json" } do
      print_with(format, { url = evil, guid = evil, [evil] = evil })
    end
  end,
  ["JSON to write"] = function(evil)
    json.encode { [evil] = evil }
    output_json.encode { [evil] = evil }
    emulated_json.encode(emulated_json.of { [evil] = evil })
  end,
  ["pings"] = function(evil)
    webhook.parse(evil, FORM)
    webhook.parse("sale_id=" .. evil .. "&price=" .. evil .. "&custom_fields[" .. evil .. "]=" .. evil, FORM)
    webhook.parse(evil, "application/json")
    webhook.parse(json.encode { sale_id = evil, price = evil, test = evil, custom_fields = { [evil] = evil } },
      "application/json")
    event_line.text({ type = evil, retry_count = 0, shadowed = { evil }, data = { email = evil, product_name = evil,
      ended_reason = evil } }, true)
  end,
  ["amounts"] = function(evil)
    for _, code in ipairs { "usd", "jpy" } do
      currency.parse(evil, code)
      currency.parse("1" .. evil, code)
      currency.parse("1." .. evil, code)
    end
  end,
  ["page keys"] = function(evil)
    for _, key in ipairs { evil, "~" .. evil, evil .. "~", "..@" .. evil, "page=" .. evil, "2026-01-01..@" .. evil } do
      pcall(list, { page_key = key, limit = 1 })
      pcall(list, { page_key = key, limit = 1 }, Error.new("invalid", evil, { status = 400 }))
    end
  end,
  ["errors and hints"] = function(evil)
    tostring(Error.new("invalid", evil, { method = evil, path = evil }))
    pcall(Error.usage, "%s", evil)
    Error.hint(evil, { email = true, product_id = true })
    pcall(list, { [evil] = 1 })
  end,
  ["what a command raises"] = function(evil)
    for _, front in ipairs { "", "x:1: ", "x:1: a", "error loading module '", "module '" } do
      failure.of(front .. evil, "gumroad-lua x")
    end
  end,
  ["a command line"] = function(evil)
    for _, kind in pairs(values.TYPES) do kind[2](evil) end
    values.pair "A=B"(evil)
    values.events "--events"(evil)
    values.whole("--count", 1)(evil)
  end,
  ["the file of connections"] = function(evil)
    local home, remove = support.folder()
    os.execute("mkdir " .. home .. "/gumroad-lua")
    local store = json.encode { connections = { [evil] = { access_token = evil } }, default = evil }
    for _, bytes in ipairs { evil, store } do
      local file = io.open(home .. "/gumroad-lua/connections.json", "wb")
      file:write(bytes)
      file:close()
      support.with_environment({ XDG_CONFIG_HOME = home }, function()
        connections.list()
        connections.get "ink"
        connections.options()
      end)
    end
    remove()
  end,
  ["a seller's page, in the emulator"] = function(evil)
    for _, page in ipairs { evil, "<iframe>" .. evil, "<a onclick=" .. evil } do
      emulated_html.remove_tags(page)
      emulated_html.remove_attributes(page)
    end
  end,
}

-- The pieces that are repeated.
local UNITS = { " ", "\n", "a", "1", ".", "/", ":", "@", ",", "~", "-", "<", "&", "=", '"', "[", "\128", "\204\129",
  "🎨", "a ", "a.", "<title", "<title>", "<Code>", "\0", "?", ":1: " }
local ENDS = { "", "x" }

local SMALL, LARGE = 256, 2 ^ 20

local function hostile(unit, size, ending)
  return unit:rep(math.floor(size / #unit)) .. ending
end

-- More than linear work can be. Reading is stopped there.
local MOST, MOST_PER_BYTE = 5e6, 5000

-- Counts the instructions of a function if the virtual machine reports them. Raises an error above a limit.
-- The hook is on a coroutine of its own, because the thread of the specs may have one that counts coverage.
local function instructions(most, run, ...)
  if _VERSION ~= "Lua 5.4" then
    run(...)
    return 0
  end
  local count, step = 0, most > MOST and 100000 or 100
  local thread = coroutine.create(run)
  debug.sethook(thread, function()
    count = count + step
    if count > most then error("too many instructions", 0) end
  end, "", step)
  local ok, raised = coroutine.resume(thread, ...)
  if not ok then error(raised, 0) end
  return count
end

-- Twice as much text takes twice as much work, and not four times as much.
local function is_linear(count, reader, unit, ending)
  local once = count(MOST, reader, hostile(unit, SMALL, ending))
  local twice = count(MOST, reader, hostile(unit, 2 * SMALL, ending))
  return twice <= 2.5 * once + SMALL, ("%.0f, then %.0f"):format(once, twice)
end

describe("The client of these readers", function()
  it("lists, and returns errors", function()
    assert.is_true(list({ page_key = "~a~b", limit = 1 }).complete)
    local err = Error.new("invalid", "no", { status = 400 })
    assert.equal(err, (select(2, list({ page_key = "a" }, err))))
  end)
end)

describe("#once Text from outside is read in linear time:", function()
  for name, reader in pairs(READERS) do
    it(name, function()
      for _, unit in ipairs(UNITS) do
        for _, ending in ipairs(ENDS) do
          for what, count in pairs { steps = work.steps, instructions = instructions } do
            local ok, words = is_linear(count, reader, unit, ending)
            assert.is_true(ok, ("%s: %s %s, with %q..."):format(name, words, what, unit))
          end
        end
      end
      for _, unit in ipairs { " ", "1" } do
        instructions(MOST_PER_BYTE * LARGE, reader, hostile(unit, LARGE, "x"))
      end
    end)
  end
end)
