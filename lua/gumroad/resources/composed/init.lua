--- Operations that need more than one request (rows with `composed` in gumroad.api). Each is a module that returns
-- a function of an operation, loaded when it is first used.
local MODULES = {
  ["products.add_files"] = "gumroad.resources.composed.add_files",
  ["sales.refund"] = "gumroad.resources.composed.refund",
  ["licenses.check"] = "gumroad.resources.composed.license_check",
  ["files.upload"] = "gumroad.resources.composed.upload.parts",
  ["direct_uploads.upload"] = "gumroad.resources.composed.upload.direct",
}

local composed = {}

--- Carries out an operation.
-- @param name      such as "sales.refund"
-- @param operation see gumroad.resources.operation
-- @return what the module returns
function composed.run(name, operation)
  return require(MODULES[name])(operation)
end

return composed
