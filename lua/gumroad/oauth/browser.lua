--- The page to which Gumroad sends the browser back: a server on 127.0.0.1 that waits for one request. It needs
-- gumroad.listener and blocks while it waits.
local core = require "gumroad.core"
local listener = require "gumroad.listener"
local Error = require "gumroad.base.error"

local Page = {}
Page.__index = Page

local DOCUMENT = '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>\n'
  .. "<body><h1>%s</h1><p>%s</p></body></html>\n"

local HEADERS = { ["Content-Type"] = "text/html; charset=utf-8", ["Cache-Control"] = "no-store",
  ["Referrer-Policy"] = "no-referrer", Connection = "close" }

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function respond(request, status, title, text)
  request:answer(status, HEADERS, DOCUMENT:format(title, title, (text:gsub('[&<>"]', ENTITIES))))
end

-- Returns the query of the expected callback. Any other request gets a response here, and nil is returned.
local function callback_query(request, is_expected)
  if request:path() ~= "/callback" or request:method() ~= "GET" then
    return respond(request, 404, "Not found", "There is nothing here.")
  end
  local query = core.form_decode(request:query() or "") or {}
  if is_expected(query) then return query end
  respond(request, 400, "Refused", "This page does not belong to the login that the program waits for. Go back to the "
    .. "program and begin again.")
end

--- Waits until the browser comes back. Other requests do not end the wait.
-- @param is_expected function(query) -> whether it is the callback of this login
-- @param deadline    time by core.now
-- @return table the callback's query; call `tell` to respond to it | nil when the time is up
function Page:wait(is_expected, deadline)
  local server = self.server
  while true do
    server:step()
    local request = server:next()
    if request then
      local query = callback_query(request, is_expected)
      if query then
        self.request = request
        return query
      end
    else
      local left = deadline - core.now()
      if left <= 0 then return nil end
      core.engine():step(math.min(left, server:timeout() or left))
    end
  end
end

--- Shows the user in the browser how the login ended.
-- @param err the error; nil if the program is connected
function Page:tell(err)
  if not err then
    respond(self.request, 200, "Connected", "You can close this page and go back to the program.")
  elseif err.code == "access_denied" then
    respond(self.request, 200, "Not connected", "You did not agree. You can close this page.")
  else
    respond(self.request, 502, "Not connected", err.message)
  end
  self.server:step()  -- sends it
end

--- Returns the address to which Gumroad is to send the browser.
function Page:address()
  return ("http://127.0.0.1:%d/callback"):format(self.server:port())
end

--- Closes the server and its port.
function Page:close()
  core.engine():unwatch(self.server:fd())
  self.server:close()
end

local browser = {}

--- Opens the page.
-- @param port to listen on; 0 for any free one
-- @return Page with address(), wait(is_expected, deadline), tell(err), close() | nil, error
function browser.open(port)
  local server, code, message = listener.new { address = "127.0.0.1", port = port }
  if not server then return nil, Error.new("config", message, { code = code }) end
  core.engine():watch(server:fd())
  return setmetatable({ server = server }, Page)
end

return browser
