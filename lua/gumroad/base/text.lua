--- Text from outside: as UTF-8 that holds, and as it may be printed. What is printed of it never moves a
-- cursor, begins a line of its own or turns the writing around. Every function is linear in its bytes, and none
-- asks the locale.
local text = {}

--- What stands for bytes that are no UTF-8: U+FFFD.
text.REPLACEMENT = "\239\191\189"

--- How much `printable` shows where nothing else is said, in bytes: a line of people's words, with a path in it.
text.MOST = 1000

-- UTF-8 (RFC 3629): the first bytes from one on are of characters of so many bytes, whose second is in a range.
local LEADS = {
  { 0xC2, 2, 0x80, 0xBF }, { 0xE0, 3, 0xA0, 0xBF }, { 0xE1, 3, 0x80, 0xBF }, { 0xED, 3, 0x80, 0x9F },
  { 0xEE, 3, 0x80, 0xBF }, { 0xF0, 4, 0x90, 0xBF }, { 0xF1, 4, 0x80, 0xBF }, { 0xF4, 4, 0x80, 0x8F },
}
local lead_of = {}
for i, lead in ipairs(LEADS) do
  for byte = lead[1], (LEADS[i + 1] or { 0xF5 })[1] - 1 do lead_of[byte] = lead end
end

-- Any byte that is not ASCII, with those behind it that may go on with a character.
local RUN = "[\128-\255][\128-\191]*"

-- Of a run: how many of its bytes are a character, or nil, and how many of them one U+FFFD stands for then (the
-- longest beginning of a character, as Unicode recommends).
local function measure(run)
  local lead, second = lead_of[run:byte()], run:byte(2)
  if not lead or not second or second < lead[3] or second > lead[4] then return nil, 1 end
  if #run < lead[2] then return nil, #run end
  return lead[2]
end

-- A run with U+FFFD for what is no UTF-8; nil where it is a character.
local function mend(run)
  local length, broken = measure(run)
  if length == #run then return nil end
  return (length and run:sub(1, length) or text.REPLACEMENT) .. text.REPLACEMENT:rep(#run - (length or broken))
end

--- Bytes as UTF-8, with U+FFFD for what is none.
function text.utf8(bytes)
  if not bytes:find("[\128-\255]") then return bytes end
  return (bytes:gsub(RUN, mend))
end

--- Reads the character at a place.
-- @param valid UTF-8
-- @return its code point, and the place behind it
function text.character(valid, at)
  local a, b, c, d = valid:byte(at, at + 3)
  if a < 0x80 then return a, at + 1 end
  if a < 0xE0 then return a % 32 * 64 + b % 64, at + 2 end
  if a < 0xF0 then return a % 16 * 0x1000 + b % 64 * 64 + c % 64, at + 3 end
  return a % 8 * 0x40000 + b % 64 * 0x1000 + c % 64 * 64 + d % 64, at + 4
end

-- What steers a terminal besides control characters: those of C1, and what ends a line or changes the direction
-- of writing.
local function steers(code)
  return (code >= 0x80 and code <= 0x9F) or code == 0x61C or (code >= 0x200E and code <= 0x200F)
    or (code >= 0x2028 and code <= 0x202E) or (code >= 0x2066 and code <= 0x2069)
end

local function mend_and_escape(run)
  local length = measure(run)
  local code = length and text.character(run, 1)
  if not (code and steers(code)) then return mend(run) end
  return ("\\u{%x}"):format(code) .. text.REPLACEMENT:rep(#run - length)
end

local ESCAPES = { ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

local function escape(control)
  return ESCAPES[control] or ("\\x%02x"):format(control:byte())
end

--- A text as UTF-8 in one line, without what steers a terminal: control characters as \n, \x1b, \u{202e}.
function text.safe(bytes)
  if bytes:find("[%z\1-\31\127]") then bytes = bytes:gsub("[%z\1-\31\127]", escape) end
  if bytes:find("[\128-\255]") then bytes = bytes:gsub(RUN, mend_and_escape) end
  return bytes
end

local ELLIPSIS = "..."

-- At most so many bytes from the beginning of UTF-8, with no character cut in half.
local function beginning(valid, most)
  local next_byte = valid:byte(most + 1)
  while most > 0 and next_byte >= 0x80 and next_byte < 0xC0 do
    next_byte = valid:byte(most)
    most = most - 1
  end
  return valid:sub(1, most)
end

--- Something from outside in one line of bounded length, for errors, logs and terminals: as `safe`, but with
-- blanks for white space, and "..." where it is cut.
-- @param value what is no string is taken as tostring shows it
-- @param most  bytes; default: text.MOST
function text.printable(value, most)
  most = most or text.MOST
  local bytes = tostring(value)
  local shown = text.safe((bytes:sub(1, most + 4):gsub("[\t-\r]", " ")))
  if #bytes <= most and #shown <= most then return shown end
  return beginning(shown, most - #ELLIPSIS) .. ELLIPSIS
end

-- White space of any sort, and what nobody sees: soft hyphens, zero-width and direction marks, the byte order mark.
local function is_blank(code)
  return code <= 0x20 or (code >= 0x7F and code <= 0xA0) or code == 0xAD or code == 0x61C or code == 0x1680
    or code == 0x180E or (code >= 0x2000 and code <= 0x200F) or (code >= 0x2028 and code <= 0x202F)
    or (code >= 0x205F and code <= 0x206F) or code == 0x3000 or code == 0xFEFF
end

local function is_blank_character(bytes)
  local is_one = #bytes == 1 and bytes:byte() < 0x80 or bytes:find("^" .. RUN .. "$") and measure(bytes) == #bytes
  return is_one and is_blank((text.character(bytes, 1)))
end

-- The last of the bytes up to a place that begins a character, which has four bytes at most.
local function character_before(bytes, last)
  local first = last
  while first > 1 and first > last - 3 and bytes:find("^[\128-\191]", first) do first = first - 1 end
  return first
end

--- A text without the blanks around it, also those that are not seen, as come along when something is copied
-- from an email or a web page. Whatever is between stays as it is.
function text.trimmed(bytes)
  local first, last = 1, #bytes
  while first <= last do
    local lead = lead_of[bytes:byte(first)]
    local behind = first + (lead and lead[2] or 1)
    if not is_blank_character(bytes:sub(first, behind - 1)) then break end
    first = behind
  end
  while last >= first do
    local begin = character_before(bytes, last)
    if not is_blank_character(bytes:sub(begin, last)) then break end
    last = begin - 1
  end
  return bytes:sub(first, last)
end

return text
