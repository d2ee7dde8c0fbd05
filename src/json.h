/* Finds in a JSON text what lua-cjson gets wrong for Lua. It works without Lua: pointers and lengths, no
** allocation. json_lua.c decodes with it.
**
** lua-cjson reads numbers as the locale has them, makes floats of whole numbers, and a userdata of null. So
** members that are a number or null are cut out of the text before lua-cjson reads it, and so are nulls in
** arrays; a number in an array leaves an empty text in its place. Parts that are cut out need not be decoded,
** which makes up for the reading here.
**
** An object may repeat a name, and then its last member counts. If an object repeats one, or may because a
** name has escapes, all objects become arrays of names and values: '{"a":1}' is read as '["a",""]'. */
#ifndef GR_JSON_H
#define GR_JSON_H

#include <stddef.h>
#include <stdint.h>

#define GR_JSON_MAXDEPTH 128
#define GR_JSON_MAXLEN 0x7fffffffu /* bytes of a text */

typedef enum gr_json_status {
  GR_JSON_READ,
  GR_JSON_WRONG, /* not JSON, or deeper than GR_JSON_MAXDEPTH */
  GR_JSON_TOO_MANY, /* more values than are allowed */
  GR_JSON_AMBIGUOUS /* read it again, with 'as_pairs' */
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

/* A change to make after the text is decoded. It starts in the outermost object or array. */
typedef struct gr_json_edit {
  uint32_t kind; /* a gr_json_kind */
  uint32_t number; /* where it begins in the text */
  union {
    uint32_t name; /* where it begins in the text, after the quote; it has no escapes */
    uint32_t item; /* index in the array, from 1; 0: the edit is about the whole value */
  };
  uint32_t len; /* length of the name, or the number of items of an array of pairs */
} gr_json_edit;

/* The input of the reader, and its results. */
typedef struct gr_json {
  const char *text;
  size_t len; /* at most GR_JSON_MAXLEN */
  size_t max_values; /* objects, arrays, texts, numbers, true, false, null */
  int keep_nulls, as_pairs;
  char *out; /* the text for lua-cjson; has room for GR_JSON_ROOM(len) */
  size_t out_len;
  gr_json_edit *edits; /* changes to make afterwards, as far as there is room */
  size_t room, count; /* if 'count' is larger, read everything again with more room */
} gr_json;

/* An empty text is longer than a number of one digit. */
#define GR_JSON_ROOM(len) ((len) + (len) / 2 + 2)

/* Reads the text. It does not check the parts that it does not cut out: the decoder must do that. */
gr_json_status gr_json_read (gr_json *json);

/* Replaces escapes that are half a surrogate pair with U+FFFD, because lua-cjson accepts none. Returns
** whether there were any. */
int gr_json_mend_surrogates (char *text, size_t len);

#endif
