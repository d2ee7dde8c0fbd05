--- What went wrong, as a table: testable by `kind`, readable by `tostring`.
local tables = require "gumroad.base.tables"
local text = require "gumroad.base.text"

--- An error. No field holds the access token.
-- @table error
-- @field kind        one of Error.KINDS
-- @field message     one printable line for a person, that says what to do where that is known
-- @field status      HTTP status, where there was an answer; 200 too: Gumroad says "not found" so
-- @field method      of the request
-- @field path        of the request, without its query (it may hold a buyer's address)
-- @field retryable   whether the same call may succeed later and is safe to repeat
-- @field cause       of outcome_unknown: the kind that it would be if the request only read
-- @field before, after  of outcome_unknown: the object as it was read, where that was done
-- @field sent        below HTTP: whether the server may have got the request
-- @field retry_after seconds that the server asked to wait
-- @field request_id  Gumroad's id of the request, to give to its support
-- @field attempts    how many times the request was made
-- @field code        OAuth's word for it, such as access_denied or invalid_grant; from the operating
--                    system no_space, denied, not_found, ...
-- @field curl_code   libcurl's number for a failure below HTTP
-- @field upload      of files.upload: how far it came, for its `resume`; holds URLs that let one in
-- @field storage_code of an upload: the word of S3 for its refusal
-- @field traceback   where a handler raised something that is no error of ours, many lines
local Error = { __name = "gumroad.Error" }
Error.__index = Error

-- Every kind, with what happened.
Error.KINDS = {
  { "auth", "the token is wrong or was revoked (401)" },
  { "scope", "the token may not do this (403); the message names the scopes, one of which it needs" },
  { "not_found", "no such object; Gumroad says so with HTTP 200 or 404" },
  { "invalid", "Gumroad refused the request; the message is Gumroad's. Of a ping: it is none" },
  { "rate_limit", "too many requests (429); `retry_after`, if Gumroad said so" },
  { "outcome_unknown", "a change was sent and its answer lost: it may have been carried out. It is never made again "
    .. "by itself; the message says with which call to look" },
  { "server", "Gumroad failed (5xx), or a list that would not end" },
  { "network", "no connection, or it broke" },
  { "timeout", "no answer in time" },
  { "tls", "a certificate that does not verify; nothing was sent" },
  { "decode", "an answer or a ping that cannot be read" },
  { "too_large", "an answer or a ping over the limit" },
  { "redirect", "the server redirects, which is never followed" },
  { "file", "a file that is to be sent cannot be read, or changed meanwhile" },
  { "cancelled", "the call was dropped" },
  { "config", "no token, or a place where nothing can wait" },
}

local MOST, MOST_OF_PATH = 2000, 300  -- bytes that are shown

-- One printable line, whatever a server or a caller put into the fields.
function Error.__tostring(e)
  local where = e.method and (" [%s %s%s]"):format(text.printable(e.method, MOST_OF_PATH),
    text.printable(e.path, MOST_OF_PATH), e.status and ", HTTP " .. e.status or "") or ""
  return e.kind .. ": " .. text.printable(e.message, MOST) .. where
end

--- A new error.
-- @param message may hold what came from outside: it is made printable
-- @return table an error of that kind
function Error.new(kind, message, fields)
  local e = setmetatable({ kind = kind, message = message and text.printable(message, MOST) }, Error)
  for name, value in pairs(fields or {}) do e[name] = value end
  return e
end

--- Gives an error other words, which may hold what came from outside.
-- @return the error
function Error.reword(e, message)
  e.message = text.printable(message, MOST)
  return e
end

--- Whether a value is such an error.
function Error.is(value)
  return getmetatable(value) == Error
end

--- For xpcall: what was raised, with the place where it was made; a gumroad.Error as it is.
function Error.with_traceback(raised)
  return Error.is(raised) and raised or debug.traceback(tostring(raised), 2)
end

--- Whether what was raised is Ctrl-C, as Lua's own interpreter has it.
function Error.is_interrupt(raised)
  return tostring(raised):find("interrupted!", 1, true) ~= nil
end

-- Where this library's own files are, as debug.getinfo names them.
local OWN = debug.getinfo(1, "S").source:match("^(.*)base/error%.lua$") or "@gumroad/"

local function is_own(info)
  return info.what == "C" or info.what == "tail" or info.source:sub(1, #OWN) == OWN
end

--- Raises what is the caller's mistake, a misspelt parameter say, at the caller's own line:
-- that of the innermost function that is not this library's.
function Error.usage(message, ...)
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and is_own(info) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  error(text.printable(message:format(...), MOST), info and level or 2)
end

-- Whether one letter is too much, missing or another.
local function is_one_off(a, b)
  local at = 1
  while at <= #a and a:byte(at) == b:byte(at) do at = at + 1 end
  local rest_a, rest_b = a:sub(at + 1), b:sub(at + 1)
  return #b > 2 and (rest_a == rest_b or a:sub(at) == rest_b or rest_a == b:sub(at))
end

local function has_same_letters(a, b)
  return #a == #b and not a:gsub(".", function(c) return b:find(c, 1, true) and "" end):find(".")
end

-- The one among known names (sorted) that a misspelt name was meant to be, or nil.
local function find_meant(name, known)
  local b, meant = tostring(name):lower(), nil
  for _, candidate in ipairs(known) do
    local a = candidate:lower()
    if is_one_off(a, b) then return candidate end
    if has_same_letters(a, b) or (#b > 3 and a:find(b, 1, true)) then meant = meant or candidate end
  end
  return meant
end

--- The name among `names` (keys of a table) that is spelt most like `name`, as a hint.
-- @return words, and whether they name one
function Error.hint(name, names)
  local known = tables.sorted_keys(names)
  local meant = find_meant(name, known)
  if meant then return " (did you mean '" .. meant .. "'?)", true end
  return #known > 0 and " (known: " .. table.concat(known, ", ") .. ")" or " (none is known here)"
end

--- Raises where a name is nearly one of those that a table knows: it is misspelt. Any other is none
-- of ours, and whoever asks for it gets nil.
-- @param before what stands before it in a script, such as "shop."
-- @param name   what was asked for
-- @param names  what there is: keys of a table
function Error.misspelt(before, name, names)
  local hint, is_near = Error.hint(name, names)
  if is_near then Error.usage("gumroad: there is no %s%s%s", before, name, hint) end
end

return Error
