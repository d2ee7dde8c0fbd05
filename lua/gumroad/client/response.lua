--- Reads Gumroad's HTTP responses: returns the decoded body, or an error.
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"
local shell = require "gumroad.base.shell"
local text = require "gumroad.base.text"
local url = require "gumroad.base.url"

local responses = {}

-- How many bytes of a server's text an error repeats, and how many bytes of a page are searched for its title.
local MOST = { words = 500, reason = 200, header = 100, title = 80, page = 4096 }

local KINDS = { [401] = "auth", [403] = "scope", [404] = "not_found", [429] = "rate_limit" }

-- Returns the message with which Gumroad itself refuses a request, whatever the status, or nil. A license check without
-- the product's id, for instance, is refused with 500.
local function refusal_words(body)
  local message = type(body) == "table" and body.success == false and body.message
  return type(message) == "string" and message or nil
end

local function kind_of(status, body)
  if KINDS[status] then return KINDS[status] end
  local words = refusal_words(body)
  if status >= 500 and not words then return "server" end
  if status >= 300 and status < 400 then return "redirect" end
  return words and words:find("was not found", 1, true) and "not_found" or "invalid"
end

-- Returns the server's own words, or nil.
local function server_words(body)
  local words = type(body) == "table" and (body.message or body.error_description or body.error)
  return type(words) == "string" and words ~= "" and text.printable(words, MOST.words) or nil
end

-- Returns ' titled "..."', or "" for a page without a title. The title is searched step by step, so that no byte is
-- looked at twice.
local function page_title(response)
  local page = response.body:sub(1, MOST.page)
  local _, name = page:lower():find("<title", 1, true)
  local tag_end = name and page:find(">", name, true)
  local behind = tag_end and page:find("<", tag_end, true)
  local title = behind and text.trimmed(page:sub(tag_end + 1, behind - 1)) or ""
  return title ~= "" and (' titled "%s"'):format(text.printable(title, MOST.title)) or ""
end

local MONTHS = {
  Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12,
}

-- Retry-After is a number of seconds, or a date.
local function retry_after(header)
  if not header then return nil end
  local seconds = tonumber(header:match("^%s*(%d+)%s*$"))
  if seconds then return seconds end
  local day, month, year, time = header:match("(%d%d) (%a%a%a) (%d%d%d%d) (%d%d:%d%d:%d%d)")
  if not MONTHS[month] then return nil end
  local at = require("gumroad.base.date").parse(("%s-%02d-%sT%sZ"):format(year, MONTHS[month], day, time))
  return at and math.max(at - os.time(), 0)
end

local MESSAGES = {}

function MESSAGES.auth(response, _, _, connection)
  local reason = (response.headers["www-authenticate"] or ""):match('error_description="([^"]*)"')
  return (reason and text.printable(reason, MOST.reason) or "the server did not accept the access token") .. (connection
    and ": run gumroad-lua login " .. shell.word(connection.name) .. " again"
    or ": check GUMROAD_ACCESS_TOKEN, or make a new token in Gumroad under Settings, Advanced, Applications")
end

-- Says how to get a token with one of these scopes in addition to those it has.
local function login_with(wanted, connection)
  local before = connection and connection.scope and connection.scope .. " " or ""
  local is_public = require("gumroad.api.scopes").set()
  for _, scope in ipairs(wanted) do
    if is_public[scope] and not (" " .. before):find(" " .. scope .. " ", 1, true) then
      return ("; to get a token with it, run gumroad-lua login %s --scopes '%s%s'"):format(
        connection and shell.word(connection.name) or "NAME", before, scope)
    end
  end
  return ""
end

function MESSAGES.scope(_, words, request, connection)
  words = words or "the access token may not do this"
  local scopes = request.scopes
  if not scopes then return words end
  return ("%s; this needs %s %s%s"):format(words, #scopes > 1 and "one of the scopes" or "the scope",
    table.concat(scopes, ", "), login_with(scopes, connection))
end

function MESSAGES.rate_limit(response)
  local asked = response.headers["retry-after"]
  if not retry_after(asked) then return "too many requests; wait a minute or more" end
  local shown = text.printable(asked, MOST.header)
  return "too many requests; the server asks to wait " .. (asked:find("^%s*%d+%s*$") and shown .. " seconds"
    or "until " .. shown)
end

function MESSAGES.redirect(response)
  local server = url.server(response.headers.location or "")
  return "the server redirects" .. (server and " to " .. text.printable(server, MOST.reason) or "")
    .. ", which was not followed, so the token was not sent there: check base_url"
end

function MESSAGES.not_found(_, words, request)
  words = words or "there is nothing at this path"
  if not request.not_found_hint then return words end
  return words:gsub("%.$", "") .. "; " .. request.not_found_hint
end

function MESSAGES.invalid(_, words)
  return words or "the server refused the request without saying why"
end

function MESSAGES.server(response, words)
  return words or "the server failed" .. (response.body ~= "" and " and sent a page" .. page_title(response) or "")
end

-- Returns OAuth's word for a failure, such as invalid_grant, or nil. OAuth puts a description next to it.
local function oauth_word(body)
  local word = type(body) == "table" and body.error_description and body.error
  return type(word) == "string" and word:match("^[%l_]+$") or nil
end

-- Returns the seconds that a body with an OAuth word asks to wait; nil if they are none.
local function asked_interval(body)
  local seconds = tonumber(body.interval)
  return seconds and seconds >= 0 and seconds or nil
end

local function refusal(request, response, body, connection)
  local kind, word = kind_of(response.status, body), oauth_word(body)
  return nil, Error.new(kind, MESSAGES[kind](response, server_words(body), request, connection), {
    status = response.status, code = word,
    retry_after = retry_after(response.headers["retry-after"]) or (word and asked_interval(body)),
  })
end

local function unreadable(response, what, why)
  local kind, title = text.printable(response.headers["content-type"] or "no content type", MOST.header),
    page_title(response)
  return nil, Error.new("decode", ("the response is not %s (%s, %d bytes%s): %s"):format(
    what, kind, #response.body, title ~= "" and "," .. title or "",
    why or "is there a proxy or a login page in between?"), { status = response.status })
end

-- Whether something in between refused a request, such as a firewall. Gumroad's own refusals are JSON or empty, except
-- for the text of its rate limit.
local function is_page_of_another(response)
  return response.status >= 400 and response.status < 500 and response.status ~= 429 and response.body:find("%S") ~= nil
end

local function page_of_another(response)
  local kind = text.printable(response.headers["content-type"] or "no content type", MOST.header)
  return nil, Error.new("decode", ("the response is not from Gumroad, but a page%s (%s, %d bytes) from a firewall, "
    .. "a proxy or a login page in between; logging in again does not help"):format(page_title(response), kind,
    #response.body), { status = response.status })
end

-- Whether a response is the file that was asked for, and not a text that says why there is no file.
local function is_file(response)
  local kind = (response.headers["content-type"] or ""):lower()
  return not (kind:find("json", 1, true) or kind:find("html", 1, true))
end

local function too_many_values(response, why)
  return nil, Error.new("too_large", "the response has " .. why, { status = response.status })
end

-- Reads the JSON of a successful response.
local function read_json(request, response, connection, max_values)
  local ok, body, why = json.read(response.body, max_values)
  if ok and type(body) == "table" and body.success == false then
    return refusal(request, response, body, connection)
  end
  if request.file then return unreadable(response, "a file") end
  if not ok and body == "too_large" then return too_many_values(response, why) end
  if not ok then
    if not response.body:find("^\239?\187?\191?%s*[{%[]") then return unreadable(response, "JSON") end
    return unreadable(response, "complete JSON", why)
  end
  if type(body) ~= "table" then return unreadable(response, "complete JSON", "an object was expected") end
  return body
end

--- Reads a response.
-- @param request    { method, scopes = list or nil, file = whether a file is expected instead of JSON }
-- @param response   { status, headers, body }, from the core
-- @param connection { name, scope }: the connection that the token comes from, for advice in errors; or nil
-- @param max_values how many values the JSON may hold; nil: json.MAX_VALUES
-- @return the decoded body, with nil for null and integers for whole numbers (in a Lua without integers, a whole
--   number that a double cannot hold is the text of its digits); or a file's bytes | nil, error
function responses.read(request, response, connection, max_values)
  if response.status < 200 or response.status >= 300 then
    local ok, body, why = json.read(response.body, max_values)
    if not ok and body == "too_large" then return too_many_values(response, why) end
    if not ok and is_page_of_another(response) then return page_of_another(response) end
    return refusal(request, response, ok and body, connection)
  end
  if request.file and is_file(response) then return response.body end
  if request.method == "HEAD" then return {} end
  return read_json(request, response, connection, max_values)
end

return responses
