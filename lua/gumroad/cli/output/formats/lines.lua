--- An object for people: lines of "field: value".
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local safe = require("gumroad.base.text").safe

local BOLD, OFF = "\27[1m", "\27[0m"

return {
  object = function(view, item)
    for _, path in ipairs(view.paths or json.keys(item, view.object)) do
      local name = safe(path) .. ":"  -- the field may be one that the schema does not know
      if view.color then name = BOLD .. name .. OFF end
      view.write(name .. " " .. fields.shown(view.object, item, path) .. "\n")
    end
  end,
}
