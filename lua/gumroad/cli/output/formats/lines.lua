--- One object for people: "field: value" lines.
local fields = require "gumroad.cli.output.fields"
local json = require "gumroad.cli.output.json"
local safe = require("gumroad.base.text").safe

local BOLD, OFF = "\27[1m", "\27[0m"

return {
  object = function(view, item)
    for _, path in ipairs(view.paths or json.keys(item, view.object)) do
      local name = safe(path) .. ":"  -- which may be a field that the schema does not know
      if view.colour then name = BOLD .. name .. OFF end
      view.write(name .. " " .. fields.shown(view.object, item, path) .. "\n")
    end
  end,
}
