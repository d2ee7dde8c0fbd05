--- lua-cjson, or an error that says what to install.
local ok, cjson = pcall(require, "cjson")
if not ok then
  local is_missing = tostring(cjson):find("module 'cjson' not found", 1, true)
  error(is_missing and "gumroad needs lua-cjson: install the Debian package lua-cjson, or the rock (luarocks install "
    .. "lua-cjson) for " .. _VERSION or cjson, 0)
end
return cjson
