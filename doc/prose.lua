--- LDoc's formatter for the comments of this project: writes paragraphs and `code` as HTML, and keeps columns and
-- indented examples as they are. A <pre> that LDoc made is not changed.
local ESCAPES = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" }

local function escape(text) return (text:gsub("[<>&]", ESCAPES)) end

-- The kind of a line after a line of kind `before`. Text is indented by one space. A line with a deeper
-- indentation continues the text above, unless it has columns.
local function kind_of(line, before, in_code)
  if in_code or line == "<pre>" then return "code" end
  if not line:find("%S") then return "blank" end
  if not line:find("^   ") then return "text" end
  return (before ~= "text" or line:find("%S  +%S")) and "indented" or "text"
end

local WRITE = {}

function WRITE.code(lines) return table.concat(lines, "\n") end

function WRITE.indented(lines)
  return '<pre style="white-space: pre-wrap; font-size: 85%">' .. escape(table.concat(lines, "\n")) .. "</pre>"
end

function WRITE.text(lines)
  return "<p>" .. escape(table.concat(lines, "\n")):gsub("`([^`]+)`", "<code>%1</code>") .. "</p>"
end

function WRITE.blank() end

return function(text)
  local out, lines, kind, in_code = {}, {}, "blank", false
  for line in (text:gsub("^ +", "") .. "\n"):gmatch("(.-)\n") do
    local next_kind = kind_of(line, kind, in_code)
    if next_kind ~= kind then
      out[#out + 1] = WRITE[kind](lines)
      lines, kind = {}, next_kind
    end
    lines[#lines + 1] = line
    in_code = next_kind == "code" and line ~= "</pre>"
  end
  out[#out + 1] = WRITE[kind](lines)
  return table.concat(out, "\n")
end
