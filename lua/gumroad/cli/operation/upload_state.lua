--- An upload that failed, kept for `--resume`: in a file that only its owner can read, as its URLs let
-- anyone send parts.
local json = require "gumroad.cli.output.json"
local system = require "gumroad.system"

local function quote(text)
  return text:find("^[%w/._@-]+$") and text or "'" .. text:gsub("'", "'\\''") .. "'"
end

-- As XDG has it: $XDG_STATE_HOME/gumroad-lua, by default in ~/.local/state; else where we are.
local function folder()
  local state, home = os.getenv("XDG_STATE_HOME") or "", os.getenv("HOME") or ""
  if state:sub(1, 1) == "/" then return state .. "/gumroad-lua" end
  return home ~= "" and home .. "/.local/state/gumroad-lua" or "."
end

-- One for each name of a file, so that one that failed again takes the place of the one before.
local function write(path, upload)
  local into = folder()
  local kept = into .. "/upload-" .. path:match("[^/]*$"):gsub("[^%w.-]", "_") .. ".json"
  local done, _, why = system.make_folder(into)
  if done then done, _, why = system.write_private(kept, json.encode(upload)) end
  return done and kept, why
end

--- Keeps it, and tells how to go on.
-- @param row    of gumroad.api
-- @param path   of the file that was to be uploaded
-- @param upload that the error has
return function(context, row, path, upload)
  local kept, why = write(path, upload)
  if not kept then return context.note("how far the upload came cannot be kept: %s", why) end
  local connection = context.args.connection
  context.note("go on within 15 minutes with: gumroad-lua %s %s %s --resume %s%s", row.resource, row.name, quote(path),
    quote("@" .. kept), connection and " --connection " .. connection or "")
end
