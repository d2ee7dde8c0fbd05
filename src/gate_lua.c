/* The gate, as Lua sees it. */
#include "gate_lua.h"

#include <string.h>

#include "core.h"

static void fail (lua_State *L, int index, const char *message, const char *what) {
  luaL_argerror(L, index, lua_pushfstring(L, message, what));
}

/* Returns the whole number on top of the stack, which must be at least 'min'. */
static uint64_t check_count (lua_State *L, int index, const char *name, lua_Number min) {
  lua_Number n = lua_tonumber(L, -1);
  if (lua_type(L, -1) != LUA_TNUMBER) fail(L, index, "%s: number expected", name);
  if (!(n >= min && n <= GR_LARGEST_EXACT) || n != (lua_Number)(uint64_t)n)
    fail(L, index, "%s: out of range", name);
  return (uint64_t)n;
}

/* Reads the field whose name and value are on top of the stack. */
static void take_field (lua_State *L, int index, gr_expected *expected) {
  const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
  if (strcmp(name, "max_body") == 0) expected->max_body = check_count(L, index, name, 1);
  else if (strcmp(name, "target") != 0) fail(L, index, "target or max_body expected, not '%s'", name);
  else if (lua_type(L, -1) != LUA_TSTRING) fail(L, index, "%s: string expected", name);
  else if (gr_rawlen(L, -1) > GR_TARGET_SIZE) fail(L, index, "%s: at most 4096 bytes expected", name);
  else expected->target = lua_tolstring(L, -1, &expected->target_len);
}

void gr_checkexpected (lua_State *L, int index, gr_expected *expected) {
  memset(expected, 0, sizeof *expected);
  luaL_checktype(L, index, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) take_field(L, index, expected);
}

/* gate_head(expected, method, target, content_type, length) -> nothing | status, reason
** Decides from the head of a request alone whether it is let in.
**   expected      table: what a ping must be; unknown fields raise
**     target        the path and query that it must have: "/hook?secret=s"; nil: any. Changes that proxies
**                   make on the way do not matter: "/a%7Eb//c" is "/a~b/c", and "/a%2Fb" is "/a/b"
**     max_body      bytes, at least 1; nil: any
**   method        as it was sent
**   target        path and query as they were sent
**   content_type  the header's value, or nil
**   length        announced bytes of the body, 0 if there is no body; nil: the head does not say
**                 (a chunked body)
** Status: 404 (wrong path or secret), 405 (not POST), 413 (larger than max_body), 400 (neither a form nor
** JSON). The reason is one line of printable ASCII, at most 199 bytes. The time that comparing the target
** takes does not depend on the bytes of the expected target. */
static int l_gate_head (lua_State *L) {
  gr_expected expected;
  gr_refusal refusal;
  gr_head head = {.length = GR_LENGTH_UNKNOWN};
  lua_settop(L, 5);
  gr_checkexpected(L, 1, &expected);
  head.method = luaL_checklstring(L, 2, &head.method_len);
  head.target = luaL_checklstring(L, 3, &head.target_len);
  head.content_type = luaL_optlstring(L, 4, NULL, &head.content_type_len);
  if (!lua_isnil(L, 5)) head.length = check_count(L, 5, "length", 0);
  if (!gr_gate_head(&expected, &head, &refusal)) return 0;
  lua_pushinteger(L, (lua_Integer)refusal.status);
  lua_pushstring(L, refusal.reason);
  return 2;
}

static const luaL_Reg functions[] = {{"gate_head", l_gate_head}, {NULL, NULL}};

void gr_open_gate (lua_State *L) {
  gr_setfuncs(L, functions);
}
