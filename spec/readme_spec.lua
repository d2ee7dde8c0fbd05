-- Every block of README.md and of the guides in doc/, run as a reader would paste it, against an emulator. What
-- they need is provided: shell variables, files, the two lines that create a shop, a receiver for pings. Ports are
-- replaced with free ones. A block that cannot run has <!-- not run: WHY --> before its fence.
local emulator = require "gumroad.emulator"
local leaks = require "leaks"
local support = require "support"

local PAGES = { "README.md", "doc/webhooks.md", "doc/uploads.md", "doc/licenses.md", "doc/types.md" }
local SECONDS = 60  -- after which a block is stopped
local SHOP = 'local gumroad = require "gumroad"\nlocal shop = gumroad.new()\n'
-- A picture with one white pixel.
local PNG = ("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
  .. "ffff3f0005fe02fe0def46b80000000049454e44ae426082"):gsub("%x%x", function(digits)
    return string.char(tonumber(digits, 16))
  end)
local PORTS = { "3000", "8080" }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- { page, line, language, text, not_run = why or nil }
local function blocks_of(page, text)
  local blocks, block, not_run, number = {}, nil, nil, 0
  for line in text:gmatch("([^\n]*)\n") do
    number = number + 1
    local fence = line:match("^ *```(%w*)$")
    if fence and not block then
      block = { page = page, line = number, language = fence, lines = {}, not_run = not_run }
    elseif fence then
      block.text = table.concat(block.lines, "\n") .. "\n"
      blocks[#blocks + 1], block = block, nil
    elseif block then
      block.lines[#block.lines + 1] = line
    end
    not_run = line:match("^<!%-%- not run: (.*) %-%->$")
  end
  return blocks
end

local blocks = {}
for _, page in ipairs(PAGES) do
  for _, block in ipairs(blocks_of(page, read(page))) do blocks[#blocks + 1] = block end
end

-- The output that a block documents, with runs of spaces collapsed.
local function expected_of(text)
  local outputs = {}
  for said in text:gmatch("print%b()[^\n]*%-%-> *([^\n]+)") do outputs[#outputs + 1] = said:gsub("%s+", " ") end
  return outputs
end

describe("A documentation page's", function()
  local gum, folder, remove, variables, free, receiver

  setup(function()
    gum = assert(emulator.start { time_scale = 0.001 })
    folder, remove = support.folder()
    local shop = support.shop(gum)
    local licensed
    for sale in shop.sales:each() do
      if sale.license_key then licensed = sale break end
    end
    write(folder .. "/book.pdf", ("%PDF "):rep(20000))
    write(folder .. "/ink.html", "<p>Ink.</p>")
    write(folder .. "/report.lua", "print(shop.user:get().name, arg[1])")
    write(folder .. "/cover.png", PNG)
    write(folder .. "/gumroad-lua", ("#!/bin/sh\nexec %s %s/bin/gumroad-lua \"$@\"\n"):format(support.lua_command(""),
      support.output "pwd"))
    os.execute("chmod +x " .. folder .. "/gumroad-lua")
    variables = { GUMROAD_API_BASE_URL = gum.url, GUMROAD_ACCESS_TOKEN = gum.access_token, HOME = folder,
      PRODUCT_ID = licensed.product_id, LICENSE_KEY = licensed.license_key, PATH = folder .. ":" .. os.getenv("PATH") }
    free = {}
    for _, port in ipairs(PORTS) do free[port] = support.free_port() end
  end)
  teardown(function()
    if receiver then os.execute("kill " .. receiver) end
    gum:stop()
    remove()
  end)

  local function with_free_ports(text)
    for _, port in ipairs(PORTS) do text = text:gsub("%f[%d]" .. port .. "%f[%D]", tostring(free[port])) end
    return text
  end

  -- Runs a command in the folder. A command that waits gets SIGINT once it says that it listens. If pings can
  -- reach it, a sale is made first, and the command may end by itself.
  -- @return its output, its exit code
  local function run(command, takes_pings)
    local words = { "env -u LUA_INIT XDG_CONFIG_HOME=" .. folder .. "/config" }
    if _VERSION == "Lua 5.1" then words[1] = "stdbuf -oL " .. words[1] end  -- its print does not flush
    for name, value in pairs(variables) do words[#words + 1] = name .. "=" .. support.quote(value) end
    local pipe = assert(io.popen(("cd %s && { timeout %d %s sh -c 'echo $$; exec %s' </dev/null; echo exit $?; } 2>&1")
      :format(folder, SECONDS, table.concat(words, " "), command)))
    local pid, out, code = pipe:read("*l"), {}, nil
    for line in pipe:lines() do
      code = tonumber(line:match("^exit (%d+)$"))
      if not code then out[#out + 1] = line end
      if line:find("istening") or line:find("istens") then
        if takes_pings then gum:sell {} else os.execute("kill -INT " .. pid) end
      end
    end
    pipe:close()
    return leaks.search(table.concat(out, "\n"), command), code
  end

  local function start_receiver()
    if receiver then return end
    local file = folder .. "/receiver"
    local words = support.lua_command("")
    write(file, "")
    os.execute(("%s bin/gumroad-lua listen --port %d >/dev/null 2>%s & echo $! >%s.pid"):format(words, free["3000"],
      file, file))
    receiver = read(file .. ".pid"):match("%d+")
    for _ = 1, 5000 do
      if read(file):find("isten") then return end
      require("socket").sleep(0.002)
    end
    error("the receiver did not start: " .. read(file))
  end

  local RUN = {}

  function RUN.lua(block)
    local text = with_free_ports(block.text)
    if not text:find('gumroad = require "gumroad"', 1, true) then text = SHOP .. text end
    write(folder .. "/block.lua", text)
    local takes_pings = text:find('url = "http://127.0.0.1', 1, true) ~= nil
    local out, code = run((support.lua_command(""):gsub("'", "'\\''")) .. " block.lua", takes_pings)
    if not (code == 0 or out:find("interrupted!", 1, true)) then error(out, 0) end
    return out
  end

  function RUN.sh(block)
    if block.text:find("3000", 1, true) and not block.text:find("listen", 1, true) then start_receiver() end
    write(folder .. "/block.sh", with_free_ports(block.text))
    local waits = block.text:find("gumroad-lua listen", 1, true)
    local command = "env ASAN_OPTIONS=detect_leaks=0 bash -e -o pipefail block.sh"  -- bash itself leaks
    if waits then  -- on the usual port, unless a port is given
      command = with_free_ports(block.text):gsub("#[^\n]*", ""):gsub("\n", " ")
        :gsub("gumroad%-lua listen", "%0 --port " .. free["8080"])
    end
    local out, code = run(command)
    if code ~= 0 then error(("exit code %s\n%s"):format(code, out), 0) end
    return out
  end

  for _, block in ipairs(blocks) do
    local place = ("%s:%d"):format(block.page, block.line)
    if not block.not_run then
      it(("%s block at %s runs as pasted"):format(block.language, place), function()
        local out = assert(RUN[block.language], "blocks are lua or sh")(block)
        local seen = out:gsub("%s+", " ")
        for _, said in ipairs(expected_of(block.text)) do
          assert(seen:find(said, 1, true), ("'%s' is not in what %s printed:\n%s"):format(said, place, out))
        end
      end)
    end
  end

  it("blocks that are not run have a reason", function()
    local list = {}
    for _, block in ipairs(blocks) do
      if block.not_run then
        list[#list + 1] = ("%s:%d: %s"):format(block.page, block.line, block.not_run)
        assert.truthy(#block.not_run > 10, list[#list])
      end
    end
    assert.truthy(#list <= 5, table.concat(list, "\n"))
  end)

  it("links inside the checkout are not broken", function()
    for _, page in ipairs(PAGES) do
      local base, text = page:match("^(.-)[^/]*$"), read(page)
      for target in text:gmatch("%]%(([^)#:]+)%)") do assert(io.open(base .. target)):close() end
      for anchor in text:gmatch("%]%(#([^)]+)%)") do
        local found = false
        for heading in text:gmatch("\n#+ ([^\n]+)") do
          found = found or heading:lower():gsub("[^%w %-]", ""):gsub(" ", "-") == anchor
        end
        assert(found, anchor)
      end
    end
  end)
end)
