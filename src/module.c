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

void gr_getmemory (lua_State *L, gr_memory *memory) {
  memory->alloc = lua_getallocf(L, &memory->ud);
}

void gr_join_header (lua_State *L, const char *name, size_t name_len, const char *value, size_t value_len) {
  lua_pushlstring(L, name, name_len);
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, value, value_len);
  }
  else {
    lua_pushliteral(L, ", ");
    lua_pushlstring(L, value, value_len);
    lua_concat(L, 3);
  }
  lua_rawset(L, -3);
}
