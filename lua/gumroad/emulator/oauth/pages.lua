--- The pages on which a user decides about an application, in plain HTML.
local response = require "gumroad.emulator.http.response"
local tables = require "gumroad.base.tables"

local pages = {}

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escape(text)
  return (text:gsub('[&<>"]', ESCAPES))
end

local function page(status, title, body)
  title = escape(title)
  return response.new(status, "text/html; charset=utf-8", (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>\n'
    .. "<body><h1>%s</h1>\n%s\n</body></html>\n"):format(title, title, body))
end

local function hidden(fields)
  local out = {}
  for i, name in ipairs(tables.sorted_keys(fields)) do
    out[i] = ('<input type="hidden" name="%s" value="%s">'):format(escape(name), escape(fields[name]))
  end
  return table.concat(out)
end

--- The page that asks the user to authorize an application.
-- @param action path to which `decision` is posted, "authorize" or "deny"
-- @param fields table of hidden fields to post
function pages.consent(application, scope, action, fields)
  local items = scope:gsub("%S+%s*", function(word) return "<li>" .. escape(word:match("%S+")) .. "</li>" end)
  return page(200, "Authorize " .. application.name, (
    '<p>It will be able to:</p><ul>%s</ul>\n<form method="post" action="%s">%s'
    .. '<button name="decision" value="authorize">Authorize</button>\n'
    .. '<button name="decision" value="deny">Deny</button></form>'):format(items, action, hidden(fields)))
end

--- The page where a user types the code that a device shows.
-- @param wrong optional message about the code that was typed before
function pages.device(wrong)
  return page(wrong and 422 or 200, "Connect a device", (wrong and "<p>" .. escape(wrong) .. "</p>\n" or "")
    .. '<form method="get" action="/oauth/device"><input name="user_code" autofocus>'
    .. "<button>Continue</button></form>")
end

--- A page with a message.
function pages.message(status, title, text)
  return page(status, title, "<p>" .. escape(text) .. "</p>")
end

return pages
