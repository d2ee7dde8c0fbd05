--- lua-cjson, or an error in one line that says what to install.
local ok, cjson = pcall(require, "cjson")
if ok then return cjson end

local is_missing = tostring(cjson):find("module 'cjson' not found", 1, true)
local why = not is_missing and tostring(cjson):match("([^\n\t]*)%s*$")  -- the last line tells the reason
error(("gumroad needs lua-cjson%s: install the Debian package lua-cjson, or the rock (luarocks install lua-cjson) "
  .. "for %s"):format(why and ", and what is here does not load (" .. why .. ")" or "", _VERSION), 0)
