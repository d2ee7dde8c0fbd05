--- JSON as Lua code expects it: null is nil, whole numbers are integers where Lua has them. Nothing else loads
-- lua-cjson. Each user gets an instance of its own, because a script may change the settings of the shared one.

-- Returns lua-cjson, or raises one line that says what to install.
local function load_cjson()
  local ok, cjson = pcall(require, "cjson")
  if ok then return cjson end
  local is_missing = tostring(cjson):find("module 'cjson' not found", 1, true)
  local why = not is_missing and tostring(cjson):match("([^\n\t]*)%s*$")  -- the last line gives the reason
  error(("gumroad needs lua-cjson for %s%s: install the Debian package lua-cjson, or run luarocks install lua-cjson")
    :format(_VERSION, why and ", and the one that is installed does not load (" .. why .. ")" or ""), 0)
end

local cjson = load_cjson()
local core = require "gumroad.core"
local utf8 = require("gumroad.base.text").utf8

local json = {
  null = cjson.null,         -- becomes null in `encode`
  VERSION = cjson._VERSION,  -- version of lua-cjson
}

--- Makes a decoder.
-- @param max_depth integer how deep objects and arrays may be nested
-- @return function(text) -> value; raises a readable text if the text is not JSON
function json.decoder(max_depth)
  local own = cjson.new()
  own.decode_max_depth(max_depth)
  own.decode_invalid_numbers(false)
  return function(text) return core.json_decode(own.decode, text) end
end

--- Decodes up to 64 levels of nesting; for all callers without a narrower limit.
json.decode = json.decoder(64)

--- Decodes with lua-cjson alone, for the few callers that must tell null from absent; numbers are lua-cjson's.
json.decode_with_nulls = cjson.new().decode

local encode = cjson.new().encode

--- Writes a value as JSON, with U+FFFD for bytes that are not UTF-8; raises if JSON cannot hold it.
function json.encode(value)
  return utf8(encode(value))  -- outside its strings JSON is ASCII
end

return json
