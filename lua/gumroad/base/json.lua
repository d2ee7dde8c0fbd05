--- JSON as Lua code expects it: null is nil, whole numbers are integers where Lua has them, and numbers are the
-- same in every locale. Nothing else loads lua-cjson. Each user gets an instance of its own, because a script may
-- change the settings of the shared one.
local number = require "gumroad.base.number"

-- Calls a function while numbers are written as in C. lua-cjson looks at the locale when it is loaded and when an
-- instance is made, and ends the process if the decimal separator has several bytes.
local function with_c_numbers(run, ...)
  local locale = os.setlocale(nil, "numeric")
  if locale == "C" then return run(...) end
  os.setlocale("C", "numeric")
  local ok, result = pcall(run, ...)
  os.setlocale(locale, "numeric")
  if not ok then error(result, 0) end
  return result
end

-- Returns lua-cjson, or raises one line that says what to install.
local function load_cjson()
  local ok, cjson = pcall(with_c_numbers, require, "cjson")
  if ok then return cjson end
  local is_missing = tostring(cjson):find("module 'cjson' not found", 1, true)
  local why = not is_missing and tostring(cjson):match("([^\n\t]*)%s*$")  -- the last line gives the reason
  error(("gumroad needs lua-cjson for %s%s: install the Debian package lua-cjson, or run luarocks install lua-cjson")
    :format(_VERSION, why and ", and the one that is installed does not load (" .. why .. ")" or ""), 0)
end

local cjson = load_cjson()
local core = require("gumroad.base.c_modules").load_core()
core.keep_loaded(cjson.decode)  -- finalizers decode, too
local utf8 = require("gumroad.base.text").utf8

local json = {
  null = cjson.null,         -- becomes null in `encode`
  VERSION = cjson._VERSION,  -- version of lua-cjson
  MAX_DEPTH = 64,            -- levels of nesting
  MAX_VALUES = 500000,       -- objects, arrays, texts, numbers, booleans and nulls in one text
}

-- Decoding ------------------------------------------------------------------------------------

-- Makes a function(text, max_values) -> true, value | false, code, message.
local function make_reader(max_depth, keep_nulls)
  local own = with_c_numbers(cjson.new)
  own.decode_max_depth(max_depth)
  own.decode_invalid_numbers(false)
  return function(text, max_values)
    max_values = max_values or json.MAX_VALUES
    local ok, value, code, message = pcall(core.json_decode, own.decode, text, max_values, keep_nulls)
    if not ok then return false, "decode", value end
    if code then return false, code, message end
    return true, value
  end
end

local function make_decoder(max_depth, keep_nulls)
  local read = make_reader(max_depth, keep_nulls)
  return function(text)
    local ok, value, message = read(text)
    if not ok then error(message, 0) end
    return value
  end
end

--- Makes a decoder that does not raise.
-- @param max_depth integer how deep objects and arrays may be nested
-- @return function(text [, max_values]) -> true, value | false, code, message; the code is "decode" if the text is
--   not JSON, "too_large" if it has more values (default: MAX_VALUES)
function json.reader(max_depth)
  return make_reader(max_depth)
end

--- Makes a decoder.
-- @param max_depth integer how deep objects and arrays may be nested
-- @return function(text) -> value; raises a readable text if the text is not JSON, or has more than MAX_VALUES
--   values
function json.decoder(max_depth)
  return make_decoder(max_depth)
end

--- Both with up to MAX_DEPTH levels of nesting; for all callers without a narrower limit.
json.read, json.decode = json.reader(json.MAX_DEPTH), json.decoder(json.MAX_DEPTH)

--- Decodes with json.null for null: for the few callers that must tell it from absent.
json.decode_with_nulls = make_decoder(json.MAX_DEPTH, true)

-- Encoding ------------------------------------------------------------------------------------

local SPARSE_FROM = 10  -- an array with more places than this ...
local MAX_SPREAD = 2    -- ... may have this many of them for each item

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f",
  ["\r"] = "\\r" }

local function quote(text)
  return '"' .. utf8(text):gsub('[%z\1-\31"\\\127]', function(char)
    return ESCAPES[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local function fail(what, why)
  error(("json.encode: cannot write a %s as JSON: %s"):format(what, why), 0)
end

-- Returns the length of an array, including gaps; nil for any other table.
local function array_length(value)
  local length, count = 0, 0
  for key in pairs(value) do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then return nil end
    length, count = math.max(length, key), count + 1
  end
  if length > SPARSE_FROM and length > MAX_SPREAD * count then fail("table", "it is an array with too many gaps") end
  return length > 0 and length or nil
end

local append

local function append_array(out, value, length, depth)
  out[#out + 1] = "["
  for i = 1, length do
    if i > 1 then out[#out + 1] = "," end
    append(out, value[i], depth)
  end
  out[#out + 1] = "]"
end

local function append_object(out, value, depth)
  local before = "{"
  for key, inner in pairs(value) do
    local name = type(key) == "number" and number.text(key) or key
    if type(name) ~= "string" then fail("table", "its keys must be strings or numbers") end
    out[#out + 1] = before .. quote(name) .. ":"
    append(out, inner, depth)
    before = ","
  end
  out[#out + 1] = before == "{" and "{}" or "}"
end

local APPEND = {}

function APPEND.table(out, value, depth)
  if depth > json.MAX_DEPTH then fail("table", "it has more than " .. json.MAX_DEPTH .. " levels of nesting") end
  local length = array_length(value)
  if length then append_array(out, value, length, depth + 1) else append_object(out, value, depth + 1) end
end

function APPEND.number(out, value)
  if not number.is_finite(value) then fail("number", "it is NaN or infinite") end
  out[#out + 1] = number.text(value)
end

function APPEND.userdata(out, value)
  if value ~= json.null then fail("userdata", "JSON has no such type") end
  out[#out + 1] = "null"
end

function APPEND.string(out, value) out[#out + 1] = quote(value) end
function APPEND.boolean(out, value) out[#out + 1] = tostring(value) end
APPEND["nil"] = function(out) out[#out + 1] = "null" end

function append(out, value, depth)
  local add = APPEND[type(value)] or fail(type(value), "JSON has no such type")
  add(out, value, depth)
end

--- Writes a value as JSON with exact numbers, and U+FFFD for bytes that are not UTF-8; raises if JSON cannot hold it.
-- A table whose keys are all positive whole numbers is an array, an empty one is an object.
function json.encode(value)
  local out = {}
  append(out, value, 1)
  return table.concat(out)
end

return json
