--- Text from outside: makes it valid UTF-8, and safe to print, so that it cannot move the cursor, start a new line or
-- change the direction of writing. Every function takes linear time, and none depends on the locale.
local text = {}

--- U+FFFD, which replaces bytes that are not UTF-8.
text.REPLACEMENT = "\239\191\189"

--- How many bytes `printable` shows by default: enough for a sentence with a path in it.
text.MOST = 1000

-- UTF-8 (RFC 3629): { first byte, length of the character, lowest and highest second byte }. A row holds for its first
-- byte and all those up to the next row.
local LEADS = {
  { 0xC2, 2, 0x80, 0xBF }, { 0xE0, 3, 0xA0, 0xBF }, { 0xE1, 3, 0x80, 0xBF }, { 0xED, 3, 0x80, 0x9F },
  { 0xEE, 3, 0x80, 0xBF }, { 0xF0, 4, 0x90, 0xBF }, { 0xF1, 4, 0x80, 0xBF }, { 0xF4, 4, 0x80, 0x8F },
}
local lead_of = {}
for i, lead in ipairs(LEADS) do
  for byte = lead[1], (LEADS[i + 1] or { 0xF5 })[1] - 1 do lead_of[byte] = lead end
end

-- A byte that is not ASCII, and all continuation bytes after it.
local RUN = "[\128-\255][\128-\191]*"

-- Returns how many bytes at the beginning of a run are a character; or nil, and how many of them one U+FFFD replaces
-- (the longest beginning of a character, as Unicode recommends).
local function measure(run)
  local lead, second = lead_of[run:byte()], run:byte(2)
  if not lead or not second or second < lead[3] or second > lead[4] then return nil, 1 end
  if #run < lead[2] then return nil, #run end
  return lead[2]
end

-- Returns a run with U+FFFD for what is not UTF-8; nil if it is a character, and can stay.
local function repair(run)
  local length, broken = measure(run)
  if length == #run then return nil end
  return (length and run:sub(1, length) or text.REPLACEMENT) .. text.REPLACEMENT:rep(#run - (length or broken))
end

--- Makes bytes valid UTF-8, with U+FFFD for what is not.
function text.utf8(bytes)
  if not bytes:find("[\128-\255]") then return bytes end
  return (bytes:gsub(RUN, repair))
end

--- Reads the character at a position.
-- @param valid UTF-8
-- @return its code point, and the position after it
function text.character(valid, at)
  local a, b, c, d = valid:byte(at, at + 3)
  if a < 0x80 then return a, at + 1 end
  if a < 0xE0 then return a % 32 * 64 + b % 64, at + 2 end
  if a < 0xF0 then return a % 16 * 0x1000 + b % 64 * 64 + c % 64, at + 3 end
  return a % 8 * 0x40000 + b % 64 * 0x1000 + c % 64 * 64 + d % 64, at + 4
end

-- Whether a code point beyond ASCII controls a terminal: C1 control characters, and those that end a line or change
-- the direction of writing.
local function is_control(code)
  return (code >= 0x80 and code <= 0x9F) or code == 0x61C or (code >= 0x200E and code <= 0x200F)
    or (code >= 0x2028 and code <= 0x202E) or (code >= 0x2066 and code <= 0x2069)
end

local function repair_and_escape(run)
  local length = measure(run)
  local code = length and text.character(run, 1)
  if not (code and is_control(code)) then return repair(run) end
  return ("\\u{%x}"):format(code) .. text.REPLACEMENT:rep(#run - length)
end

local ESCAPES = { ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

local function escape(control)
  return ESCAPES[control] or ("\\x%02x"):format(control:byte())
end

--- Makes a text one line of UTF-8 that does not control a terminal: control characters become \n, \x1b, \u{202e}.
function text.safe(bytes)
  if bytes:find("[%z\1-\31\127]") then bytes = bytes:gsub("[%z\1-\31\127]", escape) end
  if bytes:find("[\128-\255]") then bytes = bytes:gsub(RUN, repair_and_escape) end
  return bytes
end

local ELLIPSIS = "..."

-- Returns at most that many bytes from the beginning of UTF-8, without half a character.
local function beginning(valid, most)
  local next_byte = valid:byte(most + 1)
  while most > 0 and next_byte >= 0x80 and next_byte < 0xC0 do
    next_byte = valid:byte(most)
    most = most - 1
  end
  return valid:sub(1, most)
end

--- Makes a value one printable line of limited length, for errors, logs and terminals: like `safe`, but with blanks for
-- white space, and with "..." where it is cut.
-- @param value any value; one that is not a string is written by tostring
-- @param most  optional number of bytes; default: text.MOST
function text.printable(value, most)
  most = most or text.MOST
  local bytes = tostring(value)
  local shown = text.safe((bytes:sub(1, most + 4):gsub("[\t-\r]", " ")))
  if #bytes <= most and #shown <= most then return shown end
  return beginning(shown, most - #ELLIPSIS) .. ELLIPSIS
end

-- Whether a code point is white space of any kind, or invisible: soft hyphens, zero-width and direction marks, the byte
-- order mark.
local function is_blank(code)
  return code <= 0x20 or (code >= 0x7F and code <= 0xA0) or code == 0xAD or code == 0x61C or code == 0x1680
    or code == 0x180E or (code >= 0x2000 and code <= 0x200F) or (code >= 0x2028 and code <= 0x202F)
    or (code >= 0x205F and code <= 0x206F) or code == 0x3000 or code == 0xFEFF
end

local function is_blank_character(bytes)
  local is_one = #bytes == 1 and bytes:byte() < 0x80 or bytes:find("^" .. RUN .. "$") and measure(bytes) == #bytes
  return is_one and is_blank((text.character(bytes, 1)))
end

-- Returns the position where the character that ends at `last` begins; it has at most four bytes.
local function character_before(bytes, last)
  local first = last
  while first > 1 and first > last - 3 and bytes:find("^[\128-\191]", first) do first = first - 1 end
  return first
end

--- Removes blanks around a text, including invisible ones, which come along when something is copied from an email or
-- a web page. What is between them stays as it is.
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
