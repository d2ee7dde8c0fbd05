#include "module.h"

int gr_fail (lua_State *L, const char *code, const char *message) {
  lua_pushnil(L);
  lua_pushstring(L, code);
  lua_pushstring(L, message);
  return 3;
}

void gr_newclass (lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  gr_setfuncs(L, meta);
  lua_newtable(L);
  gr_setfuncs(L, methods);
  lua_setfield(L, -2, "__index");  /* methods apart from metamethods: h.__gc is nil */
  lua_pop(L, 1);
}
