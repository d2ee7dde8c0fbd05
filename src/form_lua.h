/* The form codec's tables, for the code that reads events. */
#ifndef GR_FORM_LUA_H
#define GR_FORM_LUA_H

#include "compat.h"
#include "form.h"

#define GR_FORM_ROOM (GR_FORM_MAXPARTS + 12) /* places on the stack that building tables takes */

typedef struct gr_form_limits {
  int bytes, fields, key, value, depth; /* see form_decode */
} gr_form_limits;

/* Sets the limits that the table at 'index' names, and leaves the others; nil is no table. Raises for a
** wrong one. */
void gr_form_checklimits (lua_State *L, int index, gr_form_limits *limits);

/* Pushes the table of the body at 'index', or what gr_fail pushes. Returns the number of results, which are
** on top of the stack. */
int gr_form_decode (lua_State *L, int index, const gr_form_limits *limits);

/* The tables of a body while they are built. */
typedef struct gr_form_tables {
  lua_State *L;
  int root; /* stack index of the result */
  int open; /* number of open tables above it: those of path[0..open-1] */
  gr_span path[GR_FORM_MAXPARTS];
  uint64_t hashes[GR_FORM_MAXPARTS + 1]; /* hashes[i] is that of the table at root + i */
  int empty_list; /* an 'a[]=' was seen */
  uint64_t seen[64]; /* one bit for each hash of a table and key seen so far */
} gr_form_tables;

/* Pushes the result, still empty. 'len' is that of the body. The stack must have GR_FORM_ROOM places. */
void gr_form_begin_tables (gr_form_tables *d, lua_State *L, size_t len);

/* Puts a text into the tables that its parts name. The tables that the previous field opened and this one
** shares are still on the stack. */
void gr_form_set_field (gr_form_tables *d, const gr_span *parts, int n, gr_span value);

/* Opens the tables that the parts but the last name. Returns how many; the last of them is on top of the
** stack. */
int gr_form_open_tables (gr_form_tables *d, const gr_span *parts, int n);

/* Leaves the result on top of the stack. */
void gr_form_end_tables (gr_form_tables *d);

#endif
