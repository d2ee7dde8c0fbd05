/* The only file that knows about Lua versions: 5.1 (and LuaJIT), 5.2, 5.3, 5.4.
** Shims have our own prefix, because LuaJIT itself exports some of the luaL_ names. */
#ifndef GR_COMPAT_H
#define GR_COMPAT_H

#include <lua.h>
#include <lauxlib.h>

#if LUA_VERSION_NUM == 501
#define gr_setfuncs(L, l) luaL_register(L, NULL, l)
#define gr_rawlen(L, i) lua_objlen(L, i)
#else
#define gr_setfuncs(L, l) luaL_setfuncs(L, l, 0)
#define gr_rawlen(L, i) lua_rawlen(L, i)
#endif

/* Lua 5.3 introduced integers; before, every number is a double. gr_pushcount is for counts that may be
** larger than a pointer can address. */
#if LUA_VERSION_NUM >= 503
#define GR_HAS_INTEGERS 1
#define gr_pushcount(L, n) lua_pushinteger(L, (lua_Integer)(n))
#else
#define GR_HAS_INTEGERS 0
#define gr_pushcount(L, n) lua_pushnumber(L, (lua_Number)(n))
#endif

/* 2^53: up to here every whole number is exact in a double. */
#define GR_LARGEST_EXACT 9007199254740992.0

/* The only symbol that a module exports. */
#if defined(__GNUC__)
#define GR_EXPORT __attribute__((visibility("default")))
#else
#define GR_EXPORT
#endif

#endif
