--- Reads Gumroad's HTTP responses: returns the decoded body, or an error.
local Error = require "gumroad.base.error"
local json = require "gumroad.base.json"
local url = require "gumroad.base.url"

local responses = {}

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
  return type(words) == "string" and words ~= "" and words or nil
end

-- Found step by step, as a pattern for all of it would go back and forth over white space.
local function page_title(response)
  local text = response.body:sub(1, 4096):match("<[Tt][Ii][Tt][Ll][Ee][^>]*>([^<]*)<")
  local title = text and text:match("%S[^<]*")
  if not title then return "" end
  return (' titled "%s"'):format(title:sub(1, 80):gsub("%s+$", ""):gsub("%c", " "))
end

local MONTHS = {
  Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12,
}

-- Retry-After is a number of seconds, or a date.
local function retry_after(text)
  if not text then return nil end
  local seconds = tonumber(text:match("^%s*(%d+)%s*$"))
  if seconds then return seconds end
  local day, month, year, time = text:match("(%d%d) (%a%a%a) (%d%d%d%d) (%d%d:%d%d:%d%d)")
  if not MONTHS[month] then return nil end
  local at = require("gumroad.base.date").parse(("%s-%02d-%sT%sZ"):format(year, MONTHS[month], day, time))
  return at and math.max(at - os.time(), 0)
end

local MESSAGES = {}

function MESSAGES.auth(response, _, _, connection)
  local reason = (response.headers["www-authenticate"] or ""):match('error_description="([^"]*)"')
  return (reason or "the access token was not accepted") .. (connection
    and ": run gumroad-lua login " .. connection.name .. " again"
    or ": check GUMROAD_ACCESS_TOKEN, or make a new token in Gumroad under Settings, Advanced, Applications")
end

-- Says how to get a token with one of these scopes in addition to those it has.
local function login_with(wanted, connection)
  local before = connection and connection.scope and connection.scope .. " " or ""
  local is_public = require("gumroad.api.scopes").set()
  for _, scope in ipairs(wanted) do
    if is_public[scope] and not (" " .. before):find(" " .. scope .. " ", 1, true) then
      return ("; to get a token with it, run gumroad-lua login %s --scopes '%s%s'"):format(
        connection and connection.name or "NAME", before, scope)
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
  return "too many requests; the server asks to wait " .. (asked:find("^%s*%d+%s*$") and asked .. " seconds"
    or "until " .. asked)
end

function MESSAGES.redirect(response)
  local server = url.server(response.headers.location or "")
  return "the server redirects" .. (server and " to " .. server or "")
    .. ", which was not followed, so the token was not sent there: check base_url"
end

function MESSAGES.not_found(_, words)
  return words or "there is nothing at this path"
end

function MESSAGES.invalid(_, words)
  return words or "the server refused the request without saying why"
end

function MESSAGES.server(response, words)
  return words or "the server failed" .. (response.body ~= "" and " with a page" .. page_title(response) or "")
end

-- Returns OAuth's word for a failure, such as invalid_grant, or nil. OAuth puts a description next to it.
local function oauth_word(body)
  local word = type(body) == "table" and body.error_description and body.error
  return type(word) == "string" and word:match("^[%l_]+$") or nil
end

local function refusal(request, response, body, connection)
  local kind, word = kind_of(response.status, body), oauth_word(body)
  return nil, Error.new(kind, MESSAGES[kind](response, server_words(body), request, connection), {
    status = response.status, code = word,
    retry_after = retry_after(response.headers["retry-after"]) or (word and tonumber(body.interval)),
  })
end

local function unreadable(response, what, why)
  local kind = response.headers["content-type"] or "no content type"
  return nil, Error.new("decode", ("the response is not %s (%s, %d bytes%s): %s"):format(
    what, kind, #response.body, page_title(response),
    why or "is there a proxy or a login page in between?"), { status = response.status })
end

-- Whether a response is the file that was asked for, and not a text that says why there is no file.
local function is_file(response)
  local kind = (response.headers["content-type"] or ""):lower()
  return not (kind:find("json", 1, true) or kind:find("html", 1, true))
end

--- Reads a response.
-- @param request    { method, scopes = list or nil, file = whether a file is expected instead of JSON }
-- @param response   { status, headers, body }, from the core
-- @param connection { name, scope }: the connection that the token comes from, for advice in errors; or nil
-- @param max_values  how many values the JSON may hold; nil: json.MAX_VALUES
-- @return the decoded body, with nil for null and integers for whole numbers (in a Lua without integers, a whole
--   number that a double cannot hold is the text of its digits); or a file's bytes | nil, error
function responses.read(request, response, connection, max_values)
  local good = response.status >= 200 and response.status < 300
  if good and request.file and is_file(response) then return response.body end
  local ok, body, why = json.read(response.body, max_values)
  if not good then return refusal(request, response, ok and body, connection) end
  if request.method == "HEAD" then return {} end
  if ok and type(body) == "table" and body.success == false then
    return refusal(request, response, body, connection)
  end
  if request.file then return unreadable(response, "a file") end
  if not ok and body == "too_large" then
    return nil, Error.new("too_large", "the response has " .. why, { status = response.status })
  end
  if not ok and response.body:find("^\239?\187?\191?%s*[{%[]") then return unreadable(response, "complete JSON", why) end
  if not ok then return unreadable(response, "JSON") end
  if type(body) ~= "table" then return unreadable(response, "complete JSON", "an object was expected") end
  return body
end

return responses
