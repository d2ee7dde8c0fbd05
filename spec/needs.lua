-- What some specs need besides the library: `lua needs.lua tags` prints the tags of those that cannot run here, for
-- busted's --exclude-tags; `lua needs.lua words` says what was left out, and why. A spec has its tag in its name.
local RACK = "ruby -rrack -rhttparty -e ''"
local NGINX = "command -v nginx && test -e /usr/lib/nginx/modules/ngx_http_lua_module.so && "
  .. "test -e build/luajit/gumroad/core.so"
local NEEDS = {
  { "nginx", "nginx with its Lua module, and the library for LuaJIT", NGINX },
  { "browser", "chromium and chromedriver", "command -v chromium && command -v chromedriver" },
  { "pty", "script(1), with a terminal that can be opened", "script -qec true /dev/null </dev/null" },
  { "zsh", "zsh, with a terminal that can be opened", "command -v zsh && script -qec true /dev/null </dev/null" },
  { "fish", "fish", "command -v fish" },
  { "mandoc", "mandoc", "command -v mandoc" },
  { "luarocks", "luarocks", "command -v luarocks" },
  { "locales", "localedef and its sources", "command -v localedef && test -e /usr/share/i18n/locales/de_DE" },
  { "python", "python3", "command -v python3" },
  { "rack", "Ruby with Rack and HTTParty", RACK },
  { "unshare", "a user namespace", "unshare --user --map-root-user --pid --fork true" },
}

local function is_here(command)
  local result = os.execute("{ " .. command .. "; } >/dev/null 2>&1")
  return result == true or result == 0
end

local tags, words = { "never" }, {}
for _, need in ipairs(NEEDS) do
  local tag, what, command = need[1], need[2], need[3]
  if not is_here(command) then
    tags[#tags + 1] = tag
    words[#words + 1] = ("  #%-9s %s"):format(tag, what)
  end
end

if arg[1] == "tags" then
  print(table.concat(tags, ","))
elseif #words > 0 then
  print("Left out were the specs with these tags, as what they need is not here (make test-all installs it):\n"
    .. table.concat(words, "\n"))
end
