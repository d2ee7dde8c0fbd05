/* json_decode: JSON as Lua code expects it. lua-cjson decodes; json.h tells what it gets wrong. */
#include "core.h"
#include "json.h"

#include <string.h>

enum { DECODE = 1, TEXT = 2, MEMORY = 3, VALUE = 4 };  /* stack indices in l_json_decode */

#define SPARE lua_upvalueindex(1)  /* memory of SPARE_SIZE bytes for the next call, or nil */
#define SPARE_SIZE (64 * 1024)     /* enough for a page of the API */

static void push_integer (lua_State *L, int64_t n) {
#if GR_HAS_INTEGERS
  if ((lua_Integer)n == n) { lua_pushinteger(L, (lua_Integer)n); return; }  /* Lua's may be smaller */
#endif
  lua_pushnumber(L, (lua_Number)n);
}

/* Pushes the integer that equals the float on top of the stack, if there is one. */
static int push_whole (lua_State *L) {
#if GR_HAS_INTEGERS
  lua_Integer i;
  if (lua_isinteger(L, -1)) return 0;
  lua_Number n = lua_tonumber(L, -1);
  if (!lua_numbertointeger(n, &i) || (lua_Number)i != n) return 0;
  lua_pushinteger(L, i);
  return 1;
#else
  (void)L;
  return 0;
#endif
}

/* Makes what is on top of the stack an integer, if it equals one, or nil of a null. */
static void mend (lua_State *L) {
  if (lua_type(L, -1) == LUA_TLIGHTUSERDATA && lua_touserdata(L, -1) == NULL) lua_pushnil(L);
  else if (lua_type(L, -1) != LUA_TNUMBER || !push_whole(L)) return;
  lua_remove(L, -2);
}

static void mend_numbers (lua_State *L) {
  int n = (int)gr_rawlen(L, -1);
  for (int i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, i);
    mend(L);
    lua_rawseti(L, -2, i);
  }
}

/* A name with escapes is the decoder's to read. */
static void push_name (lua_State *L, const gr_json_edit *edit) {
  if (memchr(edit->name, '\\', edit->len) == NULL) {
    lua_pushlstring(L, edit->name, edit->len);
    return;
  }
  lua_pushvalue(L, DECODE);
  lua_pushlstring(L, edit->name - 1, edit->len + 2);  /* with its quotes */
  lua_call(L, 1, 1);
}

/* Replaces a value that is no table by one that nobody sees: where an object has a name twice,
** the edits are about the first value, and this is the last. */
static void enter (lua_State *L) {
  luaL_checkstack(L, 6, "json_decode");
  if (lua_istable(L, -1)) return;
  lua_pop(L, 1);
  lua_newtable(L);
}

/* Makes one edit in the table on top of the stack. */
static void apply (lua_State *L, const gr_json_edit *edit) {
  switch (edit->kind) {
    case GR_JSON_SET:
      lua_pushlstring(L, edit->name, edit->len);
      push_integer(L, edit->integer);
      lua_rawset(L, -3);
      break;
    case GR_JSON_MEND:
      push_name(L, edit);
      lua_pushvalue(L, -1);
      lua_rawget(L, -3);
      mend(L);
      lua_rawset(L, -3);
      break;
    case GR_JSON_NUMBERS:
      mend_numbers(L);
      break;
    case GR_JSON_MEMBER:
      push_name(L, edit);
      lua_rawget(L, -2);
      enter(L);
      break;
    case GR_JSON_ITEM:
      lua_rawgeti(L, -1, (int)edit->integer);
      enter(L);
      break;
    case GR_JSON_LEAVE:
      lua_pop(L, 1);
      break;
  }
}

/* Pushes what the whole text decodes to, or raises. */
static void decode_whole (lua_State *L) {
  lua_pushvalue(L, DECODE);
  lua_pushvalue(L, TEXT);
  lua_call(L, 1, 1);
}

/* Pushes what the text decodes to without what was cut out, or raises. */
static void decode_cut (lua_State *L, const char *text, size_t len) {
  lua_pushvalue(L, DECODE);
  lua_pushlstring(L, text, len);
  int status = lua_pcall(L, 1, 1, 0);
  if (status == 0) return;
  if (status != LUA_ERRMEM) decode_whole(L);  /* raises, and tells the right place in the text */
  lua_settop(L, VALUE);
  lua_error(L);
}

/* Pushes memory to read the text into. Most calls use the same again, which is in the processor's
** cache and no work for the collector; not while another call has it, such as of a finalizer. */
static char *push_memory (lua_State *L, size_t size) {
  lua_pushvalue(L, SPARE);
  if (size > SPARE_SIZE || lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return (char *)lua_newuserdata(L, size > SPARE_SIZE ? size : SPARE_SIZE);
  }
  lua_pushnil(L);
  lua_replace(L, SPARE);
  return (char *)lua_touserdata(L, -1);
}

static void spare_memory (lua_State *L) {
  if (gr_rawlen(L, MEMORY) != SPARE_SIZE) return;
  lua_pushvalue(L, MEMORY);
  lua_replace(L, SPARE);
}

/* json_decode(decode, text) -> value
** 'decode' is lua-cjson's, which raises for what is no JSON, and so does this. A null is absent: as
** a member, as an item of an array (later ones move up), and alone (nil). A number that is whole is
** an integer where Lua has integers and it fits; one without point and exponent exactly. Where an
** object has a name twice, one that is a whole number counts, or else the last that is no null.
** At most 128 levels, fewer where 'decode' knows a limit. */
static int l_json_decode (lua_State *L) {
  size_t len, room, count = 0, cut_len;
  const char *text = luaL_checklstring(L, TEXT, &len);
  lua_settop(L, TEXT);
  gr_json_edit *edits;
  char *cut;
  for (room = 16 + len / 64;; room = count) {
    cut = push_memory(L, room * sizeof *edits + len);
    edits = (gr_json_edit *)(void *)cut;
    cut += room * sizeof *edits;
    cut_len = gr_json_read(text, len, cut, edits, room, &count);
    if (count <= room) break;
    spare_memory(L);
    lua_settop(L, TEXT);
  }
  if (cut_len == 0) {
    decode_whole(L);
    return luaL_error(L, "json_decode: nested deeper than %d, or not all of it is JSON", GR_JSON_MAXDEPTH);
  }
  decode_cut(L, cut, cut_len);
  if (!lua_istable(L, VALUE)) mend(L);
  else for (size_t i = 0; i < count; i++) apply(L, &edits[i]);
  spare_memory(L);
  return 1;
}

void gr_open_json (lua_State *L) {
  lua_pushnil(L);  /* SPARE */
  lua_pushcclosure(L, l_json_decode, 1);
  lua_setfield(L, -2, "json_decode");
}
