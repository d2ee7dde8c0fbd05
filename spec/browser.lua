-- A user with a browser, who opens the emulator's pages and presses buttons.
local core = require "gumroad.core"

local browser = {}

local function finish(transfer)
  while not transfer:done() do core.engine():step(1) end
  return assert(transfer:result())
end

--- Starts to fetch a page. The returned function waits for it.
-- @param method optional; default: GET
function browser.visit(url, method)
  local base, path = url:match("^(http://[^/]+)(.*)$")
  local transfer = assert(core.engine():send { method = method or "GET", base_url = base, path = path })
  return function() return finish(transfer) end
end

--- Fetches the page at a URL: status, headers, body.
function browser.get(url)
  return browser.visit(url)()
end

local function unescape(text)
  return (text:gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&amp;", "&"))
end

--- Presses a button of the form on a page.
-- @param decision its value: "authorize" or "deny"
-- @return the response: status, headers, body
function browser.press(url, page, decision)
  assert(page.body:find('name="decision" value="' .. decision .. '"', 1, true), page.body)
  local fields = { decision = decision }
  for name, value in page.body:gmatch('<input type="hidden" name="(.-)" value="(.-)">') do
    fields[unescape(name)] = unescape(value)
  end
  return finish(assert(core.engine():send { method = "POST", base_url = url:match("^(http://[^/]+)"),
    path = page.body:match('<form method="post" action="(.-)">'), body = core.form_encode(fields),
    headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } }))
end

--- Decides on the page at a URL.
-- @return the URL that the browser is redirected to
function browser.decide(url, decision)
  local response = browser.press(url, browser.get(url), decision)
  assert(response.status == 302, response.body)
  return response.headers.location
end

--- Returns the query of a URL.
function browser.query(url)
  return url:match("%?(.*)$")
end

return browser
