-- JSON beside what Python makes of it.
local json = require "gumroad.base.json"

local json_python = {}

json_python.COMMAND = "python3 spec/fuzz/json_python.py" .. (math.type and "" or " doubles")
json_python.NEEDED = "python3 -c 'import json'"
json_python.decode = json.decode

-- lua-cjson's grammar of numbers is that of C: a point may have digits on one side alone.
function json_python.excused(text)
  return text:find "%d%.%D" ~= nil or text:find "%d%.$" ~= nil or text:find "%D%.%d" ~= nil or text:find "^%.%d" ~= nil
end

return json_python
