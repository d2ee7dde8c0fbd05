--- Errors as tables: a program tests `kind`, a person reads `tostring(err)`.
local tables = require "gumroad.base.tables"
local text = require "gumroad.base.text"

--- An error. No field holds the access token.
-- @table error
-- @field kind        one of Error.KINDS
-- @field message     one printable line for a person, with advice when there is some
-- @field status      HTTP status, if there was a response; also 200, with which Gumroad says "not found"
-- @field method      method of the request
-- @field path        path of the request; without its query, which may hold a buyer's address
-- @field host        with gumroad.http, instead of the path: host and port; the path may be a secret
-- @field retryable   whether the same call may succeed later and is safe to repeat
-- @field cause       the kind of failure behind an outcome_unknown, such as timeout
-- @field before, after  with outcome_unknown: the object as read before and after the change, if it was read
-- @field sent        if there was no response: whether the server may have received the request
-- @field seconds     with gumroad.http: how long the request took
-- @field retry_after seconds that the server asked to wait
-- @field request_id  Gumroad's id of the request; its support asks for it
-- @field attempts    how many times the request was sent
-- @field code        a word from OAuth, such as access_denied or invalid_grant, or one for a failure of the
--                    operating system: no_space, denied, not_found, ...
-- @field curl_code   libcurl's number, if there was no response
-- @field upload      with files.upload: how far it got, to pass as `resume`; secret, as its URLs let anyone send parts
-- @field storage_code with an upload: the word with which S3 refused it
-- @field traceback   where a handler raised a value that is not an error of this library; several lines
local Error = { __name = "gumroad.Error" }
Error.__index = Error

-- Every kind, and what happened.
Error.KINDS = {
  { "auth", "the token is wrong or was revoked (401)" },
  { "scope", "the token may not do this (403); the message names the scopes that would do" },
  { "not_found", "there is no such object; Gumroad says so with HTTP 200 or 404" },
  { "invalid", "Gumroad refused the request, in Gumroad's own words; or a request is not a ping" },
  { "rate_limit", "too many requests (429), or Gumroad's limits forbid another one, which was then not sent; "
    .. "`retry_after` holds the seconds, if they are known" },
  { "outcome_unknown", "a change was sent and its response lost, so it may have been carried out; it is never sent "
    .. "again by itself, and the message names the call that shows the outcome" },
  { "server", "Gumroad failed (5xx), or a list would never end" },
  { "network", "no connection, or it broke" },
  { "timeout", "no response in time" },
  { "tls", "the certificate does not verify; nothing was sent" },
  { "decode", "a response or a ping that cannot be read" },
  { "too_large", "a response or a ping that exceeds the limit" },
  { "redirect", "the server redirects, which is never followed" },
  { "file", "a file to be sent cannot be read, or changed during the upload" },
  { "cancelled", "the call was dropped" },
  { "config", "no token, a wrong setting, or a place where nothing can wait" },
}

local MOST, MOST_OF_PATH = 2000, 300  -- bytes that are shown

-- Returns one printable line, whatever a server or a caller put into the fields.
function Error.__tostring(e)
  local where = e.method and (" [%s %s%s]"):format(text.printable(e.method, MOST_OF_PATH),
    text.printable(e.path or e.host, MOST_OF_PATH), e.status and ", HTTP " .. e.status or "") or ""
  return e.kind .. ": " .. text.printable(e.message, MOST) .. where
end

--- Creates an error.
-- @param kind one of Error.KINDS
-- @param message may contain text from outside; it is made printable
-- @param fields optional table of further fields
-- @return table
function Error.new(kind, message, fields)
  local e = setmetatable({ kind = kind, message = message and text.printable(message, MOST) }, Error)
  for name, value in pairs(fields or {}) do e[name] = value end
  return e
end

--- Replaces the message of an error.
-- @param e the error
-- @param message may contain text from outside; it is made printable
-- @return the error
function Error.reword(e, message)
  e.message = text.printable(message, MOST)
  return e
end

-- The fields that `to_table` returns. The others hold the sale of a buyer, or the right to upload.
local PLAIN = { "kind", "message", "status", "method", "path", "host", "retryable", "retry_after", "request_id",
  "attempts", "code", "cause", "sent", "seconds", "curl_code", "storage_code" }

--- Returns the error as a plain table of texts, numbers and booleans, which can be logged or written as JSON.
function Error.to_table(e)
  local out = {}
  for _, name in ipairs(PLAIN) do out[name] = e[name] end
  return out
end

--- Tells whether a value is an error of this library.
function Error.is(value)
  return getmetatable(value) == Error
end

-- How many frames there are above a function that is running.
local function frames_above(run, level)
  local count = 0
  while true do
    local info = debug.getinfo(level + count, "f")
    if not info or info.func == run then return count end
    count = count + 1
  end
end

--- Returns a traceback without the frames of a function that called somebody else's, and those below it.
-- @param run   that function
-- @param level of the first frame, counted from the caller
function Error.traceback_above(run, level)
  local left, lines = frames_above(run, level + 2), {}
  for line in debug.traceback("", level + 1):gmatch("[^\n]+") do
    local is_frame = line:find("^\t") ~= nil
    if is_frame and (left == 0 or line:find("^\t%.%.%.")) then break end  -- Lua leaves frames out of a long one
    left = is_frame and left - 1 or left
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

--- Calls a function and adds a traceback to what it raises, with its own frames alone; a gumroad.Error stays as it is.
-- @return true, its first two results | false, what was raised
function Error.protect(run)
  local function body()
    local value, err = run()
    return value, err
  end
  return xpcall(body, function(raised)
    return Error.is(raised) and raised or tostring(raised) .. "\n" .. Error.traceback_above(body, 2)
  end)
end

--- Tells whether what was raised is Ctrl-C, as Lua's own interpreter raises it.
function Error.is_interrupt(raised)
  return tostring(raised):find("interrupted!", 1, true) ~= nil
end

-- Folder of this library's own files, as debug.getinfo names it.
local OWN = debug.getinfo(1, "S").source:match("^(.*)base/error%.lua$") or "@gumroad/"

local function is_own(info)
  return info.what == "C" or info.what == "tail" or info.source:sub(1, #OWN) == OWN
end

--- Raises a mistake of the caller, such as a misspelled parameter, at the caller's own line: the line of
-- the innermost function that does not belong to this library.
function Error.usage(message, ...)
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and is_own(info) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  error(text.printable(message:format(...), MOST), info and level or 2)
end

-- Whether two words differ by one letter: extra, missing or another.
local function is_one_off(a, b)
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  local rest_a, rest_b = a:sub(at + 1), b:sub(at + 1)
  return #b > 2 and (rest_a == rest_b or a:sub(at) == rest_b or rest_a == b:sub(at))
end

local function has_same_letters(a, b)
  return #a == #b and not a:gsub(".", function(c) return b:find(c, 1, true) and "" end):find(".")
end

-- The one among known names (sorted) that a misspelled name was meant to be, or nil.
local function find_meant(name, known)
  local b, meant = tostring(name):lower(), nil
  for _, candidate in ipairs(known) do
    local a = candidate:lower()
    if is_one_off(a, b) then return candidate end
    if has_same_letters(a, b) or (#b > 3 and a:find(b, 1, true)) then meant = meant or candidate end
  end
  return meant
end

--- Makes a hint for an unknown name: the known name that was probably meant, or all known names.
-- @param name  the unknown name
-- @param names the known names, as keys of a table
-- @return the hint, and whether it names the one that was meant
function Error.hint(name, names)
  local known = tables.sorted_keys(names)
  local meant = find_meant(name, known)
  if meant then return " (did you mean '" .. meant .. "'?)", true end
  return #known > 0 and " (known: " .. table.concat(known, ", ") .. ")" or " (there are none)"
end

--- Raises if a name is almost a known one, as it must be misspelled. Any other name passes, so that a script
-- can ask for it and get nil.
-- @param before what comes before the name in a script, such as "shop."
-- @param name   what was asked for
-- @param names  the known names, as keys of a table
function Error.check_spelling(before, name, names)
  local hint, is_near = Error.hint(name, names)
  if is_near then Error.usage("gumroad: there is no %s%s%s", before, name, hint) end
end

return Error
