--- Reads parameters of a request into the fields of a record.
local fields = {}

function fields.truth(text)
  return text == "true" or text == "1"
end

function fields.integer(text)
  return tonumber((text:match("^%s*(-?%d+)"))) or 0
end

function fields.or_nil(text)
  if text ~= "" then return text end
end

function fields.integer_or_nil(text)
  if text ~= "" then return fields.integer(text) end
end

function fields.is_blank(text)
  return text == nil or not text:find("%S")
end

--- Changes the fields of a record whose parameters were sent.
-- @param known table from parameters to { field of the record, function(text) -> value }
function fields.change(record, request, known)
  for name, field in pairs(known) do
    local text = request:text(name)
    if text then record[field[1]] = field[2](text) end
  end
end

return fields
