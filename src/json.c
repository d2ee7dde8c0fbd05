/* json_values: makes of what a JSON decoder gave what Lua code expects of a table. */
#include "core.h"

#define GR_MAXDEPTH 128

static int is_null (lua_State *L, int index) {
  return lua_type(L, index) == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL;
}

/* Pushes the integer that equals the float at 'index', if there is one; the JSON decoder
** may know floats only. Says whether it did. */
static int push_integer (lua_State *L, int index) {
#if GR_HAS_INTEGERS
  lua_Integer i;
  if (lua_isinteger(L, index)) return 0;
  lua_Number n = lua_tonumber(L, index);
  if (!lua_numbertointeger(n, &i) || (lua_Number)i != n) return 0;
  lua_pushinteger(L, i);
  return 1;
#else
  (void)L; (void)index;
  return 0;
#endif
}

/* Closes the gaps that nulls leave in the array at 'index'. */
static void close_up (lua_State *L, int index) {
  int n = (int)gr_rawlen(L, index), kept = 0;
  for (int i = 1; i <= n; i++) {
    lua_rawgeti(L, index, i);
    if (is_null(L, -1)) lua_pop(L, 1);
    else lua_rawseti(L, index, ++kept);
  }
  for (; kept < n; n--) {
    lua_pushnil(L);
    lua_rawseti(L, index, n);
  }
}

/* Mends the table on top of the stack. Fields are only overwritten or set to nil while
** lua_next is on its way, which it allows; arrays are closed up afterwards. */
static void mend (lua_State *L, int depth) {
  int table = lua_gettop(L), gaps = 0;
  if (depth > GR_MAXDEPTH) luaL_error(L, "json_values: nested deeper than %d", GR_MAXDEPTH);
  luaL_checkstack(L, 5, "json_values");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    switch (lua_type(L, -1)) {
      case LUA_TTABLE:
        mend(L, depth + 1);
        break;
      case LUA_TNUMBER:
        lua_pushvalue(L, -2);
        if (push_integer(L, -2)) lua_rawset(L, table);
        else lua_pop(L, 1);
        break;
      case LUA_TLIGHTUSERDATA:
        if (!is_null(L, -1)) break;
        if (lua_type(L, -2) == LUA_TNUMBER) { gaps = 1; break; }
        lua_pushvalue(L, -2);
        lua_pushnil(L);
        lua_rawset(L, table);
        break;
      default:
        break;
    }
    lua_pop(L, 1);
  }
  if (gaps) close_up(L, table);
}

/* json_values(value) -> value
** Removes the nulls (light userdata NULL, as cjson.null is) from what a JSON decoder gave:
** such keys are absent, such elements of an array are dropped and later ones move up; makes
** floats without a fraction integers where Lua has integers and they fit. Works in place;
** a null at the top gives nil. Raises on more than 128 levels (or a cycle). */
static int l_json_values (lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (lua_istable(L, 1)) mend(L, 1);
  else if (is_null(L, 1)) lua_pushnil(L);
  else if (lua_type(L, 1) == LUA_TNUMBER) push_integer(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {{"json_values", l_json_values}, {NULL, NULL}};

void gr_open_json (lua_State *L) {
  gr_setfuncs(L, functions);
}
