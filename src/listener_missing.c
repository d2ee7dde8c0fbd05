/* gumroad.listener where libmicrohttpd was not found: says so. */
#include "compat.h"

GR_EXPORT int luaopen_gumroad_listener (lua_State *L) {
  return luaL_error(L, "gumroad.listener was built without libmicrohttpd, so this program cannot receive "
    "webhooks: install it (on Debian and Ubuntu: libmicrohttpd-dev) and build gumroad again");
}
