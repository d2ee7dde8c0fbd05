--- Makes the call for an operation's command and prints the result.
local confirmation = require "gumroad.cli.operation.confirmation"
local fields = require "gumroad.cli.output.fields"
local outcome = require "gumroad.cli.operation.outcome"
local output = require "gumroad.cli.output"
local rows = require "gumroad.cli.operation.rows"
local upload_state = require "gumroad.cli.operation.upload_state"
local values = require "gumroad.cli.values"

local unpack = table.unpack or unpack

local MB = 1024 ^ 2

-- Makes a function that shows the progress of an upload, whenever its text changes.
local function new_progress(context)
  local shown
  return function(state)
    local text = ("%d %%, %.1f of %.1f MB sent"):format(math.floor(100 * state.sent / state.total), state.sent / MB,
      state.total / MB)
    if text ~= shown then context.progress("%s", text) end
    shown = text
  end
end

-- Returns the ids and the parameters for the method.
local function read_arguments(row, context, args)
  local ids = {}
  for i in ipairs(row.path_params) do ids[i] = args["id " .. i] end
  local params = {}
  for _, option in ipairs(rows.all_options(row)) do
    local value = args[option.param[1]]
    params[option.param[1]] = option.type == "array" and value and values.array(value) or value
  end
  for _, param in ipairs(row.params) do
    if param[1] == "progress" and param[2] == "function" then params.progress = new_progress(context) end
  end
  return ids, params
end

local function method_arguments(row, ids, params)
  local given = {}
  for i, id in ipairs(ids) do given[i] = id end
  if row.takes_params then given[#given + 1] = params end
  return given
end

-- Makes an iterator over the pages of a list, or over those of several lists, one after the other, as of one.
local function pages_of(resource, row, ids, params)
  local calls, at, next_page = rows.every_call(row, params), 0, nil
  local left = params.limit
  return function()
    while true do
      local page = next_page and next_page()
      if page then
        left = left and left - #page
        return page
      end
      at = at + 1
      if not calls[at] or left and left <= 0 and at > 1 then return nil end
      calls[at].limit = left
      next_page = resource:pages(unpack(method_arguments(row, ids, calls[at])))
    end
  end
end

-- Uploads the files on this machine that belong into a parameter.
local function upload_files(shop, row, context, args, params)
  for _, param in ipairs(row.params) do
    for _, path in ipairs(param.from_disk and args[param.from_disk] or {}) do
      local uploaded, err = shop.files:upload(path, { progress = new_progress(context) })
      context.progress()
      if not uploaded then error(err, 0) end
      params[param[1]] = params[param[1]] or {}
      table.insert(params[param[1]], uploaded.file_url)
    end
  end
end

-- A list that ends at --limit is what was asked for, so that only a person is told, in passing.
local function note_incomplete(context, page)
  if context.args.next_page_key then
    context.note("to continue the list: --page-key '%s'", page.next_page_key or "")
  elseif page.reason == "limit" then
    context.hint("there is more; --next-page-key shows how to continue")
  else
    context.note("the list is not complete: continue it with --page-key '%s'", page.next_page_key or "")
  end
end

-- Prints the extra fields of a list.
local function note_extra_fields(row, context, list)
  for _, field in ipairs(row.extra_fields or {}) do
    if list[field[1]] ~= nil then context.note("%s: %s", field[1], fields.text(list[field[1]], field[2])) end
  end
end

local function print_list(row, context, out, next_page)
  local printer = out:list()
  local count, last = 0, nil
  for page in next_page do
    printer:page(page)
    count, last = count + #page, page
    -- on a terminal, the list itself shows the progress
    if not context.is_terminal then context.progress("%d %s", count, row.resource) end
  end
  if not context.is_terminal then context.progress() end
  printer:finish()
  if last then note_extra_fields(row, context, last) end
  if last and last.complete == false then note_incomplete(context, last) end
end

local function once(value)
  return function()
    local page = value
    value = nil
    return page
  end
end

--- Calls a row's method and prints what it returns.
-- @param row  from gumroad.api
-- @param args what the parser read
-- @return exit code; nil for success
return function(row, context, args)
  local out = output.new(context, row)
  local ids, params = read_arguments(row, context, args)
  local function shop() return context.shop(not row.scopes) end
  confirmation.ask(context, shop, { row = row, ids = ids, params = params })
  local resource = shop()[row.resource]
  if row.is_list then return print_list(row, context, out, pages_of(resource, row, ids, params)) end
  upload_files(shop(), row, context, args, params)
  local value, err = resource[row.name](resource, unpack(method_arguments(row, ids, params)))
  context.progress()
  if not value then
    if err.upload then upload_state.store(context, row, args["id 1"], err.upload) end
    error(err, 0)
  end
  if row.kind == "list" then return print_list(row, context, out, once(value)) end
  if row.kind == "file" then return out:file(value) end
  if row.kind == "object" then value.success = nil end  -- left from the envelope, if that is the object
  local line = not output.is_asked_for(context.args) and outcome.line(row, params, value)
  if line then context.write(line .. "\n") else out:object(value) end
  return rows.exit_code(row, value)
end
