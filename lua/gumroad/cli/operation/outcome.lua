--- Says in one line what a change did. --json, --csv, --plain and --fields print the object instead.
local fields = require "gumroad.cli.output.fields"
local printable = require("gumroad.base.text").printable

local outcome = {}

local MOST = 200  -- bytes of a value

-- What an operation did, by its name. Others have a result that is worth reading, such as a new license key.
local DONE = {
  create = "Created", update = "Changed", enable = "Enabled", disable = "Disabled", refund = "Refunded", send = "Sent",
  schedule = "Scheduled", unschedule = "Unscheduled", mark_as_shipped = "Marked as shipped:",
  add_files = "Added files to", revoke_access = "Revoked access of", undo_revoke_access = "Restored access of",
}

local TITLES = { "name", "title", "subject", "post_url", "product_name" }  -- the first that an object has is shown

local function title_of(value)
  for _, name in ipairs(TITLES) do
    local title = value[name]
    if type(title) == "string" and title ~= "" then return (' "%s"'):format(printable(title, MOST)) end
  end
  return ""
end

-- Says how much of a sale was refunded, if an amount was given.
local function amount_of(row, params, value)
  for _, param in ipairs(row.params) do
    local amount = params[param[1]]
    if param.money and amount then return fields.amount(amount, value[param.money]) .. " of " end
  end
  return ""
end

--- Returns the line, or nil if the object itself is to be printed.
-- @param row    from gumroad.api
-- @param params what was sent
-- @param value  what the method returned
function outcome.line(row, params, value)
  if row.kind == "message" then return printable(value.message or "Done.", MOST) end
  local id = value.id or value.slug
  if not DONE[row.name] or row.kind ~= "object" or row.method == "GET" or row.object == "license" or not id then
    return nil
  end
  local files = value.added_files and (": %d added, %d kept"):format(value.added_files, value.kept_files) or ""
  return ("%s %s%s %s%s%s"):format(DONE[row.name], amount_of(row, params, value), (row.object:gsub("_", " ")),
    printable(id, MOST), title_of(value), files)
end

return outcome
