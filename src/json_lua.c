/* json_decode: JSON as Lua code expects it. lua-cjson decodes it; json.h lists what lua-cjson gets wrong.
** */
#include "core.h"
#include "json.h"
#include "number.h"

#include <string.h>

/* Stack indices in l_json_decode. */
enum { DECODE = 1, TEXT, MAX_VALUES, KEEP_NULLS, MEMORY, VALUE };

#define SPARE lua_upvalueindex(1) /* memory of SPARE_SIZE bytes for the next call, or nil */
#define SPARE_SIZE (64 * 1024) /* enough for a page of the API */
#define LARGE "gumroad.json.memory"

/* A larger block, which is freed at once: the collector would let many of them pile up. */
typedef struct large_memory {
  gr_memory memory;
  void *block;
  size_t size;
} large_memory;

/* == Memory == */

static int large_release (lua_State *L) {
  large_memory *m = (large_memory *)lua_touserdata(L, 1);
  if (m->block != NULL) m->memory.alloc(m->memory.ud, m->block, m->size, 0);
  m->block = NULL;
  return 0;
}

static void *push_large (lua_State *L, size_t size) {
  large_memory *m = (large_memory *)lua_newuserdata(L, sizeof *m);
  memset(m, 0, sizeof *m);
  luaL_getmetatable(L, LARGE);
  lua_setmetatable(L, -2);
  gr_getmemory(L, &m->memory);
  m->block = m->memory.alloc(m->memory.ud, NULL, 0, size);
  if (m->block == NULL) luaL_error(L, "not enough memory");
  m->size = size;
  return m->block;
}

/* Pushes memory to read the text into. Most calls reuse the same block, which is in the processor's cache
** and makes no work for the collector. A call gets another block while someone else, such as a finalizer,
** uses it. */
static void *push_memory (lua_State *L, size_t size) {
  if (size > SPARE_SIZE) return push_large(L, size);
  lua_pushvalue(L, SPARE);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return lua_newuserdata(L, SPARE_SIZE);
  }
  lua_pushnil(L);
  lua_replace(L, SPARE);
  return lua_touserdata(L, -1);
}

/* Releases the memory at MEMORY, which is no longer used. */
static void release_memory (lua_State *L) {
  if (gr_rawlen(L, MEMORY) == SPARE_SIZE) {
    lua_pushvalue(L, MEMORY);
    lua_replace(L, SPARE);
    return;
  }
  lua_pushcfunction(L, large_release);
  lua_pushvalue(L, MEMORY);
  lua_call(L, 1, 0);
}

/* == Edits == */

/* Pushes a whole number as an integer if Lua has integers and it fits. Otherwise, a number that a double
** cannot hold stays a text. */
static void push_number (lua_State *L, const char *s, const char *end) {
  gr_number n;
  end = gr_number_read(s, end, &n);
#if GR_HAS_INTEGERS
  lua_Integer i = (lua_Integer)n.integer;
  if ((n.is_integer && i == n.integer) || (lua_numbertointeger(n.number, &i) && (lua_Number)i == n.number))
    lua_pushinteger(L, i);
#else
  if (gr_number_loses_digits(&n, s, end)) lua_pushlstring(L, s, (size_t)(end - s));
#endif
  else lua_pushnumber(L, n.number);
}

/* Pops a value and stores it as 'item' of the table below it. */
static void set_item (lua_State *L, uint32_t item) {
  if (item == 0) lua_replace(L, VALUE);
  else lua_rawseti(L, -2, (int)item);
}

/* Pushes the value that follows. It is an object or array, unless the decoder is not lua-cjson. */
static void check_entered (lua_State *L) {
  luaL_checkstack(L, 6, "json_decode");
  if (!lua_istable(L, -1)) luaL_error(L, "json_decode: the decoder made something else of the text");
}

/* Replaces the array of names and values on top of the stack with a table. */
static void leave_pairs (lua_State *L, const gr_json_edit *edit) {
  int pairs = lua_gettop(L);
  lua_createtable(L, 0, (int)edit->len / 2);
  for (int i = 1; i < (int)edit->len; i += 2) {
    lua_rawgeti(L, pairs, i);
    lua_rawgeti(L, pairs, i + 1);
    lua_rawset(L, -3); /* a null is nil here, which removes what an earlier member set */
  }
  lua_remove(L, pairs);
  set_item(L, edit->item);
}

/* Makes one edit in the table on top of the stack. */
static void apply (lua_State *L, const gr_json *json, const gr_json_edit *edit) {
  const char *number = json->text + edit->number, *end = json->text + json->len;
  switch (edit->kind) {
    case GR_JSON_SET_MEMBER:
      lua_pushlstring(L, json->text + edit->name, edit->len);
      push_number(L, number, end);
      lua_rawset(L, -3);
      break;
    case GR_JSON_SET_ITEM:
      push_number(L, number, end);
      set_item(L, edit->item);
      break;
    case GR_JSON_CLEAR_ITEM:
      lua_pushnil(L);
      set_item(L, edit->item);
      break;
    case GR_JSON_ENTER_MEMBER:
      lua_pushlstring(L, json->text + edit->name, edit->len);
      lua_rawget(L, -2);
      check_entered(L);
      break;
    case GR_JSON_ENTER_ITEM:
      if (edit->item == 0) lua_pushvalue(L, VALUE);
      else lua_rawgeti(L, -1, (int)edit->item);
      check_entered(L);
      break;
    case GR_JSON_LEAVE: lua_pop(L, 1); break;
    case GR_JSON_LEAVE_PAIRS: leave_pairs(L, edit); break;
  }
}

/* == Decoding == */

/* Pushes a string of these bytes. If the text has no other bytes, pushes the text itself. */
static void push_text (lua_State *L, const char *s, size_t len) {
  size_t text_len;
  const char *text = lua_tolstring(L, TEXT, &text_len);
  if (len == text_len && memcmp(s, text, len) == 0) lua_pushvalue(L, TEXT);
  else lua_pushlstring(L, s, len);
}

/* Pushes the result of decoding the whole text, or raises. */
static void decode_whole (lua_State *L, const gr_json *json) {
  lua_pushvalue(L, DECODE);
  push_text(L, json->text, json->len);
  lua_call(L, 1, 1);
}

static int try_decode (lua_State *L, const gr_json *json) {
  lua_pushvalue(L, DECODE);
  push_text(L, json->out, json->out_len);
  return lua_pcall(L, 1, 1, 0);
}

/* Pushes the result of decoding the text without the parts that were cut out, or raises. */
static void decode_cut (lua_State *L, const gr_json *json) {
  int status = try_decode(L, json);
  if (status == 0) return;
  if (status != LUA_ERRMEM && gr_json_mend_surrogates(json->out, json->out_len)) {
    lua_settop(L, MEMORY);
    status = try_decode(L, json);
    if (status == 0) return;
  }
  release_memory(L);
  if (status != LUA_ERRMEM) decode_whole(L, json); /* raises with the right place in the text */
  lua_settop(L, VALUE);
  lua_error(L);
}

/* Reads the text, into memory at MEMORY. */
static gr_json_status read_text (lua_State *L, gr_json *json) {
  for (json->room = 16 + json->len / 32;; json->room = json->count) {
    json->edits =
      (gr_json_edit *)(void *)push_memory(L, json->room * sizeof *json->edits + GR_JSON_ROOM(json->len));
    json->out = (char *)(json->edits + json->room);
    gr_json_status status = gr_json_read(json);
    if (status == GR_JSON_AMBIGUOUS && !json->as_pairs) {
      json->as_pairs = 1;
      json->count = json->room;
    }
    else if (status != GR_JSON_READ || json->count <= json->room) return status;
    release_memory(L);
    lua_settop(L, KEEP_NULLS);
  }
}

/* json_decode(decode, text [, max_values [, keep_nulls]]) -> value | nil, "too_large", message
** 'decode' is lua-cjson's. It raises for invalid JSON, and so does this function. A null is absent: as a
** member, as an item of an array (later items move up), and alone (nil), unless 'keep_nulls' is set.
** Numbers are read the same way in every locale. A whole number is an integer if Lua has integers and it
** fits; a number without point and exponent keeps its exact value. If Lua has no integers and a double
** cannot hold such a number, it becomes the text of its digits. If an object repeats a name, the last
** member counts. Half a surrogate pair becomes U+FFFD, and a leading byte order mark is skipped.
** The text may have at most 128 levels (fewer if 'decode' has a lower limit) and 'max_values' objects,
** arrays, texts, numbers, booleans and nulls. */
static int l_json_decode (lua_State *L) {
  gr_json json = {.as_pairs = 0};
  json.text = luaL_checklstring(L, TEXT, &json.len);
  lua_Number most = luaL_optnumber(L, MAX_VALUES, GR_JSON_MAXLEN);
  json.max_values = most >= 0 && most < GR_JSON_MAXLEN ? (size_t)most : GR_JSON_MAXLEN;
  json.keep_nulls = lua_toboolean(L, KEEP_NULLS);
  lua_settop(L, KEEP_NULLS);
  if (json.len >= 3 && memcmp(json.text, "\xEF\xBB\xBF", 3) == 0) {
    json.text += 3;
    json.len -= 3;
  }
  gr_json_status status = read_text(L, &json);
  if (status != GR_JSON_READ) release_memory(L);
  if (status == GR_JSON_TOO_MANY)
    return gr_fail(
      L, "too_large", lua_pushfstring(L, "more than %d values (max_values)", (int)json.max_values));
  if (status != GR_JSON_READ) {
    decode_whole(L, &json);
    return luaL_error(L, "json_decode: nested deeper than %d, or not all of it is JSON", GR_JSON_MAXDEPTH);
  }
  decode_cut(L, &json);
  for (size_t i = 0; i < json.count; i++) apply(L, &json, &json.edits[i]);
  lua_settop(L, VALUE);
  release_memory(L);
  return 1;
}

static const luaL_Reg large_meta[] = {{"__gc", large_release}, {NULL, NULL}};
static const luaL_Reg no_methods[] = {{NULL, NULL}};

void gr_open_json (lua_State *L) {
  gr_newclass(L, LARGE, large_meta, no_methods);
  lua_pushnil(L); /* SPARE */
  lua_pushcclosure(L, l_json_decode, 1);
  lua_setfield(L, -2, "json_decode");
}
