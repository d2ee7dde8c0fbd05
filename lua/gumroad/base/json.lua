--- JSON as Lua code expects it: null is absent, whole numbers are integers where Lua has them.
local cjson = require "gumroad.base.cjson"
local core = require "gumroad.core"

local json = {}

--- A decoder with an lua-cjson of its own, so that nobody's settings meet ours.
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

return json
