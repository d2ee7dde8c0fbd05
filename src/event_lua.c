/* The events of pings, as Lua sees them.
**
** There are two ways to one result. Bodies as Gumroad sends them are read in one pass: each field goes into
** its table with its type at once. Whatever is out of the ordinary (a repeated field, a type that is newer
** than the schema, very many fields, a limit that is passed) and JSON go the general way: tables of texts
** first, then types. spec/fuzz/webhook_fuzz.lua compares the two. */
#include "event.h"
#include "form_lua.h"
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core.h"

#define MAX_LEN 8192 /* bytes of a body that is read in one pass */
#define MAX_FIELDS 128
#define PING_BYTES 8388608 /* the default limit of a body */

enum { SCHEMA = lua_upvalueindex(1), NAMES = lua_upvalueindex(2) };

/* What an event holds; the names follow those of the fields in NAMES. */
enum { TYPE, KEY, SUBJECT, TEST, RETRY_COUNT, DATA, SHADOWED, EVENT_FIELDS };

static const char *const event_names[] = {
  "type", "key", "subject", "test", "retry_count", "data", "shadowed"};

static inline void push_name (lua_State *L, int field) {
  lua_rawgeti(L, NAMES, field + 1);
}

/* Finds the text on top of the stack. */
static void text_at_top (lua_State *L, gr_span *span) {
  const char *text = luaL_checklstring(L, -1, &span->len);
  span->text = (char *)(uintptr_t)text; /* spans of the form codec can be written to; this one is only read */
}

/* == The event == */

static void add_span (luaL_Buffer *b, gr_span span) {
  luaL_addlstring(b, span.text, span.len);
}

/* Adds what tells the sale or subscription of the ping from all others. */
static void add_id (luaL_Buffer *b, const gr_event *event) {
  char digest[GR_EVENT_DIGITS];
  gr_span id;
  gr_event_naming naming = gr_event_name(event, &id);
  luaL_addchar(b, ':');
  if (naming == GR_EVENT_BY_DIGEST) {
    gr_event_digest(event, digest);
    luaL_addstring(b, "fields:");
    luaL_addstring(b, digest);
    return;
  }
  if (naming == GR_EVENT_BY_ORDER) luaL_addstring(b, "order_number:");
  add_span(b, id);
}

static void push_key (lua_State *L, const gr_event *event) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  add_span(&b, event->type);
  add_id(&b, event);
  for (int i = 1; i < event->row->key_len; i++) {
    gr_span text;
    gr_event_key_text(event, event->row->key[i], &text);
    luaL_addchar(&b, ':');
    add_span(&b, text);
  }
  if (event->is_test) luaL_addstring(&b, ":test"); /* a test ping has the id of a real sale */
  luaL_pushresult(&b);
}

static void push_subject (lua_State *L, const gr_event *event) {
  gr_span id;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  if (gr_event_subscription(event, &id)) {
    luaL_addstring(&b, "subscription:");
    add_span(&b, id);
  }
  else {
    luaL_addstring(&b, "sale");
    add_id(&b, event);
  }
  luaL_pushresult(&b);
}

/* Sets the value on top of the stack in the event below it. */
static void set_part (lua_State *L, const gr_event *event, int part) {
  push_name(L, event->schema->field_count + part);
  lua_insert(L, -2);
  lua_rawset(L, -3);
}

/* Pushes the names of the shadowed fields, and gives these fields of the data back as the buyer typed them.
** */
static void push_shadowed (lua_State *L, const gr_event *event, int data) {
  lua_createtable(L, event->shadowed_count, 0);
  for (int i = 0; i < event->shadowed_count; i++) {
    const gr_event_value *value = &event->values[event->shadowed[i]];
    push_name(L, event->shadowed[i]);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, i + 1);
    if (value->state == GR_EVENT_IS_TEXT) {
      lua_pushlstring(L, value->text.text, value->text.len);
      lua_rawset(L, data);
    }
    else lua_pop(L, 1);
  }
}

/* Pushes the name of a field with those of the fields that hold it: "new_plan.quantity". */
static void push_path (lua_State *L, const gr_event_schema *schema, int field) {
  push_name(L, field);
  while ((field = schema->fields[field].parent) >= 0) {
    push_name(L, field);
    lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), lua_tostring(L, -2));
    lua_replace(L, -3);
    lua_pop(L, 1);
  }
}

static int refuse (lua_State *L, const gr_event *event, gr_event_verdict verdict) {
  push_path(L, event->schema, event->fault);
  const char *path = lua_tostring(L, -1);
  const char *message = verdict == GR_EVENT_NO_ID ? "this is not a ping from Gumroad: it has no %s"
                                                  : "this is not a ping from Gumroad: its %s is not one text";
  return gr_fail(L, "invalid", lua_pushfstring(L, message, path));
}

/* Pushes the event whose data is at that index. Returns the number of results. */
static int push_event (lua_State *L, gr_event *event, int data) {
  gr_event_verdict verdict = gr_event_decide(event);
  if (verdict != GR_EVENT_GOOD) return refuse(L, event, verdict);
  lua_createtable(L, 0, EVENT_FIELDS);
  lua_pushlstring(L, event->type.text, event->type.len);
  set_part(L, event, TYPE);
  push_key(L, event);
  set_part(L, event, KEY);
  push_subject(L, event);
  set_part(L, event, SUBJECT);
  lua_pushboolean(L, event->is_test);
  set_part(L, event, TEST);
  lua_pushinteger(L, event->retry_count);
  set_part(L, event, RETRY_COUNT);
  lua_pushvalue(L, data);
  set_part(L, event, DATA);
  push_shadowed(L, event, data);
  set_part(L, event, SHADOWED);
  return 1;
}

/* Pushes a text as its type says. Returns 0, and pushes nothing, if it is null. */
static int push_typed (lua_State *L, const gr_event_field *field, gr_span text) {
  int64_t number = 0;
  switch (gr_event_convert(field, text, &number)) {
    case GR_EVENT_NULL: return 0;
    case GR_EVENT_NUMBER: gr_pushcount(L, number); break;
    case GR_EVENT_TRUE: lua_pushboolean(L, 1); break;
    case GR_EVENT_FALSE: lua_pushboolean(L, 0); break;
    case GR_EVENT_KEEP: lua_pushlstring(L, text.text, text.len); break;
  }
  return 1;
}

/* == In one pass == */

/* Finds the row of the ping, or returns NULL for the general way. */
static const gr_event_row *find_row (const gr_event_schema *schema, const gr_form_field *fields, size_t n) {
  static const char name[] = "resource_name", typed_by_buyer[] = "custom_fields[resource_name]";
  const gr_event_row *row = &schema->rows[0];
  for (size_t i = 0; i < n; i++) {
    gr_span text = fields[i].name, value = fields[i].value;
    if (text.len == sizeof typed_by_buyer - 1 && memcmp(text.text, typed_by_buyer, text.len) == 0)
      return NULL;
    if (text.len != sizeof name - 1 || memcmp(text.text, name, text.len) != 0) continue;
    if (value.len > 0 && (row = gr_event_find_row(schema, value)) == NULL) return NULL;
  }
  return row;
}

/* Sets one field with its type. Returns 0 for the general way. */
static int set_typed (gr_form_tables *tables, gr_event *event, const gr_form_field *field,
  const gr_form_limits *limits, int *dropped) {
  gr_span parts[GR_FORM_MAXPARTS];
  lua_State *L = tables->L;
  int seen = 0;
  size_t n = 1;
  if (field->brackets == 0) parts[0] = field->name;
  else n = gr_form_split(field, parts);
  if (field->name.len > (size_t)limits->key || field->value.len > (size_t)limits->value
    || n > (size_t)limits->depth)
    return 0;
  int known = gr_event_take(event, parts, n, field->value, &seen);
  if (seen) return 0;
  if (known < 0) {
    gr_form_set_field(tables, parts, (int)n, field->value);
    return 1;
  }
  int table = tables->root + (n > 1 ? gr_form_open_tables(tables, parts, (int)n) : 0);
  push_name(L, known);
  if (push_typed(L, &event->schema->fields[known], field->value)) lua_rawset(L, table);
  else {
    lua_pop(L, 1);
    *dropped |= n > 1;
  }
  return 1;
}

/* Reads the form at index 1 in one pass. Returns the number of results, or 0 for the general way. */
static int read_in_one_pass (lua_State *L, const gr_event_schema *schema, const gr_form_limits *limits) {
  size_t len;
  char copy[MAX_LEN + GR_FORM_PADDING], decoded[MAX_LEN + GR_FORM_PADDING];
  gr_form_field fields[MAX_FIELDS];
  gr_form_tables tables;
  gr_form form;
  gr_event event;
  int dropped = 0;
  const char *body = lua_tolstring(L, 1, &len);
  if (len > MAX_LEN || len > (size_t)limits->bytes) return 0;
  memcpy(copy, body, len);
  gr_form_begin(&form, copy, len, decoded);
  size_t n = gr_form_read(&form, fields, MAX_FIELDS);
  if (form.p < form.end || n > (size_t)limits->fields) return 0;
  const gr_event_row *row = find_row(schema, fields, n);
  if (row == NULL) return 0;
  gr_event_begin(&event, schema, row);
  gr_form_begin_tables(&tables, L, len);
  for (size_t i = 0; i < n; i++)
    if (!set_typed(&tables, &event, &fields[i], limits, &dropped)) return 0;
  if (tables.empty_list && dropped) return 0; /* a null may have left a list that only looks empty */
  gr_form_end_tables(&tables);
  return push_event(L, &event, tables.root);
}

/* == The general way == */

/* Writes the number on top of the stack. Returns the length, or 0 if the number is not finite, as 1e999 in JSON. */
static size_t write_number (lua_State *L, char digits[GR_NUMBER_SIZE]) {
  double number = lua_tonumber(L, -1);
#if GR_HAS_INTEGERS
  if (lua_isinteger(L, -1))
    return (size_t)snprintf(digits, GR_NUMBER_SIZE, "%lld", (long long)lua_tointeger(L, -1));
#endif
  return isfinite(number) ? gr_number_write(number, digits) : 0;
}

/* Reads the value on top of the stack and pops it. 'digits' is where the text of a number or boolean goes. */
static void read_value (lua_State *L, gr_event_value *value, char digits[GR_NUMBER_SIZE]) {
  *value = (gr_event_value){GR_EVENT_ABSENT, {digits, 0}};
  switch (lua_type(L, -1)) {
    case LUA_TTABLE: value->state = GR_EVENT_IS_TABLE; break;
    case LUA_TSTRING:
      value->state = GR_EVENT_IS_TEXT;
      text_at_top(L, &value->text);
      break;
    case LUA_TBOOLEAN:
      value->state = GR_EVENT_IS_BOOLEAN;
      value->text.len = lua_toboolean(L, -1) ? 4 : 5;
      memcpy(digits, lua_toboolean(L, -1) ? "true" : "false", value->text.len);
      break;
    case LUA_TNUMBER:
      value->text.len = write_number(L, digits);
      value->state = value->text.len > 0 ? GR_EVENT_IS_NUMBER : GR_EVENT_IS_TABLE; /* no text either */
      break;
    default: break;
  }
  lua_pop(L, 1);
}

/* The texts of numbers and booleans, two for each field. */
typedef char gr_digits[GR_NUMBER_SIZE];

/* Reads the fields of an object from the table at that index. */
static void read_object (lua_State *L, gr_event *event, int object, int table, gr_digits *digits) {
  for (int i = 0; i < event->schema->field_count; i++) {
    int child = event->schema->fields[i].child;
    if (event->schema->fields[i].object != object) continue;
    push_name(L, i);
    lua_rawget(L, table);
    if (child > 0 && lua_istable(L, -1)) read_object(L, event, child, lua_gettop(L), digits);
    read_value(L, &event->values[i], digits[2 * i]);
  }
}

static void read_custom_fields (lua_State *L, gr_event *event, int table, gr_digits *digits) {
  if (event->roles->custom_fields < 0) return;
  push_name(L, event->roles->custom_fields);
  lua_rawget(L, table);
  for (int i = 0; lua_istable(L, -1) && i < event->schema->field_count; i++) {
    gr_event_value value;
    if (event->schema->fields[i].object != event->row->object) continue;
    push_name(L, i);
    lua_rawget(L, -2);
    read_value(L, &value, digits[2 * i + 1]);
    if (value.state != GR_EVENT_ABSENT) gr_event_take_custom(event, i, &value);
  }
  lua_pop(L, 1);
}

static void read_fields (lua_State *L, gr_event *event, int table, gr_digits *digits) {
  read_object(L, event, event->row->object, table, digits);
  read_custom_fields(L, event, table, digits);
}

/* Returns the object that an event of a newer type is about, by its id. */
static int guess_object (lua_State *L, const gr_event_schema *schema, int table) {
  for (int i = 0; i < schema->row_count; i++) {
    push_name(L, schema->rows[i].key[0]);
    lua_rawget(L, table);
    int is_there = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (is_there) return schema->rows[i].object;
  }
  return schema->rows[0].object;
}

static int is_listed (const gr_event *event, int field) {
  for (int i = 0; i < event->shadowed_count; i++)
    if (event->shadowed[i] == field) return 1;
  return 0;
}

/* Gives the texts in a table of the object the types of their fields. From here on the texts that the event
** knows may be gone. */
static void set_types (lua_State *L, const gr_event *event, int object, int table) {
  for (int i = 0; i < event->schema->field_count; i++) {
    const gr_event_field *field = &event->schema->fields[i];
    if (field->object != object || is_listed(event, i)) continue;
    push_name(L, i);
    lua_rawget(L, table);
    if (lua_type(L, -1) == LUA_TSTRING) {
      gr_span text;
      text_at_top(L, &text);
      push_name(L, i);
      if (!push_typed(L, field, text)) lua_pushnil(L);
      lua_rawset(L, table);
    }
    else if (field->child > 0 && lua_istable(L, -1)) set_types(L, event, field->child, lua_gettop(L));
    lua_pop(L, 1);
  }
}

/* Makes the event of a table of texts, numbers and booleans, which becomes its data. */
static int read_table (lua_State *L, const gr_event_schema *schema, int table) {
  gr_event event;
  gr_digits *digits = (gr_digits *)lua_newuserdata(L, 2 * (size_t)schema->field_count * sizeof *digits);
  gr_event_begin(&event, schema, &schema->rows[0]);
  read_fields(L, &event, table, digits);
  int named = event.roles->resource_name;
  if (named >= 0 && event.values[named].state == GR_EVENT_IS_TEXT && event.values[named].text.len > 0
    && !gr_event_is_shadowed(&event, named)) {
    gr_event_begin_type(&event, schema, event.values[named].text, guess_object(L, schema, table));
    read_fields(L, &event, table, digits);
  }
  int results = push_event(L, &event, table);
  if (results == 1) set_types(L, &event, event.row->object, table);
  return results;
}

/* == Functions == */

/* read_form(body [, limits]) -> event | nil, code, message */
static int l_read_form (lua_State *L) {
  gr_form_limits limits = {.bytes = PING_BYTES, .fields = 16384, .key = 16384, .value = 65536, .depth = 32};
  const gr_event_schema *schema = (const gr_event_schema *)lua_touserdata(L, SCHEMA);
  luaL_checkstring(L, 1);
  if (!lua_isnoneornil(L, 2)) gr_form_checklimits(L, 2, &limits);
  luaL_checkstack(L, GR_FORM_ROOM + 8, "event");
  lua_settop(L, 1);
  int results = read_in_one_pass(L, schema, &limits);
  if (results > 0) return results;
  lua_settop(L, 1);
  results = gr_form_decode(L, 1, &limits);
  return results == 1 ? read_table(L, schema, lua_gettop(L)) : results;
}

/* read_fields(fields) -> event | nil, code, message */
static int l_read_fields (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkstack(L, 3 * GR_EVENT_MAXOBJECTS + 16, "event");
  lua_settop(L, 1);
  return read_table(L, (const gr_event_schema *)lua_touserdata(L, SCHEMA), 1);
}

static int int_of (lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  int n = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return n;
}

static int flag_of (lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  int flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

static gr_event_type type_of (lua_State *L) {
  lua_getfield(L, -1, "type");
  const char *type = luaL_optstring(L, -1, "");
  lua_pop(L, 1);
  if (strcmp(type, "integer") == 0) return GR_EVENT_INTEGER;
  return strcmp(type, "boolean") == 0 ? GR_EVENT_BOOLEAN : GR_EVENT_TEXT;
}

/* Adds the field that the table on top of the stack describes, and its name to the table below. */
static void add_field (lua_State *L, gr_event_schema *schema) {
  gr_span name;
  gr_event_field field = {
    .type = type_of(L),
    .parent = (int16_t)(int_of(L, "parent") - 1),
    .object = (uint8_t)int_of(L, "object"),
    .child = (uint8_t)int_of(L, "child"),
    .is_optional = (uint8_t)flag_of(L, "optional"),
    .is_open_to_buyer = (uint8_t)flag_of(L, "open_to_buyer"),
  };
  lua_getfield(L, -1, "name");
  text_at_top(L, &name);
  int index = gr_event_add_field(schema, name, field);
  if (index < 0) luaL_error(L, "event_readers: no room for the field '%s'", name.text);
  lua_rawseti(L, -3, index + 1);
}

/* Adds the sort of event that the table on top of the stack describes. */
static void add_row (lua_State *L, gr_event_schema *schema) {
  int key[GR_EVENT_MAXKEY];
  size_t n = 0;
  gr_span name;
  int object = int_of(L, "object");
  lua_getfield(L, -1, "key");
  for (n = 0; n < gr_rawlen(L, -1) && n < GR_EVENT_MAXKEY; n++) {
    lua_rawgeti(L, -1, (int)n + 1);
    key[n] = (int)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
  }
  n = gr_rawlen(L, -1);
  lua_pop(L, 1);
  lua_getfield(L, -1, "name");
  text_at_top(L, &name);
  if (!gr_event_add_row(schema, name, object, key, n))
    luaL_error(L, "event_readers: no room for the event '%s'", name.text);
  lua_pop(L, 1);
}

/* event_readers(fields, rows) -> read_form, read_fields, max_bytes
** Compiles what is known about pings and returns two functions that make events, and the default limit of a
** body.
**   fields  array, in each object by name: name; object, the number of the object that has it, from 1;
**           child, that of the object that it holds; parent, the index of the field that holds its object;
**           type ("integer" or "boolean"; anything else is text); optional, whether an empty text is null;
**           open_to_buyer, whether a custom field of that name replaces it
**   rows    array of the sorts of events, the first for pings without one: name, object, and key, an array
**           of indices of fields, the first being the id
** read_form(body [, limits]) reads a form; the limits are those of form_decode with other defaults: max_bytes
** 8388608, max_fields 16384, max_key 16384, max_value 65536, max_depth 32. read_fields(fields) reads what
** JSON was decoded to, and keeps and changes that table. An event is {type, key, subject, test, retry_count,
** data, shadowed}; see gumroad.webhook. The codes of failures are "invalid" and "too_large". */
static int l_event_readers (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  gr_event_schema *schema = (gr_event_schema *)lua_newuserdata(L, sizeof *schema);
  memset(schema, 0, sizeof *schema);
  lua_newtable(L);
  for (int i = 1; i <= (int)gr_rawlen(L, 1); i++) {
    lua_rawgeti(L, 1, i);
    add_field(L, schema);
    lua_settop(L, 4);
  }
  for (int i = 1; i <= (int)gr_rawlen(L, 2); i++) {
    lua_rawgeti(L, 2, i);
    add_row(L, schema);
    lua_settop(L, 4);
  }
  for (int i = 0; i < EVENT_FIELDS; i++) {
    lua_pushstring(L, event_names[i]);
    lua_rawseti(L, 4, schema->field_count + i + 1);
  }
  lua_pushvalue(L, 3);
  lua_pushvalue(L, 4);
  lua_pushcclosure(L, l_read_form, 2);
  lua_insert(L, 3);
  lua_pushcclosure(L, l_read_fields, 2);
  lua_pushinteger(L, PING_BYTES);
  return 3;
}

static const luaL_Reg functions[] = {{"event_readers", l_event_readers}, {NULL, NULL}};

void gr_open_event (lua_State *L) {
  gr_setfuncs(L, functions);
}
