--- JSON as Lua code expects it: null is absent, whole numbers are integers where Lua has them. The one
-- place that loads lua-cjson, always as an instance of our own, so that nobody's settings meet ours.

-- lua-cjson, or an error in one line that says what to install.
local function load_cjson()
  local ok, cjson = pcall(require, "cjson")
  if ok then return cjson end
  local is_missing = tostring(cjson):find("module 'cjson' not found", 1, true)
  local why = not is_missing and tostring(cjson):match("([^\n\t]*)%s*$")  -- the last line tells the reason
  error(("gumroad needs lua-cjson%s: install the Debian package lua-cjson, or the rock (luarocks install lua-cjson) "
    .. "for %s"):format(why and ", and what is here does not load (" .. why .. ")" or "", _VERSION), 0)
end

local cjson = load_cjson()
local core = require "gumroad.core"

local json = {
  null = cjson.null,         -- what `encode` takes for null
  VERSION = cjson._VERSION,  -- of lua-cjson
}

--- A decoder.
-- @param max_depth integer at most so many objects and arrays in each other
-- @return function(text) -> value; raises, in words for people, for what is no JSON
function json.decoder(max_depth)
  local own = cjson.new()
  own.decode_max_depth(max_depth)
  own.decode_invalid_numbers(false)
  return function(text) return core.json_decode(own.decode, text) end
end

--- The one for all that knows no narrower limit: 64 levels.
json.decode = json.decoder(64)

--- lua-cjson's own, for the few who tell null from what is absent; numbers are as it makes them.
json.decode_with_nulls = cjson.new().decode

--- Writes a value as JSON; raises for what JSON cannot hold.
json.encode = cjson.new().encode

return json
