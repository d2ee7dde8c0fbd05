--- The formats of the output, a row each, in the order of the help. Each is a module of this folder:
--   { list = function(view) -> { page(items), finish() }, object = function(view, item) },
--   of which those that are only a default have one. See output.new for what a view is.
-- The flags, which of them exclude each other, the help and the manual follow from the rows. A row without `doc`
-- has no flag; without `title` its flag is its name in texts.
local formats = {
  { name = "json", title = "JSON", doc = "Print JSON: an array of a list, else an object." },
  { name = "csv", title = "CSV", doc = "Print CSV (RFC 4180) with all fields; what is nested stands in it as JSON." },
  { name = "plain", doc = "Print lines with tabs between the fields and no header; tabs, line's ends, control "
    .. "characters and backslashes in a field are escaped as in C." },
  { name = "table" },
  { name = "lines" },
}

-- What is printed where no format is asked for: on a terminal, and elsewhere.
local DEFAULTS = {
  list = { terminal = "table", elsewhere = "plain" },
  object = { terminal = "lines", elsewhere = "lines" },
}

--- The rows that have a flag.
function formats.with_flag()
  local rows = {}
  for _, row in ipairs(formats) do rows[#rows + 1] = row.doc and row or nil end
  return rows
end

--- The name of the format that the arguments ask for, or nil.
function formats.asked_for(args)
  for _, row in ipairs(formats) do
    if row.doc and args[row.name] then return row.name end
  end
end

--- The module of a format.
-- @param name of a row; nil: that for what is printed, and where
-- @param kind "list" or "object"
function formats.load(name, kind, is_terminal)
  return require("gumroad.cli.output.formats." .. (name or DEFAULTS[kind][is_terminal and "terminal" or "elsewhere"]))
end

return formats
