--- The page on the user's machine to which Gumroad sends the browser back: a server on 127.0.0.1 that
-- waits for one request. Needs gumroad.listener; nothing else runs while it waits.
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

-- The query of the callback that is waited for; other requests get their response here.
local function callback_query(request, is_expected)
  if request:path() ~= "/callback" or request:method() ~= "GET" then
    return respond(request, 404, "Not found", "There is nothing here.")
  end
  local query = core.form_decode(request:query() or "") or {}
  if is_expected(query) then return query end
  respond(request, 400, "Refused", "This is not the answer that the program waits for. Begin again there.")
end

--- Waits until the browser comes back. Whatever else is asked for does not end that.
-- @param is_expected function(query) -> whether it is the callback of this login
-- @param deadline    of core.now
-- @return table the callback's query, which `tell` answers | nil when time is up
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

--- Tells the user what came of it.
-- @param err nil: the program is connected
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

--- Where Gumroad is to send the browser.
function Page:address()
  return ("http://127.0.0.1:%d/callback"):format(self.server:port())
end

--- Lets go of the port.
function Page:close()
  core.engine():unwatch(self.server:fd())
  self.server:close()
end

local browser = {}

--- @param port to listen on; 0: any free one
-- @return Page with address(), wait(is_expected, deadline), tell(err), close() | nil, error
function browser.open(port)
  local server, code, message = listener.new { address = "127.0.0.1", port = port }
  if not server then return nil, Error.new("config", message, { code = code }) end
  core.engine():watch(server:fd())
  return setmetatable({ server = server }, Page)
end

return browser
