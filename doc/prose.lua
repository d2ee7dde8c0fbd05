--- The comments of this project as HTML, as LDoc's formatter: paragraphs; columns and indented
-- examples stay as they are; `code` is code. What LDoc has made a <pre> of is left alone.
local ESCAPES = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" }

local function escape(text) return (text:gsub("[<>&]", ESCAPES)) end

-- What sort of line it is, after one of `before`. A comment's text has one space in front; one
-- with more goes on with the text above, unless it stands in columns.
local function sort_of(line, before, in_code)
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
  local out, lines, sort, in_code = {}, {}, "blank", false
  for line in (text:gsub("^ +", "") .. "\n"):gmatch("(.-)\n") do
    local next_sort = sort_of(line, sort, in_code)
    if next_sort ~= sort then
      out[#out + 1] = WRITE[sort](lines)
      lines, sort = {}, next_sort
    end
    lines[#lines + 1] = line
    in_code = next_sort == "code" and line ~= "</pre>"
  end
  out[#out + 1] = WRITE[sort](lines)
  return table.concat(out, "\n")
end
