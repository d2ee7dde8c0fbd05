-- A headless Chromium, driven with the WebDriver protocol of the W3C: JSON over HTTP.
local cjson = require "cjson"
local core = require "gumroad.core"
local support = require "support"

local Browser = {}
Browser.__index = Browser

local ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  -- the protocol's name for the id of an element
local ATTEMPTS = 5
local PATIENCE = 60  -- seconds for any step; never reached in practice

-- Starts a command. The returned function waits for its value.
local function begin(self, method, path, body)
  local transfer = assert(core.engine():send { method = method, base_url = self.url, path = path, fresh = true,
    timeout = PATIENCE, headers = { ["Content-Type"] = "application/json" }, body = body and cjson.encode(body) })
  return function()
    while not transfer:done() do core.engine():step(1) end
    local response = assert(transfer:result())
    local value = cjson.decode(response.body).value
    if response.status ~= 200 then error(value.error .. ": " .. value.message, 0) end
    return value
  end
end

local function command(self, ...)
  return begin(self, ...)()
end

local function options(folder)
  return { capabilities = { alwaysMatch = { ["goog:chromeOptions"] = { args = { "--headless", "--no-sandbox",
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--user-data-dir=" .. folder } } } } }
end

-- Starts chromedriver on a free port -> pipe, process id, port | nil, its output
local function start_driver()
  local pipe = assert(io.popen("echo $$; exec chromedriver --port=0 2>&1"))
  local pid, said = pipe:read("*l"), {}
  for line in pipe:lines() do
    local port = line:match("started successfully on port (%d+)")
    if port then return pipe, pid, port end
    said[#said + 1] = line
  end
  pipe:close()
  return nil, table.concat(said, "\n")
end

--- Starts a browser with a new profile.
function Browser.start()
  local self = setmetatable({}, Browser)
  local port
  for _ = 1, ATTEMPTS do  -- another process may take the free port before it listens
    self.pipe, self.pid, port = start_driver()
    if self.pipe then break end
  end
  if not self.pipe then error("chromedriver did not start: " .. self.pid, 0) end
  self.folder, self.remove = support.folder()
  self.url = "http://127.0.0.1:" .. port
  self.session = "/session/" .. command(self, "POST", "/session", options(self.folder)).sessionId
  command(self, "POST", self.session .. "/timeouts", { implicit = PATIENCE * 500 })  -- for missing elements
  return self
end

--- Opens a page and waits until it is loaded.
function Browser:open(url)
  command(self, "POST", self.session .. "/url", { url = url })
end

local function find(self, selector)
  return command(self, "POST", self.session .. "/element", { using = "css selector", value = selector })[ELEMENT]
end

--- Clicks on what a CSS selector finds. The returned function waits until the browser
-- has done so. The next page may appear a little later: see reach.
function Browser:click(selector)
  return begin(self, "POST", ("%s/element/%s/click"):format(self.session, find(self, selector)), {})
end

--- Types a text into what a CSS selector finds.
function Browser:type(selector, text)
  command(self, "POST", ("%s/element/%s/value"):format(self.session, find(self, selector)), { text = text })
end

--- Returns the URL and the title of the page.
function Browser:where()
  return command(self, "GET", self.session .. "/url"), command(self, "GET", self.session .. "/title")
end

--- Waits until the page has a title.
-- @return its URL
function Browser:reach(title)
  local deadline = core.now() + PATIENCE
  while true do
    local address, shown = self:where()
    if shown == title then return address end
    assert(core.now() < deadline, "the page is " .. shown)
  end
end

--- Closes the browser.
function Browser:stop()
  if self.session then command(self, "DELETE", self.session) end
  os.execute("kill " .. self.pid)
  self.pipe:close()
  self.remove()
end

return Browser
