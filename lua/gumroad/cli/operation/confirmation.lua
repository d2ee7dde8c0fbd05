--- Asks before a change that cannot be undone (rows with `irreversible` in gumroad.api), saying what will happen to
-- whom. That is read from the API before.
local api = require "gumroad.api"
local fields = require "gumroad.cli.output.fields"
local exit_codes = require "gumroad.cli.exit_codes"
local failure = require "gumroad.cli.failure"
local printable = require("gumroad.base.text").printable
local rows = require "gumroad.cli.operation.rows"

local confirmation = {}

local unpack = table.unpack or unpack

local MOST = 200  -- bytes of a value in a question

-- What is read before ------------------------------------------------------------------------

-- Returns the item of a list that has the id.
local function find_in(list_of, row, id)
  for _, given in ipairs(rows.every_call(row, {})) do
    for page in list_of:pages(given) do
      for _, item in ipairs(page) do
        if item.id == id then return item end
      end
    end
  end
end

-- Returns the object that the change is about | nil, error
local function read(shop, call)
  local resource, name = call.row.irreversible.read:match("^(.*)%.(.*)$")
  local row = api[resource][name]
  if row.is_list then
    local ok, found = pcall(find_in, shop[resource], row, call.ids[#call.ids])
    if not ok then return nil, found end
    return found, "it is not in the list"
  end
  local given = {}
  for i in ipairs(row.path_params) do given[i] = call.ids[i] end
  if row.takes_params then
    local params = {}
    for _, param in ipairs(row.params) do params[param[1]] = call.params[param[1]] end
    given[#given + 1] = params
  end
  return shop[resource][name](shop[resource], unpack(given))
end

-- The question -------------------------------------------------------------------------------

-- Returns a parameter or an id of the call.
local function given_value(call, name, object)
  local value, param = call.params[name], call.row.params_by_name[name]
  if value ~= nil and param and param.money and tonumber(value) then
    return fields.main_unit(tonumber(value), object[param.money])
  end
  for i, id in ipairs(call.row.path_params) do
    if id == name then value = call.ids[i] end
  end
  return value
end

local function value_of(call, object, name)
  local mark, rest = name:match("^([:=])(.*)$")
  if mark == ":" then return given_value(call, rest, object) end
  if mark == "=" then return rest end
  local value = object[name]
  return name == "currency" and value and value:upper() or value
end

local function filled(call, object)
  return call.row.irreversible[1]:gsub("{([^}]*)}", function(names)
    for name in names:gmatch("[^|]+") do
      local value = value_of(call, object, name)
      if value ~= nil and value ~= "" then return printable(fields.text(value), MOST) end
    end
    return "?"
  end) .. "?"
end

local function question(context, shop, call)
  if not call.row.irreversible.read then return filled(call, {}) end
  local object, why = read(shop, call)
  if object then return filled(call, object) end
  context.note("could not look at what this is about: %s", tostring(why))
  return ("Carry out %s %s %s anyway?"):format(call.row.resource, call.row.name,
    printable(table.concat(call.ids, " "), MOST))
end

--- Adds the option to a parser.
function confirmation.configure(parser)
  return parser:flag("--yes", "Do not ask before a change that cannot be undone.")
end

-- Whether a call's parameter has a value; from `api` it may be a text.
local function has_value(given, wanted)
  if given == nil then return false end
  if type(given) == "string" then
    local is_false = given == "" or given == "0" or given:lower() == "false" or given:lower() == "f"
    return wanted == not is_false
  end
  return given == wanted
end

--- Tells whether a call cannot be undone.
-- @param call see ask
function confirmation.is_needed(call)
  local irreversible = call.row.irreversible
  if not irreversible then return false end
  if not irreversible.only then return true end
  for name, value in pairs(irreversible.only) do
    if has_value(call.params[name], value) then return true end
  end
  return false
end

--- Asks whether to make a call that cannot be undone; the command ends unless the answer is yes. Asks nothing with
-- --yes, and with --dry-run, which sends nothing.
-- @param shop function() -> the shop, called if something is read
-- @param call { row (from gumroad.api), ids (array), params (table by name) }
function confirmation.ask(context, shop, call)
  local args = context.args
  if args.yes or args.dry_run or not confirmation.is_needed(call) then return end
  if not context.can_ask then
    failure.usage(context.command, "%s %s cannot be undone, and there is no terminal to ask on: pass --yes to do it, "
      .. "or --dry-run to see the request", call.row.resource, call.row.name)
  end
  if not context.ask(question(context, shop(), call) .. " This cannot be undone.") then
    failure.raise(exit_codes.USAGE, "nothing was changed")
  end
end

return confirmation
