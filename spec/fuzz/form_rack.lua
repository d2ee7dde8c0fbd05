-- Forms beside what Ruby's Rack makes of them, the server's side of what HTTParty sends.
local core = require "gumroad.core"

local form_rack = {}

form_rack.COMMAND = "ruby spec/fuzz/form_rack.rb"

form_rack.NEEDED = "ruby -rrack -rhttparty -e 0"

function form_rack.decode(body)
  return assert(core.form_decode(body, { max_depth = 32, max_bytes = 2 ^ 24, max_fields = 2 ^ 20 }))
end

-- Where names conflict Rack refuses, and here they collect.
function form_rack.excused()
  return true
end

return form_rack
