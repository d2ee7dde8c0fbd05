--- Adds files to a product (products.add_files). Gumroad itself replaces all files of a product by those it is sent, so
-- the product is read and its files are sent along.
local Error = require "gumroad.base.error"

-- Returns the new files as products.update takes them. A text is taken as a URL.
local function read_files(operation)
  local files = {}
  for i, given in ipairs(operation.params.files) do
    local file = type(given) == "string" and { url = given } or given
    if type(file) ~= "table" or type(file.url) ~= "string" or file.url == "" or file.id ~= nil then
      Error.usage("%s: parameter 'files': [%d]: a file_url expected, or a table with it as url and without id",
        operation.where, i)
    end
    files[i] = file
  end
  if #files == 0 then Error.usage("%s: parameter 'files' is empty", operation.where) end
  return files
end

local function ids_of(product)
  local ids = {}
  for _, file in ipairs(product.files) do ids[file.id] = true end
  return ids
end

-- Counts what the product has now.
local function count(product, before)
  local kept, added = 0, 0
  for id in pairs(ids_of(product)) do
    if before[id] then kept = kept + 1 else added = added + 1 end
  end
  product.kept_files, product.added_files = kept, added
  return product
end

--- Carries out products.add_files; see its row in gumroad.api.
return function(operation)
  local id, products, new = operation.ids[1], operation.resource("products"), read_files(operation)
  local product, err = products:get(id, operation.options)
  if not product then return nil, err end
  if type(product.files) ~= "table" then
    return nil, Error.new("decode", "Gumroad does not say which files the product has, so adding some could remove "
      .. "others: nothing was changed")
  end
  local files = {}
  for i, file in ipairs(product.files) do files[i] = { id = file.id } end
  for _, file in ipairs(new) do files[#files + 1] = file end
  local updated
  updated, err = products:update(id, { files = files }, operation.options)
  if not updated or type(updated.files) ~= "table" then return updated, err end
  return count(updated, ids_of(product))
end
