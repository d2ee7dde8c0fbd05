--- output/width.lua
--- Measures how many columns of a terminal a text takes, with Unicode's own data. Texts must come from
-- gumroad.base.text.safe: UTF-8 without anything that controls the terminal.
local read_character = require("gumroad.base.text").character
local unicode = require "gumroad.cli.output.unicode"

local width = {}

local JOINER, EMOJI_STYLE = 0x200D, 0xFE0F

-- Whether a code point is in one of the sets of gumroad.cli.output.unicode.
local function is_in(set, code)
  local low, high = 1, #set / 2  -- if it is in any range, then in one of these
  while low <= high do
    local middle = math.floor((low + high) / 2)
    if code < set[2 * middle - 1] then high = middle - 1
    elseif code > set[2 * middle] then low = middle + 1
    else return true end
  end
  return false
end

local known = {}  -- code point -> columns, for those below 0x10000, so that the table stays small

local function columns_of(code)
  if known[code] then return known[code] end
  local columns = is_in(unicode.NONE, code) and 0 or is_in(unicode.TWO, code) and 2 or 1
  if code < 0x10000 then known[code] = columns end
  return columns
end

-- Whether a code point is half of a flag.
local function is_half_of_flag(code)
  return code >= 0x1F1E6 and code <= 0x1F1FF
end

local function is_skin_tone(code)
  return code >= 0x1F3FB and code <= 0x1F3FF
end

-- Joins a character to the group before it, if it belongs there.
-- @param base   the group's last character that takes columns
-- @param before the group's last character
-- @return the group's columns and base | nil if the character begins a new group
local function join(columns, base, before, code)
  if code == EMOJI_STYLE then return is_in(unicode.VARIED, base) and 2 or columns, base end
  if is_skin_tone(code) and (before == base or before == EMOJI_STYLE) and is_in(unicode.TONED, base) then
    return 2, base
  end
  if before == JOINER and is_in(unicode.PICTURES, base) and is_in(unicode.PICTURES, code) then return 2, code end
  if columns_of(code) == 0 then return columns, base end
end

-- Reads the other half of a flag.
-- @return the position after it, or nil if it is missing
local function read_half_of_flag(text, at)
  if at > #text then return nil end
  local code, behind = read_character(text, at)
  return is_half_of_flag(code) and behind or nil
end

-- Reads a group: a character with everything that joins it, such as accents, or an emoji made of several characters.
-- @return the position after it, its columns
local function read_group(text, at)
  local base, behind = read_character(text, at)
  local columns, before = columns_of(base), base
  local flag_end = is_half_of_flag(base) and read_half_of_flag(text, behind)
  if flag_end then columns, behind = 2, flag_end end
  while behind <= #text do
    local code, after = read_character(text, behind)
    local together, new_base = join(columns, base, before, code)
    if not together then break end
    columns, base, before, behind = together, new_base, code, after
  end
  return behind, columns
end

--- Returns how many columns a text takes.
function width.of(text)
  local at, columns = 1, 0
  while true do
    local wide = text:find("[\128-\255]", at)
    if not wide then return columns + #text - at + 1 end
    local from = math.max(wide - 1, at)  -- the character before may be the base of a group
    local behind, more = read_group(text, from)
    columns, at = columns + from - at + more, behind
  end
end

local MOST = 64  -- bytes per column; no text that people write has more marks in one place

--- Cuts a text to a number of columns; a cut text ends with an ellipsis.
function width.cut(text, columns)
  if #text <= MOST * columns and width.of(text) <= columns then return text end
  local at, used = 1, 0
  while at <= #text do
    local behind, more = read_group(text, at)
    if used + more > columns - 1 or behind > MOST * columns then break end
    at, used = behind, used + more
  end
  return text:sub(1, at - 1) .. (columns > 0 and "\226\128\166" or "")
end

--- Folds a text into lines of at most that many columns, between words; a longer word has a line of its own.
-- @return array of lines
function width.fold(text, columns)
  local lines = { "" }
  for word in text:gmatch("[^ ]+") do
    local line = lines[#lines]
    if line == "" then lines[#lines] = word
    elseif width.of(line) + 1 + width.of(word) <= columns then lines[#lines] = line .. " " .. word
    else lines[#lines + 1] = word end
  end
  return lines
end

--- Fills a text up with spaces to a number of columns.
function width.pad(text, columns, right)
  local fill = (" "):rep(columns - width.of(text))
  return right and fill .. text or text .. fill
end

return width
