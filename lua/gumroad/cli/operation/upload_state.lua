--- How far an upload came that failed, for `--resume`: in a file that only its owner can read, as its URLs let
-- anyone send parts.
local env = require "gumroad.base.env"
local shell = require "gumroad.base.shell"
local json = require "gumroad.cli.output.json"
local system = require "gumroad.system"

local upload_state = {}

local function quote(text)
  return text:find("^[%w/._@-]+$") and text or shell.quote(text)
end

-- One for each name of a file, so that one that failed again takes the place of the one before.
local function write(path, upload)
  local folder = env.state_folder() or "."
  local file = folder .. "/upload-" .. (path:match("^.*/(.*)$") or path):gsub("[^%w.-]", "_") .. ".json"
  local done, _, why = system.make_folder(folder)
  if done then done, _, why = system.write_private(file, json.encode(upload)) end
  return done and file, why
end

--- Keeps it, and tells how to go on.
-- @param row    of gumroad.api
-- @param path   of the file that was to be uploaded
-- @param upload that the error has
function upload_state.keep(context, row, path, upload)
  local file, why = write(path, upload)
  if not file then return context.note("how far the upload came cannot be kept: %s", why) end
  local connection = context.args.connection
  context.note("go on within 15 minutes with: gumroad-lua %s %s %s --resume %s%s", row.resource, row.name, quote(path),
    quote("@" .. file), connection and " --connection " .. connection or "")
end

return upload_state
