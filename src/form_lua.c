/* The form codec's tables: form_decode, form_encode, percent_encode. */
#include "form.h"
#include "number.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "form_lua.h"

/* == Decoding == */

static void set_limit (lua_State *L, gr_form_limits *limits, const char *name) {
  static const char *const names[] = {"max_bytes", "max_fields", "max_key", "max_value", "max_depth"};
  int *const fields[] = {&limits->bytes, &limits->fields, &limits->key, &limits->value, &limits->depth};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    int most = fields[i] == &limits->depth ? GR_FORM_MAXPARTS : INT_MAX;
    lua_Number n = lua_tonumber(L, -1);
    if (lua_type(L, -1) != LUA_TNUMBER || !(n >= 1 && n <= most) || n != (lua_Number)(int)n)
      luaL_error(L, "form_decode: limit '%s' is not a whole number from 1 to %d", name, most);
    *fields[i] = (int)n;
    return;
  }
  luaL_error(L, "form_decode: unknown limit '%s'", name);
}

void gr_form_checklimits (lua_State *L, int index, gr_form_limits *limits) {
  if (lua_isnoneornil(L, index)) return;
  luaL_checktype(L, index, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "form_decode: limits have names");
    set_limit(L, limits, lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

static int too_large (lua_State *L, const char *what, int limit) {
  return gr_fail(L, "too_large", lua_pushfstring(L, what, limit));
}

/* Hashes a key in the table whose hash is 'table'. The key's length and four of its bytes tell nearly all
** names of a form apart. */
static inline uint64_t hash (uint64_t table, gr_span key) {
  const unsigned char *s = (const unsigned char *)key.text;
  uint64_t sample = 0;
  if (key.len > 0)
    sample = (uint64_t)key.len << 32 | (uint32_t)s[0] << 24 | (uint32_t)s[key.len - 1] << 16
      | (uint32_t)s[key.len / 2] << 8 | s[key.len / 4];
  return (sample ^ table) * UINT64_C(0x9E3779B97F4A7C15);
}

/* Returns whether this hash may have been seen before, and records it. Looking up every key in its table
** before setting it would make setting cost half as much again. */
static inline int may_have_met (gr_form_tables *d, uint64_t hash) {
  uint64_t *word = &d->seen[hash >> 58];
  uint64_t bit = UINT64_C(1) << (hash >> 52 & 63);
  int met = (*word & bit) != 0;
  *word |= bit;
  return met;
}

static void append (lua_State *L, int table) {
  lua_rawseti(L, table, (int)gr_rawlen(L, table) + 1);
}

/* Replaces the string on top of the stack with a table whose first element is that string, so that a
** repeated name collects its values. */
static void wrap (lua_State *L) {
  lua_createtable(L, 2, 0);
  lua_insert(L, -2);
  lua_rawseti(L, -2, 1);
}

/* Sets the key on top of the stack to the value, or adds the value to what the table already has there. */
static void collect (lua_State *L, int table, gr_span value) {
  lua_pushvalue(L, -1);
  lua_rawget(L, table);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, value.text, value.len);
  }
  else {
    if (!lua_istable(L, -1)) wrap(L);
    lua_pushlstring(L, value.text, value.len);
    append(L, lua_gettop(L) - 1);
  }
  lua_rawset(L, table);
}

/* Puts the value under 'key' into the table at root + depth. */
static inline void set_value (gr_form_tables *d, int depth, gr_span key, gr_span value) {
  lua_State *L = d->L;
  int table = d->root + depth;
  lua_pushlstring(L, key.text, key.len);
  if (may_have_met(d, hash(d->hashes[depth], key))) collect(L, table, value);
  else {
    lua_pushlstring(L, value.text, value.len);
    lua_rawset(L, table);
  }
}

/* Whether the table on top of the stack has a value at the path. */
static int has_path (lua_State *L, const gr_span *parts, size_t n) {
  int top = lua_gettop(L), found = 1;
  lua_pushvalue(L, top);
  for (size_t i = 0; i < n && found; i++) {
    found = parts[i].len > 0 && lua_istable(L, -1);
    if (!found) break;
    lua_pushlstring(L, parts[i].text, parts[i].len);
    lua_rawget(L, -2);
    found = !lua_isnil(L, -1);
    lua_replace(L, -2);
  }
  lua_settop(L, top);
  return found;
}

/* Pushes a new table for 'depth' parts and a 'next' one. Deep ones are small, because a form of a few KB can
** have very many of them. */
static void new_table (lua_State *L, int depth, gr_span next) {
  if (next.len == 0) lua_createtable(L, depth < 3 ? 4 : 1, 0);
  else lua_createtable(L, 0, depth < 3 ? 8 : 1);
}

/* Pushes the element of the array at root + depth that 'a[][rest]' refers to. As in Rack, this is the last
** element unless it already has 'rest'. */
static void open_element (gr_form_tables *d, int depth, const gr_span *rest, size_t n) {
  lua_State *L = d->L;
  int table = d->root + depth;
  lua_rawgeti(L, table, (int)gr_rawlen(L, table));
  if (lua_istable(L, -1) && !has_path(L, rest, n)) return;
  lua_pop(L, 1);
  new_table(L, depth, *rest);
  lua_pushvalue(L, -1);
  append(L, table);
}

/* Pushes the table under 'key' in the one at root + depth, and makes one if it is missing. */
static void open_child (gr_form_tables *d, int depth, gr_span key, gr_span next) {
  lua_State *L = d->L;
  int table = d->root + depth;
  lua_pushlstring(L, key.text, key.len);
  if (may_have_met(d, d->hashes[depth + 1])) {
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    if (lua_istable(L, -1)) {
      lua_remove(L, -2);
      return;
    }
    if (!lua_isnil(L, -1)) wrap(L);
    else {
      lua_pop(L, 1);
      new_table(L, depth, next);
    }
  }
  else new_table(L, depth, next);
  lua_pushvalue(L, -1);
  lua_insert(L, -3); /* child, key, child */
  lua_rawset(L, table);
}

static int same (gr_span a, gr_span b) {
  return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

int gr_form_open_tables (gr_form_tables *d, const gr_span *parts, int n) {
  int depth = 0;
  while (depth < d->open && depth < n - 1 && same(d->path[depth], parts[depth])) depth++;
  lua_settop(d->L, d->root + depth);
  d->open = depth;
  for (; depth < n - 1; depth++) {
    /* the same for all elements of an array, which costs at most one lookup */
    d->hashes[depth + 1] = hash(d->hashes[depth], parts[depth]);
    if (depth > 0 && parts[depth].len == 0)
      open_element(d, depth, &parts[depth + 1], (size_t)(n - depth - 1));
    else {
      open_child(d, depth, parts[depth], parts[depth + 1]);
      if (d->open == depth) d->path[d->open++] = parts[depth];
    }
  }
  return depth;
}

void gr_form_set_field (gr_form_tables *d, const gr_span *parts, int n, gr_span value) {
  int depth = n > 1 ? gr_form_open_tables(d, parts, n) : 0;
  if (n > 1 && parts[depth].len == 0) {
    lua_pushlstring(d->L, value.text, value.len);
    append(d->L, d->root + depth);
    if (n == 2 && value.len == 0) d->empty_list = 1;
  }
  else set_value(d, depth, parts[depth], value);
}

/* Gumroad writes an empty list as one 'a[]='. At the top level nothing else decodes to a table that holds
** only one empty text. */
static void empty_lists (lua_State *L, int root) {
  lua_settop(L, root);
  lua_pushnil(L);
  while (lua_next(L, root)) {
    if (lua_istable(L, -1) && gr_rawlen(L, -1) == 1) {
      int table = lua_gettop(L), others = 0;
      lua_rawgeti(L, table, 1);
      int is_empty = lua_type(L, -1) == LUA_TSTRING && gr_rawlen(L, -1) == 0;
      lua_settop(L, table);
      lua_pushnil(L);
      while (lua_next(L, table)) {
        lua_pop(L, 1);
        others += lua_type(L, -1) != LUA_TNUMBER;
      }
      if (is_empty && others == 0) {
        lua_pushnil(L);
        lua_rawseti(L, table, 1);
      }
    }
    lua_pop(L, 1);
  }
}

/* Adds one field. Returns 0, or the result of form_decode if the field passes a limit. */
static int add_field (gr_form_tables *d, const gr_form_field *field, const gr_form_limits *limits) {
  gr_span parts[GR_FORM_MAXPARTS];
  if (field->name.len > (size_t)limits->key)
    return too_large(d->L, "a form key of more than %d bytes (max_key)", limits->key);
  if (field->value.len > (size_t)limits->value)
    return too_large(d->L, "a form value of more than %d bytes (max_value)", limits->value);
  if (field->brackets == 0) {
    set_value(d, 0, field->name, field->value);
    return 0;
  }
  size_t count = gr_form_split(field, parts);
  if (count > (size_t)limits->depth)
    return too_large(d->L, "a form key of more than %d parts (max_depth)", limits->depth);
  gr_form_set_field(d, parts, (int)count, field->value);
  return 0;
}

/* Adds all fields. Returns 0, or the result of form_decode if they pass a limit. */
static int add_fields (gr_form_tables *d, gr_form *form, const gr_form_limits *limits) {
  gr_form_field fields[64];
  size_t read;
  for (int left = limits->fields; (read = gr_form_read(form, fields, 64)) > 0; left -= (int)read) {
    if (read > (size_t)left) return too_large(d->L, "more than %d form fields (max_fields)", limits->fields);
    for (size_t i = 0; i < read; i++) {
      int results = add_field(d, &fields[i], limits);
      if (results != 0) return results;
    }
  }
  return 0;
}

void gr_form_begin_tables (gr_form_tables *d, lua_State *L, size_t len) {
  lua_createtable(L, 0, len < 128 * 32 ? (int)len / 32 : 128); /* a real field has about 30 bytes */
  d->L = L;
  d->root = lua_gettop(L);
  d->open = d->empty_list = 0;
  d->hashes[0] = 0;
  memset(d->seen, 0, sizeof d->seen);
}

void gr_form_end_tables (gr_form_tables *d) {
  if (d->empty_list) empty_lists(d->L, d->root);
  lua_settop(d->L, d->root);
}

int gr_form_decode (lua_State *L, int index, const gr_form_limits *limits) {
  size_t len;
  char small[2][4096 + GR_FORM_PADDING], *copy = small[0], *decoded = small[1];
  gr_form_tables d;
  gr_form form;
  const char *body = lua_tolstring(L, index, &len);
  if (len > (size_t)limits->bytes)
    return too_large(L, "a form body of more than %d bytes (max_bytes)", limits->bytes);
  luaL_checkstack(L, GR_FORM_ROOM, "form_decode");
  if (len > 4096) {
    copy = (char *)lua_newuserdata(L, len + GR_FORM_PADDING);
    decoded = (char *)lua_newuserdata(L, len + GR_FORM_PADDING);
  }
  gr_form_begin_tables(&d, L, len);
  memcpy(copy, body, len);
  gr_form_begin(&form, copy, len, decoded);
  int results = add_fields(&d, &form, limits);
  if (results != 0) return results;
  gr_form_end_tables(&d);
  return 1;
}

/* form_decode(bytes [, limits]) -> table | nil, "too_large", message
** Decodes application/x-www-form-urlencoded: 'a=1&a[b][]=2'. Names and values are strings. Parts in
** brackets nest. 'a[]' appends to an array, and 'a[][b]' refers to its last element unless that already has
** b. A repeated name collects its values: 'a=1&a=2' is {a = {"1", "2"}}, 'a=1&a[b]=2' is {a = {"1", b =
** "2"}}. 'a[]=' alone is the empty list. A name whose brackets do not pair up is used as a key unchanged. A
** %5B or %5D left in a part after decoding becomes a bracket.
** limits: table of whole numbers, all optional: max_bytes (of the body, 1048576), max_fields (4096),
** max_key and max_value (decoded bytes of a whole name, 1024, and of a value, 65536), max_depth (parts of a
** name: 'a' has 1, 'a[b]' and 'a[]' have 2; default 5, at most 32). An unknown or invalid limit raises. A
** body that passes a limit is the error "too_large". */
static int l_form_decode (lua_State *L) {
  gr_form_limits limits = {.bytes = 1048576, .fields = 4096, .key = 1024, .value = 65536, .depth = 5};
  luaL_checkstring(L, 1);
  gr_form_checklimits(L, 2, &limits);
  return gr_form_decode(L, 1, &limits);
}

/* == Encoding == */

#define GR_MAXDEPTH 32

/* Growing bytes in a userdata at a fixed stack index, so that a raise leaks nothing. */
typedef struct gr_bytes {
  gr_buffer buffer;
  lua_State *L;
  int index;
} gr_bytes;

typedef struct gr_encoder {
  lua_State *L;
  gr_bytes out, path; /* path: the encoded name of the current value */
} gr_encoder;

/* The gr_alloc for such bytes. It raises if there is no memory. */
static void *move_to_userdata (void *ud, void *block, size_t old_size, size_t new_size) {
  gr_bytes *b = (gr_bytes *)ud;
  void *larger = lua_newuserdata(b->L, new_size);
  memcpy(larger, block, old_size);
  lua_replace(b->L, b->index);
  return larger;
}

static void new_bytes (lua_State *L, gr_bytes *b) {
  *b = (gr_bytes){.L = L, .buffer.cap = 256};
  b->buffer.data = (char *)lua_newuserdata(L, b->buffer.cap);
  b->index = lua_gettop(L);
}

/* Makes room for 'more' bytes. */
static char *reserve (gr_bytes *b, size_t more) {
  gr_memory memory = {move_to_userdata, b};
  if (more > (size_t)INT_MAX - b->buffer.len || !gr_buffer_reserve(&b->buffer, &memory, more))
    luaL_error(b->L, "form_encode: more than 2 GiB");
  return b->buffer.data + b->buffer.len;
}

static void add (gr_bytes *b, const char *s, size_t len) {
  memcpy(reserve(b, len), s, len);
  b->buffer.len += len;
}

static void add_encoded (gr_bytes *b, const char *s, size_t len) {
  if (len > INT_MAX / 3) luaL_error(b->L, "form_encode: more than 2 GiB");
  b->buffer.len += gr_percent_encode(s, len, reserve(b, 3 * len));
}

/* Adds a part of a name. Brackets in it are escaped once before everything else, which tells them from the
** brackets that structure the name. */
static void add_part (gr_bytes *b, const char *s, size_t len) {
  const char *end = s + len;
  while (s < end) {
    const char *from = s;
    while (s < end && *s != '[' && *s != ']') s++;
    add_encoded(b, from, (size_t)(s - from));
    if (s == end) break;
    add(b, *s == '[' ? "%255B" : "%255D", 5);
    s++;
  }
}

/* Raises with the readable name of the current value. */
static int fail_at (gr_encoder *e, const char *what) {
  lua_State *L = e->L;
  gr_form_field field;
  gr_form form;
  reserve(&e->path, GR_FORM_PADDING);
  gr_form_begin(
    &form, e->path.buffer.data, e->path.buffer.len, (char *)lua_newuserdata(L, e->path.buffer.cap));
  if (gr_form_read(&form, &field, 1) == 0) return luaL_error(L, "form_encode: the table %s", what);
  lua_pushlstring(L, field.name.text, field.name.len);
  return luaL_error(L, "form_encode: '%s' %s", lua_tostring(L, -1), what);
}

static void add_number (gr_encoder *e, int index) {
  char text[GR_NUMBER_SIZE];
  lua_Number n = lua_tonumber(e->L, index);
  if (n != n || n - n != 0) fail_at(e, "is not a finite number");
#if GR_HAS_INTEGERS
  if (lua_isinteger(e->L, index)) {
    int len = snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(e->L, index));
    add_encoded(&e->out, text, (size_t)len);
    return;
  }
#endif
  add_encoded(&e->out, text, gr_number_write(n, text));
}

static void begin_field (gr_encoder *e) {
  if (e->out.buffer.len > 0) add(&e->out, "&", 1);
  add(&e->out, e->path.buffer.data, e->path.buffer.len);
  add(&e->out, "=", 1);
}

static void encode_table (gr_encoder *e, int depth);

/* Writes the value on top of the stack and pops it. */
static void encode_value (gr_encoder *e, int depth) {
  lua_State *L = e->L;
  size_t len;
  const char *s;
  switch (lua_type(L, -1)) {
    case LUA_TTABLE: encode_table(e, depth + 1); return;
    case LUA_TSTRING:
      begin_field(e);
      s = lua_tolstring(L, -1, &len);
      add_encoded(&e->out, s, len);
      break;
    case LUA_TNUMBER:
      begin_field(e);
      add_number(e, lua_gettop(L));
      break;
    case LUA_TBOOLEAN:
      begin_field(e);
      if (lua_toboolean(L, -1)) add(&e->out, "true", 4);
      else add(&e->out, "false", 5);
      break;
    default: fail_at(e, lua_pushfstring(L, "is a %s", luaL_typename(L, -1)));
  }
  lua_pop(L, 1);
}

typedef struct gr_key {
  const char *text;
  size_t len;
} gr_key;

static int compare_keys (const void *a, const void *b) {
  const gr_key *x = (const gr_key *)a, *y = (const gr_key *)b;
  int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
  return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Pushes a userdata with the sorted keys of the dictionary at 'table'. The bytes of the keys do not move
** while the table holds them. */
static gr_key *push_keys (lua_State *L, int table, size_t n) {
  gr_key *keys = (gr_key *)lua_newuserdata(L, n * sizeof *keys), *key = keys;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    key->text = lua_tolstring(L, -1, &key->len);
    key++;
  }
  qsort(keys, n, sizeof *keys, compare_keys);
  return keys;
}

static void encode_dictionary (gr_encoder *e, int table, size_t n, int depth) {
  lua_State *L = e->L;
  size_t path_len = e->path.buffer.len;
  gr_key *keys = push_keys(L, table, n);
  for (size_t i = 0; i < n; i++) {
    if (depth > 1) add(&e->path, "%5B", 3);
    add_part(&e->path, keys[i].text, keys[i].len);
    if (depth > 1) add(&e->path, "%5D", 3);
    lua_pushlstring(L, keys[i].text, keys[i].len);
    lua_rawget(L, table);
    if (keys[i].len == 0 && (depth > 1 || lua_istable(L, -1)))
      fail_at(e, "has an empty name, which no form can tell");
    encode_value(e, depth);
    e->path.buffer.len = path_len;
  }
}

static void encode_array (gr_encoder *e, int table, size_t n, int depth) {
  lua_State *L = e->L;
  size_t path_len = e->path.buffer.len;
  add(&e->path, "%5B%5D", 6);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, table, (int)i);
    if (lua_istable(L, -1)) {
      lua_pushnil(L);
      if (!lua_next(L, -2)) fail_at(e, "is an empty table, which no form can tell");
      lua_pop(L, 1);
      if (lua_type(L, -1) != LUA_TSTRING) fail_at(e, "is an array in an array, which no form can tell");
      lua_pop(L, 1);
    }
    encode_value(e, depth);
  }
  e->path.buffer.len = path_len;
}

/* Writes the table on top of the stack and pops it. */
static void encode_table (gr_encoder *e, int depth) {
  lua_State *L = e->L;
  int table = lua_gettop(L);
  size_t names = 0, numbers = 0;
  if (depth > GR_MAXDEPTH) fail_at(e, "is nested deeper than 32 levels (is there a cycle?)");
  luaL_checkstack(L, 10, "form_encode");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) names++;
    else if (lua_type(L, -1) == LUA_TNUMBER) numbers++;
    else fail_at(e, lua_pushfstring(L, "has a %s for a key", luaL_typename(L, -1)));
  }
  if (names > 0 && numbers > 0) fail_at(e, "mixes names and array elements");
  if (numbers > 0 && depth == 1) fail_at(e, "is an array; names are expected");
  if (numbers != gr_rawlen(L, table)) fail_at(e, "is an array with holes");
  if (names > 0) encode_dictionary(e, table, names, depth);
  else if (numbers > 0) encode_array(e, table, numbers, depth);
  else if (depth == 2) { /* further down Gumroad writes nothing for an empty table */ begin_field(e);
    e->out.buffer.len--;
    add(&e->out, "%5B%5D=", 7);
  }
  lua_settop(L, table - 1);
}

/* form_encode(table) -> bytes
** Encodes as Gumroad does: names are sorted, everything but A-Z a-z 0-9 - _ . ~ becomes %XX, dictionaries
** become key[child], and arrays become key[] once per element. Brackets inside names are escaped twice. An
** empty table is 'key[]=' at the top and nothing further down. Values are strings, booleans, finite numbers
** (whole ones up to 2^53 in full digits), and tables up to 32 levels. Everything else raises and names the
** key: other types, tables that mix names and elements, arrays with holes, arrays in arrays, cycles. The
** encoded form cannot distinguish {""} from {}, the text "%5B" in a name from "[", or, in an array of
** tables, elements whose first names differ from a single element. */
static int l_form_encode (lua_State *L) {
  gr_encoder e = {.L = L};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  new_bytes(L, &e.out);
  new_bytes(L, &e.path);
  lua_pushvalue(L, 1);
  encode_table(&e, 1);
  lua_pushlstring(L, e.out.buffer.data, e.out.buffer.len);
  return 1;
}

/* percent_encode(bytes) -> bytes with everything but A-Z a-z 0-9 - _ . ~ as %XX. */
static int l_percent_encode (lua_State *L) {
  size_t len;
  gr_bytes b;
  const char *s = luaL_checklstring(L, 1, &len);
  new_bytes(L, &b);
  add_encoded(&b, s, len);
  lua_pushlstring(L, b.buffer.data, b.buffer.len);
  return 1;
}

static const luaL_Reg functions[] = {{"form_decode", l_form_decode}, {"form_encode", l_form_encode},
  {"percent_encode", l_percent_encode}, {NULL, NULL}};

void gr_open_form (lua_State *L) {
  gr_setfuncs(L, functions);
}
