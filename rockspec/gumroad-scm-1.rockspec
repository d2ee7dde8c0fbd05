rockspec_format = "3.0"
package = "gumroad"
version = "scm-1"
source = {
  url = "git+https://example.com/gumroad-lua.git",  -- luarocks make builds the checkout that it is run in
}
description = {
  summary = "Script your Gumroad shop: products, sales, subscribers and webhooks",
  detailed = [[
    A C core over libcurl and a Lua API for the whole job: requests with retries and clear errors,
    lists that follow every page, webhooks as typed events, an emulator for tests. For plain Lua and
    OpenResty.]],
  license = "MIT",
}
-- Besides, from the system: libcurl, and libmicrohttpd to receive webhooks; both by pkg-config.
-- The command gumroad-lua needs argparse as well, the library does not.
dependencies = {
  "lua >= 5.1",
  "lua-cjson >= 2.1.0",
}
build = {
  type = "make",
  build_target = "all",
  install_target = "install",
  variables = {
    CC = "$(CC)",
    BUILD = "build/rock/$(LUA_INCDIR)",  -- one for each Lua: a checkout serves several
    LUA_CFLAGS = "-I$(LUA_INCDIR)",
  },
  install_variables = {
    BUILD = "build/rock/$(LUA_INCDIR)",
    INST_LUADIR = "$(LUADIR)",
    INST_LIBDIR = "$(LIBDIR)",
    INST_BINDIR = "$(BINDIR)",
    INTERPRETER = "$(LUA)",
    PREFIX = "$(PREFIX)",
  },
}
