--- Stores how far a failed upload got, for `--resume`. Only its owner can read the file, because its URLs let anyone
-- send parts.
local env = require "gumroad.base.env"
local shell = require "gumroad.base.shell"
local json = require "gumroad.cli.output.json"
local system = require "gumroad.system"

local upload_state = {}

local function quote(text)
  return text:find("^[%w/._@-]+$") and text or shell.quote(text)
end

-- There is one file for each name of an uploaded file, so that a new failure replaces the one before.
local function write(path, upload)
  local folder = env.state_folder() or "."
  local file = folder .. "/upload-" .. (path:match("^.*/(.*)$") or path):gsub("[^%w.-]", "_") .. ".json"
  local done, _, why = system.make_folder(folder)
  if done then done, _, why = system.write_private(file, json.encode(upload)) end
  return done and file, why
end

--- Stores it, and prints how to continue.
-- @param row    from gumroad.api
-- @param path   path of the uploaded file
-- @param upload the error's field of that name
function upload_state.store(context, row, path, upload)
  local file, why = write(path, upload)
  if not file then return context.note("cannot store how far the upload got: %s", why) end
  local connection = context.args.connection
  context.note("to continue within 15 minutes: gumroad-lua %s %s %s --resume %s%s", row.resource, row.name, quote(path),
    quote("@" .. file), connection and " --connection " .. connection or "")
end

return upload_state
