--- Helpers for everything that is generated from gumroad.api and gumroad.schema: order, names, lines.
local api = require "gumroad.api"
local schema = require "gumroad.api.schema"

local tables = {}

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

tables.sorted_keys = sorted_keys

--- The names of all resources, sorted.
function tables.resources() return sorted_keys(api) end

--- The names of all objects, sorted.
function tables.objects() return sorted_keys(schema) end

--- The name of a class: SalesListParams for ("sales", "list", "params").
function tables.class_name(...)
  return (table.concat({ ... }, "_"):gsub("_?(%a)([^_]*)", function(first, rest) return first:upper() .. rest end))
end


--- Breaks a text into lines of at most `width` bytes.
function tables.wrap(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and #line + 1 + #word > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Sentences that describe a row in addition to its `doc`: scopes, paging, retries.
function tables.notes(row)
  local notes = {}
  if row.path and not row.scopes then notes[1] = "Needs no access token."
  elseif row.scopes then
    notes[1] = (#row.scopes == 1 and "Needs the scope " or "Needs one of the scopes ")
      .. table.concat(row.scopes, ", ") .. "."
  end
  if row.page_size then notes[#notes + 1] = ("A page has %d elements."):format(row.page_size) end
  if row.path and not row.repeatable then
    notes[#notes + 1] = "Not retried if the first request may have been carried out."
  end
  return notes
end

--- The note for an operation with `since = "newer"`.
tables.NEWER = "Newer servers only: the server of April 2025 did not have it."

return tables
