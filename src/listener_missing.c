/* gumroad.listener without libmicrohttpd, or on systems other than Linux: reports that it is missing. */
#include "module.h"

GR_EXPORT int luaopen_gumroad_listener (lua_State *L) {
  return luaL_error(L,
    "gumroad.listener was built without libmicrohttpd, which it uses on Linux, so this program cannot receive "
    "webhooks: install it (on Debian and Ubuntu: libmicrohttpd-dev) and build gumroad again");
}
