/* json_writer, csv_writer: tables as JSON and CSV, with the fields of objects in a given order. */
#include "core.h"
#include "json.h"
#include "json_write.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PLAN "gumroad.json_plan"

/* Upvalues of the functions. */
#define PLAN_AT lua_upvalueindex(1)
#define NAMES lua_upvalueindex(2) /* the names of all fields, in the order of the plan */
#define KNOWN lua_upvalueindex(3) /* for each node a set of its names */

enum { ANY = -1, MOST_KEPT = 1 << 20 }; /* bytes of memory kept for the next call */

/* A field of an object. */
typedef struct gr_field {
  size_t name, len; /* '"name":' in the plan's text */
  int node; /* the node of its value, or ANY */
} gr_field;

/* Describes a value: an object that begins with these fields, or a list. */
typedef struct gr_node {
  int first, count; /* its fields */
  int element; /* the node of the items of a list or of a map, or ANY */
  int is_list; /* even when it is empty */
} gr_node;

typedef struct gr_column {
  int name, parts; /* in NAMES: its path, followed by the parts of a dotted one */
  int node;
} gr_column;

typedef struct gr_plan {
  gr_memory memory;
  gr_buffer out, cell; /* while writing */
  gr_buffer nodes, fields, columns, text; /* arrays of the above, and the names in quotes */
  int is_guarded;
} gr_plan;

typedef struct gr_writer {
  lua_State *L;
  gr_plan *plan;
  gr_buffer *out;
  int indent, depth;
} gr_writer;

static const gr_node *node_at (const gr_plan *plan, int node) {
  static const gr_node any = {0, 0, ANY, 0};
  return node == ANY ? &any : (const gr_node *)(const void *)plan->nodes.data + node;
}

/* == Plans == */

static int plan_gc (lua_State *L) {
  gr_plan *plan = (gr_plan *)luaL_checkudata(L, 1, PLAN);
  gr_buffer *const all[] = {
    &plan->out, &plan->cell, &plan->nodes, &plan->fields, &plan->columns, &plan->text};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) gr_buffer_release(all[i], &plan->memory);
  return 0;
}

static void check (lua_State *L, int has_memory) {
  if (!has_memory) luaL_error(L, "not enough memory");
}

static void add (lua_State *L, gr_plan *plan, gr_buffer *array, const void *item, size_t size) {
  check(L, gr_buffer_append(array, &plan->memory, (const char *)item, size));
}

/* Pops the number of a node and returns it counted from 0, or ANY for nil. The nodes are at index 1. */
static int pop_node (lua_State *L) {
  lua_Integer number = lua_tointeger(L, -1), count = (lua_Integer)gr_rawlen(L, 1);
  if (!lua_isnil(L, -1) && (number < 1 || number > count)) luaL_argerror(L, 1, "no such node");
  lua_pop(L, 1);
  return (int)number - 1; /* nil gives ANY */
}

/* Adds the field { name, node } on top of the stack and puts its names into the tables 'names' and 'known'.
** */
static void add_field (lua_State *L, gr_plan *plan, int names, int known) {
  gr_field field = {plan->text.len, 0, ANY};
  size_t len;
  lua_rawgeti(L, -1, 1);
  const char *name = luaL_checklstring(L, -1, &len);
  check(L, gr_json_write_text(&plan->text, &plan->memory, name, len));
  check(L, gr_buffer_append(&plan->text, &plan->memory, ":", 1));
  field.len = plan->text.len - field.name;
  lua_pushvalue(L, -1);
  lua_rawseti(L, names, (int)gr_rawlen(L, names) + 1);
  lua_pushboolean(L, 1);
  lua_rawset(L, known);
  lua_rawgeti(L, -1, 2);
  field.node = pop_node(L);
  add(L, plan, &plan->fields, &field, sizeof field);
}

/* Adds the node on top of the stack. */
static void add_node (lua_State *L, gr_plan *plan, int names, int known_of, int index) {
  gr_node node = {(int)(plan->fields.len / sizeof(gr_field)), (int)gr_rawlen(L, -1), ANY, 0};
  lua_getfield(L, -1, "is_list");
  node.is_list = lua_toboolean(L, -1);
  lua_pop(L, 1);
  lua_getfield(L, -1, "element");
  node.element = pop_node(L);
  lua_newtable(L);
  int known = lua_gettop(L);
  for (int i = 1; i <= node.count; i++) {
    lua_rawgeti(L, known - 1, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    add_field(L, plan, names, known);
    lua_pop(L, 1);
  }
  lua_rawseti(L, known_of, index);
  add(L, plan, &plan->nodes, &node, sizeof node);
}

/* Pushes a plan for the nodes at index 1, and the tables NAMES and KNOWN. */
static gr_plan *push_plan (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argcheck(L, gr_rawlen(L, 1) > 0 && gr_rawlen(L, 1) < INT_MAX, 1, "a node expected");
  gr_plan *plan = (gr_plan *)lua_newuserdata(L, sizeof *plan);
  memset(plan, 0, sizeof *plan);
  gr_getmemory(L, &plan->memory);
  luaL_getmetatable(L, PLAN);
  lua_setmetatable(L, -2);
  lua_newtable(L);
  lua_newtable(L);
  int known_of = lua_gettop(L), count = (int)gr_rawlen(L, 1);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    add_node(L, plan, known_of - 1, known_of, i);
    lua_pop(L, 1);
  }
  return plan;
}

/* == Writing == */

static void put (gr_writer *w, const char *bytes, size_t len) {
  check(w->L, gr_buffer_append(w->out, &w->plan->memory, bytes, len));
}

/* Writes what separates the next member or item from the one before. */
static void put_separator (gr_writer *w, int is_first) {
  if (!is_first) put(w, ",", 1);
  if (w->indent) check(w->L, gr_json_write_indent(w->out, &w->plan->memory, w->depth));
}

static void put_end (gr_writer *w, const char *end, int is_empty) {
  w->depth--;
  if (w->indent && !is_empty) check(w->L, gr_json_write_indent(w->out, &w->plan->memory, w->depth));
  put(w, end, 1);
}

static void put_value (gr_writer *w, int node);

/* A member that the plan does not name. 'text' holds its name as a string. */
typedef struct gr_other {
  const char *text;
  size_t len;
  int item; /* its value in the table of others */
} gr_other;

static int compare_others (const void *a, const void *b) {
  const gr_other *x = (const gr_other *)a, *y = (const gr_other *)b;
  int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
  return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Pushes a table of names and values: the members of the object on top of the stack that the node does not
** name. Returns the number of strings and numbers among their keys. */
static int push_others (lua_State *L, int node) {
  int object = lua_gettop(L), others = object + 1, known = object + 2, count = 0;
  lua_newtable(L);
  if (node == ANY) lua_newtable(L);
  else lua_rawgeti(L, KNOWN, node + 1);
  for (lua_pushnil(L); lua_next(L, object); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING && lua_type(L, -2) != LUA_TNUMBER) continue;
    lua_pushvalue(L, -2);
    lua_rawget(L, known);
    int is_known = !lua_isnil(L, -1);
    lua_pop(L, 1);
    if (is_known) continue;
    lua_pushvalue(L, -2);
    lua_tostring(L, -1); /* copies a number, so that the key itself is unchanged */
    lua_rawseti(L, others, 2 * count + 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, others, 2 * count++ + 2);
  }
  lua_pop(L, 1);
  return count;
}

/* Writes the members of the object on top of the stack that the node does not name, sorted. */
static void put_others (gr_writer *w, int node, int is_first) {
  lua_State *L = w->L;
  int count = push_others(L, node), others = lua_gettop(L);
  gr_other *list = (gr_other *)lua_newuserdata(L, sizeof *list * (size_t)(count + 1));
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, others, 2 * i + 1);
    list[i].text = lua_tolstring(L, -1, &list[i].len); /* the table keeps it alive */
    list[i].item = 2 * i + 2;
    lua_pop(L, 1);
  }
  qsort(list, (size_t)count, sizeof *list, compare_others);
  for (int i = 0; i < count; i++) {
    put_separator(w, is_first && i == 0);
    check(L, gr_json_write_text(w->out, &w->plan->memory, list[i].text, list[i].len));
    put(w, w->indent ? ": " : ":", w->indent ? 2 : 1);
    lua_rawgeti(L, others, list[i].item);
    put_value(w, node_at(w->plan, node)->element);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}

static int count_members (lua_State *L) {
  int count = 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) count++;
  return count;
}

/* Writes the members that the node names, and returns their number. */
static int put_fields (gr_writer *w, const gr_node *node) {
  lua_State *L = w->L;
  const gr_field *fields = (const gr_field *)(const void *)w->plan->fields.data;
  int count = 0, object = lua_gettop(L);
  luaL_checkstack(L, node->count + 12, "json_writer");
  for (int i = node->first; i < node->first + node->count; i++) {
    lua_rawgeti(L, NAMES, i + 1);
    lua_rawget(L, object); /* the values stay until the end, as popping each costs more than it saves */
    if (lua_type(L, -1) == LUA_TNIL) continue;
    put_separator(w, count++ == 0);
    put(w, w->plan->text.data + fields[i].name, fields[i].len);
    if (w->indent) put(w, " ", 1);
    put_value(w, fields[i].node);
  }
  lua_settop(L, object);
  return count;
}

static void put_object (gr_writer *w, int node) {
  put(w, "{", 1);
  w->depth++;
  int known = put_fields(w, node_at(w->plan, node)), all = count_members(w->L);
  if (all > known) put_others(w, node, known == 0);
  put_end(w, "}", all == 0);
}

static void put_list (gr_writer *w, int element) {
  lua_State *L = w->L;
  int i = 1;
  put(w, "[", 1);
  w->depth++;
  for (;; i++) {
    lua_rawgeti(L, -1, i);
    if (lua_isnil(L, -1)) break;
    put_separator(w, i == 1);
    put_value(w, element);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  put_end(w, "]", i == 1);
}

static void put_table (gr_writer *w, int node) {
  lua_State *L = w->L;
  if (w->depth >= GR_JSON_MAXDEPTH)
    luaL_error(L, "json_writer: more than %d levels of nesting", GR_JSON_MAXDEPTH);
  luaL_checkstack(L, 12, "json_writer");
  lua_rawgeti(L, -1, 1);
  int is_list = node_at(w->plan, node)->is_list || !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (is_list) put_list(w, node_at(w->plan, node)->element);
  else put_object(w, node);
}

static void put_number (gr_writer *w) {
  const gr_memory *memory = &w->plan->memory;
#if GR_HAS_INTEGERS
  if (lua_isinteger(w->L, -1)) {
    check(w->L, gr_json_write_integer(w->out, memory, (int64_t)lua_tointeger(w->L, -1)));
    return;
  }
#endif
  check(w->L, gr_json_write_number(w->out, memory, lua_tonumber(w->L, -1)));
}

/* Writes the value on top of the stack, and leaves it there. */
static void put_value (gr_writer *w, int node) {
  lua_State *L = w->L;
  size_t len;
  const char *text;
  switch (lua_type(L, -1)) {
    case LUA_TSTRING:
      text = lua_tolstring(L, -1, &len);
      check(L, gr_json_write_text(w->out, &w->plan->memory, text, len));
      break;
    case LUA_TNUMBER: put_number(w); break;
    case LUA_TBOOLEAN:
      if (lua_toboolean(L, -1)) put(w, "true", 4);
      else put(w, "false", 5);
      break;
    case LUA_TTABLE: put_table(w, node); break;
    default: put(w, "null", 4);
  }
}

static void begin (lua_State *L, gr_writer *w) {
  gr_plan *plan = (gr_plan *)lua_touserdata(L, PLAN_AT);
  plan->out.len = plan->cell.len = 0;
  *w = (gr_writer){L, plan, &plan->out, 0, 0};
}

/* Pushes the bytes written so far. */
static void finish (lua_State *L, gr_plan *plan) {
  lua_pushlstring(L, plan->out.data, plan->out.len);
  if (plan->out.cap > MOST_KEPT) gr_buffer_release(&plan->out, &plan->memory);
}

/* Begins with the arguments 'indent' and 'level' at indices 2 and 3, and leaves the first one alone. */
static void begin_json (lua_State *L, gr_writer *w) {
  begin(L, w);
  w->indent = lua_toboolean(L, 2);
  lua_Integer level = luaL_optinteger(L, 3, 0);
  luaL_argcheck(L, level >= 0 && level < GR_JSON_MAXDEPTH, 3, "a level of nesting expected");
  w->depth = (int)level;
  lua_settop(L, 1);
}

/* write(value [, indent [, level]]) -> JSON, with the members of an object as the first node says.
** 'indent': whether it is written on several lines, at this level of nesting. */
static int l_write_json (lua_State *L) {
  gr_writer w;
  begin_json(L, &w);
  put_value(&w, 0);
  finish(L, w.plan);
  return 1;
}

/* write_items(array [, indent [, level]]) -> JSON: the items, each as by write and behind a line end, with
** commas between them. */
static int l_write_items (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  gr_writer w;
  begin_json(L, &w);
  for (int i = 1;; i++) {
    lua_rawgeti(L, 1, i);
    if (lua_isnil(L, -1)) break;
    if (i > 1) put(&w, ",", 1);
    check(L, gr_json_write_indent(w.out, &w.plan->memory, w.indent ? w.depth : 0));
    put_value(&w, 0);
    lua_pop(L, 1);
  }
  finish(L, w.plan);
  return 1;
}

/* json_writer(nodes) -> write, write_items
** nodes: descriptions of values; the first describes the whole value. Each is { { NAME, NODE }, ...,
** element = NODE, is_list = BOOLEAN }, where NODE is the number of a node, or nil if the type of the value
** is unknown. Members are written in this order, followed by all others, sorted. A table is a list if its
** node says so or if it has an item 1. Values that JSON cannot hold are written as null. */
static int l_json_writer (lua_State *L) {
  lua_settop(L, 1);
  push_plan(L);
  for (int i = 2; i <= 4; i++) lua_pushvalue(L, i);
  lua_pushcclosure(L, l_write_json, 3);
  lua_insert(L, 2);
  lua_pushcclosure(L, l_write_items, 3);
  return 2;
}

/* == CSV == */

/* Pushes the value of a column in the item at index 1: the value under its whole path as one name, or the
** value that the path leads to. */
static void push_cell (lua_State *L, const gr_column *column) {
  lua_rawgeti(L, NAMES, column->name);
  lua_rawget(L, 1);
  if (!lua_isnil(L, -1) || column->parts == 0) return;
  lua_pop(L, 1);
  lua_pushvalue(L, 1);
  for (int i = 1; i <= column->parts && !lua_isnil(L, -1); i++) {
    lua_rawgeti(L, NAMES, column->name + i);
    if (lua_istable(L, -2)) lua_rawget(L, -2);
    else {
      lua_pop(L, 1);
      lua_pushnil(L);
    }
    lua_remove(L, -2);
  }
}

/* Writes the cell on top of the stack: a text as it is, anything else as JSON. */
static void put_cell (gr_writer *w, int node) {
  const gr_memory *memory = &w->plan->memory;
  size_t len;
  const char *text;
  if (lua_type(w->L, -1) == LUA_TSTRING) {
    text = lua_tolstring(w->L, -1, &len);
    check(w->L, gr_csv_write_cell(w->out, memory, text, len, w->plan->is_guarded));
  }
  else if (lua_istable(w->L, -1)) {
    gr_writer inner = {w->L, w->plan, &w->plan->cell, 0, 0};
    inner.out->len = 0;
    put_value(&inner, node);
    check(w->L, gr_csv_write_cell(w->out, memory, inner.out->data, inner.out->len, 0));
  }
  else if (!lua_isnil(w->L, -1)) put_value(w, node);
}

/* write(item) -> a line of CSV, whether the item has members without a column */
static int l_write_csv (lua_State *L) {
  gr_writer w;
  begin(L, &w);
  const gr_column *columns = (const gr_column *)(const void *)w.plan->columns.data;
  size_t count = w.plan->columns.len / sizeof *columns;
  int found = 0;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put(&w, ",", 1);
    push_cell(L, &columns[i]);
    if (!lua_isnil(L, -1)) found++;
    put_cell(&w, columns[i].node);
    lua_settop(L, 1);
  }
  put(&w, "\r\n", 2);
  int has_others = count_members(L) > found;
  finish(L, w.plan);
  lua_pushboolean(L, has_others);
  return 2;
}

/* Adds the column { PATH, PART, ..., node = NODE } on top of the stack. */
static void add_column (lua_State *L, gr_plan *plan, int names) {
  gr_column column = {(int)gr_rawlen(L, names) + 1, (int)gr_rawlen(L, -1) - 1, ANY};
  for (int i = 1; i <= column.parts + 1; i++) {
    lua_rawgeti(L, -1, i);
    luaL_checktype(L, -1, LUA_TSTRING);
    lua_rawseti(L, names, column.name + i - 1);
  }
  lua_getfield(L, -1, "node");
  column.node = pop_node(L);
  add(L, plan, &plan->columns, &column, sizeof column);
}

/* csv_writer(nodes, columns, guarded) -> write
** nodes are as for json_writer. A column is { PATH, PART, ..., node = NODE }, with the parts of a path that
** has dots. guarded: whether to put an apostrophe before texts that a spreadsheet would run as formulas. */
static int l_csv_writer (lua_State *L) {
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 3);
  gr_plan *plan = push_plan(L);
  int names = lua_gettop(L) - 1, count = (int)gr_rawlen(L, 2);
  plan->is_guarded = lua_toboolean(L, 3);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    add_column(L, plan, names);
    lua_pop(L, 1);
  }
  lua_pushcclosure(L, l_write_csv, 3);
  return 1;
}

static const luaL_Reg plan_meta[] = {{"__gc", plan_gc}, {NULL, NULL}};
static const luaL_Reg plan_methods[] = {{NULL, NULL}};
static const luaL_Reg functions[] = {
  {"csv_writer", l_csv_writer}, {"json_writer", l_json_writer}, {NULL, NULL}};

void gr_open_json_write (lua_State *L) {
  gr_newclass(L, PLAN, plan_meta, plan_methods);
  gr_setfuncs(L, functions);
}
