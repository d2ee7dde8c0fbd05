--- Texts as a terminal shows them: UTF-8, in columns. Nothing that a text holds may move the cursor
-- or turn the writing around.
local width = {}

-- Ranges of code points: what takes no column, and what takes two. Good enough for names, in place of
-- Unicode's whole tables.
local NONE = {
  { 0x300, 0x36F }, { 0x483, 0x489 }, { 0x591, 0x5BD }, { 0x610, 0x61A }, { 0x64B, 0x65F }, { 0x93C, 0x93C },
  { 0x941, 0x948 }, { 0x94D, 0x94D }, { 0xE31, 0xE31 }, { 0xE34, 0xE3A }, { 0xE47, 0xE4E }, { 0x1AB0, 0x1AFF },
  { 0x1DC0, 0x1DFF }, { 0x200B, 0x200D }, { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
  { 0xFEFF, 0xFEFF }, { 0x1F3FB, 0x1F3FF }, { 0xE0100, 0xE01EF },
}
local TWO = {
  { 0x1100, 0x115F }, { 0x231A, 0x231B }, { 0x23E9, 0x23EC }, { 0x2614, 0x2615 }, { 0x26A1, 0x26A1 },
  { 0x2705, 0x2705 }, { 0x2728, 0x2728 }, { 0x274C, 0x274C }, { 0x2753, 0x2757 }, { 0x2795, 0x2797 },
  { 0x2B50, 0x2B50 }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 },
  { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F },
  { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1FAFF }, { 0x20000, 0x3FFFD },
}

local function is_in(ranges, code)
  for _, range in ipairs(ranges) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

-- Any byte, or one that begins a character with those that go on with it.
local CHARACTER = "[%z\1-\127\192-\255]?[\128-\191]*"

local LENGTHS = { { 0xF0, 4, 0xF0 }, { 0xE0, 3, 0xE0 }, { 0xC2, 2, 0xC0 } }

-- The code point of a character's bytes, or nil where they are none.
local function code_of(char)
  local first = char:byte()
  if first < 0x80 then return #char == 1 and first or nil end
  for _, length in ipairs(LENGTHS) do
    if first >= length[1] then
      if #char ~= length[2] then return nil end
      local code = first - length[3]
      for i = 2, #char do code = code * 64 + char:byte(i) - 0x80 end
      return code <= 0x10FFFF and code or nil
    end
  end
end

local ESCAPES = { ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

-- What steers a terminal: C1 controls, and marks that change the direction of writing.
local function steers(code)
  return (code >= 0x80 and code <= 0x9F) or (code >= 0x200E and code <= 0x200F)
    or (code >= 0x2028 and code <= 0x202E) or (code >= 0x2066 and code <= 0x2069)
end

local function safe_wide(char)
  local code = code_of(char)
  if not code then return "\239\191\189" end  -- U+FFFD
  return steers(code) and ("\\u{%x}"):format(code) or nil
end

--- A text without what would steer a terminal: control characters as \n, \x1b, \u{202e}; bytes that
-- are no UTF-8 as U+FFFD.
function width.safe(text)
  if text:find("%c") then
    text = text:gsub("%c", function(char) return ESCAPES[char] or ("\\x%02x"):format(char:byte()) end)
  end
  if text:find("[\128-\255]") then text = text:gsub("[\128-\255][\128-\191]*", safe_wide) end
  return text
end

local function columns_of(char)
  if #char == 1 then return 1 end
  local code = code_of(char)
  return is_in(NONE, code) and 0 or is_in(TWO, code) and 2 or 1
end

--- How many columns a safe text takes.
function width.of(text)
  if not text:find("[\128-\255]") then return #text end
  local columns = 0
  for char in text:gmatch(CHARACTER) do
    if char ~= "" then columns = columns + columns_of(char) end
  end
  return columns
end

--- A safe text in at most so many columns; one that is longer ends with an ellipsis.
function width.cut(text, columns)
  if width.of(text) <= columns then return text end
  local kept, used = {}, 0
  for char in text:gmatch(CHARACTER) do
    local more = char ~= "" and columns_of(char) or 0
    if used + more > columns - 1 then break end
    kept[#kept + 1], used = char, used + more
  end
  return table.concat(kept) .. (columns > 0 and "\226\128\166" or "")
end

--- A safe text filled up with spaces to so many columns.
function width.pad(text, columns, right)
  local fill = (" "):rep(columns - width.of(text))
  return right and fill .. text or text .. fill
end

return width
