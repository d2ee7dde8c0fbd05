/* Secrets: userdata whose bytes can reach a request, but never Lua or a message. */
#include "secret_lua.h"

#include "core.h"
#include "secret.h"

#include <string.h>

#define GR_SECRET "gumroad.secret"
#define SHOWN 4 /* characters that tostring shows ... */
#define SHOWN_FROM 16 /* ... if it is at least this long; of a shorter one they would reveal too much */

typedef struct gr_secret {
  size_t len; /* 0 means closed, because no secret is empty */
  char bytes[];
} gr_secret;

/* luaL_checkudata without the raise; Lua 5.1 has no luaL_testudata. */
static gr_secret *test_secret (lua_State *L, int index) {
  void *p = lua_touserdata(L, index);
  if (p == NULL || !lua_getmetatable(L, index)) return NULL;
  luaL_getmetatable(L, GR_SECRET);
  int same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same ? (gr_secret *)p : NULL;
}

const char *gr_tosecret (lua_State *L, int index, size_t *len) {
  gr_secret *secret = test_secret(L, index);
  if (secret == NULL || secret->len == 0) return NULL;
  *len = secret->len;
  return secret->bytes;
}

static gr_secret *check_open (lua_State *L) {
  gr_secret *secret = (gr_secret *)luaL_checkudata(L, 1, GR_SECRET);
  if (secret->len == 0) luaL_argerror(L, 1, "the secret is closed");
  return secret;
}

/* secret(text) -> secret
** text: printable ASCII, at least one character. Anything else raises, such as a line end read from a file,
** and the message does not quote it. */
static int secret_new (lua_State *L) {
  size_t len;
  if (lua_type(L, 1) != LUA_TSTRING) return luaL_argerror(L, 1, "a string is expected");
  const char *text = lua_tolstring(L, 1, &len);
  if (len == 0) return luaL_argerror(L, 1, "a secret cannot be empty");
  for (size_t i = 0; i < len; i++)
    if (text[i] < 0x20 || text[i] > 0x7E)
      return luaL_argerror(L, 1, "a secret holds printable ASCII only (is there a line end?)");
  gr_secret *secret = (gr_secret *)lua_newuserdata(L, sizeof *secret + len);
  memcpy(secret->bytes, text, len);
  secret->len = len;
  luaL_getmetatable(L, GR_SECRET);
  lua_setmetatable(L, -2);
  return 1;
}

/* secret:equals(text) -> boolean, in a time that depends only on the lengths. Raises if the secret is
** closed. */
static int secret_equals (lua_State *L) {
  size_t len;
  gr_secret *secret = check_open(L);
  const char *text = luaL_checklstring(L, 2, &len);
  lua_pushboolean(L, gr_equal(secret->bytes, secret->len, text, len));
  return 1;
}

/* secret:close(): wipes the bytes; the secret can no longer be used. Safe to repeat. */
static int secret_close (lua_State *L) {
  gr_secret *secret = (gr_secret *)luaL_checkudata(L, 1, GR_SECRET);
  gr_wipe(secret->bytes, secret->len);
  secret->len = 0;
  return 0;
}

/* tostring(secret) -> "secret(...abcd)" */
static int secret_tostring (lua_State *L) {
  gr_secret *secret = (gr_secret *)luaL_checkudata(L, 1, GR_SECRET);
  if (secret->len == 0) lua_pushliteral(L, "secret(closed)");
  else if (secret->len < SHOWN_FROM) lua_pushliteral(L, "secret(...)");
  else {
    lua_pushliteral(L, "secret(...");
    lua_pushlstring(L, secret->bytes + secret->len - SHOWN, SHOWN);
    lua_pushliteral(L, ")");
    lua_concat(L, 3);
  }
  return 1;
}

/* equal(a, b) -> boolean: compares two strings in a time that depends only on the lengths. */
static int l_equal (lua_State *L) {
  size_t a_len, b_len;
  const char *a = luaL_checklstring(L, 1, &a_len);
  const char *b = luaL_checklstring(L, 2, &b_len);
  lua_pushboolean(L, gr_equal(a, a_len, b, b_len));
  return 1;
}

static const luaL_Reg secret_meta[] = {
  {"__close", secret_close}, {"__gc", secret_close}, {"__tostring", secret_tostring}, {NULL, NULL}};
static const luaL_Reg secret_methods[] = {{"close", secret_close}, {"equals", secret_equals}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"equal", l_equal}, {"secret", secret_new}, {NULL, NULL}};

void gr_open_secret (lua_State *L) {
  gr_newclass(L, GR_SECRET, secret_meta, secret_methods);
  luaL_getmetatable(L, GR_SECRET);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable"); /* getmetatable returns false, and setmetatable raises */
  lua_pop(L, 1);
  gr_setfuncs(L, functions);
}
