/* gumroad.core: the C core. It moves bytes, checks them and keeps secrets; what they mean
** to Gumroad is the business of the Lua above. */
#include "core.h"

int gr_fail (lua_State *L, const char *code, const char *message) {
  lua_pushnil(L);
  lua_pushstring(L, code);
  lua_pushstring(L, message);
  return 3;
}

GR_EXPORT int luaopen_gumroad_core (lua_State *L) {
  lua_newtable(L);
  gr_open_form(L);
  gr_open_json(L);
  gr_open_secret(L);
  gr_open_engine(L);
  return 1;
}
