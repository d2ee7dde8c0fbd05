/* What lua-cjson gets wrong for Lua, found in the JSON text, without Lua: pointers and lengths, no
** allocation. json_lua.c decodes with it.
**
** lua-cjson reads numbers as the locale has them, makes floats of whole ones, and a userdata of null.
** So members that are a number or null are cut out of the text before it reads it, and so are nulls
** in arrays; a number there leaves an empty text in its place. What is cut out need not be decoded,
** which makes up for the reading here.
**
** An object may have a name twice, and then the last member is the one that counts. Where it does, or may, as a name
** has escapes, all objects become arrays of names and values: '{"a":1}' is read as '["a",""]'. */
#ifndef GR_JSON_H
#define GR_JSON_H

#include <stddef.h>
#include <stdint.h>

#define GR_JSON_MAXDEPTH 128
#define GR_JSON_MAXLEN 0x7fffffffu /* bytes of a text */

typedef enum gr_json_status {
  GR_JSON_READ,
  GR_JSON_WRONG, /* it is no JSON, or deeper than GR_JSON_MAXDEPTH */
  GR_JSON_TOO_MANY, /* it has more values than it may have */
  GR_JSON_AMBIGUOUS /* it is to be read again, with 'as_pairs' */
} gr_json_status;

typedef enum gr_json_kind {
  GR_JSON_SET_MEMBER, /* the member 'name' was cut out: it is the number at 'number' */
  GR_JSON_SET_ITEM, /* the array's item is the number at 'number' */
  GR_JSON_CLEAR_ITEM, /* the array's item is null */
  GR_JSON_ENTER_MEMBER, /* what follows is about the member 'name', an object or array, */
  GR_JSON_ENTER_ITEM, /* or about the array's item, */
  GR_JSON_LEAVE, /* until here */
  GR_JSON_LEAVE_PAIRS /* until here: the array, which is 'item' of the one around it, has 'len' items */
} gr_json_kind;

/* What is to be done once the text is decoded; it begins in the outermost object or array. */
typedef struct gr_json_edit {
  uint32_t kind; /* a gr_json_kind */
  uint32_t number; /* where in the text it begins */
  union {
    uint32_t name; /* where in the text it begins, without the quote; it has no escapes */
    uint32_t item; /* which one of the array, from 1; 0: the edit is about the whole value */
  };
  uint32_t len; /* of the name; how many items an array of pairs has */
} gr_json_edit;

/* What is read, and how. */
typedef struct gr_json {
  const char *text;
  size_t len; /* at most GR_JSON_MAXLEN */
  size_t max_values; /* objects, arrays, texts, numbers, true, false, null */
  int keep_nulls, as_pairs;
  char *out; /* what lua-cjson is to read; has room for GR_JSON_ROOM(len) */
  size_t out_len;
  gr_json_edit *edits; /* what is to be done afterwards, as far as there is room for it */
  size_t room, count; /* where 'count' is more, all of it has to be read again with more room */
} gr_json;

/* An empty text is longer than a number of one digit. */
#define GR_JSON_ROOM(len) ((len) + (len) / 2 + 2)

/* Reads the text. What it does not cut out, it does not check either: that is the decoder's to do,
** and it must. */
gr_json_status gr_json_read (gr_json *json);

/* Puts U+FFFD in the place of escapes that are half a surrogate pair, which lua-cjson refuses.
** Returns whether there were any. */
int gr_json_mend_surrogates (char *text, size_t len);

#endif
