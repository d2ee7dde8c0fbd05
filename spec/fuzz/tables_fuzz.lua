-- Forms and JSON as tables: what is read of a form can be written and read again without a loss. The
-- first byte of the input is 'f' (a form); else it is JSON.
local core = require "gumroad.core"
local json = require "gumroad.base.json"
local text = require "gumroad.base.text"

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function check_text(value)
  if type(value) == "string" then return end
  assert(type(value) == "table")
  for key, inner in pairs(value) do
    assert(type(key) == "string" or math.type(key) == "integer")
    check_text(inner)
  end
end

-- How many texts that are not empty there are, and how long they are together.
local function measure(value)
  if type(value) == "string" then return value == "" and 0 or 1, #value end
  local texts, bytes = 0, 0
  for _, inner in pairs(value) do
    local more, longer = measure(inner)
    texts, bytes = texts + more, bytes + longer
  end
  return texts, bytes
end

local LIMITS = { max_bytes = 1000000, max_fields = 1000, max_key = 1000, max_value = 10000, max_depth = 6 }

local function read_form(body)
  local fields, code, message = core.form_decode(body, LIMITS)
  if not fields then return assert(code == "too_large" and message) end
  check_text(fields)
  local is_form, written = pcall(core.form_encode, fields)
  local again = is_form and core.form_decode(written, LIMITS)
  if not again then return end
  -- which table of a list a field belongs to, no form can tell; but nothing is lost
  local texts, bytes = measure(fields)
  local texts_again, bytes_again = measure(again)
  assert(texts == texts_again and bytes == bytes_again)
end

local function check_value(value)
  local kind = math.type(value) or type(value)
  if kind == "float" then return assert(value == value and not math.tointeger(value)) end
  if kind ~= "table" then return assert(kind ~= "userdata") end
  for _, inner in pairs(value) do check_value(inner) end
end

-- What is written is the same value again, by either writer.
local write = core.json_writer { {} }

local function check_written(value)
  local has_no_infinity, written = pcall(json.encode, value)
  if has_no_infinity then
    assert(same(value, json.decode(written)))
    assert(same(value, json.decode(write(value))) and same(value, json.decode(write(value, true))))
  end
end

local function read_json(source)
  local is_json, value = pcall(json.decode, source)
  if not is_json then return end
  check_value(value)
  assert(same(value, json.decode(source .. "\n ")))
  if type(value) == "table" and text.utf8(source) == source then check_written(value) end
end

return function(input)
  local rest = input:sub(2)
  if input:sub(1, 1) == "f" then read_form(rest) else read_json(rest) end
end
