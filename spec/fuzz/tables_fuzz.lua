-- Forms and JSON as tables: what is read can be written, and reads as the same. The first byte of the
-- input is 'f' (a form) or 'j' (JSON).
local core = require "gumroad.core"
local json = require "gumroad.base.json"

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

-- Lists in a list have no name of their own, and half a list's table may be another's.
local LIMITS = { max_bytes = 1000000, max_fields = 100, max_key = 200, max_value = 1000, max_depth = 6 }

local function read_form(body)
  local fields, code, message = core.form_decode(body, LIMITS)
  if not fields then return assert(code == "too_large" and message) end
  check_text(fields)
  local is_form, written = pcall(core.form_encode, fields)
  if not is_form then return end
  -- as written it reads as the same, or as what Gumroad would take it for: then it stays that
  local again = core.form_decode(written)
  if again and not same(fields, again) then
    local is_still, rewritten = pcall(core.form_encode, again)
    if is_still then assert(same(again, core.form_decode(rewritten))) end
  end
end

local function check_value(value)
  local kind = math.type(value) or type(value)
  if kind == "float" then return assert(value == value and not math.tointeger(value)) end
  if kind ~= "table" then return assert(kind ~= "userdata") end
  for _, inner in pairs(value) do check_value(inner) end
end

local function read_json(text)
  local is_json, value = pcall(json.decode, text)
  if not is_json then return end
  check_value(value)
  assert(same(value, json.decode(" " .. text .. "\n")))
end

return function(input)
  local rest = input:sub(2)
  if input:sub(1, 1) == "f" then read_form(rest) else read_json(rest) end
end
