--- IP addresses as text: every spelling that the system's functions take, as a URL may have any of them.
local ip = {}

local MAX_TEXT = 64  -- bytes; the longest address has fewer

-- Bases of a part of an IPv4 address, by how it begins, and the most digits that fit 32 bits.
local function read_part(text)
  local digits, base, most = text:match("^0[xX](%x+)$"), 16, 8
  if not digits then digits, base, most = text:match("^0([0-7]*)$"), 8, 11 end
  if not digits then digits, base, most = text:match("^[1-9]%d*$"), 10, 10 end
  digits = digits and digits:gsub("^0+", "")
  if not digits or #digits > most then return nil end
  return digits == "" and 0 or tonumber(digits, base)
end

--- Reads an IPv4 address of one to four parts, each decimal, octal ("0177") or hexadecimal ("0x7f"), as inet_aton
-- does: "127.0.0.1", "127.1" and "2130706433" are the same.
-- @return number of 32 bits | nil
function ip.v4(text)
  if #text > MAX_TEXT then return nil end
  local parts = {}
  for part in (text .. "."):gmatch("([^.]*)%.") do
    local value = read_part(part)
    if not value or #parts == 4 then return nil end
    parts[#parts + 1] = value
  end
  local last = table.remove(parts)
  if last >= 256 ^ (4 - #parts) then return nil end
  local address = last
  for i, part in ipairs(parts) do
    if part > 255 then return nil end
    address = address + part * 256 ^ (4 - i)
  end
  return address
end

-- Reads the groups between the colons of one side of "::"; an IPv4 address at the end makes two.
local function read_groups(text)
  local groups = {}
  if text == "" then return groups end
  local before, v4 = text:match("^(.*:)(%d+%.%d+%.%d+%.%d+)$")
  if not before then before, v4 = "", text:match("^%d+%.%d+%.%d+%.%d+$") end
  for group in (v4 and before or text .. ":"):gmatch("([^:]*):") do
    if not group:find("^%x%x?%x?%x?$") then return nil end
    groups[#groups + 1] = tonumber(group, 16)
  end
  if not v4 then return groups end
  local address = ip.v4(v4)
  if not address then return nil end
  groups[#groups + 1], groups[#groups + 2] = math.floor(address / 65536), address % 65536
  return groups
end

--- Reads an IPv6 address, without brackets and zone.
-- @return array of eight numbers of 16 bits | nil
function ip.v6(text)
  if #text > MAX_TEXT then return nil end
  local head, tail = text:match("^(.*)::(.*)$")
  local groups, behind = read_groups(head or text), read_groups(tail or "")
  if not groups or not behind then return nil end
  if head then
    if #groups + #behind > 7 then return nil end
    while #groups + #behind < 8 do groups[#groups + 1] = 0 end
  end
  for _, group in ipairs(behind) do groups[#groups + 1] = group end
  return #groups == 8 and groups or nil
end

-- 127.0.0.0/8, and 0.0.0.0, which connects to this machine, too.
local function is_loopback_v4(address)
  return math.floor(address / 2 ^ 24) == 127 or address == 0
end

-- ::1, ::, and the addresses of IPv4 within IPv6.
local function is_loopback_v6(groups)
  for i = 1, 5 do
    if groups[i] ~= 0 then return false end
  end
  if groups[6] == 0xFFFF then return is_loopback_v4(groups[7] * 65536 + groups[8]) end
  return groups[6] == 0 and groups[7] == 0 and groups[8] <= 1
end

--- Tells whether an address is this machine's own.
-- @param text an IPv4 address, or an IPv6 address without brackets and zone
-- @return boolean | nil if it is not an address
function ip.is_loopback(text)
  local v4 = ip.v4(text)
  if v4 then return is_loopback_v4(v4) end
  local v6 = ip.v6(text)
  return v6 and is_loopback_v6(v6)
end

return ip
