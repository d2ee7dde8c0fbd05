--- The formats of the output, one row each, in the order of the help. Each is a module in this folder:
--   { list = function(view) -> { page(items), finish() }, object = function(view, item) }
-- A format that is only a default for one of the two has only that function. See output.new for what a view is.
-- The rows also make the flags, the help and the manual. A row without `doc` has no flag; a row without `title` is
-- named by its flag in texts.
local formats = {
  { name = "json", title = "JSON", doc = "Print JSON: an array for a list, otherwise an object." },
  { name = "csv", title = "CSV", doc = "Print CSV (RFC 4180) with all fields; nested values are written as JSON." },
  { name = "spreadsheet", doc = "Print CSV for a spreadsheet: with a byte order mark, and with ' before texts that it "
    .. "would run as formulas." },
  { name = "plain", doc = "Print lines with tabs between the fields and no header. Tabs, line breaks, control "
    .. "characters and backslashes in a field are escaped as in C." },
  { name = "table" },
  { name = "lines" },
}

-- The formats to use if none is chosen: on a terminal, and elsewhere.
local DEFAULTS = {
  list = { terminal = "table", elsewhere = "plain" },
  object = { terminal = "lines", elsewhere = "lines" },
}

--- Returns the rows that have a flag.
function formats.with_flag()
  local rows = {}
  for _, row in ipairs(formats) do rows[#rows + 1] = row.doc and row or nil end
  return rows
end

--- Returns the name of the format that the arguments choose, or nil.
function formats.asked_for(args)
  for _, row in ipairs(formats) do
    if row.doc and args[row.name] then return row.name end
  end
end

--- Loads the module of a format.
-- @param name name of a row; nil for the default
-- @param kind "list" or "object"
function formats.load(name, kind, is_terminal)
  return require("gumroad.cli.output.formats." .. (name or DEFAULTS[kind][is_terminal and "terminal" or "elsewhere"]))
end

return formats
