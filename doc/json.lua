--- Writes JSON that is easy to read and to compare: indented, with sorted keys. A table with a value at
-- index 1 is a list, and so is json.EMPTY; every other table is an object.
local json = { EMPTY = {} }

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }

local function quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return ESCAPES[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local write

local function write_all(out, parts, open, close, indent)
  out[#out + 1] = open
  for i, part in ipairs(parts) do
    out[#out + 1] = (i > 1 and ",\n" or "\n") .. indent .. "  " .. (part.key and quote(part.key) .. ": " or "")
    write(out, part.value, indent .. "  ")
  end
  out[#out + 1] = (#parts > 0 and "\n" .. indent or "") .. close
end

local function parts_of_object(object)
  local parts = {}
  for key, value in pairs(object) do parts[#parts + 1] = { key = key, value = value } end
  table.sort(parts, function(a, b) return a.key < b.key end)
  return parts
end

local function parts_of_list(list)
  local parts = {}
  for i, value in ipairs(list) do parts[i] = { value = value } end
  return parts
end

function write(out, value, indent)
  if type(value) == "string" then out[#out + 1] = quote(value)
  elseif type(value) ~= "table" then out[#out + 1] = tostring(value)
  elseif value[1] ~= nil or value == json.EMPTY then write_all(out, parts_of_list(value), "[", "]", indent)
  else write_all(out, parts_of_object(value), "{", "}", indent)
  end
end

--- Encodes a value.
-- @return string that ends with a newline
function json.encode(value)
  local out = {}
  write(out, value, "")
  return table.concat(out) .. "\n"
end

return json
