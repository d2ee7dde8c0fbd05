--- Reads a row of gumroad.api for its command: the options, the help, and the exit code of a verdict.
local exit_codes = require "gumroad.cli.exit_codes"
local schema = require "gumroad.api.schema"
local tables = require "gumroad.base.tables"
local values = require "gumroad.cli.values"

local rows = {}

--- Returns the options for a row's parameters: for each its `name` with dashes, the `param` of the row, its `type`, and
-- the name of its `argument`. Functions are left out, as a command line cannot pass any.
function rows.options(row)
  local options = {}
  for _, param in ipairs(row.params) do
    local type = param[2]
    if type ~= "function" then
      options[#options + 1] = { name = "--" .. param[1]:gsub("_", "-"), param = param, type = type,
        argument = type == "boolean" and "true|false" or values.TYPES[type][1] }
    end
  end
  return options
end

local LIMIT = { name = "--limit", argument = "NUMBER", type = "integer", convert = values.whole("--limit", 0),
  param = { "limit", "integer", doc = "maximum number of items (default: all of them)" } }

--- Tells whether a list comes in pages, which a key continues.
function rows.has_page_key(row)
  return row.is_list and row.params_by_name.page_key ~= nil
end

--- Returns these options, and --limit for a list.
function rows.all_options(row)
  local options = rows.options(row)
  if row.is_list then options[#options + 1] = LIMIT end
  return options
end

--- Tells whether the command needs an option for a parameter.
function rows.is_required(param)
  return param.required and not param.every and not param.from_disk
end

--- Tells whether a row changes something, or may.
function rows.is_write(row)
  return row.method ~= "GET"
end

--- Returns the parameters for each call of a list: these, or one table for each value of a parameter that is not given
-- and stands for all its values (`every` in gumroad.api).
function rows.every_call(row, params)
  for _, param in ipairs(row.params) do
    if param.every and params[param[1]] == nil then
      local calls = {}
      for i, value in ipairs(param.every) do calls[i] = tables.copy(params, { [param[1]] = value }) end
      return calls
    end
  end
  return { params }
end

local HINTS = {
  string = "", integer = "", boolean = "", date = "",
  array = "may be repeated, or be one JSON array",
  object = "JSON, @FILE or - for standard input",
}

--- Returns the help for an option.
function rows.describe(option)
  local param, hint = option.param, HINTS[option.type]
  local doc = (param.doc or "") .. (param.every and " (default: each of them)" or "")
  return doc .. (doc ~= "" and hint ~= "" and "; " or "") .. hint
end

-- Says which scopes the token needs.
local function scopes(row)
  if not row.scopes then return "Needs no access token." end
  return "The token needs " .. (#row.scopes > 1 and "one of the scopes " or "the scope ")
    .. table.concat(row.scopes, ", ") .. "."
end

local SAMPLES = { string = "TEXT", integer = "900", boolean = "true", date = "2026-01-31", object = "'{...}'",
  array = "VALUE" }

-- Returns a field that tells objects of a row apart, for an example with jq.
local function telling_field(row)
  local object = schema[row.object]
  for _, name in ipairs { "email", "name", "title", "subject", "id" } do
    if object and object.type[name] then return name end
  end
end

--- Returns examples of a row's command: with what it needs, and piped into jq.
function rows.examples(row)
  local words = { "gumroad-lua", row.resource, row.name }
  for _, id in ipairs(row.path_params) do words[#words + 1] = id:upper() end
  for _, option in ipairs(rows.options(row)) do
    if option.param.from_disk then
      words[#words + 1] = "--" .. option.param.from_disk .. " book.pdf"
    elseif rows.is_required(option.param) then
      words[#words + 1] = option.name .. " " .. SAMPLES[option.type]
    end
  end
  local line, field = table.concat(words, " "), telling_field(row)
  local lists = row.kind == "list"
  if rows.is_write(row) and not lists then return { line, line .. " --dry-run" } end
  if row.kind == "file" then return { line .. " > FILE" } end
  return { line, field and ("%s --json | jq -r '%s.%s'"):format(line, lists and ".[]" or "", field) or nil }
end

-- Whether a row decides if something is valid, as licenses.check does. The exit code then says so too.
local function gives_verdict(row)
  local object = schema[row.object]
  return object ~= nil and object.type.valid ~= nil
end

--- Returns remarks on a row: scopes, exit codes.
function rows.remarks(row)
  if not gives_verdict(row) then return scopes(row) end
  return ("%s The exit code is %d if it is valid, %d if Gumroad did not respond, otherwise %d."):format(scopes(row),
    exit_codes.SUCCESS, exit_codes.NO_RESPONSE, exit_codes.REFUSED)
end

--- Returns the exit code for an object that a row's method returned.
function rows.exit_code(row, object)
  if not gives_verdict(row) or object.valid then return exit_codes.SUCCESS end
  return object.status == "unreachable" and exit_codes.NO_RESPONSE or exit_codes.REFUSED
end

return rows
