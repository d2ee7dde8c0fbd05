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
  lua_setfield(L, -2, "__index"); /* keeps methods apart from metamethods: h.__gc is nil */
  lua_pop(L, 1);
}

static char keeper_key, kept_key; /* their addresses: where the registry keeps the keeper and what it keeps */

static void push_kept (lua_State *L) {
  lua_pushlightuserdata(L, &kept_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
}

/* Sets the value on top of the stack. */
static void set_kept (lua_State *L) {
  lua_pushlightuserdata(L, &kept_key);
  lua_insert(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

/* The keeper's __gc. The keeper is older than everything it keeps, so when the state is closed, this runs
** after the finalizers of those objects. */
static int close_kept (lua_State *L) {
  lua_settop(L, 0);
  push_kept(L);
  if (!lua_istable(L, 1)) return 0;
  lua_pushboolean(L, 0);
  set_kept(L);
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pushvalue(L, -2);
    lua_call(L, 1, 0);
  }
  return 0;
}

void gr_open_keeper (lua_State *L) {
  push_kept(L);
  int is_there = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (is_there) return;
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  set_kept(L);
  lua_pushlightuserdata(L, &keeper_key);
  lua_newuserdata(L, 1);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, close_kept);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

int gr_keep (lua_State *L, lua_CFunction close) {
  push_kept(L);
  int is_open = lua_istable(L, -1);
  if (is_open) {
    lua_pushvalue(L, -2);
    lua_pushcfunction(L, close);
    lua_rawset(L, -3);
  }
  lua_pop(L, 1);
  return is_open;
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
