/* What lua-cjson gets wrong for Lua, found in the JSON text, without Lua: pointers and lengths, no
** allocation. json_lua.c decodes with it.
**
** lua-cjson makes a userdata of null and, mostly, a float of a whole number. So members that are
** null or a whole number are cut out of the text before it reads it, and so are nulls in arrays.
** What is cut need not be decoded, which makes up for the reading here. */
#ifndef GR_JSON_H
#define GR_JSON_H

#include <stddef.h>
#include <stdint.h>

#define GR_JSON_MAXDEPTH 128

typedef enum gr_json_kind {
  GR_JSON_SET,      /* the member 'name' was cut out: it is 'integer' */
  GR_JSON_MEND,     /* the member 'name' is a number, perhaps a whole one, or null */
  GR_JSON_NUMBERS,  /* the array has numbers */
  GR_JSON_MEMBER,   /* what follows is about the member 'name', an object or array, */
  GR_JSON_ITEM,     /* or the array's item number 'integer', from 1, */
  GR_JSON_LEAVE     /* until here */
} gr_json_kind;

/* What is to be done once the text is decoded; it begins in the outermost object or array. */
typedef struct gr_json_edit {
  gr_json_kind kind;
  const char *name;  /* in the text, as it is written there, without the quotes */
  size_t len;
  int64_t integer;
} gr_json_edit;

/* Reads the 'len' bytes of 'text'. Copies what the JSON decoder is to read to 'out', which has
** room for as many, and returns its length; what is to be done afterwards goes to 'edits', as far
** as there is room for it, and its number to *count: if that is more than 'room', all of it has to
** be read again with more. Returns 0 for what is no JSON or deeper than GR_JSON_MAXDEPTH. What it
** does not cut out, it does not check either: that is the decoder's to do, and it must. */
size_t gr_json_read (const char *text, size_t len, char *out, gr_json_edit *edits, size_t room, size_t *count);

#endif
