--- A file on this machine that is to be uploaded.
local core = require "gumroad.core"
local Error = require "gumroad.base.error"

local File = {}
File.__index = File

--- Finds the file that an operation is to upload.
-- @param op see gumroad.resources.operation; its first argument is the path
-- @return { path, name (without folders), size, changed (see core.file_stat) } | nil, error of kind file
function File.find(op)
  local path = op.ids[1]
  if type(path) ~= "string" then Error.usage("%s: path: string expected, got %s", op.where, type(path)) end
  if path:find("%z") then Error.usage("%s: path contains a NUL character", op.where) end
  local size, changed, message = core.file_stat(path)
  if not size then return nil, Error.new("file", message) end
  if size == 0 then return nil, Error.new("file", path .. " is empty, and Gumroad takes no empty files") end
  return setmetatable({ path = path, name = path:match("^.*/(.*)$") or path, size = size, changed = changed }, File)
end

--- Checks that the file has not changed since it was found.
-- @return true | nil, error of kind file
function File:check()
  local size, changed, message = core.file_stat(self.path)
  if not size then return nil, Error.new("file", message) end
  if size == self.size and changed == self.changed then return true end
  return nil, Error.new("file", self.path .. " changed during the upload")
end

return File
