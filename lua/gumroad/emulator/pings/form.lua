--- Encodes pings as forms, as the server's HTTP library does.
local percent_encode = require("gumroad.core").percent_encode
local json = require "gumroad.emulator.http.json"

local null = json.null

local BRACKETS = { ["["] = "%5B", ["]"] = "%5D" }

local function escape(name)
  return (name:gsub("[%[%]]", BRACKETS))
end

local function text(value)
  if value == null then return "" end
  if type(value) == "number" then return json.number(value) end
  return tostring(value)
end

local function add(parts, key, value)
  parts[#parts + 1] = percent_encode(key) .. "=" .. percent_encode(text(value))
end

local function add_list(parts, key, list)
  for _, element in ipairs(list) do add(parts, key .. "[]", element) end
end

local function is_list(value)
  return type(value) == "table" and not json.keys(value)
end

-- Adds the scalars and lists in a dictionary, then those in nested dictionaries, level by level.
local function add_dict(parts, key, dict)
  local queue, at = { { key, dict } }, 1
  while queue[at] do
    local parent, values = queue[at][1], queue[at][2]
    for _, name in ipairs(json.keys(values)) do
      local child, value = ("%s[%s]"):format(parent, escape(name)), values[name]
      if is_list(value) then add_list(parts, child, value)
      elseif type(value) == "table" then queue[#queue + 1] = { child, value }
      elseif value ~= nil then add(parts, child, value) end
    end
    at = at + 1
  end
end

--- Returns the body of a ping in form encoding.
-- @param payload object of gumroad.emulator.http.json
return function(payload)
  local parts = {}
  for _, name in ipairs(json.keys(payload)) do
    local key, value = escape(name), payload[name]
    if is_list(value) and #value == 0 then add(parts, key .. "[]", "")
    elseif is_list(value) then add_list(parts, key, value)
    elseif type(value) == "table" then add_dict(parts, key, value)
    elseif value ~= nil then add(parts, key, value) end
  end
  return table.concat(parts, "&")
end
