/* form_baseline, the baseline for form_decode: a loop that only builds the tables, from fields that are
** already split and decoded. */
#include <string.h>

#include "../src/compat.h"
#include "../src/form.h"

#define FIELDS "gumroad.bench.fields"

typedef struct gr_field {
  gr_span parts[GR_FORM_MAXPARTS], value;
  int n;
} gr_field;

typedef struct gr_fields {
  int n, top_size;
  gr_field fields[];
} gr_fields;

/* Returns the number of tables that the field shares with the previous one. */
static int kept_tables (const gr_field *before, const gr_field *field) {
  int i = 0;
  while (i < before->n - 1 && i < field->n - 1 && before->parts[i].len == field->parts[i].len
    && memcmp(before->parts[i].text, field->parts[i].text, field->parts[i].len) == 0)
    i++;
  return i;
}

/* fields(bytes) -> userdata for build. No name may be repeated or have the form 'a[][b]', and the fields of a
** table must be adjacent, as in pings, because the loop looks nothing up. */
static int l_fields (lua_State *L) {
  size_t len, most = 1;
  const char *body = luaL_checklstring(L, 1, &len);
  for (size_t i = 0; i < len; i++) most += body[i] == '&';
  gr_fields *f =
    (gr_fields *)lua_newuserdata(L, sizeof *f + most * sizeof *f->fields + len + GR_FORM_PADDING);
  char *copy = (char *)lua_newuserdata(L, len + GR_FORM_PADDING);
  gr_form form;
  gr_form_field field;
  memcpy(copy, body, len);
  gr_form_begin(&form, copy, len, (char *)(f->fields + most));
  f->n = 0;
  f->top_size = (int)len / 32;
  while (gr_form_read(&form, &field, 1) > 0) {
    gr_field *next = &f->fields[f->n];
    next->n = (int)gr_form_split(&field, next->parts);
    next->value = field.value;
    f->n++;
  }
  lua_pop(L, 1);
  luaL_newmetatable(L, FIELDS);
  lua_setmetatable(L, -2);
  return 1;
}

/* build(fields) -> table, with the same sizes as those of form_decode */
static int l_build (lua_State *L) {
  gr_fields *f = (gr_fields *)luaL_checkudata(L, 1, FIELDS);
  luaL_checkstack(L, GR_FORM_MAXPARTS + 4, NULL);
  lua_settop(L, 1);
  lua_createtable(L, 0, f->top_size);
  int element = 0;
  for (int i = 0; i < f->n; i++) {
    const gr_field *field = &f->fields[i];
    int depth = i > 0 ? kept_tables(field - 1, field) : 0;
    if (field->n > 1 || lua_gettop(L) > 2) lua_settop(L, 2 + depth);
    for (; depth < field->n - 1; depth++) {
      lua_pushlstring(L, field->parts[depth].text, field->parts[depth].len);
      if (field->parts[depth + 1].len == 0) lua_createtable(L, 4, 0);
      else lua_createtable(L, 0, 8);
      lua_pushvalue(L, -1);
      lua_insert(L, -3);
      lua_rawset(L, 2 + depth);
      element = 0;
    }
    if (depth > 0 && field->parts[depth].len == 0) {
      lua_pushlstring(L, field->value.text, field->value.len);
      lua_rawseti(L, 2 + depth, ++element);
    }
    else {
      lua_pushlstring(L, field->parts[depth].text, field->parts[depth].len);
      lua_pushlstring(L, field->value.text, field->value.len);
      lua_rawset(L, 2 + depth);
    }
  }
  lua_settop(L, 2);
  return 1;
}

static const luaL_Reg functions[] = {{"build", l_build}, {"fields", l_fields}, {NULL, NULL}};

GR_EXPORT int luaopen_form_baseline (lua_State *L);

int luaopen_form_baseline (lua_State *L) {
  lua_newtable(L);
  gr_setfuncs(L, functions);
  return 1;
}
