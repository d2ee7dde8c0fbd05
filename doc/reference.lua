--- Generates pages for LDoc, in addition to the modules: one for each resource and one each for the objects, the
-- events, the kinds of errors and the functions of the core. They come from the tables and from the comments
-- in the C sources.
local api = require "gumroad.api"
local events = require "gumroad.api.events"
local schema = require "gumroad.api.schema"
local Error = require "gumroad.base.error"
local read_type = require "gumroad.api.type"
local tables = require "doc.tables"

local reference = {}

-- LDoc would take "@" for a tag.
local function comment(text) return "-- " .. text:gsub("@", "&#64;") end

-- Adds a comment: the text, then the tags.
local function add_block(out, text, tags)
  out[#out + 1] = "---" .. comment(text):sub(3)
  for _, tag in ipairs(tags) do out[#out + 1] = "-- " .. tag end
  out[#out + 1] = ""
end

-- Types, as links ---------------------------------------------------------------------------

local function notation(type)
  if type.array then return "{" .. notation(type.array) .. ",...}"
  elseif type.map then return "{[string]=" .. notation(type.map) .. "}"
  elseif type.union then
    local parts = {}
    for i, part in ipairs(type.union) do parts[i] = notation(part) end
    return table.concat(parts, "|")
  end
  return schema[type.name] and "objects." .. type.name or type.name
end

local function field_tag(field)
  local type = read_type(field[2])
  return ("@tfield%s %s %s %s"):format(type.optional and "[opt]" or "", notation(type), field[1], field.doc or "")
end

local function param_tag(where, param)
  local name = where .. "." .. param[1]
  local type = param[2] .. (param.accepts_boolean and "|boolean" or "")
  local text = param.doc or ""
  return ("@tparam%s %s %s %s"):format(param.required and "" or "[opt]", type, name, text)
end

local function add_param_tags(tags, where, params)
  for _, param in ipairs(params) do
    tags[#tags + 1] = param_tag(where, param)
    if param.fields then add_param_tags(tags, where .. "." .. param[1], param.fields) end
  end
end

-- Operations --------------------------------------------------------------------------------

local LIMIT = { "limit", "integer", doc = "maximum number of elements (default: one page)" }

local function add_arguments(tags, row)
  for _, name in ipairs(row.path_params) do tags[#tags + 1] = "@tparam string " .. name end
  if row.takes_params then
    tags[#tags + 1] = ("@tparam%s table params"):format(row.needs_params and "" or "[opt]")
    add_param_tags(tags, "params", row.is_list and { LIMIT } or {})
    add_param_tags(tags, "params", row.params)
  end
  tags[#tags + 1] = "@tparam[opt] table options options of the call: timeout, retries, ..."
end

local function result_of(row)
  if row.kind == "message" then return "table with `message`, Gumroad's message, if there is one" end
  if row.kind == "file" then return "string the file's bytes" end
  if not row.object then return "table" end
  local object = "objects." .. row.object
  if row.alternative then object = object .. "|objects." .. row.alternative end
  return row.kind == "list" and "{" .. object .. ",...}" or object
end

local function extra_fields_text(row)
  local names = {}
  for i, field in ipairs(row.extra_fields or {}) do
    names[i] = "`" .. field[1] .. "`" .. (field.doc and ": " .. field.doc or "")
  end
  if row.kind == "list" then table.insert(names, 1, "`complete`, `reason`, `next_page_key`") end
  return names[1] and " with " .. table.concat(names, "; ") or ""
end

local function errors_of(row)
  local kinds = { "invalid" }
  if #row.path_params > 0 then kinds[#kinds + 1] = "not_found" end
  if row.scopes then kinds[#kinds + 1] = "auth"; kinds[#kinds + 1] = "scope" end
  return table.concat(kinds, ", ") .. ", rate_limit, ... (see error_kinds)"
end

local EXAMPLES = {
  string = '"..."', integer = "100", boolean = "true", date = '"2026-01-01"', array = "{}", object = "{}",
  ["function"] = "print",
}

local function example_table(params)
  local parts = {}
  for _, param in ipairs(params) do
    if param.required then
      parts[#parts + 1] = param[1] .. " = " .. (param.fields and example_table(param.fields) or EXAMPLES[param[2]])
    end
  end
  return parts[1] and "{ " .. table.concat(parts, ", ") .. " }" or "{}"
end

--- An example of a call, as a line of Lua.
function reference.example(row)
  local arguments = {}
  for i, name in ipairs(row.path_params) do arguments[i] = name end
  if row.needs_params then arguments[#arguments + 1] = example_table(row.params) end
  local call = ("shop.%s:%s(%s)"):format(row.resource, row.is_list and "each" or row.name,
    table.concat(arguments, ", "))
  if row.is_list then
    return ("for %s in %s do print(%s.%s) end"):format(row.object, call, row.object, schema[row.object][1][1])
  end
  return "local " .. (row.object or "result") .. " = assert(" .. call .. ")"
end

local function add_operation(out, row)
  local text = { row.doc or "" }
  if row.method then text[#text + 1] = ("`%s /v2%s`"):format(row.method, row.path) end
  for _, note in ipairs(tables.notes(row)) do text[#text + 1] = note end
  if row.since == "newer" then text[#text + 1] = tables.NEWER end
  local tags = { ("@function %s:%s"):format(row.resource, row.name) }
  add_arguments(tags, row)
  tags[#tags + 1] = "@treturn[1] " .. result_of(row) .. extra_fields_text(row)
  tags[#tags + 1] = "@treturn[2] nil"
  tags[#tags + 1] = "@treturn[2] gumroad.error error of kind " .. errors_of(row)
  tags[#tags + 1] = "@usage " .. reference.example(row)
  add_block(out, table.concat(text, "\n--\n-- "), tags)
end

local ITERATORS = {
  { "each", "Iterates over all elements, page after page, or over the first `limit` of them. Raises the error." },
  { "pages", "Iterates over the pages of the list. Raises the error." },
}

local function add_iterators(out, row)
  for _, iterator in ipairs(ITERATORS) do
    add_block(out, iterator[2], { ("@function %s:%s"):format(row.resource, iterator[1]),
      "@param ... the arguments of `list`", "@treturn function" })
  end
end

local function resource_page(resource)
  local out, names = {}, {}
  for i, row in ipairs(api[resource]) do names[i] = row.name end
  add_block(out, ("shop.%s: %s."):format(resource, table.concat(names, ", ")), { "@resource " .. resource })
  for _, row in ipairs(api[resource]) do
    add_operation(out, row)
    if row.is_list then add_iterators(out, row) end
  end
  return table.concat(out, "\n")
end

-- Data --------------------------------------------------------------------------------------

local function add_source(out, object, source)
  out[object] = out[object] or {}
  table.insert(out[object], source)
end

-- The operations and events that each object comes from.
local function sources()
  local out = {}
  for _, resource in ipairs(tables.resources()) do
    for _, row in ipairs(api[resource]) do
      local source = resource .. "." .. row.name
      if row.object then add_source(out, row.object, source) end
      if row.alternative then add_source(out, row.alternative, source) end
    end
  end
  for _, name in ipairs(tables.sorted_keys(events.named)) do
    add_source(out, events.named[name].object, "the event " .. name)
  end
  return out
end

-- The objects that contain each object.
local function parents()
  local out = {}
  for _, name in ipairs(tables.objects()) do
    for _, field in ipairs(schema[name]) do
      local type = read_type(field[2])
      local part = (type.array or type.map or type).name
      if schema[part] then add_source(out, part, name) end
    end
  end
  return out
end

local function where_found(name, from, inside)
  local text = {}
  if from[name] then text[1] = "From " .. table.concat(from[name], ", ") .. "." end
  if inside[name] then text[#text + 1] = "Part of " .. table.concat(inside[name], ", ") .. "." end
  return table.concat(text, " ")
end

local function objects_page()
  local out, from, inside = {}, sources(), parents()
  add_block(out, "Every object in Gumroad's responses and pings.\n--\n-- "
    .. "Money is an integer in the smallest unit of its currency. Times are in ISO 8601 and UTC unless noted "
    .. "otherwise. Gumroad's null is nil.", { "@data objects" })
  for _, name in ipairs(tables.objects()) do
    local tags = { "@table " .. name }
    for _, field in ipairs(schema[name]) do tags[#tags + 1] = field_tag(field) end
    local text = where_found(name, from, inside)
    if schema[name].open then text = text .. " The buyer's answers are further fields." end
    if #schema[name] == 0 then text = text .. " The fields are unknown." end
    add_block(out, text, tags)
  end
  return table.concat(out, "\n")
end

local function events_page()
  local out = {}
  add_block(out, "The events of webhooks: names of the handlers of shop:watch, and the `type` of an event.",
    { "@data events" })
  for _, name in ipairs(tables.sorted_keys(events.named)) do
    local event = events.named[name]
    add_block(out, "Two deliveries are the same event if they agree in: " .. table.concat(event.key, ", ") .. ".",
      { "@table " .. name, ("@tfield objects.%s data contents of the ping"):format(event.object) })
  end
  return table.concat(out, "\n")
end

local function errors_page()
  local out = {}
  add_block(out, "The values of `err.kind`. For the other fields, see gumroad.error.", { "@data error_kinds" })
  for _, kind in ipairs(Error.KINDS) do
    add_block(out, kind[2]:gsub("^%l", string.upper) .. ".", { "@table " .. kind[1] })
  end
  return table.concat(out, "\n")
end

-- The core ----------------------------------------------------------------------------------

-- The comment of a function for Lua in a C source: /* NAME(arguments) -> results, and more lines.
local function c_comment(path, name)
  local file = assert(io.open(path))
  local source = file:read("*a")
  file:close()
  local text = source:match("\n/%* (" .. name .. "%b().-)%s*%*/")
  local head, rest = text:match("^([^\n]*)\n?(.*)$")
  return head, rest:gsub("%*%* ?", "-- ")
end

local CORE = { { "src/form_lua.c", "form_decode" }, { "src/form_lua.c", "form_encode" },
  { "src/form_lua.c", "percent_encode" } }

local function core_page()
  local out = {}
  add_block(out, "The functions of the C core that are useful to other programs.", { "@module gumroad.core" })
  for _, place in ipairs(CORE) do
    local head, text = c_comment(place[1], place[2])
    out[#out + 1] = text ~= "" and "---\n" .. text .. "\n--" or "--- " .. head:match("%-> (.*)") .. "\n--"
    out[#out + 1] = "--     " .. head .. "\n-- @function " .. place[2]
    for name in head:match("%b()"):gmatch("%w+") do out[#out + 1] = "-- @param " .. name end
    out[#out + 1] = ""
  end
  return table.concat(out, "\n")
end

-- Files -------------------------------------------------------------------------------------

--- The pages, as a table from names of files to their contents.
function reference.files()
  local files = {
    ["objects.lua"] = objects_page(), ["events.lua"] = events_page(), ["error_kinds.lua"] = errors_page(),
    ["core.lua"] = core_page(),
  }
  for _, resource in ipairs(tables.resources()) do
    files["resource_" .. resource .. ".lua"] = resource_page(resource)
  end
  return files
end

--- Writes the pages into an existing folder.
function reference.write(folder)
  for name, text in pairs(reference.files()) do
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
end

return reference
