/* gumroad.core: the C core. It moves bytes, checks them and keeps secrets; what they mean
** to Gumroad is the business of the Lua above. */
#include "clock.h"
#include "core.h"

/* core.now() -> seconds on a clock that is never set back; only differences mean something. */
static int l_now (lua_State *L) {
  lua_pushnumber(L, gr_now());
  return 1;
}

static const luaL_Reg functions[] = {{"now", l_now}, {NULL, NULL}};

GR_EXPORT int luaopen_gumroad_core (lua_State *L) {
  lua_newtable(L);
  gr_setfuncs(L, functions);
  gr_open_file(L);
  gr_open_form(L);
  gr_open_gate(L);
  gr_open_json(L);
  gr_open_secret(L);
  gr_open_response(L);
  gr_open_engine(L);
  return 1;
}
